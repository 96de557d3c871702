//! The tree of the clusters that the images are sorted by, above the first kernel.

use egui::{Pos2, Rect, Sense, Shape, Ui, Vec2, WidgetInfo, pos2};

use super::super::theme::{self, UNIT};
use super::layout::READABLE;
use super::{Dress, GAP, Kernels, STRIP};
use crate::exhibit::dendrogram::{Dendrogram, Link};
use crate::exhibit::{Exhibit, numbers};

/// Its height.
const HEIGHT: f32 = 6.0 * UNIT;
/// Between the highest bar and the caption.
const HEAD: f32 = 3.0;

/// The height that is taken for a tree above each of `count` kernels, so that they stay in a line: none where there
/// is no tree, or where the kernels would be too small to be read.
pub(super) fn height(dress: Dress, room: Vec2, count: usize, exhibit: &Exhibit) -> f32 {
    let less = room - Vec2::new(0.0, HEIGHT);
    let has_room = dress.head() > 0.0 && dress.side(less, count) >= READABLE;
    if exhibit.images.tree.is_some() && has_room {
        HEIGHT
    } else {
        0.0
    }
}

impl Kernels {
    /// The tree above the matrix in `square`, over the columns that are in sight.
    pub(super) fn tree(&self, ui: &mut Ui, square: Rect, tree: &Dendrogram) {
        let bottom = square.top() - STRIP - 2.0 * GAP;
        let place = Rect::from_x_y_ranges(square.x_range(), bottom - HEIGHT + GAP..=bottom);
        let id = ui.scope_id().with("tree");
        let response = ui.interact(place, id, Sense::hover());
        let name = format!("Tree of {} clusters", numbers::count(tree.links.len()));
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &name));
        let view = View {
            place,
            square,
            highest: tree.height().max(f32::MIN_POSITIVE),
            n: tree.leaves.len(),
            kernels: self,
        };
        let pointer = response.hover_pos();
        let pointed = pointer.and_then(|at| tree.cluster(view.leaf(at)?, view.height(at)));
        let palette = theme::of(ui);
        let painter = ui
            .painter()
            .with_clip_rect(place.expand2(Vec2::new(0.0, 1.0)));
        for link in &tree.links {
            let inside = pointed.is_some_and(|over| {
                (over.first..over.first + over.images).contains(&link.first)
                    && link.height <= over.height
            });
            let colour = if inside { palette.notice } else { palette.weak };
            if let Some(shape) = view.shape(link, (1.0, colour).into()) {
                painter.add(shape);
            }
        }
        if pointer.is_none() {
            return;
        }
        response.on_hover_ui_at_pointer(|ui| {
            ui.label(match pointed {
                Some(link) => format!(
                    "{} images, merged at the mean distance {}",
                    numbers::count(link.images),
                    numbers::three(f64::from(link.height))
                ),
                None => "an image, not merged up to here".to_owned(),
            });
            let highest = numbers::three(f64::from(tree.height()));
            let text = format!("d² = κii + κjj − 2 κij, average linkage; all are one at {highest}");
            ui.label(egui::RichText::new(text).small().weak());
        });
    }
}

/// Where a tree stands on screen.
struct View<'a> {
    place: Rect,
    square: Rect,
    highest: f32,
    n: usize,
    kernels: &'a Kernels,
}

impl View<'_> {
    /// The place among the images under the pointer.
    fn leaf(&self, at: Pos2) -> Option<f32> {
        let inside = pos2(at.x, self.square.top() + 0.5);
        let row = self.kernels.window.cell(self.square, self.n, inside)?.1;
        Some(row as f32 + 0.5)
    }

    /// The height under the pointer, with what a bar is thick.
    fn height(&self, at: Pos2) -> f32 {
        let room = self.place.height() - HEAD;
        (self.place.bottom() + 2.0 - at.y) / room * self.highest
    }

    fn up(&self, height: f32) -> f32 {
        self.place.bottom() - height / self.highest * (self.place.height() - HEAD)
    }

    /// A bar and its legs, if any of it is in sight and large enough to be seen.
    fn shape(&self, link: &Link, stroke: egui::Stroke) -> Option<Shape> {
        let first = self.kernels.window.cell_rect(self.square, self.n, (0, 0));
        let across = |leaf: f32| first.left() + leaf * first.width();
        let [left, right] = link.ends.map(across);
        let top = self.up(link.height);
        let [low_left, low_right] = link.lows.map(|low| self.up(low));
        let apart = right < self.square.left() || left > self.square.right();
        let small = right - left < 0.5 && low_left.max(low_right) - top < 0.5;
        if apart || small {
            return None;
        }
        let line = vec![
            pos2(left, low_left),
            pos2(left, top),
            pos2(right, top),
            pos2(right, low_right),
        ];
        Some(Shape::line(line, stroke))
    }
}
