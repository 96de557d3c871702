//! What the prior is made of: P of some of its mixtures alone follows the hand, beside the whole of it.
//!
//! Coarse blocks come from few components, fine ones from many (Section 2.3). Parts are made on a thread of their
//! own, and so are, once for each P, the figures of each size alone.

mod alone;
mod range;

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Button, Context, Grid, Rect, RichText, Slider, SliderClamping, Ui, UiBuilder, vec2};

use super::Facts;
use crate::exhibit::part::{MixtureRange, PriorPart, Sieve, SizeAlone};
use crate::exhibit::{Exhibit, KernelOf, Matrix, numbers};
use crate::service::Maker;
use crate::training::config::PriorConfig;
use crate::ui::intent::Intent;
use crate::ui::kernels::{Dress, Kernels};
use crate::ui::theme::{self, UNIT};
use crate::ui::words;

/// Width of the column of figures.
const COLUMN: f32 = 27.0 * UNIT;
/// Height of the chart of each size alone.
const CHART: f32 = 18.0 * UNIT;

/// What is to be made: of which exhibit, and which part.
type Wanted = (Arc<Exhibit>, Arc<Matrix>, MixtureRange);
/// A part of this P.
type Part = (Arc<Matrix>, Option<PriorPart>);
/// Each size of this P alone.
type Sizes = (Arc<Matrix>, Option<Vec<SizeAlone>>);

/// The P whose parts are shown.
struct Whole {
    matrix: Arc<Matrix>,
    mixtures: MixtureRange,
    /// What the knobs stand at.
    range: MixtureRange,
    /// What was asked for last.
    asked: Option<MixtureRange>,
    part: Option<(PriorPart, Instant)>,
    sizes: Option<Vec<SizeAlone>>,
}

/// The tab.
pub struct Prior {
    whole: Option<Whole>,
    parts: Option<Maker<Wanted, Part>>,
    sizes: Option<Maker<Wanted, Sizes>>,
    kernels: Kernels,
}

impl Default for Prior {
    fn default() -> Self {
        Self {
            whole: None,
            parts: None,
            sizes: None,
            kernels: Kernels::new(Dress::Study).following(),
        }
    }
}

impl Prior {
    /// Shows it in the room there is.
    pub fn show(&mut self, ui: &mut Ui, facts: &Facts<'_>, intents: &mut Vec<Intent>) {
        if !self.follow(ui.ctx(), facts.exhibit) {
            self.whole = None;
            ui.label(RichText::new(missing(facts.exhibit)).weak());
            return;
        }
        let area = ui.available_rect_before_wrap();
        let left = area.with_max_x(area.right() - COLUMN - 2.0 * UNIT);
        let column = area.with_min_x(area.right() - COLUMN);
        let upper = left.with_max_y(left.bottom() - CHART - range::HEIGHT);
        let lower = left.with_min_y(upper.bottom());
        self.pictures(ui, upper);
        self.sizes(ui, lower);
        let builder = UiBuilder::new().max_rect(column).id_salt("prior figures");
        ui.scope_builder(builder, |ui| self.column(ui, facts, intents));
        ui.advance_cursor_after_rect(area);
        self.ask(ui.ctx(), facts.exhibit);
    }

    /// Turns to the P of `exhibit` and takes what has been made; says whether there are mixtures.
    fn follow(&mut self, ctx: &Context, exhibit: &Arc<Exhibit>) -> bool {
        let Some(matrix) = exhibit.matrix_of(KernelOf::Prior) else {
            return false;
        };
        let same = |whole: &Whole| Arc::ptr_eq(&whole.matrix, matrix);
        if !self.whole.as_ref().is_some_and(same) {
            let Some(mixtures) = exhibit.mixtures() else {
                return false;
            };
            // On other images the hand stays where it was.
            let before = self.whole.take().filter(|old| old.mixtures == mixtures);
            self.whole = Some(Whole {
                matrix: Arc::clone(matrix),
                mixtures,
                range: before.map_or(mixtures, |old| old.range),
                asked: None,
                part: None,
                sizes: None,
            });
            self.ask_sizes(ctx, exhibit);
        }
        if let Some((of, part)) = self.parts.as_ref().and_then(Maker::take) {
            self.take_part(&of, part);
        }
        if let Some((of, sizes)) = self.sizes.as_ref().and_then(Maker::take) {
            self.take_sizes(&of, sizes);
        }
        self.whole.is_some()
    }

