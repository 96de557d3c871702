//! Data: images as bytes, their labels, and where they came from.

mod dataset;
mod split;

pub use dataset::{DataSet, ImageShape};
pub use split::Split;
