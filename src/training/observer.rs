//! One way to advance a run, and whoever wants to know how that goes.
//!
//! The loop itself lives with whoever can pause or stop it: the worker, a study, the command line. What
//! all of them have to know of a piece of work (how long it took, in which phase, which losses it gave)
//! is gathered by observers.

use std::time::{Duration, Instant};

use super::run::{Advance, PhaseKind, Run, RunError};
use super::scores::LossPoint;

/// A piece of work that is done.
pub struct Piece<'a> {
    /// The run behind it.
    pub run: &'a Run,
    /// The phase it belonged to.
    pub phase: PhaseKind,
    /// What it was.
    pub advance: &'a Advance,
    /// How long it took.
    pub spent: Duration,
    /// Floating-point operations of a step's matrix products in that phase.
    pub step_flops: f64,
}

/// Whoever wants to know of each piece of work.
pub trait Observer {
    /// A piece is done.
    fn saw(&mut self, piece: &Piece<'_>);
}

/// Does the next piece of work of `run`, and tells the observers. A piece that fails is told to nobody.
///
/// # Errors
///
/// As [`Run::advance`].
pub fn advance(run: &mut Run, observers: &mut [&mut dyn Observer]) -> Result<Advance, RunError> {
    let phase = run.progress().0;
    let step_flops = run.step_flops();
    let began = Instant::now();
    let advance = run.advance()?;
    let spent = began.elapsed();
    let piece = Piece {
        run,
        phase,
        advance: &advance,
        spent,
        step_flops,
    };
    for observer in observers {
        observer.saw(&piece);
    }
    Ok(advance)
}

/// The time of each phase that was entered, in order.
#[derive(Clone, Debug, Default)]
pub struct Phases(pub Vec<(PhaseKind, Duration)>);

impl Observer for Phases {
    fn saw(&mut self, piece: &Piece<'_>) {
        match self.0.last_mut() {
            Some((last, sum)) if *last == piece.phase => *sum += piece.spent,
            _ => self.0.push((piece.phase, piece.spent)),
        }
    }
}

/// The losses of every minibatch, and those on validation samples on the way.
#[derive(Clone, Debug, Default)]
pub struct Curves {
    /// Of minibatches.
    pub training: Vec<LossPoint>,
    /// On validation samples.
    pub validation: Vec<LossPoint>,
}

impl Observer for Curves {
    fn saw(&mut self, piece: &Piece<'_>) {
        if let Advance::Step { losses, validation } = piece.advance {
            self.training.push(*losses);
            self.validation.extend(validation);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::{Selection, Source};
    use crate::training::config::{PriorConfig, RunConfig};

    #[test]
    fn observers_see_every_piece_and_the_run_goes_as_without_them() {
        let selection = Selection {
            samples: Some(120),
            ..Selection::default()
        };
        let data = Arc::new(Source::bundled().unwrap().select(&selection).unwrap());
        let mut config = RunConfig {
            prior: PriorConfig::Cosine,
            ..RunConfig::default()
        };
        config.network.hidden = vec![12];
        config.training.copies = None;
        (config.training.steps, config.training.batch) = (7, 20);
        let alone = {
            let mut run = Run::new(Arc::clone(&data), &config).unwrap();
            while !matches!(run.advance().unwrap(), Advance::Over) {}
            run.scores()
        };
        let mut run = Run::new(data, &config).unwrap();
        let (mut phases, mut curves) = (Phases::default(), Curves::default());
        while !matches!(
            advance(&mut run, &mut [&mut phases, &mut curves]).unwrap(),
            Advance::Over
        ) {}
        assert_eq!(run.scores(), alone);
        let steps: Vec<u64> = curves.training.iter().map(|point| point.step).collect();
        assert_eq!(steps, (0..7).collect::<Vec<_>>());
        assert_eq!(curves.validation.len(), 1, "before the first step");
        let entered: Vec<_> = phases.0.iter().map(|(phase, _)| *phase).collect();
        assert_eq!(entered, [PhaseKind::Training, PhaseKind::Evaluation]);
    }
}
