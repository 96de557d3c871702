//! Choosing samples, and files that do not go together.

use std::collections::HashSet;
use std::fs;

use tempfile::TempDir;

use super::super::load;
use super::*;

const SHAPE: ImageShape = ImageShape {
    height: 1,
    width: 2,
};

/// `labels.len()` different images in a folder, with labels under the usual name.
fn folder(labels: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("train-images-idx3-ubyte");
    let pixels: Vec<u8> = (0..labels.len())
        .flat_map(|i| [i as u8, (i >> 8) as u8])
        .collect();
    fs::write(&path, idx::encode_images(SHAPE, &pixels)).unwrap();
    let labels = idx::encode_labels(labels);
    fs::write(folder.path().join("train-labels-idx1-ubyte"), labels).unwrap();
    (folder, path)
}

/// 300 labels, 0 to 2 in turn.
fn thirds() -> Vec<u8> {
    (0..300_u32).map(|i| (i % 3) as u8).collect()
}

fn select(samples: Option<usize>, classes: Option<&[u8]>, seed: u64) -> Selection {
    Selection {
        samples,
        classes: classes.map(<[u8]>::to_vec),
        seed,
    }
}

/// The images' numbers, in the data set's order.
fn numbers(data: &DataSet) -> Vec<usize> {
    (0..data.len())
        .map(|i| usize::from(data.image(i)[0]) + 256 * usize::from(data.image(i)[1]))
        .collect()
}

#[test]
fn a_selection_keeps_images_and_labels_together() {
    let (_folder, path) = folder(&thirds());
    let source = Source::open(&path).unwrap();
    assert_eq!((source.len(), source.classes()), (300, vec![0, 1, 2]));
    assert_eq!(source.name(), "train-images-idx3-ubyte");
    let data = source.select(&select(Some(50), Some(&[2, 0]), 1)).unwrap();
    let chosen = numbers(&data);
    assert_eq!(
        (data.len(), chosen.iter().collect::<HashSet<_>>().len()),
        (50, 50)
    );
    for (number, &label) in chosen.iter().zip(data.labels().unwrap()) {
        assert_eq!(number % 3, usize::from(label));
        assert_ne!(label, 1);
    }
    assert_eq!(data.classes(), [0, 2]);
}

#[test]
fn the_seed_decides_and_fewer_are_the_start_of_more() {
    let (_folder, path) = folder(&thirds());
    let chosen = |samples, seed| numbers(&load(&path, None, &select(samples, None, seed)).unwrap());
    assert_eq!(chosen(Some(100), 4), chosen(Some(100), 4));
    assert_ne!(chosen(Some(100), 4), chosen(Some(100), 5));
    assert_eq!(chosen(Some(40), 4), chosen(Some(100), 4)[..40]);
    assert_eq!(chosen(Some(100), 4), chosen(None, 4)[..100]);
    // More than there are: all.
    assert_eq!(chosen(Some(1_000_000), 4), chosen(None, 4));
    assert_eq!(chosen(None, 4).iter().collect::<HashSet<_>>().len(), 300);
}

#[test]
fn parts_have_no_image_in_common_and_begin_with_what_seed_0_chooses() {
    let (_folder, path) = folder(&thirds());
    let source = Source::open(&path).unwrap();
    assert_eq!(
        [70, 300, 301, 0].map(|count| source.parts(count)),
        [4, 1, 0, 300]
    );
    let part = |index| numbers(&source.part(70, index).unwrap());
    let mut all: Vec<usize> = (0..4).flat_map(part).collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 4 * 70);
    let first = source.select(&select(Some(70), None, 0)).unwrap();
    assert_eq!(part(0), numbers(&first));
    let data = source.part(70, 3).unwrap();
    for (index, number) in numbers(&data).into_iter().enumerate() {
        assert_eq!(data.labels().unwrap()[index], (number % 3) as u8);
    }
    assert!(matches!(
        source.part(70, usize::MAX),
        Err(DataError::TooFewSamples { found: 0, .. })
    ));
}

#[test]
fn images_without_labels_are_read_but_have_no_classes() {
    let (folder, path) = folder(&thirds());
    fs::remove_file(folder.path().join("train-labels-idx1-ubyte")).unwrap();
    let source = Source::open(&path).unwrap();
    assert!(!source.is_labelled() && source.labels_path().is_none());
    assert!(
        source
            .select(&Selection::default())
            .unwrap()
            .labels()
            .is_none()
    );
    let error = source.select(&select(None, Some(&[1]), 0)).err().unwrap();
    assert!(matches!(error, DataError::Unlabelled { .. }), "{error}");
    assert!(
        error.to_string().contains("(train-labels-idx1-ubyte)"),
        "{error}"
    );
}

