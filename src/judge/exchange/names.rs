//! Ids in other programs' files.

use std::collections::HashMap;

use crate::dataset::{Dataset, trec_name};

/// Finds the data set's ids by what other files call them: the id itself, the id without white space as in TREC files,
/// or, for an image that differs between queries and is listed as `id@query`, the part before the `@`.
pub(super) struct Names<'a> {
    queries: HashMap<String, (&'a str, HashMap<String, &'a str>)>,
}

impl<'a> Names<'a> {
    pub fn of(dataset: &'a Dataset) -> Self {
        let mut queries = HashMap::new();
        for query in &dataset.queries {
            let id = query.id.as_str();
            let suffix = format!("@{id}");
            let mut images: HashMap<String, &str> = HashMap::new();
            let ids = query.candidates.iter().filter_map(|candidate| dataset.images.get(candidate.image));
            let ids: Vec<&str> = ids.map(|image| image.id.as_str()).collect();
            // Exact names win over all others.
            images.extend(ids.iter().map(|image| ((*image).to_owned(), *image)));
            for image in ids {
                images.entry(trec_name(image)).or_insert(image);
                if let Some(shared) = image.strip_suffix(&suffix) {
                    images.entry(shared.to_owned()).or_insert(image);
                    images.entry(trec_name(shared)).or_insert(image);
                }
            }
            queries.insert(id.to_owned(), (id, images.clone()));
            queries.entry(trec_name(id)).or_insert((id, images));
        }
        Self { queries }
    }

    /// The ids of a query and an image; what the data set does not have stays as it is.
    pub fn ids(&self, query: &str, image: &str) -> (String, String) {
        match self.queries.get(query) {
            Some((query, images)) => {
                let image = images.get(image).copied().map_or_else(|| image.to_owned(), str::to_owned);
                ((*query).to_owned(), image)
            }
            None => (query.to_owned(), image.to_owned()),
        }
    }
}
