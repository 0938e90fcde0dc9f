//! Putting a data set together from files that may repeat or contradict each other.

use std::collections::HashMap;
use std::path::Path;

use super::warnings::{Warnings, owned};
use super::{
    Candidate, Dataset, DatasetError, Format, Image, ImageId, Judgements, Loaded, Query, QueryId, Reach, Relevance,
    Warning,
};

/// A data set under construction; images, queries and candidates are deduplicated.
#[derive(Debug)]
pub(super) struct Builder {
    pub dataset: Dataset,
    pub judgements: Judgements,
    pub warnings: Warnings,
    images: HashMap<String, usize>,
    queries: HashMap<String, usize>,
    candidates: HashMap<(usize, usize), usize>,
}

impl Builder {
    pub fn new(root: &Path, format: Format, reach: Reach) -> Self {
        let dataset = Dataset {
            name: super::walk::title_of(root),
            root: root.to_path_buf(),
            format,
            reach,
            images: Vec::new(),
            queries: Vec::new(),
            feature_names: Vec::new(),
            vectors: Vec::new(),
            statistics: None,
        };
        let (images, queries, candidates) = Default::default();
        Self { dataset, judgements: Judgements::default(), warnings: Warnings::default(), images, queries, candidates }
    }

    /// The position of an image that is already known.
    pub fn find_image(&self, id: &str) -> Option<usize> {
        self.images.get(id).copied()
    }

    /// The position of a query that is already known.
    pub fn find_query(&self, id: &str) -> Option<usize> {
        self.queries.get(id).copied()
    }

    /// Adds an image; `None` if its id is taken.
    pub fn add_image(&mut self, image: Image) -> Option<usize> {
        let index = self.dataset.images.len();
        if self.images.contains_key(image.id.as_str()) {
            return None;
        }
        self.images.insert(image.id.as_str().to_owned(), index);
        self.dataset.images.push(image);
        Some(index)
    }

    /// The position of an image; a new one is added with only its name.
    pub fn image(&mut self, id: &str) -> usize {
        match self.find_image(id) {
            Some(index) => index,
            None => {
                let index = self.dataset.images.len();
                self.images.insert(id.to_owned(), index);
                self.dataset.images.push(Image::new(ImageId::from(id)));
                index
            }
        }
    }

    /// The position of a query; a new one is added with its id as its text.
    pub fn query(&mut self, id: &str) -> usize {
        if let Some(index) = self.find_query(id) {
            return index;
        }
        let index = self.dataset.queries.len();
        self.queries.insert(id.to_owned(), index);
        self.judgements.add_query();
        self.dataset.queries.push(Query {
            id: QueryId::from(id),
            text: id.to_owned(),
            narrative: String::new(),
            split: None,
            location: None,
            candidates: Vec::new(),
            clusters: Default::default(),
        });
        index
    }

    /// A query's candidate for an image, if there is one.
    pub fn find_candidate(&self, query: usize, image: usize) -> Option<usize> {
        self.candidates.get(&(query, image)).copied()
    }

    /// The position of a candidate, if the query has one for the image of this name.
    pub fn candidate_named(&self, query: usize, image: &str) -> Option<usize> {
        self.find_candidate(query, self.find_image(image)?)
    }

    /// A candidate, if the query has one for the image of this name.
    pub fn candidate_mut(&mut self, query: usize, image: &str) -> Option<&mut Candidate> {
        let index = self.candidate_named(query, image)?;
        self.dataset.queries.get_mut(query)?.candidates.get_mut(index)
    }

    /// Judges the candidate that was added to a query last; a negative grade leaves it unjudged.
    pub fn judge_last(&mut self, query: usize, grade: Option<Relevance>) {
        if let Some(last) = self.judgements.of(query).len().checked_sub(1) {
            self.judgements.set(query, last, grade.filter(|grade| grade.is_judged()));
        }
    }

    /// Adds a candidate; `None` if the query already has that image.
    pub fn add_candidate(&mut self, query: usize, image: usize, rank: Option<u32>) -> Option<&mut Candidate> {
        let list = &mut self.dataset.queries.get_mut(query)?.candidates;
        if self.candidates.contains_key(&(query, image)) {
            return None;
        }
        self.candidates.insert((query, image), list.len());
        self.judgements.add_candidate(query);
        let features = vec![f32::NAN; self.dataset.feature_names.len()];
        list.push(Candidate { image, rank, features, clusters: Vec::new() });
        list.last_mut()
    }

    /// The error for a folder that turned out to hold no data set: a file that could not be read, if there is one, else
    /// the reason given.
    pub fn unrecognised(self, reason: &str) -> DatasetError {
        let reason = reason.to_owned();
        self.warnings.first_error().unwrap_or(DatasetError::Unrecognised { reason, path: owned(&self.dataset.root) })
    }

    /// Sorts every query's candidates by rank (those without one stay in order at the end).
    pub fn finish(mut self) -> Loaded {
        for (index, query) in self.dataset.queries.iter_mut().enumerate() {
            sort_by_rank(query, index, &mut self.judgements);
            for candidate in &mut query.candidates {
                candidate.clusters.sort_unstable();
                candidate.clusters.dedup();
            }
        }
        let warnings: Vec<Warning> = self.warnings.into_vec();
        Loaded { dataset: self.dataset, judgements: self.judgements, warnings }
    }
}

/// Sorts a query's candidates, and its grades with them, by rank; candidates without one come last.
pub(super) fn sort_by_rank(query: &mut Query, index: usize, judgements: &mut Judgements) {
    let rank = |candidate: &Candidate| candidate.rank.unwrap_or(u32::MAX);
    if query.candidates.is_sorted_by_key(rank) {
        return;
    }
    let mut order: Vec<usize> = (0..query.candidates.len()).collect();
    order.sort_by_key(|&at| rank(&query.candidates[at]));
    judgements.reorder(index, &order);
    query.candidates.sort_by_key(rank);
}
