//! What the window's own work for a frame takes, without the wait for the screen: told to the log
//! (`RUST_LOG=dkae_explorer=debug`) every hundred frames, as median and 99th percentile.

/// Frames that are summed up in one line of the log.
const FRAMES: usize = 100;

/// Times of the last frames, in seconds.
#[derive(Default)]
pub struct FrameTimes {
    panels: Vec<f32>,
    whole: Vec<f32>,
}

impl FrameTimes {
    /// Takes the times of one more frame: of laying out the panels, and of everything up to the
    /// exchange of buffers in the frame before, which the toolkit measures.
    pub fn add(&mut self, panels: f32, whole: Option<f32>) {
        self.panels.push(panels);
        self.whole.extend(whole);
        if self.panels.len() == FRAMES {
            let (panels, whole) = (summary(&mut self.panels), summary(&mut self.whole));
            tracing::debug!("a frame's work: panels {panels}, with painting {whole}");
        }
    }
}

/// Median and 99th percentile; empties `seconds`.
fn summary(seconds: &mut Vec<f32>) -> String {
    seconds.sort_by(f32::total_cmp);
    let last = seconds.len().saturating_sub(1) as f32;
    let quantile = |share: f32| {
        let time = seconds.get((share * last).round() as usize);
        1e3 * time.copied().unwrap_or(0.0)
    };
    let text = format!("{:.1} and {:.1} ms", quantile(0.5), quantile(0.99));
    seconds.clear();
    text
}
