//! What the window's own work for a frame takes: measured by the toolkit without the wait for the
//! screen, and told to the log (`RUST_LOG=dkae_explorer=debug`) every few hundred frames.

/// Frames that are summed up in one line of the log.
const FRAMES: usize = 200;

/// Times of the last frames, in seconds.
pub struct FrameTimes {
    seconds: Vec<f32>,
}

impl Default for FrameTimes {
    fn default() -> Self {
        Self {
            seconds: Vec::with_capacity(FRAMES),
        }
    }
}

impl FrameTimes {
    /// Takes the time of one more frame.
    pub fn add(&mut self, seconds: Option<f32>) {
        self.seconds.extend(seconds);
        if self.seconds.len() < FRAMES {
            return;
        }
        self.seconds.sort_by(f32::total_cmp);
        let quantile = |share: f32| 1e3 * self.seconds[(share * (FRAMES - 1) as f32) as usize];
        tracing::debug!(
            "the window's work for a frame: median {:.1} ms, 99th percentile {:.1} ms, of {FRAMES}",
            quantile(0.5),
            quantile(0.99),
        );
        self.seconds.clear();
    }
}
