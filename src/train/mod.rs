//! Losses and the optimisation loop.
//!
//! [`train`] is a plain function: it knows nothing of threads, asks its [`Observer`] once per batch whether to go on,
//! and tells it of every epoch in plain numbers. The same data, configuration and seed give the same curve to the last
//! bit, whatever the number of threads.

mod config;
mod epoch;
mod error;
mod experiment;
mod figures;
mod folder;
mod loss;
mod optimiser;
mod report;
mod run;
mod runner;

pub use config::{TrainConfig, TrainData};
pub use error::TrainError;
pub use experiment::{
    Comparison, Experiment, ModelSettings, mean_measures, measures_json, prepare, ranking_input, visual_rows,
};
pub use figures::{QueryFigures, QueryRow};
pub use folder::{RunFolder, RunRecord, RunState, read_run_folder, read_run_record};
pub use loss::{Loss, Targets};
pub use optimiser::{Gradients, Optimiser};
pub use report::{EpochReport, Figures, Observer, Outcome, Stop};
pub use run::{measure, train};
pub use runner::{RunData, RunObserver, RunResult, compare, prepare_run, rankings, run, run_prepared, score_all};
