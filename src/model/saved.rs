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
    /// [`TensorError`] if a tensor is missing or of another size.
    pub fn from_tensors(
        file: &TensorFile,
        prefix: &str,
        architecture: Architecture,
    ) -> Result<Self, TensorError> {
        let mut parameters = Vec::with_capacity(architecture.parameters());
        for (l, sizes) in architecture.dims.windows(2).enumerate() {
            let [inputs, units] = [sizes[0], sizes[1]];
            for (name, numbers) in [
                (format!("{prefix}encoder.{l}.weight"), units * inputs),
                (format!("{prefix}encoder.{l}.bias"), units),
                (format!("{prefix}decoder.{l}.bias"), inputs),
            ] {
                let found = file.floats(&name)?;
                if found.len() != numbers {
                    return Err(file.missing(&name));
                }
                parameters.extend(found);
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
        let text = file.text(ARCHITECTURE)?;
        let architecture: Architecture =
            serde_json::from_str(text).map_err(|_| file.missing(ARCHITECTURE))?;
        Self::from_tensors(file, "", architecture)
    }
}
