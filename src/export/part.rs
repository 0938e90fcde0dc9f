//! The queries of a run whose rankings and judgements are exported.

use crate::base::named;
use crate::dataset::{Split, trec_name};
use crate::train::{QueryMeasures, RunRecord};
use std::collections::HashMap;

/// Which of a run's queries `run.txt` and `qrels.txt` hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Part {
    /// The train queries.
    Train,
    /// The validation queries.
    Validation,
    /// The test queries, whose measures a run reports.
    #[default]
    Test,
    /// Every query, those trained on included.
    All,
}

named!(Part, "part": Train = "train", Validation = "validation", Test = "test", All = "all");

/// The split of each of a run's queries.
pub(super) struct Parts(HashMap<String, Split>);

impl Parts {
    /// From what the run recorded: the split of every query, or in older runs that of the measured ones.
    pub fn of(record: &RunRecord, measures: Option<&QueryMeasures>) -> Self {
        let measured = measures.into_iter().flat_map(|measures| &measures.queries).map(|row| (&row.id, row.split));
        let mut parts: HashMap<String, Split> = measured.map(|(id, split)| (id.clone(), split)).collect();
        if let Some(split) = &record.split {
            parts.extend(split.by_id().into_iter().map(|(id, split)| (id.to_owned(), split)));
        }
        // TREC files have no white space in names.
        let escaped: Vec<(String, Split)> = parts.iter().map(|(id, split)| (trec_name(id), *split)).collect();
        for (id, split) in escaped {
            parts.entry(id).or_insert(split);
        }
        Self(parts)
    }

    /// Whether a query, by its id or its name in TREC files, is in this part.
    pub fn holds(&self, part: Part, id: &str) -> bool {
        let wanted = match part {
            Part::All => return true,
            Part::Train => Split::Train,
            Part::Validation => Split::Validation,
            Part::Test => Split::Test,
        };
        self.0.get(id) == Some(&wanted)
    }
}
