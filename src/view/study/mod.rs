//! A study as the window knows it: the newest of its snapshots, what the figures and tables make
//! of it, and what a person has picked out.

mod figures;
mod now;

use std::path::Path;
use std::sync::Arc;

pub use figures::{Figures, SpectrumCurves, Table2, with_deviation};
pub use now::{Watched, progress_text, watched};

use crate::exhibit::Exhibit;
use crate::exhibit::study::{Found, Subject};
use crate::experiment::findings::{Findings, Network};
use crate::experiment::plan::{Experiment, Plan, Recipe};
use crate::worker::study_protocol::{
    StudyCommand, StudyProgress, StudySnapshot, StudyState, Watch,
};

/// m of the first `K_m` that is drawn: where the paper's curves cross.
const FIRST_M: usize = 16;

/// The fold of a study's snapshots.
#[derive(Default)]
pub struct StudyView {
    /// Counts studies, so that what was drawn for one is not taken for another's.
    generation: u64,
    plan: Option<Arc<Plan>>,
    snapshot: Option<Arc<StudySnapshot>>,
    /// What was known of the same study before it was started (again); it stays on show until the
    /// study has read its folder.
    held: Option<Arc<StudySnapshot>>,
    lost: Option<String>,
    asked: Option<StudyCommand>,
    figures: Figures,
    found: usize,
    selected: Option<Recipe>,
    /// Whether a person chose the run; until then the newest one is shown.
    chosen: bool,
    seed: Option<u64>,
    m: Option<usize>,
}

impl StudyView {
    /// A study was started; what is known goes, unless it is of the same study.
    pub fn expect(&mut self, plan: Arc<Plan>, folder: &Path) {
        let same = |s: &Arc<StudySnapshot>| s.plan == plan && s.folder == folder;
        let held = self.snapshot.take().filter(same);
        let findings = held.as_ref().map(|held| &held.findings);
        let mut next = Self {
            generation: self.generation + 1,
            figures: Figures::of(&plan, findings.unwrap_or(&Findings::default())),
            found: findings.map_or(0, count),
            m: self.m,
            ..Self::default()
        };
        if held.is_some() {
            next.selected = self.selected;
            next.chosen = self.chosen;
            next.seed = self.seed;
        }
        next.plan = Some(plan);
        next.held = held;
        *self = next;
    }

    /// Takes what was read in the folder while no study runs; nothing for a folder without a
    /// study.
    pub fn read(&mut self, found: Option<Arc<StudySnapshot>>) {
        let chosen = self.selected.filter(|_| self.chosen);
        *self = Self {
            generation: self.generation + 1,
            m: self.m,
            seed: self.seed,
            ..Self::default()
        };
        let Some(found) = found else { return };
        if let Some(recipe) = chosen.filter(|recipe| found.findings.network(recipe).is_some()) {
            self.selected = Some(recipe);
            self.chosen = true;
        }
        self.take(found);
    }

    /// Takes the newest snapshot.
    pub fn take(&mut self, mut snapshot: Arc<StudySnapshot>) {
        if self
            .asked
            .is_some_and(|asked| answers(&snapshot.state, asked))
        {
            self.asked = None;
        }
        if let Some(held) = &self.held {
            if snapshot.origin.is_some() {
                self.held = None;
            } else {
                // It has not read its folder yet.
                let mut with = (*snapshot).clone();
                with.findings = held.findings.clone();
                with.progress = held.progress.clone();
                snapshot = Arc::new(with);
            }
        }
        let found = count(&snapshot.findings);
        if found != self.found || self.snapshot.is_none() {
            self.found = found;
            self.figures = Figures::of(&snapshot.plan, &snapshot.findings);
        }
        self.plan = Some(Arc::clone(&snapshot.plan));
        self.snapshot = Some(snapshot);
        if !self.chosen {
            self.selected = self.newest();
        }
    }

    /// The newest network of a sweep.
    fn newest(&self) -> Option<Recipe> {
        let plan = self.plan.as_deref()?;
        let of_a_sweep = |recipe: &Recipe| {
            [Experiment::Fig3a, Experiment::Fig3b]
                .iter()
                .any(|&e| plan.has(e) && plan.recipes(e, recipe.seed).contains(recipe))
        };
        let networks = self.findings()?.networks.iter().rev();
        networks
            .map(|network| network.figures.recipe)
            .find(of_a_sweep)
    }

    /// The study's thread is gone without a word.
    pub fn lost(&mut self, message: String) {
        self.lost = Some(message);
    }

    /// A command was sent; it is answered by another state.
    pub fn ask(&mut self, command: StudyCommand) {
        self.asked = Some(command);
    }

    /// The command that has not been answered yet.
    #[must_use]
    pub fn asked(&self) -> Option<StudyCommand> {
        self.asked
    }

    /// Where the study is; `None` if there is none or it has not spoken yet.
    #[must_use]
    pub fn state(&self) -> Option<StudyState> {
        if let Some(message) = &self.lost {
            return Some(StudyState::Failed(message.clone()));
        }
        self.snapshot
            .as_ref()
            .map(|snapshot| snapshot.state.clone())
    }

