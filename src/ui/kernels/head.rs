//! What stands over a picture: its name, its menu, what it shows; and what stands in its place.

use egui::{Rect, RichText, Ui, vec2};

use super::super::help::{self, Part};
use super::super::icons::{self, Icon};
use super::super::{theme, toolbar, words};
use super::{Dress, Look, Save};
use crate::exhibit::lens::Lens;
use crate::exhibit::{Exhibit, KernelOf};
use crate::picture::saved::{self, Picture};

/// The head of the kernel at `index`, whose picture stands in `whole`.
pub(super) fn show(
    ui: &mut Ui,
    whole: Rect,
    (exhibit, index): (&Exhibit, usize),
    dress: Dress,
    look: Option<Look<'_>>,
    save: Option<&mut Save<'_>>,
) -> Option<Lens> {
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
    let mut chosen = None;
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
                if let Some(look) = look {
                    chosen = lenses(ui, look);
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
    chosen
}

/// The menu of the ways to look at the kernels.
fn lenses(ui: &mut Ui, look: Look<'_>) -> Option<Lens> {
    let mut chosen = None;
    ui.spacing_mut().button_padding = vec2(4.0, 0.0);
    let text = RichText::new(format!("{} ▾", look.lens.name())).small();
    let (button, _) = egui::containers::menu::MenuButton::new(text).ui(ui, |ui| {
        for lens in Lens::ALL {
            let there = lens.is_there(look.of);
            let entry = egui::Button::selectable(look.lens == lens, lens.name());
            let entry = ui.add_enabled(there, entry).on_hover_text(lens.about());
            if entry.clicked() {
                chosen = Some(lens);
                ui.close();
            }
        }
    });
    button
        .accessible_name("Order of the images")
        .on_hover_text("In which order the images stand in the kernels, or means over classes.");
    chosen
}

/// The menu that saves a kernel.
fn menu(ui: &mut Ui, exhibit: &Exhibit, index: usize, save: &mut Save<'_>) {
    let kernel = &exhibit.kernels[index];
    ui.spacing_mut().button_padding = vec2(4.0, 0.0);
    let button = icons::small();
    let menu = egui::containers::menu::MenuButton::from_button(button);
    let picture = Picture::Kernel(kernel.of, index);
    let there = saved::is_there(exhibit, picture);
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
