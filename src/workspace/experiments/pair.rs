//! One run, or one group of seeds, against another: query by query.

use super::reading::{Readable, Reader};
use crate::dataset::{RecallBase, Split};
use crate::eval::{Measure, Measures};
use crate::study::comparison::{ComparisonError, PairMeasures, PerQuery, query_means, shared_means};
use crate::workspace::{Order, Ranking, Session};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Side {
    /// A run, or several whose figures are averaged query by query.
    Runs(Vec<PathBuf>),
    /// The text signal alone.
    Text,
    /// The search engine's order.
    Initial,
}

impl Side {
    /// The folders of its runs.
    pub fn paths(&self) -> &[PathBuf] {
        match self {
            Side::Runs(paths) => paths,
            Side::Text | Side::Initial => &[],
        }
    }
}

/// What is compared, by what, on which queries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The side whose gain is shown.
    pub a: Side,
    /// The side it is held against.
    pub b: Side,
    /// One part of the protocol; `None` takes every judged query.
    pub split: Option<Split>,
    /// One of [`crate::eval::STANDARD`].
    pub measure: Measure,
}

/// Compares two sides; `None` while something has still to be read.
///
/// # Errors
/// Why there is nothing to compare.
pub(super) fn figures(pair: &Pair, reader: &Reader, session: &Session) -> Option<Readable<PairMeasures>> {
    let per_query = |side: &Side| match side {
        Side::Runs(paths) => of_runs(paths, pair, reader),
        Side::Text => Some(Ok(of_baseline(&session.baselines.text, pair, session))),
        Side::Initial => Some(Ok(of_baseline(&session.baselines.initial, pair, session))),
    };
    let (a, b) = match (per_query(&pair.a)?, per_query(&pair.b)?) {
        (Ok(a), Ok(b)) => (a, b),
        (Err(message), _) | (_, Err(message)) => return Some(Err(message)),
    };
    let bases = [recall_bases(&pair.a, reader, session), recall_bases(&pair.b, reader, session)].concat();
    if pair.measure.needs_recall_base() && bases.iter().any(|base| *base != bases[0]) {
        return Some(Err(ComparisonError::OtherRecallBase.to_string()));
    }
    let figures = PairMeasures::of(&a, &b, |id| session.data.dataset.query_index(id));
    Some(figures.ok_or_else(|| "The two have no judged query in common here: choose other queries above.".to_owned()))
}

/// Which relevant images the measures of a side count, for each of its runs where it makes a difference.
fn recall_bases(side: &Side, reader: &Reader, session: &Session) -> Vec<RecallBase> {
    let judgements = &session.data.judgements;
    let own = || vec![(judgements.recall_base(), judgements.relevant_others())];
    let of_run = |path: &PathBuf| {
        let figures = reader.details(path)?.figures.as_ref().ok()?;
        Some((figures.recall_base, figures.relevant_others))
    };
    let bases = match side {
        Side::Runs(paths) => paths.iter().filter_map(of_run).collect(),
        Side::Text | Side::Initial => own(),
    };
    // Without such images in the run's judgements or in these, every base is the same.
    let matters = |others: usize| others > 0 || judgements.relevant_others() > 0;
    bases.into_iter().filter(|(_, others)| matters(*others)).map(|(base, _)| base).collect()
}

/// The mean over runs.
fn of_runs(paths: &[PathBuf], pair: &Pair, reader: &Reader) -> Option<Readable<PerQuery>> {
    let names: Vec<String> = paths.iter().map(|path| name(path)).collect();
    let mut runs = Vec::with_capacity(paths.len());
    for (path, name) in paths.iter().zip(&names) {
        match &reader.details(path)?.figures {
            Ok(figures) => runs.push((name.as_str(), figures)),
            Err(message) => return Some(Err(format!("{name}: {message}"))),
        }
    }
    let means = query_means(runs, &[pair.measure], pair.split).map_err(|error| error.to_string());
    Some(means.map(shared_means))
}

/// The other side's runs say which queries count, so a baseline knows all judged ones.
fn of_baseline(measures: &[Measures], pair: &Pair, session: &Session) -> PerQuery {
    let alone = pair.a.paths().is_empty() && pair.b.paths().is_empty();
    let counts = |query: usize| {
        session.data.judgements.is_judged(query)
            && (!alone || pair.split.is_none_or(|split| session.splits().get(query) == Some(&split)))
    };
    let id = |query: usize| session.data.dataset.queries[query].id.to_string();
    let value = |query: usize| Some((id(query), measures[query].get(pair.measure)?));
    (0..measures.len().min(session.data.dataset.queries.len()))
        .filter(|&query| counts(query))
        .filter_map(value)
        .collect()
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

/// A side's ranking of the current query; for several runs by the mean of the places they give an image. `None` while
/// something has still to be read.
///
/// # Errors
/// Why there is no ranking.
pub(super) fn ranking(
    side: &Side,
    split: Option<Split>,
    reader: &Reader,
    session: &Session,
) -> Option<Readable<Ranking>> {
    let baseline = |order| session.ranking(order).cloned().map(Ok);
    let paths = match side {
        Side::Text => return baseline(Order::Text),
        Side::Initial => return baseline(Order::Initial),
        Side::Runs(paths) => paths,
    };
    let query = session.query();
    let mut fitting = Vec::new();
    for path in paths {
        if ranks(path, split, reader, session)? {
            fitting.push(path);
        }
    }
    if fitting.is_empty() {
        fitting = paths.iter().collect();
    }
    let mut rankings = Vec::new();
    for path in fitting {
        match reader.scores(path)? {
            Err(message) => return Some(Err(message.clone())),
            Ok(scores) => {
                rankings.push(Ranking::new(&session.data, query, scores.get(query).cloned().unwrap_or_default()))
            }
        }
    }
    let count = session.data.dataset.queries[query].candidates.len();
    if rankings.iter().any(|ranking| ranking.scores.len() != count || ranking.scores.iter().all(|s| s.is_nan())) {
        return Some(Err("This run has no ranking of this query.".to_owned()));
    }
    if rankings.len() == 1 {
        return rankings.pop().map(Ok);
    }
    let mean = |candidate: usize| {
        let places: usize = rankings.iter().map(|ranking| ranking.ranks[candidate]).sum();
        -(places as f32) / rankings.len().max(1) as f32
    };
    Some(Ok(Ranking::new(&session.data, query, (0..count).map(mean).collect())))
}

/// Whether a run's ranking of the current query is shown: of the runs of a cross-validation those that did not learn
/// from it, where there are such.
fn ranks(path: &Path, split: Option<Split>, reader: &Reader, session: &Session) -> Option<bool> {
    let Ok(figures) = &reader.details(path)?.figures else { return Some(true) };
    let id = session.data.dataset.queries[session.query()].id.as_str();
    let row = figures.queries.iter().find(|row| row.id == id);
    Some(row.is_none_or(|row| split.is_none_or(|split| row.split == split)))
}

/// All runs that a comparison needs.
pub(super) fn paths(pair: Option<&Pair>) -> BTreeSet<PathBuf> {
    pair.into_iter().flat_map(|pair| pair.a.paths().iter().chain(pair.b.paths())).cloned().collect()
}
