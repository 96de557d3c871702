//! What stands over a picture: its name, its menu, what it shows; and what stands in its place.

use egui::{Rect, RichText, Ui, vec2};

use super::super::help::{self, Part};
use super::super::icons::{self, Icon};
use super::super::intent::Intent;
use super::super::{theme, toolbar, words};
use super::{HEAD, Kernels};
use crate::view::pictures::Picture;
use crate::view::settings::prior_name;
use crate::view::{RunView, numbers};

impl Kernels {
    pub(super) fn head(
        &self,
        ui: &mut Ui,
        whole: Rect,
        picture: Picture,
        run: &RunView,
        intents: &mut Vec<Intent>,
    ) {
        let (name, caption) = self.caption(picture, run);
        let (part, explanation) = match picture {
            Picture::Prior => (Part::Prior, words::P),
            Picture::Codes => (Part::Codes, words::C),
            _ => (Part::Difference, words::DIFFERENCE),
        };
        help::mark(ui, part, whole);
        let head = Rect::from_min_size(whole.min, vec2(whole.width(), HEAD));
        ui.scope_builder(
            egui::UiBuilder::new().max_rect(head).id_salt(picture),
            |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ui.set_clip_rect(head.expand(2.0).intersect(ui.clip_rect()));
                ui.horizontal(|ui| {
                    ui.spacing_mut().interact_size.y = 18.0;
                    let name = ui.label(RichText::new(name).strong());
                    words::explain(&name, whole, explanation);
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        ui.spacing_mut().button_padding = vec2(4.0, 0.0);
                        let button = icons::small();
                        let menu = egui::containers::menu::MenuButton::from_button(button);
                        let (response, _) =
                            menu.ui(ui, |ui| toolbar::save_entries(ui, run, picture, intents));
                        icons::over(ui, &response, Icon::Save, icons::SMALL);
                        response
                            .accessible_name(format!("Save {}", picture.name()))
                            .on_hover_text("Save this matrix.");
                    });
                });
                let caption = egui::Label::new(RichText::new(caption).small().weak());
                words::explain(&ui.add(caption.truncate()), whole, explanation);
            },
        );
    }

    /// A picture's name and what it shows, in a line.
    fn caption(&self, picture: Picture, run: &RunView) -> (&'static str, String) {
        match picture {
            Picture::Prior => {
                let config = run.config.as_ref();
                let prior = config.map_or("prior kernel", |config| prior_name(&config.prior));
                let mixtures = self.prior.as_ref().and_then(|prior| prior.mixtures);
                let first = match mixtures {
                    Some((done, all)) if done < all => format!("{done} of {all} mixtures"),
                    Some((_, all)) => format!("{all} mixtures"),
                    None => prior.to_owned(),
                };
                ("P · prior", self.with_digits(&first))
            }
            Picture::Codes => ("C · codes", self.with_digits("inner products")),
            _ => ("C − P", "warm: C above P, cold: below".to_owned()),
        }
    }

    /// A caption's first half with the digits as its second, as far as they are known.
    fn with_digits(&self, first: &str) -> String {
        let Some(shown) = &self.shown else {
            return first.to_owned();
        };
        let order = match shown.labels {
            Some(_) => "by class",
            None => "unsorted",
        };
        let digits = numbers::count(shown.indices.len());
        let set = shown.set.name();
        format!("{first} · {digits} {set} images {order}")
    }
}

/// What will appear in an empty place.
pub(super) fn empty(ui: &Ui, square: Rect, picture: Picture, run: &RunView) {
    let palette = theme::of(ui);
    let text = match picture {
        _ if run.run().is_none() && !run.is_pending() => "appears when a run starts",
        Picture::Prior => "P appears with the\nfirst mixtures",
        Picture::Codes => "C appears when the\nnetwork starts to train",
        _ => "the difference appears\nwhen both are there",
    };
    let font = theme::small();
    let galley = ui
        .painter()
        .layout(text.to_owned(), font, palette.weak, square.width() - 16.0);
    let place = square.center() - galley.size() / 2.0;
    ui.painter().galley(place, galley, palette.weak);
}
