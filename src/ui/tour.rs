//! The first minutes: four things to look at, one after the other, each beside its place in the window.
//!
//! It begins by itself when a first network is on show, takes nothing away (everything goes on working under it), and
//! is over when it was gone through or skipped. The help page begins it again.

use egui::{Align, Area, Context, Frame, Id, Layout, Order, Pos2, Rect, RichText, Ui, Vec2, pos2};

use super::help::{self, Part};
use super::theme::{self, UNIT};

/// The width of the words.
const WIDTH: f32 = 36.0 * UNIT;
/// The height that is kept free for them.
const HEIGHT: f32 = 18.0 * UNIT;

/// A thing to look at.
struct Step {
    part: Part,
    title: &'static str,
    words: &'static str,
}

const STEPS: [Step; 4] = [
    Step {
        part: Part::Prior,
        title: "P: what is to be learned",
        words: "How alike two validation images are before any training, one image a row. They are sorted by class, so a class is a block on the diagonal.",
    },
    Step {
        part: Part::Codes,
        title: "C: what is learned",
        words: "How alike the codes of the same images are. While the run trains, C comes to look like P. Click a cell: it says which two images it is of, and why P finds them alike.",
    },
    Step {
        part: Part::Lambda,
        title: "λ: drag it",
        words: "At 0 the network only rebuilds images, and C goes its own way; at 1 it only aligns, and the images are lost. A run that is over wakes. Compare, below it, goes through networks that were each trained under their own λ.",
    },
    Step {
        part: Part::Experiments,
        title: "Further inside, and further on",
        words: "Inside shows the code space, images that you draw, and what each unit does. Experiments has the paper's figures and tables. F1 explains every part of the window.",
    },
];

/// What came of it in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It goes on, or has not begun.
    No,
    /// It was gone through or skipped.
    Yes,
}

/// The tour, at one of its steps while it goes on.
#[derive(Default)]
pub struct Tour(Option<usize>);

impl Tour {
    /// Begins it, or begins it anew.
    pub fn begin(&mut self) {
        self.0 = Some(0);
    }

    /// Ends it.
    pub fn end(&mut self) {
        self.0 = None;
    }

    /// Whether it goes on.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Shows the step at hand beside its part of the window.
    pub fn show(&mut self, ctx: &Context) -> Ended {
        let Some(at) = self.0 else { return Ended::No };
        let step = &STEPS[at];
        // A part that is not on show has no place; the words stand in the middle then.
        let place = help::place(ctx, step.part);
        if let Some(place) = place {
            let layer = egui::LayerId::new(Order::Foreground, Id::unique("tour frame"));
            let colour = theme::palette(ctx.theme() == egui::Theme::Dark).notice;
            let frame = place.expand(2.0);
            ctx.layer_painter(layer).rect_stroke(
                frame,
                6,
                (2.0, colour),
                egui::StrokeKind::Outside,
            );
        }
        let corner = corner(ctx.content_rect(), place);
        let area = Area::new(Id::unique("tour"))
            .order(Order::Foreground)
            .fixed_pos(corner)
            .constrain_to(ctx.content_rect());
        let next = area.show(ctx, |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(WIDTH);
                words(ui, at)
            })
        });
        self.0 = next.inner.inner;
        if self.is_open() {
            Ended::No
        } else {
            Ended::Yes
        }
    }
}

/// The words of step `at` and its buttons; gives the step of the next frame.
fn words(ui: &mut Ui, at: usize) -> Option<usize> {
    let step = &STEPS[at];
    let last = at + 1 == STEPS.len();
    ui.horizontal(|ui| {
        ui.label(RichText::new(step.title).strong());
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let count = format!("{} of {}", at + 1, STEPS.len());
            ui.label(RichText::new(count).small().weak());
        });
    });
    ui.label(step.words);
    ui.add_space(UNIT / 2.0);
    ui.horizontal(|ui| {
        let hover = "Ends the tour. The help page (F1) begins it again.";
        let skip = !last && ui.button("Skip").on_hover_text(hover).clicked();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let next = ui.button(if last { "Done" } else { "Next" }).clicked();
            let back = at > 0 && ui.button("Back").clicked();
            match (skip, next, back) {
                (true, ..) => None,
                (_, true, _) => (!last).then_some(at + 1),
                (_, _, true) => Some(at - 1),
                _ => Some(at),
            }
        })
        .inner
    })
    .inner
}

/// Where the words stand: below their part if there is room, else beside or above it, else in the middle.
fn corner(window: Rect, place: Option<Rect>) -> Pos2 {
    let room = Rect::from_min_max(
        window.min + Vec2::splat(UNIT),
        window.max - Vec2::splat(UNIT),
    );
    let Some(place) = place else {
        return room.center() - Vec2::new(WIDTH, HEIGHT) / 2.0;
    };
    let left = place.left().clamp(
        room.left(),
        (room.right() - WIDTH - 3.0 * UNIT).max(room.left()),
    );
    if place.bottom() + 1.5 * UNIT + HEIGHT <= room.bottom() {
        pos2(left, place.bottom() + 1.5 * UNIT)
    } else if place.top() - 1.5 * UNIT - HEIGHT >= room.top() {
        pos2(left, place.top() - 1.5 * UNIT - HEIGHT)
    } else {
        pos2(place.right() + 1.5 * UNIT, place.top())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

    /// The words never hide the part that they speak of, at both sizes of the window and wherever it stands.
    #[test]
    fn the_words_stand_beside_their_part() {
        for size in [vec2(1100.0, 700.0), vec2(1440.0, 900.0)] {
            let window = Rect::from_min_size(Pos2::ZERO, size);
            let places = [
                Rect::from_min_size(pos2(8.0, 90.0), vec2(240.0, 60.0)),
                Rect::from_min_size(pos2(290.0, 120.0), vec2(280.0, 280.0)),
                Rect::from_min_size(pos2(60.0, 8.0), vec2(150.0, 30.0)),
                Rect::from_min_size(pos2(290.0, size.y - 60.0), vec2(280.0, 50.0)),
            ];
            for place in places {
                let words = Rect::from_min_size(corner(window, Some(place)), vec2(WIDTH, HEIGHT));
                assert!(!words.intersects(place), "{place:?} {words:?}");
                assert!(words.left() >= 0.0 && words.right() <= size.x);
            }
        }
    }
}
