//! What is made for the tab on threads of their own, and no more often than there is time for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use egui::Context;

use crate::service::{Maker, caught};

/// After something was made its thread rests for so many times as long, at the most for [`LONGEST`].
const REST: f64 = 3.0;
/// The longest rest, in seconds.
const LONGEST: f64 = 2.0;

/// What was made.
struct Made<M> {
    number: u64,
    spent: Duration,
    result: Result<M, String>,
}

/// Makes `M`s of what is wanted.
pub struct Making<W: Send + 'static, M: Send + 'static> {
    asked: Option<W>,
    made: Option<Result<M, String>>,
    busy: bool,
    /// The time before which nothing is asked for that can wait.
    rests: f64,
    /// The number of the last order: any other is given up.
    number: Arc<AtomicU64>,
    maker: Option<Maker<(u64, W), Made<M>>>,
}

impl<W: Send + 'static, M: Send + 'static> Default for Making<W, M> {
    fn default() -> Self {
        Self {
            asked: None,
            made: None,
            busy: false,
            rests: 0.0,
            number: Arc::default(),
            maker: None,
        }
    }
}

impl<W: Send + 'static, M: Send + 'static> Drop for Making<W, M> {
    fn drop(&mut self) {
        // What is being made is given up; the thread is waited for.
        self.number.fetch_add(1, Ordering::Relaxed);
    }
}

/// How a thing differs from another that is wanted in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Not at all.
    None,
    /// It is newer, and can wait until there is time.
    Newer,
    /// It is another: what is being made is given up, and what was made is of no use.
    Other,
}

impl<W: Clone + Send + 'static, M: Send + 'static> Making<W, M> {
    /// Asks for what is wanted where that is not what was asked for last, and takes what is there. `maker` gives what
    /// makes it, on a thread of this `name`; that may ask whether it is given up.
    pub fn follow<F>(
        &mut self,
        (ctx, name): (&Context, &'static str),
        wanted: &W,
        change: impl Fn(&W, &W) -> Change,
        maker: impl FnOnce() -> F,
    ) where
        F: FnMut(&W, &(dyn Fn() -> bool + Sync)) -> Result<M, String> + Send + 'static,
    {
        let now = ctx.input(|input| input.time);
        self.take(now);
        let change = match &self.asked {
            None => Change::Other,
            Some(asked) => change(asked, wanted),
        };
        match change {
            Change::None => return,
            Change::Newer if self.busy => return,
            Change::Newer if now < self.rests => {
                ctx.request_repaint_after(Duration::from_secs_f64(self.rests - now));
                return;
            }
            Change::Newer => {}
            Change::Other => self.made = None,
        }
        self.start((ctx, name), maker);
        let number = self.number.fetch_add(1, Ordering::Relaxed) + 1;
        self.asked = Some(wanted.clone());
        match &self.maker {
            Some(maker) => {
                self.busy = true;
                maker.ask((number, wanted.clone()));
            }
            None => self.made = Some(Err("The system gives no thread for this.".to_owned())),
        }
    }

    fn take(&mut self, now: f64) {
        let Some(made) = self.maker.as_ref().and_then(Maker::take) else {
            return;
        };
        if made.number == self.number.load(Ordering::Relaxed) {
            self.busy = false;
            self.rests = now + (REST * made.spent.as_secs_f64()).min(LONGEST);
            self.made = Some(made.result);
        }
    }

    fn start<F>(&mut self, (ctx, name): (&Context, &'static str), maker: impl FnOnce() -> F)
    where
        F: FnMut(&W, &(dyn Fn() -> bool + Sync)) -> Result<M, String> + Send + 'static,
    {
        if self.maker.is_some() {
            return;
        }
        let ctx = ctx.clone();
        let wake = Arc::new(move || ctx.request_repaint_after(Duration::from_millis(1)));
        let (last, mut make) = (Arc::clone(&self.number), maker());
        let make = move |(number, wanted): (u64, W)| {
            let began = Instant::now();
            let given_up = || last.load(Ordering::Relaxed) != number;
            let result = caught(|| make(&wanted, &given_up));
            Made {
                number,
                spent: began.elapsed(),
                result: result.unwrap_or_else(|said| {
                    Err(format!(
                        "This broke ({said}); it is a defect of the program."
                    ))
                }),
            }
        };
        match Maker::spawn(name, make, wake) {
            Ok(maker) => self.maker = Some(maker),
            Err(error) => tracing::error!("no thread for {name}: {error}"),
        }
    }
}

impl<W: Send + 'static, M: Send + 'static> Making<W, M> {
    /// What was made last, or why it was not.
    #[must_use]
    pub fn made(&self) -> Option<&Result<M, String>> {
        self.made.as_ref()
    }

    /// Does not rest before the next.
    pub fn hurry(&mut self) {
        self.rests = 0.0;
    }

    /// Forgets what was made, and gives up what is being made.
    pub fn forget(&mut self) {
        self.number.fetch_add(1, Ordering::Relaxed);
        (self.asked, self.made, self.busy) = (None, None, false);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    fn change(a: &u32, b: &u32) -> Change {
        match b.abs_diff(*a) {
            0 => Change::None,
            1..10 => Change::Newer,
            _ => Change::Other,
        }
    }

    fn wait(making: &mut Making<u32, u32>, wanted: u32, done: impl Fn(&Making<u32, u32>) -> bool) {
        let ctx = Context::default();
        for _ in 0..2_000 {
            making.follow((&ctx, "a test"), &wanted, change, || doubled);
            if done(making) {
                return;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        panic!("it never came");
    }

    fn doubled(of: &u32, given_up: &(dyn Fn() -> bool + Sync)) -> Result<u32, String> {
        match of {
            // As long as nobody wants something else.
            77 => {
                while !given_up() {
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err("given up".to_owned())
            }
            13 => panic!("no luck"),
            _ => Ok(2 * of),
        }
    }

    #[test]
    fn what_is_wanted_is_made_and_what_is_another_is_made_at_once() {
        let mut making = Making::default();
        wait(&mut making, 5, |m| m.made() == Some(&Ok(10)));
        wait(&mut making, 77, |m| m.asked == Some(77));
        // It is given up for the next, and what it says is not heard.
        wait(&mut making, 500, |m| m.made() == Some(&Ok(1_000)));
        wait(
            &mut making,
            13,
            |m| matches!(m.made(), Some(Err(said)) if said.contains("no luck")),
        );
        wait(&mut making, 300, |m| m.made() == Some(&Ok(600)));
        making.forget();
        assert!(making.made().is_none() && making.asked.is_none());
    }

    #[test]
    fn what_is_being_made_is_given_up_with_its_owner() {
        let over = Arc::new(AtomicBool::new(false));
        let mut making: Making<u32, u32> = Making::default();
        let told = Arc::clone(&over);
        let make = move |_: &u32, given_up: &(dyn Fn() -> bool + Sync)| {
            while !given_up() {
                std::thread::sleep(Duration::from_millis(1));
            }
            told.store(true, Ordering::Relaxed);
            Ok(0)
        };
        making.follow((&Context::default(), "a test"), &1, change, || make);
        // It may not have begun: then it never does.
        std::thread::sleep(Duration::from_millis(50));
        drop(making);
        assert!(over.load(Ordering::Relaxed));
    }
}
