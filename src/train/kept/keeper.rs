//! Keeping epochs while a run trains.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{KeptEpoch, KeptEpochs, MOST_KEPT_BYTES};
use crate::base::{At, FileError, write_unsynced};
use crate::model::{Network, NetworkConfig, RankingInput, Weights};
use crate::train::TrainError;
use crate::train::run_folder::KEPT_EPOCHS;

/// Room for epochs that are kept whatever the stride: the best and the last of two trainings.
const OTHERS: usize = 4;

/// Whether an epoch is among those kept at regular distances.
fn is_regular(epoch: usize, stride: usize) -> bool {
    epoch.wrapping_sub(1).is_multiple_of(stride)
}

/// Keeps epochs of a run in its folder as they come.
pub(in crate::train) struct EpochKeeper {
    path: PathBuf,
    kept: KeptEpochs,
    /// Most epochs at regular distances.
    most: usize,
    /// Epochs that are kept whatever the stride.
    others: BTreeSet<usize>,
    /// The last epoch and its weights.
    last: Option<(usize, Weights)>,
    /// Whether the file holds exactly what is kept.
    is_written: bool,
}

impl EpochKeeper {
    /// For a run with this network and these inputs, whose queries have these ids; `None` if hardly any epoch would fit.
    ///
    /// A run that is continued keeps those of its first `done` epochs that it had kept; if they cannot be read or are those
    /// of other queries, later epochs are kept all the same.
    pub(in crate::train) fn new(
        folder: &Path,
        network: &NetworkConfig,
        queries: Vec<(String, usize)>,
        done: usize,
    ) -> Option<Self> {
        let count = |(name, shape): (String, Vec<usize>)| (name, shape.iter().product());
        let weights = network.shapes().into_iter().map(count).collect();
        let mut kept = KeptEpochs { queries, weights, stride: 1, epochs: Vec::new() };
        let header = kept.header().ok()?.len() + 20;
        let most = (MOST_KEPT_BYTES.checked_sub(header)? / kept.record_size()?).checked_sub(OTHERS)?;
        if most < 2 {
            return None;
        }
        let before = KeptEpochs::read(folder).ok().flatten().filter(|_| done > 0);
        if let Some(before) = before.filter(|old| old.queries == kept.queries && old.weights == kept.weights) {
            kept = before;
        }
        let path = folder.join(KEPT_EPOCHS);
        let mut keeper = Self { path, kept, most, others: BTreeSet::new(), last: None, is_written: false };
        keeper.rewind(done);
        Some(keeper)
    }

    /// Forgets the epochs after this one: they are trained again.
    pub(in crate::train) fn rewind(&mut self, done: usize) {
        if self.kept.epochs.last().is_some_and(|last| last.epoch > done) {
            self.kept.epochs.retain(|kept| kept.epoch <= done);
            self.others.retain(|&other| other <= done);
            self.is_written = false;
        }
    }

    /// An epoch is done; the scores of its network are asked for only if it is kept.
    ///
    /// # Errors
    /// If the file cannot be written, and that of `scores`.
    pub(in crate::train) fn offer(
        &mut self,
        epoch: usize,
        weights: Weights,
        scores: impl FnOnce() -> Result<Vec<Vec<f32>>, TrainError>,
    ) -> Result<(), TrainError> {
        self.rewind(epoch - 1);
        if is_regular(epoch, self.kept.stride)
            && let Some(kept) = self.epoch(epoch, &weights, &scores()?)
        {
            self.kept.epochs.push(kept);
            self.thin();
            self.write()?;
        }
        self.last = Some((epoch, weights));
        Ok(())
    }

    /// A training has ended after this epoch: that and its best are kept, too.
    ///
    /// # Errors
    /// If the file cannot be written or a network cannot be computed.
    pub(in crate::train) fn close(
        &mut self,
        config: &NetworkConfig,
        inputs: &[RankingInput],
        (best, model): (usize, &Network),
        end: usize,
    ) -> Result<(), TrainError> {
        self.others.extend([best, end]);
        // An earlier end of the same training is no longer one.
        let count = self.kept.epochs.len();
        self.drop_others(end);
        self.is_written &= self.kept.epochs.len() == count;
        let last = self.last.take().filter(|(epoch, _)| *epoch == end);
        for (epoch, weights) in [Some((best, model.weights()?)), last].into_iter().flatten() {
            if epoch == 0 || self.kept.get(epoch).is_some() {
                continue;
            }
            let network = Network::from_weights(config, &weights)?;
            let scores = inputs.par_iter().map(|input| Ok(network.score(input)?.total));
            let scores: Vec<Vec<f32>> = scores.collect::<Result<_, TrainError>>()?;
            self.kept.epochs.extend(self.epoch(epoch, &weights, &scores));
            self.kept.epochs.sort_by_key(|kept| kept.epoch);
            self.is_written = false;
        }
        if self.is_written { Ok(()) } else { Ok(self.write_all()?) }
    }

    /// Drops what is neither regular nor kept for another reason, up to an epoch.
    fn drop_others(&mut self, end: usize) {
        let (stride, others) = (self.kept.stride, &self.others);
        let is_kept = |epoch: usize| is_regular(epoch, stride) || others.contains(&epoch) || epoch > end;
        self.kept.epochs.retain(|kept| is_kept(kept.epoch));
    }

