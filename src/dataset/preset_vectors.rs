//! Which of a data set's visual vectors to prefer.

use super::Dataset;

/// The preferred sources by name: an encoder's embeddings, else a network's features, else a few complementary
/// descriptors, else whatever exists. Empty where there are no vectors.
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
