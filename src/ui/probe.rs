//! What a cell of the kernels says, and who is next to an image: what stands behind a click.
//!
//! Everything is of the network on show, and follows it. What is marked are images, not places: where others
//! come on show, the mark goes with its images, or goes.

use std::sync::Arc;

use egui::{Align2, Rect, RichText, Sense, Ui, pos2, vec2};

use super::kernels::Mark;
use super::strip::{self, Strip, class_of};
use super::theme::{self, UNIT};
use crate::exhibit::neighbours::{nearest, rank};
use crate::exhibit::{Agreement, Exhibit, Images, KernelOf, Matrix, numbers};

/// Neighbours that are looked for: more than a row has room for.
const NEIGHBOURS: usize = 24;
/// In a narrower panel everything is smaller.
const NARROW: f32 = 50.0 * UNIT;
/// A plot of less height says nothing.
const LEAST: f32 = 9.0 * UNIT;
/// In this height both rows of neighbours have room at twice their size.
const TWICE: f32 = 24.0 * UNIT;

/// What is marked, and what is shown of it.
#[derive(Default)]
pub struct Probe {
    mark: Kept,
    /// What the two images of a cell share under a prior: of which, and what.
    shares: Option<Shares>,
    /// The two images of a cell, or an image and its neighbours in P and in C.
    pictures: [Strip; 3],
}

/// What is marked: in which images, of which data.
pub type Kept = Option<(Mark, Arc<Images>, Option<String>)>;

/// Two samples under a prior, and what they share.
struct Shares {
    prior: Arc<Matrix>,
    samples: [usize; 2],
    found: Option<Vec<Agreement>>,
}

impl Probe {
    /// What is marked among the images of `exhibit`.
    #[must_use]
    pub fn mark(&self, exhibit: &Exhibit) -> Option<Mark> {
        let here = |(_, images, _): &&(Mark, Arc<Images>, _)| Arc::ptr_eq(images, &exhibit.images);
        self.mark.as_ref().filter(here).map(|(mark, ..)| *mark)
    }

    /// What is marked, to be put back.
    #[must_use]
    pub fn kept(&self) -> Kept {
        self.mark.clone()
    }

    /// Marks again what was marked then.
    pub fn put_back(&mut self, kept: Kept) {
        self.mark = kept;
    }

