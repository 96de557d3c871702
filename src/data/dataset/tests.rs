//! Pixels, classes and checksums, and what does not go together.

use super::*;

const SHAPE: ImageShape = ImageShape {
    height: 2,
    width: 3,
};

fn three() -> DataSet {
    DataSet::new("three", SHAPE, (0..18).collect(), Some(vec![4, 1, 4])).unwrap()
}

#[test]
fn images_are_rows_in_the_unit_interval() {
    let data = three();
    assert_eq!((data.len(), data.image(1)), (3, &[6, 7, 8, 9, 10, 11][..]));
    let rows = data.rows::<f64>(&[2, 0]);
    for (j, &value) in rows.row(0).iter().enumerate() {
        assert!((value - (12 + j) as f64 / 255.0).abs() < 1e-15);
    }
    assert_eq!(rows[(1, 0)], 0.0);
}

#[test]
fn every_byte_is_its_255th_and_the_ends_are_exact() {
    let shape = ImageShape {
        height: 16,
        width: 16,
    };
    let data = DataSet::new("ramp", shape, (0..=255).collect(), None).unwrap();
    let rows = data.rows::<f32>(&[0]);
    assert_eq!((rows[(0, 0)], rows[(0, 255)]), (0.0, 1.0));
    for (byte, &value) in rows.iter().enumerate() {
        assert!((value - byte as f32 / 255.0).abs() <= f32::EPSILON / 2.0);
    }
    assert_eq!(data.rows::<f64>(&[0])[(0, 255)], 1.0);
}

#[test]
fn columns_first_gives_the_same_numbers() {
    let data = three();
    let mut columns = Array2::<f32>::zeros((6, 2));
    data.gather(&[1, 2], columns.view_mut().reversed_axes());
    assert_eq!(columns.t(), data.rows::<f32>(&[1, 2]));
}

#[test]
fn classes_are_counted() {
    assert_eq!(three().classes(), [1, 4]);
    assert_eq!(three().class_counts(), [0, 1, 0, 0, 2, 0, 0, 0, 0, 0]);
    let unlabelled = DataSet::new("u", SHAPE, vec![0; 6], None).unwrap();
    assert!(unlabelled.classes().is_empty());
}

#[test]
fn the_checksum_is_sha_256_of_pixels_and_labels() {
    // printf 'abcdef\003' | sha256sum
    let data = DataSet::new("x", SHAPE, b"abcdef".to_vec(), Some(vec![3])).unwrap();
    assert_eq!(
        data.checksum(),
        "810325ec4abb271319c4df6d4e7ab8ff93c4dc9a05d8cdbba165b6d448645d86"
    );
    assert_ne!(three().checksum(), data.checksum());
}

#[test]
fn what_does_not_go_together_is_refused() {
    let make = |shape, pixels: usize, labels: Option<Vec<u8>>| {
        DataSet::new("odd", shape, vec![0; pixels], labels).err()
    };
    let flat = ImageShape {
        height: 0,
        width: 3,
    };
    assert!(matches!(
        make(flat, 6, None),
        Some(DataError::EmptyImages { .. })
    ));
    assert!(matches!(
        make(SHAPE, 7, None),
        Some(DataError::PartialImage { pixels: 7, .. })
    ));
    let huge = ImageShape {
        height: usize::MAX,
        width: 2,
    };
    assert!(matches!(
        make(huge, 7, None),
        Some(DataError::PartialImage { .. })
    ));
    let few = make(SHAPE, 12, Some(vec![1]));
    assert!(matches!(
        few,
        Some(DataError::CountMismatch { label_count: 1, .. })
    ));
    let high = make(SHAPE, 12, Some(vec![1, 10]));
    assert!(matches!(
        high,
        Some(DataError::LabelOutOfRange {
            index: 1,
            label: 10,
            ..
        })
    ));
    assert!(make(SHAPE, 12, Some(vec![1, 9])).is_none());
}
