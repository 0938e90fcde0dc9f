//! Text relevance of an image to a query: BM25, TF-IDF cosine, language model.
//!
//! Throughout, tf is a term's count in the document, df the number of documents that contain it, N the number of
//! documents, |d| a document's length in terms. The documents are all images of the data set, or of the collection that it
//! is from.

use std::collections::HashMap;

use super::tokens::{Tokenizer, query_terms};
use crate::dataset::{COUNTED_FIELDS, Dataset, Image, TextStatistics};

/// Saturation of repeated terms in BM25.
const K1: f64 = 1.2;
/// Weight of the length normalisation in BM25.
const B: f64 = 0.75;
/// Pseudo-counts from the collection in the language model (Zhai and Lafferty, SIGIR 2001).
const MU: f64 = 2000.0;

/// Scores an image (by its index in the data set) for a query's terms and their counts.
pub(super) type Scorer = dyn Fn(&TextIndex, &[(u32, u32)], usize) -> f64;

/// Which of an image's texts are searched.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fields {
    All,
    Title,
    Tags,
}

/// The words of all images.
pub(super) struct TextIndex {
    vocabulary: HashMap<String, u32>,
    all: FieldIndex,
    title: FieldIndex,
    tags: FieldIndex,
}

/// One field, or several combined, of all images.
#[derive(Default)]
struct FieldIndex {
    documents: Vec<Document>,
    /// df by term.
    document_frequency: Vec<u32>,
    /// Occurrences in all documents, by term.
    collection_frequency: Vec<u64>,
    /// Σ |d|.
    total_length: u64,
    /// N.
    total: u64,
}

/// The terms of one image's field.
#[derive(Default)]
pub(super) struct Document {
    /// Term and count, by term.
    pub(super) counts: Vec<(u32, u32)>,
    pub(super) length: u32,
    /// Euclidean length of its TF-IDF vector.
    norm: f64,
}

impl TextIndex {
    /// Reads the texts of all images.
    pub(super) fn new(dataset: &Dataset) -> TextIndex {
        let mut tokenizer = Tokenizer::new();
        let mut vocabulary = HashMap::new();
        let mut fields: [FieldIndex; COUNTED_FIELDS] = Default::default();
        for image in &dataset.images {
            let bags = bags(image, &mut tokenizer, &mut vocabulary);
            fields.iter_mut().zip(bags).for_each(|(field, bag)| field.documents.push(bag.into_document()));
        }
        if let Some(statistics) = &dataset.statistics {
            // Words of queries that only other pictures have count, too.
            let words = dataset.queries.iter().flat_map(|query| query_terms(&query.text).terms);
            for term in words.filter(|term| statistics.counts(term).is_some()) {
                let next = vocabulary.len() as u32;
                vocabulary.entry(term).or_insert(next);
            }
        }
        for (at, field) in fields.iter_mut().enumerate() {
            field.finish(&vocabulary, dataset.statistics.as_deref().map(|statistics| (statistics, at)));
        }
        let [all, title, tags] = fields;
        TextIndex { vocabulary, all, title, tags }
    }

    /// The query's known terms with their counts, by term.
    pub(super) fn query(&self, text: &str) -> Vec<(u32, u32)> {
        let mut bag = Bag::default();
        bag.length = Tokenizer::new().query(text, |term| bag.terms.extend(self.vocabulary.get(term))) as u32;
        bag.into_document().counts
    }

    fn field(&self, fields: Fields) -> &FieldIndex {
        match fields {
            Fields::All => &self.all,
            Fields::Title => &self.title,
            Fields::Tags => &self.tags,
        }
    }

    /// Okapi BM25, Σ qtf · idf · tf (k1 + 1) / (tf + k1 (1 − b + b |d| / mean |d|)), with the idf that is never
    /// negative, ln(1 + (N − df + ½) / (df + ½)).
    pub(super) fn bm25(&self, fields: Fields, query: &[(u32, u32)], image: usize) -> f64 {
        let field = self.field(fields);
        let Some(document) = field.documents.get(image) else { return f64::NAN };
        let n = field.total as f64;
        let mean_length = field.total_length as f64 / n;
        matches(query, document)
            .map(|(term, in_query, tf)| {
                let df = f64::from(field.document_frequency[term]);
                let idf = (1.0 + (n - df + 0.5) / (df + 0.5)).ln();
                let length = 1.0 - B + B * f64::from(document.length) / mean_length;
                in_query * idf * tf * (K1 + 1.0) / (tf + K1 * length)
            })
            .sum()
    }

    /// Cosine of query and document with weights (1 + ln tf) · ln(1 + N / df).
    pub(super) fn tfidf(&self, query: &[(u32, u32)], image: usize) -> f64 {
        let Some(document) = self.all.documents.get(image) else { return f64::NAN };
        let weight = |term: usize, tf: f64| self.all.weight(term, tf);
        let query_norm = query.iter().map(|&(term, tf)| weight(term as usize, f64::from(tf)).powi(2)).sum::<f64>();
        let product: f64 =
            matches(query, document).map(|(term, in_query, tf)| weight(term, in_query) * weight(term, tf)).sum();
        if product > 0.0 { product / (query_norm.sqrt() * document.norm) } else { 0.0 }
    }