#[test]
fn labels_may_stand_elsewhere() {
    let (_folder, path) = folder(&thirds());
    let (_other, others) = folder(&vec![7; 300]);
    let labels = others.with_file_name("train-labels-idx1-ubyte");
    let source = Source::open_with(&path, Some(&labels)).unwrap();
    assert_eq!(
        (source.classes(), source.labels_path()),
        (vec![7], Some(&*labels))
    );
}

#[test]
fn counts_that_do_not_match_name_both_files() {
    let (folder, path) = folder(&thirds());
    let labels = folder.path().join("train-labels-idx1-ubyte");
    fs::write(&labels, idx::encode_labels(&[1; 299])).unwrap();
    let message = Source::open(&path).err().unwrap().to_string();
    for part in [
        "train-images-idx3-ubyte",
        "300",
        "train-labels-idx1-ubyte",
        "299",
    ] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn labels_beyond_nine_are_refused_with_their_place() {
    let (folder, path) = folder(&[&thirds()[..], &[10]].concat());
    let error = Source::open(&path).err().unwrap();
    assert!(
        matches!(
            error,
            DataError::LabelOutOfRange {
                index: 300,
                label: 10,
                ..
            }
        ),
        "{error}"
    );
    assert!(
        error.to_string().contains("train-labels-idx1-ubyte"),
        "{error}"
    );
    drop(folder);
}

#[test]
fn classes_that_cannot_be_chosen_are_named() {
    let (_folder, path) = folder(&thirds());
    let source = Source::open(&path).unwrap();
    let error = |classes| {
        source
            .select(&select(None, Some(classes), 0))
            .err()
            .unwrap()
    };
    let seven = error(&[1, 7]);
    assert!(
        matches!(seven, DataError::EmptyClass { class: 7, .. }),
        "{seven}"
    );
    assert!(seven.to_string().contains("0, 1, 2"), "{seven}");
    assert!(matches!(
        error(&[200]),
        DataError::EmptyClass { class: 200, .. }
    ));
    assert!(matches!(error(&[]), DataError::NoClasses { .. }));
}

#[test]
fn too_few_samples_are_refused() {
    let (_folder, path) = folder(&[&vec![0; 100][..], &[1; 5]].concat());
    let source = Source::open(&path).unwrap();
    let error = |samples, classes| source.select(&select(samples, classes, 0)).err().unwrap();
    assert!(matches!(
        error(Some(19), None),
        DataError::TooFewSamples { found: 19, .. }
    ));
    assert!(matches!(
        error(None, Some(&[1])),
        DataError::TooFewSamples { found: 5, .. }
    ));
    assert!(source.select(&select(Some(20), None, 0)).is_ok());
    let empty = idx::encode_images(SHAPE, &[]);
    fs::write(path.with_file_name("empty"), empty).unwrap();
    let empty = Source::open(&path.with_file_name("empty")).unwrap();
    assert!(empty.is_empty());
    assert!(empty.select(&Selection::default()).is_err());
}

#[test]
fn identical_images_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("same");
    let mut pixels = vec![9; 60];
    fs::write(&path, idx::encode_images(SHAPE, &pixels)).unwrap();
    let error = Source::open(&path)
        .unwrap()
        .select(&Selection::default())
        .err()
        .unwrap();
    assert!(
        matches!(error, DataError::Identical { count: 30, .. }),
        "{error}"
    );
    pixels[59] = 8;
    fs::write(&path, idx::encode_images(SHAPE, &pixels)).unwrap();
    assert!(
        Source::open(&path)
            .unwrap()
            .select(&Selection::default())
            .is_ok()
    );
}

#[test]
fn a_selection_is_plain_data() {
    let selection = select(Some(50), Some(&[5, 6]), 3);
    let text = serde_json::to_string(&selection).unwrap();
    assert_eq!(serde_json::from_str::<Selection>(&text).unwrap(), selection);
    assert_eq!(
        serde_json::from_str::<Selection>("{}").unwrap(),
        Selection::default()
    );
}

#[test]
fn files_opened_together_are_one_source() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/mnist");
    let open = |name: &str| Source::open(&folder.join(name)).unwrap();
    let (training, test) = (
        open("train-images-idx3-ubyte.gz"),
        open("t10k-images-idx3-ubyte.gz"),
    );
    let counts = |source: &Source| source.class_counts();
    let (ones, others) = (counts(&training), counts(&test));
    let all = training.followed_by(&test).unwrap();
    assert_eq!((all.len(), all.is_labelled()), (70_000, true));
    let sums: Vec<_> = ones.iter().zip(others).map(|(a, b)| a + b).collect();
    assert_eq!(counts(&all).to_vec(), sums);
    let whole = all.select(&Selection::default()).unwrap();
    assert_eq!(whole.len(), 70_000);
}
