//! What the window knows of runs and studies, as plain data: no widget, no texture, no toolkit.
//!
//! A [`RunView`] is the fold of everything the worker said about the present run, a [`StudyView`]
//! that of a study. What there is to see of them are exhibits ([`crate::exhibit`]). Whoever paints reads
//! from here and changes nothing, which is why all of it is tested without a window.

pub mod beside;
pub mod copied;
pub mod history;
pub mod ladder;
pub mod pins;
pub mod run;
pub mod scores;
pub mod selection;
pub mod settings;
pub mod study;

pub use history::History;
pub use ladder::LadderView;
pub use run::{RunState, RunView};
pub use selection::Selection;
pub use study::StudyView;
