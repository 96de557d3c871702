use super::*;
use crate::data::{Selection, Source};
use crate::exhibit::live::{Parts, PriorPicture};
use crate::exhibit::{Images, Made};
use crate::kernel::{PriorKernel, Scratch, build};
use crate::training::config::RunConfig;
use crate::training::{HeldOut, Schedule, ShownDigits};

/// An exhibit of 60 digits whose prior is mixtures of its own data, with or without classes.
fn exhibit(prior: PriorConfig, with_labels: bool) -> Exhibit {
    let selection = Selection {
        samples: Some(200),
        ..Selection::default()
    };
    let data = Arc::new(Source::bundled().unwrap().select(&selection).unwrap());
    let training: Vec<usize> = (0..120).collect();
    let kernel: Arc<dyn PriorKernel> = build(&prior, &data, &training, 2).unwrap().into();
    let labels = data.labels().unwrap();
    let mut indices: Vec<usize> = (130..190).collect();
    indices.sort_by_key(|&index| labels[index]);
    let labels: Vec<u8> = indices.iter().map(|&index| labels[index]).collect();
    let mut matrix = Array2::zeros((60, 60));
    kernel.gram(&indices, &mut Scratch::default(), matrix.view_mut());
    let labels = with_labels.then_some(labels);
    let shown = ShownDigits {
        set: HeldOut::Validation,
        pixels: data.rows(&indices),
        labels: labels.clone(),
        indices,
        shape: data.shape(),
        collection: data.collection(),
    };
    let began = RunConfig {
        prior,
        ..RunConfig::default()
    };
    let parts = Parts {
        made: Arc::new(Made {
            data: None,
            samples: None,
            began: began.clone(),
            schedule: Schedule::default(),
            plan: None,
        }),
        images: Arc::new(Images::of(&shown)),
        prior: Some(Arc::new(PriorPicture::new(matrix, None, labels.as_deref()))),
        kernel: Some(kernel),
        ..Parts::nothing(began)
    };
    parts.exhibit()
}

fn pck() -> PriorConfig {
    PriorConfig::Pck(PckConfig {
        restarts: 4,
        max_components: 8,
        fit_samples: 60,
        ..PckConfig::default()
    })
}

fn range(least: usize, most: usize, starts: usize) -> MixtureRange {
    MixtureRange {
        components: [least, most],
        starts,
    }
}

/// Lc as Eq. 6 has it.
fn plain_lc(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let unit = |m: &Array2<f64>| m / m.mapv(|x| x * x).sum().sqrt();
    (unit(a) - unit(b)).mapv(|x| x * x).sum().sqrt()
}

fn wide(exhibit: &Exhibit, index: usize) -> Array2<f64> {
    let entries = exhibit.matrix(index).unwrap().entries();
    entries.mapv(f64::from)
}

fn ideal(exhibit: &Exhibit) -> Array2<f64> {
    let labels = exhibit.images.labels.as_ref().unwrap();
    let n = labels.len();
    Array2::from_shape_fn((n, n), |(i, j)| f64::from(u8::from(labels[i] == labels[j])))
}

#[test]
fn figures_of_a_part_are_those_of_the_matrices_on_show() {
    let whole = exhibit(pck(), true);
    assert_eq!(whole.mixtures(), Some(range(2, 8, 4)));
    let mut sieve = Sieve::default();
    for some in [range(2, 8, 4), range(2, 2, 4), range(5, 8, 1)] {
        let part = sieve.part(&whole, some).unwrap();
        let (p, all) = (wide(&part.exhibit, 0), wide(&part.exhibit, 1));
        assert_eq!(all, wide(&whole, 0));
        let near = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-5, "{some:?}");
        near(part.lc_ki.unwrap(), plain_lc(&p, &ideal(&whole)));
        near(part.lc_whole_ki.unwrap(), whole.lc_p_ki.unwrap());
        near(part.lc_whole, plain_lc(&p, &all));
        let sizes = some.components[1] - some.components[0] + 1;
        assert_eq!(part.mixtures, sizes * some.starts);
    }
    let every = sieve.part(&whole, range(2, 8, 4)).unwrap();
    assert!(every.lc_whole < 1e-3, "the whole is itself");
    let caption = &sieve.part(&whole, range(3, 4, 2)).unwrap().exhibit.kernels[0];
    assert_eq!(caption.heading, "P · g = 3–4, q ≤ 2");
    assert_eq!(
        caption.caption,
        "4 of 28 mixtures · 60 validation images, sorted by class"
    );
}

#[test]
fn each_size_alone_is_a_part() {
    let whole = exhibit(pck(), true);
    let mut sieve = Sieve::default();
    let sizes = sieve.sizes(&whole).unwrap();
    assert_eq!(sizes.len(), 7);
    for (alone, g) in sizes.iter().zip(2..) {
        let part = sieve.part(&whole, range(g, g, 4)).unwrap();
        assert_eq!(alone.components, g);
        assert_eq!((alone.lc_ki, alone.lc_whole), (part.lc_ki, part.lc_whole));
    }
    // Without classes nothing is compared with K_I.
    let plain = exhibit(pck(), false);
    let part = sieve.part(&plain, range(2, 3, 4)).unwrap();
    assert_eq!((part.lc_ki, part.lc_whole_ki), (None, None));
    assert!(
        sieve
            .sizes(&plain)
            .unwrap()
            .iter()
            .all(|alone| alone.lc_ki.is_none())
    );
}

#[test]
fn a_prior_without_mixtures_has_no_parts() {
    let cosine = exhibit(PriorConfig::Cosine, true);
    let mut sieve = Sieve::default();
    assert_eq!(cosine.mixtures(), None);
    assert!(sieve.part(&cosine, range(2, 3, 4)).is_none() && sieve.sizes(&cosine).is_none());
    assert_eq!(cosine.prior_of(range(2, 3, 4)), None);
}

/// The settings of the next run are those of the part: it shows the very same P.
#[test]
fn a_run_of_a_part_has_the_same_p() {
    let whole = exhibit(pck(), true);
    let some = range(4, 6, 3);
    let part = Sieve::default().part(&whole, some).unwrap();
    let config = whole.prior_of(some).unwrap();
    let next = exhibit(config, true);
    assert_eq!(next.mixtures(), Some(some));
    let worst = (wide(&next, 0) - wide(&part.exhibit, 0)).mapv(f64::abs);
    assert!(worst.iter().all(|&difference| difference < 1e-5));
    assert_eq!(
        next.kernels[0].caption,
        "cluster kernel · 60 validation images by class"
    );
}
