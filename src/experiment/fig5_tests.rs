//! The curves against the plain way: every `K_m` built whole, Lc by its definition.

use std::sync::Arc;

use super::*;
use crate::data::{Selection, Source, Split, generator};
use crate::kernel::alignment::lc;
use crate::kernel::{PriorConfig, build};
use crate::model::{Activation, Architecture};

#[test]
fn the_curves_are_those_of_the_whole_matrices() {
    let selection = Selection {
        samples: Some(150),
        ..Selection::default()
    };
    let data = Arc::new(Source::bundled().unwrap().select(&selection).unwrap());
    let split = Split::new(data.len(), 0);
    let prior = build(&PriorConfig::Rbf { width: 0.7 }, &data, &split.training, 0).unwrap();
    let architecture = Architecture {
        dims: vec![784, 5],
        hidden: Activation::Relu,
        code: Activation::Relu,
        output: Activation::Sigmoid,
    };
    let network = Autoencoder::new(architecture, &mut generator(1, 1));
    let subject = Sampled {
        data: &data,
        prior: &*prior,
        training: &split.training,
        test: &split.test,
        shown: &split.test[..10],
        network: &network,
    };
    let found = spectrum(&subject, 8, 0, &|| false).unwrap();
    let figures = &found.figures;
    let kpca = Kpca::fit(&*prior, &split.training, 8, 0, &|| false).unwrap();
    for (samples, z, ours, dkae) in [
        (
            &split.training,
            kpca.training_scores(),
            &figures.training,
            figures.dkae_training,
        ),
        (
            &split.test,
            kpca.scores(&*prior, &split.test),
            &figures.test,
            figures.dkae_test,
        ),
    ] {
        let mut p = Array2::zeros((samples.len(), samples.len()));
        prior.block(samples, samples, p.view_mut());
        assert_eq!(ours.len(), 8);
        for (m, &ours) in ours.iter().enumerate() {
            let z = z.slice(ndarray::s![.., ..=m]);
            let plain = lc(z.dot(&z.t()).view(), p.view());
            assert!((plain - ours).abs() < 2e-3, "m {}: {plain} {ours}", m + 1);
        }
        let codes = codes(&network, &data, samples);
        let plain = lc(codes.dot(&codes.t()).view(), p.view());
        assert!((plain - dkae).abs() < 1e-5, "{plain} {dkae}");
    }
    assert_eq!(found.kernel(3).dim(), (10, 10));
    assert!(figures.training.windows(2).all(|w| w[1] <= w[0] + 1e-9));
}

/// Kernel PCA with m components against the dkAE with as many code units, for each Nc of the plan
/// whose network is there under all seeds.
#[test]
fn kernel_pca_and_the_codes_are_set_beside_each_other_at_equal_dimension() {
    use super::super::findings::{Network, NetworkFigures, NetworkPicture};
    use crate::training::Scores;
    use crate::training::config::Preset;

    let both = [Experiment::Fig3b, Experiment::Fig5];
    let mut plan = Plan::of(Preset::Quick, &both, 0, 2);
    plan.code_sizes = vec![4, 2, 8, 2];
    let mut findings = Findings::default();
    for seed in [0, 1] {
        findings.spectra.push(Arc::new(Spectrum {
            figures: SpectrumFigures {
                seed,
                samples: [4_200, 900],
                training: vec![9.0; 6],
                test: (1..=6).map(|m| f64::from(m) + 10.0 * seed as f64).collect(),
                dkae_training: 9.0,
                dkae_test: 9.0,
                eigenvalues: vec![1.0; 6],
                seconds: 1.0,
            },
            scores: Array2::zeros((1, 1)),
        }));
        for recipe in plan.recipes(Experiment::Fig3b, seed) {
            let lc_c_p = recipe.code as f64 / 100.0 + seed as f64 / 10.0;
            let scores = |lc_c_p| Scores {
                samples: 900,
                lr: 0.02,
                lc_c_p,
                lc_p_ki: None,
                lc_c_ki: None,
            };
            findings.networks.push(Arc::new(Network {
                figures: NetworkFigures {
                    recipe,
                    training: None,
                    validation: scores(9.0),
                    test: scores(lc_c_p),
                    steps: 1,
                    seconds: 1.0,
                    denoised: None,
                },
                picture: NetworkPicture {
                    codes: Array2::zeros((1, 1)),
                    reconstructions: Array2::zeros((1, 1)),
                },
            }));
        }
    }
    let found = equal(&plan, &findings);
    // There are no eight components.
    assert_eq!(found.iter().map(|at| at.m).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(found[1].kpca.values, [4.0, 14.0]);
    assert_eq!(found[1].dkae.values, [0.04, 0.14]);
    assert_eq!(found[0].kpca.values, [2.0, 12.0]);
    for alone in both {
        plan.experiments = vec![alone];
        assert_eq!(equal(&plan, &findings), [], "{alone:?} alone");
    }
    plan.experiments = both.to_vec();
    findings
        .networks
        .retain(|n| n.figures.recipe.code != 4 || n.figures.recipe.seed != 1);
    let found = equal(&plan, &findings);
    assert_eq!(
        found.iter().map(|at| at.m).collect::<Vec<_>>(),
        [2],
        "not under all seeds"
    );
}
