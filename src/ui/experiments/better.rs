//! *Better*: settings beyond the paper in a table, and the two frontiers beside it.

use egui::{Color32, Grid, Rect, RichText, ScrollArea, Ui, vec2};

use super::chart::{Axis, Chart, Curve, Point};
use super::tables::{number, text_size};
use super::ticks::short;
use super::{heading, placeholder, side_by_side};
use crate::experiment::better::{Better, Cell, Figure, FrontierPoint};
use crate::experiment::plan::Experiment;
use crate::experiment::statistics::Summary;
use crate::ui::theme::{self, UNIT};
use crate::view::StudyView;
use crate::view::study::with_deviation;

/// Shows it.
pub fn show(ui: &mut Ui, view: &StudyView) {
    let Some(better) = &view.figures().better else {
        let rect = ui.available_rect_before_wrap();
        placeholder(
            ui,
            rect,
            "Identity code units, a ramp of λ, training noise, training through a projection and moved copies of the images, each against the paper's way: Lr, Lc, Lc to K_I and denoising, paired by seed.",
        );
        return;
    };
    side_by_side(
        ui,
        "better",
        96.0 * UNIT,
        |ui| {
            ScrollArea::both()
                .id_salt("better table")
                .show(ui, |ui| table(ui, better));
        },
        |ui| frontiers(ui, better),
    );
}

fn table(ui: &mut Ui, better: &Better) {
    let size = text_size(ui);
    ui.horizontal_wrapped(|ui| {
        heading(ui, "Against the paper's way", Experiment::Better);
        let about = "test images, mean ± sd over the seeds; below, the difference and in how many seeds it is below zero";
        ui.label(RichText::new(about).small().weak());
    });
    ui.add_space(UNIT);
    Grid::new("better")
        .num_columns(6)
        .spacing(vec2(2.5 * UNIT, UNIT))
        .show(ui, |ui| {
            ui.label("");
            for figure in Figure::ALL {
                ui.label(RichText::new(figure.name()).small().weak());
            }
            ui.label(RichText::new("seconds").small().weak());
            ui.end_row();
            for row in &better.rows {
                ui.label(RichText::new(row.variant.name()).size(size))
                    .on_hover_text(row.variant.describe());
                for cell in &row.cells {
                    ui.vertical(|ui| show_cell(ui, cell.as_ref(), size));
                }
                number(ui, format!("{:.1}", row.seconds.mean), false, size);
                ui.end_row();
            }
            if let Some(pixels) = &better.linear_pca {
                ui.label(RichText::new("PCA of the pixels").size(size));
                for _ in 0..3 {
                    ui.label("");
                }
                number(ui, with_deviation(pixels), true, size);
                ui.end_row();
            }
        });
}

fn show_cell(ui: &mut Ui, cell: Option<&Cell>, size: f32) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let Some(cell) = cell else {
        ui.label("–");
        return;
    };
    number(ui, with_deviation(&cell.value), true, size);
    if let Some(paired) = &cell.difference {
        let all = paired.difference.values.len();
        let text = format!(
            "{:+.4}, {} of {all} below",
            paired.difference.mean, paired.below
        );
        let text = RichText::new(text.replace('-', "−")).small().weak();
        ui.add(egui::Label::new(text).extend());
    }
}

fn frontiers(ui: &mut Ui, better: &Better) {
    ui.horizontal_wrapped(|ui| {
        heading(ui, "Lc against Lr as λ grows", Experiment::Better);
        let palette = theme::of(ui);
        ui.label(RichText::new("constant").color(palette.lr).strong());
        ui.label(RichText::new("by a ramp").color(palette.lc).strong());
        let about = "validation images; a point for each λ";
        ui.label(RichText::new(about).small().weak());
    });
    let room = ui.available_rect_before_wrap();
    let height = room.height().min(room.width()).max(24.0 * UNIT);
    let rect = Rect::from_min_size(room.min, vec2(room.width(), height));
    let all = || better.constant.iter().chain(&better.ramp);
    let palette = theme::of(ui);
    let chart: Chart<()> = Chart {
        x: axis("Lr", all().map(|point| point.lr.mean)),
        y: axis(
            "Lc, a point named by λ",
            all().flat_map(|point| bar(&point.lc)),
        ),
        right: None,
        curves: vec![
            curve("constant", &better.constant, palette.lr),
            curve("ramp", &better.ramp, palette.lc),
        ],
        rules: Vec::new(),
    };
    chart.show(ui, rect, "better frontiers");
    ui.advance_cursor_after_rect(rect);
}

/// The ends of an error bar.
fn bar(summary: &Summary) -> [f64; 2] {
    let sd = summary.sd.unwrap_or(0.0);
    [summary.mean - sd, summary.mean + sd]
}

fn curve(name: &str, points: &[FrontierPoint], colour: Color32) -> Curve<()> {
    let mark = |point: &FrontierPoint| Point {
        x: point.lr.mean,
        y: point.lc.mean,
        bar: point.lc.sd.map(|_| bar(&point.lc)),
        key: None,
        chosen: false,
        colour: None,
        name: format!("{name} at λ = {}", point.lambda),
        hover: format!(
            "{name}, λ = {}: Lr {}, Lc {}",
            point.lambda,
            with_deviation(&point.lr),
            with_deviation(&point.lc)
        ),
        label: short(point.lambda),
    };
    Curve {
        colour,
        line: points.iter().map(|p| [p.lr.mean, p.lc.mean]).collect(),
        width: 1.5,
        dashed: false,
        band: Vec::new(),
        points: points.iter().map(mark).collect(),
        right: false,
    }
}

/// An axis about `values`, with figures at round numbers.
fn axis(name: &str, values: impl Iterator<Item = f64>) -> Axis {
    let (least, most) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), x| {
        (least.min(x), most.max(x))
    });
    let room = (0.12 * (most - least)).max(1e-4);
    let (low, high) = (least - room, most + room);
    let raw = (high - low) / 4.0;
    let decade = 10f64.powf(raw.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * decade);
    let step = steps.into_iter().find(|&step| step >= raw).unwrap_or(raw);
    let ticks = (0..8).map(|k| (low / step).ceil() * step + f64::from(k) * step);
    Axis {
        name: name.to_owned(),
        colour: None,
        low,
        high,
        ticks: ticks
            .take_while(|&at| at <= high)
            .map(|at| (at, short(at)))
            .collect(),
    }
}
