//! An exhibit's kernels side by side: the same images in the same order, one scale, one view.
//!
//! The pictures share their window onto the matrix and the cell under the pointer, so that zooming,
//! moving and pointing in one is zooming, moving and pointing in all. Their pixels are made by
//! [`Painter`]'s thread: until new ones are there, the old ones stay, in their place.

mod head;
mod layout;
mod legend;
mod lens;
mod marks;
mod tooltip;
mod tree;

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Color32, Rect, Sense, Ui, pos2, vec2};

use super::looks;
use super::texture::Texture;
use super::theme::{self, UNIT};
use crate::exhibit::{ColourMap, Entries, Exhibit, KernelOf, Scale};
use crate::picture::painter::{self, Kept, Order, Painted, Painter, Part};
use crate::picture::saved::{Format, Picture};
pub use layout::{Dress, Window};
use layout::{GAP, STRIP};
pub use legend::class_strip;
pub use lens::Looking;
pub use marks::{Look, Mark, Touch};

/// Kernels of so many images are painted within a frame where pictures follow the hand: it takes a millisecond.
const FEW: usize = 320;

/// What to do when somebody asks to save a picture.
pub type Save<'a> = dyn FnMut(Picture, Format) + 'a;

/// What the textures show.
struct OnScreen {
    part: Part,
    n: usize,
    scales: Vec<Scale>,
    there: Vec<bool>,
}

/// What was last asked of the painter.
struct Asked {
    part: Part,
    dark: bool,
}

/// What has just come on screen.
pub struct Drawn {
    /// When it was published.
    pub published: Instant,
    /// Whether P has all its mixtures; `None` without P.
    pub prior_whole: Option<bool>,
    /// The step C was made after.
    pub step: Option<u64>,
}

/// Who makes the pixels.
#[derive(Default)]
enum Brush {
    /// Nobody yet.
    #[default]
    None,
    /// A thread.
    Thread(Painter),
    /// Where the system gives no thread: whoever shows them.
    Here(Kept),
}

/// The panel.
pub struct Kernels {
    dress: Dress,
    /// Whether they always follow the hand.
    follows: bool,
    exhibit: Option<Arc<Exhibit>>,
    /// What was given last, and the same in the colours that were chosen.
    coloured: Option<[Arc<Exhibit>; 2]>,
    /// When it was published.
    arrived: Instant,
    /// What the painter was asked to make of it.
    asked: Option<Asked>,
    brush: Brush,
    /// For pictures that follow the hand.
    at_once: Kept,
    on_screen: Option<OnScreen>,
    drawn: Option<Drawn>,
    textures: Vec<Texture>,
    bars: [(Texture, Option<(bool, ColourMap)>); 2],
    /// The two images of a tooltip, and which they are.
    images: [(Texture, Option<usize>); 2],
    window: Window,
    hovered: Option<(usize, usize)>,
    /// What a person has clicked since the last call.
    touched: Option<Touch>,
    /// The window onto the next matrices of another size.
    next_window: Option<(usize, Window)>,
    /// Whether the screen shows the newest matrices.
    fresh: bool,
}

impl Kernels {
    /// The panel in this dress.
    #[must_use]
    pub fn new(dress: Dress) -> Self {
        Self {
            dress,
            follows: false,
            exhibit: None,
            coloured: None,
            arrived: Instant::now(),
            asked: None,
            brush: Brush::default(),
            at_once: Kept::default(),
            on_screen: None,
            drawn: None,
            textures: Vec::new(),
            bars: Default::default(),
            images: Default::default(),
            window: Window::default(),
            hovered: None,
            touched: None,
            next_window: None,
            fresh: true,
        }
    }

