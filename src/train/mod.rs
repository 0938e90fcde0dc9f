//! Losses and the optimisation loop.
//!
//! [`train`] is a plain function: it knows nothing of threads, asks its [`Observer`] once per batch whether to go on,
//! and tells it of every epoch in plain numbers. The same data, configuration and seed give the same curve to the last
//! bit, whatever the number of threads; and [`train_from`] goes on from a [`TrainState`] as if it had never ended.

mod config;
mod epoch;
mod error;
mod experiment;
mod feedback;
mod figures;
mod folder;
mod import;
mod inputs;
mod keeper;
mod loss;
mod optimiser;
mod preset;
mod ranker;
mod report;
mod run;
mod runner;
mod schedule;
mod state;

pub use config::{Keep, TrainConfig, TrainData};
pub use error::TrainError;
pub use experiment::{Comparison, Experiment, ModelSettings, mean_measures, measures_json};
pub use figures::{QueryFigures, QueryRow};
pub use folder::{RunFolder, RunRecord, RunState, can_resume, read_run_folder, read_run_record};
pub use import::{read_config, read_reference};
pub use inputs::{prepare, ranking_input, visual_rows};
pub use keeper::saved_history;
pub use loss::{Loss, LossSettings, Objective, Targets, Weighting};
pub use optimiser::{Gradients, Method, Moments, Optimiser};
pub use preset::Preset;
pub use ranker::{compare, rankings, score_all};
pub use report::{EpochReport, Figures, Observer, Outcome, Stop};
pub use run::{measure, retrain, train, train_from};
pub use runner::{RunData, RunObserver, RunResult, prepare_run, resume, run, run_prepared, score_again};
pub use schedule::{Decay, Schedule};
pub use state::{Best, Standing, TrainState};
