//! TREC judgements and rankings, for a data set of any format.

use crate::base::some_of;
use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use super::build::{Builder, sort_by_rank};
use super::trec::{self, Entry};
use super::walk;
use super::warnings::Warnings;
use super::{Dataset, DatasetError, Judgements, Loaded, Relevance, Warning, WarningKind};

/// Adds the judgements of a qrels file; they replace existing grades, and a grade below 0 makes an image unjudged.
/// Images that are not candidates of their query are judged too ([`Judgements::others`]).
///
/// # Errors
/// If the file cannot be read or holds no judgement.
pub fn attach_qrels(dataset: &Dataset, judgements: &mut Judgements, path: &Path) -> Result<Vec<Warning>, DatasetError> {
    let mut warnings = Warnings::default();
    judge(dataset, judgements, path, &mut warnings)?;
    Ok(warnings.into_vec())
}

/// Adds a run file: its scores become a feature named after the file (missing for candidates it does not list), and its
/// order ranks the candidates of queries that have no ranks yet, reordering their grades along with them.
///
/// # Errors
/// If the file cannot be read or holds no line of a run.
pub fn attach_run(
    dataset: &mut Dataset,
    judgements: &mut Judgements,
    path: &Path,
) -> Result<Vec<Warning>, DatasetError> {
    let mut warnings = Warnings::default();
    score(dataset, judgements, path, &mut warnings)?;
    Ok(warnings.into_vec())
}

/// Finds queries and their candidates by the names of TREC files, which hold no white space.
struct Names {
    queries: HashMap<String, usize>,
    /// Per query: candidates by name. A photo that differs between queries is listed as `id@query`, and is found by
    /// its `id` here.
    candidates: Vec<HashMap<String, usize>>,
}

impl Names {
    fn of(dataset: &Dataset) -> Self {
        let mut queries = HashMap::new();
        let mut candidates = Vec::with_capacity(dataset.queries.len());
        for (index, query) in dataset.queries.iter().enumerate() {
            let id = query.id.as_str();
            queries.entry(trec::escape(id)).or_insert(index);
            queries.entry(id.to_owned()).or_insert(index);
            let suffix = format!("@{id}");
            let mut names = HashMap::with_capacity(query.candidates.len());
            for (position, candidate) in query.candidates.iter().enumerate() {
                let Some(image) = dataset.images.get(candidate.image) else { continue };
                let image = image.id.as_str();
                names.insert(trec::escape(image), position);
                if let Some(shared) = image.strip_suffix(&suffix) {
                    names.entry(trec::escape(shared)).or_insert(position);
                }
            }
            candidates.push(names);
        }
        Self { queries, candidates }
    }

    fn find(&self, query: &str, image: &str) -> Option<(usize, usize)> {
        let query = *self.queries.get(query)?;
        Some((query, *self.candidates.get(query)?.get(image)?))
    }

    /// The query and the image of a judgement; `None` if the data set lacks the query.
    fn judged(&self, entry: &Entry<i32>) -> Option<(usize, Judged)> {
        let query = *self.queries.get(&entry.query)?;
        let candidate = self.find(&entry.query, &entry.image).map(|(_, candidate)| Judged::Candidate(candidate));
        Some((query, candidate.unwrap_or_else(|| Judged::Other(entry.image.clone()))))
    }
}

/// An image that a judgement names.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Judged {
    Candidate(usize),
    /// Not a candidate of the query.
    Other(String),
}

/// Names in a file that the data set does not have, collected so that each query is reported once.
#[derive(Default)]
struct Strays(BTreeMap<String, (usize, Vec<String>)>);

impl Strays {
    fn add<T>(&mut self, entry: &Entry<T>) {
        let (_, images) = self.0.entry(entry.query.clone()).or_insert_with(|| (entry.line, Vec::new()));
        images.push(entry.image.clone());
    }

    fn report(self, what: &str, kind: WarningKind, names: &Names, path: &Path, warnings: &mut Warnings) {
        for (query, (line, images)) in self.0 {
            let message = if names.queries.contains_key(&query) {
                format!("{} {what} not candidates of query '{query}': {}", images.len(), some_of(&images))
            } else {
                format!("{} {what} of query '{query}', which the data set does not have", images.len())
            };
            warnings.line(kind, path, line, message);
        }
    }
}

