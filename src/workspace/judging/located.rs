//! Images by the ids that stand in journals.

use super::Item;
use crate::dataset::Dataset;
use std::collections::HashMap;

/// Finds the images of a data set; a query's are listed when they are first asked for.
pub(super) struct Located<'a> {
    dataset: &'a Dataset,
    queries: HashMap<&'a str, usize>,
    candidates: HashMap<usize, HashMap<&'a str, usize>>,
}

impl<'a> Located<'a> {
    /// For a data set.
    pub fn new(dataset: &'a Dataset) -> Self {
        let queries = dataset.queries.iter().enumerate().map(|(query, known)| (known.id.as_str(), query)).collect();
        Self { dataset, queries, candidates: HashMap::new() }
    }

    /// The images with these ids of query and image, as far as the data set has them.
    pub fn items<'b>(mut self, ids: impl Iterator<Item = (&'b str, &'b str)>) -> Vec<Item> {
        ids.filter_map(|(query, image)| self.item(query, image)).collect()
    }

    /// The image with these ids, if the data set has it.
    pub fn item(&mut self, query: &str, image: &str) -> Option<Item> {
        let query = *self.queries.get(query)?;
        let dataset = self.dataset;
        let of_query = self.candidates.entry(query).or_insert_with(|| {
            let candidates = dataset.queries[query].candidates.iter().enumerate();
            candidates.map(|(at, known)| (dataset.images[known.image].id.as_str(), at)).collect()
        });
        of_query.get(image).map(|&candidate| Item { query, candidate })
    }
}
