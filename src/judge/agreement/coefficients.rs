//! All coefficients of a table, or their intervals.

use serde::Serialize;

use super::alpha::{Metric, alpha, coincidences};
use super::gwet::gwet;
use super::kappa::{cohen, confusion, fleiss};
use super::raw::raw;
use super::scale::{Coded, Row, Weights};

/// Krippendorff's α by metric.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Alpha<T> {
    /// All differences alike.
    pub nominal: T,
    /// By the labels between two grades.
    pub ordinal: T,
    /// By squared difference.
    pub interval: T,
}

/// Gwet's coefficients.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Gwet<T> {
    /// AC1.
    pub ac1: T,
    /// AC2 with linear weights.
    pub ac2_linear: T,
    /// AC2 with quadratic weights.
    pub ac2_quadratic: T,
}

/// Cohen's κ of two judges.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pair<T> {
    /// Position of one judge in the table.
    #[serde(skip)]
    pub judges: (usize, usize),
    /// All differences alike.
    pub plain: T,
    /// By the difference of the grades.
    pub linear: T,
    /// By its square.
    pub quadratic: T,
    /// Images that both labelled.
    pub images: usize,
}

/// All coefficients: `Option<f64>`, where `None` is undefined, or their intervals.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Coefficients<T> {
    /// Krippendorff's α.
    pub krippendorff: Alpha<T>,
    /// Fleiss' κ, over the images that all judges labelled.
    pub fleiss: T,
    /// Gwet's AC1 and AC2.
    pub gwet: Gwet<T>,
    /// The share of pairs of labels that are alike.
    pub raw: T,
    /// Cohen's κ of every two judges.
    pub cohen: Vec<Pair<T>>,
}

impl Coefficients<Option<f64>> {
    /// Computes all of them.
    pub(super) fn of(coded: &Coded, rows: &[Row<'_>]) -> Self {
        let pairs = coincidences(coded, rows);
        let alpha = |metric| alpha(coded, &pairs, metric);
        let gwet = |weights| gwet(coded, rows, weights);
        let judges = rows.first().map_or(0, |row| row.len());
        let pair = |a: usize, b: usize| {
            let counts = confusion(coded, rows, a, b);
            let cohen = |weights| cohen(coded, &counts, weights);
            Pair {
                judges: (a, b),
                plain: cohen(Weights::Plain),
                linear: cohen(Weights::Linear),
                quadratic: cohen(Weights::Quadratic),
                images: counts.iter().flatten().sum::<f64>() as usize,
            }
        };
        Self {
            krippendorff: Alpha {
                nominal: alpha(Metric::Nominal),
                ordinal: alpha(Metric::Ordinal),
                interval: alpha(Metric::Interval),
            },
            fleiss: fleiss(coded, rows),
            gwet: Gwet {
                ac1: gwet(Weights::Plain),
                ac2_linear: gwet(Weights::Linear),
                ac2_quadratic: gwet(Weights::Quadratic),
            },
            raw: raw(coded, rows),
            cohen: (0..judges).flat_map(|a| (a + 1..judges).map(move |b| (a, b))).map(|(a, b)| pair(a, b)).collect(),
        }
    }
}

impl<T: Copy> Coefficients<T> {
    /// Every coefficient, in a fixed order.
    pub(super) fn values(&self) -> Vec<T> {
        let Alpha { nominal, ordinal, interval } = self.krippendorff;
        let Gwet { ac1, ac2_linear, ac2_quadratic } = self.gwet;
        let mut values = vec![nominal, ordinal, interval, self.fleiss, ac1, ac2_linear, ac2_quadratic, self.raw];
        values.extend(self.cohen.iter().flat_map(|pair| [pair.plain, pair.linear, pair.quadratic]));
        values
    }

    /// The same with something else for every coefficient, in the order of [`Coefficients::values`].
    pub(super) fn with<U: Copy + Default>(&self, values: &[U]) -> Coefficients<U> {
        let value = |at: usize| values.get(at).copied().unwrap_or_default();
        let pair = |(at, pair): (usize, &Pair<T>)| Pair {
            judges: pair.judges,
            plain: value(8 + 3 * at),
            linear: value(9 + 3 * at),
            quadratic: value(10 + 3 * at),
            images: pair.images,
        };
        Coefficients {
            krippendorff: Alpha { nominal: value(0), ordinal: value(1), interval: value(2) },
            fleiss: value(3),
            gwet: Gwet { ac1: value(4), ac2_linear: value(5), ac2_quadratic: value(6) },
            raw: value(7),
            cohen: self.cohen.iter().enumerate().map(pair).collect(),
        }
    }
}
