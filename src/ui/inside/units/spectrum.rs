//! The eigenvalues of P and C on a logarithmic axis.

use egui::{Color32, Rect, RichText, Role, Sense, Ui, WidgetInfo};

use crate::exhibit::spectrum::{Spectra, Spectrum};
use crate::exhibit::{Exhibit, numbers};
use crate::ui::experiments::chart::{self, Axis, Chart, Curve, Rule};
use crate::ui::experiments::ticks::log_ticks;
use crate::ui::theme;
use crate::ui::words;

/// The lowest share that has room on the axis, as its logarithm.
const LEAST: f64 = -7.0;

/// Shows the spectra, with what they are of, in the room there is.
pub fn show(ui: &mut Ui, made: Option<(&Exhibit, &Spectra)>) {
    let palette = theme::of(ui);
    let found = made.filter(|(_, spectra)| spectra.prior().or(spectra.codes.as_ref()).is_some());
    ui.spacing_mut().item_spacing.y = 2.0;
    let Some((exhibit, spectra)) = found else {
        ui.label(RichText::new("Eigenvalues of P and C").strong());
        let text = "They appear when the first mixtures of P are there, C's when the network starts to train.";
        ui.label(RichText::new(text).small().weak());
        return;
    };
    let both = [
        ("P", spectra.prior(), palette.total),
        ("C", spectra.codes.as_ref(), palette.lc),
    ];
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 0.0;
        ui.label(RichText::new("Eigenvalues of P and C").strong());
        for (name, spectrum, colour) in both {
            legend(ui, name, spectrum, colour);
        }
    });
    let of = if spectra.images < exhibit.images.count {
        format!(
            "{} of the {} images, evenly spread",
            numbers::count(spectra.images),
            numbers::count(exhibit.images.count)
        )
    } else {
        format!(
            "{} {} images",
            numbers::count(spectra.images),
            exhibit.images.set.name()
        )
    };
    let text = format!("shares of their sum · {of} · both axes logarithmic");
    ui.add(egui::Label::new(RichText::new(text).small().weak()).truncate());
    let rect = ui.available_rect_before_wrap();
    let response = ui.interact(rect, ui.scope_id().with("spectra"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Spectra of P and C"));
    let pointed = response
        .hover_pos()
        .and_then(|at| pointed(rect, at, spectra));
    chart(both, spectra, pointed, palette).show(ui, rect, "spectra of P and C");
    if let Some(at) = pointed {
        response.on_hover_text_at_pointer(said(at, both));
    }
    ui.advance_cursor_after_rect(rect);
}

/// A kernel and its effective rank.
fn legend(ui: &mut Ui, name: &str, spectrum: Option<&Spectrum>, colour: Color32) {
    let Some(spectrum) = spectrum else { return };
    let rank = numbers::three(spectrum.effective_rank);
    let text = RichText::new(format!("{name}: effective rank {rank}")).small();
    let mut about = words::EFFECTIVE_RANK.to_owned();
    if spectrum.negative > 0 {
        about += &format!(
            "\n{name} has {} negative eigenvalues, which are left out.",
            numbers::count(spectrum.negative)
        );
    }
    ui.label(text.color(colour)).on_hover_text(about);
}

/// How many eigenvalues the axis has room for.
fn longest(spectra: &Spectra) -> usize {
    let all = [spectra.prior(), spectra.codes.as_ref()];
    let lengths = all.into_iter().flatten().map(|s| s.shares.len());
    lengths.max().unwrap_or(1).max(2)
}

/// The eigenvalue, counted from 0, that the pointer stands at.
fn pointed(rect: Rect, pointer: egui::Pos2, spectra: &Spectra) -> Option<usize> {
    let area = chart::area(rect, false);
    let count = longest(spectra);
    let [low, high] = across(count);
    let t = f64::from((pointer.x - area.left()) / area.width());
    let place = 10f64.powf(low + t * (high - low)).round();
    (area.contains(pointer) && place >= 1.0).then(|| (place as usize - 1).min(count - 1))
}

/// What the eigenvalues at a place are.
fn said(at: usize, both: [(&str, Option<&Spectrum>, Color32); 2]) -> String {
    let value = |(name, spectrum, _): &(&str, Option<&Spectrum>, Color32)| {
        let spectrum = (*spectrum)?;
        let share = spectrum.shares.get(at).copied();
        let share = share.map_or_else(|| "none".to_owned(), numbers::three);
        Some(format!("{name} {share}"))
    };
    let values: Vec<String> = both.iter().filter_map(value).collect();
    format!("number {}: {} of the sum", at + 1, values.join(", "))
}

/// The ends of the axis of so many eigenvalues.
fn across(count: usize) -> [f64; 2] {
    let last = (count as f64).log10();
    [-0.01 * last, 1.01 * last]
}

fn chart(
    both: [(&str, Option<&Spectrum>, Color32); 2],
    spectra: &Spectra,
    pointed: Option<usize>,
    palette: &theme::Palette,
) -> Chart<usize> {
    let curve = |spectrum: &Spectrum, colour| Curve {
        colour,
        line: (spectrum.shares.iter().enumerate())
            .map(|(at, share)| [((at + 1) as f64).log10(), share.log10()])
            .filter(|[_, share]| *share >= LEAST)
            .collect(),
        width: 1.5,
        dashed: false,
        band: Vec::new(),
        points: Vec::new(),
        right: false,
    };
    let [low, high] = across(longest(spectra));
    let all = || both.iter().filter_map(|(_, spectrum, _)| *spectrum);
    let least = all().filter_map(|s| s.shares.last());
    let least = least.map(|share| share.log10()).fold(0.0, f64::min);
    let (bottom, top) = (least.floor().clamp(LEAST, -1.0), 0.0);
    let rule = |at: usize| Rule {
        at: ((at + 1) as f64).log10(),
        vertical: true,
        name: String::new(),
        below: 0,
        colour: palette.weak,
        dashed: true,
    };
    Chart {
        x: Axis {
            name: "eigenvalue".to_owned(),
            colour: None,
            low,
            high,
            ticks: log_ticks(0.0, high),
        },
        y: Axis {
            name: "share of the sum".to_owned(),
            colour: None,
            low: bottom,
            high: top,
            ticks: log_ticks(bottom, top),
        },
        right: None,
        curves: both
            .iter()
            .filter_map(|(_, spectrum, colour)| Some(curve((*spectrum)?, *colour)))
            .collect(),
        rules: pointed.map(rule).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{pos2, vec2};
    use ndarray::Array2;

    #[test]
    fn the_pointer_reads_the_eigenvalue_that_is_drawn_there() {
        let matrix =
            Array2::from_shape_fn(
                (40, 40),
                |(i, j)| {
                    if i == j { 1.0 / (1.0 + i as f32) } else { 0.0 }
                },
            );
        let mut spectra = Spectra::default();
        spectra.codes = Spectrum::of_kernel(matrix.view());
        let rect = Rect::from_min_size(pos2(30.0, 50.0), vec2(400.0, 200.0));
        let area = chart::area(rect, false);
        let [low, high] = across(40);
        for at in [0, 1, 6, 25, 39] {
            let t = (((at + 1) as f64).log10() - low) / (high - low);
            let x = area.left() + t as f32 * area.width();
            let found = pointed(rect, pos2(x, area.center().y), &spectra);
            assert_eq!(found, Some(at));
        }
        assert_eq!(pointed(rect, pos2(0.0, 0.0), &spectra), None);
        let both = [
            ("P", None, Color32::WHITE),
            ("C", spectra.codes.as_ref(), Color32::WHITE),
        ];
        let harmonic: f64 = (1..=40).map(|k| 1.0 / f64::from(k)).sum();
        let share = numbers::three(1.0 / (7.0 * harmonic));
        assert_eq!(said(6, both), format!("number 7: C {share} of the sum"));
    }
}