    fn take_part(&mut self, of: &Arc<Matrix>, part: Option<PriorPart>) {
        let whole = (self.whole.as_mut()).filter(|whole| Arc::ptr_eq(&whole.matrix, of));
        if let (Some(whole), Some(part)) = (whole, part) {
            whole.part = Some((part, Instant::now()));
        }
    }

    fn take_sizes(&mut self, of: &Arc<Matrix>, sizes: Option<Vec<SizeAlone>>) {
        let whole = (self.whole.as_mut()).filter(|whole| Arc::ptr_eq(&whole.matrix, of));
        if let Some(whole) = whole {
            whole.sizes = sizes;
        }
    }

    /// Asks for the part that the knobs stand at.
    fn ask(&mut self, ctx: &Context, exhibit: &Arc<Exhibit>) {
        let Some(whole) = &mut self.whole else { return };
        if whole.asked == Some(whole.range) {
            return;
        }
        whole.asked = Some(whole.range);
        let wanted = (Arc::clone(exhibit), Arc::clone(&whole.matrix), whole.range);
        let make = |sieve: &mut Sieve, (of, matrix, range): Wanted| {
            let part = sieve.part(&of, range);
            (matrix, part)
        };
        let here = asked(ctx, &mut self.parts, "dkae-prior-part", wanted, make);
        if let Some((of, part)) = here {
            self.take_part(&of, part);
        }
    }

    /// Asks for the figures of each size alone.
    fn ask_sizes(&mut self, ctx: &Context, exhibit: &Arc<Exhibit>) {
        let Some(whole) = &self.whole else { return };
        let wanted = (
            Arc::clone(exhibit),
            Arc::clone(&whole.matrix),
            whole.mixtures,
        );
        let make = |sieve: &mut Sieve, (of, matrix, _): Wanted| {
            let sizes = sieve.sizes(&of);
            (matrix, sizes)
        };
        let here = asked(ctx, &mut self.sizes, "dkae-prior-sizes", wanted, make);
        if let Some((of, sizes)) = here {
            self.take_sizes(&of, sizes);
        }
    }

    /// The part and the whole side by side.
    fn pictures(&mut self, ui: &mut Ui, area: Rect) {
        let Some((part, since)) = self.whole.as_ref().and_then(|whole| whole.part.as_ref()) else {
            return;
        };
        let needed = self.kernels.height_for(area.width(), 2);
        let area = area.with_max_y(area.bottom().min(area.top() + needed));
        self.kernels
            .show(ui, area, (&part.exhibit, *since), None, None);
    }

    /// Each size alone, and the knobs below it on the same axis.
    fn sizes(&mut self, ui: &mut Ui, area: Rect) {
        let Some(whole) = &mut self.whole else { return };
        let place = area.with_max_y(area.bottom() - range::HEIGHT);
        let [least, most] = whole.mixtures.components;
        let across = alone::across(place);
        let sizes = whole.sizes.as_deref().unwrap_or_default();
        let of_whole = whole.part.as_ref().and_then(|(part, _)| part.lc_whole_ki);
        let touched = alone::show(ui, place, (sizes, whole.mixtures), of_whole, whole.range);
        if let Some(g) = touched {
            whole.range.components = [g; 2];
        }
        let track = area.with_min_y(place.bottom());
        let all = [least, most];
        range::show(ui, track, across, all, &mut whole.range.components);
    }

