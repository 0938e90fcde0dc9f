//! A hash of everything a trial depends on, by which a finished one is recognised.

use crate::dataset::{Dataset, Judgements, Split};
use crate::train::{Experiment, RunData};

/// A 64-bit hash that is the same on every machine: FNV-1a over words instead of bytes, with a shift that mixes the
/// high bits into the low ones.
#[derive(Clone, Copy)]
struct Hash(u64);

impl Hash {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn word(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x0000_0100_0000_01b3);
        self.0 ^= self.0 >> 32;
    }

    fn text(&mut self, text: &str) {
        self.word(text.len() as u64);
        text.bytes().for_each(|byte| self.word(u64::from(byte)));
    }

    fn numbers(&mut self, numbers: &[f32]) {
        self.word(numbers.len() as u64);
        numbers.iter().for_each(|number| self.word(u64::from(number.to_bits())));
    }
}

/// The queries with their candidates and judgements, the signals and the vectors.
pub(super) fn of_data(data: &RunData) -> u64 {
    let mut hash = Hash::new();
    queries(&mut hash, &data.dataset, &data.judgements);
    data.signals.infos.iter().for_each(|info| hash.text(&info.name));
    data.signals.queries.iter().for_each(|values| hash.numbers(values));
    hash.text(&data.vectors.name);
    hash.word(data.vectors.dim as u64);
    data.vectors.row_of_image.iter().for_each(|row| hash.word(row.map_or(u64::MAX, u64::from)));
    (0..data.dataset.images.len()).filter_map(|image| data.vectors.get(image)).for_each(|row| hash.numbers(&row));
    hash.0
}

fn queries(hash: &mut Hash, dataset: &Dataset, judgements: &Judgements) {
    hash.word(dataset.queries.len() as u64);
    for (index, query) in dataset.queries.iter().enumerate() {
        hash.text(query.id.as_str());
        hash.word(query.candidates.len() as u64);
        for (candidate, grade) in query.candidates.iter().zip(judgements.of(index)) {
            hash.text(dataset.images[candidate.image].id.as_str());
            hash.word(candidate.rank.map_or(u64::MAX, u64::from));
            hash.word(grade.map_or(u64::MAX, |grade| i64::from(grade.0) as u64));
        }
        // Without such judgements, the hash is that of earlier versions.
        judgements.counted_others(index).iter().for_each(|grade| hash.word(i64::from(grade.0) as u64));
    }
}

/// Data, splits and the experiment with its seed: equal for two trials with the same result.
pub(super) fn of_trial(data: u64, splits: &[Split], experiment: &Experiment) -> String {
    let mut hash = Hash::new();
    hash.word(data);
    splits.iter().for_each(|split| hash.word(*split as u64));
    // Models without a graph once ignored what is learned from vectors.
    if experiment.whitens() && !experiment.model.kind.uses_graph() {
        hash.word(1);
    }
    hash.text(&without_additions(experiment));
    format!("{:016x}", hash.0)
}

/// Settings that version 0.1.0 did not have, where they change nothing, as they are serialised.
const ADDITIONS: [&str; 4] = [",\"spectrum\":0.0", ",\"rounds\":1", ",\"messages\":\"all\"", ",\"choose\":[]"];

/// An experiment as JSON without the additions that change nothing, so that old trials are recognised.
fn without_additions(experiment: &Experiment) -> String {
    // Serialising plain values cannot fail.
    let text = serde_json::to_string(experiment).unwrap_or_default();
    ADDITIONS.iter().fold(text, |text, addition| text.replacen(addition, "", 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Preset;

    #[test]
    fn trials_of_version_0_1_0_are_recognised() {
        let identity = |experiment: &Experiment| of_trial(7, &[Split::Train, Split::Test], experiment);
        assert_eq!(identity(&Experiment::default()), "08d3bd065aac4702");
        assert_eq!(identity(&Preset::Reference.experiment()), "425c9477d1e01d81");
        let mut other = Experiment::default();
        other.model.rounds = 2;
        assert_ne!(identity(&other), identity(&Experiment::default()));
    }
}
