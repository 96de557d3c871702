//! The loss plot as a person works it.

use egui::{Modifiers, MouseWheelSource, MouseWheelUnit, TouchPhase, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::*;
use crate::worker::protocol::LossPoint;

fn point(step: u64) -> LossPoint {
    let fall = (-(step as f64) / 200.0).exp();
    let (lr, lc) = (0.02 + 0.2 * fall, 0.16 + 0.6 * fall);
    LossPoint {
        step,
        layer: None,
        lambda: 0.1,
        lr,
        lc,
        total: 0.9 * lr + 0.1 * lc,
    }
}

/// A run of 400 steps, its panel, and nothing else.
fn panel() -> Harness<'static, (Curves, RunView)> {
    let mut run = RunView::default();
    run.training
        .extend(&(0..400).map(point).collect::<Vec<_>>());
    let show = |ui: &mut Ui, (curves, run): &mut (Curves, RunView)| {
        theme::install(ui.ctx());
        curves.show(ui, (run, &Pins::default()), true, &mut Vec::new());
    };
    let builder = Harness::builder().with_size([400.0, 300.0]);
    let mut harness = builder.build_ui_state(show, (Curves::default(), run));
    harness.run_steps(3);
    harness
}

fn wheel(harness: &mut Harness<'static, (Curves, RunView)>, lines: f32) {
    harness.event(egui::Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, lines),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: Modifiers::default(),
    });
    harness.run_steps(20);
}

#[test]
fn the_wheel_zooms_a_drag_moves_and_a_double_click_shows_everything() {
    let mut harness = panel();
    let place = pos2(250.0, 160.0);
    harness.hover_at(place);
    harness.run_steps(2);
    wheel(&mut harness, 200.0);
    let zoomed = harness.state().0.zoom.x.expect("the wheel zooms");
    let [low, high] = harness
        .state()
        .0
        .whole(&harness.state().1, Panel::Logarithmic)[0];
    assert!(zoomed[1] - zoomed[0] < 0.6 * (high - low), "{zoomed:?}");
    assert!(harness.state().0.zoom.y[0].is_some());
    // New losses do not move what somebody looks at.
    harness
        .state_mut()
        .1
        .training
        .extend(&(400..900).map(point).collect::<Vec<_>>());
    harness.run_steps(3);
    assert_eq!(harness.state().0.zoom.x, Some(zoomed));
    harness.drag_at(place);
    harness.run_steps(2);
    harness.hover_at(place - vec2(60.0, 0.0));
    harness.run_steps(2);
    harness.drop_at(place - vec2(60.0, 0.0));
    harness.run_steps(2);
    let moved = harness.state().0.zoom.x.expect("a drag keeps the size");
    assert!(moved[0] > zoomed[0] + 5.0, "{zoomed:?} {moved:?}");
    assert!((moved[1] - moved[0] - zoomed[1] + zoomed[0]).abs() < 1e-6);
    // All in one frame: between two of them a quarter of a second passes.
    let clicks = [true, false, true, false].map(|pressed| egui::Event::PointerButton {
        pos: place,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::default(),
    });
    harness.hover_at(place);
    harness.step();
    harness.input_mut().events.extend(clicks);
    harness.run_steps(3);
    let zoom = &harness.state().0.zoom;
    assert!(zoom.x.is_none() && zoom.y[0].is_none());
}

#[test]
fn a_click_on_a_name_hides_its_curve_and_gives_the_others_its_room() {
    let mut harness = panel();
    let top = |harness: &Harness<'static, (Curves, RunView)>| {
        let (curves, run) = harness.state();
        10f64.powf(curves.whole(run, Panel::Logarithmic)[1][1])
    };
    assert!(top(&harness) > 0.9);
    harness.get_by_label("Curve of Lc").click();
    harness.run_steps(3);
    assert!(harness.state().0.hidden[index(Loss::Alignment)]);
    assert!(top(&harness) < 0.6, "{}", top(&harness));
    harness.get_by_label("Curve of Lc").click();
    harness.run_steps(3);
    assert_eq!(harness.state().0.hidden, [false; 3]);
}

#[test]
fn another_run_is_shown_from_its_beginning() {
    use crate::training::config::Preset;
    use crate::worker::protocol::{Event, Message, RunSummary};

    let mut harness = panel();
    harness.state_mut().0.zoom.x = Some([10.0, 20.0]);
    let summary = RunSummary {
        data: String::new(),
        checksum: String::new(),
        shape: crate::data::ImageShape {
            height: 1,
            width: 1,
        },
        samples: [1; 3],
        config: Preset::Balanced.config(),
        dims: vec![784, 256, 256, 512, 128],
        parameters: 1,
        threads: 1,
    };
    let run = &mut harness.state_mut().1;
    run.expect(RunId(2));
    run.take(Message {
        run: RunId(2),
        event: Event::Started(Box::new(summary)),
    });
    harness.run_steps(2);
    assert!(harness.state().0.zoom.x.is_none());
    assert_eq!(planned(&harness.state().1), 4 * 500 + 1500);
    // Sent on by 500 steps, the axis ends where the run will; and stays there when it is over.
    let mut progress = Progress {
        phase: PhaseKind::Training,
        done: 1501,
        total: 2000,
        layer: None,
        step: 3501,
        steps_per_second: None,
        flops: None,
        fma_limit: 1e11,
        settling: false,
        seconds_left: None,
    };
    for phase in [PhaseKind::Training, PhaseKind::Evaluation] {
        progress.phase = phase;
        harness.state_mut().1.progress = Some(progress);
        harness.run_steps(2);
        assert_eq!(harness.state().0.planned, 4000);
    }
}
