//! Arguments of `train`.

use crate::cli::encoder::{self, EncoderArgs};
use crate::cli::labels::LabelArgs;
use crate::cli::names::{count, one_of};
use crate::cli::settings::TypedSettings;
use crate::dataset::RecallBase;
use crate::study::MOST_SEEDS;
use crate::train::Preset;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct TrainArgs {
    /// A data set's folder or one of its files.
    pub dataset: PathBuf,
    /// Signals to use [default: all that `crossrank info` lists].
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub features: Option<Vec<String>>,
    /// Visual vectors to use, concatenated [default: embeddings, else three complementary descriptors].
    #[arg(long, value_delimiter = ',', value_name = "NAMES", conflicts_with_all = encoder::OPTIONS)]
    pub descriptors: Option<Vec<String>>,
    /// A file of visual vectors by image id, from any tool: .npy, .npz, .safetensors or .parquet; can be repeated, and
    /// adds to what --descriptors names.
    #[arg(long = "vectors", value_name = "FILE", conflicts_with_all = encoder::OPTIONS)]
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
    #[arg(long, conflicts_with = "resume", default_value = "judged", value_parser = one_of(RecallBase::ALL, RecallBase::name))]
    pub recall_base: RecallBase,
    #[command(flatten)]
    pub labels: LabelArgs,
    /// Save the run in this folder: configuration, curve, best weights, TREC run (with --seeds, one folder per seed).
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Replace the run that is saved in that folder.
    #[arg(long, requires = "out")]
    pub force: bool,
    /// Take the settings from this file: a run's run.json, an experiment as JSON or TOML, or a params.json of the paper
    /// authors' code; other options override it.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Continue the run in this folder with its own settings; --epochs can raise the number of epochs.
    #[arg(long, value_name = "RUN_DIR", conflicts_with_all = ["config", "out", "seeds", "features", "labels"])]
    pub resume: Option<PathBuf>,
    /// With --resume: continue even if the data have changed since; the run's record will say so.
    #[arg(long, requires = "resume")]
    pub adopt: bool,
    /// Start from the weights of the run in this folder, whose network has the same shape and signals, instead of new
    /// ones.
    #[arg(long, value_name = "RUN_DIR", conflicts_with = "resume")]
    pub warm_start: Option<PathBuf>,
    /// Train with this many consecutive seeds and report means and standard deviations.
    #[arg(long, default_value = "1", value_name = "N", value_parser = count::<MOST_SEEDS>)]
    pub seeds: usize,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
    /// Where the settings start from [default: best].
    #[arg(long, value_parser = one_of(Preset::ALL, Preset::name), conflicts_with_all = ["config", "resume"])]
    pub preset: Option<Preset>,
    /// Choose a setting on train and validation queries before training, as in graph.k=10,5,20 with the usual value
    /// first; can be repeated, and replaces what the preset chooses; none to choose nothing.
    #[arg(long, value_name = "SETTING=VALUES", conflicts_with = "resume")]
    pub choose: Vec<String>,
    #[command(flatten)]
    pub settings: TypedSettings,
}
