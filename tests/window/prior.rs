//! P from some of its mixtures.
