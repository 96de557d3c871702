//! Sessions: all that somebody has in front of them as one file, from which everything goes on.
//!
//! # The file
//!
//! A session (`.dkae`) is a file of tensors by name in the safetensors format, which PyTorch, JAX and
//! NumPy read, with texts beside them ([`crate::data::tensors`]).
//!
//! | text | what |
//! |---|---|
//! | `format` | `dkae session` |
//! | `version` | `1`; a file of another version is refused by that number |
//! | `sha256` | the checksum of all other texts and of all tensors, name by name |
//! | `session` | JSON: `program` and its version, `threads` that computed, `closed` (whether it was written as the program ended), `settings` and `data` of the controls, and `networks` |
//!
//! `data` are named, not held: `name`, `sha256` of the chosen images and labels, `selection`, and the
//! files (`images`, `labels`) or the `collection` that comes with the program
//! ([`DataRecord`]). They are found again where they were, or beside the session, or
//! the session is refused.
//!
//! Each entry K of `networks`, from 0, has a `role` (`run`, the one in training; `pin`; `rung` of a
//! ladder), a `name`, `lambda` that it was trained under, `standing` (`working`, `paused`, `stopped`,
//! `finished`), its `data`, and `settings` where it has no network yet. Under the prefix `K.` stand the
//! texts and tensors of its checkpoint, if it has one:
//!
//! | name | what |
//! |---|---|
//! | `K.architecture`, `K.encoder.L.weight`, `K.encoder.L.bias`, `K.decoder.L.bias` | the network ([`crate::model::saved`]) |
//! | `K.adam.first`, `K.adam.second` | Adam's moments, in the order of the network's parameters |
//! | `K.order` | the training samples in their present order |
//! | `K.alone.…` | the layer that is being pretrained |
//! | `K.settings`, `K.began`, `K.changes` | settings now, at the beginning, and what changed between |
//! | `K.state` | counters and random states |
//! | `K.training.steps`, `K.validation.steps` | the steps of the losses, n numbers each |
//! | `K.training.layers`, `K.validation.layers` | the layer that was pretrained then, from 1, or 0 |
//! | `K.training.losses`, `K.validation.losses` | λ, Lr, Lc and the weighted sum, n × 4, in double precision |
//!
//! # What is not in it
//!
//! Whatever follows from data, settings and seed: the prior kernel (Quick's mixtures and posteriors
//! would be forty times the rest of the file; fitting them anew takes seconds, and gives the same ones
//! to the bit), pictures, scores. Of a run that has no network yet the settings are enough.
//!
//! A run that is taken up again gives the numbers that it would have given, to the bit, on the same
//! number of computing threads.
//!
//! # What is refused
//!
//! A file that was cut short, has no or another checksum, another format or version, names what it does
//! not hold, or holds what no run can have come to ([`SessionError`]): all of that before anything takes
//! its place.

mod file;
mod keeper;
mod network;

pub use self::file::{Session, SessionError};
pub use self::keeper::{Beside, Job, Keeper, Written};
pub use self::network::{Held, KeptNetwork, Role, Standing};
pub use crate::data::DataRecord;

/// How names of sessions end.
pub const EXTENSION: &str = "dkae";

#[cfg(test)]
mod tests;
