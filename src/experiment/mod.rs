//! The paper's experiments, one file each, used by the window and the command line alike; and how long
//! their pieces take.
//!
//! ```text
//! Plan ──► tasks ──► Study (trains, measures, keeps) ──► Findings ──► fig3, table1, …, claims
//! ```
//!
//! A [`plan::Plan`] says what is to be found out. A study does its tasks one after the other and
//! keeps every result in a folder; [`findings::Findings`] is what it has so far. The files named
//! after the paper's figures and tables turn findings into what the figure shows. [`axes`] and
//! [`kernel_space`] are for walks through the codes and through kernel PCA's scores.

pub mod axes;
pub mod beforehand;
pub mod bench;
pub mod better;
pub mod claims;
pub mod code_space;
pub mod course;
pub mod denoising;
mod difference;
pub mod fig3;
pub mod fig5;
pub mod findings;
pub mod kernel_space;
pub mod ladder;
pub mod matrices;
pub mod method;
pub mod overfitting;
pub mod plan;
pub mod statistics;
pub mod store;
pub mod study;
pub mod table1;
pub mod table2;
mod task;
pub mod variant;
