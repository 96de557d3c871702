//! The code space, as a hand goes through it.
