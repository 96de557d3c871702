//! Threads that serve: what travels to them and back, and how they end.
//!
//! Nobody waits for anybody: commands and messages go through bounded channels that are tried, not
//! waited for, and pictures through a [`Slot`] that holds the newest alone.

mod slot;

pub use slot::Slot;
