//! A network as a file of tensors: `encoder.L.weight` (units × inputs), `encoder.L.bias` and
//! `decoder.L.bias` for each layer L from the pixels on, and the shape as the text
//! `architecture`. The decoder's weights are the encoder's, transposed.
//!
//! With PyTorch:
//!
//! ```python
//! import json, torch
//! from safetensors import safe_open
//!
//! def load(path):
//!     with safe_open(path, "pt") as f:
//!         shape = json.loads(f.metadata()["architecture"])
//!         return shape, {name: f.get_tensor(name) for name in f.keys()}
//!
//! act = {"sigmoid": torch.sigmoid, "relu": torch.relu, "tanh": torch.tanh,
//!        "identity": lambda x: x, "softplus": torch.nn.functional.softplus}
//! def reconstruct(shape, t, x):                     # x: n × d, pixels / 255
//!     last = len(shape["dims"]) - 2
//!     for l in range(last + 1):
//!         x = act[shape["code" if l == last else "hidden"]](
//!             x @ t[f"encoder.{l}.weight"].T + t[f"encoder.{l}.bias"])
//!     for l in range(last, -1, -1):                 # x is the code here
//!         x = act[shape["output" if l == 0 else "hidden"]](
//!             x @ t[f"encoder.{l}.weight"] + t[f"decoder.{l}.bias"])
//!     return x
//! ```

use super::{Architecture, Autoencoder};
use crate::data::tensors::{Tensor, TensorError, TensorFile};

/// The name of the text that holds the shape.
pub const ARCHITECTURE: &str = "architecture";

impl Autoencoder<f32> {
    /// The tensors of the network, under `prefix`.
    #[must_use]
    pub fn tensors(&self, prefix: &str) -> Vec<(String, Tensor<'_>)> {
        let layer = |l: usize| {
            [
                (
                    format!("{prefix}encoder.{l}.weight"),
                    Tensor::matrix(self.weights(l)),
                ),
                (
                    format!("{prefix}encoder.{l}.bias"),
                    Tensor::row(self.encoder_bias(l)),
                ),
                (
                    format!("{prefix}decoder.{l}.bias"),
                    Tensor::row(self.decoder_bias(l)),
                ),
            ]
        };
        (0..self.architecture().layers()).flat_map(layer).collect()
    }

    /// The network of shape `architecture` whose tensors are in `file` under `prefix`.
    ///
    /// # Errors
    ///
    /// [`TensorError`] if the shape is none, or a tensor is missing or of another size.
    pub fn from_tensors(
        file: &TensorFile,
        prefix: &str,
        architecture: Architecture,
    ) -> Result<Self, TensorError> {
        // A shape is a claim: no memory for more numbers than the file can hold.
        let count = architecture.sound_parameters(file.size() / size_of::<f32>());
        let count = count.ok_or_else(|| file.missing(ARCHITECTURE))?;
        let mut parameters = Vec::with_capacity(count);
        for (l, sizes) in architecture.dims.windows(2).enumerate() {
            let [inputs, units] = [sizes[0], sizes[1]];
            for (name, shape) in [
                (format!("{prefix}encoder.{l}.weight"), &[units, inputs][..]),
                (format!("{prefix}encoder.{l}.bias"), &[units]),
                (format!("{prefix}decoder.{l}.bias"), &[inputs]),
            ] {
                if file.shape(&name)? != shape {
                    return Err(file.missing(&name));
                }
                parameters.extend(file.floats(&name)?);
            }
        }
        Self::from_parameters(architecture, parameters).ok_or_else(|| file.missing(ARCHITECTURE))
    }

    /// The network in `file`, whose shape is the file's text.
    ///
    /// # Errors
    ///
    /// [`TensorError`] if the shape or a tensor is missing or does not fit.
    pub fn load(file: &TensorFile) -> Result<Self, TensorError> {
        Self::load_under(file, "")
    }

    /// The network in `file` whose tensors, and the text that is its shape, have names that begin
    /// with `prefix`.
    ///
    /// # Errors
    ///
    /// As [`Self::load`].
    pub fn load_under(file: &TensorFile, prefix: &str) -> Result<Self, TensorError> {
        let name = format!("{prefix}{ARCHITECTURE}");
        let text = file.text(&name)?;
        let architecture: Architecture =
            serde_json::from_str(text).map_err(|_| file.missing(&name))?;
        Self::from_tensors(file, prefix, architecture)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use ndarray::Array2;

    use super::*;
    use crate::data::tensors::write_tensors;
    use crate::model::Activation;

    /// `tests/reference/saved.py` wrote the network and what PyTorch makes of the images.
    #[test]
    fn a_network_that_pytorch_wrote_reconstructs_as_in_pytorch() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
        let file = TensorFile::read(&folder.join("saved.safetensors")).unwrap();
        let network = Autoencoder::load(&file).unwrap();
        let text = std::fs::read_to_string(folder.join("saved.json")).unwrap();
        let values: serde_json::Value = serde_json::from_str(&text).unwrap();
        let matrix = |name: &str| -> Array2<f32> {
            let rows: Vec<Vec<f32>> = serde_json::from_value(values[name].clone()).unwrap();
            let shape = (rows.len(), rows[0].len());
            Array2::from_shape_vec(shape, rows.concat()).unwrap()
        };
        let codes = network.encode(matrix("images").view());
        let ours = network.decode(codes.view());
        for (ours, theirs) in ours.iter().zip(&matrix("reconstructions")) {
            assert!((ours - theirs).abs() < 1e-6, "{ours} {theirs}");
        }
    }

    #[test]
    fn a_shape_that_is_none_takes_no_memory() {
        let network = Autoencoder::<f32>::new(
            Architecture {
                dims: vec![6, 3],
                hidden: Activation::Relu,
                code: Activation::Relu,
                output: Activation::Sigmoid,
            },
            &mut crate::data::generator(0, 0),
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("n.safetensors");
        let shape = serde_json::to_string(network.architecture()).unwrap();
        let load = |dims: &str| {
            let texts = BTreeMap::from([(ARCHITECTURE.to_owned(), shape.replace("[6,3]", dims))]);
            write_tensors(&path, network.tensors(""), &texts).unwrap();
            Autoencoder::load(&TensorFile::read(&path).unwrap())
        };
        assert!(load("[6,3]").is_ok());
        let largest = usize::MAX;
        for dims in [
            "[]".to_owned(),
            "[6]".to_owned(),
            "[3,6]".to_owned(),
            "[6,0]".to_owned(),
            "[6,3,1]".to_owned(),
            format!("[{largest},{largest}]"),
            format!("[{largest},1]"),
            "[4294967296,4294967296]".to_owned(),
            "[99999999999,3]".to_owned(),
        ] {
            let error = load(&dims).map(|_| ()).unwrap_err();
            assert!(
                error.to_string().contains("n.safetensors"),
                "{dims}: {error}"
            );
        }
    }
}
