//! The readers against good files, and against everything that can be wrong with one.

use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::collection::vec;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

/// A file of these bytes, in a folder that lives as long as the test.
fn file(name: &str, data: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, data).unwrap();
    (folder, path)
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(data).unwrap();
    packed.finish().unwrap()
}

/// A header of images and `body`.
fn images_file(sizes: [u32; 3], body: &[u8]) -> Vec<u8> {
    let sizes = sizes.map(u32::to_be_bytes).concat();
    [&Content::Images.magic()[..], &sizes, body].concat()
}

/// The error that reading `data` as images gives; its message names the file, on one line.
fn images_error(data: &[u8]) -> DataError {
    let (_folder, path) = file("digits", data);
    let error = read_images(&path).unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains("digits") && !message.contains('\n'),
        "{message}"
    );
    error
}

#[test]
fn images_of_any_size_are_read_plain_and_packed() {
    let shape = ImageShape {
        height: 3,
        width: 5,
    };
    let pixels: Vec<u8> = (0..60).collect();
    let data = encode_images(shape, &pixels);
    // The name says nothing about the packing.
    for (name, bytes) in [("plain.gz", data.clone()), ("packed", gzip(&data))] {
        let (_folder, path) = file(name, &bytes);
        assert_eq!(
            read_images(&path).unwrap(),
            Images {
                shape,
                pixels: pixels.clone()
            }
        );
    }
}

#[test]
fn several_packed_members_are_one_file() {
    let data = encode_labels(&[1, 2, 3]);
    let (_folder, path) = file("l", &[gzip(&data[..5]), gzip(&data[5..])].concat());
    assert_eq!(read_labels(&path).unwrap(), [1, 2, 3]);
}

#[test]
fn places_without_a_file_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let missing = read_images(&folder.path().join("none")).unwrap_err();
    assert!(matches!(missing, DataError::Missing { .. }), "{missing}");
    let directory = read_images(folder.path()).unwrap_err();
    assert!(matches!(directory, DataError::Folder { .. }), "{directory}");
}

