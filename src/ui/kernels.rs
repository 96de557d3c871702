//! P, C and C − P side by side: the same digits in the same order, one scale, one view.
//!
//! The three pictures share their window onto the matrix and the cell under the pointer, so that
//! zooming, moving and pointing in one is zooming, moving and pointing in all. Their pixels are
//! made by [`Painter`]'s thread: until new ones are there, the old ones stay, in their place.

mod head;
mod layout;
mod legend;
mod tooltip;

use std::sync::Arc;
use std::time::Instant;

use egui::{Color32, Rect, Sense, Ui, pos2, vec2};

use super::intent::Intent;
use super::loading::Wake;
use super::texture::Texture;
use super::theme::{self, UNIT};
use crate::view::RunView;
use crate::view::heatmap::{self, Scale};
use crate::view::painter::{Order, Painted, Painter, Part};
use crate::view::pictures::Picture;
use crate::worker::protocol::{CodePicture, PriorPicture, ShownDigits};
use layout::{FOOT, GAP, HEAD, STRIP, side_for};
pub use layout::{Window, height_for, width_for};

/// The pictures from left to right.
const PICTURES: [Picture; 3] = [Picture::Prior, Picture::Codes, Picture::Difference];

/// What the textures show.
struct OnScreen {
    part: Part,
    n: usize,
    scales: (Scale, Scale),
    there: [bool; 3],
}

/// What was last asked of the painter.
struct Asked {
    part: Part,
    dark: bool,
}

/// What has just come on screen.
pub struct Drawn {
    /// When its snapshot was published.
    pub published: Instant,
    /// Whether P has all its mixtures; `None` without P.
    pub prior_whole: Option<bool>,
    /// The step C was made after.
    pub step: Option<u64>,
}

/// The panel.
pub struct Kernels {
    prior: Option<Arc<PriorPicture>>,
    codes: Option<Arc<CodePicture>>,
    shown: Option<Arc<ShownDigits>>,
    /// When the matrices were published.
    arrived: Instant,
    /// What the painter was asked to make of them.
    asked: Option<Asked>,
    painter: Painter,
    on_screen: Option<OnScreen>,
    drawn: Option<Drawn>,
    textures: [Texture; 3],
    bars: [(Texture, Option<bool>); 2],
    /// The two digits of a tooltip, and which they are.
    digits: [(Texture, Option<usize>); 2],
    window: Window,
    hovered: Option<(usize, usize)>,
    /// Whether the screen shows the newest matrices.
    fresh: bool,
}

impl Kernels {
    /// The panel; `wake` is called when new pictures are ready.
    ///
    /// # Errors
    ///
    /// If the system gives no thread for the painter.
    pub fn new(wake: Wake) -> std::io::Result<Self> {
        Ok(Self {
            prior: None,
            codes: None,
            shown: None,
            arrived: Instant::now(),
            asked: None,
            painter: Painter::spawn(wake)?,
            on_screen: None,
            drawn: None,
            textures: Default::default(),
            bars: Default::default(),
            digits: Default::default(),
            window: Window::default(),
            hovered: None,
            fresh: true,
        })
    }

    /// The matrices that came on screen since the last call.
    pub fn take_drawn(&mut self) -> Option<Drawn> {
        self.drawn.take()
    }

    /// Whether the screen shows the newest matrices.
    #[must_use]
    pub fn is_up_to_date(&self) -> bool {
        self.fresh
    }

    /// Takes what is new in the run's snapshot.
    fn take(&mut self, run: &RunView) {
        let snapshot = run.snapshot.as_deref();
        let prior = snapshot.and_then(|snapshot| snapshot.prior.clone());
        let rows = prior.as_ref().map(|prior| prior.matrix.nrows());
        let codes = snapshot
            .and_then(|snapshot| snapshot.codes.clone())
            .filter(|codes| rows.is_none_or(|rows| rows == codes.matrix.nrows()));
        let shown = snapshot.map(|snapshot| Arc::clone(&snapshot.shown));
        if !same(self.shown.as_ref(), shown.as_ref()) {
            self.shown = shown;
            self.digits.iter_mut().for_each(|(_, which)| *which = None);
        }
        if same(self.prior.as_ref(), prior.as_ref()) && same(self.codes.as_ref(), codes.as_ref()) {
            return;
        }
        let old_size = self.size();
        self.prior = prior;
        self.codes = codes;
        if self.size() != old_size {
            self.window = Window::default();
            self.hovered = None;
        }
        self.arrived = snapshot.map_or_else(Instant::now, |snapshot| snapshot.published);
        self.asked = None;
        self.fresh = self.size() == 0;
    }

