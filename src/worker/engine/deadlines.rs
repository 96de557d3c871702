//! When the engine is to do what it does beside a run's own work: make pictures, tell news, ask for
//! a comparison.

use std::time::{Duration, Instant};

/// Time between two pictures, and between two pieces of news, at the least.
pub const INTERVAL: Duration = Duration::from_millis(100);

/// Pictures take one part in so many of the worker's time at the most.
const SHARE: u32 = 30;

/// Time between two denoising comparisons of a run in training at the least.
const COMPARISONS: Duration = Duration::from_millis(1_500);

/// A comparison is followed by a pause of at least so many times what it took.
const REST: u32 = 8;

/// What is due when.
pub struct Deadlines {
    picture: Instant,
    /// What the pieces of the pictures in the making have cost.
    spent: Duration,
    /// `None`: not before somebody asks.
    comparison: Option<Instant>,
    /// When losses and progress are told, however seldom pictures are made.
    news: Instant,
}

impl Deadlines {
    /// All at once.
    pub fn new(now: Instant) -> Self {
        Self {
            picture: now,
            spent: Duration::ZERO,
            comparison: Some(now),
            news: now,
        }
    }

    /// Has pictures made at once.
    pub fn ask_for_picture(&mut self, now: Instant) {
        self.picture = self.picture.min(now);
    }

    /// Has a comparison made at once.
    pub fn ask_for_comparison(&mut self, now: Instant) {
        self.comparison = Some(self.comparison.map_or(now, |due| due.min(now)));
    }

    /// Whether pictures are due.
    pub fn picture_is_due(&self, now: Instant) -> bool {
        now >= self.picture
    }

    /// Whether a comparison is.
    pub fn comparison_is_due(&self, now: Instant) -> bool {
        self.comparison.is_some_and(|due| now >= due)
    }

    /// Whether news are.
    pub fn news_are_due(&self, now: Instant) -> bool {
        now >= self.news
    }

    /// News were told.
    pub fn told(&mut self, now: Instant) {
        self.news = now + INTERVAL;
    }

    /// A piece of the pictures took `spent`; with the last one the time of the next follows from
    /// what all of these cost.
    pub fn pictured(&mut self, spent: Duration, complete: bool, now: Instant) {
        self.spent += spent;
        if complete {
            let spent = std::mem::take(&mut self.spent);
            self.picture = now + INTERVAL.max(spent * SHARE);
        }
    }

    /// A comparison was asked for; a run that waits changes nothing until somebody does.
    pub fn comparing(&mut self, working: bool, now: Instant) {
        self.comparison = working.then_some(now + COMPARISONS);
    }

    /// A comparison of a run at work took `spent`. One that is due already was asked for by a
    /// person, or by the end of the run.
    pub fn compared(&mut self, spent: Duration, now: Instant) {
        if let Some(due) = &mut self.comparison
            && *due > now
        {
            *due = (*due).max(now + spent * REST);
        }
    }

    /// No comparison before somebody asks for one.
    pub fn rest(&mut self) {
        self.comparison = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_take_their_share_and_no_more() {
        let now = Instant::now();
        let mut due = Deadlines::new(now);
        assert!(due.picture_is_due(now));
        due.pictured(Duration::from_millis(7), false, now);
        assert!(due.picture_is_due(now), "the second half is to come");
        due.pictured(Duration::from_millis(3), true, now);
        let after = |ms| now + Duration::from_millis(ms);
        assert!(!due.picture_is_due(after(299)) && due.picture_is_due(after(300)));
        due.pictured(Duration::from_micros(1), true, now);
        assert!(!due.picture_is_due(after(99)) && due.picture_is_due(after(100)));
    }

    #[test]
    fn a_comparison_rests_after_its_work_unless_somebody_asks() {
        let now = Instant::now();
        let after = |ms| now + Duration::from_millis(ms);
        let mut due = Deadlines::new(now);
        due.comparing(true, now);
        due.compared(Duration::from_secs(1), now);
        assert!(!due.comparison_is_due(after(7_999)) && due.comparison_is_due(after(8_000)));
        due.ask_for_comparison(after(10));
        due.compared(Duration::from_secs(1), after(10));
        assert!(due.comparison_is_due(after(10)), "a person waits for it");
        due.comparing(false, after(20));
        assert!(!due.comparison_is_due(after(1 << 30)));
        due.compared(Duration::from_secs(1), after(20));
        assert!(!due.comparison_is_due(after(1 << 30)));
        due.ask_for_comparison(after(30));
        assert!(due.comparison_is_due(after(30)));
    }
}
