//! Which of a data set's visual vectors to take first.

use super::Dataset;

/// Names of the sources that are best taken first: embeddings of a network, else the vectors of a network, else a few
/// complementary descriptors, else whatever there is. Empty where the files offer none.
pub fn preset_vectors(dataset: &Dataset) -> Vec<String> {
    let named = |name: &str| dataset.vectors.iter().find(|source| source.name.eq_ignore_ascii_case(name));
    let network = ["embeddings", "PreLogits", "cnn_gen", "cnn_ad"].into_iter().find_map(named);
    let descriptors = ["CN3x3", "HOG", "CSD"].into_iter().filter_map(named);
    let mut chosen: Vec<_> = network.map_or_else(|| descriptors.collect(), |source| vec![source]);
    if chosen.is_empty() {
        chosen.extend(dataset.vectors.first());
    }
    chosen.into_iter().map(|source| source.name.clone()).collect()
}
