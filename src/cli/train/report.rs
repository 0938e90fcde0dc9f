//! The result of training, as text and as JSON.

use super::chosen;
use crate::cli::labels;
use crate::cli::seeds::{Comparisons, Seeds};
use crate::cli::table::{columns, grouped, measured};
use crate::dataset::Split;
use crate::eval::{Measures, STANDARD};
use crate::export::comparison::recall_base_note;
use crate::train::{Comparison, RunData, RunRecord, RunState};
use anyhow::{Result, anyhow};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// An error if the last run was interrupted, which says how to continue.
pub(super) fn outcome(records: &[RunRecord], folder: impl Fn(&RunRecord) -> Option<PathBuf>) -> Result<()> {
    match records.last().filter(|record| record.state == RunState::Interrupted) {
        None => Ok(()),
        Some(record) => Err(match folder(record) {
            Some(folder) => anyhow!("interrupted; continue with --resume {}", folder.display()),
            None => anyhow!("interrupted; use --out to save a run that can be resumed"),
        }),
    }
}

/// The measures as one object; for several seeds, means, deviations and each seed's own values.
pub(super) fn object(seeds: &Seeds, out: Option<&Path>, folder: impl Fn(&RunRecord) -> Option<PathBuf>) -> Value {
    let shown = |path: &Path| path.display().to_string();
    if let [record] = seeds.records() {
        return of_record(record, out.map(shown));
    }
    let (test, validation) = (seeds.test(), seeds.validation());
    let each = |record: &RunRecord| {
        let mut object = of_record(record, folder(record).as_deref().map(shown));
        object["seed"] = record.experiment.training.seed.into();
        object
    };
    let object = json!({
        "test": test.mean,
        "validation": validation.mean,
        "best_epoch": seeds.best_epoch().mean,
        "seconds_per_epoch": seeds.seconds_per_epoch().mean,
        "parameters": seeds.first().parameters,
        "out": out.map(shown),
        "deviation": { "test": test.deviation, "validation": validation.deviation },
        "seeds": seeds.records().iter().map(each).collect::<Vec<_>>(),
    });
    with_conventions(object, seeds.first())
}

fn of_record(record: &RunRecord, out: Option<String>) -> Value {
    let object = json!({
        "test": record.test,
        "validation": record.validation,
        "best_epoch": record.best_epoch,
        "retrained": record.retrained,
        "chosen": record.chosen,
        "seconds_per_epoch": record.seconds_per_epoch,
        "parameters": record.parameters,
        "out": out,
    });
    with_conventions(object, record)
}

fn with_conventions(mut object: Value, record: &RunRecord) -> Value {
    object["recall_base"] = record.recall_base.name().into();
    if let Some(labels) = &record.labels {
        object["labels"] = json!(labels);
    }
    if let Some(grade) = record.highest_grade {
        object["highest_grade"] = grade.into();
    }
    object
}

/// The measures as a table.
pub(super) fn text(seeds: &Seeds, data: &RunData, out: Option<&Path>) -> String {
    let record = seeds.first();
    let (model, graph) = (&record.experiment.model, &record.experiment.graph);
    let mut text = format!(
        "{}: {}, {} parameters, {} features, {} vectors, k = {}\n",
        record.dataset,
        model.kind,
        grouped(record.parameters),
        record.features.len(),
        record.vectors,
        graph.k,
    );
    if seeds.records().len() > 1 {
        let first = record.experiment.training.seed;
        let last = seeds.records().last().map_or(first, |record| record.experiment.training.seed);
        text += &format!("means ± standard deviations over {} seeds, {first} to {last}\n", seeds.records().len());
    }
    for (split, comparisons) in [(Split::Validation, seeds.validation()), (Split::Test, seeds.test())] {
        let heading = match data.measured(split) {
            1 => format!("{split} (1 query)"),
            count => format!("{split} ({count} queries)"),
        };
        text += &format!("\n{}", columns(&rows(&heading, &comparisons, seeds)));
    }
    text += &format!("\nbest epoch {}; {} s per epoch\n", epochs(seeds), seconds(seeds));
    if seeds.records().iter().any(|record| record.retrained.is_some()) {
        text += "retrained on train and validation for the same number of epochs; validation measures precede it\n";
    }
    text += &chosen::lines(seeds.records());
    text += &record.labels.as_ref().map(labels::line).unwrap_or_default();
    if let Some(grade) = record.highest_grade {
        let measure = record.experiment.training.stop_on.label();
        text += &format!(
            "chosen by {measure}, with a highest grade of {grade}, that of the train and validation queries\n"
        );
    }
    text += &recall_base_note(record.recall_base);
    text += &match record.relevant_others {
        0 => "\n".to_owned(),
        count => format!(" ({} of the data set are not candidates)\n", grouped(count)),
    };
    if let Some(out) = out {
        text += &format!("saved in {}\n", out.display());
    }
    text
}

fn rows(heading: &str, comparisons: &Comparisons, seeds: &Seeds) -> Vec<Vec<String>> {
    let several = seeds.records().len() > 1;
    let row = |name: &str, of: fn(&Comparison) -> &Measures, deviations: bool| {
        let (means, deviations_of) = (of(&comparisons.mean), of(&comparisons.deviation));
        let cells = means.values().zip(deviations_of.values()).map(|(mean, deviation)| match deviations {
            true if mean.is_finite() => format!("{mean:.4} ± {deviation:.4}"),
            _ => measured(mean),
        });
        std::iter::once(name.to_owned()).chain(cells).collect()
    };
    let labels = STANDARD.iter().map(|measure| measure.label());
    let mut rows = vec![
        std::iter::once(heading.to_owned()).chain(labels).collect(),
        row("  initial order", |comparisons| &comparisons.initial, false),
    ];
    // A data set without text has no such ranking.
    if !comparisons.mean.text.is_empty() {
        rows.push(row("  text only", |comparisons| &comparisons.text, false));
    }
    rows.push(row(&format!("  {}", seeds.first().experiment.model.kind), |comparisons| &comparisons.model, several));
    rows
}

fn epochs(seeds: &Seeds) -> String {
    let each = seeds.records().iter().map(|record| match record.state {
        RunState::EarlyStopped => format!("{} (stopped early)", record.best_epoch),
        _ => record.best_epoch.to_string(),
    });
    each.collect::<Vec<_>>().join(", ")
}

fn seconds(seeds: &Seeds) -> String {
    format!("{:.3}", seeds.seconds_per_epoch().mean)
}
