//! How sure the coefficients are.

use std::collections::BTreeMap;

use serde::Serialize;

use super::coefficients::Coefficients;
use super::scale::{Coded, Row};
use crate::base::Rng;
use crate::eval::significance::{Interval, SEED, percentiles};
use crate::judge::Table;

/// Number of resamples.
pub const RESAMPLES: usize = 1_000;

/// The share of resampled values within an interval.
pub const LEVEL: f64 = 0.95;

/// From this number of judges on, they are resampled as well: fewer say nothing about judges in general.
pub const JUDGES_TO_RESAMPLE: usize = 5;

/// The coefficients without one judge.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeftOut {
    /// Who is left out.
    pub judge: String,
    /// What the others' labels give; its pairs are not listed again.
    pub coefficients: Coefficients<Option<f64>>,
}

/// How sure the coefficients are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Intervals {
    /// How they were computed, in a sentence.
    pub method: String,
    /// Over queries and images, with the judges as they are.
    pub over_queries: Coefficients<Option<Interval>>,
    /// Over judges as well; from five judges on.
    pub over_judges: Option<Coefficients<Option<Interval>>>,
    /// The coefficients without each judge in turn; below five judges, if there are more than two.
    pub left_out: Vec<LeftOut>,
}

/// The intervals of a table's coefficients: percentiles of [`RESAMPLES`] samples. Each draws as many queries as there
/// are, with replacement, and from each of those as many images as it has; images of one query are alike, and drawing
/// them alone would make the intervals too narrow (two-stage bootstrap: A. Davison and D. Hinkley, *Bootstrap Methods and
/// Their Application*, 1997, section 3.8).
///
/// Where judges are drawn as well, one who is drawn twice counts once, since agreement with oneself is none.
pub(super) fn intervals(table: &Table, coded: &Coded, found: &Coefficients<Option<f64>>) -> Intervals {
    let judges = table.judges.len();
    let has_many = judges >= JUDGES_TO_RESAMPLE;
    let mut method =
        format!("percentile bootstrap, {RESAMPLES} resamples of queries and then of the images of each, seed {SEED}");
    if has_many {
        method += "; over judges: these are drawn as well";
    } else if judges > 2 {
        method += &format!("; fewer than {JUDGES_TO_RESAMPLE} judges: without each in turn");
    }
    let left_out = |judge: usize| {
        let without = table.without(judge);
        let coded = Coded::of(&without);
        LeftOut { judge: table.judges[judge].clone(), coefficients: Coefficients::of(&coded, &coded.all()) }
    };
    Intervals {
        method,
        over_queries: resampled(table, coded, found, false),
        over_judges: has_many.then(|| resampled(table, coded, found, true)),
        left_out: if has_many || judges < 3 { Vec::new() } else { (0..judges).map(left_out).collect() },
    }
}

fn resampled(
    table: &Table,
    coded: &Coded,
    found: &Coefficients<Option<f64>>,
    with_judges: bool,
) -> Coefficients<Option<Interval>> {
    let mut clusters: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, unit) in table.units.iter().enumerate() {
        clusters.entry(unit.query).or_default().push(index);
    }
    let clusters: Vec<Vec<usize>> = clusters.into_values().collect();
    let mut rng = Rng::new(SEED);
    let mut values: Vec<Vec<f64>> = vec![Vec::with_capacity(RESAMPLES); found.values().len()];
    for _ in 0..RESAMPLES {
        let picks = draw(&clusters, &mut rng);
        let absent = if with_judges { absent(table.judges.len(), &mut rng) } else { Vec::new() };
        let masked: Vec<Vec<Option<usize>>> = match absent.is_empty() {
            true => Vec::new(),
            false => picks.iter().map(|&unit| mask(&coded.rows[unit], &absent)).collect(),
        };
        let rows: Vec<Row<'_>> = match absent.is_empty() {
            true => picks.iter().map(|&unit| coded.rows[unit].as_slice()).collect(),
            false => masked.iter().map(Vec::as_slice).collect(),
        };
        let one = Coefficients::of(coded, &rows).values();
        values.iter_mut().zip(one).for_each(|(values, value)| values.extend(value));
    }
    // An interval of the few resamples in which a coefficient is defined would say little about it.
    let intervals: Vec<Option<Interval>> = values
        .iter_mut()
        .zip(found.values())
        .map(|(values, found)| {
            found.filter(|_| values.len() * 10 >= RESAMPLES * 9).and_then(|_| percentiles(values, LEVEL))
        })
        .collect();
    found.with(&intervals)
}

fn draw(clusters: &[Vec<usize>], rng: &mut Rng) -> Vec<usize> {
    let mut picks = Vec::new();
    for _ in 0..clusters.len() {
        let cluster = &clusters[rng.below(clusters.len())];
        picks.extend((0..cluster.len()).map(|_| cluster[rng.below(cluster.len())]));
    }
    picks
}

/// Judges that a draw of judges leaves out; at least two stay.
fn absent(judges: usize, rng: &mut Rng) -> Vec<usize> {
    loop {
        let mut is_drawn = vec![false; judges];
        (0..judges).for_each(|_| is_drawn[rng.below(judges)] = true);
        let absent: Vec<usize> = (0..judges).filter(|&judge| !is_drawn[judge]).collect();
        if judges - absent.len() >= 2 {
            return absent;
        }
    }
}

fn mask(row: Row<'_>, absent: &[usize]) -> Vec<Option<usize>> {
    let mut row = row.to_vec();
    absent.iter().for_each(|&judge| row[judge] = None);
    row
}
