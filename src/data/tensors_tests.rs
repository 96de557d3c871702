//! What is written is read, and what is not what was written is refused.

use super::*;

#[test]
fn what_was_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.safetensors");
    let matrix = ndarray::array![[1.0_f32, -2.5, 3.0], [f32::MIN_POSITIVE, 0.0, 1e30]];
    let texts = BTreeMap::from([("note".to_owned(), "λ = 0.1".to_owned())]);
    let tensors = vec![
        ("m".to_owned(), Tensor::matrix(matrix.view())),
        ("t".to_owned(), Tensor::matrix(matrix.t())),
        ("i".to_owned(), Tensor::indices(&[3, 0, 7])),
        ("b".to_owned(), Tensor::bytes(&[9, 8])),
        (
            "d".to_owned(),
            Tensor::doubles([[0.1, 1e-300], [2.0, -0.0]]),
        ),
        ("infinite".to_owned(), Tensor::doubles([[f64::INFINITY]])),
    ];
    write_tensors(&path, tensors, &texts).unwrap();
    let file = TensorFile::read(&path).unwrap();
    assert_eq!(file.matrix("m").unwrap(), matrix);
    assert_eq!(file.matrix("t").unwrap(), matrix.t());
    assert_eq!(file.indices("i").unwrap(), [3, 0, 7]);
    assert_eq!(file.bytes("b").unwrap(), [9, 8]);
    assert_eq!(file.text("note").unwrap(), "λ = 0.1");
    let doubles = file.doubles::<2>("d").unwrap();
    assert_eq!(doubles, [[0.1, 1e-300], [2.0, -0.0]]);
    assert!(file.doubles::<4>("d").is_err() && file.doubles::<1>("infinite").is_err());
    assert!(!file.has("x"));
    assert!(matches!(file.matrix("i"), Err(TensorError::Missing { .. })));
}

#[test]
fn a_file_that_was_cut_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.safetensors");
    let matrix = Array2::<f32>::zeros((20, 20));
    let tensors = vec![("m".to_owned(), Tensor::matrix(matrix.view()))];
    write_tensors(&path, tensors, &BTreeMap::new()).unwrap();
    let whole = std::fs::read(&path).unwrap();
    for length in [0, 4, 20, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        let error = TensorFile::read(&path).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("cut.safetensors"), "{error}");
    }
}

#[test]
fn a_bit_that_changed_is_found() {
    let matrix = Array2::from_shape_fn((4, 5), |(i, j)| (i * j) as f32);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.safetensors");
    let texts = BTreeMap::from([("note".to_owned(), "λ = 0.1".to_owned())]);
    let tensors = vec![
        ("m".to_owned(), Tensor::matrix(matrix.view())),
        ("n".to_owned(), Tensor::indices(&[2, 1])),
    ];
    write_tensors(&path, tensors, &texts).unwrap();
    let whole = std::fs::read(&path).unwrap();
    assert!(TensorFile::read(&path).unwrap().is_sealed());
    let parse = |bytes: Vec<u8>| TensorFile::parse("a".into(), bytes);
    for at in 0..8 * whole.len() {
        let mut bytes = whole.clone();
        bytes[at / 8] ^= 1 << (at % 8);
        // A bit of the checksum's own name makes a file without one; whoever needs one asks.
        let Ok(file) = parse(bytes) else { continue };
        let same = file.is_sealed()
            && file.matrix("m").unwrap() == matrix
            && file.text("note").unwrap() == "λ = 0.1"
            && file.indices("n").unwrap() == [2, 1];
        assert!(same || !file.is_sealed(), "bit {at}");
    }
}
