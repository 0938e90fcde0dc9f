//! Command-line arguments.

use super::collection::CollectArgs;
use super::compare::CompareArgs;
use super::encoder::EncoderArgs;
use super::explain::ExplainArgs;
use super::export::ExportArgs;
use super::judge::JudgeArgs;
use super::labels::LabelArgs;
use super::names::{Size, one_of, size};
use super::pack::{PackArgs, UnpackArgs};
use super::rank::RankArgs;
use super::runs::{self, RunsArgs};
use super::search::SearchArgs;
use super::sensitivity::SensitivityArgs;
use super::studies::StudiesArgs;
use super::study::args::{AblateArgs, BenchmarkArgs, CvArgs, SweepArgs};
use super::train::args::TrainArgs;
use crate::app::Panel;
use crate::dataset::RecallBase;
use crate::eval::{Averaging, Measure};
use crate::vision::Precision;
use crate::workspace::ThemeChoice;
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Learning to rank images with cross-modal graph convolutions.
///
/// Without a command this opens the window, on DATASET or on whatever was open last.
#[derive(Debug, Parser)]
#[command(name = "crossrank", version = env!("CROSSRANK_VERSION"), args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    /// A data set's folder, one of its files, or a saved run's folder.
    pub dataset: Option<PathBuf>,
    /// Also read files outside the data set's folder that its links and paths lead to.
    #[arg(long, requires = "dataset")]
    pub follow: bool,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Describe a data set and list problems in its files.
    Info(InfoArgs),
    /// Compute visual vectors of a data set's pictures.
    Embed(EmbedArgs),
    /// Train a network and compare it with the initial order and with text alone.
    Train(Box<TrainArgs>),
    /// Cross-validate one configuration: train it on every fold with every seed.
    Cv(Box<CvArgs>),
    /// Try combinations of parameter values and rank them on the validation queries.
    Sweep(Box<SweepArgs>),
    /// Compare a configuration with variants that each lack or change one part.
    Ablate(Box<AblateArgs>),
    /// Compare models on the same queries, with intervals and tests.
    Benchmark(Box<BenchmarkArgs>),
    /// Evaluate a TREC run against TREC judgements, as trec_eval does.
    Evaluate(EvaluateArgs),
    /// Compare runs with a baseline, query by query: intervals, tests of significance, effect sizes.
    Compare(CompareArgs),
    /// List saved runs as a table: filtered, sorted, grouped by configuration.
    #[command(after_help = runs::help())]
    Runs(RunsArgs),
    /// List saved studies: kind, state, trials and the best configuration.
    Studies(StudiesArgs),
    /// Write a run as files for other programs: tables, curves, TensorBoard, manifest.
    Export(ExportArgs),
    /// Judgements of several people: import, export, agreement.
    Judge(JudgeArgs),
    /// Make a folder of pictures a collection that can be searched by words and looks.
    Collect(CollectArgs),
    /// Find pictures of a collection by words, by a picture, or both.
    Search(SearchArgs),
    /// Rank the queries of a data set, or words typed into a collection, by a saved run.
    Rank(RankArgs),
    /// Measure a saved run over graphs of other numbers of neighbours, without training again.
    Sensitivity(SensitivityArgs),
    /// Why an image has its rank under a saved run: its score as a sum of parts, and what it would be otherwise.
    Explain(ExplainArgs),
    /// Write a collection as one file, with or without its pictures.
    Pack(PackArgs),
    /// Make a collection of such a file.
    Unpack(UnpackArgs),
    /// Draw the window to a picture, without a display.
    Screenshot(ScreenshotArgs),
}

#[derive(Debug, clap::Args)]
pub(super) struct InfoArgs {
    /// A data set's folder or one of its files.
    pub dataset: PathBuf,
    /// Also check a file of visual vectors against the data set; can be repeated.
    #[arg(long = "vectors", value_name = "FILE")]
    pub vectors: Vec<PathBuf>,
    /// Also read files outside the data set's folder that its links and paths lead to.
    #[arg(long)]
    pub follow: bool,
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
    /// Write the N strongest principal components, scaled to variance 1 and learned on these pictures.
    #[arg(long, value_name = "N", requires = "out", value_parser = clap::value_parser!(u16).range(1..))]
    pub whiten: Option<u16>,
    /// File to write the vectors to, .safetensors or .npy; without it they are only cached.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// How FILE stores numbers.
    #[arg(long, default_value = "f32", value_parser = one_of(Precision::ALL, Precision::name))]
    pub precision: Precision,
    /// Also read files outside the data set's folder that its links and paths lead to.
    #[arg(long)]
    pub follow: bool,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct EvaluateArgs {
    /// Judgements: lines `query iteration image grade`, or a data set's folder.
    pub qrels: PathBuf,
    /// A ranking: lines `query iteration image rank score name`.
    pub run: PathBuf,
    /// Measures (by default map,p@10,p@20,ndcg@20,ndcg) out of map, ndcg, ndcg-exp, err, rprec, bpref, recip_rank,
    /// rbp@0.8 and, with a cut-off as in ndcg@20, map, ndcg, ndcg-exp, err, p, recall, success.
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub measures: Option<Vec<Measure>>,
    /// Also print the measures of each query.
    #[arg(long)]
    pub per_query: bool,
    /// Average over the queries in both files, or over all of QRELS (trec_eval's -c).
    #[arg(long, default_value = "both", value_parser = one_of(Averaging::ALL, Averaging::name))]
    pub averaging: Averaging,
    /// Relevant images that count: all in the judgements, as in trec_eval, or only those of the ranking.
    #[arg(long, default_value = "judged", value_parser = one_of(RecallBase::ALL, RecallBase::name))]
    pub recall_base: RecallBase,
    #[command(flatten)]
    pub labels: LabelArgs,
    /// Also read files outside a data set's folder that its links and paths lead to.
    #[arg(long)]
    pub follow: bool,
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
    /// Draw only this panel [default: the whole window].
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
    /// Colour theme.
    #[arg(long, default_value = "dark", value_parser = one_of(THEMES, ThemeChoice::name))]
    pub theme: ThemeChoice,
    /// Train for this many epochs first.
    #[arg(long, default_value = "0", value_name = "N")]
    pub epochs: usize,
    /// Open the propagation player at this place: 0 is the first stage, 1.5 is halfway from the second to the third.
    #[arg(long, value_name = "STAGE")]
    pub player: Option<f32>,
    /// Show two graphs side by side.
    #[arg(long, conflicts_with = "player")]
    pub two_graphs: bool,
    /// Look at the run as it was after this epoch.
    #[arg(long, value_name = "N", requires = "epochs")]
    pub epoch: Option<usize>,
    /// Also read files outside the data set's folder that its links and paths lead to.
    #[arg(long)]
    pub follow: bool,
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
    fn the_command_line_is_consistent() {
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
        let Some(Command::Screenshot(args)) = Args::try_parse_from(typed).expect("valid arguments").command else {
            panic!("not a screenshot")
        };
        assert_eq!((args.panel, args.size), (Some(Panel::Graph), Size { width: 800, height: 600 }));
    }
}
