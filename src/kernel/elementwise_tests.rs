use rand::RngExt;

use super::*;
use crate::data::ImageShape;
use crate::kernel::build;

fn data() -> Arc<DataSet> {
    let mut random = Pcg64Mcg::seed_from_u64(8);
    let mut pixels: Vec<u8> = (0..600 * 6).map(|_| random.random()).collect();
    pixels[5 * 6..6 * 6].fill(0);
    let labels = (0..600).map(|i| (i % 7) as u8).collect();
    let shape = ImageShape {
        height: 2,
        width: 3,
    };
    Arc::new(DataSet::new("noise", shape, pixels, Some(labels)).unwrap())
}

/// Each kernel's definition, for two images and their classes.
type Definition = Box<dyn Fn(&[f64], &[f64], bool) -> f64>;

fn inner(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

fn kernels(data: &DataSet, training: &[usize]) -> Vec<(PriorConfig, Definition)> {
    let mut distances = Vec::new();
    for (position, &i) in training.iter().enumerate() {
        for &j in &training[..position] {
            let (x, y) = (data.rows::<f64>(&[i]), data.rows::<f64>(&[j]));
            distances.push((&x - &y).mapv(|d| d * d).sum().sqrt());
        }
    }
    distances.sort_by(f64::total_cmp);
    let sigma = 0.7 * distances[distances.len() / 2];
    let polynomial = PriorConfig::Polynomial {
        degree: 3,
        offset: 0.5,
    };
    vec![
        (PriorConfig::Linear, Box::new(|x, y, _| inner(x, y) / 6.0)),
        (
            polynomial,
            Box::new(|x, y, _| (inner(x, y) / 6.0 + 0.5).powi(3)),
        ),
        (
            PriorConfig::Cosine,
            Box::new(|x, y, _| {
                let norms = (inner(x, x) * inner(y, y)).sqrt();
                if norms > 0.0 {
                    inner(x, y) / norms
                } else {
                    0.0
                }
            }),
        ),
        (
            PriorConfig::Rbf { width: 0.7 },
            Box::new(move |x, y, _| {
                let square = inner(x, x) + inner(y, y) - 2.0 * inner(x, y);
                (-square / (2.0 * sigma * sigma)).exp()
            }),
        ),
        (
            PriorConfig::Ideal,
            Box::new(|_, _, same| f64::from(u8::from(same))),
        ),
    ]
}

#[test]
fn every_kernel_is_its_definition() {
    let data = data();
    let labels = data.labels().unwrap();
    let training: Vec<_> = (100..140).collect();
    // More than a tile of each, a black image among them.
    let rows: Vec<_> = (0..300).collect();
    let columns: Vec<_> = (0..290).map(|i| (i * 2 + 1) % 600).collect();
    let v = Array2::from_shape_fn((290, 4), |(i, j)| ((i * 5 + j) as f32 * 0.3).cos());
    let pixels = data.rows::<f64>(&(0..600).collect::<Vec<_>>());
    for (config, definition) in kernels(&data, &training) {
        let kernel = build(&config, &data, &training, 3).unwrap();
        let wanted = |i: usize, j: usize| {
            let (x, y) = (pixels.row(i).to_vec(), pixels.row(j).to_vec());
            definition(&x, &y, labels[i] == labels[j])
        };
        let mut block = Array2::zeros((300, 290));
        kernel.block(&rows, &columns, block.view_mut());
        let mut gram = Array2::zeros((300, 300));
        kernel.gram(&rows, &mut Scratch::default(), gram.view_mut());
        assert_eq!(gram, gram.t(), "{config:?}");
        for i in 0..300 {
            for j in 0..290 {
                let error = f64::from(block[[i, j]]) - wanted(rows[i], columns[j]);
                assert!(error.abs() < 1e-5, "{config:?} {i} {j}");
                let error = f64::from(gram[[i, j]]) - wanted(rows[i], rows[j]);
                assert!(error.abs() < 1e-5, "{config:?} {i} {j}");
            }
        }
        let product = kernel.multiply(&rows, &columns, v.view());
        let images = data.rows::<f32>(&rows);
        let of_images = kernel.multiply_images(images.view(), &rows, &columns, v.view());
        match kernel.across(images.view(), &columns) {
            Some(across) => assert!((&across - &block).iter().all(|error| error.abs() < 1e-5)),
            None => assert_eq!(config, PriorConfig::Ideal, "a kernel of classes alone"),
        }
        let wanted = block.dot(&v);
        assert!(
            (&product - &wanted).iter().all(|error| error.abs() < 1e-3),
            "{config:?}"
        );
        assert!(
            (&of_images - &wanted)
                .iter()
                .all(|error| error.abs() < 1e-3),
            "{config:?}"
        );
    }
}

#[test]
fn settings_out_of_range_are_told() {
    let data = data();
    let error = |config: PriorConfig, training: &[usize]| build(&config, &data, training, 0).err();
    for config in [
        PriorConfig::Rbf { width: 0.0 },
        PriorConfig::Rbf { width: f64::NAN },
        PriorConfig::Polynomial {
            degree: 0,
            offset: 0.0,
        },
        PriorConfig::Polynomial {
            degree: 2,
            offset: -1.0,
        },
    ] {
        assert!(matches!(
            error(config, &[0, 1]),
            Some(KernelError::Setting { .. })
        ));
    }
    let few = Some(KernelError::TooFewSamples {
        needed: 2,
        given: 1,
    });
    assert_eq!(error(PriorConfig::Rbf { width: 1.0 }, &[0]), few);
    let same = Some(KernelError::IdenticalSamples);
    assert_eq!(error(PriorConfig::Rbf { width: 1.0 }, &[4, 4]), same);
    let shape = data.shape();
    let unlabelled = Arc::new(DataSet::new("none", shape, vec![1; 12], None).unwrap());
    let missing = build(&PriorConfig::Ideal, &unlabelled, &[0, 1], 0).err();
    assert_eq!(missing, Some(KernelError::LabelsNeeded));
}
