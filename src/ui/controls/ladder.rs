//! Under the λ slider: what a move of it does, and the ladder's rungs.

use egui::{Rangef, Rect, RichText, Role, Sense, Ui, WidgetInfo, vec2};

use super::super::intent::Intent;
use super::super::ladder::LadderIntent;
use super::super::pointer::clicked_at;
use super::super::theme::{self, UNIT};
use super::super::words::COMPARE;
use super::super::{icons, lambda};
use super::Facts;
use crate::exhibit::numbers;
use crate::experiment::ladder::{Dial, Place, RUNGS};
use crate::training::config::RunConfig;
use crate::view::RunState;
use crate::worker::ladder::RungState;
use crate::worker::protocol::PhaseKind;

/// The height of the rungs.
const HEIGHT: f32 = 2.0 * UNIT;
/// Half the width of a rung.
const HALF: f32 = 3.5;

const STEER: &str = "A move of λ changes the run: it trains on under the new weight.";

/// Shows them; the sliders steer to what `config` says.
pub(super) fn show(ui: &mut Ui, config: &RunConfig, facts: &Facts<'_>, intents: &mut Vec<Intent>) {
    let steered = Dial::Lambda.of(config);
    let view = &facts.ladder.view;
    let track = lambda::track(ui.available_rect_before_wrap()).x_range();
    rungs(ui, Dial::Lambda, track, facts, intents);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = UNIT / 2.0;
        ui.spacing_mut().interact_size.y = 2.5 * UNIT;
        let compares = view.compares();
        let steer = ui.selectable_label(!compares, RichText::new("Steer").small());
        if steer.on_hover_text(STEER).clicked() && compares {
            intents.push(Intent::Ladder(LadderIntent::Leave));
        }
        let tab = egui::Button::selectable(compares, RichText::new("Compare").small());
        let absent = format!("{COMPARE} There is none yet.");
        let compare = ui
            .add_enabled(compares || view.has_any(), tab)
            .on_hover_text(COMPARE)
            .on_disabled_hover_text(absent);
        if compare.clicked() && view.on_show().is_none() {
            let near = if view.has_rungs(Dial::Lambda) {
                steered
            } else {
                Dial::Code.of(config)
            };
            intents.push(Intent::Ladder(LadderIntent::Choose(near)));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            state(ui, facts, intents);
        });
    });
    on_show(ui, facts);
}

/// Which network the pictures are of.
fn on_show(ui: &mut Ui, facts: &Facts<'_>) {
    let palette = theme::of(ui);
    let (text, colour) = match facts.beside {
        Some(beside) => (format!("On show: {beside}"), palette.notice),
        None => ("On show: the run".to_owned(), palette.weak),
    };
    ui.add(egui::Label::new(RichText::new(text).small().color(colour)).truncate());
}

/// How far the ladder is, and its buttons.
fn state(ui: &mut Ui, facts: &Facts<'_>, intents: &mut Vec<Intent>) {
    ui.spacing_mut().button_padding = vec2(4.0, 0.0);
    let small = |text: String| RichText::new(text).small();
    let mut push = |intent| intents.push(Intent::Ladder(intent));
    let host = facts.ladder;
    let Some(snapshot) = &host.view.snapshot else {
        let text = format!("Train the ladder{}", estimate(facts));
        let button = egui::Button::new(small(text));
        let hover = format!(
            "{RUNGS} networks from this run's start, each under its own λ from 0 to 1, and some with other Nc, in the background. λ and Nc then go through them at once."
        );
        let can = host.can_be_made(facts.run);
        let response = ui.add_enabled(can, button);
        let response = response
            .on_hover_text(&hover)
            .on_disabled_hover_text(format!("{hover} It can be begun when the run is over."));
        if response.clicked() {
            push(LadderIntent::Build);
        }
        return;
    };
    let off = ui.add(egui::Button::new(small("✕".into())));
    let hover = "Ends the ladder and forgets its networks. None is made by itself any more; this is remembered.";
    if off
        .accessible_name("End the ladder")
        .on_hover_text(hover)
        .clicked()
    {
        push(LadderIntent::Off);
    }
    let study = ui.add(icons::small());
    icons::over(ui, &study, icons::Icon::Folder, icons::SMALL);
    let hover = "Keeps it as a study, in a folder: its networks, figures and curves as Fig. 3's, with other seeds if you like.";
    if study
        .accessible_name("Make a study of the ladder")
        .on_hover_text(hover)
        .clicked()
    {
        push(LadderIntent::Study);
    }
    if snapshot.is_over() {
        let done = snapshot.done().count();
        ui.label(small(format!("{done} networks")).weak());
        return;
    }
    let (icon, name) = if host.held {
        (icons::Icon::Play, "Go on with the ladder")
    } else {
        (icons::Icon::Pause, "Pause the ladder")
    };
    let button = ui.add(icons::small()).on_hover_text(name);
    icons::over(ui, &button, icon, icons::SMALL);
    if button.accessible_name(name).clicked() {
        push(LadderIntent::Hold(!host.held));
    }
    let done = snapshot.done().count();
    let left = match (host.held, facts.run.state == RunState::Running) {
        (true, _) => " · paused".to_owned(),
        (_, true) => " · waits".to_owned(),
        _ => snapshot.seconds_left.map_or_else(String::new, |seconds| {
            format!(" · {}", numbers::duration(seconds))
        }),
    };
    let text = small(format!("{done}/{}{left}", snapshot.rungs.len())).weak();
    ui.label(text).on_hover_text(
        "Networks of the ladder that are trained, of all, and the time that is left. It waits while a run or a study works.",
    );
}

