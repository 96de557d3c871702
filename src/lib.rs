//! dkAE Explorer: watch a deep kernelized autoencoder learn a kernel.
//!
//! A *deep kernelized autoencoder* (Kampffmeyer, Løkse, Bianchi, Jenssen, Livi; SCIA 2017) learns
//! codes whose inner products C resemble a prior kernel P, and reconstructs its input from them.
//! This crate trains one on the CPU and shows it while it learns. Equation, table and figure
//! numbers throughout are the paper's.
//!
//! # The architecture on one page
//!
//! ```text
//! ui ──► view ──► worker ──► exhibit ──► training, experiment ──► model, kernel, baseline ──► linalg, data
//!  cli ──┴───────────────────────┴──────────────┘
//!  report, picture ──► exhibit: asked for by ui and cli, so that both show and save the same
//! ```
//!
//! Arrows run one way. Nothing below `view` knows the toolkit, nothing but `linalg` names a
//! numerical backend, and the window and the command line are two users of the same library.
//!
//! | module | what it holds |
//! |---|---|
//! | [`data`] | images as bytes, readers that trust nothing, writers that leave whole files |
//! | [`linalg`] | matrix products, eigenpairs, ridge regression, threads |
//! | [`kernel`] | prior kernels P, the mixtures of the PCK (Eq. 4), alignment (Eqs. 6, 7) |
//! | [`model`] | the autoencoder (Eqs. 1, 2), its loss and gradients (Eq. 8), Adam |
//! | [`baseline`] | kernel PCA, Nyström, Bakır's pre-image, linear PCA |
//! | [`training`] | settings, and a run that advances one small piece at a time |
//! | [`experiment`] | the paper's experiments, one file each |
//! | [`exhibit`] | what there is to see of a run or of a study's network, made in one place |
//! | [`picture`] | exhibits as pixels and files |
//! | [`session`] | all that is in front of somebody as one file, from which it goes on |
//! | [`service`] | threads that serve, and what travels to them and back |
//! | [`worker`] | the thread that trains, and the protocol it speaks |
//! | [`view`] | what the window knows of runs and studies: the fold of what it was told |
//! | [`report`] | a study's findings as files: JSON, a page, pictures |
//! | [`ui`] | the window |
//! | [`cli`] | the command line |

pub mod baseline;
pub mod cli;
pub mod data;
pub mod exhibit;
pub mod experiment;
pub mod kernel;
pub mod linalg;
pub mod model;
pub mod picture;
pub mod report;
pub mod service;
pub mod session;
pub mod training;
pub mod ui;
pub mod view;
pub mod worker;