    /// An epoch to keep; `None` if a number of it is not finite.
    fn epoch(&self, epoch: usize, weights: &Weights, scores: &[Vec<f32>]) -> Option<KeptEpoch> {
        let weights: Vec<f64> =
            self.kept.weights.iter().filter_map(|(name, _)| weights.get(name)).flatten().copied().collect();
        let scores = scores.concat();
        let is_finite = weights.iter().all(|x| x.is_finite()) && scores.iter().all(|x| x.is_finite());
        let is_whole = self.kept.counts() == Some((weights.len(), scores.len()));
        (is_finite && is_whole).then_some(KeptEpoch { epoch, weights, scores })
    }

    /// Drops every second of the regular epochs while there are too many.
    fn thin(&mut self) {
        while self.kept.epochs.iter().filter(|kept| is_regular(kept.epoch, self.kept.stride)).count() > self.most {
            self.kept.stride *= 2;
            self.drop_others(usize::MAX);
            self.is_written = false;
        }
    }

    /// Adds the last epoch to the file, or writes it anew.
    fn write(&mut self) -> Result<(), FileError> {
        match self.kept.epochs.last().filter(|_| self.is_written) {
            Some(last) => {
                let file = OpenOptions::new().append(true).open(&self.path);
                file.and_then(|mut file| file.write_all(&last.record())).at(&self.path)
            }
            None => self.write_all(),
        }
    }

    fn write_all(&mut self) -> Result<(), FileError> {
        let mut file = self.kept.header().at(&self.path)?;
        self.kept.epochs.iter().for_each(|kept| file.extend(kept.record()));
        write_unsynced(&self.path, &file).at(&self.path)?;
        self.is_written = true;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NetworkConfig;

    /// A folder of its own, removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("crossrank-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn queries(count: usize, candidates: usize) -> Vec<(String, usize)> {
        (0..count).map(|query| (format!("query {query}"), candidates)).collect()
    }

    fn offer(keeper: &mut EpochKeeper, network: &Network, epoch: usize, (queries, candidates): (usize, usize)) {
        let scores = || Ok(vec![vec![epoch as f32; candidates]; queries]);
        keeper.offer(epoch, network.weights().unwrap(), scores).unwrap();
    }

    #[test]
    fn three_hundred_epochs_of_a_large_data_set_stay_below_the_bound() {
        let folder = Folder::new("bound");
        let config = NetworkConfig { feature_count: 4, visual_dim: 1536, ..NetworkConfig::default() };
        let network = config.init().unwrap();
        let mut keeper = EpochKeeper::new(&folder.0, &config, queries(124, 300), 0).unwrap();
        for epoch in 1..=300 {
            offer(&mut keeper, &network, epoch, (124, 300));
            let length = std::fs::metadata(folder.0.join(KEPT_EPOCHS)).unwrap().len();
            assert!(length <= MOST_KEPT_BYTES as u64, "{length} after epoch {epoch}");
        }
        let kept = KeptEpochs::read(&folder.0).unwrap().unwrap();
        assert_eq!(kept.stride, 8, "46 records of 163 kB fit");
        let epochs: Vec<usize> = kept.epochs.iter().map(|kept| kept.epoch).collect();
        assert_eq!(epochs, (1..=300).step_by(8).collect::<Vec<_>>());
        assert!(kept.epochs.iter().all(|kept| kept.scores.iter().all(|score| *score == kept.epoch as f32)));
        let bytes = std::fs::read(folder.0.join(KEPT_EPOCHS)).unwrap();
        // Killed after epoch 290, and trained from there again.
        let mut again = EpochKeeper::new(&folder.0, &config, queries(124, 300), 290).unwrap();
        (291..=300).for_each(|epoch| offer(&mut again, &network, epoch, (124, 300)));
        assert!(std::fs::read(folder.0.join(KEPT_EPOCHS)).unwrap() == bytes);
    }

    #[test]
    fn what_hardly_fits_or_belongs_to_other_queries_is_not_kept() {
        let folder = Folder::new("fits");
        let config = NetworkConfig::default();
        assert!(EpochKeeper::new(&folder.0, &config, queries(10_000, 300), 0).is_none());
        let mut keeper = EpochKeeper::new(&folder.0, &config, queries(2, 3), 0).unwrap();
        let network = config.init().unwrap();
        (1..=4).for_each(|epoch| offer(&mut keeper, &network, epoch, (2, 3)));
        let of = |queries, done| EpochKeeper::new(&folder.0, &config, queries, done).unwrap().kept.epochs.len();
        assert_eq!((of(queries(2, 3), 3), of(queries(2, 3), 0), of(queries(3, 3), 3)), (3, 0, 0));
        // A score that is no number is left out, and the next epoch is kept.
        keeper.offer(5, network.weights().unwrap(), || Ok(vec![vec![f32::NAN; 3]; 2])).unwrap();
        offer(&mut keeper, &network, 6, (2, 3));
        let kept = KeptEpochs::read(&folder.0).unwrap().unwrap();
        assert_eq!(kept.epochs.iter().map(|kept| kept.epoch).collect::<Vec<_>>(), [1, 2, 3, 4, 6]);
    }
}
