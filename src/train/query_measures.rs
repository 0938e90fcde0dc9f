//! A run's measures on each query, saved with it so that runs can be compared query by query.

use super::run_folder::{earlier_recall_base, is_zero};
use super::{RunData, judgements_hash};
use crate::base::{At, FileError, read_text_file, write_whole};
use crate::dataset::{LabelSource, RecallBase, Split};
use crate::eval::{Measure, Measures, STANDARD, evaluate_scores};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The file's name in a run's folder.
const FILE: &str = "queries.json";

/// The measures of every judged query under one ranking; all queries have the same measures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "OnDisk")]
pub struct QueryMeasures {
    /// The highest grade, if a measure depends on it ([`Measure::needs_highest_grade`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highest_grade: Option<i32>,
    /// Which judgements they come from ([`judgements_hash`]), if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judgements: Option<String>,
    /// Whose labels these are, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<LabelSource>,
    /// Which relevant images the measures count.
    pub recall_base: RecallBase,
    /// Relevant images of the judgements that are not candidates; without any, the recall base makes no difference.
    #[serde(skip_serializing_if = "is_zero")]
    pub relevant_others: usize,
    /// One row per judged query, in the data set's order.
    pub queries: Vec<QueryRow>,
}

/// One query's measures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QueryRow {
    /// The query's id in the data set.
    pub id: String,
    /// Its split in this run.
    pub split: Split,
    /// The ranking's measures.
    pub measures: Measures,
}

/// The current format, or the old one: the measures once, and each row's values in their order.
#[derive(Deserialize)]
struct OnDisk {
    highest_grade: Option<i32>,
    judgements: Option<String>,
    labels: Option<LabelSource>,
    #[serde(default = "earlier_recall_base")]
    recall_base: RecallBase,
    #[serde(default)]
    relevant_others: usize,
    #[serde(default)]
    measures: Vec<Measure>,
    queries: Vec<RowOnDisk>,
}

#[derive(Deserialize)]
struct RowOnDisk {
    id: String,
    split: Split,
    measures: Option<Measures>,
    values: Option<Vec<f64>>,
}

/// Why a query's row is invalid.
#[derive(Debug, thiserror::Error)]
enum RowFault {
    #[error("query “{0}” does not have one value per measure")]
    Count(String),
    #[error("query “{0}” has no measures")]
    Nothing(String),
    #[error("query “{0}” has different measures from the first")]
    Other(String),
}

impl RowOnDisk {
    fn row(self, named: &[Measure]) -> Result<QueryRow, RowFault> {
        let measures = match (self.measures, self.values) {
            (Some(measures), None) => measures,
            (None, Some(values)) if values.len() == named.len() => Measures::new(named, values),
            (None, Some(_)) => return Err(RowFault::Count(self.id)),
            _ => return Err(RowFault::Nothing(self.id)),
        };
        Ok(QueryRow { id: self.id, split: self.split, measures })
    }
}

impl TryFrom<OnDisk> for QueryMeasures {
    type Error = RowFault;

    fn try_from(file: OnDisk) -> Result<Self, RowFault> {
        let rows = file.queries.into_iter().map(|row| row.row(&file.measures));
        let queries = Self {
            highest_grade: file.highest_grade,
            judgements: file.judgements,
            labels: file.labels,
            recall_base: file.recall_base,
            relevant_others: file.relevant_others,
            queries: rows.collect::<Result<_, _>>()?,
        };
        let measures = queries.measures();
        match queries.queries.iter().find(|row| !row.measures.measures().eq(measures.iter().copied())) {
            Some(row) => Err(RowFault::Other(row.id.clone())),
            None => Ok(queries),
        }
    }
}

impl QueryMeasures {
    /// [`STANDARD`] of every judged query, with candidates ranked by `scores`.
    pub fn of(data: &RunData, scores: &[Vec<f32>]) -> Self {
        let all: Vec<usize> = (0..data.dataset.queries.len()).collect();
        let of = |query: usize| scores.get(query).map_or(&[][..], Vec::as_slice);
        let mut evaluation = evaluate_scores(&data.dataset, &data.judgements, &all, of, &STANDARD);
        let row = |&query: &usize| {
            let id = data.dataset.queries[query].id.to_string();
            let measures = evaluation.per_query.remove(&id)?;
            Some(QueryRow { id, split: data.splits[query], measures })
        };
        Self {
            queries: all.iter().filter_map(row).collect(),
            highest_grade: evaluation.highest_grade,
            judgements: Some(judgements_hash(data)),
            labels: Some(data.judgements.source().clone()),
            recall_base: data.judgements.recall_base(),
            relevant_others: data.judgements.relevant_others(),
        }
    }

    /// The measures; empty if no query is judged.
    pub fn measures(&self) -> Vec<Measure> {
        self.queries.first().map_or_else(Vec::new, |row| row.measures.measures().collect())
    }

    /// The rows of one split.
    pub fn of_split(&self, split: Split) -> impl Iterator<Item = &QueryRow> {
        self.queries.iter().filter(move |row| row.split == split)
    }

    /// Writes them to a run's folder.
    ///
    /// # Errors
    /// If the file cannot be written, with the path.
    pub fn write(&self, folder: &Path) -> Result<(), FileError> {
        let path = folder.join(FILE);
        let text = serde_json::to_string(self).at(&path)?;
        write_whole(&path, &[text.as_bytes()]).at(&path)
    }

    /// Reads them from a run's folder.
    ///
    /// # Errors
    /// If the file cannot be read or is malformed, with the path.
    pub fn read(folder: &Path) -> Result<Self, FileError> {
        let path = folder.join(FILE);
        let text = read_text_file(&path)?;
        serde_json::from_str(&text).at(&path)
    }
}
