//! Training: checked settings, and a run that advances one small piece at a time.

pub mod config;
