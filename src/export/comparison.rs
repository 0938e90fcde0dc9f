//! A comparison as tables.

use super::table::{Cell, Row, Table};
use crate::dataset::{LabelSource, RecallBase, Split};
use crate::eval::significance::{FLIPS, RESAMPLES};
use crate::eval::{Measure, TIE_RULE};
use crate::study::LEVEL;
use crate::study::comparison::{Against, RunComparison};

/// Differences with an adjusted p below this are marked †.
pub const SIGNIFICANT: f64 = 0.05;

/// Differences with an adjusted p below this are marked ‡.
pub const HIGHLY_SIGNIFICANT: f64 = 0.01;

/// Runs × measures: means with the best in bold, and significance marks by the adjusted p of the randomisation test.
/// `intervals` adds the bootstrap interval to each mean.
pub fn summary(comparison: &RunComparison, intervals: bool) -> Table {
    let row = |(index, name): (usize, &String)| {
        let cell = |measure: usize| {
            let run = &comparison.measures[measure].rows[index];
            let marks = run.against.as_ref().map_or("", marks).to_owned();
            Cell { interval: intervals.then_some(run.interval), marks, ..Cell::number(run.mean) }
        };
        let name = if index == comparison.baseline { format!("{name} (baseline)") } else { name.clone() };
        Row { name, cells: (0..comparison.measures.len()).map(cell).collect() }
    };
    let mut table = Table {
        title: format!("Means over {} {} queries", comparison.queries.len(), part(comparison.split)),
        corner: "run".to_owned(),
        columns: comparison.measures.iter().map(|one| one.measure.label()).collect(),
        rows: comparison.runs.iter().enumerate().map(row).collect(),
        notes: notes(comparison),
        decimals: 4,
    };
    table.mark_best();
    table
}

/// Everything about every measure in one table, for spreadsheets: one row per run, and for each measure the columns of
/// [`details`] under names that begin with the measure's.
pub fn whole(comparison: &RunComparison) -> Table {
    let mut table = summary(comparison, true);
    let means = std::mem::take(&mut table.columns);
    let rows: Vec<Vec<Cell>> = table.rows.iter_mut().map(|row| std::mem::take(&mut row.cells)).collect();
    for (at, one) in comparison.measures.iter().enumerate() {
        let Some(details) = details(comparison, one.measure) else { continue };
        let others = details.columns.iter().skip(1).map(|column| format!("{} {column}", means[at]));
        table.columns.extend(std::iter::once(means[at].clone()).chain(others));
        for ((row, means), details) in table.rows.iter_mut().zip(&rows).zip(details.rows) {
            row.cells.push(means[at].clone());
            row.cells.extend(details.cells.into_iter().skip(1));
        }
    }
    table
}

/// Everything about one measure: mean, difference, intervals, the three tests' p raw and adjusted, effect size, and
/// numbers of queries that improved, stayed equal and got worse. `None` if the measure was not compared.
pub fn details(comparison: &RunComparison, measure: Measure) -> Option<Table> {
    let columns = [
        "mean",
        "Δ",
        "p (randomisation)",
        "Holm",
        "p (t)",
        "Holm (t)",
        "p (Wilcoxon)",
        "Holm (Wilcoxon)",
        "d_z",
        "wins",
        "ties",
        "losses",
    ];
    let rows = comparison.runs.iter().zip(comparison.of(measure)?).map(|(name, run)| {
        let mut cells = vec![Cell { interval: Some(run.interval), ..Cell::number(run.mean) }];
        match &run.against {
            None => cells.resize(columns.len(), Cell::default()),
            Some(against) => cells.extend(against_cells(against)),
        }
        Row { name: name.clone(), cells }
    });
    let baseline = comparison.runs.get(comparison.baseline).map_or("", String::as_str);
    Some(Table {
        title: format!("{} against {baseline}", measure.label()),
        corner: "run".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        notes: notes(comparison),
        decimals: 4,
    })
}

/// One row per query: each run's value and its difference from the baseline. `None` if the measure was not compared.
pub fn per_query(comparison: &RunComparison, measure: Measure) -> Option<Table> {
    let runs = comparison.of(measure)?;
    let mut columns = comparison.runs.clone();
    let others = || comparison.runs.iter().zip(runs).filter_map(|(name, run)| Some((name, run.against.as_ref()?)));
    columns.extend(others().map(|(name, _)| format!("Δ {name}")));
    let row = |(index, query): (usize, &String)| {
        let values = runs.iter().map(|run| run.values[index]);
        let cells = values.chain(others().map(|(_, against)| against.differences[index])).map(Cell::number).collect();
        Row { name: query.clone(), cells }
    };
    Some(Table {
        title: format!("{} of each query", measure.label()),
        corner: "query".to_owned(),
        columns,
        rows: comparison.queries.iter().enumerate().map(row).collect(),
        notes: Vec::new(),
        decimals: 4,
    })
}

fn against_cells(against: &Against) -> Vec<Cell> {
    let mut cells = vec![Cell {
        interval: Some(against.interval),
        marks: marks(against).to_owned(),
        ..Cell::number(against.difference)
    }];
    for test in [against.randomisation, against.t, against.wilcoxon] {
        cells.extend([Cell::maybe(test.p), Cell::maybe(test.holm)]);
    }
    cells.push(Cell::maybe(against.effect));
    let outcomes = against.outcomes;
    cells.extend([outcomes.wins, outcomes.ties, outcomes.losses].map(Cell::count));
    cells
}

fn marks(against: &Against) -> &'static str {
    match against.randomisation.holm {
        Some(p) if p < HIGHLY_SIGNIFICANT => "‡",
        Some(p) if p < SIGNIFICANT => "†",
        _ => "",
    }
}

fn part(split: Option<Split>) -> &'static str {
    split.map_or("judged", Split::name)
}

/// The note needed to compare ERR across programs.
pub fn highest_grade_note(grade: i32) -> String {
    format!("ERR with a highest grade of {grade}, that of all judgements")
}

/// The note that names the recall base.
pub fn recall_base_note(base: RecallBase) -> String {
    format!("recall base: {}", base.label())
}

/// The note that says whose labels counted.
pub(super) fn labels_note(labels: &LabelSource) -> String {
    format!("Labels: {}.", labels.label())
}

/// The notes needed to read such a table.
fn notes(comparison: &RunComparison) -> Vec<String> {
    let baseline = comparison.runs.get(comparison.baseline).map_or("", String::as_str);
    let mut notes = vec![
        format!(
            "† p < {SIGNIFICANT}, ‡ p < {HIGHLY_SIGNIFICANT} against {baseline}: two-sided randomisation test over \
             queries ({FLIPS} draws beyond 20 queries), Holm's adjustment over the runs."
        ),
        format!("Intervals: percentile bootstrap, {:.0} %, {RESAMPLES} resamples.", LEVEL * 100.0),
        format!("Ties: {TIE_RULE}."),
        format!("Recall base: {}.", comparison.recall_base.label()),
    ];
    notes.extend(comparison.labels.as_ref().map(labels_note));
    if let Some(grade) = comparison.highest_grade {
        notes.push(highest_grade_note(grade) + ".");
    }
    if comparison.run_counts.iter().any(|&count| count > 1) {
        let counts = comparison.runs.iter().zip(&comparison.run_counts).map(|(name, count)| format!("{name} {count}"));
        notes.push(format!("Averaged query by query over runs: {}.", counts.collect::<Vec<_>>().join(", ")));
    }
    if !comparison.left_out.is_empty() {
        notes.push(format!("{} queries that some runs lack are left out.", comparison.left_out.len()));
    }
    notes
}
