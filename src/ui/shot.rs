//! A picture of the window, taken while it is painted bare: without notices, help and menus.
//!
//! The picture is asked for with one frame and taken with one of the next, so the window stays
//! bare until it is there.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use egui::{ColorImage, Context};

/// What a picture is for.
pub enum Purpose {
    /// A file, with its text fields.
    File(PathBuf, Vec<(String, String)>),
    /// The page that explains the window.
    Help,
}

/// Frames after which no picture is to be expected any more.
const PATIENCE: u32 = 30;

/// A picture that is being taken.
pub struct Shot {
    purpose: Purpose,
    frames: u32,
    taken: Arc<Mutex<Option<Arc<ColorImage>>>>,
}

impl Shot {
    /// Begins to take one.
    #[must_use]
    pub fn new(ctx: &Context, purpose: Purpose) -> Self {
        ctx.request_repaint();
        Self {
            purpose,
            frames: 0,
            taken: Arc::default(),
        }
    }

    /// A bare frame is being painted. Gives the picture once it is there, or nothing in its place
    /// if none comes; `Err` while it is awaited.
    pub fn painted(self, ctx: &Context) -> Result<(Purpose, Option<Arc<ColorImage>>), Self> {
        let taken = self.taken.lock().ok().and_then(|mut taken| taken.take());
        if taken.is_some() || self.frames > PATIENCE {
            return Ok((self.purpose, taken));
        }
        if self.frames == 0 {
            let (taken, waker) = (Arc::clone(&self.taken), ctx.clone());
            ctx.request_screenshot(move |image| {
                if let Ok(mut taken) = taken.lock() {
                    *taken = Some(image);
                }
                waker.request_repaint();
            });
        }
        ctx.request_repaint();
        Err(Self {
            frames: self.frames + 1,
            ..self
        })
    }
}