/// How long a ladder takes, by the time that the run's own training took.
fn estimate(facts: &Facts<'_>) -> String {
    let run = facts.run;
    let trained = |(phase, _): &&(PhaseKind, _)| {
        matches!(phase, PhaseKind::Training | PhaseKind::Pretraining)
    };
    let phases = run.phases.iter().filter(trained);
    let seconds: f64 = phases.map(|(_, time)| time.as_secs_f64()).sum();
    let places = |config| Dial::ALL.iter().map(|dial| dial.places(config).len()).sum();
    let networks: usize = facts.config().map_or(0, places);
    // A run that was sent on has taken more steps than a network of the ladder takes.
    let planned = facts.config().map_or(0, |run| {
        let layers = run.network.hidden.len() + 1;
        let each = (run.training.pretraining).map_or(0, |layer| layer.steps_per_layer);
        run.training.steps + each * layers
    }) as f64;
    let taken = run.progress.as_ref().map_or(0, |progress| progress.step) as f64;
    // The run's own network is there.
    let all = seconds * (planned / taken.max(planned)) * networks.saturating_sub(2) as f64;
    if all > 0.0 {
        format!(" · {}", numbers::duration(all))
    } else {
        String::new()
    }
}

/// The rungs of a dial under its slider, whose track is `along`: a finished one is filled, one in training up to
/// where it is.
pub(super) fn rungs(
    ui: &mut Ui,
    dial: Dial,
    along: Rangef,
    facts: &Facts<'_>,
    intents: &mut Vec<Intent>,
) {
    let view = &facts.ladder.view;
    let size = vec2(ui.available_width(), HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::CLICK);
    let at = |value: f64| along.min + along.span() * dial.along(value) as f32;
    let cell = |value| {
        let x = at(value);
        Rect::from_x_y_ranges(x - HALF..=x + HALF, rect.y_range().shrink(3.0))
    };
    paint(ui, dial, facts, &cell);
    let name = match dial {
        Dial::Lambda => "Rungs of the ladder over λ",
        Dial::Code => "Rungs of the ladder over Nc",
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Group, true, name));
    let clicked = clicked_at(ui, &response);
    let Some(pointer) = clicked.or_else(|| response.hover_pos()) else {
        return;
    };
    let away = |value: f64| (at(value) - pointer.x).abs();
    let Some((value, state)) =
        (view.rungs(dial)).min_by(|(a, _), (b, _)| away(*a).total_cmp(&away(*b)))
    else {
        return;
    };
    let place = Place { dial, value };
    let text = match state {
        RungState::Waiting => "not trained yet".to_owned(),
        RungState::Training(share) => format!("training, {:.0} %", 100.0 * share),
        RungState::Failed(reason) => format!("not made: {reason}"),
        RungState::Done(rung) => {
            intents.push(Intent::Ladder(LadderIntent::Look(place)));
            let (lr, lc) = (rung.losses.lr, rung.losses.lc);
            format!(
                "validation Lr {}, Lc {}\nClick to compare.",
                numbers::three(lr),
                numbers::three(lc)
            )
        }
    };
    if clicked.is_some() && matches!(state, RungState::Done(_)) {
        intents.push(Intent::Ladder(LadderIntent::Choose(place)));
    }
    response.on_hover_text_at_pointer(format!("{}: {text}", numbers::place(place)));
}

/// Paints the rungs of a dial; `cell` says where one stands.
fn paint(ui: &Ui, dial: Dial, facts: &Facts<'_>, cell: &dyn Fn(f64) -> Rect) {
    let palette = theme::of(ui);
    let view = &facts.ladder.view;
    let painter = ui.painter();
    let Some(_) = &view.snapshot else {
        // Their places, so that nothing moves when they come.
        let run = facts.config().map(|run| dial.places(run));
        for place in run.into_iter().flatten() {
            let kind = egui::StrokeKind::Inside;
            painter.rect_stroke(cell(place.value), 1, (1.0, palette.line), kind);
        }
        return;
    };
    let shown = view.on_show().map(|rung| rung.place);
    for (value, state) in view.rungs(dial) {
        let cell = cell(value);
        let (filled, colour) = match state {
            RungState::Waiting => (0.0, palette.weak),
            RungState::Training(share) => (*share, palette.weak),
            RungState::Done(_) => (1.0, palette.text),
            RungState::Failed(_) => (1.0, palette.error),
        };
        let mut part = cell;
        part.set_top(cell.bottom() - cell.height() * filled);
        painter.rect_filled(cell, 1, palette.line);
        painter.rect_filled(part, 1, colour);
        if shown == Some(Place { dial, value }) {
            let kind = egui::StrokeKind::Outside;
            painter.rect_stroke(cell, 1, (2.0, palette.notice), kind);
        }
    }
}
