//! What is marked in the loss plots: where λ or Nc changed, and where training turned to another
//! part of the network.

use egui::{Color32, Ui, pos2};
use egui_plot::{LineStyle, PlotPoint, PlotTransform, VLine};

use crate::ui::theme;
use crate::view::RunView;
use crate::view::history::Turn;

/// Where the run turned to another part of the network.
pub(super) fn turns(run: &RunView) -> &[Turn] {
    match run.training.turns() {
        [] => run.validation.turns(),
        turns => turns,
    }
}

/// Lines where λ or Nc changed, and where training turned to another part of the network.
pub(super) fn vertical_lines(
    plot: &mut egui_plot::PlotUi<'_>,
    changes: &[(u64, String)],
    turns: &[Turn],
    palette: &theme::Palette,
) {
    for turn in turns.iter().filter(|turn| turn.step > 0) {
        plot.vline(
            VLine::new(turn.name(), turn.step as f64)
                .id(("turn", turn.step))
                .color(palette.weak.gamma_multiply(0.6))
                .width(1.0),
        );
    }
    for (step, name) in changes {
        plot.vline(
            VLine::new(name, *step as f64)
                .id(("change", name, step))
                .color(palette.notice.gamma_multiply(0.7))
                .width(1.0)
                .style(LineStyle::dashed_dense()),
        );
    }
}

/// Writes names at the lines in two rows, each where it has room before the next.
pub(super) fn name_marks(
    ui: &Ui,
    changes: &[(u64, String)],
    turns: &[Turn],
    transform: &PlotTransform,
    palette: &theme::Palette,
) {
    let frame = *transform.frame();
    let names = turns.iter().map(|turn| (turn.step, turn.name(), None));
    row(ui, frame, 0.0, transform, names.collect(), palette.weak);
    let names = changes.iter().map(|(step, name)| {
        // λ alone can do without its letter; Nc cannot.
        let short = name.strip_prefix("λ = ").map(str::to_owned);
        (*step, name.clone(), short)
    });
    let below = if turns.is_empty() { 0.0 } else { 1.0 };
    row(ui, frame, below, transform, names.collect(), palette.notice);
}

/// A row of names at steps: the name, or its shorter form, where there is room before the next.
fn row(
    ui: &Ui,
    frame: egui::Rect,
    row: f32,
    transform: &PlotTransform,
    names: Vec<(u64, String, Option<String>)>,
    colour: Color32,
) {
    let painter = ui.painter().with_clip_rect(frame);
    let place = |step: u64| {
        let point = PlotPoint::new(step as f64, 0.0);
        transform.position_from_point(&point).x
    };
    let places: Vec<f32> = names.iter().map(|name| place(name.0)).collect();
    for (index, (_, long, short)) in names.into_iter().enumerate() {
        // What began left of what is shown is named at its edge.
        let (x, end) = (
            places[index].max(frame.left()),
            places.get(index + 1).copied().unwrap_or(frame.right()),
        );
        let last = index + 1 == places.len();
        for text in [Some(long), short].into_iter().flatten() {
            let galley = painter.layout_no_wrap(text, theme::small(), colour);
            let width = galley.size().x;
            let beside = if x + width + 4.0 <= end {
                x + 3.0
            } else if last && x - width - 3.0 > frame.left() {
                // At the right edge, where there is nothing beyond to belong to.
                x - width - 3.0
            } else {
                continue;
            };
            let y = frame.top() + 1.0 + row * galley.size().y;
            painter.galley(pos2(beside, y), galley, colour);
            break;
        }
    }
}
