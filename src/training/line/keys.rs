//! The settings in a line: keys, types and what may be `none`, all as [`RunConfig`] has them.

use serde_json::{Map, Value};

use super::words::Words;
use super::{LineError, list, name, wrong};
use crate::training::config::{
    CopiesConfig, Preset, PretrainingConfig, PriorConfig, Ramp, RunConfig,
};

/// What stands for a setting that is off.
const NONE: &str = "none";

/// Settings that come first in a line, as most talk is of them.
const FIRST: [&str; 3] = ["seed", "lambda", "code"];

/// A setting, or a group of them that can be off.
struct Key {
    /// What it is called in a line.
    name: String,
    /// Where it stands among the settings.
    path: Vec<String>,
    /// A value of its type.
    sample: Value,
    /// Whether it can be off.
    optional: bool,
}

/// All keys of settings with this prior kernel, groups before their parts.
pub(super) struct Keys {
    all: Vec<Key>,
    complete: Value,
}

/// Settings of which nothing is off.
fn complete(prior: PriorConfig) -> RunConfig {
    let mut config = RunConfig {
        prior,
        ..RunConfig::default()
    };
    let training = &mut config.training;
    training.clip_norm = Some(1.0);
    training.ramp = Some(Ramp::default());
    training.projection = Some(1);
    training.copies = Some(CopiesConfig::default());
    training.pretraining = Some(PretrainingConfig {
        steps_per_layer: 1,
        learning_rate: 1e-3,
    });
    config
}

/// Settings as JSON; they hold nothing that has none. What files leave out as long as it is usual is there too.
fn json(config: &RunConfig) -> Value {
    let mut value = serde_json::to_value(config).unwrap_or_default();
    if let PriorConfig::Pck(pck) = &config.prior {
        value["prior"]["min_components"] = pck.min_components.into();
    }
    value
}

/// What is at `path`; `Null` for nothing.
fn at<'a>(value: &'a Value, path: &[String]) -> &'a Value {
    path.iter().fold(value, |value, part| &value[part.as_str()])
}

/// Puts `new` at `path`; the parts before it become groups where they are none.
fn put(value: &mut Value, path: &[String], new: Value) {
    let Some((last, before)) = path.split_last() else {
        return;
    };
    let mut place = value;
    for part in before {
        if !place[part.as_str()].is_object() {
            place[part.as_str()] = Value::Object(Map::new());
        }
        place = &mut place[part.as_str()];
    }
    place[last.as_str()] = new;
}

/// The name of the setting at `path`.
fn called(path: &[String]) -> String {
    let path = match path {
        [group, rest @ ..] if !rest.is_empty() && (group == "training" || group == "network") => {
            rest
        }
        [group, kind] if kind == "kind" => std::slice::from_ref(group),
        all => all,
    };
    path.join(".")
}

impl Keys {
    fn with(prior: PriorConfig) -> Self {
        let complete = json(&complete(prior));
        let mut keys = Self {
            all: Vec::new(),
            complete: complete.clone(),
        };
        keys.add(&mut Vec::new(), &complete);
        keys.all.sort_by_key(|key| {
            let first = FIRST.iter().position(|first| *first == key.name);
            first.unwrap_or(FIRST.len())
        });
        keys
    }

    fn add(&mut self, path: &mut Vec<String>, sample: &Value) {
        let optional = !path.is_empty() && self.holds(path, Value::Null).is_ok();
        if optional || !sample.is_object() {
            self.all.push(Key {
                name: called(path),
                path: path.clone(),
                sample: sample.clone(),
                optional,
            });
        }
        for (part, sample) in sample.as_object().into_iter().flatten() {
            path.push(part.clone());
            self.add(path, sample);
            path.pop();
        }
    }

    /// Whether settings can have `value` at `path`; else what serde says.
    fn holds(&self, path: &[String], value: Value) -> Result<(), String> {
        let mut changed = self.complete.clone();
        put(&mut changed, path, value);
        let read = serde_json::from_value::<RunConfig>(changed);
        read.map(|_| ()).map_err(|error| error.to_string())
    }

    /// The settings of a line that begins with `preset`.
    pub fn of(preset: Preset, words: &mut Words) -> Result<RunConfig, LineError> {
        let preset = preset.config();
        let prior = prior(&preset, words)?;
        let keys = Self::with(prior);
        let mut settings = json(&preset);
        if std::mem::discriminant(&prior) != std::mem::discriminant(&preset.prior) {
            let mut only = Map::new();
            only.insert(
                "kind".into(),
                json(&complete(prior))["prior"]["kind"].clone(),
            );
            settings["prior"] = Value::Object(only);
        }
        // A preset has a name of its own among the words.
        for key in keys.all.iter().filter(|key| key.name != "preset") {
            let Some(text) = words.take(&key.name) else {
                continue;
            };
            let value = keys.value(key, &text)?;
            if value.is_null() {
                let part = (keys.all.iter())
                    .find(|part| part.is_part_of(key) && words.get(&part.name).is_some());
                if let Some(part) = part {
                    let (group, part) = (key.name.clone(), part.name.clone());
                    return Err(LineError::Conflict { group, part });
                }
            }
            put(&mut settings, &key.path, value);
        }
        keys.whole(&settings)?;
        let read = serde_json::from_value(settings);
        read.map_err(|error| LineError::Settings(error.to_string()))
    }

