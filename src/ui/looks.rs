//! How kernels are coloured and how large the text is, in every place of the window alike. As the theme, both are
//! the context's; the application keeps them from one start to the next.

use egui::containers::menu::MenuButton;
use egui::{Button, Context, Id, Rect, RichText, Ui, UiBuilder, vec2};

use super::theme::UNIT;
use crate::exhibit::{ColourMap, Limits, Looks};

/// Sizes of everything that is text, as multiples of the usual one.
const SIZES: [f32; 5] = [0.9, 1.0, 1.1, 1.25, 1.5];
/// The least and the largest that are taken from an earlier start.
const BOUNDS: [f32; 2] = [0.5, 3.0];

fn id() -> Id {
    Id::unique("looks of kernels")
}

/// The colours of kernels.
#[must_use]
pub fn of(ctx: &Context) -> Looks {
    ctx.data(|data| data.get_temp(id())).unwrap_or_default()
}

/// Has kernels coloured so from the next frame on.
pub fn set(ctx: &Context, looks: Looks) {
    ctx.data_mut(|data| data.insert_temp(id(), looks));
    ctx.request_repaint();
}

/// Has text so many times its usual size.
pub fn set_size(ctx: &Context, size: f32) {
    if size.is_finite() {
        ctx.set_zoom_factor(size.clamp(BOUNDS[0], BOUNDS[1]));
    }
}

/// The menu of all of it, in `rect`.
pub fn menu(ui: &mut Ui, rect: Rect) {
    let builder = UiBuilder::new().max_rect(rect).id_salt("looks");
    ui.scope_builder(builder, |ui| {
        ui.spacing_mut().button_padding = vec2(3.0, 0.0);
        ui.spacing_mut().interact_size.y = rect.height();
        let button = Button::new(RichText::new("▾").small()).min_size(rect.size());
        let (response, _) = MenuButton::from_button(button).ui(ui, entries);
        response
            .accessible_name("Colours and text size")
            .on_hover_text(
                "The colours of kernels, where they end, and the size of text. Pictures are saved so.",
            );
    });
}

fn entries(ui: &mut Ui) {
    ui.set_min_width(22.0 * UNIT);
    let before = of(ui.ctx());
    let mut looks = before;
    let head = |ui: &mut Ui, text: &str| {
        ui.label(RichText::new(text).small().weak());
    };
    head(ui, "Colours of P and C");
    for map in ColourMap::ALL {
        ui.selectable_value(&mut looks.map, map, map.name());
    }
    ui.separator();
    head(ui, "Entries between their ends");
    for limits in Limits::ALL {
        ui.selectable_value(&mut looks.limits, limits, limits.name());
    }
    ui.checkbox(&mut looks.each_its_own, "Each kernel on its own scale")
        .on_hover_text("Shows most of each, but equal colours are not equal values any more.");
    ui.separator();
    head(ui, "Text size");
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT / 2.0;
        let now = ui.ctx().zoom_factor();
        for size in SIZES {
            let name = format!("{:.0} %", 100.0 * size);
            let button = Button::selectable((size - now).abs() < 0.01, name);
            if ui.add(button).clicked() {
                set_size(ui.ctx(), size);
            }
        }
    });
    if looks != before {
        set(ui.ctx(), looks);
    }
}
