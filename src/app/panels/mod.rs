//! The panels, each file named as its tab is.

pub mod attached;
pub mod data;
pub mod embeddings;
pub mod experiments;
pub mod graph;
pub mod image;
pub mod queries;
pub mod ranking;
pub mod runs;
pub mod studies;
pub mod training;
pub mod tune;