/// Reads a qrels file into a data set.
pub(super) fn judge(
    dataset: &Dataset,
    judgements: &mut Judgements,
    path: &Path,
    warnings: &mut Warnings,
) -> Result<(), DatasetError> {
    let entries = trec::qrels_entries(path, warnings)?;
    let names = Names::of(dataset);
    let mut seen: HashMap<(usize, Judged), usize> = HashMap::new();
    let mut strays = Strays::default();
    for entry in entries {
        let Some((query, image)) = names.judged(&entry) else {
            strays.add(&entry);
            continue;
        };
        let first = *seen.entry((query, image.clone())).or_insert(entry.line);
        if first != entry.line {
            let message = format!("image '{}' is judged twice (first on line {first})", entry.image);
            warnings.line(WarningKind::DuplicateId, path, entry.line, message);
            continue;
        }
        let grade = Relevance(entry.value);
        match image {
            Judged::Candidate(candidate) => {
                judgements.set(query, candidate, Some(grade).filter(|grade| grade.is_judged()));
            }
            Judged::Other(image) => {
                judgements.set_other(query, &image, grade);
                strays.add(&entry);
            }
        }
    }
    strays.report("judged images are", WarningKind::OrphanLabel, &names, path, warnings);
    Ok(())
}

/// Reads a run file into a data set.
pub(super) fn score(
    dataset: &mut Dataset,
    judgements: &mut Judgements,
    path: &Path,
    warnings: &mut Warnings,
) -> Result<(), DatasetError> {
    let entries = trec::run_entries(path, warnings)?;
    let names = Names::of(dataset);
    let mut scores: BTreeMap<usize, HashMap<usize, f64>> = BTreeMap::new();
    let mut strays = Strays::default();
    for entry in entries {
        let Some((query, candidate)) = names.find(&entry.query, &entry.image) else {
            strays.add(&entry);
            continue;
        };
        let of_query = scores.entry(query).or_default();
        match of_query.entry(candidate) {
            Slot::Vacant(slot) => {
                slot.insert(entry.value);
            }
            Slot::Occupied(_) => {
                let message = format!("duplicate image '{}' in the same query; the first line counts", entry.image);
                warnings.line(WarningKind::DuplicateId, path, entry.line, message);
            }
        }
    }
    strays.report("images of the run are", WarningKind::Missing, &names, path, warnings);
    add_feature(dataset, &walk::stem(path), &scores);
    rank_where_missing(dataset, judgements, &scores);
    Ok(())
}

fn add_feature(dataset: &mut Dataset, name: &str, scores: &BTreeMap<usize, HashMap<usize, f64>>) {
    let name = free_name(&dataset.feature_names, name);
    dataset.feature_names.push(name);
    for (index, query) in dataset.queries.iter_mut().enumerate() {
        let of_query = scores.get(&index);
        for (position, candidate) in query.candidates.iter_mut().enumerate() {
            let score = of_query.and_then(|scores| scores.get(&position));
            candidate.features.push(score.map_or(f32::NAN, |&score| score as f32));
        }
    }
}

/// The name itself, or with the first free number appended.
fn free_name(taken: &[String], name: &str) -> String {
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken.contains(name)).unwrap_or_default()
}

fn rank_where_missing(
    dataset: &mut Dataset,
    judgements: &mut Judgements,
    scores: &BTreeMap<usize, HashMap<usize, f64>>,
) {
    for (&index, scores) in scores {
        let ids: BTreeMap<String, f64> = {
            let query = &dataset.queries[index];
            if query.candidates.iter().any(|candidate| candidate.rank.is_some()) {
                continue;
            }
            let id = |position: usize| dataset.images[query.candidates[position].image].id.to_string();
            scores.iter().map(|(&position, &score)| (id(position), score)).collect()
        };
        let ranks: HashMap<&str, u32> =
            trec::best_first(&ids).into_iter().zip(1..).map(|((id, _), rank)| (id, rank)).collect();
        let Dataset { queries, images, .. } = &mut *dataset;
        for candidate in &mut queries[index].candidates {
            candidate.rank = ranks.get(images[candidate.image].id.as_str()).copied();
        }
        sort_by_rank(&mut queries[index], index, judgements);
    }
}

/// Adds the queries and candidates that a run lists, each query's best first.
pub(super) fn candidates_of_run(builder: &mut Builder, path: &Path) {
    // Faulty lines are reported when the scores are read.
    let entries = trec::run_entries(path, &mut Warnings::default()).unwrap_or_default();
    let mut scores: trec::Run = BTreeMap::new();
    for entry in entries {
        scores.entry(entry.query).or_default().entry(entry.image).or_insert(entry.value);
    }
    for (query, scores) in &scores {
        let query = builder.query(query);
        for (image, _) in trec::best_first(scores) {
            let image = builder.image(image);
            builder.add_candidate(query, image, None);
        }
    }
}

/// Reads qrels and run files into a data set; one that cannot be read is a warning.
pub(super) fn take_files(loaded: &mut Loaded, qrels: &[&PathBuf], runs: &[&PathBuf]) {
    let mut warnings = Warnings::default();
    for path in runs {
        score(&mut loaded.dataset, &mut loaded.judgements, path, &mut warnings)
            .unwrap_or_else(|error| warnings.error(error));
    }
    for path in qrels {
        judge(&loaded.dataset, &mut loaded.judgements, path, &mut warnings)
            .unwrap_or_else(|error| warnings.error(error));
    }
    loaded.warnings.extend(warnings.into_vec());
}
