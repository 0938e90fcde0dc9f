//! Losses and the optimisation loop.
//!
//! [`train`] is a plain function: it knows nothing of threads, asks its [`Observer`] once per batch whether to
//! continue, and reports every epoch in plain numbers. The same data, configuration and seed give bit-identical curves,
//! whatever the number of threads; and [`train_from`] continues from a [`TrainState`] as if training had never stopped.

mod choose;
mod config;
mod data;
mod epoch;
mod error;
mod experiment;
mod explain;
mod feedback;
mod fingerprint;
mod import;
mod inputs;
mod kept;
mod loss;
mod memory;
mod observer;
mod open;
mod opening;
mod optimise;
mod optimiser;
mod parent_run;
mod preset;
mod query_measures;
mod recorded;
mod report;
mod run;
mod run_folder;
mod run_writer;
mod saved_run;
mod schedule;
mod score;
mod settings;
mod similarity;
mod state;
mod trace;
mod untrained;
mod vectors_hash;
mod warm_start;

pub use crate::model::ModelSettings;
pub use choose::{Alternatives, Chosen, ChosenSetting, TriedValue, choose};
pub use config::{Keep, Method, TrainConfig, TrainData};
pub use data::RunData;
pub use error::TrainError;
pub use experiment::{Comparison, Experiment, mean_measures};
pub use explain::{Changes, Explainer, NamedExplanation, NamedPart, PartKind, Place, difference, score_terms};
pub use fingerprint::{Fingerprint, Resumption, RunSplit, judgements_hash};
pub use import::{read_config, read_reference};
pub use inputs::{prepare, ranking_input};
pub use kept::{EpochScores, KeptEpoch, KeptEpochs, MOST_KEPT_BYTES, epoch_scores};
pub use loss::{Loss, LossSettings, Objective, Targets, Weighting};
pub use observer::{Observer, Quiet, RunObserver};
pub use open::{
    ChooseOwn, ChooseVectors, NamedVectors, Opened, changes_since, data_of_run, open, open_loaded, open_with,
    read_named, read_sources,
};
pub use opening::{MEMORY_VARIABLE, Opening, memory_bound, parse_memory};
pub use optimise::{measure, retrain, train, train_from};
pub use optimiser::{Gradients, Moments, Optimiser};
pub use parent_run::ParentRun;
pub use preset::Preset;
pub use query_measures::{QueryMeasures, QueryRow};
pub use report::{EpochReport, Outcome, Stop, phases};
pub use run::{Continuation, RunResult, changes, prepare_run, resume, run, run_from, run_prepared, score_again};
pub use run_folder::{RunFolder, RunRecord, RunState, can_resume, read_run_folder, read_run_record};
pub use run_writer::saved_history;
pub use saved_run::{Applied, OverGraphs, SavedRun};
pub use schedule::{Decay, Schedule};
pub use score::{compare, rankings, score_all};
pub use settings::{Choice, Control, Section, Setting, Values};
pub use similarity::RunSimilarity;
pub use state::{Best, Standing, TrainState};
pub use trace::{QueryTrace, trace_untrained};
pub use untrained::{Untrained, cross_modal_feedback, rank_untrained, rank_untrained_over};
pub use warm_start::WarmStart;
