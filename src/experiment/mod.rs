//! The paper's experiments, one file each, used by the window and the command line alike.

pub mod denoising;
