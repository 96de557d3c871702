//! dkAE Explorer: watch a deep kernelized autoencoder learn a kernel.

pub mod baseline;
pub mod cli;
pub mod data;
pub mod experiment;
pub mod kernel;
pub mod linalg;
pub mod model;
pub mod training;
pub mod ui;
pub mod view;
pub mod worker;
