//! The network after each epoch of a run, and how it ranked: kept in the run's folder, so that training can be looked at
//! epoch by epoch.

mod file;
mod keeper;
mod shown;

pub(super) use keeper::EpochKeeper;
pub use shown::{EpochScores, epoch_scores};

use crate::model::Weights;

/// Most bytes of a run's kept epochs.
pub const MOST_KEPT_BYTES: usize = 8_000_000;

/// The kept epochs of a run. While they fit into [`MOST_KEPT_BYTES`], every epoch is kept; each time they no longer do,
/// every second one is dropped, so that epochs 1, 1 + s, 1 + 2s, … remain, for a stride s that is a power of two. The best
/// epoch and the last of each training are kept as well.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeptEpochs {
    /// The ids of the ranked queries, those with candidates, and how many candidates each has.
    pub queries: Vec<(String, usize)>,
    /// The names of the network's weights, and how many numbers each has.
    pub weights: Vec<(String, usize)>,
    /// From one regularly kept epoch to the next.
    pub stride: usize,
    /// The epochs, in ascending order.
    pub epochs: Vec<KeptEpoch>,
}

/// One kept epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptEpoch {
    /// Its number, from 1, as in [`super::EpochReport::epoch`].
    pub epoch: usize,
    /// The network's weights after it, in the order of [`KeptEpochs::weights`], row-major.
    pub weights: Vec<f64>,
    /// The network's scores of each query's candidates, one query after another: exactly those that rank them.
    pub scores: Vec<f32>,
}

impl KeptEpochs {
    /// One of the epochs, by its number.
    pub fn get(&self, epoch: usize) -> Option<&KeptEpoch> {
        let at = self.epochs.binary_search_by_key(&epoch, |kept| kept.epoch).ok()?;
        self.epochs.get(at)
    }

    /// An epoch's weights by name.
    pub fn weights_of(&self, kept: &KeptEpoch) -> Weights {
        let mut rest = kept.weights.as_slice();
        let mut next = |(name, count): &(String, usize)| {
            let (own, others) = rest.split_at_checked(*count)?;
            rest = others;
            Some((name.clone(), own.to_vec()))
        };
        self.weights.iter().map_while(&mut next).collect()
    }

    /// An epoch's scores, one slice for each of [`KeptEpochs::queries`].
    pub fn scores_of<'a>(&self, kept: &'a KeptEpoch) -> Vec<&'a [f32]> {
        let mut rest = kept.scores.as_slice();
        let mut next = |(_, count): &(String, usize)| {
            let (own, others) = rest.split_at_checked(*count)?;
            rest = others;
            Some(own)
        };
        self.queries.iter().map_while(&mut next).collect()
    }

    /// Numbers of one epoch: weights and scores.
    fn counts(&self) -> Option<(usize, usize)> {
        let sum = |counts: &[(String, usize)]| counts.iter().try_fold(0_usize, |sum, (_, n)| sum.checked_add(*n));
        Some((sum(&self.weights)?, sum(&self.queries)?))
    }
}
