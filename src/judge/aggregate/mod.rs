//! From several judges' labels to one grade an image.

mod dawid_skene;

pub use dawid_skene::{DawidSkene, ITERATIONS, dawid_skene};

use super::placed::{Others, place};
use super::{Table, Unit};
use crate::base::named;
use crate::dataset::{Dataset, Judgements};

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

impl Method {
    /// Decides on one image, for methods that need to know no other.
    pub fn alone(self) -> Option<fn(&Unit) -> Option<i32>> {
        match self {
            Method::Majority => Some(majority),
            Method::Unanimous => Some(unanimous),
            Method::Adjudicated => Some(|unit| unit.adjudicated.or_else(|| unanimous(unit))),
            Method::DawidSkene => None,
        }
    }
}

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
    let (model, grades) = match method.alone() {
        Some(decide) => (None, table.units.iter().map(decide).collect()),
        None => {
            let (fitted, grades) = estimated(table);
            (Some(fitted), grades)
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
        let decided = table.units.iter().zip(&self.grades);
        let labels = decided.filter_map(|(unit, grade)| Some((&*table.queries[unit.query], &*unit.image, (*grade)?)));
        let mut judgements = Judgements::unjudged(dataset);
        place(&mut judgements, dataset, labels, Others::Count);
        judgements
    }
}
