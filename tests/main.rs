//! All integration tests in one binary, so that one link serves them all.

mod architecture;
mod cli;
mod dcmm_golden;
mod encoder_golden;
mod graph;
mod loading;
mod measures_golden;
mod properties;
mod sample;
mod screenshots;
mod signals;
mod training;
mod ui;
mod workspace;
