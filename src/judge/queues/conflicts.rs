//! Queues of labels that contradict each other.

use super::{Item, Kind, Neighbours, Queue, Reason, item};
use crate::dataset::{Dataset, ImageId, Judgements, QueryId};
use crate::judge::{Table, Unit};

/// Images that judges graded differently and nobody has settled: the greatest differences first, then those with more
/// labels. To be judged again blind.
pub fn disagreements(table: &Table) -> Queue {
    let mut found: Vec<((i32, usize), Item)> = Vec::new();
    for unit in table.units.iter().filter(|unit| unit.adjudicated.is_none()) {
        let grades = grades(table, unit);
        let all = || grades.iter().map(|(_, grade)| *grade);
        let (Some(least), Some(most)) = (all().min(), all().max()) else { continue };
        if least < most {
            found.push(((most - least, grades.len()), in_conflict(table, unit, grades)));
        }
    }
    found.sort_by_key(|(key, _)| std::cmp::Reverse(*key));
    Queue { kind: Kind::Disagreements, seed: None, items: found.into_iter().map(|(_, item)| item).collect() }
}

/// The same images as [`disagreements`], to be settled with all grades in sight.
pub fn adjudication(table: &Table) -> Queue {
    Queue { kind: Kind::Adjudication, ..disagreements(table) }
}

/// Some of a table's images, by position in [`Table::units`], to be settled with all grades in sight.
pub fn adjudication_of(table: &Table, units: &[usize]) -> Queue {
    let units = units.iter().filter_map(|&unit| table.units.get(unit));
    let items = units.map(|unit| in_conflict(table, unit, grades(table, unit))).collect();
    Queue { kind: Kind::Adjudication, seed: None, items }
}

/// The grades given to an image, by judge.
fn grades(table: &Table, unit: &Unit) -> Vec<(String, i32)> {
    let given = table.judges.iter().zip(&unit.grades);
    given.filter_map(|(judge, grade)| Some((judge.clone(), grade.filter(|grade| *grade >= 0)?))).collect()
}

fn in_conflict(table: &Table, unit: &Unit, grades: Vec<(String, i32)>) -> Item {
    let (query, image) = (table.queries[unit.query].as_str(), &*unit.image);
    Item { query: QueryId::from(query), image: ImageId::from(image), reason: Reason::Grades(grades) }
}

/// Pairs of images at least this similar, one labelled relevant and one not: the two follow each other, the most similar
/// pairs first; an image comes only once.
pub fn near_duplicates(dataset: &Dataset, judgements: &Judgements, neighbours: &Neighbours, least: f32) -> Queue {
    let mut pairs = Vec::new();
    for (query, of_query) in neighbours.iter().enumerate() {
        let is_relevant = |candidate: usize| judgements.get(query, candidate).map(|grade| grade.is_relevant());
        for (a, near) in of_query.iter().enumerate() {
            for &(b, similarity) in near.iter().filter(|(_, similarity)| *similarity >= least) {
                if let (Some(first), Some(second)) = (is_relevant(a), is_relevant(b))
                    && first != second
                {
                    pairs.push((similarity, query, a.min(b), a.max(b)));
                }
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.1, a.2, a.3).cmp(&(b.1, b.2, b.3))));
    let mut seen = std::collections::HashSet::new();
    let mut items = Vec::new();
    for (similarity, query, a, b) in pairs {
        for (candidate, other) in [(a, b), (b, a)] {
            let Some(twin) = item(dataset, query, other, Reason::Member) else { continue };
            if seen.insert((query, candidate)) {
                items.extend(item(dataset, query, candidate, Reason::Twin { image: twin.image, similarity }));
            }
        }
    }
    Queue { kind: Kind::NearDuplicates, seed: None, items }
}
