//! From numbers to pixels: the colours of kernels and images, and the files that hold them.
//!
//! | file | idea |
//! |---|---|
//! | `colour` | the colour maps, the colours of classes and losses |
//! | `heatmap` | a kernel as pixels: means, then colours |
//! | `digits` | images side by side |
//! | `painter` | the thread that paints kernels for the window |
//! | `saved` | what an exhibit's pictures and numbers are as files |
//!
//! Nothing here knows the window, the worker or a study: an [`Exhibit`](crate::exhibit::Exhibit) has
//! all that is needed.

pub mod colour;
pub mod digits;
pub mod heatmap;
pub mod painter;
pub mod saved;
