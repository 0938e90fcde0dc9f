//! Labels as a table: what agreement and aggregation are computed from.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{CANT_TELL, Judgement, Judges, Label};

/// Which labels count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// "Can't tell" is a grade of its own, [`CANT_TELL`], instead of a missing one.
    pub cant_tell: bool,
    /// Leave out images that were judged several at once.
    pub without_batch: bool,
    /// Leave out judgements before which ranks, scores or others' labels were shown.
    pub without_revealed: bool,
}

/// An image of a query, and what each judge said.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// Position in [`Table::queries`].
    pub query: usize,
    /// The image's id.
    pub image: Arc<str>,
    /// Each judge's grade, in the order of [`Table::judges`].
    pub grades: Vec<Option<i32>>,
    /// The grade by which a conflict was settled.
    pub adjudicated: Option<i32>,
}

/// Labels of several judges.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The judges' names.
    pub judges: Vec<String>,
    /// The queries' ids.
    pub queries: Vec<String>,
    /// Every image with a label, sorted by query.
    pub units: Vec<Unit>,
}

impl Unit {
    /// What these judges said of an image, as [`Table::of`] gives it; its query is the first.
    pub fn of(judges: &Judges, names: &[&str], (query, image): (&str, &str), counted: Counted) -> Self {
        let mut votes = Votes { grades: vec![None; names.len()], settled: None };
        for (judge, name) in names.iter().enumerate() {
            if let Some(label) = judges.current(name, query, image) {
                votes.add(judges, (judge, name), label, counted);
            }
        }
        let adjudicated = votes.settled.map(|(_, grade)| grade);
        Self { query: 0, image: image.into(), grades: votes.grades, adjudicated }
    }
}

impl Table {
    /// The labels of these judges. An adjudication is not an independent judgement, as it is made with the others'
    /// labels in sight: its judge's earlier one takes its place, and its grade is [`Unit::adjudicated`].
    pub fn of(judges: &Judges, names: &[&str], counted: Counted) -> Self {
        let mut units: BTreeMap<(String, String), Votes> = BTreeMap::new();
        for (judge, name) in names.iter().enumerate() {
            for label in judges.labels(name) {
                let key = (label.query.to_owned(), label.image.to_owned());
                let votes = units.entry(key).or_default();
                votes.grades.resize(names.len(), None);
                votes.add(judges, (judge, name), label, counted);
            }
        }
        let mut table = Self { judges: names.iter().map(|name| (*name).to_owned()).collect(), ..Self::default() };
        for ((query, image), Votes { grades, settled }) in units {
            let adjudicated = settled.map(|(_, grade)| grade);
            if grades.iter().all(Option::is_none) && adjudicated.is_none() {
                continue;
            }
            if table.queries.last() != Some(&query) {
                table.queries.push(query);
            }
            let query = table.queries.len() - 1;
            table.units.push(Unit { query, image: image.into(), grades, adjudicated });
        }
        table
    }

    /// A table of one query from each judge's grades of the same images.
    pub fn of_rows(rows: &[Vec<Option<i32>>]) -> Self {
        let images = rows.iter().map(Vec::len).max().unwrap_or(0);
        let grades = |image: usize| rows.iter().map(|row| row.get(image).copied().flatten()).collect();
        let unit =
            |image: usize| Unit { query: 0, image: image.to_string().into(), grades: grades(image), adjudicated: None };
        Self {
            judges: (0..rows.len()).map(|judge| format!("judge {}", judge + 1)).collect(),
            queries: vec!["query".to_owned()],
            units: (0..images).map(unit).collect(),
        }
    }

    /// The same without one judge.
    #[must_use]
    pub fn without(&self, judge: usize) -> Self {
        let mut table = self.clone();
        table.judges.remove(judge);
        for unit in &mut table.units {
            unit.grades.remove(judge);
        }
        table
    }

    /// The grades that occur, ascending.
    pub fn scale(&self) -> Vec<i32> {
        let mut grades: Vec<i32> = self.units.iter().flat_map(|unit| unit.grades.iter().flatten().copied()).collect();
        grades.sort_unstable();
        grades.dedup();
        grades
    }
}

/// What was said about an image.
#[derive(Default)]
struct Votes {
    grades: Vec<Option<i32>>,
    /// The latest adjudication, with its time.
    settled: Option<(i64, i32)>,
}

impl Votes {
    /// Adds a judge's current judgement.
    fn add(&mut self, judges: &Judges, (judge, name): (usize, &str), label: Label<'_>, counted: Counted) {
        let mut vote = Some(label.judgement);
        if label.judgement.is_adjudication() {
            let grade = label.judgement.grade.filter(|grade| *grade >= 0);
            self.settled = grade.map(|grade| (label.at, grade)).max(self.settled);
            vote = judges.record(name).and_then(|record| record.independent(label.query, label.image));
        }
        self.grades[judge] = vote.and_then(|judgement| counted.grade(judgement));
    }
}

impl Counted {
    /// The grade of a judgement, if it counts.
    pub(super) fn grade(self, judgement: &Judgement) -> Option<i32> {
        let is_out = (self.without_batch && judgement.is_batch()) || (self.without_revealed && judgement.is_revealed());
        match judgement.grade.filter(|_| !is_out)? {
            grade if grade >= 0 => Some(grade),
            _ => self.cant_tell.then_some(CANT_TELL),
        }
    }
}
