//! Networks that somebody pinned, to be held against what is on show: a few, as they were then.

use std::sync::Arc;

use serde_json::Value;

use super::History;
use super::scores::Figure;
use super::settings::{Difference, differences};
use crate::data::DataSet;
use crate::exhibit::{Exhibit, numbers};
use crate::training::config::RunConfig;
use crate::training::{Checkpoint, Fitted, LossPoint};

/// Pins at the most: a strip's room.
pub const MOST: usize = 4;

/// Figures of a table's row, in the order of [`Figure::ALL`].
const FIGURES: [&str; 4] = ["lc_c_p", "lc_p_ki", "lc_c_ki", "lr"];

/// A pinned network.
#[derive(Clone)]
pub struct Pin {
    /// Its number, from 1; never used twice in a window.
    pub number: usize,
    /// What there is to see of it, as it was pinned.
    pub exhibit: Arc<Exhibit>,
    /// The network.
    pub network: Arc<Checkpoint>,
    /// Its samples and the prior kernel over them, from which a run can go on.
    pub ground: Option<(Arc<DataSet>, Fitted)>,
    /// How many threads trained it.
    pub threads: usize,
    /// Its losses on validation samples until then.
    pub validation: History,
}

impl Pin {
    /// Steps taken.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.exhibit.step()
    }

    /// λ that its last step was taken under.
    #[must_use]
    pub fn lambda(&self) -> f64 {
        let network = self.exhibit.network.as_ref();
        network.map_or(self.network.config.training.lambda, |network| {
            network.lambda
        })
    }

    /// What it is called: `pin 2 · λ = 0.1, step 812`.
    #[must_use]
    pub fn name(&self) -> String {
        let step = usize::try_from(self.step()).unwrap_or(usize::MAX);
        format!(
            "pin {} · λ = {}, step {}",
            self.number,
            numbers::lambda(self.lambda()),
            numbers::count(step)
        )
    }

    /// In what its settings differ from those of `run`, what matters first.
    #[must_use]
    pub fn differences(&self, run: &RunConfig) -> Vec<Difference> {
        differences(run, &self.network.config)
    }
}

/// The pins, and which of them is on show.
#[derive(Clone, Default)]
pub struct Pins {
    pins: Vec<Pin>,
    shown: Option<usize>,
    /// The one that was on show last.
    last: Option<usize>,
    given: usize,
}

impl Pins {
    /// All of them, the oldest first.
    #[must_use]
    pub fn all(&self) -> &[Pin] {
        &self.pins
    }

    /// Whether there is room for another.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.pins.len() < MOST
    }

    /// Puts a network beside the others, if there is room; gives its number.
    pub fn add(&mut self, pin: impl FnOnce(usize) -> Pin) -> Option<usize> {
        if !self.has_room() {
            return None;
        }
        self.given += 1;
        self.pins.push(pin(self.given));
        Some(self.given)
    }

    /// Takes one away.
    pub fn remove(&mut self, number: usize) {
        self.pins.retain(|pin| pin.number != number);
        let gone = |shown: &mut Option<usize>| {
            shown.take_if(|shown| *shown == number);
        };
        gone(&mut self.shown);
        gone(&mut self.last);
    }

    /// The one that is on show in the place of the run.
    #[must_use]
    pub fn on_show(&self) -> Option<&Pin> {
        self.find(self.shown?)
    }

    fn find(&self, number: usize) -> Option<&Pin> {
        self.pins.iter().find(|pin| pin.number == number)
    }

    /// Shows one, or what was there before if it is on show already.
    pub fn swap(&mut self, number: usize) {
        if self.shown == Some(number) {
            self.shown = None;
        } else if self.find(number).is_some() {
            (self.shown, self.last) = (Some(number), Some(number));
        }
    }

    /// To the pin that was on show last (the newest, if none was), and back.
    pub fn blink(&mut self) {
        let other = self.last.or(self.pins.last().map(|pin| pin.number));
        self.shown = match self.shown {
            Some(_) => None,
            None => other,
        };
        self.last = other;
    }

    /// Takes all of them away.
    pub fn clear(&mut self) {
        self.pins.clear();
        (self.shown, self.last) = (None, None);
    }

    /// None of them is on show any more.
    pub fn leave(&mut self) {
        self.shown = None;
    }
}

/// A row of a table: what it is called, what is shown of it, its settings and λ of its last step.
pub struct Entry<'a> {
    /// Its name.
    pub name: String,
    /// What there is to see of it.
    pub exhibit: &'a Exhibit,
    /// Its settings as they are.
    pub config: &'a RunConfig,
}

/// A table of networks as CSV: a row each, with their figures on the images that they show and all of their
/// settings, by the names that settings have in files.
#[must_use]
pub fn table(entries: &[Entry<'_>]) -> String {
    let rows: Vec<Vec<(String, String)>> = entries.iter().map(row).collect();
    let mut columns: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().flatten() {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    let mut lines = vec![columns.join(",")];
    for row in &rows {
        let cell = |column: &&str| {
            let found = row.iter().find(|(name, _)| name == column);
            found.map_or_else(String::new, |(_, text)| quoted(text))
        };
        lines.push(columns.iter().map(cell).collect::<Vec<_>>().join(","));
    }
    lines.join("\n") + "\n"
}

fn row(entry: &Entry<'_>) -> Vec<(String, String)> {
    let exhibit = entry.exhibit;
    let network = exhibit.network.as_ref();
    let mut row = vec![("network".to_owned(), entry.name.clone())];
    let mut put = |name: &str, text: String| row.push((name.to_owned(), text));
    if let Some((name, checksum)) = &exhibit.made.data {
        put("data", name.clone());
        put("data_sha256", checksum.clone());
    }
    put("step", exhibit.step().to_string());
    if let Some(network) = network {
        put("last_lambda", network.lambda.to_string());
        put("images", network.scores.samples.to_string());
        put("set", exhibit.images.set.name().to_owned());
        for (name, figure) in FIGURES.into_iter().zip(Figure::ALL) {
            let value = figure.of(&network.scores);
            put(
                name,
                value.map_or_else(String::new, |value| value.to_string()),
            );
        }
    }
    if let Ok(settings) = serde_json::to_value(entry.config) {
        flatten("", &settings, &mut put);
    }
    row
}

/// Every number and text of `value` under its name, with those that it stands in before it.
fn flatten(name: &str, value: &Value, put: &mut dyn FnMut(&str, String)) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let name = if name.is_empty() {
                    key.clone()
                } else {
                    format!("{name}.{key}")
                };
                flatten(&name, value, put);
            }
        }
        Value::Null => put(name, String::new()),
        Value::String(text) => put(name, text.clone()),
        other => put(name, other.to_string()),
    }
}

/// A cell of CSV.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// Losses on validation samples as a history, but for those after `step`.
#[must_use]
pub fn until(step: u64, points: &[LossPoint]) -> History {
    let mut history = History::default();
    let end = points.partition_point(|point| point.step <= step);
    history.extend(&points[..end]);
    history
}

#[cfg(test)]
#[path = "pins_tests.rs"]
mod tests;
