//! What the person chose, and what of it the worker has not answered.

use super::super::loading::{DataChoice, parse_classes};
use super::super::undo::Chosen;
use crate::training::config::RunConfig;
use crate::worker::protocol::LiveSettings;

/// What the person chose.
pub struct Draft {
    /// All settings.
    pub config: RunConfig,
    /// The last wish, if the worker has not answered it.
    asked: Option<LiveSettings>,
    /// The data that the next run takes.
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
            asked: None,
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
        self.asked = None;
        self.write_texts(usize::MAX);
    }

    /// Settings that were here before, or that were pasted. What is being typed elsewhere stays.
    pub fn restore(&mut self, chosen: Chosen) {
        let other = self.choice != chosen.choice;
        self.config = chosen.config;
        self.hidden = numbers(&self.config.network.hidden);
        self.hidden_problem = None;
        if other {
            let there = chosen.choice.samples.unwrap_or(usize::MAX);
            self.set_choice(chosen.choice, there);
        }
    }

    /// The settings, and the data that the next run takes.
    #[must_use]
    pub fn chosen(&self) -> Chosen {
        Chosen {
            config: self.config.clone(),
            choice: self.choice.clone(),
        }
    }

    /// Other data, of which this many samples are there.
    pub fn set_choice(&mut self, choice: DataChoice, there: usize) {
        self.choice = choice;
        self.write_texts(there);
    }

    fn write_texts(&mut self, there: usize) {
        self.hidden_problem = None;
        self.hidden = numbers(&self.config.network.hidden);
        self.path = self
            .choice
            .path
            .as_ref()
            .map_or_else(String::new, |path| path.display().to_string());
        // More than there are is all of them.
        let samples = self.choice.samples.filter(|samples| *samples <= there);
        self.samples = samples.map_or_else(String::new, |samples| samples.to_string());
        let classes = self.choice.classes.as_deref();
        self.classes = classes.map_or_else(String::new, numbers);
    }

    /// The settings that a run takes while it goes on, as they stand.
    #[must_use]
    pub fn live(&self) -> LiveSettings {
        LiveSettings::of(&self.config)
    }

    /// They were sent to the worker.
    pub fn ask(&mut self, settings: LiveSettings) {
        self.asked = Some(settings);
    }

    /// Settings took effect. While another run is `pending`, only an answer to a wish counts: the
    /// controls have what that one begins with.
    pub fn applied(&mut self, settings: &LiveSettings, pending: bool) {
        match &self.asked {
            Some(asked) if asked == settings => self.asked = None,
            // An answer to an earlier wish; the latest is still to come.
            Some(_) => {}
            None if pending => {}
            None => settings.write(&mut self.config),
        }
    }

    /// Settings were refused: back to what the run has. If there is a later wish, its answer is still
    /// to come, and is followed.
    pub fn refused(&mut self, effective: Option<&RunConfig>) {
        self.asked = None;
        if let Some(run) = effective {
            LiveSettings::of(run).write(&mut self.config);
        }
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

/// Numbers as they are typed.
fn numbers<T: ToString>(numbers: &[T]) -> String {
    let numbers: Vec<_> = numbers.iter().map(ToString::to_string).collect();
    numbers.join(", ")
}
