//! The threads that the numerics run on.
//!
//! A thread that computes makes one [`Threads`] for itself and enters it with
//! [`Threads::install`]; loops and products inside use its cores. The thread itself is one of
//! them, so entering costs nothing. Results depend on the *number* of threads (sums are split by
//! it) and on nothing else.

use rayon::{ThreadPool, ThreadPoolBuilder};

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
        let builder = || {
            ThreadPoolBuilder::new()
                .num_threads(count)
                .thread_name(|index| format!("dkae-compute-{index}"))
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
