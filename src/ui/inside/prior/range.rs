//! A track with two knobs, for the numbers of components from g₁ to g₂.

use egui::accesskit::{Action, ActionData};
use egui::{Align2, EventFilter, Key, Rangef, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::pointer::held_at;
use crate::ui::theme::{self, UNIT};

/// Height of the track with its figures.
pub const HEIGHT: f32 = 4.0 * UNIT;
/// Half the width of a knob; each stands on its own side of its place, so that two on one place are two.
const KNOB: f32 = UNIT;
/// Names of the knobs.
const NAMES: [&str; 2] = ["Least g", "Largest g"];

/// Shows the track in `rect`, whose whole numbers `all` lie from end to end of `across`. Changes `range` within
/// them.
pub fn show(ui: &Ui, rect: Rect, across: Rangef, all: [usize; 2], range: &mut [usize; 2]) {
    let track = Rect::from_x_y_ranges(across, rect.top() + 6.0..=rect.top() + 10.0);
    let place = |g: usize| place(across, all, g);
    let palette = theme::of(ui);
    // A click into the track moves the nearer end there.
    let whole = ui.interact(
        track.expand2(vec2(KNOB, 8.0)),
        ui.scope_id().with("track"),
        Sense::click(),
    );
    if let Some(at) = held_at(ui, &whole) {
        let g = value(across, all, at.x);
        let nearer_least = g.abs_diff(range[0]) <= g.abs_diff(range[1]);
        let end = usize::from(g > range[1] || (g >= range[0] && !nearer_least));
        range[end] = g;
    }
    let knobs = [0, 1].map(|end| {
        let side = [-KNOB / 2.0, KNOB / 2.0][end];
        let centre = pos2(place(range[end]) + side, track.center().y);
        // A hand takes it from its own side too, where nothing else is.
        let mut knob = Rect::from_center_size(centre, vec2(KNOB, 3.0 * UNIT));
        if end == 0 {
            knob.min.x -= KNOB;
        } else {
            knob.max.x += KNOB;
        }
        let sense = Sense::click_and_drag();
        ui.interact(knob, ui.scope_id().with(NAMES[end]), sense)
    });
    for (end, knob) in knobs.iter().enumerate() {
        let side = [KNOB / 2.0, -KNOB / 2.0][end];
        let bounds = [[all[0], range[1]], [range[0], all[1]]][end];
        let by_hand = held_at(ui, knob).filter(|_| !knob.clicked());
        let by_hand = by_hand.map(|at| value(across, all, at.x + side));
        let wanted = by_hand.or_else(|| asked(ui, knob, range[end]));
        if let Some(wanted) = wanted {
            range[end] = wanted.clamp(bounds[0], bounds[1]);
        }
        declare(ui, knob, NAMES[end], (range[end], bounds));
    }
    ui.painter().rect_filled(track, 2, palette.line);
    let chosen = Rangef::new(place(range[0]), place(range[1]));
    let chosen = Rect::from_x_y_ranges(chosen, track.y_range());
    ui.painter()
        .rect_filled(chosen.expand2(vec2(1.0, 0.0)), 2, palette.lc);
    for (end, knob) in knobs.iter().enumerate() {
        let lifted = knob.hovered() || knob.dragged() || knob.has_focus();
        let colour = if lifted { palette.text } else { palette.lc };
        let side = [-KNOB / 2.0, KNOB / 2.0][end];
        let centre = pos2(place(range[end]) + side, track.center().y);
        let shape = Rect::from_center_size(centre, vec2(KNOB - 1.0, 2.0 * UNIT - 2.0));
        ui.painter().rect_filled(shape, 3, colour);
        let at = pos2(place(range[end]), rect.top() + 2.0 * UNIT + 1.0);
        let align = [Align2::RIGHT_TOP, Align2::LEFT_TOP][end];
        let text = range[end].to_string();
        ui.painter()
            .text(at, align, text, theme::small_figures(), palette.text);
    }
}

/// Where g stands.
fn place(across: Rangef, [least, most]: [usize; 2], g: usize) -> f32 {
    let share = g.saturating_sub(least) as f32 / (most - least).max(1) as f32;
    across.min + share * across.span()
}

/// The g next to a place.
fn value(across: Rangef, [least, most]: [usize; 2], x: f32) -> usize {
    let share = ((x - across.min) / across.span().max(1.0)).clamp(0.0, 1.0);
    least + (share * (most - least) as f32).round() as usize
}

/// What arrow keys and a screen reader ask for.
fn asked(ui: &Ui, knob: &Response, now: usize) -> Option<usize> {
    let mut steps = 0;
    if knob.has_focus() {
        ui.memory_mut(|memory| {
            let filter = EventFilter {
                horizontal_arrows: true,
                ..EventFilter::default()
            };
            memory.set_focus_lock_filter(knob.id, filter);
        });
        steps = ui.input(|input| {
            input.num_presses(Key::ArrowRight) as isize - input.num_presses(Key::ArrowLeft) as isize
        });
    }
    ui.input(|input| {
        let count = |action| input.num_accesskit_action_requests(knob.id, action) as isize;
        let steps = steps + count(Action::Increment) - count(Action::Decrement);
        let set = input
            .accesskit_action_requests(knob.id, Action::SetValue)
            .filter_map(|request| match request.data {
                Some(ActionData::NumericValue(value)) if value >= 0.0 => Some(value as usize),
                _ => None,
            })
            .last();
        set.or_else(|| (steps != 0).then(|| now.saturating_add_signed(steps)))
    })
}

fn declare(ui: &Ui, knob: &Response, name: &str, (now, [least, most]): (usize, [usize; 2])) {
    knob.widget_info(|| WidgetInfo::slider(ui.is_enabled(), now as f64, name));
    ui.ctx().accesskit_node_builder(knob.id, |builder| {
        builder.set_min_numeric_value(least as f64);
        builder.set_max_numeric_value(most as f64);
        builder.set_numeric_value_step(1.0);
        builder.add_action(Action::SetValue);
        builder.add_action(Action::Increment);
        builder.add_action(Action::Decrement);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_g_has_a_place_of_its_own() {
        let across = Rangef::new(50.0, 350.0);
        for all in [[2, 30], [2, 3], [5, 5]] {
            for g in all[0]..=all[1] {
                assert_eq!(value(across, all, place(across, all, g)), g);
            }
            assert_eq!(value(across, all, -1e9), all[0]);
            assert_eq!(value(across, all, 1e9), all[1]);
        }
    }
}
