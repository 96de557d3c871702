//! What the window shows, as plain data: no widget, no texture, no toolkit.
//!
//! A [`RunView`] is the fold of everything the worker said about the present run; the other
//! modules turn its numbers into pixels and texts. Whoever paints reads from here and changes
//! nothing, which is why all of it is tested without a window.

pub mod colour;
pub mod digits;
pub mod heatmap;
pub mod history;
pub mod link;
pub mod numbers;
pub mod painter;
pub mod pictures;
pub mod provenance;
pub mod run;
pub mod schedule;
pub mod scores;
pub mod settings;
pub mod study;

pub use history::History;
pub use link::{Link, LinkError};
pub use run::{RunState, RunView};
pub use study::StudyView;
