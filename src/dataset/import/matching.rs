//! Matching the ids of rows to images.

use std::collections::HashMap;

use crate::dataset::{Dataset, walk};

/// The images matched by a list of ids.
pub(super) struct Matching {
    /// The image of each id; `None` if the data set has none.
    pub images: Vec<Option<usize>>,
    /// Whether no id matched literally, so that file names were compared instead.
    pub by_name: bool,
}

impl Matching {
    /// Matches ids literally; if none does, by the last path component, with or without its extension.
    pub fn of(dataset: &Dataset, ids: &[String]) -> Self {
        let index: HashMap<&str, usize> =
            dataset.images.iter().enumerate().map(|(position, image)| (image.id.as_str(), position)).collect();
        let images: Vec<Option<usize>> =
            ids.iter().map(|id| index.get(id.as_str()).or_else(|| index.get(id.trim())).copied()).collect();
        if images.iter().any(Option::is_some) || ids.is_empty() {
            return Self { images, by_name: false };
        }
        let names = names(dataset);
        let found = |id: &String| {
            let tidy = id.trim();
            let last = tidy.rsplit(['/', '\\']).next().unwrap_or(tidy);
            [last, walk::stem_of_name(last)].iter().find_map(|name| names.get(*name).copied()).flatten()
        };
        Self { images: ids.iter().map(found).collect(), by_name: true }
    }

    /// Whether any id matches an image.
    pub fn any(&self) -> bool {
        self.images.iter().any(Option::is_some)
    }
}

/// Every image by the names of its file and the last part of its id; `None` for an ambiguous name.
fn names(dataset: &Dataset) -> HashMap<String, Option<usize>> {
    let mut names: HashMap<String, Option<usize>> = HashMap::new();
    for (position, image) in dataset.images.iter().enumerate() {
        let id = image.id.as_str();
        let last = id.rsplit(['/', '\\']).next().unwrap_or(id).to_owned();
        let stem = walk::stem_of_name(&last).to_owned();
        let of_file = image.file.iter().flat_map(|file| [walk::name(file), walk::stem(file)]);
        for name in [last, stem].into_iter().chain(of_file) {
            let known = names.entry(name).or_insert(Some(position));
            if *known != Some(position) {
                *known = None;
            }
        }
    }
    names
}
