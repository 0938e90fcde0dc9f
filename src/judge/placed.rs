//! Labels by ids, as a data set's judgements.

use std::collections::HashMap;

use crate::dataset::{Dataset, Judgements, Relevance};

/// Images that are not candidates of their query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Others {
    /// Are among [`Judgements::others`].
    Count,
    /// Are left out.
    LeftOut,
}

/// Sets the grades of images by the ids of query and image; a negative one leaves an image unjudged. Labels of queries
/// that the data set does not have are left out.
pub(super) fn place<'a>(
    judgements: &mut Judgements,
    dataset: &Dataset,
    labels: impl Iterator<Item = (&'a str, &'a str, i32)>,
    others: Others,
) {
    let mut queries: HashMap<&str, Option<usize>> = HashMap::new();
    let mut candidates: HashMap<usize, HashMap<&str, usize>> = HashMap::new();
    for (query, image, grade) in labels {
        let Some(query) = *queries.entry(query).or_insert_with(|| dataset.query_index(query)) else { continue };
        let candidates = candidates.entry(query).or_insert_with(|| by_id(dataset, query));
        match candidates.get(image) {
            Some(&candidate) => {
                judgements.set(query, candidate, Some(Relevance(grade)).filter(|grade| grade.is_judged()));
            }
            None if others == Others::Count => judgements.set_other(query, image, Relevance(grade)),
            None => {}
        }
    }
}

fn by_id(dataset: &Dataset, query: usize) -> HashMap<&str, usize> {
    let candidates = dataset.queries[query].candidates.iter().enumerate();
    candidates.filter_map(|(at, candidate)| Some((dataset.images.get(candidate.image)?.id.as_str(), at))).collect()
}