    /// The panel's name.
    #[must_use]
    pub fn name(&self, exhibit: &Exhibit) -> Option<&'static str> {
        self.mark(exhibit).map(|mark| match mark {
            Mark::Cell(..) => "Cell",
            Mark::Row(_) => "Nearest",
        })
    }

    /// Marks something; what is marked already is not any more.
    pub fn put(&mut self, mark: Mark, exhibit: &Exhibit) {
        let same = self.mark(exhibit) == Some(mark);
        self.mark = (!same).then(|| on(mark, exhibit));
    }

    /// Nothing is marked any more.
    pub fn clear(&mut self) {
        self.mark = None;
    }

    /// Goes with the images of `exhibit`, if it has them.
    pub fn follow(&mut self, exhibit: &Exhibit) {
        let Some((mark, images, data)) = &self.mark else {
            return;
        };
        // Before a run has its images there is nothing to go with.
        if Arc::ptr_eq(images, &exhibit.images) || exhibit.images.count == 0 {
            return;
        }
        let moved = mark.among(images, &exhibit.images);
        let moved = moved.filter(|_| data.as_deref() == exhibit.checksum());
        self.mark = moved.map(|mark| on(mark, exhibit));
    }

    /// Shows what is marked, of the kernels of `exhibit`.
    pub fn show(&mut self, ui: &mut Ui, exhibit: &Exhibit) {
        let wish = match self.mark(exhibit) {
            Some(Mark::Cell(i, j)) => self.cell(ui, exhibit, (i, j)),
            Some(Mark::Row(i)) => self.row(ui, exhibit, i),
            None => None,
        };
        if let Some(mark) = wish {
            self.mark = Some(on(mark, exhibit));
        }
    }

    /// Two images, and what the kernels say of them.
    fn cell(&mut self, ui: &mut Ui, exhibit: &Exhibit, (i, j): (usize, usize)) -> Option<Mark> {
        let mut wish = None;
        let width = ui.available_width();
        let narrow = width < NARROW;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = UNIT;
            let side = if narrow { 7.0 * UNIT } else { 9.0 * UNIT };
            // Class and button below need room in a flat panel too.
            let side = side.min(ui.available_height() - 5.0 * UNIT).max(2.0 * UNIT);
            for (slot, index) in [i, j].into_iter().enumerate() {
                ui.vertical(|ui| {
                    ui.spacing_mut().item_spacing.y = 2.0;
                    ui.spacing_mut().button_padding.x = 4.0;
                    let (rect, _) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
                    self.pictures[slot].show(ui, &exhibit.images, &[index], &[rect]);
                    let letter = ["i", "j"][slot];
                    let text = format!("{letter}{}", class_of(&exhibit.images, index));
                    ui.label(RichText::new(text).small());
                    let near = ui.small_button("Nearest");
                    let about = "The images next to this one in P and in C.";
                    let near = near.accessible_name(format!("Nearest to {letter}"));
                    if near.on_hover_text(about).clicked() {
                        wish = Some(Mark::Row(index));
                    }
                });
            }
            ui.vertical(|ui| values(ui, exhibit, (i, j), narrow));
        });
        if ui.available_height() < LEAST {
            return wish;
        }
        ui.add_space(UNIT / 2.0);
        match self.shares(exhibit, [i, j]) {
            Some(shares) => agreement(ui, shares),
            None => {
                let why = if exhibit.prior.is_none() {
                    "What P is made of is not at hand for this network."
                } else {
                    "This prior kernel has no mixtures to share."
                };
                ui.label(RichText::new(why).small().weak());
            }
        }
        wish
    }

    /// What two images share, found once.
    fn shares(&mut self, exhibit: &Exhibit, [i, j]: [usize; 2]) -> Option<&[Agreement]> {
        let prior = exhibit.matrix_of(KernelOf::Prior)?;
        let indices = &exhibit.images.indices;
        let samples = [*indices.get(i)?, *indices.get(j)?];
        let is = |kept: &Shares| Arc::ptr_eq(&kept.prior, prior) && kept.samples == samples;
        if !self.shares.as_ref().is_some_and(is) {
            self.shares = Some(Shares {
                prior: Arc::clone(prior),
                samples,
                found: exhibit.agreement((i, j)),
            });
        }
        self.shares.as_ref()?.found.as_deref()
    }

    /// An image, and its nearest in P and in C.
    fn row(&mut self, ui: &mut Ui, exhibit: &Exhibit, i: usize) -> Option<Mark> {
        let mut wish = None;
        ui.horizontal_top(|ui| {
            let side = 6.0 * UNIT;
            let (rect, _) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
            self.pictures[0].show(ui, &exhibit.images, &[i], &[rect]);
            ui.vertical(|ui| {
                let text = format!("Image {i}{}", class_of(&exhibit.images, i));
                ui.label(RichText::new(text).strong());
                let text = format!(
                    "The nearest of {} others, the nearest first; the number is the entry × rms, the line the class.",
                    exhibit.images.count.saturating_sub(1)
                );
                ui.label(RichText::new(text).small().weak());
            });
        });
        let tall = if ui.available_height() > TWICE {
            2.0
        } else {
            1.0
        };
        for (slot, of) in [(1, KernelOf::Prior), (2, KernelOf::Codes)] {
            let tile = strip::tile(ui, &exhibit.images, tall);
            if ui.available_height() < tile.y + strip::FIGURE + 3.0 * UNIT {
                continue;
            }
            ui.add_space(UNIT / 2.0);
            ui.label(RichText::new(format!("in {}", of.name())).small());
            match exhibit.matrix_of(of) {
                Some(matrix) => {
                    let clicked = self.neighbours(ui, exhibit, (slot, i, tile), matrix);
                    wish = clicked.map(|j| Mark::Cell(i, j)).or(wish);
                }
                None => {
                    ui.label(RichText::new("not there yet").small().weak());
                }
            }
        }
        wish
    }

    /// The nearest of image `i` in a kernel, as many as there is room for; gives the one that is clicked.
    fn neighbours(
        &mut self,
        ui: &mut Ui,
        exhibit: &Exhibit,
        (slot, i, tile): (usize, usize, egui::Vec2),
        matrix: &Matrix,
    ) -> Option<usize> {
        let images = &exhibit.images;
        let row = matrix.entries();
        let row = row.row(i);
        let all = nearest(row, i, NEIGHBOURS);
        let value = |j: usize| f64::from(row[j] * matrix.unit());
        let row = strip::Row {
            images,
            which: &all,
            tile,
            name: ("neighbour", slot),
            figure: &|at| format!("{:.1}", value(all[at])),
            about: &|at| {
                format!(
                    "{} × rms. Click for the cell.",
                    numbers::three(value(all[at]))
                )
            },
            click: true,
        };
        self.pictures[slot].row(ui, &row)
    }
}

/// A mark on the images of an exhibit.
fn on(mark: Mark, exhibit: &Exhibit) -> (Mark, Arc<Images>, Option<String>) {
    let data = exhibit.checksum().map(str::to_owned);
    (mark, Arc::clone(&exhibit.images), data)
}

