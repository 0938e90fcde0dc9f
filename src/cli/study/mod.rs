//! `crossrank cv`, `sweep`, `ablate` and `benchmark`: studies of many runs.

mod ablate;
pub(super) mod args;
mod benchmark;
mod common;
mod cv;
mod plan;
mod sweep;

pub(super) use ablate::run as ablate;
pub(super) use benchmark::run as benchmark;
pub(super) use cv::run as cv;
pub(super) use sweep::run as sweep;
