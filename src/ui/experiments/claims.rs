//! The paper's claims, and whether they held; beside them, where there is room, the curves that
//! they speak of.

use egui::{Rect, RichText, Ui, pos2, vec2};

use super::sweep_charts::curves;
use super::{StudyIntent, TWO_COLUMNS, heading, placeholder, spectrum};
use crate::experiment::claims::{Claim, UNTESTED, Verdict, rule as rule_of};
use crate::experiment::plan::Experiment;
use crate::ui::theme::{self, UNIT};
use crate::view::StudyView;

/// Least height of a curve.
const LOW: f32 = 22.0 * UNIT;
/// Largest width of the list, a line that is read at ease.
const LINE: f32 = 96.0 * UNIT;
/// How verdicts come about, in short; the rest stands under the pointer.
const RULE: &str = "Held: the 95 % interval lies on the claim's side, and p after Holm's correction is below 5 %. Not held: the same on the other side. Undecided: neither, and always with one seed.";

/// Shows the list.
pub fn show(ui: &mut Ui, view: &StudyView, intents: &mut Vec<StudyIntent>) {
    let claims = &view.figures().claims;
    let area = ui.available_rect_before_wrap();
    if claims.is_empty() {
        placeholder(
            ui,
            area,
            "What the paper claims, and whether it held here, by the interval over the seeds. A claim appears when the first results speak about it.",
        );
        return;
    }
    let wide = area.width() >= TWO_COLUMNS;
    let width = if wide {
        (area.width() * 0.5).min(LINE)
    } else {
        area.width()
    };
    let left = Rect::from_min_size(area.min, vec2(width, area.height()));
    let builder = |rect, id: &str| egui::UiBuilder::new().max_rect(rect).id_salt(id.to_owned());
    ui.scope_builder(builder(left, "claims"), |ui| {
        egui::ScrollArea::vertical()
            .auto_shrink([false, false])
            .show(ui, |ui| list(ui, view, claims));
    });
    if wide {
        let right = Rect::from_min_max(pos2(left.right() + 3.0 * UNIT, area.top()), area.max);
        ui.scope_builder(builder(right, "curves"), |ui| charts(ui, view, intents));
    }
    ui.advance_cursor_after_rect(area);
}

fn list(ui: &mut Ui, view: &StudyView, claims: &[Claim]) {
    let count = |verdict| {
        let such = claims.iter().filter(|claim| claim.verdict == verdict);
        such.count()
    };
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new("The paper's claims").strong());
        let open = if view.is_open() { " so far" } else { "" };
        let text = format!(
            "{} held, {} did not, {} undecided{open}",
            count(Verdict::Held),
            count(Verdict::NotHeld),
            count(Verdict::Undecided)
        );
        ui.label(RichText::new(text).weak());
    });
    ui.add_space(UNIT / 2.0);
    if let (Some(plan), Some(findings)) = (view.plan(), view.findings()) {
        let rule = RichText::new(RULE).small().weak();
        ui.label(rule).on_hover_ui(|ui| {
            ui.set_max_width(LINE);
            for paragraph in rule_of(plan, findings, claims.len()) {
                ui.label(paragraph);
            }
        });
    }
    ui.add_space(1.5 * UNIT);
    for claim in claims {
        line(ui, claim);
    }
    let untested = format!("Not tested by numbers: {}.", UNTESTED.join("; "));
    ui.label(RichText::new(untested).small().weak());
}

fn line(ui: &mut Ui, claim: &Claim) {
    let palette = theme::of(ui);
    let (sign, colour) = match claim.verdict {
        Verdict::Held => ("✔", palette.text),
        Verdict::NotHeld => ("✖", palette.notice),
        Verdict::Undecided => ("?", palette.weak),
    };
    ui.horizontal_top(|ui| {
        let size = vec2(2.5 * UNIT, 2.5 * UNIT);
        let sign = RichText::new(sign).size(theme::READING).color(colour);
        ui.add_sized(size, egui::Label::new(sign));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = UNIT / 2.0;
            ui.horizontal_wrapped(|ui| {
                let text = RichText::new(&claim.text).size(theme::READING);
                ui.label(text).on_hover_text(claim.place);
                ui.label(RichText::new(claim.verdict.word()).color(colour));
            });
            for text in [claim.figures(), claim.evidence.clone()] {
                let text = text.replace(" -", " −");
                ui.add(egui::Label::new(RichText::new(text).weak()).wrap());
            }
        });
    });
    ui.add_space(1.5 * UNIT);
}

/// The curves that there are, one above the other.
fn charts(ui: &mut Ui, view: &StudyView, intents: &mut Vec<StudyIntent>) {
    let figures = view.figures();
    let there = [
        (Experiment::Fig3a, !figures.lambda.is_empty()),
        (Experiment::Fig3b, !figures.code.is_empty()),
        (Experiment::Fig5, figures.spectrum.is_some()),
    ];
    let there: Vec<_> = there.into_iter().filter(|(_, there)| *there).collect();
    let room = ui.available_height() / there.len().max(1) as f32;
    for (experiment, _) in there {
        let top = ui.cursor().top();
        ui.horizontal(|ui| {
            heading(ui, experiment.name(), experiment);
            let palette = theme::of(ui);
            if experiment != Experiment::Fig5 {
                ui.label(RichText::new("Lr").color(palette.lr).strong());
                ui.label(RichText::new("Lc").color(palette.lc).strong());
            }
        });
        let height = (room - (ui.cursor().top() - top) - UNIT).max(LOW);
        let place = ui.available_rect_before_wrap();
        let rect = Rect::from_min_size(place.min, vec2(place.width(), height));
        chart(ui, rect, view, experiment, intents);
        ui.advance_cursor_after_rect(rect);
    }
}

fn chart(
    ui: &mut Ui,
    rect: Rect,
    view: &StudyView,
    experiment: Experiment,
    intents: &mut Vec<StudyIntent>,
) {
    let (figures, palette) = (view.figures(), theme::of(ui));
    if experiment == Experiment::Fig5 {
        let Some(curves) = &figures.spectrum else {
            return;
        };
        let m = view.m().min(curves.test.len());
        let clicked = spectrum::chart(curves, m, palette).show(ui, rect, "claims spectrum");
        intents.extend(clicked.map(StudyIntent::Components));
        return;
    }
    let by_lambda = experiment == Experiment::Fig3a;
    let points = if by_lambda {
        &figures.lambda
    } else {
        &figures.code
    };
    let clicked = curves(view, points, by_lambda, true, palette).show(ui, rect, experiment.key());
    intents.extend(clicked.map(StudyIntent::Select));
}
