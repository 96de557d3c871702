//! Files that a save menu's entry promises: written or said why not, whole, and true about what they
//! were made with.

use std::path::{Path, PathBuf};
use std::time::Instant;

use dkae_explorer::data::png;
use ndarray::Array2;
use ndarray_npy::ReadNpyExt;

use crate::round::{Failure, REST, Round, broken, is_over};
use crate::spy::lambda_before;

/// What a notice says when a file is not written.
const REFUSALS: [&str; 4] = [
    "was not saved",
    "not there yet",
    "Too many",
    "being written",
];

/// What kind of file an entry of a save menu writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Png,
    Svg,
    Csv,
    Npy,
}

impl Kind {
    /// By the entry's name.
    pub fn of(name: &str) -> Option<Self> {
        const ENDS: [(&str, Kind); 4] = [
            ("PNG", Kind::Png),
            ("SVG", Kind::Svg),
            (" as .csv", Kind::Csv),
            (" as .npy", Kind::Npy),
        ];
        let found = ENDS.iter().find(|(end, _)| name.ends_with(end));
        found.map(|&(_, kind)| kind)
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
            Self::Csv => "csv",
            Self::Npy => "npy",
        }
    }
}

/// A file that was asked for, and those of its kind that were there before.
pub struct Wanted {
    pub name: String,
    kind: Kind,
    before: Vec<PathBuf>,
}

impl Round<'_> {
    /// What a click on the entry of this name asks for.
    pub fn wanted_file(&self, name: &str) -> Option<Wanted> {
        let kind = Kind::of(name)?;
        Some(Wanted {
            name: name.to_owned(),
            kind,
            before: self.files(kind),
        })
    }

    fn files(&self, kind: Kind) -> Vec<PathBuf> {
        let mut out = Vec::new();
        find(self.place.root(), kind.extension(), &mut out);
        out
    }

    /// A file that was asked for is written, or it is said why not; and it says what its network
    /// was trained with.
    pub fn await_file(&mut self, wanted: &Wanted) -> Result<(), Failure> {
        let (began, mut frames) = (Instant::now(), 0);
        let path = loop {
            let files = self.files(wanted.kind);
            if let Some(path) = files.into_iter().find(|path| !wanted.before.contains(path)) {
                break path;
            }
            let refused = self.widgets.iter().any(|widget| {
                widget.is_notice() && REFUSALS.iter().any(|text| widget.name.contains(text))
            });
            if refused {
                return Ok(());
            }
            if is_over((began, frames)) {
                return broken("a picture is saved", format!("{} was not", wanted.name));
            }
            frames += 1;
            std::thread::sleep(REST);
            self.frames(1)?;
        };
        match wanted.kind {
            Kind::Png => match png::read(&path) {
                Ok((_, fields)) => self.picture(&path, &wanted.name, &fields),
                Err(error) => broken("a picture is whole", error.to_string()),
            },
            Kind::Svg => {
                let text = std::fs::read_to_string(&path).unwrap();
                if !text.trim_end().ends_with("</svg>") {
                    return broken("a picture is whole", path.display().to_string());
                }
                let fields: Vec<_> = (text.lines())
                    .filter_map(|line| line.trim().trim_start_matches("<desc>").split_once(": "))
                    .map(|(key, value)| (key.to_owned(), value.to_owned()))
                    .collect();
                self.picture(&path, &wanted.name, &fields)
            }
            Kind::Csv => self.table(&path),
            Kind::Npy => self.matrix(&path),
        }
    }

    /// The fields of a picture against what the worker said.
    fn picture(
        &mut self,
        path: &Path,
        name: &str,
        fields: &[(String, String)],
    ) -> Result<(), Failure> {
        self.counts.pictures += 1;
        let field = |key: &str| {
            let found = fields.iter().find(|(name, _)| name == key);
            found.map(|(_, text)| text.as_str())
        };
        if let Some(plan) = field("dkae:plan") {
            let [seed, lambda, settings] = ["dkae:seed", "dkae:lambda", "dkae:settings"].map(field);
            return of_a_study(name, plan, seed, lambda, settings);
        }
        if let Some(code) = code_of_rung(path) {
            let settings = field("dkae:settings");
            let settings = settings.and_then(|text| serde_json::from_str(text).ok());
            let settings: serde_json::Value = settings.unwrap_or_default();
            let (nc, lambda) = (
                &settings["network"]["code"],
                &settings["training"]["lambda"],
            );
            let said = field("dkae:lambda").and_then(|lambda| lambda.parse::<f64>().ok());
            if nc.as_u64() != Some(code) || said.is_none() || lambda.as_f64() != said {
                let found = format!("{name}: λ {said:?} and {settings}");
                return broken("a network's picture says its Nc and λ", found);
            }
            return Ok(());
        }
        if let Some(number) = of_rung::<usize>(path, "-pin") {
            let step = of_rung::<u64>(path, "-step");
            let said = field("dkae:step").and_then(|step| step.parse().ok());
            if step.is_some() && step != said {
                let found =
                    format!("{name}: pin {number} is of step {step:?}, the file says {said:?}");
                return broken("a pin's picture is of its own step", found);
            }
            return Ok(());
        }
        let truth = self.truth.lock().unwrap();
        let step = field("dkae:step").and_then(|step| step.parse().ok());
        let wanted = match lambda_of_rung(path) {
            Some(lambda) => step.map(|_: u64| lambda),
            None => step.and_then(|step| lambda_before(&truth.points, step)),
        };
        let said = field("dkae:lambda").and_then(|lambda| lambda.parse::<f64>().ok());
        if let (Some(wanted), Some(said)) = (wanted, said)
            && (wanted - said).abs() > 0.0
        {
            let found = format!(
                "{name}: step {step:?} was trained with λ = {wanted}, the file says {said}"
            );
            return broken("a picture says what it was trained with", found);
        }
        let seed = (truth.summary.as_ref()).map(|summary| summary.config.seed.to_string());
        if let (Some(seed), Some(said)) = (seed, field("dkae:seed"))
            && seed != said
        {
            let found = format!("{name}: seed {seed}, the file says {said}");
            return broken("a picture says what it was trained with", found);
        }
        Ok(())
    }

    /// Every row of a table of losses that is about a minibatch is what the worker said of it.
    fn table(&mut self, path: &Path) -> Result<(), Failure> {
        self.counts.tables += 1;
        let text = std::fs::read_to_string(path).unwrap();
        let truth = self.truth.lock().unwrap();
        for line in text.lines().skip(1) {
            let cells: Vec<&str> = line.split(',').collect();
            let [kind, step, _, lambda, lr, lc, _] = cells[..] else {
                return broken("a table is whole", line.to_owned());
            };
            if kind != "minibatch" {
                continue;
            }
            let [step, lambda, lr, lc] = [step, lambda, lr, lc].map(str::parse::<f64>);
            let told = truth.points.iter().any(|point| {
                Ok(point.step as f64) == step
                    && Ok(point.lambda) == lambda
                    && Ok(point.lr) == lr
                    && Ok(point.lc) == lc
            });
            if !told {
                return broken("a table says what was trained", line.to_owned());
            }
        }
        Ok(())
    }

    /// Numbers, all of them finite, as many as a kernel has.
    fn matrix(&mut self, path: &Path) -> Result<(), Failure> {
        self.counts.tables += 1;
        let file = std::fs::File::open(path).unwrap();
        let name = path.display().to_string();
        let Ok(matrix) = Array2::<f32>::read_npy(file) else {
            return broken("a matrix is whole", name);
        };
        if matrix.is_empty() || matrix.iter().any(|x| !x.is_finite()) {
            return broken("a matrix is numbers", name);
        }
        Ok(())
    }
}

