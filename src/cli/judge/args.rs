//! Arguments of `crossrank judge`.

use crate::cli::names::one_of;
use crate::dataset::RecallBase;
use crate::eval::Measure;
use crate::judge::LabelChoice;
use crate::judge::aggregate::Method;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct ImportArgs {
    /// A data set's folder or one of its files.
    pub dataset: PathBuf,
    /// A journal (.jsonl), a table with columns query, image and grade (.csv, .tsv), MediaEval's "<query> rGT.txt" or a
    /// folder of them, or TREC qrels (any other ending).
    pub file: PathBuf,
    /// Whose judgements these are.
    #[arg(long, value_name = "NAME")]
    pub judge: String,
    /// Also read files outside the data set's folder that its links and paths lead to.
    #[arg(long)]
    pub follow: bool,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    /// A data set's folder or one of its files.
    pub dataset: PathBuf,
    /// TREC qrels (.txt, .qrels), a table (.csv), JSON lines (.jsonl), or a folder of MediaEval's rGT files.
    pub out: PathBuf,
    /// Write this judge's labels; "files" are those of the data set's own files.
    #[arg(long, value_name = "NAME", conflicts_with = "aggregate")]
    pub judge: Option<String>,
    /// Write one grade an image, from all judges' [default for qrels and folders: as the data set's judging protocol says,
    /// else majority; tables and JSON lines have every judge's labels].
    #[arg(long, value_parser = one_of(Method::ALL, Method::name))]
    pub aggregate: Option<Method>,
    /// Also read files outside the data set's folder that its links and paths lead to.
    #[arg(long)]
    pub follow: bool,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct AgreementArgs {
    /// A data set's folder or one of its files.
    pub dataset: PathBuf,
    /// Compare only these judges; can be repeated.
    #[arg(long = "judge", value_name = "NAME")]
    pub judges: Vec<String>,
    /// Count "can't tell" as a grade of its own instead of a missing one.
    #[arg(long)]
    pub cant_tell: bool,
    /// Leave out images that were judged several at once.
    #[arg(long)]
    pub without_batch: bool,
    /// With --json: also Gwet's AC1 and AC2, raw agreement, and agreement by grade, judge and query.
    #[arg(long, requires = "json")]
    pub details: bool,
    /// Leave out judgements before which ranks, scores or others' labels were shown.
    #[arg(long)]
    pub without_revealed: bool,
    /// Also read files outside the data set's folder that its links and paths lead to.
    #[arg(long)]
    pub follow: bool,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct ComparisonArgs {
    /// A data set's folder or one of its files.
    pub dataset: PathBuf,
    /// A run's folder, or a TREC run.
    pub a: PathBuf,
    /// The run to compare it with.
    pub b: PathBuf,
    /// The measure.
    #[arg(long, default_value = "map", value_name = "NAME")]
    pub measure: Measure,
    /// The queries of run folders to compare on.
    #[arg(long, default_value = "test", value_parser = ["test", "validation", "train", "all"])]
    pub split: String,
    /// How the labels of all judges together become one: majority, unanimous, adjudicated or dawid-skene [default: as the
    /// data set's judging protocol says, else majority].
    #[arg(long, value_name = "HOW", value_parser = together)]
    pub labels: Option<LabelChoice>,
    /// Relevant images that count: all in the judgements, as in trec_eval, or only candidates.
    #[arg(long, default_value = "judged", value_parser = one_of(RecallBase::ALL, RecallBase::name))]
    pub recall_base: RecallBase,
    /// Also read files outside the data set's folder that its links and paths lead to.
    #[arg(long)]
    pub follow: bool,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

/// Labels of several judges.
fn together(text: &str) -> anyhow::Result<LabelChoice> {
    Ok(LabelChoice::from(text.parse::<Method>()?))
}