    /// N.
    fn size(&self) -> usize {
        let prior = self.prior.as_ref().map(|prior| prior.matrix.nrows());
        prior
            .or_else(|| self.codes.as_ref().map(|codes| codes.matrix.nrows()))
            .unwrap_or(0)
    }

    /// Whether there is such a matrix.
    fn has(&self, picture: Picture) -> bool {
        match picture {
            Picture::Prior => self.prior.is_some(),
            Picture::Codes => self.codes.is_some(),
            _ => self.prior.is_some() && self.codes.is_some(),
        }
    }

    /// An entry as it is, and in units of its matrix's root mean square.
    fn value(&self, picture: Picture, cell: (usize, usize)) -> Option<(f32, f32)> {
        let (matrix, norm) = match picture {
            Picture::Prior => (self.prior.as_ref()).map(|prior| (&prior.matrix, prior.norm))?,
            Picture::Codes => (self.codes.as_ref()).map(|codes| (&codes.matrix, codes.norm))?,
            _ => {
                let (_, p) = self.value(Picture::Prior, cell)?;
                let (_, c) = self.value(Picture::Codes, cell)?;
                return Some((c - p, c - p));
            }
        };
        let value = *matrix.get([cell.0, cell.1])?;
        Some((value, value * heatmap::unit(matrix.nrows(), norm)))
    }

    /// Shows the three pictures.
    pub fn show(&mut self, ui: &mut Ui, run: &RunView, intents: &mut Vec<Intent>) {
        self.take(run);
        let area = ui.max_rect();
        let side = side_for(area.width())
            .min(area.height() - HEAD - FOOT - STRIP - GAP)
            .max(UNIT);
        let column = side + STRIP + GAP;
        let space = ((area.width() - 3.0 * column) / 2.0).clamp(0.0, 4.0 * UNIT);
        let mut hovered = None;
        for (index, picture) in PICTURES.into_iter().enumerate() {
            let left = area.left() + index as f32 * (column + space);
            let whole = Rect::from_min_size(pos2(left, area.top()), vec2(column, area.height()));
            self.head(ui, whole, picture, run, intents);
            let square = Rect::from_min_size(
                pos2(left + STRIP + GAP, area.top() + HEAD + STRIP + GAP),
                vec2(side, side),
            );
            if index == 0 {
                self.order(ui, square);
                self.receive(ui);
            }
            hovered = hovered.or(self.square(ui, square, index, run));
            self.foot(ui, square, picture);
        }
        if self.hovered != hovered {
            self.hovered = hovered;
            // The other two pictures were painted before the pointer was known.
            ui.ctx().request_repaint();
        }
    }

    /// Asks for new pictures if those on screen do not show what they should.
    fn order(&mut self, ui: &Ui, square: Rect) {
        let (n, dark) = (self.size(), ui.visuals().dark_mode);
        if n == 0 {
            return;
        }
        let pixels = square.width() * ui.ctx().pixels_per_point();
        let (origin, span) = (self.window.origin(), self.window.span());
        let part = Part::of_window(n, origin, span, pixels);
        let asked = self.asked.as_ref();
        if asked
            .is_some_and(|asked| asked.dark == dark && asked.part.serves(&part, n, origin, span))
        {
            return;
        }
        self.asked = Some(Asked { part, dark });
        self.painter.ask(Order {
            prior: self.prior.clone(),
            codes: self.codes.clone(),
            part,
            dark,
            arrived: self.arrived,
        });
    }

