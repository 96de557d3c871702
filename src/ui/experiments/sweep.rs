//! Fig. 3: Lr and Lc against λ or Nc, the frontier of the two, and the run that was clicked.

use egui::{Rect, RichText, Ui, pos2, vec2};

use super::gallery::Gallery;
use super::sweep_charts::{curves, frontier};
use super::{StudyIntent, placeholder, seeds_row};
use crate::exhibit::numbers;
use crate::exhibit::study::Subject;
use crate::experiment::fig3::SweepPoint;
use crate::experiment::plan::{Experiment, Recipe};
use crate::ui::theme::{self, UNIT};
use crate::view::StudyView;

/// Least and largest width of the panel of the chosen run.
const SIDE: [f32; 2] = [38.0 * UNIT, 110.0 * UNIT];
/// The share of the width that the panel would like.
const SIDE_SHARE: f32 = 0.42;
/// The share of the height that the upper chart gets where there are two.
const UPPER: f32 = 0.56;

/// The tab of a sweep.
pub struct Sweep {
    logarithmic: bool,
    gallery: Gallery,
}

impl Default for Sweep {
    fn default() -> Self {
        Self {
            logarithmic: true,
            gallery: Gallery::default(),
        }
    }
}

impl Sweep {
    /// Shows the sweep of `experiment`, which is Fig. 3(a) or (b).
    pub fn show(
        &mut self,
        ui: &mut Ui,
        view: &StudyView,
        experiment: Experiment,
        intents: &mut Vec<StudyIntent>,
    ) {
        let by_lambda = experiment == Experiment::Fig3a;
        let figures = view.figures();
        let points = if by_lambda {
            &figures.lambda
        } else {
            &figures.code
        };
        let area = ui.available_rect_before_wrap();
        let side = (area.width() * SIDE_SHARE).clamp(SIDE[0], SIDE[1]);
        let split = (area.right() - side).round();
        let charts = Rect::from_min_max(area.min, pos2(split - 2.0 * UNIT, area.bottom()));
        let run = Rect::from_min_max(pos2(split, area.top()), area.max);
        ui.scope_builder(
            egui::UiBuilder::new().max_rect(charts).id_salt("charts"),
            |ui| {
                self.charts(ui, view, points, experiment, intents);
            },
        );
        ui.painter()
            .vline(split - UNIT, area.y_range(), (1.0, theme::of(ui).line));
        ui.scope_builder(egui::UiBuilder::new().max_rect(run).id_salt("run"), |ui| {
            ui.set_clip_rect(run.intersect(ui.clip_rect()));
            self.run(ui, view, points, intents);
        });
        ui.advance_cursor_after_rect(area);
    }

    fn charts(
        &mut self,
        ui: &mut Ui,
        view: &StudyView,
        points: &[SweepPoint],
        experiment: Experiment,
        intents: &mut Vec<StudyIntent>,
    ) {
        let by_lambda = experiment == Experiment::Fig3a;
        self.head(ui, points, experiment);
        let rest = ui.available_rect_before_wrap();
        if points.is_empty() {
            let text = if by_lambda {
                "Lr and Lc against λ: a point with its error bar for each λ, as the networks come in. A click on a point shows its C and its images."
            } else {
                "Lr and Lc against Nc: a point with its error bar for each code size, as the networks come in. A click on a point shows its C and its images."
            };
            placeholder(ui, rest, text);
            return;
        }
        let palette = theme::of(ui);
        let share = if by_lambda { UPPER } else { 1.0 };
        let upper = Rect::from_min_size(rest.min, vec2(rest.width(), rest.height() * share));
        let chart = curves(view, points, by_lambda, self.logarithmic, palette);
        let clicked = chart.show(ui, upper, "curves");
        let clicked = if by_lambda {
            let lower = Rect::from_min_max(pos2(rest.left(), upper.bottom() + UNIT), rest.max);
            clicked
                .or(frontier(view, points, self.logarithmic, palette).show(ui, lower, "frontier"))
        } else {
            clicked
        };
        if let Some(recipe) = clicked {
            intents.push(StudyIntent::Select(recipe));
        }
    }

