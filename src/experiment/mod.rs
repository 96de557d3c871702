//! The paper's experiments, one file each, used by the window and the command line alike; and how
//! long their pieces take.

pub mod bench;
pub mod denoising;
