//! Grades as categories, and how far apart they are.

use crate::judge::Table;

/// How much a difference of grades counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weights {
    /// All differences alike.
    Plain,
    /// By the difference of the grades.
    Linear,
    /// By its square.
    Quadratic,
}

impl Weights {
    /// The disagreement of two grades.
    pub(super) fn distance(self, a: f64, b: f64) -> f64 {
        match self {
            Weights::Plain => f64::from(u8::from(a != b)),
            Weights::Linear => (a - b).abs(),
            Weights::Quadratic => (a - b).powi(2),
        }
    }
}

/// One image's categories by judge; `None` where there is no label.
pub(super) type Row<'a> = &'a [Option<usize>];

/// The labels of a table as categories: positions in the ascending grades that occur.
pub(super) struct Coded {
    /// The grade of each category.
    pub values: Vec<f64>,
    /// Whether grades have an order, which "can't tell" has no place in.
    pub is_ordered: bool,
    /// Each unit's categories by judge.
    pub rows: Vec<Vec<Option<usize>>>,
}

impl Coded {
    pub fn of(table: &Table) -> Self {
        let scale = table.scale();
        let code = |grade: &Option<i32>| grade.and_then(|grade| scale.binary_search(&grade).ok());
        Self {
            values: scale.iter().map(|&grade| f64::from(grade)).collect(),
            is_ordered: scale.iter().all(|grade| *grade >= 0),
            rows: table.units.iter().map(|unit| unit.grades.iter().map(code).collect()).collect(),
        }
    }

    pub fn all(&self) -> Vec<Row<'_>> {
        self.rows.iter().map(Vec::as_slice).collect()
    }

    /// Labels in each category.
    pub fn counts(&self, row: Row<'_>) -> Vec<f64> {
        let mut counts = vec![0.0; self.values.len()];
        row.iter().flatten().for_each(|&category| counts[category] += 1.0);
        counts
    }
}
