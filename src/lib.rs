//! Crossrank: learning to rank images with cross-modal graph convolutions.
//!
//! The code in one line: disk → [`dataset::Dataset`] → [`signals::Signals`] + [`dataset::VectorTable`] →
//! [`graph::SimilarityGraph`] → [`model::RankingInput`] → [`model::Network`] → scores → [`eval`] → [`train::EpochReport`] →
//! [`workspace::Workspace`] → panel → pixels. Data flows one way; only actions travel back from the panels.
//!
//! # The rooms
//! Imports point only up this table; `tests/architecture.rs` enforces it.
//!
//! | room | holds | may import |
//! |---|---|---|
//! | [`base`] | shared basics: seeded random numbers, atomic file writes, progress, name tables, mean and deviation, errors that end with the path | – |
//! | [`dataset`] | what is on disk, as plain values; one module per format | base |
//! | [`signals`] | weak relevance signals of a candidate and their normalisation | base, dataset |
//! | [`vision`] | pixels → vectors: decoding, preprocessing, networks, the embedding cache | base, dataset |
//! | [`eval`] | scores → numbers: measures with trec_eval's semantics | base, dataset |
//! | [`graph`] | vectors → neighbours: k-NN, statistics, layout | base, dataset, vision |
//! | [`index`] | words and pictures → candidates: the words of a folder of pictures | base, dataset, signals, vision, eval, graph |
//! | [`model`] | the networks, one file each, seeded initialisation, checkpoints | base, dataset, signals, graph |
//! | [`train`] | losses and the optimisation loop; knows nothing about threads | base, dataset, signals, graph, eval, model |
//! | [`study`] | one question, many runs: cross-validation, sweeps, ablations, benchmarks, comparisons; saved runs as a table | base, dataset, signals, graph, eval, model, train |
//! | [`export`] | runs and comparisons as files: tables, charts, TensorBoard events, a manifest | base, dataset, graph, eval, train, study |
//! | [`judge`] | judges and what they said: protocol, journals, undo, agreement, aggregation, queues | base, dataset, eval |
//! | [`jobs`] | threads and nothing else | base |
//! | [`workspace`] | the state of one session: what is open, selected, running and saved | all above |
//! | [`app`] | pixels: the only room that knows egui | all above |
//! | [`cli`] | the command line: the same work without a window; opens the window, or renders it for `screenshot` | all above but app |

pub mod app;
pub mod base;
pub mod cli;
pub mod dataset;
pub mod eval;
pub mod export;
pub mod graph;
pub mod index;
pub mod jobs;
pub mod judge;
pub mod model;
pub mod signals;
pub mod study;
pub mod train;
pub mod vision;
pub mod workspace;
