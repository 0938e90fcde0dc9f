//! `crossrank info`: the contents of a data set and problems in its files.

use super::args::InfoArgs;
use super::labels;
use super::output::{print, print_json, warning_lines};
use super::progress::Progress;
use super::table::{columns, grouped};
use crate::dataset::{self, Dataset, DatasetError, Loaded, Reach, Summary, Warning, WarningKind};
use crate::judge::{JudgeError, Judges, LabelChoice, Protocol, counted};
use crate::signals::{self, Signals};
use anyhow::Result;
use serde_json::{Value, json};

/// Runs the command.
///
/// # Errors
/// If the data set cannot be opened or, after the report, if some of its visual vectors cannot be used.
pub(super) fn run(args: &InfoArgs) -> Result<()> {
    let mut progress = Progress::new(args.json);
    progress.stage("Reading files");
    let reach = Reach::following(args.follow);
    let Loaded { mut dataset, judgements, mut warnings } = dataset::open_or_pictures(&args.dataset, reach)?;
    for file in &args.vectors {
        progress.stage("Reading vector files");
        let name = dataset::attach_vectors(&mut dataset, file)?;
        // Problems in the rows only surface when they are read.
        dataset::read_vectors(&dataset, &[&name], &mut |warning| warnings.push(warning))?;
    }
    progress.stage("Checking visual vectors");
    let unusable = check_sources(&mut dataset, &mut warnings);
    progress.stage("Computing signals");
    let signals = signals::compute(&dataset);
    let protocol = Protocol::read(&labels::places(&dataset)).or_else(|error| match error {
        // As any other file's fault, one among several.
        JudgeError::File(error) => {
            warnings.push(Warning::from(&DatasetError::from(error)));
            Ok(Protocol::default())
        }
        error => Err(error),
    })?;
    let judges = labels::judges(&dataset, &judgements, &mut progress)?;
    let choice = protocol.labels.without_judge();
    let judgements = counted(&judges, &choice, &dataset, &judgements).or_else(|error| match error {
        JudgeError::NoJudge { .. } => {
            let message = format!("the labels that count by the judging protocol are missing: {error}");
            warnings.push(Warning { kind: WarningKind::Missing, message, file: dataset.root.clone(), line: None });
            Ok(judgements)
        }
        error => Err(error),
    })?;
    let judging = Judging { labels: judgements.source().label(), choice, judges };
    let summary = dataset::summary(&dataset, &judgements);
    progress.finish();
    match args.json {
        true => print_json(&object(&dataset, &summary, &judging, &signals, &warnings))?,
        false => print(&text(&dataset, &summary, &judging, &signals, &warnings))?,
    }
    unusable.map_or(Ok(()), |error| Err(error.into()))
}

/// Checks the data set's visual vectors as training would; returns the first error, if any.
fn check_sources(dataset: &mut Dataset, warnings: &mut Vec<Warning>) -> Option<DatasetError> {
    let mut first = None;
    for index in 0..dataset.vectors.len() {
        let source = &dataset.vectors[index];
        match dataset::check_vectors(dataset, source, &mut |warning| warnings.push(warning)) {
            Ok(dim) => dataset.vectors[index].dim = dim,
            Err(error) => {
                warnings.push(Warning::from(&error));
                dataset.vectors[index].dim = None;
                first.get_or_insert(error);
            }
        }
    }
    first
}

/// Who judged, and whose labels count.
struct Judging {
    choice: LabelChoice,
    /// The choice in words.
    labels: String,
    judges: Judges,
}

impl Judging {
    /// Each judge and the number of their labels.
    fn judges(&self) -> Vec<(&str, usize)> {
        self.judges.names().into_iter().map(|judge| (judge, self.judges.count(judge))).collect()
    }
}

