//! `--threads`: as many as there are cores, unless more are asked for twice.

use super::BadInput;
use crate::linalg::{Threads, cores};

/// More threads than this are a slip of the finger on any machine.
const MOST: usize = 1_024;

/// How many threads compute.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct ThreadCount {
    /// Computing threads [default: all cores]. More than there are cores only slow a run down;
    /// who wants them says it twice.
    #[arg(long = "threads", value_name = "N")]
    said: Vec<usize>,
}

impl ThreadCount {
    /// The same, or, where nobody said a number, `count` threads whatever cores there are.
    #[must_use]
    pub fn or(&self, count: Option<usize>) -> Self {
        match count {
            Some(count) if self.said.is_empty() => Self {
                said: vec![count; 2],
            },
            _ => self.clone(),
        }
    }

    /// The threads; a line on the standard error if they are fewer than asked for.
    ///
    /// # Errors
    ///
    /// [`BadInput`] for a number that no machine has, or two numbers that differ.
    pub fn pool(&self) -> Result<Threads, BadInput> {
        let count = self.count(cores())?;
        if let Some(asked) = self.said.first().filter(|&&asked| count < asked) {
            warn_of!(
                "dkae-explorer: {count} threads compute, one for each core, and not {asked}; \
                 --threads {asked} --threads {asked} has it nonetheless"
            );
        }
        Ok(Threads::new(count))
    }

    /// How many threads there are on a machine of so many cores; 0 for all of them.
    fn count(&self, cores: usize) -> Result<usize, BadInput> {
        let Some((&asked, again)) = self.said.split_first() else {
            return Ok(0);
        };
        if let Some(other) = again.iter().find(|&&other| other != asked) {
            return Err(BadInput(format!(
                "--threads is {asked} and {other}: say one number"
            )));
        }
        if asked > MOST {
            return Err(BadInput(format!(
                "--threads is {asked}, but has to be from 1 to {MOST}, or 0 for all cores"
            )));
        }
        Ok(if again.is_empty() {
            asked.min(cores)
        } else {
            asked
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_threads_than_cores_have_to_be_said_twice() {
        let count = |said: &[usize]| {
            ThreadCount {
                said: said.to_vec(),
            }
            .count(4)
        };
        assert_eq!(count(&[]).unwrap(), 0);
        assert_eq!(count(&[3]).unwrap(), 3);
        assert_eq!(count(&[500]).unwrap(), 4);
        assert_eq!(count(&[500, 500]).unwrap(), 500);
        assert!(count(&[500, 400]).is_err());
        // Those of a run that is done again are as many as they were.
        let again = |said: Vec<usize>, run| ThreadCount { said }.or(run).count(4).unwrap();
        assert_eq!([again(vec![], Some(9)), again(vec![3], Some(9))], [9, 3]);
        assert_eq!(again(vec![], None), 0);
        assert!(count(&[1_000_000, 1_000_000]).is_err());
    }
}
