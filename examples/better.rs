//! What settings do to a preset's figures: Lr, Lc(C, P), Lc(C, K_I) and, if asked for, denoising,
//! on validation digits (or on test digits, once all is chosen).
//!
//!     cargo run --release --example better -- [OPTION…] VARIANT…
//!
//! Options: `--seeds 0,1,2` (of the samples, the mixtures, the weights, the batches), `--samples N`,
//! `--preset quick|denoise`, `--test`, `--denoise` (σ = 0.25, 32 components, all classes).
//!
//! A variant is the preset with changes, `name=value` with commas between them:
//!
//! | change | what it sets |
//! |---|---|
//! | `paper` | nothing: the preset with the paper's kind of code units and nothing beyond the paper |
//! | `preset` | nothing: the preset as it is |
//! | `code=identity`, `nc=32`, `lambda=0.1` | the code |
//! | `steps=1200`, `rate=0.002`, `cool=0.3`, `k=200` | the steps |
//! | `ramp=0.05:0.3:0.7` | λ₀, begin and end of a ramp |
//! | `noise=0.25`, `projection=32`, `copies=4:1:0` | noise on the input, m, count : shift : noise |

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use dkae_explorer::baseline::Pca;
use dkae_explorer::data::{DataSet, Selection, Source};
use dkae_explorer::experiment::denoising::{NoisyDigits, dkae_pca};
use dkae_explorer::kernel::PriorKernel;
use dkae_explorer::training::config::{Activation, CopiesConfig, Preset, Ramp};
use dkae_explorer::training::{Advance, Run, RunConfig, Scores, score_samples};

/// What is asked for.
struct Order {
    seeds: Vec<u64>,
    samples: usize,
    preset: Preset,
    test: bool,
    denoise: bool,
    variants: Vec<String>,
}

/// What a variant came to under a seed.
struct Figures {
    held_out: Scores,
    training_lc: f64,
    /// dkAE + PCA, the codes decoded straight, PCA of the pixels; all cut to [0, 1].
    denoised: Option<[f64; 3]>,
    seconds: f64,
}

fn main() -> anyhow::Result<()> {
    let order = order(std::env::args().skip(1))?;
    let mut found: Vec<Vec<Figures>> = order.variants.iter().map(|_| Vec::new()).collect();
    let part = if order.test { "test" } else { "validation" };
    println!("seed | {part} Lr, Lc(C,P), Lc(C,KI) | training Lc | s | dkAE+PCA, straight, PCA");
    for &seed in &order.seeds {
        let selection = Selection {
            samples: Some(order.samples),
            seed,
            ..Selection::default()
        };
        let data = Arc::new(Source::bundled()?.select(&selection)?);
        let mut config = order.preset.config();
        (config.seed, config.training.copies) = (seed, None);
        let mut ground = Run::new(Arc::clone(&data), &config)?;
        let prior = loop {
            if let Some(prior) = ground.prior() {
                break Arc::clone(prior);
            }
            ground.advance()?;
        };
        for (variant, found) in order.variants.iter().zip(&mut found) {
            let figures = measure(&order, variant, seed, &data, &prior)?;
            println!("{seed:>4} | {} | {variant}", line(&figures));
            found.push(figures);
        }
    }
    println!("means");
    for (variant, found) in order.variants.iter().zip(&found) {
        let mean =
            |of: &dyn Fn(&Figures) -> f64| found.iter().map(of).sum::<f64>() / found.len() as f64;
        let denoised = [0, 1, 2].map(|i| mean(&|f| f.denoised.map_or(f64::NAN, |d| d[i])));
        let held_out = Scores {
            samples: 0,
            lr: mean(&|f| f.held_out.lr),
            lc_c_p: mean(&|f| f.held_out.lc_c_p),
            lc_p_ki: None,
            lc_c_ki: Some(mean(&|f| f.held_out.lc_c_ki.unwrap_or(f64::NAN))),
        };
        let means = Figures {
            held_out,
            training_lc: mean(&|f| f.training_lc),
            denoised: order.denoise.then_some(denoised),
            seconds: mean(&|f| f.seconds),
        };
        println!("     | {} | {variant}", line(&means));
    }
    Ok(())
}

fn line(figures: &Figures) -> String {
    let Scores {
        lr,
        lc_c_p,
        lc_c_ki,
        ..
    } = figures.held_out;
    let ki = lc_c_ki.unwrap_or(f64::NAN);
    let mut text = format!(
        "{lr:.4} {lc_c_p:.4} {ki:.4} | {:.4} | {:5.1}",
        figures.training_lc, figures.seconds
    );
    if let Some([pca, straight, linear]) = figures.denoised {
        text += &format!(" | {pca:.5} {straight:.5} {linear:.5}");
    }
    text
}

