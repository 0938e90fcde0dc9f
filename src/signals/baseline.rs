//! Baseline scores that need no learning.

use super::normalise::{Normalisation, table};
use super::{SignalGroup, Signals};
use crate::dataset::Dataset;

/// Likely names of text-score columns in the files, best first.
const TEXT_SCORES: [&str; 4] = ["bm25", "tfidf", "vsm", "text"];

/// The “text only” baseline: the raw values of one text signal, one score per candidate of the query.
///
/// See [`text_signal`] for which one it is. A missing value counts as the query's mean; empty without a text signal.
pub fn text_only(signals: &Signals, query: usize) -> Vec<f32> {
    text_signal(signals).map_or_else(Vec::new, |signal| table(signals, query, &[signal], Normalisation::None))
}

/// The signal behind [`text_only`]: our own `bm25`; else the first of our text signals; else a column of the files
/// whose name mentions BM25, TF-IDF, a vector space model or text, in this order. `None` if nothing compares words.
pub fn text_signal(signals: &Signals) -> Option<usize> {
    let infos = &signals.infos;
    let text = |name: Option<&str>| {
        infos.iter().position(|info| info.group == SignalGroup::Text && name.is_none_or(|name| info.name == name))
    };
    let given = |part: &str| {
        let holds = |name: &str| name.to_lowercase().replace(['-', '_', ' '], "").contains(part);
        infos.iter().position(|info| info.group == SignalGroup::Given && holds(&info.name))
    };
    text(Some("bm25")).or_else(|| text(None)).or_else(|| TEXT_SCORES.iter().find_map(|part| given(part)))
}

/// The search engine's own order as scores, one per candidate: minus the rank.
///
/// Without ranks, minus the position in the files; if only some candidates have one, the others follow in file order.
pub fn initial_order(dataset: &Dataset, query: usize) -> Vec<f32> {
    let Some(query) = dataset.queries.get(query) else { return Vec::new() };
    let last = query.candidates.iter().filter_map(|candidate| candidate.rank).max().unwrap_or(0);
    let mut unranked = 0;
    let mut score = |rank: Option<u32>| {
        let rank = rank.map(f64::from).unwrap_or_else(|| {
            unranked += 1;
            f64::from(last) + f64::from(unranked)
        });
        -rank as f32
    };
    query.candidates.iter().map(|candidate| score(candidate.rank)).collect()
}