    fn head(&mut self, ui: &mut Ui, points: &[SweepPoint], experiment: Experiment) {
        let by_lambda = experiment == Experiment::Fig3a;
        let palette = theme::of(ui);
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 18.0;
            let name = if by_lambda { "λ" } else { "Nc" };
            ui.label(RichText::new("Lr").color(palette.lr).strong());
            ui.label(RichText::new("Lc").color(palette.lc).strong());
            super::heading(ui, &format!("against {name}"), experiment);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                ui.checkbox(&mut self.logarithmic, RichText::new("log").small())
                    .on_hover_text("One logarithmic axis for both, or a linear one for each.");
                let most = points.iter().map(|p| p.recipes.len()).max().unwrap_or(0);
                let text = match most {
                    0 => String::new(),
                    1 => "validation images, one seed so far".to_owned(),
                    n => format!("validation images, mean ± sd over up to {n} seeds"),
                };
                ui.add(egui::Label::new(RichText::new(text).small().weak()).truncate());
            });
        });
    }

    /// The chosen run: its seed among the others', its scores, its kernel and its digits.
    fn run(
        &mut self,
        ui: &mut Ui,
        view: &StudyView,
        points: &[SweepPoint],
        intents: &mut Vec<StudyIntent>,
    ) {
        let shown = view.selected().zip(view.selected_network());
        let Some((recipe, network)) = shown else {
            let rect = ui.available_rect_before_wrap();
            placeholder(
                ui,
                rect,
                "The chosen run: P, its C and its images. The newest one is shown until a point is clicked.",
            );
            return;
        };
        ui.label(RichText::new(format!("λ = {}, Nc = {}", recipe.lambda, recipe.code)).strong());
        let twins = points.iter().find(|point| point.recipes.contains(&recipe));
        let seeds: Vec<u64> = twins.map_or_else(
            || vec![recipe.seed],
            |point| point.recipes.iter().map(|recipe| recipe.seed).collect(),
        );
        if let Some(seed) = seeds_row(ui, &seeds, Some(recipe.seed)) {
            intents.push(StudyIntent::Select(Recipe { seed, ..recipe }));
        }
        let (validation, test) = (&network.figures.validation, &network.figures.test);
        scores(ui, validation, test);
        ui.add_space(UNIT / 2.0);
        let subject = Subject::Run(recipe);
        self.gallery.take(view, Some(subject));
        if self.gallery.is_empty() {
            let rect = ui.available_rect_before_wrap();
            placeholder(
                ui,
                rect,
                "The pictures of this run are not kept in the folder.",
            );
            return;
        }
        let height = ui.available_height();
        self.gallery.kernels(ui, height * 0.66, subject, intents);
        let height = ui.available_height();
        self.gallery.digits(ui, height);
    }
}

/// Scores on validation and test digits.
fn scores(
    ui: &mut Ui,
    validation: &crate::worker::protocol::Scores,
    test: &crate::worker::protocol::Scores,
) {
    use crate::view::scores::Figure;
    let palette = theme::of(ui);
    egui::Grid::new("scores")
        .num_columns(5)
        .spacing(vec2(1.5 * UNIT, 0.0))
        .show(ui, |ui| {
            ui.label("");
            for figure in Figure::ALL {
                ui.label(RichText::new(figure.name()).small().weak())
                    .on_hover_text(figure.explanation());
            }
            ui.end_row();
            for (name, scores) in [("validation", validation), ("test", test)] {
                ui.label(RichText::new(name).small().weak());
                for figure in Figure::ALL {
                    let text = numbers::maybe(figure.of(scores));
                    let colour = if figure == Figure::Reconstruction {
                        palette.lr
                    } else {
                        palette.lc
                    };
                    ui.label(
                        RichText::new(text)
                            .monospace()
                            .size(theme::SMALL)
                            .color(colour),
                    );
                }
                ui.end_row();
            }
        });
}
