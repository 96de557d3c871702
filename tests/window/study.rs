//! A study that is a script: findings as they might be, on real digits.

use std::sync::Arc;

use dkae_explorer::data::{DataSet, ImageShape};
use dkae_explorer::experiment::better::Denoised;
use dkae_explorer::experiment::code_space::{CodeSpaceFigures, Space, SpaceFigures};
use dkae_explorer::experiment::findings::{
    CourseFigures, CoursePoint, Denoising, DenoisingFigures, Findings, GridPoint, Method, Network,
    NetworkFigures, NetworkPicture, SeedPicture, Spectrum, SpectrumFigures,
};
use dkae_explorer::experiment::plan::{Plan, Recipe, Task};
use dkae_explorer::training::{LossPoint, Scores};
use dkae_explorer::worker::study_protocol::{
    StudyOrigin, StudyProgress, StudySnapshot, StudyState, Watch,
};
use ndarray::{Array2, Axis, s};

/// Figures as they might be.
fn code_space(seed: u64) -> Arc<CodeSpaceFigures> {
    let spaces = Space::ALL.into_iter().zip([
        [784.0, 0.938, 0.846, 0.49],
        [128.0, 0.944, 0.851, 0.49],
        [128.0, 0.921, 0.903, 0.52],
        [128.0, 0.949, 0.886, 0.51],
        [128.0, 0.953, 0.926, 0.60],
    ]);
    let spaces = spaces.map(|(space, [size, neighbours, linear, nmi])| {
        let more = |index: usize| 0.008 * wobble(seed as usize + 3, 7 * index + space as usize);
        SpaceFigures {
            space,
            dimension: size as usize,
            neighbours: neighbours + more(1),
            k: 3,
            linear: linear + more(2),
            ridge: 0.01,
            nmi: nmi + more(3),
        }
    });
    Arc::new(CodeSpaceFigures {
        seed,
        samples: [4_200, 900, 900],
        spaces: spaces.collect(),
        seconds: 1.0,
    })
}

/// Plays a study for the window.
pub struct StudyPlayer {
    plan: Arc<Plan>,
    shape: ImageShape,
    labels: Vec<u8>,
    pixels: Array2<f32>,
    prior: Array2<f32>,
}

/// A number between −1 and 1 that looks random.
fn wobble(a: usize, b: usize) -> f64 {
    ((a * a * 31 + a * 7919 + b * 104_729 + a * b * 613 + 17) % 1009) as f64 / 504.5 - 1.0
}

impl StudyPlayer {
    pub fn new(plan: Plan, data: &DataSet, shown: usize) -> Self {
        let labels = data.labels().unwrap();
        let mut indices: Vec<usize> = (0..shown).collect();
        indices.sort_by_key(|&index| labels[index]);
        let pixels: Array2<f32> = data.rows(&indices);
        let mut unit = pixels.clone();
        for mut row in unit.outer_iter_mut() {
            let length = row.dot(&row).sqrt().max(1e-6);
            row /= length;
        }
        let prior = unit
            .dot(&unit.t())
            .mapv(|value| ((value - 0.35).max(0.0) * 1.4).powi(2));
        Self {
            plan: Arc::new(plan),
            shape: data.shape(),
            labels: indices.iter().map(|&index| labels[index]).collect(),
            pixels,
            prior,
        }
    }

    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    fn drawn(&self) -> Array2<f32> {
        let step = (self.pixels.nrows() / 20).max(1);
        let which: Vec<usize> = (0..self.pixels.nrows()).step_by(step).take(20).collect();
        self.pixels.select(Axis(0), &which)
    }

    fn seed(&self) -> Arc<SeedPicture> {
        Arc::new(SeedPicture {
            prior: self.prior.clone(),
            labels: Some(self.labels.clone()),
            originals: self.drawn(),
            drawn: None,
            shape: self.shape,
        })
    }