    /// The figures, the number of starts, and what can be done with it.
    fn column(&mut self, ui: &mut Ui, facts: &Facts<'_>, intents: &mut Vec<Intent>) {
        let Some(whole) = &mut self.whole else { return };
        ui.label(RichText::new("Mixtures in the sum").strong());
        let [least, most] = whole.range.components;
        let sizes = if least == most {
            format!("g = {least}")
        } else {
            format!("g = {least}–{most}")
        };
        let of = whole.part.as_ref().map_or(0, |(part, _)| part.mixtures);
        let text = format!("{sizes} · {} mixtures", numbers::count(of));
        ui.label(RichText::new(text).small());
        ui.add_space(UNIT);
        ui.label(RichText::new("First starts q").small().weak());
        ui.spacing_mut().slider_width = COLUMN - 9.0 * UNIT;
        let starts = whole.mixtures.starts;
        let slider = Slider::new(&mut whole.range.starts, 1..=starts)
            .clamping(SliderClamping::Always)
            .update_while_editing(false);
        ui.add(slider)
            .on_hover_text("The sum of Eq. 4 over the first q starts of each number of components.")
            .accessible_name("First starts q");
        ui.add_space(UNIT);
        if ui
            .add_enabled(
                whole.range != whole.mixtures,
                Button::new("All mixtures").small(),
            )
            .on_hover_text("Every number of components, every start.")
            .on_disabled_hover_text("They are all in it.")
            .clicked()
        {
            whole.range = whole.mixtures;
        }
        ui.add_space(2.0 * UNIT);
        if let Some((part, _)) = &whole.part {
            figures(ui, part);
        }
        ui.add_space(2.0 * UNIT);
        next_run(ui, facts, whole, intents);
        ui.add_space(UNIT);
        let text = "Few components part the images coarsely, many finely; P is the mean over all of them, and large only where images agree on both scales (Section 2.3).";
        ui.label(RichText::new(text).small().weak());
    }
}

/// Asks the thread of this `name`, which is begun with the first order; where the system gives none, whoever looks
/// makes it, and has it at once.
fn asked<M: Send + 'static>(
    ctx: &Context,
    maker: &mut Option<Maker<Wanted, M>>,
    name: &'static str,
    wanted: Wanted,
    make: fn(&mut Sieve, Wanted) -> M,
) -> Option<M> {
    if maker.is_none() {
        let ctx = ctx.clone();
        let wake = Arc::new(move || ctx.request_repaint_after(Duration::from_millis(1)));
        let mut sieve = Sieve::default();
        match Maker::spawn(name, move |wanted| make(&mut sieve, wanted), wake) {
            Ok(made) => *maker = Some(made),
            Err(error) => tracing::error!("no thread for parts of the prior: {error}"),
        }
    }
    match maker {
        Some(maker) => {
            maker.ask(wanted);
            None
        }
        None => Some(make(&mut Sieve::default(), wanted)),
    }
}

/// Lc of the part and of the whole.
fn figures(ui: &mut Ui, part: &PriorPart) {
    let palette = theme::of(ui);
    Grid::new("parts' figures")
        .num_columns(3)
        .spacing(vec2(UNIT, UNIT / 2.0))
        .show(ui, |ui| {
            ui.label("");
            for head in ["these", "all"] {
                ui.label(RichText::new(head).small().weak());
            }
            ui.end_row();
            let rows = [
                ("Lc to K_I", part.lc_ki, part.lc_whole_ki, words::KI),
                ("Lc to the whole P", Some(part.lc_whole), None, words::LC),
            ];
            for (name, these, all, about) in rows {
                let label = ui.label(RichText::new(name).color(palette.lc));
                words::explain(&label, label.rect, about);
                ui.monospace(numbers::maybe(these));
                ui.monospace(numbers::maybe(all));
                ui.end_row();
            }
        });
    if part.lc_ki.is_none() {
        let text = "These images have no classes: there is no K_I.";
        ui.label(RichText::new(text).small().weak());
    }
}

/// The button that makes the part the prior of the next run.
fn next_run(ui: &mut Ui, facts: &Facts<'_>, whole: &Whole, intents: &mut Vec<Intent>) {
    let prior = facts.exhibit.prior_of(whole.range);
    let button = Button::new("Make it the prior of the next run").wrap();
    let response = ui
        .add_enabled(prior.is_some(), button)
        .on_hover_text("Sets Components from g, Components up to G and Starts Q, and how the mixtures are fitted, as this run has them. On the same data and seed the next run has these very mixtures.")
        .on_disabled_hover_text("This network's settings are not known.");
    if response.clicked() {
        intents.extend(prior.map(Intent::Prior));
    }
}

/// Why there is nothing to take apart.
fn missing(exhibit: &Exhibit) -> &'static str {
    let mixtures = matches!(exhibit.made.began.prior, PriorConfig::Pck(_));
    match (mixtures, &exhibit.prior) {
        (false, _) => {
            "This prior kernel is no sum over mixtures: only the cluster kernel has parts."
        }
        (true, None) => {
            "P can be taken apart as soon as all its mixtures are fitted and the images are placed in them."
        }
        (true, Some(_)) => "This prior kernel has no mixtures.",
    }
}
