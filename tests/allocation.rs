//! A training step allocates nothing once its buffers are warm, on any thread.

#![allow(clippy::unwrap_used, reason = "a test ends where something fails")]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dkae_explorer::data::Split;
use dkae_explorer::kernel;
use dkae_explorer::linalg::{Accumulate, Parallel, Threads, product};
use dkae_explorer::training::config::{PretrainingConfig, PriorConfig, Ramp, RunConfig};
use dkae_explorer::training::{Stage, Trainer};
use ndarray::Array2;

/// The system's allocator, counting.
struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Whether this thread computes; what the test's own threads do meanwhile does not count.
    static COMPUTES: Cell<bool> = const { Cell::new(false) };
}

fn count() {
    if COMPUTES.get() {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
    }
}

#[expect(unsafe_code, reason = "an allocator cannot be written without")]
// SAFETY: every call is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps to the contract of `GlobalAlloc::alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.realloc(memory, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations during `steps` steps, after `warm` others.
fn allocations(trainer: &mut Trainer, warm: usize, steps: usize) -> usize {
    for _ in 0..warm {
        trainer.step(1.0).unwrap();
    }
    let before = ALLOCATIONS.load(Ordering::SeqCst);
    for _ in 0..steps {
        std::hint::black_box(trainer.step(1.0).unwrap());
    }
    ALLOCATIONS.load(Ordering::SeqCst) - before
}

fn trainer(config: &RunConfig) -> Trainer {
    let data = common::data();
    let split = Split::new(data.len(), config.seed);
    let checked = config.check(&data, &split).unwrap();
    let prior = kernel::build(&config.prior, &data, &split.training, config.seed).unwrap();
    Trainer::new(checked, data, &split.training, Arc::from(prior))
}

fn in_pool(threads: usize, work: impl FnOnce() + Send) {
    let all_up = || {
        // Comes back when all threads of the pool are up.
        rayon::broadcast(|_| {
            COMPUTES.set(true);
            warm_product();
        });
        work();
        // A thread that ends may allocate too, while the next pool is being counted.
        rayon::broadcast(|_| COMPUTES.set(false));
    };
    std::thread::scope(|scope| {
        scope.spawn(|| Threads::new(threads).install(all_up));
    });
}

/// The backend makes its packing buffer with a thread's first product; which thread takes part in
/// which step is chance.
fn warm_product() {
    let a = Array2::<f32>::ones((256, 256));
    let mut out = Array2::zeros((256, 256));
    product(
        out.view_mut(),
        Accumulate::Replace,
        1.0,
        a.view(),
        a.t(),
        Parallel::No,
    );
    std::hint::black_box(out);
}

// One test, so that no other allocates meanwhile.
#[test]
fn a_warm_step_allocates_nothing() {
    for threads in [1, 2] {
        in_pool(threads, || {
            let before = ALLOCATIONS.load(Ordering::SeqCst);
            rayon::broadcast(|_| drop(std::hint::black_box(Box::new(1))));
            let counted = ALLOCATIONS.load(Ordering::SeqCst) - before;
            assert!(counted >= threads, "the counter counts on every thread");
        });
        for prior in [
            PriorConfig::Pck(common::pck()),
            PriorConfig::Rbf { width: 1.0 },
        ] {
            for (noise, clip, projection) in [
                (0.0, None, None),
                (0.1, Some(0.01), None),
                (0.1, None, Some(3)),
            ] {
                let mut config = common::config(1_000);
                config.prior = prior;
                config.training.input_noise = noise;
                config.training.clip_norm = clip;
                config.training.projection = projection;
                config.training.ramp = projection.map(|_| Ramp::default());
                let what =
                    format!("{prior:?}, noise {noise}, {projection:?} axes, {threads} threads");
                in_pool(threads, || {
                    let found = allocations(&mut trainer(&config), 60, 100);
                    assert_eq!(found, 0, "training, {what}");
                });

                config.training.pretraining = Some(PretrainingConfig {
                    steps_per_layer: 120,
                    learning_rate: 3e-3,
                });
                in_pool(threads, || {
                    let mut trainer = trainer(&config);
                    let found = allocations(&mut trainer, 60, 50);
                    assert_eq!(found, 0, "first layer, {what}");
                    while matches!(trainer.stage(), Stage::Pretraining { layer: 0, .. }) {
                        trainer.step(1.0).unwrap();
                    }
                    let found = allocations(&mut trainer, 60, 50);
                    assert_eq!(found, 0, "second layer, {what}");
                    assert!(matches!(
                        trainer.stage(),
                        Stage::Pretraining { layer: 1, .. }
                    ));
                });
            }
        }
    }
}
