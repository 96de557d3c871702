//! Images that a hand draws.
