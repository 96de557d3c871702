//! The λ slider: its track blends from the colour of Lr to the colour of Lc, and is stretched at
//! the low end, where λ acts (λ = s² at the place s of the track).

use egui::accesskit::{Action, ActionData};
use egui::{Align2, Color32, Key, Mesh, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use super::pointer::held_at;
use super::theme;
use crate::picture::colour;

/// Where ticks stand.
const TICKS: [(f64, &str); 9] = [
    (0.0, "0"),
    (0.01, ".01"),
    (0.05, ".05"),
    (0.1, ".1"),
    (0.25, ".25"),
    (0.5, ".5"),
    (0.75, ".75"),
    (0.9, ""),
    (1.0, "1"),
];
/// A value this near (in places of the track) to a tick is the tick's.
const SNAP: f64 = 0.008;
const HEIGHT: f32 = 6.0 * theme::UNIT;

/// λ at the place `s` of the track, both in [0, 1].
#[must_use]
pub fn value_at(s: f64) -> f64 {
    let s = s.clamp(0.0, 1.0);
    let near = TICKS
        .iter()
        .find(|(tick, _)| (place_of(*tick) - s).abs() < SNAP);
    near.map_or_else(|| (s * s * 1e4).round() / 1e4, |&(tick, _)| tick)
}

/// The place of λ on the track.
#[must_use]
pub fn place_of(lambda: f64) -> f64 {
    lambda.clamp(0.0, 1.0).sqrt()
}

/// The track of a slider over `rect`.
#[must_use]
pub fn track(rect: Rect) -> Rect {
    Rect::from_min_max(
        pos2(rect.left() + theme::UNIT, rect.top() + 20.0),
        pos2(rect.right() - theme::UNIT, rect.top() + 26.0),
    )
}

/// Shows the slider over the whole width; the response is `changed` when λ was.
pub fn slider(ui: &mut Ui, lambda: &mut f64) -> Response {
    let size = vec2(ui.available_width(), HEIGHT);
    let (rect, mut response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let track = track(rect);
    let before = *lambda;
    if let Some(pointer) = held_at(ui, &response) {
        let s = f64::from((pointer.x - track.left()) / track.width());
        *lambda = value_at(s);
    }
    read_keys(ui, &response, lambda);
    *lambda = lambda.clamp(0.0, 1.0);
    if (*lambda - before).abs() > 0.0 {
        response.mark_changed();
    }
    declare(ui, &response, *lambda);
    paint(ui, &response, track, *lambda);
    response
}

/// Arrow keys and what a screen reader asks for.
fn read_keys(ui: &Ui, response: &Response, lambda: &mut f64) {
    let steps = if response.has_focus() {
        ui.memory_mut(|memory| {
            let filter = egui::EventFilter {
                horizontal_arrows: true,
                ..Default::default()
            };
            memory.set_focus_lock_filter(response.id, filter);
        });
        ui.input(|input| {
            input.num_presses(Key::ArrowRight) as f64 - input.num_presses(Key::ArrowLeft) as f64
        })
    } else {
        0.0
    };
    let (steps, set) = ui.input(|input| {
        let asked = |action| input.num_accesskit_action_requests(response.id, action) as f64;
        let set = input
            .accesskit_action_requests(response.id, Action::SetValue)
            .filter_map(|request| match request.data {
                Some(ActionData::NumericValue(value)) if value.is_finite() => Some(value),
                _ => None,
            })
            .last();
        (
            steps + asked(Action::Increment) - asked(Action::Decrement),
            set,
        )
    });
    if steps.abs() > 0.0 {
        *lambda = value_at(place_of(*lambda) + 0.02 * steps);
    }
    if let Some(value) = set {
        *lambda = value;
    }
}

fn declare(ui: &Ui, response: &Response, lambda: f64) {
    response.widget_info(|| WidgetInfo::slider(ui.is_enabled(), lambda, "λ"));
    ui.ctx().accesskit_node_builder(response.id, |builder| {
        builder.set_min_numeric_value(0.0);
        builder.set_max_numeric_value(1.0);
        builder.add_action(Action::SetValue);
        builder.add_action(Action::Increment);
        builder.add_action(Action::Decrement);
    });
}

fn paint(ui: &Ui, response: &Response, track: Rect, lambda: f64) {
    let palette = theme::of(ui);
    let painter = ui.painter();
    let end = |x, align, text, colour| {
        painter.text(
            pos2(x, track.top() - 19.0),
            align,
            text,
            theme::small(),
            colour,
        );
    };
    end(track.left(), Align2::LEFT_TOP, "reconstruct", palette.lr);
    end(track.right(), Align2::RIGHT_TOP, "align", palette.lc);

    let mut mesh = Mesh::default();
    let bytes = |colour: Color32| [colour.r(), colour.g(), colour.b()];
    let steps = 24u16;
    for step in 0..=steps {
        let t = f64::from(step) / f64::from(steps);
        let colour = theme::colour(colour::blend(bytes(palette.lr), bytes(palette.lc), t));
        let x = track.left() + track.width() * t as f32;
        mesh.colored_vertex(pos2(x, track.top()), colour);
        mesh.colored_vertex(pos2(x, track.bottom()), colour);
        if step > 0 {
            let first = u32::from(step) * 2;
            mesh.add_triangle(first - 2, first - 1, first);
            mesh.add_triangle(first - 1, first, first + 1);
        }
    }
    painter.add(mesh);

    for (tick, name) in TICKS {
        let x = track.left() + track.width() * place_of(tick) as f32;
        painter.vline(
            x,
            track.bottom() + 1.0..=track.bottom() + 5.0,
            (1.0, palette.weak),
        );
        let place = pos2(x, track.bottom() + 6.0);
        painter.text(
            place,
            Align2::CENTER_TOP,
            name,
            theme::small(),
            palette.weak,
        );
    }
    let visuals = ui.style().interact(response);
    let centre = pos2(
        track.left() + track.width() * place_of(lambda) as f32,
        track.center().y,
    );
    let radius = if response.dragged() || response.hovered() {
        9.0
    } else {
        8.0
    };
    let ring = if response.has_focus() {
        palette.text
    } else {
        visuals.fg_stroke.color
    };
    painter.circle(centre, radius, palette.card, (2.0, ring));
    let t = place_of(lambda);
    let inside = colour::blend(bytes(palette.lr), bytes(palette.lc), t);
    painter.circle_filled(centre, 4.0, theme::colour(inside));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_and_the_ticks_are_reached_exactly() {
        for (tick, _) in TICKS {
            assert!((value_at(place_of(tick)) - tick).abs() == 0.0, "{tick}");
        }
        assert!(value_at(-1.0) == 0.0 && value_at(2.0) == 1.0);
    }

    #[test]
    fn the_low_end_is_stretched() {
        assert!(place_of(0.05) > 0.2);
        assert!((value_at(0.6) - 0.36).abs() < 1e-9);
    }
}
