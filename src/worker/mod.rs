//! The worker: one named thread that trains, and the protocol it speaks.

pub mod protocol;
