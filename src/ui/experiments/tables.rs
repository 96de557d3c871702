//! Tables 1 and 2, with the paper's figures beside ours, and differences paired by seed.

use egui::{Align2, Grid, Rect, RichText, ScrollArea, Sense, Ui, pos2, vec2};

use super::gallery::Gallery;
use super::steps;
use super::{StudyIntent, heading, placeholder, seeds_row, side_by_side};
use crate::exhibit::numbers;
use crate::exhibit::study::Subject;
use crate::experiment::claims::difference;
use crate::experiment::findings::{DenoisingFigures, Edge, Method, best, edges};
use crate::experiment::plan::{Experiment, Plan};
use crate::experiment::statistics::{Paired, Summary};
use crate::experiment::table1::{KERNELS as KERNELS_OF_TABLE_1, PAPER, PAPER_IMPROVEMENT, Table1};
use crate::experiment::table2::paper;
use crate::ui::theme::{self, UNIT};
use crate::view::StudyView;
use crate::view::study::{Table2, with_deviation};

/// Height of a strip of differences.
const STRIP: f32 = 4.0 * UNIT;
/// Largest width of such a strip.
const WIDE: f32 = 88.0 * UNIT;

/// A page this wide has room for larger text.
const WIDE_PAGE: f32 = 120.0 * UNIT;
/// The digits below Table 2 and the chart beside it need so much height.
const DIGITS: f32 = 54.0 * UNIT;
/// Kernels below a table need so much height.
const KERNELS: f32 = 27.0 * UNIT;

/// The size of a table's text.
pub(super) fn text_size(ui: &Ui) -> f32 {
    if ui.available_width() >= WIDE_PAGE {
        theme::READING
    } else {
        theme::BODY
    }
}

/// Table 1, with the kernels that it compares.
#[derive(Default)]
pub struct Ideal {
    gallery: Gallery,
}

impl Ideal {
    /// Shows the table, the differences paired by seed, and the kernels.
    pub fn show(&mut self, ui: &mut Ui, view: &StudyView, intents: &mut Vec<StudyIntent>) {
        let Some(table) = &view.figures().table1 else {
            let rect = ui.available_rect_before_wrap();
            placeholder(
                ui,
                rect,
                "Lc to the ideal kernel of P, of the plain autoencoder's code kernel (λ = 0) and of C, with the paper's figures beside ours; below, the differences seed by seed and the kernels.",
            );
            return;
        };
        let size = text_size(ui);
        side_by_side(
            ui,
            "table 1",
            // As wide as its six columns.
            if size > theme::BODY {
                108.0 * UNIT
            } else {
                94.0 * UNIT
            },
            |ui| distances(ui, table, size),
            |ui| {
                title(
                    ui,
                    "Paired by seed",
                    "a dot a seed, the bar the 95 % interval of the mean; left of zero C is the nearer",
                );
                ui.add_space(UNIT / 2.0);
                paired(ui, "C − P", &table.c_and_p);
                ui.add_space(UNIT);
                paired(ui, "C − K_AE", &table.c_and_ae);
            },
        );
        if ui.available_height() < KERNELS {
            return;
        }
        ui.add_space(UNIT);
        let seed = view.shown_seed(&table.seeds);
        ui.horizontal(|ui| {
            heading(ui, "The kernels on test images", Experiment::Fig4);
            if let Some(seed) = seeds_row(ui, &table.seeds, seed) {
                intents.push(StudyIntent::Seed(seed));
            }
        });
        let subject = seed.map(Subject::Fig4);
        self.gallery.take(view, subject);
        if let Some(subject) = subject {
            let height = ui.available_height();
            self.gallery.kernels(ui, height, subject, intents);
        }
    }
}

/// The distances and by how much each kernel is nearer than another.
fn distances(ui: &mut Ui, table: &Table1, size: f32) {
    ui.horizontal_wrapped(|ui| {
        heading(ui, "Distances to the ideal kernel", Experiment::Table1);
        let about = format!("test images, {}", seeds(&table.seeds));
        ui.label(RichText::new(about).small().weak());
    });
    ui.add_space(UNIT);
    Grid::new("table 1")
        .num_columns(6)
        .spacing(vec2(2.5 * UNIT, 1.5 * UNIT))
        .show(ui, |ui| {
            for name in [
                "Kernel",
                "Lc(·, K_I)",
                "paper",
                "nearer than P by",
                "than K_AE by",
                "than C by",
            ] {
                ui.label(RichText::new(name).small().weak());
            }
            ui.end_row();
            for (row, kernel) in KERNELS_OF_TABLE_1.iter().enumerate() {
                let names = ["P, the prior", "K_AE, codes under λ = 0", "C, codes of the dkAE"];
                ui.label(RichText::new(names[row]).size(size))
                    .on_hover_text(format!("Lc({kernel}, K_I): distance to the kernel that is 1 where two images have one class and 0 elsewhere (Section 4.3)."));
                number(ui, with_deviation(&table.lc[row]), true, size);
                number(ui, format!("{:.4}", PAPER[row]), false, size);
                for (column, printed) in PAPER_IMPROVEMENT[row].iter().enumerate() {
                    if row == column {
                        ui.label("");
                        continue;
                    }
                    ui.vertical(|ui| {
                        ui.spacing_mut().item_spacing.y = 0.0;
                        number(ui, per_cent(&table.improvement[row][column]), true, size);
                        let paper = format!("paper {printed:+.1} %").replace('-', "−");
                        ui.add(egui::Label::new(RichText::new(paper).small().weak()).extend());
                    });
                }
                ui.end_row();
            }
        });
    ui.add_space(UNIT);
    ui.label(
        RichText::new("(L of the column − L of the row) / L of the row, in per cent; means of the single seeds'.")
            .small()
            .weak(),
    );
    ui.add_space(UNIT);
}

