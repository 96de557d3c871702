//! What a run is to be: settings from a preset or a file, and the samples that belong to them.
//!
//! A report holds all that its run was: settings, seed, the files and the choice of samples, and
//! their checksum. `--settings report.json` takes all of it, and refuses other data; so does
//! `--settings-line` with a [line of text](crate::training::SettingsLine). What is given
//! besides on the command line replaces its part: `--lambda`, `--steps`, … a setting;
//! `--images` or `--data` the place of the same data; `--seed`, `--samples` and `--classes` the choice from
//! them. Only `--other-data` takes such settings to data that are not its own.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::BadInput;
use super::arguments::TrainArguments;
use crate::data::{
    Collection, DataError, DataRecord, DataSet, Place, Selection, Source, read_text, short_sum,
};
use crate::session::KeptNetwork;
use crate::training::config::Preset;
use crate::training::{LineData, RunConfig, SettingsLine};

/// What a run is to be.
#[derive(Debug)]
pub(super) struct Order {
    /// Its settings.
    pub config: RunConfig,
    /// Its samples.
    pub selection: Selection,
    /// Files of images; none for those that come with the program.
    pub images: Vec<PathBuf>,
    /// Which of those, where no file is named.
    pub collection: Collection,
    /// Labels of the first file, where they are not found by its name.
    pub labels: Option<PathBuf>,
    /// The threads of the run that is to be done again, where it is known that they matter.
    pub threads: Option<usize>,
    /// The data that the settings are from, and what says so.
    recorded: Option<(Recorded, String)>,
}

/// The data as a report names them.
#[derive(Clone, Debug, Deserialize)]
struct Recorded {
    name: String,
    sha256: String,
    selection: Selection,
    /// Reports of earlier versions do not name their files.
    #[serde(default)]
    images: Vec<String>,
    #[serde(default)]
    labels: Option<String>,
    /// Reports of earlier versions know MNIST alone.
    #[serde(default)]
    collection: Option<Collection>,
    /// The same as a settings line has them.
    #[serde(skip)]
    line: Option<LineData>,
}

/// What the settings are from, as messages call it.
const LINE: &str = "the settings line";

impl Recorded {
    /// The data of a settings line.
    fn of(line: LineData) -> Self {
        let (collection, file) = match &line.place {
            Some(Place::Shipped(collection)) => (Some(*collection), None),
            Some(Place::File(path)) => (None, Some(path.display().to_string())),
            None => (None, None),
        };
        Self {
            name: line.name(),
            sha256: line.sha256.clone(),
            selection: line.selection.clone(),
            images: file.into_iter().collect(),
            labels: None,
            collection,
            line: Some(line),
        }
    }

    /// Whether data of this checksum are these.
    fn is_of(&self, checksum: &str) -> bool {
        match &self.line {
            Some(line) => line.is_of(checksum),
            None => self.sha256 == checksum,
        }
    }

    /// Whether nothing says where the data are.
    fn is_nowhere(&self) -> bool {
        self.line.as_ref().is_some_and(|line| line.place.is_none())
    }
}

impl Order {
    /// What `arguments` ask for.
    ///
    /// # Errors
    ///
    /// [`BadInput`] if the file of settings cannot be read as such.
    pub fn of(arguments: &TrainArguments) -> Result<Self, BadInput> {
        let mut threads = None;
        let (mut config, recorded) = match (&arguments.settings, &arguments.settings_line) {
            (Some(path), _) => {
                let (config, recorded) = read(path)?;
                let of = path.display().to_string();
                (config, recorded.map(|recorded| (recorded, of)))
            }
            (None, Some(text)) => {
                let line: SettingsLine = text
                    .parse()
                    .map_err(|error| BadInput(format!("--settings-line: {error}")))?;
                threads = Some(line.threads);
                let recorded = Recorded::of(line.data);
                (line.config, Some((recorded, LINE.to_owned())))
            }
            (None, None) => (Preset::from(arguments.preset).config(), None),
        };
        let recorded = recorded.filter(|_| !arguments.other_data);
        if let Some(seed) = arguments.seed {
            config.seed = seed;
        }
        if let Some(steps) = arguments.steps {
            config.training.steps = steps;
        }
        if let Some(lambda) = arguments.lambda {
            config.training.lambda = lambda;
        }
        if let Some(code) = arguments.nc {
            config.network.code = code;
        }
        let mut selection = match &recorded {
            Some((recorded, _)) => recorded.selection.clone(),
            None => Selection {
                samples: Some(config.preset.samples()),
                ..Selection::default()
            },
        };
        let drawn = recorded.as_ref().is_some_and(|(of, _)| of.line.is_some());
        if !drawn || arguments.seed.is_some() {
            selection.seed = config.seed;
        }
        selection.samples = arguments.samples.or(selection.samples);
        selection.classes = arguments.classes.clone().or(selection.classes);
        let (mut images, mut labels) = (arguments.images.clone(), arguments.labels.clone());
        let mut collection = arguments.data.map(Collection::from);
        if images.is_empty()
            && collection.is_none()
            && let Some((recorded, _)) = &recorded
        {
            if recorded.is_nowhere() {
                return Err(BadInput(format!(
                    "{LINE} does not say where its data (sha256 {}…) are: name them by --images or \
                     --data",
                    recorded.sha256
                )));
            }
            collection = recorded.collection;
            images = recorded.images.iter().map(PathBuf::from).collect();
            labels = recorded.labels.as_ref().map(PathBuf::from);
        }
        Ok(Self {
            config,
            selection,
            images,
            collection: collection.unwrap_or_default(),
            labels,
            threads,
            recorded,
        })
    }

