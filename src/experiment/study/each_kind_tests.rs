//! A result of each kind, made up: what tests need that look at no more than how long it took.

use std::sync::Arc;

use ndarray::Array2;

use crate::data::ImageShape;
use crate::experiment::code_space::CodeSpaceFigures;
use crate::experiment::findings::{self as f, Findings};
use crate::experiment::plan::Plan;
use crate::training::Scores;

/// 10 s for a network of the plan's Nc and 30 s for Table 2's, 3 s for a spectrum, 5 and 7 s for
/// denoising, 2 s for the codes.
pub(super) fn findings(plan: &Plan) -> Findings {
    let scores = Scores {
        samples: 900,
        lr: 0.02,
        lc_c_p: 0.1,
        lc_p_ki: None,
        lc_c_ki: None,
    };
    let nothing = || Array2::zeros((1, 1));
    let network = f::Network {
        figures: f::NetworkFigures {
            recipe: plan.dkae(0),
            training: None,
            validation: scores,
            test: scores,
            steps: 1_000,
            seconds: 10.0,
            denoised: None,
        },
        picture: f::NetworkPicture {
            codes: nothing(),
            reconstructions: nothing(),
        },
    };
    let spectrum = f::Spectrum {
        figures: f::SpectrumFigures {
            seed: 0,
            samples: [4_200, 900],
            training: Vec::new(),
            test: Vec::new(),
            dkae_training: 0.1,
            dkae_test: 0.1,
            eigenvalues: Vec::new(),
            seconds: 3.0,
        },
        scores: nothing(),
    };
    let denoising = |seed: u64, seconds: f64| f::Denoising {
        figures: f::DenoisingFigures {
            seed,
            classes: Vec::new(),
            noise: 0.25,
            clip: false,
            components: 32,
            samples: [800, 170, 170],
            errors: Vec::new(),
            found: Vec::new(),
            grid: Vec::new(),
            rbf_grid: Vec::new(),
            seconds,
        },
        clean: nothing(),
        rows: Vec::new(),
        shape: ImageShape {
            height: 28,
            width: 28,
        },
    };
    Findings {
        networks: vec![Arc::new(network)],
        spectra: vec![Arc::new(spectrum)],
        courses: vec![Arc::new(f::CourseFigures {
            seed: 0,
            points: Vec::new(),
            seconds: 30.0,
        })],
        denoising: vec![Arc::new(denoising(0, 5.0)), Arc::new(denoising(1, 7.0))],
        code_spaces: vec![Arc::new(CodeSpaceFigures {
            seed: 0,
            samples: [4_200, 900, 900],
            spaces: Vec::new(),
            seconds: 2.0,
        })],
        ..Findings::default()
    }
}
