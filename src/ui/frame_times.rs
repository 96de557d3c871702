//! How quick the window is: its own work for a frame, the way from λ to the first step under it,
//! and from a snapshot to the screen.
//!
//! Key F12 shows it; the log (`RUST_LOG=dkae_explorer=debug`) has it every hundred frames, and says
//! when the first pictures of a run were on screen. Times of a frame are without the wait for the
//! screen.

use std::collections::VecDeque;
use std::time::Instant;

use egui::{Align2, Area, Id, RichText, vec2};

use super::kernels::Drawn;
use super::theme::{self, UNIT};

/// Frames, or other events, that a figure is about.
const LAST: usize = 500;
/// Frames between two lines of the log.
const LOGGED: usize = 100;

/// The last times of one kind, in seconds.
#[derive(Default)]
struct Times(VecDeque<f32>);

impl Times {
    fn add(&mut self, seconds: f32) {
        if self.0.len() == LAST {
            self.0.pop_front();
        }
        self.0.push_back(seconds);
    }

    /// Median and 99th percentile of the last `count`, in milliseconds.
    fn quantiles(&self, count: usize) -> Option<[f32; 2]> {
        let mut times: Vec<f32> = self.0.iter().rev().take(count).copied().collect();
        times.sort_by(f32::total_cmp);
        let last = times.len().checked_sub(1)? as f32;
        Some([0.5, 0.99].map(|share| 1e3 * times[(share * last).round() as usize]))
    }

    fn text(&self, count: usize) -> String {
        self.quantiles(count).map_or_else(
            || format!("{:>6} {:>6}", "–", "–"),
            |[median, most]| format!("{median:>6.1} {most:>6.1}"),
        )
    }
}

/// Times of the last frames.
#[derive(Default)]
pub struct FrameTimes {
    /// Whether the read-out is on show.
    pub visible: bool,
    frames: usize,
    panels: Times,
    whole: Times,
    steps: Times,
    pictures: Times,
    /// When the run on show began, and how many of its four first pictures have been drawn.
    run: Option<(Instant, usize)>,
    /// A λ that no step has been taken under, and when it was moved.
    moved: Option<(f64, Instant)>,
}

impl FrameTimes {
    /// Takes the times of one more frame in seconds: of laying out the panels, and of everything
    /// up to the exchange of buffers in the frame before, which the toolkit measures.
    pub fn add(&mut self, panels: f32, whole: Option<f32>) {
        self.panels.add(panels);
        if let Some(whole) = whole {
            self.whole.add(whole);
        }
        self.frames += 1;
        if self.frames.is_multiple_of(LOGGED) {
            let [panels, whole] = [&self.panels, &self.whole].map(|times| times.text(LOGGED));
            let [steps, pictures] = [&self.steps, &self.pictures].map(|times| times.text(LAST));
            tracing::debug!(
                "ms, median and 99 %: panels {panels}, with painting {whole}, \
                 λ to its first step {steps}, snapshot to screen {pictures}"
            );
        }
    }

    /// Somebody moved λ.
    pub fn moved(&mut self, lambda: f64) {
        self.moved = Some((lambda, Instant::now()));
    }

    /// The newest step on show was taken under this λ.
    pub fn stepped(&mut self, lambda: f64) {
        if let Some((_, when)) = self
            .moved
            .take_if(|(moved, _)| (*moved - lambda).abs() < 1e-12)
        {
            self.steps.add(when.elapsed().as_secs_f32());
        }
    }

    /// A new run is on show.
    pub fn began(&mut self) {
        self.run = Some((Instant::now(), 0));
    }

    /// Kernels are on screen with this frame.
    pub fn drawn(&mut self, drawn: &Drawn) {
        self.pictures.add(drawn.published.elapsed().as_secs_f32());
        let Some((began, reached)) = &mut self.run else {
            return;
        };
        let now = match (drawn.prior_whole, drawn.step) {
            (None | Some(false), None) => 1,
            (_, None) => 2,
            (_, Some(0)) => 3,
            (_, Some(_)) => 4,
        };
        if now > *reached {
            *reached = now;
            let what = ["P in the making", "P", "C before its first step", "C"][now - 1];
            let after = began.elapsed().as_secs_f32();
            tracing::debug!("{what} is on screen {after:.2} s after the run began");
        }
    }

    /// The read-out in the lower right corner.
    pub fn show(&self, ctx: &egui::Context) {
        if !self.visible {
            return;
        }
        let area = Area::new(Id::unique("frame times")).order(egui::Order::Foreground);
        let place = vec2(-2.0 * UNIT, -2.0 * UNIT);
        area.interactable(false)
            .anchor(Align2::RIGHT_BOTTOM, place)
            .show(ctx, |ui| {
                egui::Frame::popup(ui.style()).show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    let line = |name: &str, text: String| {
                        let text = format!("{name:<24}{text}");
                        RichText::new(text).monospace().size(theme::SMALL)
                    };
                    ui.label(line("ms", format!("{:>6} {:>6}", "median", "99 %")));
                    ui.label(line("a frame: panels", self.panels.text(LAST)));
                    ui.label(line("a frame: with painting", self.whole.text(LAST)));
                    ui.label(line("λ to its first step", self.steps.text(LAST)));
                    ui.label(line("snapshot to screen", self.pictures.text(LAST)));
                });
            });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_the_last_times() {
        let mut times = Times::default();
        assert!(times.quantiles(10).is_none());
        for index in 0..2 * LAST {
            times.add(index as f32 * 1e-3);
        }
        let [median, most] = times.quantiles(101).unwrap();
        assert!((median - 949.0).abs() < 0.1 && (most - 998.0).abs() < 0.1);
    }

    #[test]
    fn only_a_step_under_the_new_lambda_counts() {
        let mut times = FrameTimes::default();
        times.moved(0.5);
        times.stepped(0.1);
        assert!(times.steps.0.is_empty());
        times.stepped(0.5);
        times.stepped(0.5);
        assert_eq!(times.steps.0.len(), 1);
    }
}