fn per_cent(summary: &Summary) -> String {
    let text = match summary.sd {
        Some(sd) => format!("{:+.1} ± {sd:.1} %", summary.mean),
        None => format!("{:+.1} %", summary.mean),
    };
    text.replace('-', "−")
}

/// A number of ours, or one that stands beside ours, fainter.
pub(super) fn number(ui: &mut Ui, text: String, ours: bool, size: f32) -> egui::Response {
    let palette = theme::of(ui);
    let colour = if ours { palette.text } else { palette.weak };
    let text = RichText::new(text).monospace().size(size).color(colour);
    ui.add(egui::Label::new(text).extend())
}

/// Over how many seeds a number is taken.
pub(super) fn seeds(seeds: &[u64]) -> String {
    if seeds.len() == 1 {
        "one seed so far".to_owned()
    } else {
        format!("mean ± sd over {} seeds", seeds.len())
    }
}

/// A name, and what is under it.
pub(super) fn title(ui: &mut Ui, name: &str, about: &str) {
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(name).strong());
        ui.label(RichText::new(about).small().weak());
    });
}

/// The largest distance from zero that a strip has to show.
fn reach(paired: &Paired) -> f64 {
    let ends = paired.interval.iter().flatten();
    let values = paired.difference.values.iter().chain(ends);
    values.fold(1e-6, |reach: f64, value| reach.max(value.abs())) * 1.1
}

/// A difference in words, and as a strip: zero in the middle, a dot a seed, mean and interval.
pub(super) fn paired(ui: &mut Ui, name: &str, paired: &Paired) {
    let reach = reach(paired);
    let palette = theme::of(ui);
    let (below, all) = (paired.below, paired.difference.values.len());
    let text = format!(
        "{name} = {}; below zero in {below} of {all}",
        difference(paired)
    );
    ui.label(text.replace(" -", " −").replace("(-", "(−"));
    let size = vec2(ui.available_width().min(WIDE), STRIP);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| {
        egui::WidgetInfo::labeled(egui::Role::Image, true, format!("{name} by seed"))
    });
    let painter = ui.painter();
    let area = Rect::from_min_max(
        rect.min + vec2(UNIT, 0.0),
        rect.max - vec2(UNIT, 1.75 * UNIT),
    );
    let x = |value: f64| area.center().x + area.width() / 2.0 * (value / reach) as f32;
    let middle = area.center().y;
    painter.hline(area.x_range(), middle, (1.0, palette.line));
    painter.vline(x(0.0), area.y_range(), (1.0, palette.weak));
    let end = numbers::three(reach);
    let figures = theme::small_figures;
    let low = pos2(area.left(), rect.bottom());
    painter.text(
        low,
        Align2::LEFT_BOTTOM,
        format!("−{end}"),
        figures(),
        palette.weak,
    );
    painter.text(
        rect.max - vec2(UNIT, 0.0),
        Align2::RIGHT_BOTTOM,
        format!("+{end}"),
        figures(),
        palette.weak,
    );
    if let Some([low, high]) = paired.interval {
        let bar = Rect::from_x_y_ranges(x(low)..=x(high), middle - 3.0..=middle + 3.0);
        painter.rect_filled(bar, 2, palette.lc.gamma_multiply(0.4));
    }
    for &value in &paired.difference.values {
        painter.circle(pos2(x(value), middle), 3.5, palette.lc, (1.0, palette.card));
    }
    let mean = x(paired.difference.mean);
    painter.vline(mean, middle - 7.0..=middle + 7.0, (2.0, palette.text));
    ui.add_space(UNIT / 2.0);
}

/// Table 2 and the digits of Fig. 6.
#[derive(Default)]
pub struct Denoised {
    gallery: Gallery,
}

