//! Networks beside the run in a session: how pins and rungs go into one, and how they come back out of one.
//!
//! A file holds networks and no pictures, so that they come back in two steps: as soon as the run that was opened
//! has its prior, the ladder takes its rungs over, and the pins are pictured anew.

use std::sync::Arc;

use super::App;
use crate::data::{DataRecord, DataSet};
use crate::session::{Beside, Held, KeptNetwork, Role, Standing};
use crate::training::{Checkpoint, Resting};
use crate::ui::loading::Wake;
use crate::view::pins::{Pin, until};
use crate::worker::developer::{Developed, Developer, Negative};
use crate::worker::protocol::RunId;

/// Networks of a session that was opened, until they are back in their places.
#[derive(Default)]
pub struct Reunion {
    /// The run that they stand beside.
    run: Option<RunId>,
    /// Rungs that the ladder has not taken yet.
    rungs: Vec<KeptNetwork>,
    /// Pins that are not pictured yet, with their data.
    pins: Vec<(KeptNetwork, Arc<DataSet>)>,
    /// Whether the developer was asked for them.
    asked: bool,
    developer: Option<Developer>,
}

impl App {
    /// The networks beside the run, made into what a session holds on the thread that writes it: rungs, pins, and
    /// those of the last session that are not back yet. `data` are the run's.
    pub(super) fn networks_beside(&self, data: Option<&Arc<DataRecord>>) -> Option<Beside> {
        let data = Arc::clone(data?);
        let rungs: Vec<_> = self.ladder.view.all_done().cloned().collect();
        let record = |pin: &Pin| {
            let (_, checksum) = pin.exhibit.made.data.as_ref()?;
            self.sessions.record(checksum)
        };
        let pins = self.pins.all().iter();
        let pins: Vec<_> = pins
            .filter_map(|pin| Some((pin.clone(), record(pin)?)))
            .collect();
        let mut waiting = self.reunion.rungs.clone();
        waiting.extend(self.reunion.pins.iter().map(|(pin, _)| pin.clone()));
        Some(Box::new(move || {
            let rungs = rungs.iter().map(|rung| KeptNetwork {
                role: Role::Rung,
                name: String::new(),
                lambda: rung.network.config().training.lambda,
                standing: Standing::Finished,
                data: Arc::clone(&data),
                held: Held::Network(Arc::clone(rung.network.checkpoint())),
                training: Vec::new(),
                validation: vec![rung.losses],
            });
            let pins = pins.iter().map(|(pin, data)| KeptNetwork {
                role: Role::Pin,
                name: pin.name(),
                lambda: pin.lambda(),
                standing: Standing::Finished,
                data: Arc::clone(data),
                held: Held::Network(Arc::clone(&pin.network)),
                training: Vec::new(),
                validation: pin.validation.points().to_vec(),
            });
            rungs.chain(pins).chain(waiting).collect()
        }))
    }

    /// A session takes the place of what is there: its networks come back as soon as `run` has its prior.
    pub(super) fn reunite(&mut self, run: RunId, networks: Vec<(KeptNetwork, Arc<DataSet>)>) {
        let (pins, rungs): (Vec<_>, Vec<_>) =
            (networks.into_iter()).partition(|(kept, _)| kept.role == Role::Pin);
        self.pins.clear();
        self.ladder.off();
        self.reunion = Reunion {
            run: Some(run),
            rungs: rungs.into_iter().map(|(kept, _)| kept).collect(),
            pins,
            ..Reunion::default()
        };
    }

    /// Puts networks back that can be.
    pub(super) fn tend_reunion(&mut self) {
        if self.reunion.run.is_none() {
            return;
        }
        while let Some(developed) = self.reunion.developer.as_ref().and_then(Developer::poll) {
            self.developed(developed);
        }
        if let Some(run) = self.reunion.run
            && self.run.run() != Some(run)
        {
            // Until it has begun the run before it is on show, whose prior may be another.
            if self.run.addressees().any(|expected| expected == run) {
                return;
            }
            // It never began, or another one has come: pins are of no run, rungs of this one alone.
            self.reunion.rungs.clear();
        }
        let newest = self.run.snapshot.as_ref();
        let fitted = newest.and_then(|newest| newest.fitted.clone());
        let (Some(run), Some((data, fitted))) = (self.reunion.run, fitted) else {
            return;
        };
        let rungs = std::mem::take(&mut self.reunion.rungs);
        // One that a person has begun meanwhile stays.
        if !rungs.is_empty() && self.ladder.ground().is_none() {
            let resting = |kept: &KeptNetwork| match &kept.held {
                Held::Network(network) => Resting::of(Checkpoint::clone(network)),
                Held::Settings(_) => None,
            };
            let there = rungs.iter().filter_map(resting).collect();
            if let Err(text) = self.ladder.start(&self.run, there) {
                self.notice(text, true);
            }
        }
        if !std::mem::replace(&mut self.reunion.asked, true) && !self.reunion.pins.is_empty() {
            let began = self.run.summary.as_ref().map(|summary| &summary.config);
            let of_run = began.map(|config| (config.prior, config.seed));
            self.ask_developer(run, |kept, its| {
                let config = kept.config();
                let same = of_run.as_ref() == Some(&(config.prior, config.seed));
                (same && its.checksum() == data.checksum()).then(|| fitted.clone())
            });
        }
        if self.reunion.pins.is_empty() {
            self.reunion = Reunion::default();
        }
    }

    fn ask_developer(
        &mut self,
        run: RunId,
        fitted: impl Fn(&KeptNetwork, &DataSet) -> Option<crate::training::Fitted>,
    ) {
        let wake: Wake = Arc::clone(&self.news);
        let developer = match Developer::spawn(Box::new(move || wake())) {
            Ok(developer) => developer,
            Err(error) => {
                self.reunion.pins.clear();
                self.notice(format!("Pins were not taken up: {error}."), true);
                return;
            }
        };
        for (kept, data) in &self.reunion.pins {
            if let Held::Network(network) = &kept.held {
                // There is room for more than a strip holds.
                let _ = developer.develop(Negative {
                    run,
                    data: Arc::clone(data),
                    network: Arc::clone(network),
                    fitted: fitted(kept, data),
                });
            }
        }
        self.reunion.developer = Some(developer);
    }

    /// A pin has its pictures again.
    fn developed(&mut self, developed: Developed) {
        let Developed { network, result } = developed;
        let is_it = |kept: &KeptNetwork| matches!(&kept.held, Held::Network(held) if Arc::ptr_eq(held, &network));
        let place = self.reunion.pins.iter().position(|(kept, _)| is_it(kept));
        let Some((kept, data)) = place.map(|place| self.reunion.pins.remove(place)) else {
            return;
        };
        // Sessions do not hold it for each.
        let threads = self.run_threads().unwrap_or(1);
        match result {
            Ok((exhibit, fitted)) => {
                self.pins.add(|number| Pin {
                    number,
                    threads,
                    validation: until(exhibit.step(), &kept.validation),
                    exhibit,
                    network,
                    ground: Some((data, fitted)),
                });
            }
            Err(reason) => {
                let text = format!("{} was not taken up: {reason}", kept.name);
                self.notice(text, true);
            }
        }
    }
}
