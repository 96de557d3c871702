//! The page of the run: kernels and scores above, digits and curves below.

use std::sync::Arc;
use std::time::Instant;

use egui::{Rect, RichText, Ui, pos2, vec2};

use super::card::card;
use super::curves::Curves;
use super::digits::{self, Digits, Style};
use super::frontier;
use super::help::{self, Part};
use super::icons::{self, Icon};
use super::intent::Intent;
use super::kernels::{Drawn, Dress, Kernels, Look, Looking, Mark, Touch};
use super::probe::{self, Probe};
use super::scoreboard;
use super::theme::{self, UNIT};
use crate::exhibit::Exhibit;
use crate::exhibit::lens::Lens;
use crate::exhibit::live::Parts;
use crate::picture::saved::{Format, Picture};
use crate::view::beside::Beside;
use crate::view::pins::Pins;
use crate::view::{LadderView, RunView, Selection};

/// P, C and C − P.
const KERNELS: usize = 3;

/// The digits' share of the width under the kernels.
const DIGITS_SHARE: f32 = 0.61;
/// Kernels give way to larger digits down to this share of the height they could have.
const KERNELS_SHARE: f32 = 0.9;
/// Digits are magnified at most so many times.
const LARGEST: usize = 6;
/// The margins of a card, above and below.
const MARGIN: f32 = 2.0 * UNIT;

impl Default for Live {
    fn default() -> Self {
        Self {
            kernels: Kernels::new(Dress::Live),
            digits: Digits::new(Style::Steady),
            curves: Curves::default(),
            looking: Looking::default(),
            before: None,
            probe: Probe::default(),
            side: Side::Losses,
            compared: false,
            beside: None,
        }
    }
}

/// What a click found: what was marked, what stood beside the images, and the lens; and when it came.
struct Before {
    probe: probe::Kept,
    side: Side,
    lens: Lens,
    time: f64,
}

/// The second click of a double click comes within so many seconds.
const DOUBLE: f64 = 0.5;

/// What stands beside the images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    /// The losses of the run.
    Losses,
    /// Lr against Lc of the ladder's networks.
    Frontier,
    /// What is marked in the kernels.
    Probe,
}

/// The panels of a run.
pub struct Live {
    kernels: Kernels,
    digits: Digits,
    curves: Curves,
    /// How the kernels are looked at.
    looking: Looking,
    /// What a click changed last, as it was.
    before: Option<Before>,
    probe: Probe,
    /// What stands beside the images.
    side: Side,
    /// Whether networks were compared when this was painted last.
    compared: bool,
    /// What is on show in the place of the run, and since when.
    beside: Option<(Arc<Exhibit>, Instant)>,
}

impl Live {
    /// The kernels that came on screen since the last call.
    pub fn take_drawn(&mut self) -> Option<Drawn> {
        self.kernels.take_drawn()
    }

    /// Whether the kernels on screen are the run's newest.
    #[must_use]
    pub fn is_up_to_date(&self) -> bool {
        self.kernels.is_up_to_date()
    }

    /// Lays out and shows all panels.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        run: &RunView,
        (ladder, pins, beside): (&LadderView, &Pins, Option<Beside<'_>>),
        selection: &Selection,
        intents: &mut Vec<Intent>,
    ) {
        let area = ui.available_rect_before_wrap();
        let (exhibit, published) = match beside {
            Some(beside) => (Arc::clone(beside.exhibit()), self.since(beside)),
            None => {
                self.beside = None;
                on_show(run)
            }
        };
        let there = run.exhibit().is_some() || beside.is_some();
        if self.compared != ladder.compares() {
            // Where networks are compared, the frontier is what says how they differ.
            self.compared = ladder.compares();
            self.side = if self.compared {
                Side::Frontier
            } else {
                Side::Losses
            };
        }
        self.probe.follow(&exhibit);
        let height = kernels_height(ui, area, &exhibit);
        let wide = area.width() - theme::SCOREBOARD - UNIT - MARGIN;
        let width = Dress::Live.width_for(height, KERNELS).min(wide);
        let upper = Rect::from_min_size(area.min, vec2(width + MARGIN, height + MARGIN));
        let scores = Rect::from_min_max(
            pos2(upper.right() + UNIT, upper.top()),
            pos2(area.right(), upper.bottom()),
        );
        let lower = Rect::from_min_max(pos2(area.left(), upper.bottom() + UNIT), area.max);
        let split = lower.left() + (lower.width() * DIGITS_SHARE).round();
        let digits = Rect::from_min_max(lower.min, pos2(split, lower.bottom()));
        let curves = Rect::from_min_max(pos2(split + UNIT, lower.top()), lower.max);

        let mut save = |picture, format| intents.push(Intent::Save(picture, format));
        card(ui, upper, "kernels", |ui| {
            self.kernels(ui, (&exhibit, published), selection, &mut save);
        });
        card(ui, scores, "scores", |ui| {
            scoreboard::show(ui, there.then_some(&*exhibit));
        });
        for (part, rect) in [
            (Part::Scores, scores),
            (Part::Digits, digits),
            (Part::Curves, curves),
        ] {
            help::mark(ui, part, rect);
        }
        card(ui, digits, "digits", |ui| {
            digits::title(ui, &exhibit, &mut save);
            let height = ui.available_height();
            self.digits.show(ui, &exhibit, height);
        });
        card(ui, curves, "curves", |ui| {
            let tabs = self.tabs(ui, ladder, &exhibit);
            match self.side {
                Side::Frontier => frontier::show(ui, run, ladder, intents),
                Side::Probe => self.probe.show(ui, &exhibit),
                Side::Losses => self.curves.show(ui, (run, pins), !tabs, intents),
            }
        });
        ui.advance_cursor_after_rect(area);
    }
}