fn object(dataset: &Dataset, summary: &Summary, judging: &Judging, signals: &Signals, warnings: &[Warning]) -> Value {
    let judge = |(name, labels): (&str, usize)| json!({ "judge": name, "labels": labels });
    let splits = json!({
        "train": summary.train, "validation": summary.validation, "test": summary.test, "open": summary.open,
    });
    let warning = |warning: &Warning| {
        json!({
            "kind": warning.kind.name(), "message": warning.message, "file": warning.file.display().to_string(),
            "line": warning.line,
        })
    };
    json!({
        "name": dataset.name,
        "path": dataset.root.display().to_string(),
        "format": dataset.format.name(),
        "queries": summary.queries,
        "splits": splits,
        "queries_with_relevant": summary.queries_with_relevant,
        "images": summary.images,
        "pictures": summary.pictures,
        "candidates": summary.candidates,
        "judgements": summary.judgements,
        "unjudged": summary.unjudged,
        "relevant_others": summary.relevant_others,
        "clusters": summary.clusters,
        "labels": {
            "count": judging.choice.to_string(),
            "without_batch": judging.choice.without_batch,
            "without_revealed": judging.choice.without_revealed,
            "judges": judging.judges().into_iter().map(judge).collect::<Vec<_>>(),
        },
        "features": signals.infos.iter().map(|info| info.name.as_str()).collect::<Vec<_>>(),
        "descriptors": summary.vectors,
        "warnings": warnings.iter().map(warning).collect::<Vec<_>>(),
    })
}

fn text(dataset: &Dataset, summary: &Summary, judging: &Judging, signals: &Signals, warnings: &[Warning]) -> String {
    let mut text = format!("{} ({}): {}\n\n", dataset.name, dataset.format.name(), dataset.root.display());
    text += &columns(&counts(summary));
    let judges = judging.judges();
    if !judges.is_empty() {
        text += &format!("\nJudges ({}); what counts: {}\n", judges.len(), judging.labels);
    }
    for (judge, labels) in judges {
        text += &format!("  {judge}: {} labels\n", grouped(labels));
    }
    if summary.queries == 0 {
        text +=
            "\nThere are pictures but no queries. Add some in the window, or a queries.csv with a column 'query'.\n";
    }
    text += &format!("\nFeatures ({})\n", signals.infos.len());
    let width = signals.infos.iter().map(|info| info.name.chars().count()).max().unwrap_or(0);
    for info in &signals.infos {
        text += &format!("  {:width$}  {}: {}\n", info.name, info.group.name(), info.description);
    }
    text += &format!("\nDescriptors ({})\n", summary.vectors.len());
    for source in &summary.vectors {
        let dim = source.dim.map(|dim| format!("  {} numbers per image", grouped(dim))).unwrap_or_default();
        text += &format!("  {}{dim}\n", source.name);
    }
    text += &format!("\nWarnings ({})\n", grouped(warnings.len()));
    warning_lines(warnings).iter().for_each(|line| text += &format!("  {line}\n"));
    text
}

/// One count per row.
fn counts(summary: &Summary) -> Vec<Vec<String>> {
    let mut rows = vec![("Queries".to_owned(), summary.queries)];
    let splits = [
        ("train", summary.train),
        ("validation", summary.validation),
        ("test", summary.test),
        ("unassigned", summary.open),
    ];
    rows.extend(splits.iter().filter(|(_, count)| *count > 0).map(|(name, count)| (format!("  {name}"), *count)));
    rows.push(("  with a relevant image".to_owned(), summary.queries_with_relevant));
    rows.push(("Images".to_owned(), summary.images));
    rows.push(("  with a picture".to_owned(), summary.pictures));
    rows.push(("Candidates".to_owned(), summary.candidates));
    rows.extend(summary.judgements.iter().map(|(grade, count)| (format!("  judged {grade}"), *count)));
    rows.push(("  not judged".to_owned(), summary.unjudged));
    if summary.relevant_others > 0 {
        rows.push(("Relevant images that are not candidates".to_owned(), summary.relevant_others));
    }
    rows.push(("Diversity clusters".to_owned(), summary.clusters));
    rows.into_iter().map(|(name, count)| vec![name, grouped(count)]).collect()
}
