//! Fig. 5: how near P is to its m leading components, against how near it is to the codes.

use egui::{Rect, RichText, Slider, Ui, vec2};

use super::chart::{Axis, Chart, Curve, Point, Rule};
use super::gallery::{self, Gallery};
use super::ticks::from_zero;
use super::{StudyIntent, heading, placeholder, seeds_row};
use crate::exhibit::study::Subject;
use crate::experiment::fig5::Equal;
use crate::experiment::plan::Experiment;
use crate::experiment::statistics::Summary;
use crate::ui::theme::{self, UNIT};
use crate::view::StudyView;
use crate::view::study::{SpectrumCurves, with_deviation};

/// The least and the largest share of the height that the curves get: the kernels below take what
/// makes them as wide as the page.
const UPPER: [f32; 2] = [0.3, 0.55];

/// The tab.
#[derive(Default)]
pub struct Spectrum {
    gallery: Gallery,
}

impl Spectrum {
    /// Shows the curves, and `K_m` beside P and C.
    pub fn show(&mut self, ui: &mut Ui, view: &StudyView, intents: &mut Vec<StudyIntent>) {
        let Some(curves) = &view.figures().spectrum else {
            let rect = ui.available_rect_before_wrap();
            placeholder(
                ui,
                rect,
                "Lc(Kₘ, P) against m, on training and test images, with the dkAE's two levels and the m at which kPCA draws level; below, Kₘ beside P and C.",
            );
            return;
        };
        head(ui, curves);
        let rest = ui.available_rect_before_wrap();
        let kernels = gallery::height(rest.width(), 3) + 4.0 * UNIT;
        let [least, most] = UPPER.map(|share| rest.height() * share);
        let height = (rest.height() - kernels).clamp(least, most);
        let upper = Rect::from_min_size(rest.min, vec2(rest.width(), height));
        let m = view.m().min(curves.test.len());
        if let Some(m) = chart(curves, m, theme::of(ui)).show(ui, upper, "spectrum") {
            intents.push(StudyIntent::Components(m));
        }
        ui.advance_cursor_after_rect(upper);
        let seed = view.shown_seed(&curves.seeds);
        ui.horizontal(|ui| {
            let mut chosen = m;
            let label = ui.label("m");
            ui.spacing_mut().slider_width = (ui.available_width() - 45.0 * UNIT).max(16.0 * UNIT);
            let slider = Slider::new(&mut chosen, 1..=curves.test.len())
                .logarithmic(true)
                .update_while_editing(false);
            ui.add(slider)
                .labelled_by(label.id)
                .on_hover_text("Kₘ is made of the m leading components of P.");
            if chosen != m {
                intents.push(StudyIntent::Components(chosen));
            }
            if let Some(seed) = seeds_row(ui, &curves.seeds, seed) {
                intents.push(StudyIntent::Seed(seed));
            }
        });
        let subject = seed.map(|seed| Subject::Spectrum { seed, m });
        self.gallery.take(view, subject);
        if let Some(subject) = subject {
            let height = ui.available_height();
            self.gallery.kernels(ui, height, subject, intents);
        }
    }
}

fn head(ui: &mut Ui, curves: &SpectrumCurves) {
    let palette = theme::of(ui);
    ui.horizontal_wrapped(|ui| {
        heading(ui, "Lc(Kₘ, P)", Experiment::Fig5);
        let text = match curves.crossing() {
            Some(m) => format!("kPCA draws level with the dkAE at m = {m} on test images"),
            None => format!(
                "kPCA does not draw level with the dkAE up to m = {}",
                curves.test.len()
            ),
        };
        ui.label(text);
        let each: Vec<String> = curves
            .crossings
            .iter()
            .map(|m| m.map_or_else(|| "–".to_owned(), |m| m.to_string()))
            .collect();
        let text = format!("by seed: {} · the paper: 16", each.join(", "));
        ui.label(RichText::new(text).small().weak());
    });
    ui.horizontal_wrapped(|ui| {
        let dkae = format!(
            "dkAE: test {}, training {}",
            with_deviation(&curves.dkae_test),
            with_deviation(&curves.dkae_training)
        );
        ui.label(RichText::new(dkae).small().color(palette.lc));
        ui.label(
            RichText::new("kPCA: lines with a band of ± sd")
                .small()
                .color(palette.total),
        );
        if !curves.equal.is_empty() {
            let text = RichText::new("dots: dkAE with Nc = m").small();
            ui.label(text.color(palette.lc)).on_hover_text(
                "The networks of Fig. 3b: kernel PCA and the dkAE at the same dimension, on test digits.",
            );
        }
        ui.label(
            RichText::new("solid: test, dashed: training")
                .small()
                .weak(),
        );
    });
}