impl Denoised {
    /// Shows the table, the paired difference and the digits.
    pub fn show(&mut self, ui: &mut Ui, view: &StudyView, intents: &mut Vec<StudyIntent>) {
        let (Some(table), Some(plan)) = (&view.figures().table2, view.plan()) else {
            let rect = ui.available_rect_before_wrap();
            placeholder(
                ui,
                rect,
                "Mean squared errors of noisy images cleaned by kPCA and by PCA of the codes, with the paper's figures and further methods beside them; below, the images side by side.",
            );
            return;
        };
        let seed = view.shown_seed(&table.seeds);
        let figures = seed
            .zip(view.findings())
            .and_then(|(seed, findings)| findings.denoised(seed))
            .map(|found| &found.figures);
        let size = text_size(ui);
        side_by_side(
            ui,
            "table 2",
            74.0 * UNIT,
            |ui| {
                ui.horizontal_wrapped(|ui| {
                    heading(ui, "Mean squared error", Experiment::Table2);
                    ui.label(RichText::new(about(plan, table)).small().weak());
                });
                rows(ui, table, figures, size);
            },
            |ui| {
                if let Some(difference) = &table.dkae_and_kpca {
                    ui.add_space(UNIT);
                    title(
                        ui,
                        "Paired by seed",
                        "a dot a seed, the bar the 95 % interval of the mean; left of zero the dkAE leaves less",
                    );
                    paired(ui, "(dkAE + PCA) − kPCA", difference);
                }
                if let Some(course) = &view.figures().course
                    && ui.available_height() > DIGITS
                {
                    steps::show(ui, course);
                }
            },
        );
        ui.horizontal(|ui| {
            heading(ui, "Noisy test images, cleaned", Experiment::Table2);
            if let Some(seed) = seeds_row(ui, &table.seeds, seed) {
                intents.push(StudyIntent::Seed(seed));
            }
        });
        self.gallery.take(view, seed.map(Subject::Denoising));
        let height = ui.available_height();
        // Nine rows do not go into a low window, however small the images are.
        ScrollArea::vertical()
            .id_salt("cleaned images")
            .auto_shrink([false, false])
            .show(ui, |ui| self.gallery.digits(ui, height));
    }
}

fn about(plan: &Plan, table: &Table2) -> String {
    let denoising = &plan.denoising;
    let classes: Vec<String> = denoising.classes.iter().map(ToString::to_string).collect();
    format!(
        "classes {}, noise σ {}, m = {}, cut to [0, 1]; {}",
        classes.join(", "),
        denoising.noise,
        denoising.components,
        seeds(&table.seeds)
    )
}

fn rows(ui: &mut Ui, table: &Table2, figures: Option<&DenoisingFigures>, size: f32) {
    let least = table.rows.iter().map(|(_, error)| error.mean);
    let least = least.fold(f64::INFINITY, f64::min);
    Grid::new("table 2")
        .num_columns(4)
        .spacing(vec2(3.0 * UNIT, 2.0))
        .show(ui, |ui| {
            for name in ["", "ours", "paper", "σ and ridge from the grid"] {
                ui.label(RichText::new(name).small().weak());
            }
            ui.end_row();
            for (method, error) in &table.rows {
                let name = RichText::new(method.in_table()).size(size);
                let first = error.mean <= least;
                ui.label(if first { name.strong() } else { name })
                    .on_hover_text(method.describe());
                number(ui, with_deviation(error), true, size);
                let paper = paper(*method);
                number(
                    ui,
                    paper.map_or_else(String::new, |paper| format!("{paper:.4}")),
                    false,
                    size,
                );
                if let Some((text, about)) = settings(*method, figures) {
                    ui.add(egui::Label::new(RichText::new(text).small().weak()).extend())
                        .on_hover_text(about);
                }
                ui.end_row();
            }
        });
}

/// The pre-image's settings that the grid search chose under the seed that is shown, and the same at
/// length.
fn settings(method: Method, figures: Option<&DenoisingFigures>) -> Option<(String, String)> {
    let grid = match (method, figures) {
        (Method::Kpca, Some(figures)) => &figures.grid,
        (Method::RbfKpca, Some(figures)) => &figures.rbf_grid,
        _ => return None,
    };
    let point = best(grid)?;
    let (width, ridge) = (point.width, point.ridge);
    let mut text = format!("σ {width} ×, ridge {ridge}");
    let mut about =
        format!("The pre-image's σ is {width} × the median distance, its ridge {ridge}");
    if let Some(prior) = point.prior {
        text = format!("prior {prior} ×, {text}");
        about += &format!("; the kernel's own σ is {prior} × the median distance");
    }
    about += ". Chosen on noisy validation images.";
    let edges = edges(grid);
    if !edges.is_empty() {
        text += " (edge)";
        let ends: Vec<String> = edges.iter().map(Edge::in_words).collect();
        about += &format!(
            " The grid ends there, and a wider one might hold something better: {}.",
            ends.join("; ")
        );
    }
    Some((text, about))
}