/// λ in the name of a picture of a ladder's network.
fn lambda_of_rung(path: &Path) -> Option<f64> {
    of_rung(path, "-lambda")
}

/// Nc in the name of a picture of a ladder's network.
fn code_of_rung(path: &Path) -> Option<u64> {
    of_rung(path, "-nc")
}

fn of_rung<T: std::str::FromStr>(path: &Path, before: &str) -> Option<T> {
    let name = path.file_stem()?.to_str()?;
    let (_, from) = name.split_once(before)?;
    from.split('-').next()?.parse().ok()
}

/// A study's picture is of one of its seeds, and its network of the settings that it names.
fn of_a_study(
    name: &str,
    plan: &str,
    seed: Option<&str>,
    lambda: Option<&str>,
    settings: Option<&str>,
) -> Result<(), Failure> {
    let wrong = |found: String| broken("a study's picture says what it is of", found);
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap_or_default();
    let plan = read(plan);
    let seed = seed.and_then(|seed| seed.parse::<u64>().ok());
    let seeds = plan["seeds"].as_array().cloned().unwrap_or_default();
    if !seeds.iter().any(|planned| planned.as_u64() == seed) {
        return wrong(format!("{name}: seed {seed:?} of {seeds:?}"));
    }
    let Some(settings) = settings.map(read) else {
        return Ok(());
    };
    let lambda = lambda.and_then(|lambda| lambda.parse::<f64>().ok());
    if settings["seed"].as_u64() != seed || settings["training"]["lambda"].as_f64() != lambda {
        return wrong(format!(
            "{name}: seed {seed:?}, λ {lambda:?}, but {settings}"
        ));
    }
    Ok(())
}

fn find(folder: &Path, extension: &str, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            find(&path, extension, out);
        } else if path.extension().is_some_and(|found| found == extension)
            && !path.components().any(|part| part.as_os_str() == "matrices")
        {
            out.push(path);
        }
    }
}