impl Live {
    /// Since when a network is on show in the place of the run.
    fn since(&mut self, beside: Beside<'_>) -> Instant {
        let exhibit = beside.exhibit();
        match &self.beside {
            Some((shown, since)) if Arc::ptr_eq(shown, exhibit) => *since,
            _ => {
                let now = Instant::now();
                self.beside = Some((Arc::clone(exhibit), now));
                now
            }
        }
    }

    /// The kernels of an exhibit through the lens, and what a click there does.
    fn kernels(
        &mut self,
        ui: &mut Ui,
        (exhibit, published): (&Arc<Exhibit>, Instant),
        selection: &Selection,
        save: &mut dyn FnMut(Picture, Format),
    ) {
        let seen = self.looking.at(ui.ctx(), exhibit);
        let mark = self.probe.mark(exhibit);
        // Where nothing can be seen through the lens, or not yet, the images stand as they come.
        let plain = Arc::ptr_eq(&seen, exhibit);
        let look = Look {
            lens: if plain {
                Lens::Images
            } else {
                self.looking.lens()
            },
            of: exhibit,
            mark: mark.and_then(|mark| mark.among(&exhibit.images, &seen.images)),
            selection: Some(selection).filter(|selection| selection.is_of(exhibit)),
            by_hand: self.beside.is_some(),
        };
        let area = ui.max_rect();
        self.kernels
            .show(ui, area, (&seen, published), Some(look), Some(save));
        if let Some(touch) = self.kernels.take_touch() {
            let time = ui.input(|input| input.time);
            self.touched((touch, time), &seen, exhibit);
        }
    }

    /// What a click does into what is `seen` of an exhibit.
    fn touched(&mut self, (touch, time): (Touch, f64), seen: &Exhibit, exhibit: &Exhibit) {
        if touch == Touch::Undone {
            // Both clicks may have come in one frame: then the first one has changed nothing.
            let first = self
                .before
                .take()
                .filter(|first| time - first.time < DOUBLE);
            if let Some(first) = first {
                self.probe.put_back(first.probe);
                self.side = first.side;
                if first.lens != self.looking.lens() {
                    self.looking.choose(first.lens);
                }
            }
            return;
        }
        self.before = Some(Before {
            probe: self.probe.kept(),
            side: self.side,
            lens: self.looking.lens(),
            time,
        });
        match touch {
            Touch::Lens(lens) => self.looking.choose(lens),
            Touch::Cell(a, b) if seen.is_by_class() => {
                let labels = seen.images.labels.as_deref().unwrap_or_default();
                let own = exhibit.images.labels.as_deref().unwrap_or_default();
                let block = |class: usize| {
                    let label = labels.get(class)?;
                    let mut classes = exhibit.classes().into_iter();
                    classes.find(|images| own.get(images.start) == Some(label))
                };
                if let (Some(rows), Some(columns)) = (block(a), block(b)) {
                    let n = exhibit.rows_of_kernels();
                    self.kernels.open_block(&rows, &columns, n);
                    self.looking.choose(Lens::Images);
                }
            }
            Touch::Cell(i, j) => self.mark(Mark::Cell(i, j), seen, exhibit),
            Touch::Row(i) => self.mark(Mark::Row(i), seen, exhibit),
            Touch::Undone => {}
        }
    }

