//! Pins of a session that is opened are pictured anew, on a thread of their own: a file holds networks, not
//! pictures.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::protocol::{PhaseKind, RunId};
use super::studio::Studio;
use crate::data::DataSet;
use crate::exhibit::Exhibit;
use crate::linalg::{Rank, Threads};
use crate::service::{Thread, caught};
use crate::training::{Checkpoint, Fitted, Run};

/// Networks that wait at the most.
const ROOM: usize = 16;

/// A network to be pictured.
pub struct Negative {
    /// The run that it stands beside.
    pub run: RunId,
    /// Its samples.
    pub data: Arc<DataSet>,
    /// The network.
    pub network: Arc<Checkpoint>,
    /// Its prior kernel, if that is there; else it is fitted.
    pub fitted: Option<Fitted>,
}

/// What came of it.
pub struct Developed {
    /// The network.
    pub network: Arc<Checkpoint>,
    /// Its pictures and its prior kernel, or why there are none.
    pub result: Result<(Arc<Exhibit>, Fitted), String>,
}

/// The owner of the thread. Dropping it ends the thread after the piece of work at hand.
pub struct Developer {
    negatives: Option<Sender<Negative>>,
    developed: Receiver<Developed>,
    ended: Arc<AtomicBool>,
    _thread: Thread,
}

impl Developer {
    /// Starts the thread, which calls `wake` after each network.
    ///
    /// # Errors
    ///
    /// If the system gives none.
    pub fn spawn(wake: Box<dyn Fn() + Send + Sync>) -> io::Result<Self> {
        let (negatives, todo) = bounded::<Negative>(ROOM);
        let (done, developed) = bounded(ROOM);
        let ended = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&ended);
        let thread = Thread::spawn("dkae-developer", move || {
            Threads::of(1, Rank::Study).install(|| {
                let mut room = Room::default();
                for negative in todo {
                    let network = Arc::clone(&negative.network);
                    let made = caught(|| room.develop(negative, &over));
                    let result = made.unwrap_or_else(|said| {
                        Err(format!(
                            "it broke ({said}); this is a defect of the program"
                        ))
                    });
                    if over.load(Ordering::Relaxed)
                        || done.send(Developed { network, result }).is_err()
                    {
                        return;
                    }
                    wake();
                }
            });
        })?;
        Ok(Self {
            negatives: Some(negatives),
            developed,
            ended,
            _thread: thread,
        })
    }

    /// Asks for pictures of a network. `false` if too many wait.
    #[must_use]
    pub fn develop(&self, negative: Negative) -> bool {
        let sender = self.negatives.as_ref();
        sender.is_some_and(|sender| sender.try_send(negative).is_ok())
    }

    /// The next network that is ready, or cannot be.
    #[must_use]
    pub fn poll(&self) -> Option<Developed> {
        self.developed.try_recv().ok()
    }
}

impl Drop for Developer {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        self.negatives = None;
    }
}

/// Where it is done: what networks under one prior have in common stands there once.
#[derive(Default)]
struct Room(Option<(Fitted, Studio)>);

impl Room {
    fn develop(
        &mut self,
        negative: Negative,
        ended: &AtomicBool,
    ) -> Result<(Arc<Exhibit>, Fitted), String> {
        let Negative {
            run: id,
            data,
            network,
            fitted,
        } = negative;
        let checkpoint = Checkpoint::clone(&network);
        let run = match fitted {
            Some(fitted) => Run::resume(data, fitted, checkpoint),
            None => Run::reopen(data, checkpoint),
        };
        let words = |error: crate::training::RunError| error.to_string();
        let mut run = run.map_err(words)?;
        let over = || ended.load(Ordering::Relaxed);
        while run.is_reopening() {
            if over() {
                return Err("it was not waited for".to_owned());
            }
            run.advance().map_err(words)?;
        }
        // Of one that is over the figures on test samples are taken, as they were.
        if run.progress().0 == PhaseKind::Evaluation {
            run.advance().map_err(words)?;
        }
        let fitted = run.fitted().ok_or("it has no prior")?.clone();
        let same = |kept: &(Fitted, Studio)| Arc::ptr_eq(kept.0.prior(), fitted.prior());
        let kept = self.0.take().filter(same);
        let (_, studio) = self
            .0
            .insert(kept.unwrap_or_else(|| (fitted.clone(), Studio::default())));
        let mut exhibit = studio.exhibit(id, &run, &over)?;
        exhibit.keep_in(&network);
        Ok((Arc::new(exhibit), fitted))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::exhibit::RowOf;
    use crate::worker::small;

    /// With the prior at hand or fitted anew, in the middle of training or at its end: the pictures are those
    /// that the run's own are.
    #[test]
    fn a_kept_network_is_pictured_as_its_run_was() {
        let (data, config) = small::run(8);
        let mut run = Run::new(Arc::clone(&data), &config).unwrap();
        let developer = Developer::spawn(Box::new(|| ())).unwrap();
        for steps in [3, 5] {
            for _ in 0..steps {
                run.advance().unwrap();
            }
            let network = Arc::new(run.checkpoint().unwrap());
            let wanted = Studio::default()
                .exhibit(RunId(1), &run, &|| false)
                .unwrap();
            for fitted in [run.fitted().cloned(), None] {
                assert!(developer.develop(Negative {
                    run: RunId(1),
                    data: Arc::clone(&data),
                    network: Arc::clone(&network),
                    fitted,
                }));
                let end = Instant::now() + Duration::from_secs(60);
                let developed = loop {
                    if let Some(developed) = developer.poll() {
                        break developed;
                    }
                    assert!(Instant::now() < end, "it is never ready");
                    std::thread::sleep(Duration::from_millis(5));
                };
                let (exhibit, _) = developed.result.unwrap();
                let again = |exhibit: &Exhibit| {
                    let coder = exhibit.coder().unwrap();
                    let codes = coder.encode(exhibit.images.pixels.as_ref().unwrap().view());
                    assert_eq!(codes, *exhibit.network.as_ref().unwrap().codes);
                    let rebuilt = exhibit.row(RowOf::Reconstruction).unwrap();
                    let images = coder.decode(codes.view());
                    assert_eq!(images, **rebuilt.images.as_ref().unwrap());
                };
                again(&exhibit);
                again(&wanted);
                let scores = |exhibit: &Exhibit| exhibit.network.as_ref().unwrap().scores;
                assert_eq!(scores(&exhibit).lr, scores(&wanted).lr);
                assert_eq!(exhibit.step(), wanted.step());
                assert_eq!(exhibit.compared, wanted.compared);
                assert_eq!(exhibit.test.is_some(), exhibit.step() == 8);
            }
        }
    }
}
