//! Fig. 4 in the paper's arrangement: digits above, kernels below.

use egui::Ui;

use super::gallery::Gallery;
use super::{StudyIntent, heading, placeholder, seeds_row};
use crate::exhibit::study::Subject;
use crate::experiment::plan::Experiment;
use crate::ui::theme::UNIT;
use crate::view::StudyView;

/// The share of the height that the digits get.
const UPPER: f32 = 0.36;

/// The tab.
#[derive(Default)]
pub struct Fig4 {
    gallery: Gallery,
}

impl Fig4 {
    /// Shows the digits and the kernels of a seed.
    pub fn show(&mut self, ui: &mut Ui, view: &StudyView, intents: &mut Vec<StudyIntent>) {
        let seeds = with_pictures(view);
        let seed = view.shown_seed(&seeds);
        let subject = seed.map(Subject::Fig4);
        self.gallery.take(view, subject);
        let Some(subject) = subject.filter(|_| !self.gallery.is_empty()) else {
            let rect = ui.available_rect_before_wrap();
            placeholder(
                ui,
                rect,
                "Images and their reconstructions under λ = 0.75 and 0.1; below, P and the kernels of the codes under λ = 0 and 0.1, sorted by class.",
            );
            return;
        };
        ui.horizontal(|ui| {
            heading(
                ui,
                "Test images and their reconstructions",
                Experiment::Fig4,
            );
            if let Some(seed) = seeds_row(ui, &seeds, seed) {
                intents.push(StudyIntent::Seed(seed));
            }
        });
        let height = ui.available_height();
        self.gallery.digits(ui, height * UPPER);
        ui.add_space(UNIT);
        let height = ui.available_height();
        self.gallery.kernels(ui, height, subject, intents);
    }
}

/// The seeds that have pictures, and a network of the figure.
pub(super) fn with_pictures(view: &StudyView) -> Vec<u64> {
    let (Some(plan), Some(findings)) = (view.plan(), view.findings()) else {
        return Vec::new();
    };
    let has = |seed: &&u64| {
        let mut recipes = plan.recipes(Experiment::Fig4, **seed).into_iter();
        findings.seed(**seed).is_some() && recipes.any(|r| findings.network(&r).is_some())
    };
    plan.seeds.iter().filter(has).copied().collect()
}
