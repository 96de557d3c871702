//! What stands over a picture: its name, its menu, what it shows; and what stands in its place.

use egui::{Rect, RichText, Ui, vec2};

use super::super::help::{self, Part};
use super::super::icons::{self, Icon};
use super::super::{theme, toolbar, words};
use super::{Dress, Save};
use crate::exhibit::{Exhibit, KernelOf};
use crate::picture::saved::{self, Picture};

/// The head of the kernel at `index`, whose picture stands in `whole`.
pub(super) fn show(
    ui: &mut Ui,
    whole: Rect,
    exhibit: &Exhibit,
    index: usize,
    dress: Dress,
    save: Option<&mut Save<'_>>,
) -> Option<bool> {
    let kernel = &exhibit.kernels[index];
    let (part, explanation) = match kernel.of {
        KernelOf::Prior => (Part::Prior, words::P),
        KernelOf::Codes => (Part::Codes, words::C),
        KernelOf::Difference => (Part::Difference, words::DIFFERENCE),
        KernelOf::Components(_) => (Part::Prior, words::COMPONENTS),
    };
    if dress.is_explained() {
        help::mark(ui, part, whole);
    }
    let mut by_class = None;
    let head = Rect::from_min_size(whole.min, vec2(whole.width(), dress.head()));
    let id = (exhibit.stem.as_str(), index);
    ui.scope_builder(egui::UiBuilder::new().max_rect(head).id_salt(id), |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.set_clip_rect(head.expand(2.0).intersect(ui.clip_rect()));
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 18.0;
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if let Some(save) = save {
                    menu(ui, exhibit, index, save);
                }
                if index == 0 && dress.is_explained() {
                    by_class = switch(ui, exhibit);
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    let name = egui::Label::new(RichText::new(&kernel.heading).strong());
                    words::explain(&ui.add(name.truncate()), whole, explanation);
                });
            });
        });
        let caption = egui::Label::new(RichText::new(&kernel.caption).small().weak());
        let caption = if dress.wraps() {
            caption.wrap()
        } else {
            caption.truncate()
        };
        words::explain(&ui.add(caption), whole, explanation);
    });
    by_class
}

/// The switch between images and classes, where there are classes.
fn switch(ui: &mut Ui, exhibit: &Exhibit) -> Option<bool> {
    let on = exhibit.is_by_class();
    if !on && !exhibit.has_classes() {
        return None;
    }
    ui.spacing_mut().button_padding = vec2(4.0, 0.0);
    let button = egui::Button::selectable(on, RichText::new("classes").small());
    let response = ui.add(button).on_hover_text(
        "Means over the pairs of two classes: which classes P takes together, and which the network brings \
         nearer or parts. A click on a cell opens its block.",
    );
    response.clicked().then_some(!on)
}

/// The menu that saves a kernel.
fn menu(ui: &mut Ui, exhibit: &Exhibit, index: usize, save: &mut Save<'_>) {
    let kernel = &exhibit.kernels[index];
    ui.spacing_mut().button_padding = vec2(4.0, 0.0);
    let button = icons::small();
    let menu = egui::containers::menu::MenuButton::from_button(button);
    let (picture, there) = if exhibit.is_by_class() {
        (Picture::Means(kernel.of, index), exhibit.has(index))
    } else {
        let picture = Picture::Kernel(kernel.of, index);
        (picture, saved::is_there(exhibit, picture))
    };
    let (response, _) = menu.ui(ui, |ui| {
        toolbar::save_entries(ui, there, (picture, &kernel.name), save);
    });
    icons::over(ui, &response, Icon::Save, icons::SMALL);
    response
        .accessible_name(format!("Save {}", kernel.name))
        .on_hover_text("Save this matrix.");
}

/// What will appear in an empty place.
pub(super) fn empty(ui: &Ui, square: Rect, text: &str) {
    let palette = theme::of(ui);
    let font = theme::small();
    let galley = ui
        .painter()
        .layout(text.to_owned(), font, palette.weak, square.width() - 16.0);
    let place = square.center() - galley.size() / 2.0;
    ui.painter().galley(place, galley, palette.weak);
}
