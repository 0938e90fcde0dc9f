//! What was typed.

use super::compare::CompareArgs;
use super::encoder::{self, EncoderArgs};
use super::export::ExportArgs;
use super::names::{Patience, Size, count, one_of, patience, size};
use super::optimisation::{LossArgs, StepArgs};
use super::study::args::{AblateArgs, BenchmarkArgs, SweepArgs};
use crate::app::Panel;
use crate::eval::{Averaging, Measure};
use crate::graph::Neighbourhood;
use crate::model::{Activation, Degree, ModelKind};
use crate::signals::Normalisation;
use crate::train::{Keep, Preset};
use crate::vision::Precision;
use crate::workspace::ThemeChoice;
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Learning to rank images with cross-modal graph convolutions.
///
/// Without a command this opens the window, on DATASET or on what was open last.
#[derive(Debug, Parser)]
#[command(name = "crossrank", version = env!("CROSSRANK_VERSION"), args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    /// A data set's folder, one of its files, or a saved run's folder.
    pub dataset: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Tell what a data set holds and what is wrong with its files.
    Info(InfoArgs),
    /// Compute visual vectors of a data set's pictures.
    Embed(EmbedArgs),
    /// Train a network and compare it with the initial order and with text alone.
    Train(Box<TrainArgs>),
    /// Try many values of some parameters and rank them on the validation queries.
    Sweep(Box<SweepArgs>),
    /// Compare a configuration with itself without each of its parts.
    Ablate(Box<AblateArgs>),
    /// Compare models on the same queries, with intervals and tests.
    Benchmark(Box<BenchmarkArgs>),
    /// Evaluate a TREC run against TREC judgements, as trec_eval does.
    Evaluate(EvaluateArgs),
    /// Compare runs with a baseline, query by query: intervals, tests of significance, effect sizes.
    Compare(CompareArgs),
    /// Write a run as files for other programs: tables, curves, TensorBoard, manifest.
    Export(ExportArgs),
    /// Draw the window into a picture, without a display.
    Screenshot(ScreenshotArgs),
}

#[derive(Debug, clap::Args)]
pub(super) struct InfoArgs {
    /// A data set's folder or one of its files.
    pub dataset: PathBuf,
    /// Check a file of visual vectors against the data set too; may be given several times.
    #[arg(long = "vectors", value_name = "FILE")]
    pub vectors: Vec<PathBuf>,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct EmbedArgs {
    /// A data set's folder or one of its files, or any folder of pictures.
    pub dataset: PathBuf,
    #[command(flatten)]
    pub encoder: EncoderArgs,
    /// Write vectors of length 1.
    #[arg(long, requires = "out")]
    pub l2: bool,
    /// Write the N strongest principal components, each of variance 1; learned on these pictures.
    #[arg(long, value_name = "N", requires = "out", value_parser = clap::value_parser!(u16).range(1..))]
    pub whiten: Option<u16>,
    /// Where to write the vectors, .safetensors or .npy; without it they are only kept in the cache.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// How FILE stores numbers.
    #[arg(long, default_value = "f32", value_parser = one_of(Precision::ALL, Precision::name))]
    pub precision: Precision,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct TrainArgs {
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
    /// Train with so many seeds (the first one, the next, …) and report means and standard deviations.
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

/// Settings of the network; what is not given keeps its default.
#[derive(Debug, clap::Args)]
pub(super) struct ModelArgs {
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
pub(super) struct GraphArgs {
    /// Neighbours of an image, without itself.
    #[arg(long, value_name = "N")]
    pub k: Option<usize>,
    /// Which of the edges to the k nearest are kept.
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
pub(super) struct TrainingArgs {
    /// At most so many passes over the training queries.
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
    /// Which epoch's weights are kept.
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

#[derive(Debug, clap::Args)]
pub(super) struct EvaluateArgs {
    /// Judgements: lines `query iteration image grade`.
    pub qrels: PathBuf,
    /// A ranking: lines `query iteration image rank score name`.
    pub run: PathBuf,
    /// What to measure (by default map,p@10,p@20,ndcg@20,ndcg); there are map, ndcg, ndcg-exp, err, rprec, bpref,
    /// recip_rank, rbp@0.8, and with a cut-off as in ndcg@20: map, ndcg, ndcg-exp, err, p, recall, success.
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub measures: Option<Vec<Measure>>,
    /// Print the figures of each query too.
    #[arg(long)]
    pub per_query: bool,
    /// Average over the queries in both files, or over all of QRELS (trec_eval's -c).
    #[arg(long, default_value = "both", value_parser = one_of(Averaging::ALL, Averaging::name))]
    pub averaging: Averaging,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct ScreenshotArgs {
    /// A data set's folder or one of its files.
    pub dataset: PathBuf,
    /// The picture to write.
    #[arg(value_name = "OUT.png")]
    pub out: PathBuf,
    /// One panel alone [default: the whole window].
    #[arg(long, ignore_case = true, value_parser = one_of(Panel::ALL, Panel::name))]
    pub panel: Option<Panel>,
    /// The query to show [default: the first].
    #[arg(long, value_name = "ID")]
    pub query: Option<String>,
    /// An image of that query to select.
    #[arg(long, value_name = "ID")]
    pub image: Option<String>,
    /// The window's size in points.
    #[arg(long, default_value = "1480x920", value_name = "WxH", value_parser = size)]
    pub size: Size,
    /// Pixels per point.
    #[arg(long, default_value = "1", value_name = "X")]
    pub scale: f32,
    /// Colours.
    #[arg(long, default_value = "dark", value_parser = one_of(THEMES, ThemeChoice::name))]
    pub theme: ThemeChoice,
    /// Train so many epochs first.
    #[arg(long, default_value = "0", value_name = "N")]
    pub epochs: usize,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

/// Themes that do not depend on the desktop.
const THEMES: [ThemeChoice; 2] = [ThemeChoice::Dark, ThemeChoice::Light];

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_free_of_contradictions() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_folder_without_a_command_is_opened_in_the_window() {
        let args = Args::try_parse_from(["crossrank", "photos"]).expect("a folder is enough");
        assert_eq!(args.dataset, Some(PathBuf::from("photos")));
        assert!(args.command.is_none());
    }

    #[test]
    fn a_panel_is_found_by_its_title_in_any_case() {
        let typed = ["crossrank", "screenshot", "photos", "a.png", "--panel", "graph", "--size", "800x600"];
        let Some(Command::Screenshot(args)) = Args::try_parse_from(typed).expect("all is well").command else {
            panic!("it is a screenshot")
        };
        assert_eq!((args.panel, args.size), (Some(Panel::Graph), Size { width: 800, height: 600 }));
    }
}
