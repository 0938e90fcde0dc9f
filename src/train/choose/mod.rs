//! Settings chosen on the train and validation queries of a run, before it is trained.
//!
//! Which settings are best depends on the data: principal components of the pictures help where queries have a kind of
//! picture in common, and mislead where they have not. So a run can choose. Settings are chosen one after another, in
//! the given order. Each alternative is trained briefly on two thirds of the train and validation queries and measured
//! on the other third, in turns, by [`super::TrainConfig::stop_on`]. Test queries take no part. The first value is
//! kept unless another is better by more than one standard error of their difference over queries (the one-standard-error
//! rule; Breiman et al., 1984); one that falls behind the first by two is given up early. With fewer than six queries,
//! nothing is compared: each setting has its first value, but there are no components, if that is an alternative.

mod alternatives;
mod chosen_setting;
mod trials;

use super::memory::check_memory;
use super::{Experiment, RunData, RunObserver, TrainError};
pub use alternatives::Alternatives;
pub use chosen_setting::{ChosenSetting, TriedValue};
use trials::Trials;

/// An experiment whose settings have been chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// The experiment with the chosen values. Its [`Experiment::choose`] still says what was chosen from.
    pub experiment: Experiment,
    /// How they were chosen.
    pub settings: Vec<ChosenSetting>,
}

/// Chooses the settings that an experiment leaves open ([`Experiment::choose`]); those without effect on its model are
/// left out, and all are where nothing is trained.
///
/// # Errors
/// An invalid setting or signal, a query too large for the loss, divergence, or [`TrainError::Cancelled`].
pub fn choose(data: &RunData, experiment: &Experiment, observer: &mut dyn RunObserver) -> Result<Chosen, TrainError> {
    experiment.check()?;
    check_memory(data, experiment)?;
    let mut open = experiment.alternatives()?;
    let mut current = experiment.clone();
    for one in &open {
        current = one.set(&current, &one.values[0])?;
    }
    open.retain(|one| one.setting.matters(&current));
    let is_trained = experiment.model.kind.network() == Some(experiment.model.kind);
    let mut settings = Vec::new();
    if open.is_empty() || !is_trained {
        return Ok(Chosen { experiment: current, settings });
    }
    let mut trials = Trials::new(data, &open, observer);
    for one in &open {
        let (value, tried) = match trials.can_compare() {
            true => trials.compare(one, &current)?,
            false => (one.cautious().clone(), Vec::new()),
        };
        current = one.set(&current, &value)?;
        settings.push(ChosenSetting { setting: one.setting.path.to_owned(), value, tried });
    }
    Ok(Chosen { experiment: current, settings })
}