/// The entries of P, C, C − P and the ideal kernel, and the place of j among the neighbours of i.
fn values(ui: &mut Ui, exhibit: &Exhibit, (i, j): (usize, usize), narrow: bool) {
    let small = |text: String| RichText::new(text).small();
    let figure = |text: String| RichText::new(text).monospace();
    ui.spacing_mut().interact_size.y = 2.0 * UNIT;
    egui::Grid::new("cell")
        .spacing(vec2(if narrow { UNIT } else { 1.5 * UNIT }, 2.0))
        .show(ui, |ui| {
            ui.label("");
            ui.label(small("× rms".into()).weak());
            let rank_of = if narrow {
                "rank"
            } else {
                "j among i's nearest"
            };
            let about = "The place of j among the neighbours of i, 1 being the nearest.";
            ui.label(small(rank_of.into()).weak()).on_hover_text(about);
            ui.end_row();
            for (index, kernel) in exhibit.kernels.iter().enumerate() {
                let Some((_, value)) = exhibit.value(index, (i, j)) else {
                    continue;
                };
                ui.label(kernel.of.name());
                let value = f64::from(value);
                ui.label(figure(if kernel.is_difference() {
                    numbers::signed(value)
                } else {
                    numbers::three(value)
                }));
                let place = exhibit
                    .matrix(index)
                    .and_then(|m| rank(m.entries().row(i), i, j));
                let others = exhibit.images.count.saturating_sub(1);
                ui.label(small(place.map_or_else(String::new, |place| {
                    if narrow {
                        format!("{place}/{others}")
                    } else {
                        format!("number {place} of {others}")
                    }
                })));
                ui.end_row();
            }
            if let Some(labels) = &exhibit.images.labels {
                let same = labels.get(i) == labels.get(j);
                ui.label("K_I");
                ui.label(figure(if same { "1" } else { "0" }.into()));
                let classes = if same { "one class" } else { "two classes" };
                ui.label(small(classes.into()));
                ui.end_row();
            }
        });
}

/// A bar for each number of components: how often the two images share one.
fn agreement(ui: &mut Ui, shares: &[Agreement]) {
    let palette = theme::of(ui);
    ui.label(RichText::new("How often the two share a component, by mixture size g").small())
        .on_hover_text(
            "P is the sum of this over all mixtures (Eq. 4), up to its scale: for each g the mean over the starts q \
             of π_i(q, g)·π_j(q, g). Few components say what is alike on the whole, many what is alike in detail.",
        );
    let size = vec2(
        ui.available_width(),
        (ui.available_height() - UNIT / 2.0).clamp(UNIT, 16.0 * UNIT),
    );
    let (area, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Image, true, "Shares by mixture size")
    });
    let plot = Rect::from_min_max(area.min + vec2(3.0 * UNIT, 4.0), area.max - vec2(0.0, 14.0));
    let painter = ui.painter();
    for share in [0.0, 0.5, 1.0] {
        let y = plot.bottom() - share * plot.height();
        painter.hline(plot.x_range(), y, (1.0, palette.line));
        let at = pos2(plot.left() - 4.0, y);
        painter.text(
            at,
            Align2::RIGHT_CENTER,
            format!("{share}"),
            theme::tiny_figures(),
            palette.weak,
        );
    }
    let step = plot.width() / shares.len().max(1) as f32;
    let pointer = response.hover_pos();
    let mut pointed = None;
    for (at, one) in shares.iter().enumerate() {
        let left = plot.left() + at as f32 * step;
        let column = Rect::from_x_y_ranges(left..=left + step, plot.y_range());
        let height = one.share.clamp(0.0, 1.0) as f32 * plot.height();
        let bar = Rect::from_min_max(
            pos2(left + 1.0, plot.bottom() - height),
            pos2(left + step - 1.0, plot.bottom()),
        );
        let here = pointer.is_some_and(|pointer| column.x_range().contains(pointer.x));
        if here {
            pointed = Some(*one);
        }
        let colour = if here { palette.text } else { palette.lc };
        painter.rect_filled(bar, 0, colour);
        if at == 0 || at + 1 == shares.len() || one.components.is_multiple_of(5) {
            let at = pos2(column.center().x, plot.bottom() + 2.0);
            let text = one.components.to_string();
            painter.text(
                at,
                Align2::CENTER_TOP,
                text,
                theme::tiny_figures(),
                palette.weak,
            );
        }
    }
    if let Some(one) = pointed {
        let Agreement { components, share } = one;
        response.on_hover_text_at_pointer(format!(
            "g = {components}: {:.0} % of its starts",
            100.0 * share
        ));
    }
}