    /// Whether a study was started that has not spoken yet.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.plan.is_some() && self.snapshot.is_none() && self.lost.is_none()
    }

    /// Whether a study works or waits.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_pending() || self.state().is_some_and(|state| !state.is_over())
    }

    /// The plan of the study.
    #[must_use]
    pub fn plan(&self) -> Option<&Arc<Plan>> {
        self.plan.as_ref()
    }

    /// The newest snapshot.
    #[must_use]
    pub fn snapshot(&self) -> Option<&Arc<StudySnapshot>> {
        self.snapshot.as_ref()
    }

    /// What there is to see of the task at hand.
    #[must_use]
    pub fn watch(&self) -> Option<&Watch> {
        let open = self.snapshot.as_ref().filter(|_| self.is_open());
        open.and_then(|snapshot| snapshot.watch.as_deref())
    }

    /// Tasks that are done and in all, of a study that does not run; `None` before anything is
    /// known of it.
    #[must_use]
    pub fn rest(&self) -> Option<(usize, usize)> {
        let known = self.progress().filter(|_| !self.is_open());
        known
            .map(|progress| progress.tasks)
            .filter(|&(_, all)| all > 0)
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> Option<&StudyProgress> {
        self.snapshot.as_ref().map(|snapshot| &snapshot.progress)
    }

    /// What it has found.
    #[must_use]
    pub fn findings(&self) -> Option<&Findings> {
        let known = self.snapshot.as_ref().or(self.held.as_ref());
        known.map(|snapshot| &snapshot.findings)
    }

    /// Curves and tables.
    #[must_use]
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// The run that is shown.
    #[must_use]
    pub fn selected(&self) -> Option<Recipe> {
        self.selected
    }

    /// Its network.
    #[must_use]
    pub fn selected_network(&self) -> Option<&Arc<Network>> {
        self.findings()?.network(&self.selected?)
    }

    /// Shows a run.
    pub fn select(&mut self, recipe: Recipe) {
        self.selected = Some(recipe);
        self.chosen = true;
        self.seed = Some(recipe.seed);
    }

    /// Shows another seed, and the selected run's twin under it if that is done.
    pub fn choose_seed(&mut self, seed: u64) {
        self.seed = Some(seed);
        let twin = self.selected.map(|recipe| Recipe { seed, ..recipe });
        if let (Some(twin), Some(findings)) = (twin, self.findings())
            && findings.network(&twin).is_some()
        {
            self.selected = Some(twin);
            self.chosen = true;
        }
    }

    /// Of `seeds`, the one that is shown: the chosen one if it is among them, else the first.
    #[must_use]
    pub fn shown_seed(&self, seeds: &[u64]) -> Option<u64> {
        let chosen = self.seed.filter(|seed| seeds.contains(seed));
        chosen.or_else(|| seeds.first().copied())
    }

    /// Of the runs behind a point of a sweep, the one that a click on it shows.
    #[must_use]
    pub fn run_of(&self, recipes: &[Recipe]) -> Option<Recipe> {
        let seeds: Vec<u64> = recipes.iter().map(|recipe| recipe.seed).collect();
        let seed = self.shown_seed(&seeds)?;
        recipes.iter().find(|recipe| recipe.seed == seed).copied()
    }

    /// m of the `K_m` that is drawn.
    #[must_use]
    pub fn m(&self) -> usize {
        self.m.unwrap_or(FIRST_M)
    }

    /// Draws another `K_m`.
    pub fn set_m(&mut self, m: usize) {
        self.m = Some(m.max(1));
    }

    /// What tells whether the exhibit of `subject` has to be made anew.
    #[must_use]
    pub fn exhibit_key(&self, subject: Subject) -> ExhibitKey {
        ExhibitKey {
            generation: self.generation,
            found: self.found,
            subject,
        }
    }

    /// The exhibit of `subject`, as far as it is there.
    #[must_use]
    pub fn exhibit(&self, subject: Subject) -> Option<Exhibit> {
        self.found()?.exhibit(subject)
    }

    /// The study as far as exhibits are made of it.
    fn found(&self) -> Option<Found<'_>> {
        let origin = self.snapshot().and_then(|s| s.origin.as_deref());
        Some(Found {
            plan: self.plan.as_ref()?,
            findings: self.findings()?,
            data: origin.map(|origin| (origin.data.as_str(), origin.checksum.as_str())),
            collection: origin.and_then(|origin| origin.collection),
        })
    }
}

/// A subject at a state of a study.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExhibitKey {
    generation: u64,
    found: usize,
    subject: Subject,
}

/// Results there are.
fn count(findings: &Findings) -> usize {
    findings.networks.len()
        + findings.spectra.len()
        + findings.courses.len()
        + findings.denoising.len()
        + findings.code_spaces.len()
        + findings.seeds.len()
}

/// Whether a study in `state` has done what was `asked` of it, or never will.
fn answers(state: &StudyState, asked: StudyCommand) -> bool {
    match asked {
        StudyCommand::Pause => *state != StudyState::Working,
        StudyCommand::Resume => *state != StudyState::Paused,
        StudyCommand::Stop => state.is_over(),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
