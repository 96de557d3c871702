//! How to read the window, for a researcher with five minutes: a picture of the window itself,
//! numbered, and plain words to each number.
//!
//! The picture is the window as it was when the page was opened, in its theme and size, so it
//! stays true. Panels say with [`mark`] where they stand. Where no picture can be taken (no
//! OpenGL, or another page was on show) the same places are drawn as boxes.

mod parts;

use std::sync::Arc;

use egui::{
    Align2, Color32, ColorImage, Context, FontId, Id, Modal, Rect, RichText, ScrollArea, Sense,
    StrokeKind, TextureHandle, TextureOptions, Ui, Vec2, pos2, vec2,
};

use super::theme::{self, UNIT};
pub use parts::Part;

/// Where each part stood when it was last painted.
#[derive(Clone, Default)]
struct Marks([Option<Rect>; Part::ALL.len()]);

fn marks_id() -> Id {
    Id::unique("parts of the window")
}

/// Says where a part of the window stands, as far as it can be seen.
pub fn mark(ui: &Ui, part: Part, rect: Rect) {
    let seen = rect.intersect(ui.clip_rect());
    let seen = seen.is_positive().then_some(seen);
    ui.ctx().data_mut(|data| {
        let marks: &mut Marks = data.get_temp_mut_or_default(marks_id());
        marks.0[part as usize] = seen;
    });
}

/// Where a part of the window stands, if it is on show.
#[must_use]
pub fn place(ctx: &Context, part: Part) -> Option<Rect> {
    ctx.data(|data| data.get_temp::<Marks>(marks_id()))?.0[part as usize]
}

/// The width of the words.
const WORDS: f32 = 47.0 * UNIT;
/// The radius of a number.
const NUMBER: f32 = 9.0;

/// The page.
#[derive(Default)]
pub struct Help {
    open: bool,
    picture: Option<TextureHandle>,
    /// The window's size when the page was opened.
    size: Vec2,
    marks: Marks,
    /// The part under the pointer, in the picture or among the words.
    pointed: Option<Part>,
}

impl Help {
    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Closes it.
    pub fn close(&mut self) {
        *self = Self::default();
    }

    /// Opens it, with a picture of the window if there is one.
    pub fn open(&mut self, ctx: &Context, picture: Option<Arc<ColorImage>>) {
        let options = TextureOptions {
            mipmap_mode: Some(egui::TextureFilter::Linear),
            ..TextureOptions::LINEAR
        };
        *self = Self {
            open: true,
            picture: picture.map(|image| ctx.load_texture("the window", image, options)),
            size: ctx.content_rect().size(),
            marks: ctx
                .data(|data| data.get_temp(marks_id()))
                .unwrap_or_default(),
            pointed: None,
        };
        ctx.request_repaint();
    }

    /// Shows the page while it is open; closes by its button, by Escape, or by a click beside it. Says whether the
    /// tour is wanted.
    pub fn show(&mut self, ctx: &Context) -> bool {
        if !self.open {
            return false;
        }
        let room = ctx.content_rect().size() - Vec2::splat(6.0 * UNIT);
        let modal = Modal::new(Id::unique("help")).show(ctx, |ui| {
            ui.set_width(room.x - 2.0 * UNIT);
            let tour = title(ui);
            ui.add_space(UNIT);
            let height = room.y - 8.0 * UNIT;
            ui.horizontal_top(|ui| {
                let width = ui.available_width() - WORDS - 2.0 * UNIT;
                let pointed = self.pointed.take();
                ui.allocate_ui(vec2(width, height), |ui| {
                    ui.vertical(|ui| self.left(ui, pointed));
                });
                ui.add_space(UNIT);
                ui.allocate_ui(vec2(WORDS, height), |ui| {
                    ui.vertical(|ui| self.words(ui, height, pointed));
                });
            });
            tour
        });
        if modal.should_close() || modal.inner {
            self.close();
        }
        modal.inner
    }

