//! All integration tests in one binary, so that one link serves them all.

mod architecture;
mod dcmm_golden;
mod encoder_golden;
mod graph;
mod loading;
mod measures_golden;
mod properties;
mod sample;
mod signals;
mod training;
