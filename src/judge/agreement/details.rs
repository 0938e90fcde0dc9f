//! Where judges agree and where they do not: by grade, judge and query.

use serde::Serialize;

use super::alpha::{Metric, alpha, coincidences};
use super::kappa;
use super::raw::{per_grade, prevalence, raw};
use super::scale::{Coded, Row};
use crate::judge::{Judgement, Record, Table};

/// Agreement on one grade.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OfGrade {
    /// The grade; −1 is "can't tell".
    pub grade: i32,
    /// Its share among all labels.
    pub prevalence: f64,
    /// The chance that another judge gives it too where one did.
    pub agreement: Option<f64>,
}

/// One judge among the others.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OfJudge {
    /// The judge.
    pub judge: String,
    /// Images labelled.
    pub images: usize,
    /// The share of pairs with another's label that are alike.
    pub agreement: Option<f64>,
    /// The mean grade: who is more generous than others.
    pub mean_grade: Option<f64>,
    /// Nominal α of the other judges without this one.
    pub alpha_without: Option<f64>,
}

/// The judges on one query.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OfQuery {
    /// The query's id.
    pub query: String,
    /// Images with at least two labels.
    pub images: usize,
    /// The share of pairs of labels that are alike.
    pub agreement: Option<f64>,
    /// Nominal α.
    pub alpha: Option<f64>,
}

/// The labels of two judges, crossed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Confusion {
    /// The grades of rows and columns, ascending.
    pub grades: Vec<i32>,
    /// How many images one judge gave the row's grade and the other the column's.
    pub counts: Vec<Vec<usize>>,
    /// Positions in [`Table::units`] of the images of each cell.
    #[serde(skip)]
    pub units: Vec<Vec<Vec<usize>>>,
}

/// The confusion matrix of two judges, by position in the table.
pub fn confusion(table: &Table, a: usize, b: usize) -> Confusion {
    let grades = table.scale();
    let mut units = vec![vec![Vec::new(); grades.len()]; grades.len()];
    let code = |grade: Option<i32>| grade.and_then(|grade| grades.binary_search(&grade).ok());
    for (index, unit) in table.units.iter().enumerate() {
        let of = |judge: usize| code(unit.grades.get(judge).copied().flatten());
        if let (Some(a), Some(b)) = (of(a), of(b)) {
            units[a][b].push(index);
        }
    }
    let counts = units.iter().map(|row| row.iter().map(Vec::len).collect()).collect();
    Confusion { grades, counts, units }
}

pub(super) fn of_grades(table: &Table, coded: &Coded) -> Vec<OfGrade> {
    let rows = coded.all();
    let both = prevalence(coded, &rows).into_iter().zip(per_grade(coded, &rows));
    table
        .scale()
        .into_iter()
        .zip(both)
        .map(|(grade, (prevalence, agreement))| OfGrade { grade, prevalence, agreement })
        .collect()
}

pub(super) fn of_judges(table: &Table, coded: &Coded) -> Vec<OfJudge> {
    let rows = coded.all();
    let of_judge = |judge: usize| {
        let (mut alike, mut pairs) = (0.0, 0.0);
        for other in (0..table.judges.len()).filter(|&other| other != judge) {
            let counts = kappa::confusion(coded, &rows, judge, other);
            alike += (0..counts.len()).map(|grade| counts[grade][grade]).sum::<f64>();
            pairs += counts.iter().flatten().sum::<f64>();
        }
        let own: Vec<i32> = table.units.iter().filter_map(|unit| unit.grades[judge]).collect();
        let graded: Vec<f64> = own.iter().filter(|grade| **grade >= 0).map(|&grade| f64::from(grade)).collect();
        let without = table.without(judge);
        let others = Coded::of(&without);
        OfJudge {
            judge: table.judges[judge].clone(),
            images: own.len(),
            agreement: (pairs > 0.0).then(|| alike / pairs),
            mean_grade: (!graded.is_empty()).then(|| crate::base::mean(&graded)),
            alpha_without: alpha(&others, &coincidences(&others, &others.all()), Metric::Nominal),
        }
    };
    (0..table.judges.len()).map(of_judge).collect()
}

pub(super) fn of_queries(table: &Table, coded: &Coded) -> Vec<OfQuery> {
    let of_query = |(index, query): (usize, &String)| {
        let of_query = |(unit, _): &(&crate::judge::Unit, &Vec<Option<usize>>)| unit.query == index;
        let rows: Vec<Row<'_>> =
            table.units.iter().zip(&coded.rows).filter(of_query).map(|(_, row)| row.as_slice()).collect();
        OfQuery {
            query: query.clone(),
            images: rows.iter().filter(|row| row.iter().flatten().count() > 1).count(),
            agreement: raw(coded, &rows),
            alpha: alpha(coded, &coincidences(coded, &rows), Metric::Nominal),
        }
    };
    table.queries.iter().enumerate().map(of_query).collect()
}

/// How often a judge gives the expected grade: that of the first time, or the known one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Consistency {
    /// Images with both grades, judged without the expected one in sight.
    pub images: usize,
    /// Those with the expected grade.
    pub same: usize,
}

/// How often a judge gives the grade that is known, where an image of known grade was in one of `queues`.
///
/// `truth` gives the known grade of an image of a query.
pub fn controls(record: &Record, queues: &[&str], truth: impl Fn(&str, &str) -> Option<i32>) -> Consistency {
    let mut found = Consistency::default();
    for label in record.labels() {
        let is_control = |judgement: &&Judgement| {
            judgement.queue.as_deref().is_some_and(|queue| queues.contains(&queue)) && !judgement.is_revealed()
        };
        let said = record.history(label.query, label.image).map(|label| label.judgement).find(is_control);
        let said = said.and_then(|judgement| judgement.grade).filter(|grade| *grade >= 0);
        if let (Some(said), Some(known)) = (said, truth(label.query, label.image)) {
            found.images += 1;
            found.same += usize::from(said == known);
        }
    }
    found
}

impl Consistency {
    /// The share that is the same; `None` without images.
    pub fn share(self) -> Option<f64> {
        (self.images > 0).then(|| self.same as f64 / self.images as f64)
    }
}

/// How consistent a judge is with what the same judge said before, where an image came up again in one of `queues`.
/// What was said after the reason was shown is no second opinion, and does not count.
pub fn consistency(record: &Record, queues: &[&str]) -> Consistency {
    let mut found = Consistency::default();
    for label in record.labels() {
        let is_repeat = |judgement: &Judgement| judgement.queue.as_deref().is_some_and(|queue| queues.contains(&queue));
        let mut history = record.history(label.query, label.image).map(|label| label.judgement);
        let again = history.find(|judgement| is_repeat(judgement) && !judgement.is_revealed());
        let Some(again) = again.and_then(|judgement| judgement.grade) else { continue };
        if let Some(before) = history.find(|judgement| !is_repeat(judgement)).and_then(|judgement| judgement.grade) {
            found.images += 1;
            found.same += usize::from(before == again);
        }
    }
    found
}