    /// The panel, whose pictures follow the hand at all times.
    #[must_use]
    pub fn following(self) -> Self {
        Self {
            follows: true,
            ..self
        }
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

    /// The height that `count` kernels need in `width`, or as many of them as are shown there.
    #[must_use]
    pub fn height_for(&self, width: f32, count: usize) -> f32 {
        self.dress.height_for(width, self.dress.shown(width, count))
    }

    /// Takes what is new in `exhibit`.
    fn take(&mut self, exhibit: &Arc<Exhibit>, published: Instant) {
        let old = self.exhibit.replace(Arc::clone(exhibit));
        if let Some(old) = &old {
            if !Arc::ptr_eq(&old.images, &exhibit.images) {
                self.images.iter_mut().for_each(|(_, which)| *which = None);
            }
            let n = exhibit.rows_of_kernels();
            let next = self.next_window.take().filter(|(of, _)| *of == n);
            if next.is_some() || old.rows_of_kernels() != n {
                self.window = next.map(|(_, window)| window).unwrap_or_default();
                self.hovered = None;
            }
            if same_matrices(old, exhibit) {
                if old.looks != exhibit.looks {
                    self.asked = None;
                }
                return;
            }
        }
        self.arrived = published;
        self.asked = None;
        self.fresh = exhibit.rows_of_kernels() == 0;
    }

    /// Shows the kernels in `area`: as many as are wide enough to be read, from the left. Without
    /// `save` they have no menu.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        area: Rect,
        (exhibit, published): (&Arc<Exhibit>, Instant),
        look: Option<Look<'_>>,
        mut save: Option<&mut Save<'_>>,
    ) {
        let exhibit = &self.coloured(ui, exhibit);
        self.take(exhibit, published);
        let dress = self.dress;
        let count = dress.shown(area.width(), exhibit.kernels.len());
        let tree = tree::height(dress, area.size(), count, exhibit);
        let side = dress.side(area.size() - vec2(0.0, tree), count);
        let column = side + STRIP + GAP;
        let apart = (area.width() - count as f32 * column) / (count as f32 - 1.0).max(1.0);
        let space = apart.clamp(0.0, 4.0 * UNIT);
        let mut hovered = None;
        for index in 0..count {
            let left = area.left() + index as f32 * (column + space);
            let whole = Rect::from_min_size(pos2(left, area.top()), vec2(column, area.height()));
            if dress.head() > 0.0 {
                let first = look.filter(|_| index == 0);
                let save = save.as_deref_mut();
                let chosen = head::show(ui, whole, (exhibit, index), dress, first, save);
                self.touched = chosen.map(Touch::Lens).or(self.touched);
            }
            let square = Rect::from_min_size(
                pos2(
                    left + STRIP + GAP,
                    area.top() + dress.head() + tree + STRIP + GAP,
                ),
                vec2(side, side),
            );
            if index == 0 {
                let by_hand = self.follows || look.is_some_and(|look| look.by_hand);
                self.receive(ui, by_hand);
                self.order(ui, square, exhibit, by_hand);
            }
            hovered = hovered.or(self.square(ui, square, index, exhibit));
            if let Some(of) = exhibit
                .images
                .tree
                .as_ref()
                .filter(|_| tree > 0.0 && index == 0)
            {
                self.tree(ui, square, of);
            }
            self.selected(ui, square, exhibit, look.and_then(|look| look.selection));
            self.marks(ui, square, exhibit, look.and_then(|look| look.mark));
            if dress.foot() > 0.0 {
                self.foot(ui, square, index, exhibit);
            }
        }
        if self.hovered != hovered {
            self.hovered = hovered;
            // The other pictures were painted before the pointer was known.
            ui.ctx().request_repaint();
        }
    }

    /// `exhibit` in the colours that were chosen.
    fn coloured(&mut self, ui: &Ui, exhibit: &Arc<Exhibit>) -> Arc<Exhibit> {
        let looks = looks::of(ui.ctx());
        if exhibit.looks == looks {
            return Arc::clone(exhibit);
        }
        let known = (self.coloured.as_ref())
            .filter(|[of, coloured]| Arc::ptr_eq(of, exhibit) && coloured.looks == looks);
        if let Some([_, coloured]) = known {
            return Arc::clone(coloured);
        }
        let coloured = Arc::new(exhibit.with_looks(looks));
        self.coloured = Some([Arc::clone(exhibit), Arc::clone(&coloured)]);
        coloured
    }

    /// Asks for new pictures if those on screen do not show what they should.
    fn order(&mut self, ui: &Ui, square: Rect, exhibit: &Arc<Exhibit>, by_hand: bool) {
        let (n, dark) = (exhibit.rows_of_kernels(), ui.visuals().dark_mode);
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
        let order = Order {
            exhibit: Arc::clone(exhibit),
            part,
            dark,
            arrived: self.arrived,
        };
        let pixels = part.side * part.side * exhibit.kernels.len();
        if by_hand && part.cells <= FEW && pixels <= FEW * FEW * 3 {
            let painted = self.at_once.paint(order);
            self.put(ui, painted);
            return;
        }
        if matches!(self.brush, Brush::None) {
            self.brush = brush(ui.ctx());
        }
        match &mut self.brush {
            Brush::Thread(painter) => painter.ask(order),
            Brush::Here(kept) => {
                let painted = kept.paint(order);
                self.put(ui, painted);
            }
            Brush::None => {}
        }
    }

    /// Takes pictures that are ready.
    fn receive(&mut self, ui: &Ui, by_hand: bool) {
        let Brush::Thread(painter) = &self.brush else {
            return;
        };
        let Some(painted) = painter.take() else {
            return;
        };
        // What was asked before the hand moved on would come over what it moved to.
        let newest = self.exhibit.as_ref();
        let is_newest = newest.is_some_and(|newest| same_matrices(&painted.order.exhibit, newest));
        if is_newest || !by_hand {
            self.put(ui, painted);
        }
    }

