//! Studies: many runs that answer one question.
//!
//! A study is a list of [`Configuration`]s, each tried on every fold with every seed. A [`Trial`] is one of these: an
//! ordinary run with its own folder, so that it can be opened, compared and exported like any other. [`Runner`] trains
//! them in parallel and continues interrupted studies. [`comparison`] compares any runs with a baseline, query by
//! query; [`runs`] finds, filters, sorts and groups saved runs. [`sensitivity()`] measures one run over other graphs.

mod ablation;
mod aggregate;
mod benchmark;
pub mod comparison;
mod error;
mod facts;
mod fingerprint;
mod folds;
mod inputs;
mod other_study;
mod outlook;
mod paired;
mod parameters;
mod queue;
mod runner;
pub mod runs;
mod sensitivity;
mod space;
mod sweep;
mod sweep_file;
mod trial;
mod trial_folder;
mod variants;
mod watch;

pub use ablation::{Ablation, AblationRow, ablate, ablations};
pub use aggregate::{PerQuery, over_trials};
pub use benchmark::{BENCHMARK_MEASURES, Benchmark, BenchmarkRow, Cell, benchmark};
pub use error::StudyError;
pub use facts::Facts;
pub use folds::{Folds, MOST_FOLDS, cross_validation};
pub use outlook::Outlook;
pub use paired::{LEVEL, Paired, interval, paired};
pub use parameters::{Change, apply, nearest, parameters, plain, set, typed, typed_values};
pub use runner::Runner;
pub use sensitivity::{Figure, Sensitivity, neighbour_grid, sensitivity};
pub use space::{Axis, MOST_COMBINATIONS, Values, grid, random};
pub use sweep::{Method, Sweep, SweepPlan, SweepRow, check_objective};
pub use trial::{Configuration, MOST_SEEDS, Trial, TrialMeasures, TrialResult, check_size};
pub use variants::{REFERENCE, benchmark_names, configurations, named, names};
pub use watch::{StudyObserver, StudyProgress};
