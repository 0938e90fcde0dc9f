//! One run, or one group of seeds, against another: query by query.

use super::reading::Reader;
use crate::dataset::Split;
use crate::eval::{Measure, Measures};
use crate::study::{Paired, paired};
use crate::workspace::{Order, Ranking, Session};
use std::collections::{BTreeSet, HashMap};
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

/// One query under both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryDelta {
    /// Its id.
    pub id: String,
    /// Its position in the open data set, where it is there.
    pub query: Option<usize>,
    /// The first side's figure.
    pub a: f64,
    /// The second side's figure.
    pub b: f64,
}

impl QueryDelta {
    /// What the first side gains.
    pub fn delta(&self) -> f64 {
        self.a - self.b
    }
}

/// Differences smaller than this are ties.
pub const TIE: f64 = 1e-9;

/// A comparison over all its queries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PairFigures {
    /// The queries that both sides know, greatest gain first.
    pub queries: Vec<QueryDelta>,
    /// The first side's mean.
    pub a: f64,
    /// The second side's mean.
    pub b: f64,
    /// Queries that the first side does better.
    pub wins: usize,
    /// Queries without a difference.
    pub ties: usize,
    /// Queries that the second side does better.
    pub losses: usize,
    /// Interval of the mean difference and p of a paired test over the queries.
    pub test: Paired,
}

impl PairFigures {
    fn of(mut queries: Vec<QueryDelta>) -> Self {
        queries.sort_by(|x, y| y.delta().total_cmp(&x.delta()).then_with(|| x.id.cmp(&y.id)));
        let count = queries.len().max(1) as f64;
        let (first, second): (Vec<f64>, Vec<f64>) = queries.iter().map(|query| (query.b, query.a)).unzip();
        let wins = queries.iter().filter(|query| query.delta() > TIE).count();
        let losses = queries.iter().filter(|query| query.delta() < -TIE).count();
        Self {
            a: queries.iter().map(|query| query.a).sum::<f64>() / count,
            b: queries.iter().map(|query| query.b).sum::<f64>() / count,
            wins,
            losses,
            ties: queries.len() - wins - losses,
            test: paired(&first, &second),
            queries,
        }
    }
}

/// A side's figure per query.
type PerQuery = HashMap<String, f64>;

/// Compares two sides; `None` while something has still to be read.
///
/// # Errors
/// Why there is nothing to compare, for people.
pub(super) fn figures(pair: &Pair, reader: &Reader, session: &Session) -> Option<Result<PairFigures, String>> {
    let per_query = |side: &Side| match side {
        Side::Runs(paths) => of_runs(paths, pair, reader),
        Side::Text => Some(Ok(of_baseline(&session.baselines.text, pair, session))),
        Side::Initial => Some(Ok(of_baseline(&session.baselines.initial, pair, session))),
    };
    let (a, b) = match (per_query(&pair.a)?, per_query(&pair.b)?) {
        (Ok(a), Ok(b)) => (a, b),
        (Err(message), _) | (_, Err(message)) => return Some(Err(message)),
    };
    let both = a.into_iter().filter_map(|(id, a)| {
        let b = *b.get(&id)?;
        Some(QueryDelta { query: session.data.dataset.query_index(&id), id, a, b })
    });
    let queries: Vec<QueryDelta> = both.collect();
    Some(if queries.is_empty() {
        Err("The two have no judged query in common here: choose other queries above.".to_owned())
    } else {
        Ok(PairFigures::of(queries))
    })
}

/// Means over the runs, of the queries that most of them have.
fn of_runs(paths: &[PathBuf], pair: &Pair, reader: &Reader) -> Option<Result<PerQuery, String>> {
    let mut sums: HashMap<String, (f64, usize)> = HashMap::new();
    for path in paths {
        let figures = match &reader.details(path)?.figures {
            Ok(figures) => figures,
            Err(message) => return Some(Err(format!("{}: {message}", name(path)))),
        };
        let rows = figures.queries.iter().filter(|row| pair.split.is_none_or(|split| split == row.split));
        for row in rows {
            let Some(value) = row.measures.get(pair.measure) else {
                return Some(Err(format!("{} was not measured by {}", name(path), pair.measure.label())));
            };
            let sum = sums.entry(row.id.clone()).or_default();
            *sum = (sum.0 + value, sum.1 + 1);
        }
    }
    // Each query rests on equally many runs: on all seeds, or in a cross-validation on those of its fold.
    let most = sums.values().map(|(_, count)| *count).max().unwrap_or(0);
    let known = sums.into_iter().filter(|(_, (_, count))| *count == most);
    Some(Ok(known.map(|(id, (sum, count))| (id, sum / count as f64)).collect()))
}

/// The other side's runs say which queries count, so a baseline knows all judged ones.
fn of_baseline(measures: &[Measures], pair: &Pair, session: &Session) -> PerQuery {
    let alone = pair.a.paths().is_empty() && pair.b.paths().is_empty();
    let counts = |query: usize| {
        session.data.judgements.is_judged(query)
            && (!alone || pair.split.is_none_or(|split| session.data.splits.get(query) == Some(&split)))
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
/// Why there is no ranking, for people.
pub(super) fn ranking(
    side: &Side,
    split: Option<Split>,
    reader: &Reader,
    session: &Session,
) -> Option<Result<Ranking, String>> {
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
        let places: usize = rankings.iter().map(|ranking| ranking.place[candidate]).sum();
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