    /// `exhibit` as its kernels are looked at, and what names of files have of that.
    #[must_use]
    pub fn looked_at(&self, exhibit: &Arc<Exhibit>) -> (Arc<Exhibit>, String) {
        let seen = self.looking.now(exhibit);
        let more = seen.stem.strip_prefix(&exhibit.stem).unwrap_or_default();
        let more = match more.trim_start_matches('-') {
            "" => String::new(),
            more => format!("-{more}"),
        };
        (seen, more)
    }

    /// Marks images, and shows what the kernels say of them; a second time takes that away.
    fn mark(&mut self, mark: Mark, seen: &Exhibit, exhibit: &Exhibit) {
        let Some(mark) = mark.among(&seen.images, &exhibit.images) else {
            return;
        };
        self.probe.put(mark, exhibit);
        if self.probe.mark(exhibit).is_some() {
            self.side = Side::Probe;
        }
    }

    /// What can stand beside the images, if there is a choice; says whether there is.
    fn tabs(&mut self, ui: &mut Ui, ladder: &LadderView, exhibit: &Exhibit) -> bool {
        let probe = self.probe.name(exhibit);
        let there = |side: Side| match side {
            Side::Losses => true,
            Side::Frontier => ladder.has_any(),
            Side::Probe => probe.is_some(),
        };
        if !there(self.side) {
            self.side = if self.compared {
                Side::Frontier
            } else {
                Side::Losses
            };
            if !there(self.side) {
                self.side = Side::Losses;
            }
        }
        let choices = [
            (
                Side::Losses,
                "Losses",
                "The losses of the run, step by step.",
            ),
            (
                Side::Frontier,
                "Frontier",
                "Lr against Lc on validation images: a point for each network of the ladder, and the way of the run.",
            ),
            (
                Side::Probe,
                probe.unwrap_or_default(),
                "What the kernels say of the images that are marked.",
            ),
        ];
        let some = there(Side::Frontier) || there(Side::Probe);
        if some {
            ui.horizontal(|ui| {
                ui.spacing_mut().interact_size.y = 2.0 * UNIT;
                for (side, name, about) in choices.into_iter().filter(|(side, ..)| there(*side)) {
                    let on = self.side == side;
                    let tab = egui::Button::selectable(on, RichText::new(name).small());
                    if ui.add(tab).on_hover_text(about).clicked() {
                        self.side = side;
                    }
                }
                if self.side == Side::Probe {
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                        let button = ui.add(icons::small()).on_hover_text("Takes the mark away.");
                        icons::over(ui, &button, Icon::Close, icons::SMALL);
                        if button.accessible_name("Close the cell").clicked() {
                            self.probe.clear();
                        }
                    });
                }
                if self.side == Side::Frontier {
                    let text = RichText::new("validation · points: ladder · line: the run").small();
                    ui.add(egui::Label::new(text.weak()).truncate());
                }
            });
        }
        some
    }
}

/// What there is to see of a run, and when it was published; before it has begun, what will be there.
pub fn on_show(run: &RunView) -> (Arc<Exhibit>, Instant) {
    if let Some(snapshot) = &run.snapshot {
        return (Arc::clone(&snapshot.exhibit), snapshot.published);
    }
    let config = run.config.clone().unwrap_or_default();
    let mut exhibit = Parts::nothing(config).exhibit();
    if run.run().is_none() && !run.is_pending() {
        for kernel in &mut exhibit.kernels {
            kernel.absent = "appears when a run starts";
        }
    }
    (Arc::new(exhibit), Instant::now())
}

/// The height of the kernels: what their width allows, or a little less if the digits below can
/// then be magnified once more.
fn kernels_height(ui: &Ui, area: Rect, exhibit: &Exhibit) -> f32 {
    let wide = area.width() - theme::SCOREBOARD - UNIT - MARGIN;
    let most = Dress::Live.height_for(wide, KERNELS);
    let (shape, scale) = (exhibit.pictured.shape, ui.ctx().pixels_per_point());
    let beside =
        |times| area.height() - digits::height_for(shape, times, scale) - UNIT - 2.0 * MARGIN;
    (1..=LARGEST)
        .rev()
        .map(beside)
        .find(|&height| height >= KERNELS_SHARE * most)
        .unwrap_or_else(|| beside(1))
        .min(most)
        .max(26.0 * UNIT)
        .floor()
}