    fn network(&self, recipe: Recipe) -> Arc<Network> {
        let size = 1.0 / (recipe.code as f64).sqrt();
        let by_seed = 1.0 + 0.03 * wobble(recipe.seed as usize, recipe.code);
        let plain = (-recipe.lambda * 120.0).exp();
        // What goes beyond the paper does a little better.
        let better = f64::from(recipe.variant as u8);
        let lr = (0.008 + 0.03 * recipe.lambda + 0.16 * recipe.lambda.powi(12) + 0.05 * size)
            * (by_seed - 0.04 * better);
        let lc = (0.14 + 0.6 * plain + 0.5 * size * (1.0 - plain)) * (by_seed - 0.02 * better);
        let scores = Scores {
            samples: 900,
            lr,
            lc_c_p: lc,
            lc_p_ki: Some(0.973 + 0.006 * wobble(recipe.seed as usize, 3)),
            lc_c_ki: Some(0.968 + 0.18 * plain + 0.01 * wobble(recipe.seed as usize, 5)),
        };
        let far = lc as f32 * 0.5;
        let codes = Array2::from_shape_fn(self.prior.dim(), |(i, j)| {
            self.prior[[i, j]] * (1.0 - far) + far * (0.3 + 0.2 * wobble(i.min(j), i.max(j)) as f32)
        });
        let blur = (lr as f32 * 6.0).min(0.9);
        let drawn = self.drawn();
        let mean = drawn.mean_axis(Axis(0)).unwrap();
        Arc::new(Network {
            figures: NetworkFigures {
                recipe,
                training: Some(Scores {
                    lr: 0.9 * scores.lr,
                    lc_c_p: 0.8 * scores.lc_c_p,
                    ..scores
                }),
                validation: scores,
                test: scores,
                steps: 1200,
                seconds: 6.5,
                denoised: Some(Denoised {
                    dkae_pca: (0.031 - 0.002 * better) * by_seed,
                    straight: (0.024 - 0.001 * better) * by_seed,
                    linear_pca: 0.0177 * by_seed,
                }),
            },
            picture: NetworkPicture {
                codes,
                reconstructions: &drawn * (1.0 - blur) + &mean * blur,
            },
        })
    }

    fn spectrum(&self, seed: u64) -> Arc<Spectrum> {
        let curve = |scale: f64| -> Vec<f64> {
            (1..=128)
                .map(|m| 0.85 * f64::from(m).powf(-0.66) * scale + 0.002 * wobble(seed as usize, 1))
                .collect()
        };
        // Classes first, then whatever: good enough to look at.
        let n = self.pixels.nrows();
        let scores = Array2::from_shape_fn((n, 128), |(i, m)| {
            let class = usize::from(self.labels[i]) == m;
            let value = if class { 0.5 } else { 0.0 };
            value + 0.04 * wobble(i, m) as f32
        });
        Arc::new(Spectrum {
            figures: SpectrumFigures {
                seed,
                samples: [4200, 900],
                training: curve(0.93),
                test: curve(1.0),
                dkae_training: 0.139 + 0.002 * wobble(seed as usize, 11),
                dkae_test: 0.158 + 0.003 * wobble(seed as usize, 12),
                eigenvalues: (1..=128).map(|m| 500.0 / f64::from(m)).collect(),
                seconds: 8.0,
            },
            scores,
        })
    }

    fn denoising(&self, seed: u64) -> Arc<Denoising> {
        let errors = [
            0.0625, 0.0334, 0.0371, 0.0262, 0.0247, 0.0171, 0.0088, 0.0153,
        ];
        let clean = self
            .drawn()
            .slice(s![..16.min(self.pixels.nrows()), ..])
            .to_owned();
        let noisy = |amount: f64, which: usize| {
            Array2::from_shape_fn(clean.dim(), |(i, j)| {
                clean[[i, j]] + (amount * wobble(i * 31 + which, j)) as f32
            })
        };
        let methods = || Method::ALL.into_iter().zip(errors).enumerate();
        let grid = |least: f64| -> Vec<GridPoint> {
            let at = |width: f64, ridge: f64| GridPoint {
                prior: None,
                width,
                ridge,
                error: least + 0.001 * (width - 1.0).abs() + 0.001 * (ridge - 0.05).abs(),
            };
            vec![at(0.5, 0.05), at(1.0, 0.05), at(1.0, 0.5)]
        };
        Arc::new(Denoising {
            figures: DenoisingFigures {
                seed,
                classes: vec![5, 6],
                noise: 0.25,
                clip: false,
                components: 32,
                samples: [760, 160, 160],
                errors: methods()
                    .map(|(k, (method, error))| {
                        (method, error * (1.0 + 0.04 * wobble(seed as usize, k)))
                    })
                    .collect(),
                grid: grid(0.033),
                found: Vec::new(),
                rbf_grid: grid(0.015),
                seconds: 9.0,
            },
            rows: methods()
                .map(|(k, (method, error))| (method, noisy(error.sqrt() * 1.7, k)))
                .collect(),
            clean,
            shape: self.shape,
        })
    }

