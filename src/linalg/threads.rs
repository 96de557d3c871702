//! The threads that the numerics run on.
//!
//! A thread that computes makes one [`Threads`] for itself and enters it with
//! [`Threads::install`]; loops and products inside use its cores. The thread itself is one of
//! them, so entering costs nothing. Results depend on the *number* of threads (sums are split by
//! it) and on nothing else.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::OnceLock;

use ndarray::{ArrayViewMut2, Axis};
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Who goes first where there are more threads than cores.
///
/// Where the system knows no such thing for a thread, all are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// As the window.
    Foreground,
    /// A run that somebody watches.
    Run,
    /// A study in the background.
    Study,
    /// What nobody waits for.
    Aside,
}

impl Rank {
    /// Gives the calling thread this rank.
    fn take(self) {
        #[cfg(target_os = "linux")]
        {
            let nice = match self {
                Self::Foreground => return,
                Self::Run => 5,
                Self::Study => 8,
                Self::Aside => 12,
            };
            // On Linux the number of a thread serves as that of a process here.
            let thread = rustix::thread::gettid();
            if let Err(error) = rustix::process::setpriority_process(Some(thread), nice) {
                tracing::debug!("a thread keeps its priority: {error}");
            }
        }
    }
}

/// A pool of computing threads, the calling thread among them.
pub struct Threads {
    pool: ThreadPool,
}

impl Threads {
    /// A pool of `count` threads (all cores for 0), the calling one among them.
    ///
    /// A thread can be the heart of one pool only: where it already is (or where threads cannot
    /// be made), the pool gets threads of its own or, at worst, none but the caller.
    #[must_use]
    pub fn new(count: usize) -> Self {
        Self::of(count, Rank::Foreground)
    }

    /// The same on threads that give way to those of a higher rank (the window's), the calling
    /// one among them from now on.
    #[must_use]
    pub fn of(count: usize, rank: Rank) -> Self {
        rank.take();
        let builder = || {
            ThreadPoolBuilder::new()
                .num_threads(count)
                .thread_name(|index| format!("dkae-compute-{index}"))
                .start_handler(move |_| rank.take())
        };
        let pool = builder()
            .use_current_thread()
            .build()
            .or_else(|_| builder().build())
            .or_else(|_| ThreadPoolBuilder::new().num_threads(1).build())
            .expect("a pool of one thread can be made wherever this program could start");
        Self { pool }
    }

    /// How many threads compute together.
    #[must_use]
    pub fn count(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// Runs `work` with this pool's threads at its disposal.
    pub fn install<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.pool.install(work)
    }
}

/// The cores that this process may use.
#[must_use]
pub fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, NonZeroUsize::get))
}

/// Something with rows that can be cut between two of them, to be written side by side.
pub trait Rows: Send + Sized {
    /// How many rows there are.
    fn count(&self) -> usize;

    /// The rows before number `row`, and the others.
    #[must_use]
    fn cut(self, row: usize) -> (Self, Self);
}

impl<T: Send> Rows for ArrayViewMut2<'_, T> {
    fn count(&self) -> usize {
        self.nrows()
    }

    fn cut(self, row: usize) -> (Self, Self) {
        self.split_at(Axis(0), row)
    }
}

/// Two things with equally many rows.
impl<A: Rows, B: Rows> Rows for (A, B) {
    fn count(&self) -> usize {
        self.0.count()
    }

    fn cut(self, row: usize) -> (Self, Self) {
        let ((a, after_a), (b, after_b)) = (self.0.cut(row), self.1.cut(row));
        ((a, b), (after_a, after_b))
    }
}

/// Cuts the rows of `out` into as many blocks as the pool has threads (none smaller than
/// `at_least` rows) and does `work(rows, block)` for each, side by side. Allocates nothing.
pub fn for_row_blocks<R: Rows>(out: R, at_least: usize, work: &(impl Fn(Range<usize>, R) + Sync)) {
    let blocks = (out.count() / at_least.max(1)).clamp(1, rayon::current_num_threads());
    halve(0, blocks, out, work);
}

/// Gives `blocks` blocks of `out`, whose first row is `start`, to `work`.
fn halve<R: Rows>(start: usize, blocks: usize, out: R, work: &(impl Fn(Range<usize>, R) + Sync)) {
    if blocks <= 1 {
        work(start..start + out.count(), out);
        return;
    }
    let left = blocks / 2;
    let rows = out.count() * left / blocks;
    let (upper, lower) = out.cut(rows);
    rayon::join(
        || halve(start, left, upper, work),
        || halve(start + rows, blocks - left, lower, work),
    );
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    #[test]
    fn every_row_is_visited_once_under_its_own_number() {
        for threads in 1..5 {
            for rows in [0, 1, 2, 7, 64] {
                let mut out = Array2::<usize>::zeros((rows, 3));
                Threads::new(threads).install(|| {
                    for_row_blocks(out.view_mut(), 1, &|range, mut block| {
                        assert_eq!(range.len(), block.nrows());
                        for (row, mut values) in range.zip(block.outer_iter_mut()) {
                            values += row + 1;
                        }
                    });
                });
                for (row, values) in out.outer_iter().enumerate() {
                    assert!(values.iter().all(|&v| v == row + 1));
                }
            }
        }
    }
}
