//! The gradients of the two losses.
