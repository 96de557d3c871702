//! What the units of the code do, and how many directions P and C have.
//!
//! At the left all units by use, a small picture of what each changes; at the right the chosen one closer, and the
//! spectra of the kernels below it. While the network trains all of it follows.

mod closer;
mod grid;
mod spectrum;

use std::sync::Arc;

use egui::{Rect, RichText, Ui, UiBuilder, pos2};

use super::Facts;
use super::follow::Follow;
use crate::exhibit::aside::Aside;
use crate::exhibit::spectrum::Spectra;
use crate::exhibit::units::Units as All;
use crate::exhibit::{Exhibit, KernelOf, numbers};
use crate::ui::intent::Intent;
use crate::ui::theme::{self, UNIT};
use crate::ui::words;

/// The share of the width that all units take.
const LEFT: f32 = 0.46;
/// The share of the height that a unit takes, above the spectra.
const UPPER: f32 = 0.56;

/// An exhibit, for what is made of its network.
#[derive(Clone)]
struct Network(Arc<Exhibit>);

impl PartialEq for Network {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0.network, &other.0.network) {
            (Some(a), Some(b)) => {
                Arc::ptr_eq(&a.codes, &b.codes) && a.coder.is_some() == b.coder.is_some()
            }
            (a, b) => a.is_none() && b.is_none(),
        }
    }
}

/// An exhibit, for what is made of its kernels.
#[derive(Clone)]
struct Kernels(Arc<Exhibit>);

impl PartialEq for Kernels {
    fn eq(&self, other: &Self) -> bool {
        let codes = |of: &Self| (of.0.network.as_ref()).map(|network| Arc::as_ptr(&network.codes));
        let prior = |of: &Self| of.0.matrix_of(KernelOf::Prior).map(Arc::as_ptr);
        codes(self) == codes(other) && prior(self) == prior(other)
    }
}

/// The tab.
pub struct Units {
    all: Follow<Network, Option<All>>,
    grid: grid::Grid,
    /// The unit that is looked at closer.
    chosen: Option<usize>,
    closer: closer::View,
    spectra: Follow<Kernels, Spectra>,
}

impl Default for Units {
    fn default() -> Self {
        Self {
            all: Follow::new("dkae-units"),
            grid: grid::Grid::default(),
            chosen: None,
            closer: closer::View::default(),
            spectra: Follow::new("dkae-spectra"),
        }
    }
}

impl Units {
    /// Shows it in the room there is.
    pub fn show(&mut self, ui: &mut Ui, facts: &Facts<'_>, _intents: &mut Vec<Intent>) {
        let whole = ui.available_rect_before_wrap();
        let split = whole.left() + (whole.width() * LEFT).round();
        let left = whole.with_max_x(split - UNIT);
        let right = whole.with_min_x(split + UNIT);
        let fold = right.top() + (right.height() * UPPER).round();
        let upper = Rect::from_min_max(right.min, pos2(right.right(), fold - UNIT));
        let lower = Rect::from_min_max(pos2(right.left(), fold), right.max);
        ui.painter()
            .vline(split, whole.y_range(), (1.0, theme::of(ui).line));
        place(ui, left, "all units", |ui| self.units(ui, facts.exhibit));
        place(ui, upper, "a unit", |ui| {
            let order = closer::Wanted(Network(Arc::clone(facts.exhibit)), self.chosen);
            self.closer.show(ui, &order);
        });
        place(ui, lower, "spectra", |ui| self.spectra(ui, facts.exhibit));
        ui.advance_cursor_after_rect(whole);
    }

    /// All units; a click chooses one.
    fn units(&mut self, ui: &mut Ui, exhibit: &Arc<Exhibit>) {
        let order = Network(Arc::clone(exhibit));
        let mut aside = None;
        let make = move |order: &Network| {
            let aside = aside.get_or_insert_with(Aside::here);
            aside.run(|| All::of(&order.0))
        };
        let made = self.all.at(ui.ctx(), &order, make);
        let Some((of, Some(units))) = made else {
            ui.label(RichText::new("Units").strong());
            let text = "The units of the code appear here when the network starts to train.";
            ui.label(RichText::new(text).small().weak());
            self.chosen = None;
            return;
        };
        if self.chosen.is_none_or(|chosen| chosen >= units.all.len()) {
            self.chosen = units.by_use.first().copied();
        }
        head(ui, &of.0, units);
        if let Some(clicked) = self.grid.show(ui, units, self.chosen) {
            self.chosen = Some(clicked);
        }
    }

    fn spectra(&mut self, ui: &mut Ui, exhibit: &Arc<Exhibit>) {
        let order = Kernels(Arc::clone(exhibit));
        let (mut aside, mut before) = (None, None::<Spectra>);
        let make = move |order: &Kernels| {
            let aside = aside.get_or_insert_with(Aside::here);
            let spectra = aside.run(|| Spectra::of(&order.0, before.as_ref()));
            before = Some(spectra.clone());
            spectra
        };
        let made = self.spectra.at(ui.ctx(), &order, make);
        spectrum::show(ui, made.map(|(of, spectra)| (&*of.0, spectra)));
    }
}

/// Contents in a place of their own.
fn place(ui: &mut Ui, rect: Rect, name: &str, content: impl FnOnce(&mut Ui)) {
    ui.scope_builder(UiBuilder::new().max_rect(rect).id_salt(name), |ui| {
        ui.set_clip_rect(rect.expand(2.0).intersect(ui.clip_rect()));
        content(ui);
    });
}

/// What the units are of, and how many are dead.
fn head(ui: &mut Ui, exhibit: &Exhibit, units: &All) {
    let palette = theme::of(ui);
    ui.spacing_mut().item_spacing.y = 2.0;
    let count = numbers::count(units.all.len());
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 0.0;
        ui.label(RichText::new(format!("{count} units by use")).strong())
            .on_hover_text("The most used one first: that with the largest standard deviation σ on the images on show. While the pointer is on them they keep their order.");
        let dead = units.all.iter().filter(|unit| unit.dead).count();
        let colour = if dead > 0 { palette.notice } else { palette.weak };
        let text = format!("{} dead", numbers::count(dead));
        ui.label(RichText::new(text).small().color(colour))
            .on_hover_text(words::DEAD);
    });
    let (images, set) = (units.codes.nrows(), exhibit.images.set.name());
    let step = numbers::count(exhibit.step() as usize);
    let what = if units.sheet.is_some() {
        "what 2σ of each change in the mean image, warm: brighter"
    } else {
        "the network itself is not at hand, so nothing is decoded"
    };
    let text = format!(
        "step {step} · σ on {} {set} images · {what}",
        numbers::count(images)
    );
    ui.add(egui::Label::new(RichText::new(text).small().weak()).truncate());
    ui.add_space(UNIT / 2.0);
}
