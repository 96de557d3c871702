//! The settings as a whole in the application: changes are taken back and made again, and settings
//! go out and come in as a line of text.
//!
//! A line that comes in is taken only with its data: those on show if they have its checksum, else
//! those that are read at its place, or of the file on show. Until they are there nothing changes.

use std::sync::Arc;

use egui::{Context, Event, Popup, ViewportCommand};

use super::App;
use crate::data::{DataSet, Place, Split};
use crate::training::SettingsLine;
use crate::ui::intent::Intent;
use crate::ui::loading::{DataChoice, Loaded, Why};
use crate::ui::undo::{self, Chosen, SettingsIntent};
use crate::view::beside::Beside;
use crate::view::copied::Copied;
use crate::view::settings::{Difference, differences};

/// Frames after which nothing is to be expected of the clipboard any more.
const PATIENCE: u32 = 20;

/// Changes that a note of what was pasted names.
const NAMED: usize = 4;

/// Data that are there for the next run.
pub(super) struct Ready {
    choice: DataChoice,
    data: Arc<DataSet>,
}

impl App {
    /// Keys and pastes that are of the settings as a whole.
    pub(super) fn whole_keys(&mut self, ctx: &Context, intents: &mut Vec<Intent>) {
        let elsewhere = self.help.is_open()
            || self.key_list.is_open()
            || !self.page.is_of_the_run()
            || Popup::is_any_open(ctx);
        let ours = !elsewhere && !ctx.text_edit_focused();
        if !ours && self.paste_asked.is_none() {
            return;
        }
        let pasted = ctx.input(|input| {
            input.events.iter().find_map(|event| match event {
                Event::Paste(text) => Some(text.clone()),
                _ => None,
            })
        });
        let keys = || {
            if ours && !self.draws() {
                undo::keys(ctx)
            } else {
                None
            }
        };
        let wish = pasted.map(SettingsIntent::Paste).or_else(keys);
        if matches!(wish, Some(SettingsIntent::Paste(_))) {
            self.paste_asked = None;
        }
        intents.extend(wish.map(Intent::Settings));
        if let Some(frames) = &mut self.paste_asked {
            *frames += 1;
            if *frames > PATIENCE {
                self.paste_asked = None;
                let text = "Nothing was pasted: there is no text on the clipboard. Copy a settings line first.";
                self.notice(text, true);
            }
            ctx.request_repaint();
        }
    }

    /// Carries out a wish.
    pub(super) fn act_on_whole(&mut self, ctx: &Context, intent: SettingsIntent) {
        match intent {
            SettingsIntent::Undo => {
                let before = self.history.undo(&self.draft.chosen());
                self.take_chosen(before);
            }
            SettingsIntent::Redo => {
                let after = self.history.redo(&self.draft.chosen());
                self.take_chosen(after);
            }
            SettingsIntent::Copy => match self.copied() {
                Some(Copied { line, told }) => {
                    ctx.copy_text(line.to_string());
                    self.notice(told, false);
                }
                None => self.notice("There is no run whose settings could be copied.", true),
            },
            SettingsIntent::AskPaste => {
                self.paste_asked = Some(0);
                ctx.send_viewport_cmd(ViewportCommand::RequestPaste);
                ctx.request_repaint();
            }
            SettingsIntent::Paste(text) => self.paste(&text),
        }
    }

    /// The settings of what is on show, as a line.
    fn copied(&self) -> Option<Copied> {
        let record = |checksum: &str| self.sessions.record(checksum);
        let threads = self.threads_on_show()?;
        match self.on_show() {
            Some(beside) => {
                let exhibit = beside.exhibit();
                let (_, checksum) = exhibit.made.data.as_ref()?;
                Copied::of_beside(exhibit, record(checksum).as_deref(), threads)
            }
            None => {
                let record = record(&self.run.summary.as_ref()?.checksum);
                Copied::of_run(&self.run, record.as_deref(), threads)
            }
        }
    }

    /// How many threads trained the network on show, or began to.
    pub(super) fn threads_on_show(&self) -> Option<usize> {
        match self.on_show() {
            Some(Beside::Rung(rung)) => Some(self.ladder.threads_of(rung)),
            Some(Beside::Pin(pin)) => Some(pin.threads),
            None => self.run_threads(),
        }
    }

    /// How many threads the run began on.
    pub(super) fn run_threads(&self) -> Option<usize> {
        let summary = self.run.summary.as_ref()?;
        let begun = self.begun.filter(|(run, _)| Some(*run) == self.run.run());
        Some(begun.map_or(summary.threads, |(_, threads)| threads))
    }

    /// Has the controls show `chosen` settings, as if they were typed: what acts at once does.
    fn take_chosen(&mut self, chosen: Option<Chosen>) {
        let Some(chosen) = chosen else { return };
        let before = self.draft.live();
        self.draft.restore(chosen);
        let live = self.draft.live();
        if live == before {
            return;
        }
        if live.trains_otherwise(&before) {
            // What is done to the run is to be seen.
            self.pins.leave();
            self.ladder.view.leave();
        }
        self.set(live);
    }

    /// Takes a settings line, or begins to read its data.
    fn paste(&mut self, text: &str) {
        let line: SettingsLine = match text.parse() {
            Ok(line) => line,
            Err(error) => return self.not_pasted(&error.to_string()),
        };
        let is_of_line = |data: &DataSet| {
            let checksum = data.known_checksum();
            checksum.is_some_and(|checksum| line.data.is_of(checksum))
        };
        let held = self.data.as_ref().map(|data| (&self.held, data));
        let ready = self
            .ready
            .as_ref()
            .map(|ready| (&ready.choice, &ready.data));
        let mut known = held.into_iter().chain(ready);
        if let Some((choice, data)) = known.find(|(_, data)| is_of_line(data)) {
            let (choice, data) = (choice.clone(), Arc::clone(data));
            return self.pasted(&line, choice, data);
        }
        let mut places = self.places(&line);
        if places.is_empty() {
            return self.not_pasted(&format!(
                "the line does not say where its data (sha256 {}…) are: open them first, then paste it",
                line.data.sha256
            ));
        }
        let first = places.remove(0);
        self.read_for_paste(first, line, places);
    }

