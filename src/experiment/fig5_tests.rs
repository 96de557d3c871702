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
    let subject = Subject {
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
