//! What the person chose, and what of it the worker has not answered.

use super::super::loading::{DataChoice, parse_classes};
use crate::training::config::RunConfig;
use crate::view::run::apply;
use crate::worker::protocol::Setting;

/// What the person chose.
pub struct Draft {
    /// All settings.
    pub config: RunConfig,
    /// Wishes that the worker has not answered.
    asked: Vec<Setting>,
    /// The data.
    pub choice: DataChoice,
    pub(super) path: String,
    pub(super) classes: String,
    pub(super) samples: String,
    pub(super) hidden: String,
    /// Escape was pressed in the last frame.
    pub(super) escaped: bool,
    pub(super) hidden_problem: Option<String>,
    pub(super) problem: Option<String>,
}

impl Draft {
    /// The controls before anybody touches them.
    #[must_use]
    pub fn new(config: RunConfig, choice: DataChoice) -> Self {
        let mut draft = Self {
            hidden: String::new(),
            escaped: false,
            hidden_problem: None,
            path: String::new(),
            classes: String::new(),
            samples: String::new(),
            asked: Vec::new(),
            problem: None,
            config,
            choice,
        };
        draft.write_texts(usize::MAX);
        draft
    }

    /// Other settings, of a preset.
    pub fn replace(&mut self, config: RunConfig) {
        self.config = config;
        self.asked.clear();
        self.write_texts(usize::MAX);
    }

    /// Other data, of which this many samples are there.
    pub fn set_choice(&mut self, choice: DataChoice, there: usize) {
        self.choice = choice;
        self.write_texts(there);
    }

    fn write_texts(&mut self, there: usize) {
        self.hidden_problem = None;
        let join =
            |numbers: &mut dyn Iterator<Item = String>| numbers.collect::<Vec<_>>().join(", ");
        self.hidden = join(&mut self.config.network.hidden.iter().map(ToString::to_string));
        self.path = self
            .choice
            .path
            .as_ref()
            .map_or_else(String::new, |path| path.display().to_string());
        // More than there are is all of them.
        let samples = self.choice.samples.filter(|samples| *samples <= there);
        self.samples = samples.map_or_else(String::new, |samples| samples.to_string());
        self.classes = self
            .choice
            .classes
            .as_ref()
            .map_or_else(String::new, |classes| {
                join(&mut classes.iter().map(ToString::to_string))
            });
    }

    /// A setting was sent to the worker.
    pub fn ask(&mut self, setting: Setting) {
        self.asked
            .retain(|old| std::mem::discriminant(old) != std::mem::discriminant(&setting));
        self.asked.push(setting);
    }

    /// A setting took effect.
    pub fn applied(&mut self, setting: &Setting) {
        let kind = std::mem::discriminant(setting);
        match self
            .asked
            .iter()
            .position(|asked| std::mem::discriminant(asked) == kind)
        {
            // An answer to an earlier wish; the latest is still to come.
            Some(index) if self.asked[index] != *setting => {}
            Some(index) => {
                self.asked.remove(index);
            }
            None => apply(&mut self.config, setting),
        }
    }

    /// A setting was refused: back to what the run has.
    pub fn refused(&mut self, setting: &Setting, effective: Option<&RunConfig>) {
        let kind = std::mem::discriminant(setting);
        self.asked
            .retain(|asked| std::mem::discriminant(asked) != kind);
        let Some(run) = effective else { return };
        let old = match setting {
            Setting::Lambda(_) => Setting::Lambda(run.training.lambda),
            Setting::CodeSize(_) => Setting::CodeSize(run.network.code),
            Setting::LearningRate(_) => Setting::LearningRate(run.training.learning_rate),
            Setting::InputNoise(_) => Setting::InputNoise(run.training.input_noise),
            Setting::Denoising(_) => Setting::Denoising(run.denoising),
            Setting::Shown(_) => Setting::Shown(run.shown),
        };
        apply(&mut self.config, &old);
    }

    /// The choice of data as it is written in the fields.
    pub(super) fn written_choice(&self) -> Result<DataChoice, String> {
        let samples = self.samples.trim().replace(',', "");
        let samples = if samples.is_empty() {
            None
        } else {
            let wrong = |_| format!("“{samples}” is no number of samples; leave it empty for all");
            Some(samples.parse().map_err(wrong)?)
        };
        let path = self.path.trim();
        Ok(DataChoice {
            path: (!path.is_empty()).then(|| path.into()),
            collection: self.choice.collection,
            samples,
            classes: parse_classes(&self.classes)?,
            seed: self.choice.seed,
        })
    }
}
