//! Every colour, size and distance of the window, in one place.
//!
//! An eight-point grid, three sizes of text, one colour for Lr and one for Lc wherever they
//! appear. Headings are quieter than pictures.

use egui::epaint::text::{FontInsert, FontPriority, InsertFontFamily};

use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Stroke, TextStyle, Theme, Vec2};

/// The grid's unit in points.
pub const UNIT: f32 = 8.0;
/// Small text: captions, ticks.
pub const SMALL: f32 = 11.5;
/// The smallest figures: errors under digits.
const TINY: f32 = 10.0;
/// Text.
pub const BODY: f32 = 13.5;
/// Tables and claims, which have a page to themselves.
pub const READING: f32 = 15.0;
/// Large figures.
pub const LARGE: f32 = 19.0;
/// The toolbar's height.
pub const TOOLBAR: f32 = 6.0 * UNIT;
/// The height of a line under the toolbar.
pub const OFFER: f32 = 4.0 * UNIT;
/// The controls' width.
pub const CONTROLS: f32 = 33.0 * UNIT;
/// The scoreboard's width.
pub const SCOREBOARD: f32 = 21.0 * UNIT;

/// The colours of one theme.
pub struct Palette {
    /// Lr, the reconstruction.
    pub lr: Color32,
    /// Lc, the alignment.
    pub lc: Color32,
    /// The weighted sum of both.
    pub total: Color32,
    /// Behind everything.
    pub page: Color32,
    /// Behind a picture and its caption.
    pub card: Color32,
    /// Lines and frames.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Captions.
    pub weak: Color32,
    /// What can be pressed, and what is chosen.
    pub control: Color32,
    /// What waits for a decision.
    pub notice: Color32,
    /// What went wrong.
    pub error: Color32,
}

const DARK: Palette = Palette {
    lr: Color32::from_rgb(0xf2, 0xa6, 0x3b),
    lc: Color32::from_rgb(0x5b, 0xb8, 0xe8),
    total: Color32::from_rgb(0xb4, 0xb4, 0xbc),
    page: Color32::from_rgb(0x14, 0x15, 0x19),
    card: Color32::from_rgb(0x1d, 0x1f, 0x25),
    line: Color32::from_rgb(0x35, 0x38, 0x42),
    text: Color32::from_rgb(0xe2, 0xe3, 0xe8),
    weak: Color32::from_rgb(0x9c, 0x9f, 0xab),
    control: Color32::from_rgb(0x2b, 0x2e, 0x37),
    notice: Color32::from_rgb(0xf2, 0xc1, 0x4e),
    error: Color32::from_rgb(0xff, 0x7b, 0x6b),
};

const LIGHT: Palette = Palette {
    lr: colour(crate::picture::colour::RECONSTRUCTION),
    lc: colour(crate::picture::colour::ALIGNMENT),
    total: Color32::from_rgb(0x62, 0x62, 0x6c),
    page: Color32::from_rgb(0xee, 0xef, 0xf2),
    card: Color32::from_rgb(0xfd, 0xfd, 0xfe),
    line: Color32::from_rgb(0xcf, 0xd2, 0xd9),
    text: Color32::from_rgb(0x22, 0x24, 0x2b),
    weak: Color32::from_rgb(0x5f, 0x63, 0x70),
    control: Color32::from_rgb(0xe3, 0xe5, 0xea),
    notice: Color32::from_rgb(0x8a, 0x5c, 0x00),
    error: Color32::from_rgb(0xb3, 0x26, 0x1e),
};

/// The colours of the theme in use.
#[must_use]
pub fn palette(dark: bool) -> &'static Palette {
    if dark { &DARK } else { &LIGHT }
}

/// The colours where `ui` paints.
#[must_use]
pub fn of(ui: &egui::Ui) -> &'static Palette {
    palette(ui.visuals().dark_mode)
}

/// The colour of bytes.
#[must_use]
pub const fn colour([r, g, b]: [u8; 3]) -> Color32 {
    Color32::from_rgb(r, g, b)
}

/// The button of what a place is there for: one to a place.
pub fn primary<'a>(ui: &egui::Ui, text: &str) -> egui::Button<'a> {
    let palette = of(ui);
    let text = egui::RichText::new(text).color(palette.card).strong();
    egui::Button::new(text).fill(palette.text)
}