    /// Takes pictures that are ready, unless they are of matrices of another size.
    fn receive(&mut self, ui: &Ui) {
        let Some(painted) = self.painter.take() else {
            return;
        };
        let Painted {
            order,
            pixels,
            scales,
        } = painted;
        let rows = order.prior.as_ref().map(|prior| prior.matrix.nrows());
        let n = rows.or_else(|| order.codes.as_ref().map(|codes| codes.matrix.nrows()));
        if n != Some(self.size()) {
            return;
        }
        let side = order.part.side;
        for ((texture, pixels), picture) in self.textures.iter_mut().zip(&pixels).zip(PICTURES) {
            if let Some(pixels) = pixels {
                texture.update(ui.ctx(), picture.name(), [side, side], |out| {
                    out.copy_from_slice(pixels);
                });
            }
        }
        let newest = same(order.prior.as_ref(), self.prior.as_ref())
            && same(order.codes.as_ref(), self.codes.as_ref());
        // Another part of matrices that were on screen already says nothing about their way there.
        if newest && !self.fresh {
            self.fresh = true;
            self.drawn = Some(Drawn {
                published: order.arrived,
                prior_whole: (order.prior.as_deref()).map(PriorPicture::is_whole),
                step: order.codes.as_ref().map(|codes| codes.step),
            });
        }
        self.on_screen = Some(OnScreen {
            part: order.part,
            n: self.size(),
            scales,
            there: pixels.map(|pixels| pixels.is_some()),
        });
    }

    /// The matrix, its strips and its crosshair; gives the cell under the pointer.
    fn square(
        &mut self,
        ui: &mut Ui,
        square: Rect,
        index: usize,
        run: &RunView,
    ) -> Option<(usize, usize)> {
        let picture = PICTURES[index];
        let palette = theme::of(ui);
        let n = self.size();
        ui.painter()
            .rect_filled(square, 0, ui.visuals().extreme_bg_color);
        let id = ui.scope_id().with(("kernel", index));
        let response = ui.interact(square, id, Sense::click_and_drag());
        response.widget_info(|| {
            egui::WidgetInfo::labeled(
                egui::Role::Image,
                true,
                format!("{} heat map", picture.name()),
            )
        });
        if n == 0 || !self.has(picture) {
            head::empty(ui, square, picture, run);
            return None;
        }
        self.window.interact(ui, &response, square, n);
        self.paint(ui, square, index);
        self.strips(ui, square, n);
        let pointer = response.hover_pos().filter(|_| !response.dragged());
        let hovered = pointer.and_then(|pointer| self.window.cell(square, n, pointer));
        if let Some((i, j)) = self.hovered {
            let cell = self.window.cell_rect(square, n, (i, j));
            let painter = ui.painter().with_clip_rect(square);
            let line = (1.0, Color32::from_white_alpha(110));
            painter.hline(square.x_range(), cell.center().y, line);
            painter.vline(cell.center().x, square.y_range(), line);
            let outline = (1.0, palette.notice);
            painter.rect_stroke(cell.expand(1.0), 0, outline, egui::StrokeKind::Outside);
        }
        if let Some(cell) = hovered {
            response.on_hover_ui_at_pointer(|ui| self.tooltip(ui, cell));
        }
        hovered
    }

    /// What the texture shows of the matrix, in its place.
    fn paint(&self, ui: &Ui, square: Rect, index: usize) {
        let (Some(shown), Some(texture)) = (&self.on_screen, self.textures[index].id()) else {
            return;
        };
        if shown.n != self.size() || !shown.there[index] {
            return;
        }
        let Part { first, cells, .. } = shown.part;
        let last = first.map(|first| first + cells - 1);
        let place = Rect::from_min_max(
            self.window.cell_rect(square, shown.n, first.into()).min,
            self.window.cell_rect(square, shown.n, last.into()).max,
        );
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter()
            .with_clip_rect(square)
            .image(texture, place, uv, Color32::WHITE);
    }
}

/// Whether two shared values are one.
fn same<T>(a: Option<&Arc<T>>, b: Option<&Arc<T>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    }
}
