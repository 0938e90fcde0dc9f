//! Arguments of `cv`, `sweep`, `ablate` and `benchmark`.

use crate::base::named;
use crate::cli::encoder::{self, EncoderArgs};
use crate::cli::labels::LabelArgs;
use crate::cli::names::{count, from_to, one_of};
use crate::dataset::RecallBase;
use crate::eval::Measure;
use crate::study::{MOST_COMBINATIONS, MOST_FOLDS, MOST_SEEDS};
use anyhow::Result;
use std::path::PathBuf;

/// How queries are split, how often each trial is repeated, and what is printed.
#[derive(Debug, clap::Args)]
pub(crate) struct StudyArgs {
    /// Folds of the cross-validation by query [default: 5].
    #[arg(long, value_name = "N", value_parser = folds)]
    pub folds: Option<usize>,
    /// Seed of the folds [default: 13].
    #[arg(long, value_name = "N")]
    pub fold_seed: Option<u64>,
    /// Use the data set's own train, validation and test queries instead of folds.
    #[arg(long, value_name = "FROM", value_parser = ["files"], conflicts_with_all = ["folds", "fold_seed"])]
    pub split: Option<String>,
    /// Train every configuration with this many seeds [default: 1 for sweeps, else 3].
    #[arg(long, value_name = "N", value_parser = count::<MOST_SEEDS>)]
    pub seeds: Option<usize>,
    /// Trials to run in parallel [default: one per core].
    #[arg(long, value_name = "N", value_parser = count::<MOST_JOBS>)]
    pub jobs: Option<usize>,
    /// Visual vectors to use, concatenated [default: embeddings, else three complementary descriptors].
    #[arg(long, value_delimiter = ',', value_name = "NAMES", conflicts_with_all = encoder::OPTIONS)]
    pub descriptors: Option<Vec<String>>,
    /// A file of visual vectors by image id, from any tool: .npy, .npz, .safetensors or .parquet; can be repeated, and
    /// adds to what --descriptors names.
    #[arg(long = "vectors", value_name = "FILE", conflicts_with = "encoder")]
    pub vectors: Vec<PathBuf>,
    #[command(flatten)]
    pub encoder: EncoderArgs,
    /// Also read files outside the data set's folder that its links and paths lead to.
    #[arg(long)]
    pub follow: bool,
    /// Most memory for what grows with the square of a query's images, as in 4GB; it never changes a result [default:
    /// the environment variable CROSSRANK_MEMORY, else 1GB].
    #[arg(long, value_name = "SIZE", value_parser = crate::train::parse_memory)]
    pub memory: Option<usize>,
    /// Relevant images that count: all in the judgements, as in trec_eval, or only candidates.
    #[arg(long, default_value = "judged", value_parser = one_of(RecallBase::ALL, RecallBase::name))]
    pub recall_base: RecallBase,
    #[command(flatten)]
    pub labels: LabelArgs,
    /// Only say what would be trained, how much of it is finished, and how long the rest may take.
    #[arg(long)]
    pub dry_run: bool,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

/// Where a study is saved, if anywhere.
#[derive(Debug, clap::Args)]
pub(crate) struct SavedArgs {
    /// Save every trial and the result in this folder; trials already there are not trained again. A name that ends in
    /// .csv, .tex, .md or .json is that of the table, as with --table.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Write the table to FILE: .csv, .tex, .md or .json.
    #[arg(long, value_name = "FILE")]
    pub table: Option<PathBuf>,
}

/// More than any machine has cores.
const MOST_JOBS: usize = 1024;

fn folds(text: &str) -> Result<usize> {
    from_to(text, 2, MOST_FOLDS)
}

#[derive(Debug, clap::Args)]
pub(crate) struct CvArgs {
    /// A data set's folder or one of its files.
    pub dataset: PathBuf,
    /// The configuration.
    #[arg(long, value_name = "NAME", default_value = "best", conflicts_with = "config")]
    pub preset: String,
    /// Take the configuration from this file, as `crossrank train --config` does.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Change the configuration, as in training.epochs=20; can be repeated.
    #[arg(long = "set", value_name = "PARAMETER=VALUE")]
    pub set: Vec<String>,
    #[command(flatten)]
    pub saved: SavedArgs,
    #[command(flatten)]
    pub study: StudyArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SweepArgs {
    /// A sweep file in TOML, or a data set.
    #[arg(value_name = "FILE.toml or DATASET")]
    pub input: PathBuf,
    /// The data set, if the sweep file names none or another one.
    #[arg(long, value_name = "PATH")]
    pub dataset: Option<PathBuf>,
    /// A parameter and its values, as in graph.k=5,10,20; can be repeated.
    #[arg(long = "set", value_name = "PARAMETER=VALUES")]
    pub set: Vec<String>,
    /// The preset that all trials start from.
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// The measure whose mean over the validation queries ranks the configurations [default: map].
    #[arg(long, value_name = "MEASURE")]
    pub objective: Option<Measure>,
    /// Which combinations to try [default: grid].
    #[arg(long, value_parser = one_of(MethodName::ALL, MethodName::name))]
    pub method: Option<MethodName>,
    /// Combinations to draw at random.
    #[arg(long, value_name = "N", value_parser = count::<MOST_COMBINATIONS>)]
    pub samples: Option<usize>,
    /// Seed of that draw [default: 1].
    #[arg(long, value_name = "N")]
    pub sample_seed: Option<u64>,
    /// Halving: factor by which each round cuts the configurations and raises the epochs [default: 3].
    #[arg(long, value_name = "N", value_parser = count::<100_000>)]
    pub eta: Option<usize>,
    /// Halving: epochs of the first round [default: 5].
    #[arg(long, value_name = "N", value_parser = count::<100_000>)]
    pub min_epochs: Option<usize>,
    /// Halving: epochs of the last round [default: 45].
    #[arg(long, value_name = "N", value_parser = count::<100_000>)]
    pub max_epochs: Option<usize>,
    /// Save every trial and the result in this folder; trials already there are not trained again. A name that ends in
    /// .csv, .tex, .md or .json is that of the table, as with --table.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Write the table to FILE: .csv, .tex, .md or .json.
    #[arg(long, value_name = "FILE")]
    pub table: Option<PathBuf>,
    #[command(flatten)]
    pub study: StudyArgs,
}

/// How a sweep chooses combinations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MethodName {
    Grid,
    Random,
    Halving,
}

named!(MethodName, "search method": Grid = "grid", Random = "random", Halving = "halving");

#[derive(Debug, clap::Args)]
pub(crate) struct AblateArgs {
    /// A data set's folder or one of its files.
    pub dataset: PathBuf,
    /// The full configuration.
    #[arg(long, value_name = "NAME", default_value = "best")]
    pub preset: String,
    /// Change the full configuration, as in training.epochs=20; can be repeated.
    #[arg(long = "set", value_name = "PARAMETER=VALUE")]
    pub set: Vec<String>,
    #[command(flatten)]
    pub saved: SavedArgs,
    #[command(flatten)]
    pub study: StudyArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct BenchmarkArgs {
    /// A data set's folder or one of its files.
    pub dataset: PathBuf,
    /// Models to compare [default: all].
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub models: Option<Vec<String>>,
    /// The model that the others are tested against [default: linear, else mlp, else the first].
    #[arg(long, value_name = "NAME")]
    pub against: Option<String>,
    /// Change every model, as in training.epochs=20; can be repeated.
    #[arg(long = "set", value_name = "PARAMETER=VALUE")]
    pub set: Vec<String>,
    /// Print the table in Markdown.
    #[arg(long, conflicts_with = "json")]
    pub markdown: bool,
    #[command(flatten)]
    pub saved: SavedArgs,
    #[command(flatten)]
    pub study: StudyArgs,
}