#[cfg(unix)]
#[test]
fn a_device_is_not_read() {
    let error = read_images(Path::new("/dev/zero")).unwrap_err();
    assert!(matches!(error, DataError::NotRegular { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_said_to_be_one() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = file("secret", &encode_labels(&[1]));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if File::open(&path).is_ok() {
        println!("skipped: this user may read every file");
        return;
    }
    let error = read_labels(&path).unwrap_err();
    assert!(matches!(error, DataError::NoPermission { .. }), "{error}");
}

#[test]
fn a_systems_refusal_is_a_lack_of_permission() {
    let refusal = io::Error::from(io::ErrorKind::PermissionDenied);
    let error = DataError::from_io("secret", refusal);
    assert!(matches!(error, DataError::NoPermission { .. }));
    assert!(error.to_string().starts_with("secret"));
}

#[test]
fn what_is_not_idx_is_described() {
    let message = |data: &[u8]| {
        let error = images_error(data);
        assert!(matches!(error, DataError::WrongMagic { .. }), "{error}");
        error.to_string()
    };
    assert!(message(&encode_labels(&[1; 40])).contains("it holds labels"));
    assert!(message(b"\x89PNG\r\n\x1a\n").contains("89 50 4e 47"));
    assert!(message(&[0, 0, 0x0d, 3, 0, 0, 0, 1]).contains("32-bit floats"));
    assert!(message(&[0, 0, 8, 4, 0, 0]).contains("dimensions is 4"));
    assert!(message(&gzip(b"a text that somebody packed")).contains("00 00 08 03"));
    let (_folder, path) = file("digits", &images_file([1, 1, 1], &[0]));
    assert!(
        read_labels(&path)
            .unwrap_err()
            .to_string()
            .contains("it holds images")
    );
}

#[test]
fn sizes_that_do_not_agree_are_counted() {
    let short = images_error(&images_file([3, 2, 2], &[7; 10]));
    assert!(
        matches!(
            short,
            DataError::Truncated {
                promised: 28,
                found: 26,
                ..
            }
        ),
        "{short}"
    );
    let long = images_error(&images_file([3, 2, 2], &[7; 15]));
    let three = Some(3);
    assert!(matches!(long, DataError::TrailingBytes { promised: 28, extra, .. } if extra == three));
    let packed = images_error(&gzip(&images_file([3, 2, 2], &[7; 10])));
    assert!(
        matches!(
            packed,
            DataError::Truncated {
                promised: 28,
                found: 26,
                ..
            }
        ),
        "{packed}"
    );
    let packed = images_error(&gzip(&images_file([3, 2, 2], &[7; 15])));
    assert!(matches!(
        packed,
        DataError::TrailingBytes {
            promised: 28,
            extra: None,
            ..
        }
    ));
    let empty = images_error(&[]);
    assert!(
        matches!(
            empty,
            DataError::Truncated {
                promised: 16,
                found: 0,
                ..
            }
        ),
        "{empty}"
    );
}

#[test]
fn images_without_pixels_are_refused() {
    for sizes in [[4, 0, 28], [4, 28, 0], [u32::MAX, 0, 0]] {
        let error = images_error(&images_file(sizes, &[]));
        assert!(matches!(error, DataError::EmptyImages { .. }), "{error}");
    }
}

#[test]
fn a_header_that_promises_what_cannot_be_there_allocates_nothing() {
    for sizes in [[1 << 31, 28, 28], [u32::MAX; 3]] {
        let plain = images_error(&images_file(sizes, &[0; 100]));
        assert!(
            matches!(plain, DataError::Truncated { found: 116, .. }),
            "{plain}"
        );
        let packed = images_error(&gzip(&images_file(sizes, &[0; 100])));
        assert!(matches!(packed, DataError::Impossible { .. }), "{packed}");
    }
}

#[test]
fn a_bomb_stops_at_the_promise_or_at_the_budget() {
    // Sixteen million zeros in some 16 kB or so.
    let zeros = vec![0; 16 << 20];
    let honest = gzip(&images_file([1 << 14, 32, 32], &zeros));
    assert!(honest.len() < 200_000);
    let stream = |data| Stream::new("bomb".to_owned(), honest.len() as u64, data).unwrap();
    let error = stream(&honest[..]).images(|| 1 << 20).unwrap_err();
    let mebi = 1 << 20;
    assert!(
        matches!(error, DataError::TooLarge { available, .. } if available == mebi),
        "{error}"
    );
    assert!(stream(&honest[..]).images(|| 1 << 30).is_ok());
    // One image is promised, and sixteen thousand come: read no further than needed.
    let error = images_error(&gzip(&images_file([1, 32, 32], &zeros)));
    assert!(
        matches!(error, DataError::TrailingBytes { promised: 1040, .. }),
        "{error}"
    );
}

#[test]
fn damage_inside_the_packing_is_found() {
    let pixels: Vec<u8> = (0..5000_u32).map(|i| ((i * i) >> 3) as u8).collect();
    let good = gzip(&images_file([50, 10, 10], &pixels));
    // The checksum at the end guards every bit of the contents.
    let mut sum = good.clone();
    let at = sum.len() - 6;
    sum[at] ^= 1;
    assert!(matches!(images_error(&sum), DataError::CorruptGzip { .. }));
    let cut = images_error(&good[..good.len() - 3]);
    assert!(matches!(cut, DataError::CorruptGzip { .. }), "{cut}");
    let mut middle = good.clone();
    let half = middle.len() / 2;
    middle[half..half + 20].fill(0xff);
    images_error(&middle);
    images_error(&[&good[..], b"more"].concat());
}

#[test]
fn labels_are_found_by_the_names_that_are_in_use() {
    for (images, labels) in [
        ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz"),
        ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte"),
        ("train-images.idx3-ubyte", "train-labels.idx1-ubyte"),
        ("train-images-idx3-ubyte", "train-labels.idx1-ubyte"),
        (
            "emnist-digits-test-images-idx3-ubyte.gz",
            "emnist-digits-test-labels-idx1-ubyte.gz",
        ),
        ("my-images.gz", "my-labels.gz"),
        ("digits.idx3", "digits.idx1"),
        ("images/images-idx3", "images/labels-idx1"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("images")).unwrap();
        let images = folder.path().join(images);
        fs::write(&images, "").unwrap();
        assert_eq!(labels_path_for(&images), None, "{}", images.display());
        fs::write(folder.path().join(labels), "").unwrap();
        assert_eq!(labels_path_for(&images), Some(folder.path().join(labels)));
    }
}

#[test]
fn a_file_is_never_its_own_labels() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "digits",
        "digits.gz",
        "a.idx",
        "a-idx",
        "t10k-images.idx3",
        "t10k-images-idx3",
    ] {
        fs::write(folder.path().join(name), "").unwrap();
    }
    for entry in fs::read_dir(folder.path()).unwrap() {
        assert_eq!(labels_path_for(&entry.unwrap().path()), None);
    }
}

/// Small images with their pixels.
fn some_images() -> impl Strategy<Value = Images> {
    (1_usize..7, 1_usize..7, 0_usize..9).prop_flat_map(|(height, width, count)| {
        let shape = ImageShape { height, width };
        vec(any::<u8>(), count * height * width).prop_map(move |pixels| Images { shape, pixels })
    })
}

/// Reads images from memory.
fn parse(data: &[u8]) -> Result<Images, DataError> {
    Stream::new("memory".to_owned(), data.len() as u64, data)?.images(|| 1 << 26)
}

proptest! {
    #[test]
    fn what_is_written_is_read(images in some_images(), labels in vec(any::<u8>(), 0..50)) {
        let data = encode_images(images.shape, &images.pixels);
        prop_assert_eq!(&parse(&data).unwrap(), &images);
        prop_assert_eq!(&parse(&gzip(&data)).unwrap(), &images);
        let data = encode_labels(&labels);
        prop_assert_eq!(&labels_in("l", &data).unwrap(), &labels);
        prop_assert_eq!(&labels_in("l", &gzip(&data)).unwrap(), &labels);
    }

    #[test]
    fn a_file_cut_anywhere_is_refused_by_name(images in some_images(), at in any::<usize>()) {
        let data = encode_images(images.shape, &images.pixels);
        for data in [gzip(&data), data] {
            let error = parse(&data[..at % data.len()]).unwrap_err();
            prop_assert!(error.to_string().contains("memory"), "{}", error);
        }
    }

    #[test]
    fn any_bytes_are_survived(
        bytes in vec(any::<u8>(), 0..200),
        sizes in any::<[u32; 3]>(),
        small in [0_u32..4, 0..4, 0..4],
        wrap in 0..3,
    ) {
        let data = match wrap {
            0 => bytes,
            1 => images_file(sizes, &bytes),
            _ => images_file(small, &bytes),
        };
        for data in [gzip(&data), [&[0x1f, 0x8b, 8, 0], &data[..]].concat(), data] {
            if let Ok(images) = parse(&data) {
                prop_assert!(images.pixels.len() % images.shape.pixels() == 0);
            }
            let _ = labels_in("memory", &data).map_err(|error| error.to_string());
        }
    }

    #[test]
    fn a_damaged_header_never_gives_the_same_images(
        images in some_images(),
        at in 0_usize..16,
        bit in 0_u32..8,
    ) {
        let mut data = encode_images(images.shape, &images.pixels);
        data[at] ^= 1 << bit;
        // Other sizes of the same product (4×2 for 2×4, or no image at all) are the only way.
        match parse(&data) {
            Ok(read) => {
                prop_assert_eq!(read.pixels.len(), images.pixels.len());
                prop_assert!(images.pixels.is_empty());
            }
            Err(error) => prop_assert!(error.to_string().contains("memory")),
        }
    }

    #[test]
    fn damage_inside_a_packed_file_never_gives_other_images(
        images in some_images(),
        at in any::<usize>(),
        bit in 0_u32..8,
    ) {
        let mut data = gzip(&encode_images(images.shape, &images.pixels));
        let at = at % data.len();
        data[at] ^= 1 << bit;
        // Bits of gzip's own header (time, system) may change without harm; contents may not.
        if let Ok(read) = parse(&data) {
            prop_assert_eq!(read, images);
        }
    }
}
