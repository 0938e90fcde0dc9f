//! Which queries train, validate and test, fold by fold.

use serde::{Deserialize, Serialize};

use super::StudyError;
use crate::base::Rng;
use crate::dataset::{Dataset, Judgements, SPLIT_SEED, Split, assign_splits};

/// The most folds of a cross-validation.
pub const MOST_FOLDS: usize = 10_000;
/// The share of the queries outside the test fold that validates if there are too few folds to spare one.
const VALIDATION_SHARE: f64 = 0.2;

/// How the queries of a data set are split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Folds {
    /// Once, as the files specify (see [`assign_splits`] for what they leave open).
    Files,
    /// k-fold cross-validation by query.
    Cross {
        /// Folds, at least 2.
        count: usize,
        /// Seed of the order in which queries are assigned.
        seed: u64,
    },
}

impl Folds {
    /// `count` folds with the default seed.
    pub fn cross(count: usize) -> Self {
        Self::Cross { count, seed: SPLIT_SEED }
    }

    /// How many there are.
    pub fn count(self) -> usize {
        match self {
            Self::Files => 1,
            Self::Cross { count, .. } => count,
        }
    }

    /// For each fold, the split of every query of the data set.
    ///
    /// # Errors
    /// If there are fewer than 2 folds or fewer judged queries than folds.
    pub fn splits(self, dataset: &Dataset, judgements: &Judgements) -> Result<Vec<Vec<Split>>, StudyError> {
        match self {
            Self::Files => Ok(vec![assign_splits(dataset, SPLIT_SEED)]),
            Self::Cross { count, seed } => cross_validation(judgements, count, seed),
        }
    }

    /// In words, for reports.
    pub fn describe(self) -> String {
        match self {
            Self::Files => "the split of the files".to_owned(),
            Self::Cross { count, seed } => format!("{count}-fold cross-validation by query (seed {seed})"),
        }
    }
}

/// The folds of a k-fold cross-validation: every judged query is tested in exactly one, and fold sizes differ by at
/// most one query.
///
/// The validation queries of a fold are the test queries of the next; with two folds, a seeded fifth of the untested
/// ones. Queries without judgements stay among the training queries, where they have no effect.
///
/// # Errors
/// If there are fewer than 2 folds or fewer judged queries than folds.
pub fn cross_validation(judgements: &Judgements, count: usize, seed: u64) -> Result<Vec<Vec<Split>>, StudyError> {
    let mut queries: Vec<usize> = (0..judgements.len()).filter(|&query| judgements.is_judged(query)).collect();
    if count < 2 {
        return Err(StudyError::Plan("cross-validation needs at least 2 folds".to_owned()));
    }
    if queries.len() < count {
        return Err(StudyError::Plan(format!("{} judged queries cannot be split into {count} folds", queries.len())));
    }
    let mut rng = Rng::new(seed);
    rng.shuffle(&mut queries);
    let fold_of = |index: usize| index % count;
    let fold = |test: usize| {
        let mut splits = vec![Split::Train; judgements.len()];
        let mut rest = Vec::new();
        for (index, &query) in queries.iter().enumerate() {
            if fold_of(index) == test {
                splits[query] = Split::Test;
            } else if count > 2 && fold_of(index) == (test + 1) % count {
                splits[query] = Split::Validation;
            } else {
                rest.push(query);
            }
        }
        if count == 2 {
            // The order is random already. A single remaining query is not spared.
            let share = (rest.len() as f64 * VALIDATION_SHARE).round() as usize;
            let spare = if rest.len() > 1 { share.max(1) } else { 0 };
            rest.iter().take(spare).for_each(|&query| splits[query] = Split::Validation);
        }
        splits
    };
    Ok((0..count).map(fold).collect())
}
