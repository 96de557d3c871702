//! The page that looks inside the network on show: its code space, images of one's own, its units.
//!
//! Each way to look is a tab and a file. Everything is of what is on show, the run's network or one in its place,
//! and follows it.

mod draw;
mod follow;
mod map;
mod prior;
mod pull;
mod units;

use std::sync::Arc;

use egui::{Align, Button, Layout, Rect, RichText, Ui, UiBuilder};

use super::card::card;
use super::intent::Intent;
use super::theme::{self, UNIT};
use crate::data::DataSet;
use crate::exhibit::Exhibit;
use crate::training::Fitted;
use crate::view::Selection;

/// What the tabs look at.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The network on show.
    pub exhibit: &'a Arc<Exhibit>,
    /// What it is called, where it is not the run's.
    pub beside: Option<&'a str>,
    /// Its samples and the prior kernel over them, once they are there.
    pub ground: Option<&'a (Arc<DataSet>, Fitted)>,
    /// What somebody has selected.
    pub selection: &'a Selection,
}

/// A way to look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// The codes as points.
    #[default]
    Map,
    /// Images that somebody draws.
    Draw,
    /// The code's units and the spectra of the kernels.
    Units,
    /// What the prior is made of.
    Prior,
    /// The gradients of the two losses.
    Pull,
}

impl Tab {
    /// All of them, from left to right.
    pub const ALL: [Self; 5] = [Self::Map, Self::Draw, Self::Units, Self::Prior, Self::Pull];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Map => "Code space",
            Self::Draw => "Draw",
            Self::Units => "Units",
            Self::Prior => "Prior",
            Self::Pull => "Pull",
        }
    }

    /// What it shows, in a sentence.
    #[must_use]
    pub fn about(self) -> &'static str {
        match self {
            Self::Map => {
                "The codes as points, what lies between them decoded, and kernel PCA's scores beside them."
            }
            Self::Draw => "An image of one's own: what P, C and the network say of it.",
            Self::Units => "What each unit of the code does, and the spectra of P and C.",
            Self::Prior => {
                "P from some of its mixtures alone: coarse blocks from few components, fine ones from many."
            }
            Self::Pull => {
                "How hard, and how much against one another, Lr and Lc pull at each layer."
            }
        }
    }
}

/// The page.
#[derive(Default)]
pub struct Inside {
    tab: Tab,
    map: map::Map,
    draw: draw::Draw,
    units: units::Units,
    prior: prior::Prior,
    pull: pull::Pull,
}

impl Inside {
    /// Whether arrow keys and undo are of what is drawn here, while the page is shown.
    #[must_use]
    pub fn takes_keys(&self) -> bool {
        self.tab == Tab::Draw && self.draw.takes_keys()
    }

    /// Shows the page in the room there is.
    pub fn show(&mut self, ui: &mut Ui, facts: &Facts<'_>, intents: &mut Vec<Intent>) {
        let whole = ui.available_rect_before_wrap();
        let head = Rect::from_min_max(whole.min, whole.right_top() + egui::vec2(0.0, 3.0 * UNIT));
        let body = Rect::from_min_max(head.left_bottom() + egui::vec2(0.0, UNIT), whole.max);
        ui.scope_builder(
            UiBuilder::new().max_rect(head).id_salt("inside tabs"),
            |ui| {
                self.tabs(ui, facts);
            },
        );
        card(ui, body, "inside", |ui| match self.tab {
            Tab::Map => self.map.show(ui, facts, intents),
            Tab::Draw => self.draw.show(ui, facts, intents),
            Tab::Units => self.units.show(ui, facts, intents),
            Tab::Prior => self.prior.show(ui, facts, intents),
            Tab::Pull => self.pull.show(ui, facts, intents),
        });
        ui.advance_cursor_after_rect(whole);
    }

    fn tabs(&mut self, ui: &mut Ui, facts: &Facts<'_>) {
        ui.horizontal_centered(|ui| {
            for tab in Tab::ALL {
                let button = Button::selectable(self.tab == tab, tab.name());
                if ui.add(button).on_hover_text(tab.about()).clicked() {
                    self.tab = tab;
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let (text, colour) = match facts.beside {
                    Some(beside) => (format!("On show: {beside}"), theme::of(ui).notice),
                    None => ("On show: the run".to_owned(), theme::of(ui).weak),
                };
                ui.add(egui::Label::new(RichText::new(text).small().color(colour)).truncate());
            });
        });
    }
}
