//! Which settings a run chose, in words.

use crate::study::plain;
use crate::train::{ChosenSetting, RunRecord, TriedValue};
use std::collections::BTreeMap;

/// One line per chosen setting; with several seeds, how many chose each value.
pub(super) fn lines(records: &[RunRecord]) -> String {
    let Some(first) = records.first() else { return String::new() };
    let line = |(at, one): (usize, &ChosenSetting)| match records {
        [_] => single(one, &first.experiment.training.stop_on.label()),
        several => {
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            for chosen in several.iter().filter_map(|record| record.chosen.get(at)) {
                *counts.entry(plain(&chosen.value)).or_default() += 1;
            }
            let counts: Vec<String> = counts.into_iter().map(|(value, count)| format!("{value} ({count})")).collect();
            format!("chosen {}: {}, number of seeds in brackets\n", one.setting, counts.join(", "))
        }
    };
    first.chosen.iter().enumerate().map(line).collect()
}

fn single(one: &ChosenSetting, measure: &str) -> String {
    let value = plain(&one.value);
    let Some((usual, others)) = one.tried.split_first() else {
        return format!("{} = {value}: too few queries to choose\n", one.setting);
    };
    let other = |tried: &TriedValue| {
        let (difference, error) = (tried.difference, tried.error);
        format!("{} {difference:+.4} ± {error:.4} on {} queries", plain(&tried.value), tried.queries)
    };
    let others: Vec<String> = others.iter().map(other).collect();
    let usual = format!("{measure} {:.4} with {}", usual.mean, plain(&usual.value));
    format!("chose {} = {value} on train and validation queries: {usual}; {}\n", one.setting, others.join("; "))
}