    /// Puts pictures on screen, unless they are of matrices of another size.
    fn put(&mut self, ui: &Ui, painted: Painted) {
        let Painted { order, pixels } = painted;
        let of = &order.exhibit;
        let n = of.rows_of_kernels();
        let Some(newest) = (self.exhibit.as_ref()).filter(|now| now.rows_of_kernels() == n) else {
            return;
        };
        let side = order.part.side;
        self.textures.resize_with(pixels.len(), Texture::default);
        for (index, (texture, pixels)) in self.textures.iter_mut().zip(&pixels).enumerate() {
            if let Some(pixels) = pixels {
                let name = &of.kernels[index].name;
                texture.update(ui.ctx(), name, [side, side], |out| {
                    out.copy_from_slice(pixels);
                });
            }
        }
        // Another part of matrices that were on screen already says nothing about their way there.
        if same_matrices(of, newest) && !self.fresh {
            self.fresh = true;
            let prior = of.kernel(KernelOf::Prior);
            let prior = prior.filter(|&(index, _)| of.has(index));
            self.drawn = Some(Drawn {
                published: order.arrived,
                prior_whole: prior.map(|(_, prior)| prior.growing.is_none()),
                step: of.network.as_ref().map(|network| network.step),
            });
        }
        self.on_screen = Some(OnScreen {
            part: order.part,
            n,
            scales: (0..pixels.len()).map(|index| of.scale(index)).collect(),
            there: pixels.iter().map(Option::is_some).collect(),
        });
    }

    /// The matrix, its strips and its crosshair; gives the cell under the pointer.
    fn square(
        &mut self,
        ui: &mut Ui,
        square: Rect,
        index: usize,
        exhibit: &Exhibit,
    ) -> Option<(usize, usize)> {
        let kernel = &exhibit.kernels[index];
        let palette = theme::of(ui);
        let n = exhibit.rows_of_kernels();
        ui.painter()
            .rect_filled(square, 0, ui.visuals().extreme_bg_color);
        let id = ui.scope_id().with(("kernel", index));
        let response = ui.interact(square, id, Sense::click_and_drag());
        response.widget_info(|| {
            let label = format!("{} heat map", kernel.name);
            egui::WidgetInfo::labeled(egui::Role::Image, true, label)
        });
        if n == 0 || !exhibit.has(index) {
            head::empty(ui, square, kernel.absent);
            return None;
        }
        self.window.interact(ui, &response, square, n);
        self.paint(ui, square, index, n);
        self.strips(ui, square, exhibit);
        self.touch(ui, &response, square, exhibit);
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
            response.on_hover_ui_at_pointer(|ui| self.tooltip(ui, exhibit, cell));
        }
        hovered
    }

    /// What the texture shows of the matrix, in its place.
    fn paint(&self, ui: &Ui, square: Rect, index: usize, n: usize) {
        let texture = self.textures.get(index).and_then(Texture::id);
        let (Some(shown), Some(texture)) = (&self.on_screen, texture) else {
            return;
        };
        if shown.n != n || shown.there.get(index) != Some(&true) {
            return;
        }
        let Part { first, cells, .. } = shown.part;
        let last = first.map(|first| first + cells - 1);
        let place = Rect::from_min_max(
            self.window.cell_rect(square, n, first.into()).min,
            self.window.cell_rect(square, n, last.into()).max,
        );
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter()
            .with_clip_rect(square)
            .image(texture, place, uv, Color32::WHITE);
    }
}

/// The painter's thread, if there is one to be had.
fn brush(ctx: &egui::Context) -> Brush {
    let ctx = ctx.clone();
    // A plain request would draw two frames for each call.
    let wake = Arc::new(move || ctx.request_repaint_after(Duration::from_millis(1)));
    match painter::spawn(wake) {
        Ok(painter) => Brush::Thread(painter),
        Err(error) => {
            tracing::error!("no thread for painting kernels: {error}");
            Brush::Here(Kept::default())
        }
    }
}

/// Whether two exhibits have the very same matrices, so that their pictures are the same.
fn same_matrices(a: &Exhibit, b: &Exhibit) -> bool {
    a.kernels.len() == b.kernels.len()
        && (a.kernels.iter().zip(&b.kernels)).all(|pair| match pair {
            (a, b) if a.of != b.of => false,
            (a, b) => match (&a.entries, &b.entries) {
                (Entries::Matrix(a), Entries::Matrix(b)) => Arc::ptr_eq(a, b),
                (Entries::Difference(a), Entries::Difference(b)) => a == b,
                (Entries::Absent, Entries::Absent) => true,
                _ => false,
            },
        })
}
