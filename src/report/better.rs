//! *Better* in the report: the table of settings beyond the paper, and both frontiers.

use plotters::prelude::*;
use serde_json::{Map, Value, json};

use super::axes::plain;
use super::canvas::{Anchor, Drawing, Drawn, INK, Pen, QUIET, TEXT, TITLE};
use super::chart::{Chart, Taken, paint};
use super::fig3::loss_axis;
use super::json::paired;
use crate::experiment::better::{Better, Figure, FrontierPoint, Row};
use crate::experiment::statistics::{Paired, Summary};
use crate::picture::colour::{ALIGNMENT, RECONSTRUCTION};

/// The table's rows, its head first: under each figure its difference to the paper's way.
pub(super) fn rows(better: &Better) -> Vec<Vec<String>> {
    let mut head = vec!["Setting".to_owned()];
    for figure in Figure::ALL {
        head.push(figure.name().to_owned());
        head.push("minus the paper's way".to_owned());
    }
    head.push("seconds".to_owned());
    let mut rows = vec![head];
    rows.extend(better.rows.iter().map(row));
    rows
}

fn row(row: &Row) -> Vec<String> {
    let mut cells = vec![row.variant.name().to_owned()];
    for (cell, figure) in row.cells.iter().zip(Figure::ALL) {
        let digits = if figure == Figure::Denoising { 5 } else { 4 };
        let (value, difference) = cell.as_ref().map_or_else(Default::default, |cell| {
            let difference = cell.difference.as_ref();
            let difference = difference.map(|paired| paired_text(paired, digits));
            (value(&cell.value, digits), difference.unwrap_or_default())
        });
        cells.extend([value, difference]);
    }
    cells.push(format!("{:.1}", row.seconds.mean));
    cells
}

fn value(summary: &Summary, digits: usize) -> String {
    match summary.sd {
        Some(sd) => format!("{:.digits$} ± {sd:.digits$}", summary.mean),
        None => format!("{:.digits$}", summary.mean),
    }
}

/// A mean difference, its interval, and in how many seeds it is below zero.
fn paired_text(paired: &Paired, digits: usize) -> String {
    let interval = paired.interval.map_or_else(String::new, |[low, high]| {
        format!(" ({low:+.digits$} to {high:+.digits$})")
    });
    format!(
        "{:+.digits$}{interval}, below in {} of {}",
        paired.difference.mean,
        paired.below,
        paired.difference.values.len()
    )
}

/// The frontiers' rows, their head first.
pub(super) fn frontier_rows(better: &Better) -> Vec<Vec<String>> {
    let head = ["λ", "constant: Lr", "Lc(C, P)", "ramp: Lr", "Lc(C, P)"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for point in &better.constant {
        let twin = better
            .ramp
            .iter()
            .find(|other| other.lambda.total_cmp(&point.lambda).is_eq());
        let mut row = vec![
            point.lambda.to_string(),
            value(&point.lr, 4),
            value(&point.lc, 4),
        ];
        row.extend(twin.map_or_else(
            || [String::new(), String::new()],
            |twin| [value(&twin.lr, 4), value(&twin.lc, 4)],
        ));
        rows.push(row);
    }
    rows
}

/// `better` of `report.json`.
pub(super) fn json(better: &Better) -> Value {
    let rows = better.rows.iter().map(|row| {
        let cells = row.cells.iter().zip(Figure::ALL);
        let cells: Map<String, Value> = cells
            .map(|(cell, figure)| {
                let value = cell.as_ref().map_or(Value::Null, |cell| {
                    json!({
                        "mean": cell.value.mean,
                        "sd": cell.value.sd,
                        "seeds": cell.value.values,
                        "minus_paper": cell.difference.as_ref().map(paired),
                    })
                });
                (figure.key().to_owned(), value)
            })
            .collect();
        json!({
            "variant": row.variant.key(),
            "seeds": row.seeds,
            "figures": cells,
            "seconds": row.seconds.mean,
        })
    });
    let frontier = |points: &[FrontierPoint]| -> Value {
        let point = |p: &FrontierPoint| {
            json!({
                "lambda": p.lambda,
                "lr": { "mean": p.lr.mean, "sd": p.lr.sd, "seeds": p.lr.values },
                "lc": { "mean": p.lc.mean, "sd": p.lc.sd, "seeds": p.lc.values },
            })
        };
        points.iter().map(point).collect()
    };
    json!({
        "rows": rows.collect::<Vec<_>>(),
        "linear_pca": better.linear_pca.as_ref().map(|error| {
            json!({ "mean": error.mean, "sd": error.sd, "seeds": error.values })
        }),
        "constant": frontier(&better.constant),
        "ramp": frontier(&better.ramp),
    })
}

/// Both frontiers: Lc against Lr, a point for each λ.
pub(super) struct Frontiers<'a> {
    /// What it says above.
    pub title: &'a str,
    /// What is drawn.
    pub better: &'a Better,
}

impl Drawing for Frontiers<'_> {
    fn size(&self) -> [u32; 2] {
        [760, 520]
    }

    fn paint<DB: DrawingBackend>(&self, pen: &mut Pen<DB>) -> Drawn {
        pen.text(self.title, [16.0, 14.0], Anchor::TopLeft, TITLE, &INK)?;
        let curves = [
            ("λ constant", &self.better.constant, paint(RECONSTRUCTION)),
            ("λ by a ramp", &self.better.ramp, paint(ALIGNMENT)),
        ];
        let all = || curves.iter().flat_map(|(_, points, _)| points.iter());
        let chart = Chart {
            frame: [80.0, 96.0, 728.0, 462.0],
            x: loss_axis(all().map(|point| &point.lr)),
            y: loss_axis(all().map(|point| &point.lc)),
        };
        chart.axes(pen, "Lc against Lr, a point for each λ", &INK, "Lr")?;
        let mut taken = Taken::default();
        let at = |point: &FrontierPoint| chart.at(point.lr.mean, point.lc.mean);
        for (index, (name, points, colour)) in curves.iter().enumerate() {
            let line: Vec<_> = points.iter().map(at).collect();
            pen.line(&line, colour, 2.0)?;
            taken.line(&line);
            for &dot in &line {
                pen.dot(dot, 4.0, colour)?;
                taken.dot(dot);
            }
            let y = 112.0 + 20.0 * index as f64;
            pen.line(&[[560.0, y], [584.0, y]], colour, 2.0)?;
            pen.text(name, [592.0, y], Anchor::Right, TEXT, &INK)?;
        }
        for point in all() {
            taken.name(pen, at(point), &plain(point.lambda), &QUIET)?;
        }
        Ok(())
    }
}
