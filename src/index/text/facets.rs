//! What the pictures found have in common: values of columns, with how many pictures have each.

use std::collections::BTreeMap;

use super::schema::columns_of;
use super::{TextIndex, TextQuery};
use crate::index::IndexError;
use crate::index::words::Words;

/// Pictures that are looked at, the best first.
const MOST_PICTURES: usize = 5_000;
/// Facets, values of one, and the length of a value that is still one to choose.
const MOST_FACETS: usize = 8;
const MOST_VALUES: usize = 8;
const LONGEST: usize = 60;

/// A column by which what is found can be narrowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// Its name as it is typed: `album`.
    pub column: String,
    /// Its commonest values and how many pictures have each, the commonest first, then by name.
    pub values: Vec<(String, usize)>,
    /// How many values there are in all.
    pub count: usize,
}

/// The columns by which what is found can be narrowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// Those with more than one value, of which some are shared, the ones that most pictures have first.
    pub list: Vec<Facet>,
    /// How many pictures were looked at.
    pub pictures: usize,
    /// How many are found in all.
    pub found: usize,
}

impl Facet {
    /// What is typed for one of its values.
    pub fn clause(&self, value: &str) -> String {
        let value = value.replace('"', " ");
        match value.chars().all(char::is_alphanumeric) && !value.is_empty() {
            true => format!("{}:{value}", self.column),
            false => format!("{}:\"{}\"", self.column, value.trim()),
        }
    }
}

impl TextIndex {
    /// The facets of what is found; without words, of all pictures.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn facets(&self, wanted: &TextQuery<'_>) -> Result<Facets, IndexError> {
        let mut counts: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        let mut facets = Facets::default();
        let mut add = |words: &Words| {
            for (column, value) in columns_of(words) {
                if value.chars().count() <= LONGEST {
                    *counts.entry(column).or_default().entry(value).or_default() += 1;
                }
            }
        };
        if wanted.text.trim().is_empty() {
            (facets.pictures, facets.found) = (self.count().min(MOST_PICTURES), self.count());
            self.some_pictures(MOST_PICTURES, &mut |picture| add(&picture.words))?;
        } else {
            let found = self.search(&TextQuery { most: MOST_PICTURES, ..wanted.clone() })?;
            (facets.pictures, facets.found) = (found.hits.len(), found.count);
            found.hits.iter().for_each(|hit| add(&hit.picture.words));
        }
        facets.list = counts.into_iter().filter_map(|(column, values)| facet(column, values)).collect();
        let covered = |facet: &Facet| facet.values.iter().map(|(_, count)| count).sum::<usize>();
        facets.list.sort_by(|a, b| covered(b).cmp(&covered(a)).then_with(|| a.column.cmp(&b.column)));
        facets.list.truncate(MOST_FACETS);
        Ok(facets)
    }
}

/// A column, unless its values tell nothing apart or are names of single pictures.
fn facet(column: String, values: BTreeMap<String, usize>) -> Option<Facet> {
    let count = values.len();
    let pictures: usize = values.values().sum();
    if count < 2 || count * 2 > pictures {
        return None;
    }
    let mut values: Vec<(String, usize)> = values.into_iter().collect();
    values.sort_by(|(a, of_a), (b, of_b)| of_b.cmp(of_a).then_with(|| a.cmp(b)));
    values.truncate(MOST_VALUES);
    Some(Facet { column, values, count })
}
