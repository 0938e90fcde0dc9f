//! Weak relevance signals of a candidate, and their normalisation.
//!
//! [`compute`] turns a data set's words, dates, locations and numbers into one column per signal; [`table`] normalises
//! selected columns of one query into a model's input features; [`statistics`] shows what each column is worth on its
//! own.
//!
//! Greater always means more relevant: ranks and distances are negated.
//!
//! ```
//! use crossrank::dataset::{demo_sample, open};
//! use crossrank::signals::{Normalisation, compute, table};
//!
//! let dataset = open(&demo_sample())?.dataset;
//! let signals = compute(&dataset);
//! let bm25 = signals.index("bm25").expect("its images have titles");
//! let features = table(&signals, 0, &[bm25], Normalisation::ZScore);
//! assert_eq!(features.len(), dataset.queries[0].candidates.len());
//! # Ok::<(), crossrank::dataset::DatasetError>(())
//! ```

mod baseline;
mod column;
mod context;
mod counting;
mod fold;
mod normalise;
#[cfg(feature = "cjk")]
mod segment;
mod split;
mod splitting;
mod statistics;
mod text;
mod tokens;

use crate::dataset::Dataset;

pub use baseline::{initial_order, text_only, text_signal};
pub use column::{SignalGroup, SignalInfo, Signals};
pub use counting::TextCounter;
pub use normalise::{Normalisation, table};
pub use split::splitting;
pub use splitting::{DICTIONARIES, Splitting};
pub use statistics::{Statistics, statistics};
pub(crate) use tokens::Tokenizer;
pub use tokens::{Terms, document_terms, query_terms};

use column::Column;
use text::{Fields, Scorer, TextIndex};

/// Computes every signal that the data set's files allow.
///
/// Text signals are `bm25`, `tfidf` and `lm_dirichlet` over title, description and tags together, and BM25 over titles
/// alone and tags alone; their collection statistics (document frequencies, mean length, background model) are those
/// of *all images of the data set*, whichever query they were retrieved for and whichever split it belongs to; for a
/// collection, those of all its pictures ([`Dataset::statistics`]), so that they do not change with the queries that are
/// kept. No judgement enters any signal.
///
/// Signals that do not differ between the candidates of any query (constant, or missing everywhere) are dropped. If
/// none remains, the position in the files serves as `rank`, so there is always at least one.
pub fn compute(dataset: &Dataset) -> Signals {
    let mut columns = text_columns(dataset);
    columns.extend(context::columns(dataset));
    columns.extend(context::given(dataset));
    columns.retain(Column::is_informative);
    if columns.is_empty() {
        columns.push(context::position(dataset));
    }
    make_names_unique(&mut columns);
    let queries = (0..dataset.queries.len()).map(|query| interleave(&columns, query)).collect();
    Signals { infos: columns.into_iter().map(|column| column.info).collect(), queries }
}

/// The numeric columns of the files alone, whether they differ between candidates or not: all that a ranking by one of them
/// needs, without the work of [`compute`].
pub fn given(dataset: &Dataset) -> Signals {
    let columns = context::given(dataset);
    let queries = (0..dataset.queries.len()).map(|query| interleave(&columns, query)).collect();
    Signals { infos: columns.into_iter().map(|column| column.info).collect(), queries }
}

/// The signals that compare words.
fn text_columns(dataset: &Dataset) -> Vec<Column> {
    let index = TextIndex::new(dataset);
    let column = |name: &str, description: &str, score: &Scorer| {
        let queries = dataset.queries.iter().map(|query| {
            let terms = index.query(&query.text);
            query.candidates.iter().map(|candidate| score(&index, &terms, candidate.image) as f32).collect()
        });
        Column::new(name, SignalGroup::Text, description, queries.collect())
    };
    vec![
        column(
            "bm25",
            "BM25 (k1 = 1.2, b = 0.75) of the query in title, description and tags",
            &|index, terms, image| index.bm25(Fields::All, terms, image),
        ),
        column("tfidf", "Cosine of the TF-IDF vectors of query and title, description and tags", &TextIndex::tfidf),
        column(
            "lm_dirichlet",
            "Log likelihood of the query under the language model of title, description and tags (Dirichlet, μ = 2000)",
            &TextIndex::lm_dirichlet,
        ),
        column("title_bm25", "BM25 of the query in the title alone", &|index, terms, image| {
            index.bm25(Fields::Title, terms, image)
        }),
        column("tags_bm25", "BM25 of the query in the tags alone", &|index, terms, image| {
            index.bm25(Fields::Tags, terms, image)
        }),
    ]
}

/// Makes the names unique: our own signals keep theirs, columns of the files are renamed.
fn make_names_unique(columns: &mut [Column]) {
    for i in 1..columns.len() {
        let (before, rest) = columns.split_at_mut(i);
        let wanted = rest[0].info.name.clone();
        let taken = |name: &str| before.iter().any(|column| column.info.name == name);
        let alternatives = (2..).map(|number| format!("file_{wanted}_{number}"));
        let mut names = [wanted.clone(), format!("file_{wanted}")].into_iter().chain(alternatives);
        if let Some(free) = names.find(|name| !taken(name)) {
            rest[0].info.name = free;
        }
    }
}

/// The row-major table of one query.
fn interleave(columns: &[Column], query: usize) -> Vec<f32> {
    let candidates = columns.first().map_or(0, |column| column.queries[query].len());
    (0..candidates).flat_map(|row| columns.iter().map(move |column| column.queries[query][row])).collect()
}