    /// That of a run that is taken up again, whose data are where `arguments` say if they do.
    pub fn of_kept(kept: &KeptNetwork, arguments: &TrainArguments) -> Self {
        let data = &kept.data;
        let (images, labels) = if arguments.images.is_empty() {
            let images = data.images.iter().map(PathBuf::from).collect();
            (images, data.labels.as_ref().map(PathBuf::from))
        } else {
            (arguments.images.clone(), arguments.labels.clone())
        };
        Self {
            config: kept.began().clone(),
            selection: data.selection.clone(),
            images,
            collection: data.collection,
            labels,
            threads: None,
            recorded: None,
        }
    }

    /// `data`, which it chose, by name.
    pub fn record(&self, data: &DataSet) -> DataRecord {
        let files = (&self.images[..], self.labels.as_deref());
        DataRecord::of(data, self.selection.clone(), files, self.collection)
    }

    /// The samples.
    ///
    /// # Errors
    ///
    /// [`BadInput`] if they cannot be read, or are not those of the report.
    pub fn load(&self) -> Result<DataSet, BadInput> {
        let bad = |error: DataError| BadInput(error.to_string());
        let Some((recorded, of)) = &self.recorded else {
            return self.source()?.select(&self.selection).map_err(bad);
        };
        let source = self.source().map_err(|BadInput(error)| {
            BadInput(format!(
                "{error} (its data according to {of}; --images says where they are now)"
            ))
        })?;
        let differ = |found: &str| {
            BadInput(format!(
                "the data of {of} are {} ({}), but those found are {} ({found}): name its own by \
                 --images or --data, or take its settings to these by --other-data",
                recorded.name,
                short(&recorded.sha256),
                source.name(),
            ))
        };
        let found = source
            .select(&recorded.selection)
            .map_err(|error| differ(&error.to_string()))?;
        if !recorded.is_of(found.checksum()) {
            return Err(differ(&short(found.checksum())));
        }
        if recorded.selection == self.selection {
            return Ok(found);
        }
        source.select(&self.selection).map_err(bad)
    }

    /// What the samples are chosen from.
    fn source(&self) -> Result<Source, BadInput> {
        let chosen = self.recorded.as_ref().map(|(of, _)| of.selection.samples);
        let samples = [chosen.flatten(), self.selection.samples];
        let most = samples.into_iter().flatten().max().unwrap_or(0);
        Source::of(&self.images, self.labels.as_deref(), self.collection, most)
            .map_err(|error| BadInput(error.to_string()))
    }
}

/// The beginning of a checksum.
fn short(sha256: &str) -> String {
    format!("sha256 {}", short_sum(sha256))
}

/// The settings in `path`, a report or settings alone, and the data that a report names.
fn read(path: &Path) -> Result<(RunConfig, Option<Recorded>), BadInput> {
    let bad = |what: String| BadInput(format!("{}: {what}", path.display()));
    let text = read_text(path).map_err(|error| bad(error.to_string()))?;
    let mut value: Value =
        serde_json::from_str(&text).map_err(|error| bad(format!("not JSON: {error}")))?;
    let unlike = |part: &str, error: serde_json::Error| {
        bad(format!("{part} as a report.json has them: {error}"))
    };
    let Some(settings) = value.get_mut("settings").map(Value::take) else {
        let config = serde_json::from_value(value)
            .map_err(|error| unlike("these are not settings", error))?;
        return Ok((config, None));
    };
    if settings.get("experiments").is_some() {
        return Err(bad(
            "this is the report of a study, and train does a single run: `reproduce` does studies"
                .into(),
        ));
    }
    let config = serde_json::from_value(settings)
        .map_err(|error| unlike("its settings are not settings", error))?;
    let data = value.get_mut("data").map(Value::take).ok_or_else(|| {
        bad("a report without data; the settings alone make a file of their own".into())
    })?;
    let recorded =
        serde_json::from_value(data).map_err(|error| unlike("its data are not data", error))?;
    Ok((config, Some(recorded)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::plan::Plan;

    /// What earlier versions wrote stays readable.
    #[test]
    fn the_studies_that_are_kept_are_of_known_settings() {
        for study in ["quick", "paper"] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/studies");
            let path = path.join(study).join("report.json");
            let report: Value =
                serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let plan: Plan = serde_json::from_value(report["settings"].clone()).unwrap();
            assert_eq!(plan.check(), Ok(()));
            let BadInput(said) = read(&path).unwrap_err();
            assert!(said.contains("reproduce"), "{said}");
        }
    }

    #[test]
    fn every_unknown_key_is_refused_by_name() {
        let config = serde_json::to_value(Preset::Balanced.config()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.json");
        let mut with_rbf = config.clone();
        with_rbf["prior"] = serde_json::json!({"kind": "rbf", "width": 1.0});
        let mut with_cosine = config.clone();
        with_cosine["prior"] = serde_json::json!({"kind": "cosine"});
        for (config, place) in [
            (&config, ""),
            (&config, "/prior"),
            (&config, "/network"),
            (&config, "/training"),
            (&config, "/training/pretraining"),
            (&config, "/denoising"),
            (&with_rbf, "/prior"),
            (&with_cosine, "/prior"),
        ] {
            std::fs::write(&path, config.to_string()).unwrap();
            read(&path).unwrap();
            let mut wrong = config.clone();
            wrong.pointer_mut(place).unwrap()["hiden"] = serde_json::json!([1]);
            std::fs::write(&path, wrong.to_string()).unwrap();
            let BadInput(said) = read(&path).unwrap_err();
            assert!(said.contains("`hiden`"), "{place}: {said}");
        }
    }
}
