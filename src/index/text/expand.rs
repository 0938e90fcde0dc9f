//! Terms that begin with, or are nearly, what was typed.

use std::collections::BTreeMap;

use tantivy::query::FuzzyTermQuery;
use tantivy::schema::Field;
use tantivy::{Searcher, TantivyError, Term};

/// Terms that stand in for one.
const MOST: usize = 10;

/// Terms of a dictionary that are looked at for one beginning.
const LOOKED_AT: usize = 5000;

/// The commonest terms of some fields that begin with this.
pub(super) fn beginning_with(searcher: &Searcher, fields: &[Field], start: &str) -> Result<Vec<String>, TantivyError> {
    let mut counts = BTreeMap::new();
    for segment in searcher.segment_readers() {
        for &field in fields {
            let inverted = segment.inverted_index(field)?;
            let mut stream = inverted.terms().range().ge(start).into_stream()?;
            for _ in 0..LOOKED_AT {
                let Some((term, info)) = stream.next().filter(|(term, _)| term.starts_with(start.as_bytes())) else {
                    break;
                };
                count(&mut counts, term, info.doc_freq);
            }
        }
    }
    Ok(commonest(counts))
}

/// The commonest terms of some fields that differ from this one by a letter, or by two in long words; none for short
/// words, of which most others are near.
pub(super) fn nearly(searcher: &Searcher, fields: &[Field], term: &str) -> Result<Vec<String>, TantivyError> {
    let distance = match term.chars().count() {
        0..=3 => return Ok(Vec::new()),
        4..=7 => 1,
        _ => 2,
    };
    let mut counts = BTreeMap::new();
    for segment in searcher.segment_readers() {
        for &field in fields {
            let inverted = segment.inverted_index(field)?;
            let automaton = FuzzyTermQuery::new(Term::from_field_text(field, term), distance, true).automaton()?;
            let mut stream = inverted.terms().search(automaton).into_stream()?;
            for _ in 0..LOOKED_AT {
                let Some((term, info)) = stream.next() else { break };
                count(&mut counts, term, info.doc_freq);
            }
        }
    }
    Ok(commonest(counts))
}

fn count(counts: &mut BTreeMap<String, u64>, term: &[u8], documents: u32) {
    if let Ok(term) = str::from_utf8(term) {
        *counts.entry(term.to_owned()).or_default() += u64::from(documents);
    }
}

fn commonest(counts: BTreeMap<String, u64>) -> Vec<String> {
    let mut terms: Vec<(String, u64)> = counts.into_iter().collect();
    terms.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    terms.into_iter().take(MOST).map(|(term, _)| term).collect()
}