    fn course(&self, seed: u64) -> Arc<CourseFigures> {
        let point = |look: usize| {
            let step = look as f64;
            let lc = 0.14 + 0.9 * (-step / 300.0).exp() + 0.002 * wobble(seed as usize, look);
            CoursePoint {
                step: look as u64,
                lr: lc / 8.0,
                lc,
                total: 0.9 * lc / 8.0 + 0.1 * lc,
                dkae_pca: 0.02 + 0.04 / (1.0 + step / 90.0) + 3e-6 * step,
                dkae_straight: 0.019 + 0.04 / (1.0 + step / 90.0) + 2e-6 * step,
            }
        };
        Arc::new(CourseFigures {
            seed,
            points: self.plan.course_looks().into_iter().map(point).collect(),
            seconds: 20.0,
        })
    }

    /// A network that has taken 430 of its 1,200 steps, if `task` is one.
    fn watch(&self, task: Option<&Task>) -> Option<Arc<Watch>> {
        let Some(Task::Network(recipe)) = task else {
            return None;
        };
        let loss = |step: u64| {
            let fall = (-(step as f64) / 90.0).exp() * (1.0 + 0.1 * wobble(step as usize, 1));
            let (lr, lc) = (0.019 + 0.2 * fall, 0.155 + 0.9 * fall);
            LossPoint {
                step,
                layer: None,
                lambda: recipe.lambda,
                lr,
                lc,
                total: lr + lc,
            }
        };
        Some(Arc::new(Watch::Network {
            recipe: *recipe,
            losses: (0..430).map(loss).collect(),
            steps: 1200,
        }))
    }

    /// The first prior kernel after so many of its 870 mixtures.
    #[allow(dead_code, reason = "not every test begins so early")]
    pub fn preparing(&self, mixtures: usize) -> StudySnapshot {
        let mut snapshot = self.snapshot(0, StudyState::Working);
        let seed = self.plan.seeds[0];
        let part = mixtures as f32 / 870.0;
        snapshot.watch = Some(Arc::new(Watch::Prior {
            seed,
            matrix: (mixtures > 0).then(|| Arc::new(self.prior.mapv(|value| value * part))),
            labels: Some(Arc::new(self.labels.clone())),
        }));
        snapshot.progress.phase = "Fitting mixtures";
        snapshot.progress.units = (mixtures, 870);
        snapshot.progress.seconds_left = None;
        snapshot
    }

    /// The state after so many tasks.
    pub fn snapshot(&self, done: usize, state: StudyState) -> StudySnapshot {
        let tasks = self.plan.tasks();
        let mut findings = Findings::default();
        for task in tasks.iter().take(done) {
            let seed = task.seed();
            if findings.seed(seed).is_none() {
                findings.seeds.push((seed, self.seed()));
            }
            match *task {
                Task::Network(recipe) => findings.networks.push(self.network(recipe)),
                Task::Spectrum { seed } => findings.spectra.push(self.spectrum(seed)),
                Task::Course { seed } => findings.courses.push(self.course(seed)),
                Task::Denoising { seed } => findings.denoising.push(self.denoising(seed)),
                Task::CodeSpace { seed } => findings.code_spaces.push(code_space(seed)),
            }
        }
        StudySnapshot {
            plan: Arc::clone(&self.plan),
            folder: "dkae-experiments/quick".into(),
            findings,
            progress: StudyProgress {
                task: tasks.get(done).copied(),
                phase: "Training",
                units: (430, 1200),
                tasks: (done, tasks.len()),
                share: done as f64 / tasks.len() as f64,
                seconds_left: Some(7.4 * (tasks.len() - done) as f64),
            },
            watch: self.watch(tasks.get(done)),
            state,
            origin: Some(Arc::new(StudyOrigin {
                data: "digits".to_owned(),
                collection: None,
                checksum: "0".repeat(64),
                threads: 2,
                resumed: false,
            })),
            seconds: 7.4 * done as f64,
            notices: Arc::default(),
        }
    }
}
