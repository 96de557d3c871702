//! Threads that serve: what travels to them and back, and how they end.
//!
//! | file | idea |
//! |---|---|
//! | `link` | both ends of what is said: commands in, messages and snapshots out |
//! | `maker` | a thread that makes what the newest order asks for |
//! | `memory` | what the allocator is told |
//! | `slot` | the newest value, and only that |
//! | `thread` | a thread and its owner; what a panic said |
//!
//! Nobody waits for anybody: commands and messages go through bounded channels that are tried, not
//! waited for, and pictures through a [`Slot`] that holds the newest alone.

mod link;
mod maker;
mod memory;
mod slot;
mod thread;

pub use link::{Desk, Link, Port, SendError, pair};
pub use maker::Maker;
pub use memory::large_pieces_go_back;
pub use slot::Slot;
pub use thread::{Thread, caught};
