//! The same experiment with several seeds.

use crate::base::Spread;
use crate::train::{Comparison, RunRecord};

/// Mean and deviation of every measure over the seeds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comparisons {
    pub mean: Comparison,
    pub deviation: Comparison,
}

/// Runs that differ in their seed only; at least one.
pub(super) struct Seeds(Vec<RunRecord>);

impl Seeds {
    /// From the runs in the order of their seeds.
    ///
    /// # Panics
    /// If there is none.
    pub fn new(records: Vec<RunRecord>) -> Self {
        assert!(!records.is_empty(), "at least one seed is trained with");
        Self(records)
    }

    pub fn records(&self) -> &[RunRecord] {
        &self.0
    }

    pub fn first(&self) -> &RunRecord {
        &self.0[0]
    }

    pub fn validation(&self) -> Comparisons {
        self.comparison(|record| &record.validation)
    }

    pub fn test(&self) -> Comparisons {
        self.comparison(|record| &record.test)
    }

    pub fn best_epoch(&self) -> Spread {
        spread(self.0.iter().map(|record| record.best_epoch as f64))
    }

    pub fn seconds_per_epoch(&self) -> Spread {
        spread(self.0.iter().map(|record| record.seconds_per_epoch))
    }

    fn comparison(&self, part: fn(&RunRecord) -> &Comparison) -> Comparisons {
        let figures = |of: fn(&Comparison) -> &Vec<f64>| -> (Vec<f64>, Vec<f64>) {
            let columns = of(part(self.first())).len();
            (0..columns)
                .map(|column| spread(self.0.iter().filter_map(|record| of(part(record)).get(column).copied())))
                .map(|spread| (spread.mean, spread.deviation))
                .unzip()
        };
        let initial = figures(|comparison| &comparison.initial);
        let text = figures(|comparison| &comparison.text);
        let model = figures(|comparison| &comparison.model);
        Comparisons {
            mean: Comparison { initial: initial.0, text: text.0, model: model.0 },
            deviation: Comparison { initial: initial.1, text: text.1, model: model.1 },
        }
    }
}

fn spread(values: impl Iterator<Item = f64>) -> Spread {
    Spread::of(values).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn baselines_that_are_equal_for_all_seeds_have_no_deviation() {
        let figures = |model| Comparison { initial: vec![0.1], text: vec![0.7], model: vec![model] };
        let record = |model| RunRecord { test: figures(model), ..RunRecord::default() };
        let test = Seeds::new(vec![record(0.8), record(0.9), record(1.0)]).test();
        assert_eq!((test.mean.text[0], test.deviation.text[0]), (0.7, 0.0));
        assert!((test.mean.model[0] - 0.9).abs() < 1e-12 && (test.deviation.model[0] - 0.1).abs() < 1e-12);
    }
}
