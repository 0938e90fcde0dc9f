//! From several judges' labels to one grade an image.

mod dawid_skene;

pub use dawid_skene::{DawidSkene, ITERATIONS, dawid_skene};

use std::collections::HashMap;

use super::{Table, Unit};
use crate::base::named;
use crate::dataset::{Dataset, Judgements, Relevance};

/// How labels become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The grade most judges gave; undecided if two grades have as many votes.
    #[default]
    Majority,
    /// The grade that all judges gave who gave one; undecided if they differ.
    Unanimous,
    /// The adjudicator's grade; without one, as by unanimity.
    Adjudicated,
    /// The most probable grade if each judge errs in a way of their own (Dawid and Skene 1979).
    DawidSkene,
}

named!(
    Method,
    "aggregation": Majority = "majority",
    Unanimous = "unanimous",
    Adjudicated = "adjudicated",
    DawidSkene = "dawid-skene",
);

/// Grades of a table's images; "can't tell" is no vote.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Aggregate {
    /// How they came about.
    pub method: Method,
    /// Whose labels they are made of.
    pub judges: Vec<String>,
    /// For each of [`Table::units`], its grade; `None` where it is undecided.
    pub grades: Vec<Option<i32>>,
    /// Of Dawid and Skene's method, the model; its categories are the grades that occur, ascending.
    pub model: Option<DawidSkene>,
}

/// Probabilities this close are a tie.
const TIE: f64 = 1e-9;

/// Aggregates the labels of a table.
pub fn aggregate(table: &Table, method: Method) -> Aggregate {
    let mut model = None;
    let each = |decide: fn(&Unit) -> Option<i32>| table.units.iter().map(decide).collect();
    let grades = match method {
        Method::Majority => each(majority),
        Method::Unanimous => each(unanimous),
        Method::Adjudicated => each(|unit| unit.adjudicated.or_else(|| unanimous(unit))),
        Method::DawidSkene => {
            let (fitted, grades) = estimated(table);
            model = Some(fitted);
            grades
        }
    };
    Aggregate { method, judges: table.judges.clone(), grades, model }
}

fn votes(unit: &Unit) -> impl Iterator<Item = i32> {
    unit.grades.iter().flatten().copied().filter(|grade| *grade >= 0)
}

fn majority(unit: &Unit) -> Option<i32> {
    let mut grades: Vec<i32> = votes(unit).collect();
    grades.sort_unstable();
    let groups: Vec<&[i32]> = grades.chunk_by(|a, b| a == b).collect();
    let most = groups.iter().map(|group| group.len()).max()?;
    let mut winners = groups.iter().filter(|group| group.len() == most);
    let winner = winners.next().map(|group| group[0]);
    winner.filter(|_| winners.next().is_none())
}

fn unanimous(unit: &Unit) -> Option<i32> {
    let mut votes = votes(unit);
    let first = votes.next()?;
    votes.all(|grade| grade == first).then_some(first)
}

fn estimated(table: &Table) -> (DawidSkene, Vec<Option<i32>>) {
    let scale: Vec<i32> = table.scale().into_iter().filter(|grade| *grade >= 0).collect();
    let code = |grade: &Option<i32>| grade.and_then(|grade| scale.binary_search(&grade).ok());
    let labels: Vec<Vec<Option<usize>>> =
        table.units.iter().map(|unit| unit.grades.iter().map(code).collect()).collect();
    let model = dawid_skene(&labels, scale.len(), ITERATIONS);
    let best = |probabilities: &Vec<f64>| {
        let mut order: Vec<usize> = (0..scale.len()).collect();
        order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
        let (first, second) = (*order.first()?, order.get(1).map_or(0.0, |&second| probabilities[second]));
        (probabilities[first] - second > TIE).then_some(scale[first])
    };
    let grades = model.probabilities.iter().map(best).collect();
    (model, grades)
}

impl Aggregate {
    /// How many images are undecided.
    pub fn undecided(&self) -> usize {
        self.grades.iter().filter(|grade| grade.is_none()).count()
    }

    /// The grades as a data set's judgements. Images that are not candidates of their query are among
    /// [`Judgements::others`]; those of queries that the data set does not have are left out.
    pub fn judgements(&self, table: &Table, dataset: &Dataset) -> Judgements {
        let mut judgements = Judgements::unjudged(dataset);
        let queries: Vec<Option<usize>> = table.queries.iter().map(|query| dataset.query_index(query)).collect();
        let mut candidates: HashMap<usize, HashMap<&str, usize>> = HashMap::new();
        for (unit, grade) in table.units.iter().zip(&self.grades) {
            let (Some(query), Some(grade)) = (queries[unit.query], *grade) else { continue };
            let candidates = candidates.entry(query).or_insert_with(|| by_id(dataset, query));
            match candidates.get(&*unit.image) {
                Some(&candidate) => {
                    judgements.set(query, candidate, Some(Relevance(grade)));
                }
                None => judgements.set_other(query, &unit.image, Relevance(grade)),
            }
        }
        judgements
    }
}

fn by_id(dataset: &Dataset, query: usize) -> HashMap<&str, usize> {
    let candidates = dataset.queries[query].candidates.iter().enumerate();
    candidates.filter_map(|(at, candidate)| Some((dataset.images.get(candidate.image)?.id.as_str(), at))).collect()
}
