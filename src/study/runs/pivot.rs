//! A measure over two parameters: its mean for each pair of values, as in figure 2 of the paper.

use super::facts::{Objective, RunFacts};
use super::filter::Filter;
use super::parameters::short_name;
use super::terms::with_term;
use super::value::ParamValue;
use crate::base::Spread;

/// One cell of a heat map.
#[derive(Clone, Debug, PartialEq)]
pub struct PivotCell {
    /// Mean, deviation and number of runs.
    pub spread: Spread,
    /// Indices of those runs.
    pub runs: Vec<usize>,
}

/// A measure over two parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pivot {
    /// Values of the first parameter, left to right.
    pub xs: Vec<ParamValue>,
    /// Values of the second, from the bottom up: smallest first.
    pub ys: Vec<ParamValue>,
    /// One row per `y`, with one cell per `x`.
    pub cells: Vec<Vec<Option<PivotCell>>>,
}

/// A run, its two values and its measure.
type Placed<'a> = (usize, &'a ParamValue, &'a ParamValue, f64);

impl Pivot {
    /// Over the runs of `scope` that match the filter, ignoring its terms on these two parameters: a click on a cell
    /// narrows the table, not the map.
    pub fn of(runs: &[RunFacts], scope: &[usize], filter: &str, [x, y]: [&str; 2], objective: Objective) -> Self {
        let text = with_term(&with_term(filter, short_name(x), None), short_name(y), None);
        let filter = Filter::parse(&text);
        let placed: Vec<Placed<'_>> = scope
            .iter()
            .filter(|&&run| filter.matches(&runs[run]))
            .filter_map(|&run| {
                let parameters = &runs[run].parameters;
                Some((run, parameters.get(x)?, parameters.get(y)?, runs[run].measure(objective)?))
            })
            .collect();
        let values = |pick: &dyn Fn(&Placed<'_>) -> ParamValue| {
            let mut values: Vec<ParamValue> = placed.iter().map(pick).collect();
            values.sort_by(ParamValue::compare);
            values.dedup();
            values
        };
        let (xs, ys) = (values(&|run| run.1.clone()), values(&|run| run.2.clone()));
        let cell = |x: &ParamValue, y: &ParamValue| {
            let within: Vec<_> = placed.iter().filter(|run| run.1 == x && run.2 == y).collect();
            let spread = Spread::of(within.iter().map(|run| run.3))?;
            Some(PivotCell { spread, runs: within.iter().map(|run| run.0).collect() })
        };
        let cells = ys.iter().map(|y| xs.iter().map(|x| cell(x, y)).collect()).collect();
        Self { xs, ys, cells }
    }

    /// The smallest and the greatest mean.
    pub fn range(&self) -> Option<(f64, f64)> {
        let means = self.cells.iter().flatten().flatten().map(|cell| cell.spread.mean);
        means.fold(None, |range, mean| match range {
            None => Some((mean, mean)),
            Some((low, high)) => Some((f64::min(low, mean), f64::max(high, mean))),
        })
    }
}
