//! The same experiment with several seeds.

use crate::base::Spread;
use crate::eval::{ByMeasure, Measures};
use crate::train::{Comparison, RunRecord};

/// Mean and standard deviation of every measure over the seeds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comparisons {
    pub mean: Comparison,
    pub deviation: Comparison,
}

/// One or more runs that differ only in their seed.
pub(super) struct Seeds(Vec<RunRecord>);

impl Seeds {
    /// From runs in the order of their seeds.
    ///
    /// # Panics
    /// If there are none.
    pub fn new(records: Vec<RunRecord>) -> Self {
        assert!(!records.is_empty(), "at least one run");
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
        let measures = |of: fn(&Comparison) -> &Measures| -> (Measures, Measures) {
            let of_measure = |measure| spread(self.0.iter().filter_map(|record| of(part(record)).get(measure)));
            let spreads: ByMeasure<_> = of(part(self.first())).measures().map(|one| (one, of_measure(one))).collect();
            (spreads.map(|spread| spread.mean), spreads.map(|spread| spread.deviation))
        };
        let initial = measures(|comparison| &comparison.initial);
        let text = measures(|comparison| &comparison.text);
        let model = measures(|comparison| &comparison.model);
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
    use crate::eval::Measure;

    #[test]
    fn baselines_that_are_equal_for_all_seeds_have_no_deviation() {
        let map = |value| Measures::new(&[Measure::Map], [value]);
        let comparison = |model| Comparison { initial: map(0.1), text: map(0.7), model: map(model) };
        let record = |model| RunRecord { test: comparison(model), ..RunRecord::default() };
        let test = Seeds::new(vec![record(0.8), record(0.9), record(1.0)]).test();
        assert_eq!((test.mean.text, test.deviation.text), (map(0.7), map(0.0)));
        let [mean, deviation] = [test.mean.model, test.deviation.model].map(|model| model.get(Measure::Map));
        let near = |value: Option<f64>, expected: f64| value.is_some_and(|value| (value - expected).abs() < 1e-12);
        assert!(near(mean, 0.9) && near(deviation, 0.1), "{mean:?} {deviation:?}");
    }
}