/// The font of small text.
#[must_use]
pub fn small() -> FontId {
    FontId::new(SMALL, FontFamily::Proportional)
}

/// The font of small figures, all equally wide.
#[must_use]
pub fn small_figures() -> FontId {
    FontId::new(SMALL, FontFamily::Monospace)
}

/// The font of the smallest figures.
#[must_use]
pub fn tiny_figures() -> FontId {
    FontId::new(TINY, FontFamily::Monospace)
}

/// Everything that letters are made of in this window, so that their pictures are made at its
/// first frame and not one by one while a run trains.
const LETTERS: &str = " !\"#%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz|~·×÷–−…“”λσκπ√²‖⟨⟩⟲▾★✓±≤≥→′ε";

/// Lays all letters out once in every font and size in use. Other threads, which may want a frame,
/// get at the context between two of them.
pub fn warm_up(ctx: &egui::Context) {
    let proportional = [SMALL, BODY, 12.5, READING, LARGE].map(FontId::proportional);
    let monospace = [TINY, SMALL, BODY, READING, LARGE].map(FontId::monospace);
    for font in proportional.into_iter().chain(monospace) {
        ctx.fonts_mut(|fonts| fonts.layout_no_wrap(LETTERS.to_owned(), font, Color32::WHITE));
    }
}

/// Fonts, sizes and colours, for both themes.
pub fn install(ctx: &egui::Context) {
    let family = |family| InsertFontFamily {
        family,
        priority: FontPriority::Lowest,
    };
    ctx.add_font(FontInsert::new(
        "dejavu",
        egui::FontData::from_static(include_bytes!("../../assets/DejaVuSans.ttf")),
        vec![
            family(FontFamily::Proportional),
            family(FontFamily::Monospace),
        ],
    ));
    for theme in [Theme::Dark, Theme::Light] {
        let dark = theme == Theme::Dark;
        ctx.set_visuals_of(theme, visuals(dark));
        ctx.style_mut_of(theme, |style| {
            let proportional = |size| FontId::new(size, FontFamily::Proportional);
            style.text_styles = [
                (TextStyle::Small, proportional(SMALL)),
                (TextStyle::Body, proportional(BODY)),
                (TextStyle::Button, proportional(BODY)),
                (TextStyle::Heading, proportional(LARGE)),
                (
                    TextStyle::Monospace,
                    FontId::new(BODY, FontFamily::Monospace),
                ),
            ]
            .into();
            style.spacing.item_spacing = Vec2::new(UNIT, UNIT / 2.0);
            style.spacing.button_padding = Vec2::new(UNIT, UNIT / 4.0);
            style.spacing.interact_size = Vec2::new(5.0 * UNIT, 3.0 * UNIT);
            style.spacing.tooltip_width = 40.0 * UNIT;
            style.spacing.menu_margin = Margin::same(8);
            style.spacing.scroll = egui::style::ScrollStyle::thin();
            style.interaction.tooltip_delay = 0.4;
        });
    }
}

fn visuals(dark: bool) -> egui::Visuals {
    let palette = palette(dark);
    let mut visuals = if dark {
        egui::Visuals::dark()
    } else {
        egui::Visuals::light()
    };
    visuals.panel_fill = palette.page;
    visuals.window_fill = palette.card;
    visuals.window_stroke = Stroke::new(1.0, palette.line);
    visuals.extreme_bg_color = if dark {
        Color32::from_rgb(0x11, 0x12, 0x16)
    } else {
        Color32::WHITE
    };
    visuals.faint_bg_color = palette.control;
    visuals.weak_text_color = Some(palette.weak);
    visuals.warn_fg_color = palette.notice;
    visuals.error_fg_color = palette.error;
    visuals.hyperlink_color = palette.lc;
    visuals.selection.bg_fill = palette.lc.gamma_multiply(0.45);
    visuals.selection.stroke = Stroke::new(1.0, palette.text);
    let widgets = &mut visuals.widgets;
    widgets.noninteractive.fg_stroke.color = palette.text;
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, palette.line);
    for state in [
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        state.corner_radius = CornerRadius::same(4);
        state.fg_stroke.color = palette.text;
    }
    widgets.inactive.weak_bg_fill = palette.control;
    widgets.inactive.bg_fill = palette.control;
    visuals
}
