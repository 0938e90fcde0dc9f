//! What a study is about to do.

use super::trial_folder::Place;
use super::{Runner, StudyError, Trial};
use crate::train::read_run_record;

/// What a study is about to do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outlook {
    /// Its trials.
    pub trials: usize,
    /// Those that are finished already.
    pub finished: usize,
    /// Trials that run in parallel.
    pub jobs: usize,
    /// Seconds that the others will take, judging by the finished ones; `None` without any.
    pub seconds: Option<f64>,
}

impl Runner {
    /// What running these trials would do. Nothing is written.
    ///
    /// # Errors
    /// [`StudyError::OtherStudy`].
    pub fn outlook(&self, trials: &[Trial]) -> Result<Outlook, StudyError> {
        let places = self.places(trials)?;
        let (finished, open): (Vec<_>, Vec<_>) = trials.iter().zip(&places).partition(|(_, place)| place.done);
        let jobs = self.jobs().min(open.len()).max(1);
        let epochs: usize = open.iter().map(|(trial, _)| trial.experiment.training.epochs).sum();
        let seconds =
            per_epoch(finished.iter().map(|(_, place)| *place)).map(|each| each * epochs as f64 / jobs as f64);
        Ok(Outlook { trials: trials.len(), finished: finished.len(), jobs, seconds })
    }
}

/// Mean seconds of an epoch over finished trials.
fn per_epoch<'a>(places: impl Iterator<Item = &'a Place>) -> Option<f64> {
    let records = places.filter_map(|place| read_run_record(&place.folder).ok());
    let seconds: Vec<f64> = records.map(|record| record.seconds_per_epoch).filter(|seconds| *seconds > 0.0).collect();
    (!seconds.is_empty()).then(|| crate::base::mean(&seconds))
}