pub(super) fn chart(curves: &SpectrumCurves, m: usize, palette: &theme::Palette) -> Chart<usize> {
    let place = |index: usize| ((index + 1) as f64).log2();
    let line = |values: &[Summary]| -> Vec<[f64; 2]> {
        let at = |(index, value): (usize, &Summary)| [place(index), value.mean];
        values.iter().enumerate().map(at).collect()
    };
    let band = |values: &[Summary]| -> Vec<[f64; 3]> {
        let at = |(index, value): (usize, &Summary)| {
            let sd = value.sd?;
            Some([place(index), value.mean - sd, value.mean + sd])
        };
        values.iter().enumerate().filter_map(at).collect()
    };
    let powers = (0..usize::BITS).map(|k| 1usize << k);
    let powers: Vec<usize> = powers.take_while(|&m| m <= curves.test.len()).collect();
    let points = powers.iter().map(|&at| {
        let lc = &curves.test[at - 1];
        Point {
            x: place(at - 1),
            y: lc.mean,
            bar: None,
            key: Some(at),
            chosen: at == m,
            colour: None,
            name: format!("m = {at}"),
            hover: format!("m = {at}: Lc(Kₘ, P) {} on test images", with_deviation(lc)),
            label: String::new(),
        }
    });
    let curve = |values: &[Summary], dashed, points| Curve {
        colour: palette.total,
        line: line(values),
        width: 1.5,
        dashed,
        band: if dashed { Vec::new() } else { band(values) },
        points,
        right: false,
    };
    let all = curves.test.iter().chain(&curves.training);
    let most = all
        .chain(curves.equal.iter().map(|p| &p.dkae))
        .map(|lc| lc.mean);
    let most = most.fold(curves.dkae_test.mean, f64::max);
    let (high, ticks) = from_zero(most * 1.02);
    let axis = |name: &str, low, high, ticks| Axis {
        name: name.to_owned(),
        colour: None,
        low,
        high,
        ticks,
    };
    let last = (curves.test.len().max(2) as f64).log2();
    Chart {
        x: axis(
            "m, components (log)",
            -0.1,
            last + 0.1,
            powers
                .iter()
                .map(|&m| (place(m - 1), m.to_string()))
                .collect(),
        ),
        y: axis("Lc to P", 0.0, high, ticks),
        right: None,
        curves: vec![
            curve(&curves.training, true, Vec::new()),
            curve(&curves.test, false, points.collect()),
            equal(curves, palette),
        ],
        rules: rules(curves, m, palette),
    }
}

/// The dkAE with as many code units as components.
fn equal(curves: &SpectrumCurves, palette: &theme::Palette) -> Curve<usize> {
    let place = |m: usize| (m as f64).log2();
    let point = |point: &Equal| Point {
        x: place(point.m),
        y: point.dkae.mean,
        bar: point
            .dkae
            .sd
            .map(|sd| [point.dkae.mean - sd, point.dkae.mean + sd]),
        key: None,
        chosen: false,
        colour: None,
        name: format!("dkAE, Nc = {}", point.m),
        hover: format!(
            "Nc = m = {}: Lc(C, P) {}, kPCA {} on test digits",
            point.m,
            with_deviation(&point.dkae),
            with_deviation(&point.kpca)
        ),
        label: String::new(),
    };
    let points = curves.equal.iter();
    Curve {
        colour: palette.lc,
        line: points.clone().map(|p| [place(p.m), p.dkae.mean]).collect(),
        width: 1.5,
        dashed: false,
        band: Vec::new(),
        points: points.map(point).collect(),
        right: false,
    }
}

/// The dkAE's levels, the crossing, and the m that is drawn below.
fn rules(curves: &SpectrumCurves, m: usize, palette: &theme::Palette) -> Vec<Rule> {
    let level = |at: &Summary, name: &str, dashed| Rule {
        at: at.mean,
        vertical: false,
        name: name.to_owned(),
        below: 0,
        colour: palette.lc,
        dashed,
    };
    let upright = |m: usize, name: String, below, colour| Rule {
        at: (m as f64).log2(),
        vertical: true,
        name,
        below,
        colour,
        dashed: true,
    };
    let mut rules = vec![
        level(&curves.dkae_test, "dkAE", false),
        level(&curves.dkae_training, "", true),
    ];
    let crossing = curves.crossing();
    if let Some(crossing) = crossing {
        rules.push(upright(
            crossing,
            format!("level at m = {crossing}"),
            0,
            palette.notice,
        ));
    }
    if crossing != Some(m) {
        rules.push(upright(m, format!("m = {m}"), 1, palette.weak));
    }
    rules
}