    /// The picture, and under it what holds for all of it.
    fn left(&mut self, ui: &mut Ui, pointed: Option<Part>) {
        let width = ui.available_width();
        let size = if self.size.x > 0.0 {
            self.size
        } else {
            vec2(16.0, 10.0)
        };
        let scale = (width / size.x).min((ui.available_height() - 14.0 * UNIT) / size.y);
        let (rect, _) = ui.allocate_exact_size(size * scale, Sense::hover());
        let palette = theme::of(ui);
        let painter = ui.painter();
        painter.rect_filled(rect, 4, palette.page);
        if let Some(picture) = &self.picture {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            painter.image(picture.id(), rect, uv, Color32::WHITE);
        }
        painter.rect_stroke(rect, 4, (1.0, palette.line), StrokeKind::Outside);
        for part in Part::ALL {
            if let Some(place) = self.marks.0[part as usize] {
                let place = Rect::from_min_max(
                    rect.min + place.min.to_vec2() * scale,
                    rect.min + place.max.to_vec2() * scale,
                );
                self.callout(ui, part, place.intersect(rect), pointed == Some(part));
            }
        }
        ui.add_space(UNIT);
        ScrollArea::vertical()
            .id_salt("general")
            .show(ui, parts::general);
    }

    /// A part's frame and number.
    fn callout(&mut self, ui: &mut Ui, part: Part, place: Rect, pointed: bool) {
        let palette = theme::of(ui);
        let painter = ui.painter();
        if self.picture.is_none() {
            painter.rect_filled(place.shrink(1.0), 3, palette.card);
            painter.rect_stroke(
                place.shrink(1.0),
                3,
                (1.0, palette.line),
                StrokeKind::Inside,
            );
            let font = theme::small();
            let text = part.title().to_owned();
            let galley = painter.layout(text, font, palette.weak, place.width() - 4.0);
            if galley.size().y <= place.height() {
                let at = place.center() - galley.size() / 2.0;
                painter.galley(at, galley, palette.weak);
            }
        }
        let centre = part.spot(place);
        let number = Rect::from_center_size(centre, Vec2::splat(2.0 * NUMBER));
        let response = ui.interact(number, ui.scope_id().with(part), Sense::hover());
        let pointed = pointed || response.hovered();
        if response.hovered() {
            self.pointed = Some(part);
        }
        let painter = ui.painter();
        if pointed {
            painter.rect_stroke(place, 4, (2.0, palette.notice), StrokeKind::Outside);
        }
        draw_number(ui, centre, part, pointed);
    }

    /// What each number means.
    fn words(&mut self, ui: &mut Ui, height: f32, pointed: Option<Part>) {
        ScrollArea::vertical()
            .id_salt("words")
            .max_height(height)
            .min_scrolled_height(height)
            .auto_shrink([false, false])
            .show(ui, |ui| {
                ui.set_width(ui.available_width() - UNIT);
                for part in Part::ALL {
                    let block = ui.scope(|ui| {
                        ui.horizontal_top(|ui| {
                            let (rect, _) =
                                ui.allocate_exact_size(Vec2::splat(2.0 * NUMBER), Sense::hover());
                            draw_number(ui, rect.center(), part, pointed == Some(part));
                            ui.vertical(|ui| {
                                ui.label(RichText::new(part.title()).strong());
                                ui.label(part.words());
                            });
                        });
                    });
                    let response = block.response;
                    if response.contains_pointer() {
                        self.pointed = Some(part);
                    } else if pointed == Some(part) && self.pointed == Some(part) {
                        // Pointed at in the picture.
                        response.scroll_to_me(None);
                    }
                    ui.add_space(UNIT);
                }
                parts::source(ui);
            });
        if self.pointed != pointed {
            ui.ctx().request_repaint();
        }
    }
}

/// The title and its buttons; says whether the tour is wanted.
fn title(ui: &mut Ui) -> bool {
    ui.horizontal(|ui| {
        ui.heading("How to read this window");
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            let hover = "Back to the window (Escape).";
            if ui.button("Close").on_hover_text(hover).clicked() {
                ui.close();
            }
            let hover = "Four things to look at first, each beside its place.";
            ui.button("Tour").on_hover_text(hover).clicked()
        })
        .inner
    })
    .inner
}

/// A part's number in a disc.
fn draw_number(ui: &Ui, centre: egui::Pos2, part: Part, pointed: bool) {
    let palette = theme::of(ui);
    let fill = if pointed {
        palette.notice
    } else {
        palette.text
    };
    let painter = ui.painter();
    painter.circle(centre, NUMBER, fill, (1.5, palette.card));
    let number = (part as usize + 1).to_string();
    painter.text(
        centre,
        Align2::CENTER_CENTER,
        number,
        FontId::proportional(theme::SMALL),
        palette.card,
    );
}
