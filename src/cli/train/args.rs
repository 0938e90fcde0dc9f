//! Arguments of `train`.

use crate::cli::encoder::{self, EncoderArgs};
use crate::cli::names::{Patience, count, one_of, patience};
use crate::cli::optimisation::{LossArgs, StepArgs};
use crate::eval::Measure;
use crate::graph::Neighbourhood;
use crate::model::{Activation, Degree, ModelKind};
use crate::signals::Normalisation;
use crate::train::{Keep, Preset};
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
    /// Save the run in this folder: configuration, curve, best weights, TREC run (with --seeds, one folder per seed).
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Take the settings from this file: a run's run.json, an experiment as JSON or TOML, or a params.json of the paper
    /// authors' code; other options override it.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Continue the run in this folder with its own settings; --epochs can raise the number of epochs.
    #[arg(long, value_name = "RUN_DIR", conflicts_with_all = ["config", "out", "seeds", "features"])]
    pub resume: Option<PathBuf>,
    /// Train with this many consecutive seeds and report means and standard deviations.
    #[arg(long, default_value = "1", value_name = "N", value_parser = count)]
    pub seeds: usize,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
    #[command(flatten, next_help_heading = "Network")]
    pub model: ModelArgs,
    #[command(flatten, next_help_heading = "Graph and signals")]
    pub graph: GraphArgs,
    #[command(flatten, next_help_heading = "Optimisation")]
    pub training: TrainingArgs,
}

/// Settings of the network; defaults apply to anything not given.
#[derive(Debug, clap::Args)]
pub(crate) struct ModelArgs {
    /// The preset to start from [default: best].
    #[arg(long, value_parser = one_of(Preset::ALL, Preset::name), conflicts_with_all = ["config", "resume"])]
    pub preset: Option<Preset>,
    /// The model that ranks.
    #[arg(long, value_parser = one_of(ModelKind::ALL, ModelKind::name))]
    pub model: Option<ModelKind>,
    /// The text score that `signal` and `cm` use [default: the best text signal].
    #[arg(long, value_name = "NAME")]
    pub signal: Option<String>,
    /// Number of graph convolutions.
    #[arg(long, value_name = "N")]
    pub layers: Option<usize>,
    /// Width of the MLP over the signals.
    #[arg(long, value_name = "N", value_parser = count)]
    pub hidden: Option<usize>,
    /// Layers of the MLP; 0 for none (dcmm-prf only).
    #[arg(long, value_name = "N")]
    pub mlp_layers: Option<usize>,
    /// Width of the graph convolutions.
    #[arg(long, value_name = "N", value_parser = count)]
    pub conv_size: Option<usize>,
    /// Activation after each convolution.
    #[arg(long, value_parser = one_of(Activation::ALL, Activation::name))]
    pub activation: Option<Activation>,
    /// Whether each convolution adds its input to its output.
    #[arg(long, value_name = "YES", num_args = 0..=1, default_missing_value = "true")]
    pub residual: Option<bool>,
    /// How DCMM's sums over neighbours are scaled.
    #[arg(long, value_parser = one_of(Degree::ALL, Degree::name))]
    pub degree: Option<Degree>,
    /// Whether dcmm-prf uses images similar to those the text ranks first.
    #[arg(long, value_name = "YES", num_args = 0..=1, default_missing_value = "true")]
    pub feedback: Option<bool>,
    /// Attention heads of GAT.
    #[arg(long, value_name = "N", value_parser = count)]
    pub heads: Option<usize>,
    /// Networks of an ensemble, whose scores are averaged.
    #[arg(long, alias = "ensemble", value_name = "N", value_parser = count)]
    pub members: Option<usize>,
    /// Share of units dropped while training, from 0 up to but not including 1.
    #[arg(long, value_name = "P")]
    pub dropout: Option<f32>,
}

/// Settings of the neighbourhood graph and the signals.
#[derive(Debug, clap::Args)]
pub(crate) struct GraphArgs {
    /// Neighbours per image, excluding itself.
    #[arg(long, value_name = "N")]
    pub k: Option<usize>,
    /// Which of the edges to the k nearest to keep.
    #[arg(long, value_parser = one_of(Neighbourhood::ALL, Neighbourhood::name))]
    pub neighbourhood: Option<Neighbourhood>,
    /// Drop edges below this cosine.
    #[arg(long, value_name = "COSINE", allow_negative_numbers = true)]
    pub min_weight: Option<f32>,
    /// Whether visual vectors are whitened before neighbours are found.
    #[arg(long, value_name = "YES", num_args = 0..=1, default_missing_value = "true")]
    pub whiten: Option<bool>,
    /// The power that every component is raised to before whitening.
    #[arg(long, value_name = "X")]
    pub power: Option<f64>,
    /// Added to the variance of each direction when whitening.
    #[arg(long, value_name = "X")]
    pub shrinkage: Option<f64>,
    /// Principal components of the visual vectors to add to the signals.
    #[arg(long, value_name = "N")]
    pub components: Option<usize>,
    /// How the signals of a query are normalised.
    #[arg(long, value_parser = one_of(Normalisation::ALL, Normalisation::name))]
    pub normalisation: Option<Normalisation>,
}

/// Settings of the optimisation.
#[derive(Debug, clap::Args)]
pub(crate) struct TrainingArgs {
    /// Maximum number of passes over the training queries.
    #[arg(long, value_name = "N", value_parser = count)]
    pub epochs: Option<usize>,
    /// Seed of the weights, dropout and query order.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    #[command(flatten)]
    pub loss: LossArgs,
    #[command(flatten)]
    pub steps: StepArgs,
    /// Queries per step.
    #[arg(long, value_name = "N", value_parser = count)]
    pub batch: Option<usize>,
    /// The validation measure that chooses the best epoch.
    #[arg(long, value_name = "MEASURE")]
    pub stop_on: Option<Measure>,
    /// Which epoch's weights to keep.
    #[arg(long, value_parser = one_of(Keep::ALL, Keep::name))]
    pub keep: Option<Keep>,
    /// Weight of the same loss on the signals' own score.
    #[arg(long, value_name = "X")]
    pub text_loss: Option<f64>,
    /// Epochs without improvement after which training stops, or `none`.
    #[arg(long, value_name = "N", value_parser = patience)]
    pub patience: Option<Patience>,
    /// Then retrain on train and validation queries together, for the best number of epochs, and keep that network.
    #[arg(long, value_name = "YES", num_args = 0..=1, default_missing_value = "true")]
    pub retrain: Option<bool>,
}