fn measure(
    order: &Order,
    variant: &str,
    seed: u64,
    data: &Arc<DataSet>,
    prior: &Arc<dyn PriorKernel>,
) -> anyhow::Result<Figures> {
    let mut config = order.preset.config();
    config.seed = seed;
    change(&mut config, variant)?;
    let mut run = Run::with_prior(Arc::clone(data), &config, Arc::clone(prior))?;
    run.without_curves();
    let began = Instant::now();
    while !matches!(run.advance()?, Advance::Evaluated | Advance::Over) {}
    let seconds = began.elapsed().as_secs_f64();
    let network = run.trainer().context("a run that is over")?.network();
    let split = run.split();
    let scores = |samples: &[usize]| {
        let (encode, decode) = (
            |x: ndarray::ArrayView2<'_, f32>| network.encode(x),
            |c: ndarray::ArrayView2<'_, f32>| network.decode(c),
        );
        score_samples(data, &**prior, samples, encode, decode).0
    };
    let held_out = if order.test {
        &split.test
    } else {
        &split.validation
    };
    let denoised = order.denoise.then(|| -> anyhow::Result<[f64; 3]> {
        let settings = &config.denoising;
        // Other noise on validation digits than on those of the test.
        let digits = NoisyDigits::new(
            data,
            held_out,
            settings,
            if order.test { seed } else { !seed },
        );
        let never = &|| false;
        let ours = dkae_pca(
            &network,
            data,
            &split.training,
            &digits,
            settings,
            seed,
            never,
        )?;
        let pixels = data.rows::<f32>(&split.training);
        let pca = Pca::fit(pixels.view(), settings.components, seed, never)?;
        let linear = pca
            .reconstruct(digits.noisy.view())
            .mapv(|x| x.clamp(0.0, 1.0));
        let straight = network.decode(network.encode(digits.noisy.view()).view());
        Ok([&ours.images, &straight, &linear].map(|images| digits.error(images.view())))
    });
    Ok(Figures {
        held_out: scores(held_out),
        training_lc: scores(&split.training[..held_out.len()]).lc_c_p,
        denoised: denoised.transpose()?,
        seconds,
    })
}

/// Applies the changes of `variant`.
fn change(config: &mut RunConfig, variant: &str) -> anyhow::Result<()> {
    let parts = |value: &str| -> anyhow::Result<Vec<f64>> {
        let parts = value.split(':').map(str::parse);
        parts.collect::<Result<_, _>>().context(value.to_owned())
    };
    for change in variant.split(',') {
        let (name, value) = change.split_once('=').unwrap_or((change, ""));
        let training = &mut config.training;
        match name {
            "preset" => {}
            "paper" => {
                config.network.code_activation = config.network.hidden_activation;
                (training.ramp, training.projection, training.copies) = (None, None, None);
                training.input_noise = 0.0;
            }
            "code" => {
                let activation = Activation::ALL.into_iter().find(|a| a.name() == value);
                config.network.code_activation = activation.context("an activation")?;
            }
            "nc" => config.network.code = value.parse()?,
            "lambda" => training.lambda = value.parse()?,
            "steps" => training.steps = value.parse()?,
            "rate" => training.learning_rate = value.parse()?,
            "cool" => training.cool_down = value.parse()?,
            "k" => training.batch = value.parse()?,
            "noise" => training.input_noise = value.parse()?,
            "projection" => training.projection = Some(value.parse()?),
            "ramp" => {
                let [start, begin, end] = parts(value)?[..] else {
                    bail!("a ramp has three numbers")
                };
                training.ramp = Some(Ramp { start, begin, end });
            }
            "copies" => {
                let [count, shift, noise] = parts(value)?[..] else {
                    bail!("copies have three numbers")
                };
                training.copies = Some(CopiesConfig {
                    count: count as usize,
                    shift: shift as usize,
                    noise,
                });
            }
            other => bail!("there is no change {other}"),
        }
    }
    Ok(())
}

fn order(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Order> {
    let mut order = Order {
        seeds: vec![0],
        samples: 6_000,
        preset: Preset::Quick,
        test: false,
        denoise: false,
        variants: Vec::new(),
    };
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().context("the option's value is missing");
        match argument.as_str() {
            "--seeds" => {
                let seeds = value()?;
                order.seeds = seeds.split(',').map(str::parse).collect::<Result<_, _>>()?;
            }
            "--samples" => order.samples = value()?.parse()?,
            "--preset" => {
                let name = value()?;
                let found = Preset::ALL
                    .into_iter()
                    .find(|preset| preset.name().eq_ignore_ascii_case(&name));
                order.preset = found.context("there is no such preset")?;
            }
            "--test" => order.test = true,
            "--denoise" => order.denoise = true,
            _ => order.variants.push(argument),
        }
    }
    Ok(order)
}
