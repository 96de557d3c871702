//! The exhibit of one subject of a study: its kernels side by side, and its rows of images.
//!
//! It is made when the subject or what is found of it changes, and at no other time.

use std::sync::Arc;
use std::time::Instant;

use egui::{Sense, Ui, vec2};

use super::StudyIntent;
use crate::exhibit::Exhibit;
use crate::exhibit::study::Subject;
use crate::ui::digits::{Digits, Style};
use crate::ui::kernels::{Dress, Kernels};
use crate::view::StudyView;
use crate::view::study::ExhibitKey;

/// The height at which `count` kernels side by side are as wide as `width`.
#[must_use]
pub fn height(width: f32, count: usize) -> f32 {
    Dress::Study.height_for(width, count)
}

/// The exhibit of a subject.
pub struct Gallery {
    key: Option<ExhibitKey>,
    exhibit: Option<(Arc<Exhibit>, Instant)>,
    kernels: Kernels,
    digits: Digits,
}

impl Default for Gallery {
    fn default() -> Self {
        Self {
            key: None,
            exhibit: None,
            kernels: Kernels::new(Dress::Study),
            digits: Digits::new(Style::Filling),
        }
    }
}

impl Gallery {
    /// Takes the exhibit of `subject`, if it is not the one it has.
    pub fn take(&mut self, view: &StudyView, subject: Option<Subject>) {
        let key = subject.map(|subject| view.exhibit_key(subject));
        if self.key != key {
            self.key = key;
            let exhibit = subject.and_then(|subject| view.exhibit(subject));
            self.exhibit = exhibit.map(|exhibit| (Arc::new(exhibit), Instant::now()));
        }
    }

    /// Whether there is anything to see.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.exhibit.is_none()
    }

    /// All kernels of the subject from left to right, in a room of at most `height`.
    pub fn kernels(
        &mut self,
        ui: &mut Ui,
        height: f32,
        subject: Subject,
        intents: &mut Vec<StudyIntent>,
    ) {
        let Some((exhibit, made)) = &self.exhibit else {
            return;
        };
        let width = ui.available_width();
        let needed = self.kernels.height_for(width, exhibit.kernels.len());
        let (area, _) = ui.allocate_exact_size(vec2(width, height.min(needed)), Sense::hover());
        let mut save = |picture, format| intents.push(StudyIntent::Save(subject, picture, format));
        self.kernels
            .show(ui, area, (exhibit, *made), None, Some(&mut save));
        // The captions have moved the cursor back up.
        ui.advance_cursor_after_rect(area);
    }

    /// Rows of images in a room of at most `height`.
    pub fn digits(&mut self, ui: &mut Ui, height: f32) {
        if let Some((exhibit, _)) = &self.exhibit {
            self.digits.show(ui, exhibit, height);
        }
    }
}