    /// Query likelihood with Dirichlet smoothing, Σ qtf · ln((tf + μ p(t|C)) / (|d| + μ)), over the query's terms that
    /// occur in the collection.
    pub(super) fn lm_dirichlet(&self, query: &[(u32, u32)], image: usize) -> f64 {
        let Some(document) = self.all.documents.get(image) else { return f64::NAN };
        query
            .iter()
            .map(|&(term, in_query)| {
                let background = self.all.collection_frequency[term as usize] as f64 / self.all.total_length as f64;
                let tf = f64::from(document.count(term));
                f64::from(in_query) * ((tf + MU * background) / (f64::from(document.length) + MU)).ln()
            })
            .sum()
    }
}

impl FieldIndex {
    /// Computes the collection statistics once all documents are in, or takes those of a field of a whole collection.
    fn finish(&mut self, vocabulary: &HashMap<String, u32>, whole: Option<(&TextStatistics, usize)>) {
        self.document_frequency = vec![0; vocabulary.len()];
        self.collection_frequency = vec![0; vocabulary.len()];
        self.total = self.documents.len() as u64;
        for document in &self.documents {
            self.total_length += u64::from(document.length);
            for &(term, count) in &document.counts {
                self.document_frequency[term as usize] += 1;
                self.collection_frequency[term as usize] += u64::from(count);
            }
        }
        if let Some((statistics, at)) = whole {
            // An image may be gone from the collection: what only it has counts as in the data set.
            self.total = statistics.documents.max(self.total);
            self.total_length = statistics.lengths[at].max(self.total_length);
            for (term, &number) in vocabulary {
                if let Some(counts) =
                    statistics.counts(term).map(|counts| counts[at]).filter(|counts| counts.documents > 0)
                {
                    self.document_frequency[number as usize] = counts.documents;
                    self.collection_frequency[number as usize] = counts.occurrences;
                }
            }
        }
        let norms: Vec<f64> = self
            .documents
            .iter()
            .map(|document| {
                let weights = document.counts.iter().map(|&(term, tf)| self.weight(term as usize, f64::from(tf)));
                weights.map(|weight| weight * weight).sum::<f64>().sqrt()
            })
            .collect();
        self.documents.iter_mut().zip(norms).for_each(|(document, norm)| document.norm = norm);
    }

    fn weight(&self, term: usize, tf: f64) -> f64 {
        let df = f64::from(self.document_frequency[term].max(1));
        (1.0 + tf.ln()) * (1.0 + self.total as f64 / df).ln()
    }
}

impl Document {
    fn count(&self, term: u32) -> u32 {
        self.counts.binary_search_by_key(&term, |&(term, _)| term).map_or(0, |place| self.counts[place].1)
    }
}

/// Terms that query and document share: the term, its count in the query, its count in the document.
fn matches<'a>(query: &'a [(u32, u32)], document: &'a Document) -> impl Iterator<Item = (usize, f64, f64)> + 'a {
    query
        .iter()
        .map(|&(term, in_query)| (term as usize, f64::from(in_query), f64::from(document.count(term))))
        .filter(|(_, _, tf)| *tf > 0.0)
}

/// The terms of an image, by field; new ones are added to the vocabulary.
pub(super) fn bags(
    image: &Image,
    tokenizer: &mut Tokenizer,
    vocabulary: &mut HashMap<String, u32>,
) -> [Bag; COUNTED_FIELDS] {
    let mut read = |text: &str| read(tokenizer, vocabulary, text);
    let title = read(&image.title);
    let mut tags = Bag::default();
    image.tags.iter().for_each(|tag| tags.append(&read(tag)));
    let mut all = read(&image.description);
    all.append(&title);
    all.append(&tags);
    [all, title, tags]
}

/// Terms in order of occurrence.
#[derive(Default)]
pub(super) struct Bag {
    terms: Vec<u32>,
    length: u32,
}

impl Bag {
    fn append(&mut self, other: &Bag) {
        self.terms.extend_from_slice(&other.terms);
        self.length += other.length;
    }

    pub(super) fn into_document(mut self) -> Document {
        self.terms.sort_unstable();
        let counts = self.terms.chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len() as u32)).collect();
        Document { counts, length: self.length, norm: 0.0 }
    }
}

/// The terms of a document's text; new ones are added to the vocabulary.
fn read(tokenizer: &mut Tokenizer, vocabulary: &mut HashMap<String, u32>, text: &str) -> Bag {
    let mut bag = Bag::default();
    let length = tokenizer.document(text, |term| {
        let number = vocabulary.get(term).copied().unwrap_or_else(|| {
            let next = vocabulary.len() as u32;
            vocabulary.insert(term.to_owned(), next);
            next
        });
        bag.terms.push(number);
    });
    bag.length = length as u32;
    bag
}
