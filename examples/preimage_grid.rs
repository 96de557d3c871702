//! Which σ and ridge of Bakır's pre-image are best by noisy validation digits of all ten classes, and
//! how long the window's own way to pre-images takes with some of them.
//!
//!     cargo run --release --example preimage_grid [seeds]
//!
//! The settings that the window begins with are from here.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use dkae_explorer::data::{Selection, Source};
use dkae_explorer::experiment::denoising::{Baselines, NoisyDigits};
use dkae_explorer::experiment::findings::{best, edges};
use dkae_explorer::experiment::plan::{Experiment, Plan};
use dkae_explorer::experiment::table2::{Search, settings, validation_digits};
use dkae_explorer::linalg::{Threads, cores};
use dkae_explorer::training::Run;
use dkae_explorer::training::config::{DenoisingConfig, Preset};

/// Settings that are timed: σ and ridge.
const TIMED: [[f64; 2]; 5] = [[1.0, 0.5], [1.0, 0.1], [2.0, 0.1], [2.0, 0.01], [4.0, 0.01]];

fn main() -> anyhow::Result<()> {
    let seeds: u64 = std::env::args().nth(1).map_or(Ok(3), |n| n.parse())?;
    Threads::new(cores()).install(|| (0..seeds).try_for_each(grid))
}

fn grid(seed: u64) -> anyhow::Result<()> {
    let preset = Preset::Quick;
    let mut plan = Plan::of(preset, &[Experiment::Table2], seed, 1).denoising;
    plan.classes = (0..10).collect();
    let selection = Selection {
        samples: Some(preset.samples()),
        classes: None,
        seed,
    };
    let data = Arc::new(Source::bundled()?.select(&selection)?);
    let mut config = preset.config();
    config.seed = seed;
    let mut run = Run::new(Arc::clone(&data), &config)?;
    while run.prior().is_none() {
        run.advance()?;
    }
    let prior = Arc::clone(run.prior().context("no prior kernel")?);
    let split = run.split();
    let validation = validation_digits(&data, split, &plan, seed);
    let test = NoisyDigits::new(&data, &split.test, &settings(&plan), seed);
    let training = split.training.clone();
    let mut baselines = Baselines::new(Arc::clone(&data), training, prior, seed);
    let pixels = data.rows::<f32>(&split.training);
    let search = Search {
        plan: &plan,
        validation: &validation,
        test: &test,
        pixels: pixels.view(),
        seed,
        cancel: &|| false,
    };
    let found = search.under(&mut baselines, None)?.grid;
    println!("seed {seed}: a row for each σ (× the median distance), a column for each ridge");
    println!("       {:?}", plan.ridges);
    for row in found.chunks(plan.ridges.len()) {
        let errors: Vec<String> = row.iter().map(|p| format!("{:.4}", p.error)).collect();
        println!("{:6} {}", row[0].width, errors.join(" "));
    }
    println!("best {:?}, at an edge: {:?}", best(&found), edges(&found));
    for [width, ridge] in TIMED {
        let config = DenoisingConfig {
            width,
            ridge,
            ..settings(&plan)
        };
        let began = Instant::now();
        let made = baselines.kpca(&test, &config, &|| false);
        let seconds = began.elapsed().as_secs_f64();
        let error = made.map(|made| format!("{:.4}", test.error(made.images.view())));
        println!("σ {width}, ridge {ridge}: test {error:?}, {seconds:.1} s by the iteration");
    }
    Ok(())
}
