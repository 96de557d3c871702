//! How often news alone have the window painted.
//!
//! Where the system paints in software, a frame takes some 35 ms of the cores that train, and
//! painting every one of the worker's news doubled the time of a step of *Quick*. There, frames
//! that nobody but the worker asked for are followed by a rest. While somebody's hand is on the
//! window, and with a graphics processor, news are painted as they come.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use eframe::glow::{self, HasContext};
use egui::Context;

use super::loading::Wake;

/// The rest after one frame. News of a kernel take two: one hands it to the thread that paints
/// it, one shows it.
const REST: Duration = Duration::from_millis(200);
/// The longest rest, however many frames came before it.
const LONGEST: Duration = Duration::from_millis(400);
/// A hand stays on the window for so long after its last movement.
const HAND: Duration = Duration::from_secs(1);

/// Painters that use the processor, as they name themselves.
const SOFTWARE: [&str; 4] = ["llvmpipe", "softpipe", "software", "gdi generic"];

/// Decides when news may have the window painted.
pub struct Rest {
    software: bool,
    began: Instant,
    /// The end of the rest, in microseconds since `began`; shared with those who have news.
    until: Arc<AtomicU64>,
    hand: Option<Instant>,
}

impl Rest {
    /// For the painter behind `gl`; without one, there is no rest.
    pub fn new(gl: Option<&glow::Context>) -> Self {
        let painter = gl.map(painter).unwrap_or_default();
        tracing::debug!("painted by {painter:?}");
        Self::of(is_software(&painter))
    }

    fn of(software: bool) -> Self {
        Self {
            software,
            began: Instant::now(),
            until: Arc::default(),
            hand: None,
        }
    }

    /// What those who have news call: it has the window painted after the rest.
    pub fn wake(&self, ctx: &Context) -> Wake {
        let (ctx, until, began) = (ctx.clone(), Arc::clone(&self.until), self.began);
        Arc::new(move || ctx.request_repaint_after(left(&until, began.elapsed())))
    }

    /// A frame is being painted; `touched`: somebody's hand is on the window.
    pub fn painted(&mut self, touched: bool) {
        self.painted_at(Instant::now(), touched);
    }

    fn painted_at(&mut self, now: Instant, touched: bool) {
        if touched {
            self.hand = Some(now);
        }
        let touched = self.hand.is_some_and(|hand| now - hand < HAND);
        let until = if self.software && !touched {
            let now = now - self.began;
            let old = Duration::from_micros(self.until.load(Ordering::Relaxed));
            (old.max(now) + REST).min(now + LONGEST)
        } else {
            Duration::ZERO
        };
        let micros = u64::try_from(until.as_micros()).unwrap_or(u64::MAX);
        self.until.store(micros, Ordering::Relaxed);
    }
}

/// What is left of the rest at `now`.
fn left(until: &AtomicU64, now: Duration) -> Duration {
    let until = Duration::from_micros(until.load(Ordering::Relaxed));
    // A request without delay would draw two frames for each call.
    until.saturating_sub(now).max(Duration::from_millis(1))
}

/// Whether somebody's hand is on the window.
pub fn is_touched(ctx: &Context) -> bool {
    ctx.input(|input| !input.events.is_empty() || input.pointer.any_down())
}

fn is_software(painter: &str) -> bool {
    let painter = painter.to_lowercase();
    SOFTWARE.iter().any(|name| painter.contains(name))
}

/// What the painter behind `gl` calls itself.
#[expect(
    unsafe_code,
    reason = "the only way to ask; a measurement calls for it (see above)"
)]
fn painter(gl: &glow::Context) -> String {
    // SAFETY: the call reads a string of the driver and needs nothing but that `gl` is current on
    // this thread. `Rest::new` is called with the context that eframe has made current to create
    // the app, on the thread that it has done so, before it gives control to anything else.
    unsafe { gl.get_parameter_string(glow::RENDERER) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOME: Duration = Duration::from_millis(10);

    #[test]
    fn news_rest_after_frames_in_software() {
        let mut rest = Rest::of(true);
        let at = |rest: &Rest, now: Instant| left(&rest.until, now - rest.began);
        let now = rest.began + SOME;
        assert_eq!(at(&rest, now), Duration::from_millis(1), "the first");
        rest.painted_at(now, false);
        assert_eq!(at(&rest, now), REST);
        rest.painted_at(now + SOME, false);
        assert_eq!(at(&rest, now + SOME), 2 * REST - SOME);
        for _ in 0..10 {
            rest.painted_at(now + 2 * SOME, false);
        }
        assert_eq!(at(&rest, now + 2 * SOME), LONGEST);
        let later = now + 2 * LONGEST;
        assert_eq!(at(&rest, later), Duration::from_millis(1), "rested");
    }

    #[test]
    fn a_hand_or_a_graphics_processor_ends_the_rest() {
        let mut rest = Rest::of(true);
        let now = rest.began + SOME;
        rest.painted_at(now, false);
        rest.painted_at(now, true);
        rest.painted_at(now + HAND / 2, false);
        assert_eq!(rest.until.load(Ordering::Relaxed), 0);
        rest.painted_at(now + HAND, false);
        assert!(rest.until.load(Ordering::Relaxed) > 0);
        let mut rest = Rest::of(false);
        rest.painted_at(now, false);
        assert_eq!(rest.until.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn painters_say_what_they_are() {
        assert!(is_software("llvmpipe (LLVM 15.0.6, 256 bits)"));
        assert!(is_software("Apple Software Renderer"));
        assert!(!is_software("Mesa Intel(R) UHD Graphics 620"));
        assert!(!is_software(""));
    }
}