    /// What a text says for a key.
    fn value(&self, key: &Key, text: &str) -> Result<Value, LineError> {
        let or_none = if key.optional { ", or none" } else { "" };
        let expected = |what: &str| wrong(&key.name, text.to_owned(), format!("{what}{or_none}"));
        if key.optional && text == NONE {
            return Ok(Value::Null);
        }
        let value = match &key.sample {
            Value::Bool(_) => match text {
                "true" => Some(true.into()),
                "false" => Some(false.into()),
                _ => return Err(expected("true or false")),
            },
            Value::Number(sample) if sample.is_f64() => real(text).map(Value::from),
            Value::Number(_) => whole(text).map(Value::from),
            Value::Array(_) => whole_list(text).map(Value::from),
            Value::Object(_) => {
                let parts = self.all.iter().filter(|part| part.is_part_of(key));
                let parts: Vec<_> = parts.map(|part| part.name.as_str()).collect();
                return Err(wrong(
                    &key.name,
                    text.to_owned(),
                    format!("none, or said by its parts {}", parts.join(", ")),
                ));
            }
            Value::String(_) | Value::Null => Some(text.into()),
        };
        let value = value.ok_or_else(|| {
            expected(match &key.sample {
                Value::Number(sample) if sample.is_f64() => "a number",
                Value::Number(_) => "a whole number",
                _ => "a list of whole numbers such as [256,512]",
            })
        })?;
        match self.holds(&key.path, value.clone()) {
            Ok(()) => Ok(value),
            Err(told) => Err(expected(&format!("of another kind ({told})"))),
        }
    }

    /// Looks whether all settings are there.
    fn whole(&self, settings: &Value) -> Result<(), LineError> {
        let missing = self.all.iter().find(|key| {
            let (_, group) = key.path.split_last().unwrap_or((&key.name, &[]));
            !key.optional && at(settings, group).is_object() && at(settings, &key.path).is_null()
        });
        missing.map_or(Ok(()), |key| Err(LineError::Missing(key.name.clone())))
    }
}

impl Key {
    fn is_part_of(&self, group: &Self) -> bool {
        self.path.len() > group.path.len() && self.path.starts_with(&group.path)
    }
}

/// All names of settings with this prior kernel.
#[cfg(test)]
pub(super) fn names(prior: PriorConfig) -> Vec<String> {
    let keys = Keys::with(prior).all.into_iter();
    keys.map(|key| key.name).collect()
}

/// The kind of prior kernel that a line has: its own, or the preset's.
fn prior(preset: &RunConfig, words: &Words) -> Result<PriorConfig, LineError> {
    let Some(wanted) = words.get("prior") else {
        return Ok(preset.prior);
    };
    let kind = |prior: &PriorConfig| name(&json(&complete(*prior))["prior"]["kind"]);
    let found = PriorConfig::each().into_iter().find(|p| kind(p) == wanted);
    found.ok_or_else(|| {
        let kinds: Vec<_> = PriorConfig::each().iter().map(kind).collect();
        let expected = format!("one of {}", kinds.join(", "));
        wrong("prior", wanted.to_owned(), expected)
    })
}

/// What of `config` is not its preset's, as keys and values; and always the seed.
pub(super) fn written(config: &RunConfig) -> Vec<(String, String)> {
    let (preset, settings) = (json(&config.preset.config()), json(config));
    let same_prior = preset["prior"]["kind"] == settings["prior"]["kind"];
    let keys = Keys::with(config.prior);
    let mut out = Vec::new();
    for key in keys.all.iter().filter(|key| key.name != "preset") {
        let other_kernel = key.path[0] == "prior" && !same_prior;
        let before = if other_kernel {
            &Value::Null
        } else {
            at(&preset, &key.path)
        };
        let now = at(&settings, &key.path);
        let of_group = key.sample.is_object() && !now.is_null();
        // Of what is off, the parts are not there.
        let off = key.path.len() > 1 && at(&settings, &key.path[..key.path.len() - 1]).is_null();
        if key.name != "seed" && (now == before || of_group || off) {
            continue;
        }
        out.push((key.name.clone(), written_value(now)));
    }
    out
}

/// A value as it stands in a line.
fn written_value(value: &Value) -> String {
    match value {
        Value::Null => NONE.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) => list(values),
        other => other.to_string(),
    }
}

/// A key that is none, and those that are meant perhaps.
pub(super) fn unknown(key: &str, config: &RunConfig) -> LineError {
    let kind = json(config)["prior"]["kind"].clone();
    let hint = match key.strip_prefix("prior.") {
        Some(_) => format!(" (the prior kernel is {})", name(kind)),
        None => String::new(),
    };
    LineError::Unknown(key.to_owned(), hint)
}

/// A whole number in digits alone.
pub(super) fn whole(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

/// `[256,512]`.
pub(super) fn whole_list(text: &str) -> Option<Vec<u64>> {
    let inside = text.strip_prefix('[')?.strip_suffix(']')?;
    if inside.is_empty() {
        return Some(Vec::new());
    }
    inside.split(',').map(whole).collect()
}

/// A number as Rust and JSON write it, to the bit; neither infinite nor none.
fn real(text: &str) -> Option<f64> {
    let sound = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
    let number: f64 = text.chars().all(sound).then(|| text.parse().ok())??;
    number.is_finite().then_some(number)
}
