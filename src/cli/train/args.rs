//! What is typed of a training.

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
    /// Visual vectors to use, side by side [default: embeddings, else three complementary descriptors].
    #[arg(long, value_delimiter = ',', value_name = "NAMES", conflicts_with_all = encoder::OPTIONS)]
    pub descriptors: Option<Vec<String>>,
    /// Visual vectors in a file of any tool's, by image id: .npy, .npz, .safetensors or .parquet; may be given several
    /// times, and joins what --descriptors names.
    #[arg(long = "vectors", value_name = "FILE", conflicts_with_all = encoder::OPTIONS)]
    pub vectors: Vec<PathBuf>,
    #[command(flatten)]
    pub encoder: EncoderArgs,
    /// Keep the run in this folder: configuration, curve, best weights, TREC run (with --seeds, a folder each).
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Take the settings from this file: a run's run.json, an experiment as JSON or TOML, or a params.json of the paper
    /// authors' code; what is typed beside takes their place.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Go on with the run in this folder, with its settings; --epochs may raise their number.
    #[arg(long, value_name = "RUN_DIR", conflicts_with_all = ["config", "out", "seeds", "features"])]
    pub resume: Option<PathBuf>,
    /// Train with this number of seeds (the first one, the next, …) and report means and standard deviations.
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

/// Settings of the network; anything not given has its default.
#[derive(Debug, clap::Args)]
pub(crate) struct ModelArgs {
    /// Where the settings start from [default: best].
    #[arg(long, value_parser = one_of(Preset::ALL, Preset::name), conflicts_with_all = ["config", "resume"])]
    pub preset: Option<Preset>,
    /// What ranks.
    #[arg(long, value_parser = one_of(ModelKind::ALL, ModelKind::name))]
    pub model: Option<ModelKind>,
    /// The text score of `signal` and `cm` [default: the best text signal].
    #[arg(long, value_name = "NAME")]
    pub signal: Option<String>,
    /// Graph convolutions, one after the other.
    #[arg(long, value_name = "N")]
    pub layers: Option<usize>,
    /// Width of the layers of the MLP over the signals.
    #[arg(long, value_name = "N", value_parser = count)]
    pub hidden: Option<usize>,
    /// Layers of that MLP; 0 for none (dcmm-prf only).
    #[arg(long, value_name = "N")]
    pub mlp_layers: Option<usize>,
    /// Width of the graph convolutions.
    #[arg(long, value_name = "N", value_parser = count)]
    pub conv_size: Option<usize>,
    /// What follows each convolution.
    #[arg(long, value_parser = one_of(Activation::ALL, Activation::name))]
    pub activation: Option<Activation>,
    /// Whether each convolution adds what came in to what goes out.
    #[arg(long, value_name = "YES", num_args = 0..=1, default_missing_value = "true")]
    pub residual: Option<bool>,
    /// How DCMM's sums over neighbours are scaled.
    #[arg(long, value_parser = one_of(Degree::ALL, Degree::name))]
    pub degree: Option<Degree>,
    /// Whether dcmm-prf takes up what looks like the images that the text ranks first.
    #[arg(long, value_name = "YES", num_args = 0..=1, default_missing_value = "true")]
    pub feedback: Option<bool>,
    /// Attention heads of GAT.
    #[arg(long, value_name = "N", value_parser = count)]
    pub heads: Option<usize>,
    /// Networks trained side by side whose scores are averaged.
    #[arg(long, alias = "ensemble", value_name = "N", value_parser = count)]
    pub members: Option<usize>,
    /// Share of units dropped while training, from 0 to below 1.
    #[arg(long, value_name = "P")]
    pub dropout: Option<f32>,
}

/// Settings of the neighbourhood graph and of the signals' scale.
#[derive(Debug, clap::Args)]
pub(crate) struct GraphArgs {
    /// Neighbours of an image, without itself.
    #[arg(long, value_name = "N")]
    pub k: Option<usize>,
    /// Which of the edges to the k nearest count.
    #[arg(long, value_parser = one_of(Neighbourhood::ALL, Neighbourhood::name))]
    pub neighbourhood: Option<Neighbourhood>,
    /// Leave out edges below this cosine.
    #[arg(long, value_name = "COSINE", allow_negative_numbers = true)]
    pub min_weight: Option<f32>,
    /// Whether visual vectors are whitened before they become neighbours.
    #[arg(long, value_name = "YES", num_args = 0..=1, default_missing_value = "true")]
    pub whiten: Option<bool>,
    /// The power that whitening first takes every number to.
    #[arg(long, value_name = "X")]
    pub power: Option<f64>,
    /// What whitening adds to the variance of each direction.
    #[arg(long, value_name = "X")]
    pub shrinkage: Option<f64>,
    /// Principal components of the visual vectors that join the signals.
    #[arg(long, value_name = "N")]
    pub components: Option<usize>,
    /// How the signals of a query are brought to one scale.
    #[arg(long, value_parser = one_of(Normalisation::ALL, Normalisation::name))]
    pub normalisation: Option<Normalisation>,
}

/// Settings of the optimisation.
#[derive(Debug, clap::Args)]
pub(crate) struct TrainingArgs {
    /// At most this number of passes over the training queries.
    #[arg(long, value_name = "N", value_parser = count)]
    pub epochs: Option<usize>,
    /// Seed of weights, dropout and the order of queries.
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
    /// Which epoch's weights the run ends with.
    #[arg(long, value_parser = one_of(Keep::ALL, Keep::name))]
    pub keep: Option<Keep>,
    /// What the same loss on the signals' own score weighs.
    #[arg(long, value_name = "X")]
    pub text_loss: Option<f64>,
    /// Epochs without a better one after which training ends, or `none`.
    #[arg(long, value_name = "N", value_parser = patience)]
    pub patience: Option<Patience>,
    /// Then train on train and validation queries together, for as many epochs as were best, and keep that network.
    #[arg(long, value_name = "YES", num_args = 0..=1, default_missing_value = "true")]
    pub retrain: Option<bool>,
}