    /// Where the data of a line may be.
    fn places(&self, line: &SettingsLine) -> Vec<DataChoice> {
        let data = &line.data;
        let choice = |path, collection| DataChoice {
            path,
            collection,
            samples: data.selection.samples,
            classes: data.selection.classes.clone(),
            seed: data.selection.seed,
        };
        let mut places = Vec::new();
        if let Some(place) = &data.place {
            let collection = match place {
                Place::Shipped(collection) => *collection,
                Place::File(_) => self.held.collection,
            };
            places.push(choice(place.file(data.samples()), collection));
        }
        // Somebody's own copy of a file that stands elsewhere.
        let here = choice(self.held.path.clone(), self.held.collection);
        if here.path.is_some() && !places.contains(&here) {
            places.push(here);
        }
        places
    }

    fn read_for_paste(&mut self, choice: DataChoice, line: SettingsLine, more: Vec<DataChoice>) {
        if !self.loader.load(choice, Why::Paste(Box::new(line), more)) {
            self.not_pasted("too many files are being read; wait for them, then paste it again");
        }
    }

    /// Data that a pasted line may be of were read, or were not.
    pub(super) fn read_for_line(
        &mut self,
        loaded: Loaded,
        line: SettingsLine,
        more: Vec<DataChoice>,
    ) {
        let problem = match loaded.result {
            Ok(data) if line.data.is_of(data.checksum()) => {
                return self.pasted(&line, loaded.choice, data);
            }
            Ok(data) => format!("those of {} that are found here are others", data.name()),
            Err(error) => error,
        };
        let mut more = more.into_iter();
        if let Some(next) = more.next() {
            return self.read_for_paste(next, line, more.collect());
        }
        self.not_pasted(&format!(
            "its data are {} (sha256 {}…), and {problem}. Open your copy of them first, then paste it \
             again",
            line.data.name(),
            line.data.sha256
        ));
    }

    /// The line and its data are there: they are taken if they go together.
    fn pasted(&mut self, line: &SettingsLine, choice: DataChoice, data: Arc<DataSet>) {
        let split = Split::new(data.len(), line.config.seed);
        if let Err(error) = line.config.check(&data, &split) {
            return self.not_pasted(&error.to_string());
        }
        let mut changes = differences(&self.draft.config, &line.config);
        if choice != self.draft.choice {
            changes.push(Difference {
                name: "Data",
                from: self.next_data_name(),
                to: data.name().to_owned(),
                needs_new_run: true,
            });
        }
        self.ready = Some(Ready {
            choice: choice.clone(),
            data,
        });
        self.take_chosen(Some(Chosen {
            config: line.config.clone(),
            choice,
        }));
        let mut text = told(&changes);
        let here = self.run.summary.as_ref().map(|summary| summary.threads);
        if let Some(here) = here.filter(|&here| here != line.threads) {
            text += &format!(
                " It was computed on {} threads and is here on {here}: last digits may differ.",
                line.threads
            );
        }
        self.notice(text, false);
    }

    fn not_pasted(&mut self, why: &str) {
        self.notice(format!("Nothing was pasted: {why}."), true);
    }

    /// Puts the data that the next run is to take into their place. `false` if they have to be read
    /// first, which begins.
    pub(super) fn has_next_data(&mut self) -> bool {
        let wanted = self.draft.choice.clone();
        if self.data.is_none() || wanted == self.held {
            return true;
        }
        match self.ready.take() {
            Some(ready) if ready.choice == wanted => {
                self.sessions.know(&ready.data, &wanted);
                self.data = Some(ready.data);
                self.held = wanted;
                true
            }
            _ => {
                self.load(wanted);
                false
            }
        }
    }

    /// The data of the next run, where those are others than the ones on show.
    pub(super) fn next_data(&self) -> Option<String> {
        (self.data.is_some() && self.draft.choice != self.held).then(|| self.next_data_name())
    }

    fn next_data_name(&self) -> String {
        let choice = &self.draft.choice;
        let ready = self.ready.as_ref().filter(|ready| ready.choice == *choice);
        if let Some(ready) = ready {
            return ready.data.name().to_owned();
        }
        if let (Some(data), true) = (&self.data, *choice == self.held) {
            return data.name().to_owned();
        }
        let mut name = match &choice.path {
            Some(path) => path.display().to_string(),
            None => choice.collection.title().to_owned(),
        };
        if let Some(samples) = choice.samples {
            name += &format!(", {} images", crate::exhibit::numbers::count(samples));
        }
        name
    }
}

/// What pasted settings change, for a note.
fn told(changes: &[Difference]) -> String {
    if changes.is_empty() {
        return "Settings pasted: they are the ones that are here.".into();
    }
    let texts: Vec<_> = changes.iter().map(Difference::text).collect();
    let mut text = match texts.len() {
        count if count > NAMED => {
            let named = texts[..NAMED - 1].join(" · ");
            format!("Settings pasted: {named} · and {} more.", count - NAMED + 1)
        }
        _ => format!("Settings pasted: {}.", texts.join(" · ")),
    };
    if changes.iter().any(|change| change.needs_new_run) {
        text += " ⟲ starts the run.";
    }
    text
}
