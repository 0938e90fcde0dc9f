//! All judges of a data set and their current labels.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::name::{FILES, check_name};
use super::{JudgeError, Judgement, Label, Line, Places, Record, Tail};
use crate::dataset::{Dataset, DatasetError, Judgements, Moves, Relevance, Warning};

/// All judges of a data set: those with journals, and [`FILES`], whose labels are those of its own files.
///
/// Labels are found by the ids of query and image, also where the data set no longer has them. Those of a picture of a
/// collection that was moved since are found by its new path.
#[derive(Debug)]
pub struct Judges {
    places: Places,
    tails: Vec<Tail>,
    records: BTreeMap<Arc<str>, Record>,
    files: BTreeMap<String, BTreeMap<String, Judgement>>,
    version: u64,
    /// Where pictures went since they were judged, and the size of the file that says so.
    moves: (Moves, u64),
    /// Journals that cannot be read, and why: reported once.
    faults: BTreeMap<PathBuf, String>,
}

/// What a look at the journals found.
#[derive(Debug, Default)]
pub struct Look {
    /// Queries with new lines of others, by judge: a line that was made here and is read back is none.
    pub changed: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
    /// Lines that could not be read, with file and line.
    pub notices: Vec<Warning>,
}

/// Labels of queries and images that a data set does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Strays {
    /// Labels of queries that it does not have.
    pub of_queries: usize,
    /// Labels of images that are not candidates of their query.
    pub of_images: usize,
}

impl Strays {
    /// A notice; `None` if there are none.
    pub fn notice(self) -> Option<String> {
        let part = |count: usize, what: &str| match count {
            0 => None,
            1 => Some(format!("1 label of {what}")),
            count => Some(format!("{count} labels of {what}")),
        };
        let queries = part(self.of_queries, "queries that the data set does not have");
        let images = part(self.of_images, "images that are not candidates of their query");
        let parts: Vec<String> = [queries, images].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| format!("{}; they stay in the journals", parts.join(", ")))
    }
}

impl Judges {
    /// Reads all journals.
    ///
    /// # Errors
    /// If a folder of journals cannot be read. A journal that cannot be is a notice.
    pub fn read(places: Places) -> Result<(Self, Look), JudgeError> {
        let (records, files, faults) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let moves = places.moves()?;
        let mut judges = Self { places, tails: Vec::new(), records, files, version: 0, moves, faults };
        let look = judges.look()?;
        Ok((judges, look))
    }

    /// Where the journals lie.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// Makes the labels of the data set's own files those of the judge [`FILES`].
    pub fn set_files(&mut self, dataset: &Dataset, judgements: &Judgements) {
        let of_file = |grade: Relevance| Judgement { grade: Some(grade.0), ..Judgement::default() };
        self.files.clear();
        for (index, query) in dataset.queries.iter().enumerate() {
            let mut labels: BTreeMap<String, Judgement> =
                judgements.others(index).map(|(image, grade)| (image.to_owned(), of_file(grade))).collect();
            for (candidate, grade) in query.candidates.iter().zip(judgements.of(index)) {
                if let (Some(grade), Some(image)) = (grade, dataset.images.get(candidate.image)) {
                    labels.insert(image.id.as_str().to_owned(), of_file(*grade));
                }
            }
            if !labels.is_empty() {
                self.files.insert(query.id.as_str().to_owned(), labels);
            }
        }
        self.version += 1;
    }

    /// Reads what is new in the journals, also in new ones. Cheap enough for every frame while nothing is new.
    ///
    /// # Errors
    /// If a folder of journals cannot be read. A journal that cannot be is a notice, once; later looks try again.
    pub fn look(&mut self) -> Result<Look, JudgeError> {
        for path in self.places.journals()? {
            if !self.tails.iter().any(|tail| tail.path() == path) {
                self.tails.push(Tail::new(&path));
            }
        }
        let mut look = Look::default();
        let mut news = Vec::new();
        let mut is_restarted = self.look_at_moves()?;
        for tail in &mut self.tails {
            match tail.look() {
                Ok(new) => {
                    is_restarted |= new.is_restarted;
                    self.faults.remove(tail.path());
                    look.notices.extend(new.notices);
                    news.push(new.lines);
                }
                Err(error) => {
                    let (path, message) = (tail.path().to_owned(), error.to_string());
                    if self.faults.insert(path, message.clone()).as_ref() != Some(&message) {
                        look.notices.push(Warning::from(&DatasetError::from(error)));
                    }
                }
            }
        }
        if is_restarted {
            news = self.restart();
        }
        for (judge, lines) in in_order(news) {
            let record = self.records.entry(judge.clone()).or_insert_with(|| Record::new(&judge));
            let changed = look.changed.entry(judge).or_default();
            for mut line in lines {
                // A judgement follows its picture.
                let image = self.moves.0.now(&line.image, line.at);
                if image != &*line.image {
                    line.image = image.into();
                }
                let query = line.query.clone();
                if record.read(line) && !changed.contains(&query) {
                    changed.insert(query);
                }
            }
            self.version += 1;
        }
        Ok(look)
    }

    /// Where pictures went since they were judged.
    pub fn moves(&self) -> &Moves {
        &self.moves.0
    }

    /// Whether pictures were moved since the last look.
    pub fn has_new_moves(&self) -> bool {
        self.places.size_of_moves() != self.moves.1
    }

    /// Reads again where pictures went, if that has changed.
    fn look_at_moves(&mut self) -> Result<bool, JudgeError> {
        let has_changed = self.has_new_moves();
        if has_changed {
            self.moves = self.places.moves()?;
        }
        Ok(has_changed)
    }

    /// Forgets all lines but those that are pending, and reads every journal from its start.
    fn restart(&mut self) -> Vec<Vec<Line>> {
        let records = std::mem::take(&mut self.records);
        self.records = records.into_iter().map(|(judge, record)| (judge, record.restarted())).collect();
        self.version += 1;
        self.tails.iter_mut().for_each(|tail| *tail = Tail::new(tail.path()));
        // What cannot be read now was reported, and is read by a later look.
        self.tails.iter_mut().filter_map(|tail| Some(tail.look().ok()?.lines)).collect()
    }

    /// All judges: [`FILES`] first, if the files have labels, then those with journals by name.
    pub fn names(&self) -> Vec<&str> {
        let files = (!self.files.is_empty()).then_some(FILES);
        let others = self.records.iter().filter(|(_, record)| record.entries().len() > 0);
        files.into_iter().chain(others.map(|(judge, _)| &**judge)).collect()
    }

    /// A judge's record, if there is a journal.
    pub fn record(&self, judge: &str) -> Option<&Record> {
        self.records.get(judge)
    }

    /// A judge's record, to judge in; a new one if there is none yet.
    ///
    /// # Errors
    /// If no judge can have this name.
    pub fn record_mut(&mut self, judge: &str) -> Result<&mut Record, JudgeError> {
        check_name(judge)?;
        self.version += 1;
        Ok(self.records.entry(judge.into()).or_insert_with(|| Record::new(judge)))
    }

    /// A judge's label of an image; `None` if there is none or it was withdrawn.
    pub fn label(&self, judge: &str, query: &str, image: &str) -> Option<&Judgement> {
        let judgement = match judge {
            FILES => self.files.get(query)?.get(image)?,
            _ => self.records.get(judge)?.last(query, image)?.judgement,
        };
        judgement.grade.is_some().then_some(judgement)
    }

    /// A judge's label of an image, with its time; `None` as for [`Judges::label`].
    pub(super) fn current<'a>(&'a self, judge: &str, query: &'a str, image: &'a str) -> Option<Label<'a>> {
        match judge {
            FILES => self.label(FILES, query, image).map(|judgement| Label { query, image, at: 0, judgement }),
            _ => self.records.get(judge)?.last(query, image).filter(|label| label.judgement.grade.is_some()),
        }
    }

    /// A judge's labels, sorted by query and image.
    pub fn labels(&self, judge: &str) -> Vec<Label<'_>> {
        let mut labels: Vec<Label<'_>> = match judge {
            FILES => self.file_labels().collect(),
            _ => self.records.get(judge).into_iter().flat_map(Record::labels).collect(),
        };
        labels.sort_unstable_by_key(|label| (label.query, label.image));
        labels
    }

    fn file_labels(&self) -> impl Iterator<Item = Label<'_>> {
        self.files.iter().flat_map(|(query, images)| {
            images.iter().map(move |(image, judgement)| Label { query, image, at: 0, judgement })
        })
    }

    /// How many images a judge labelled; one that is withdrawn does not count.
    pub fn count(&self, judge: &str) -> usize {
        match judge {
            FILES => self.files.values().map(BTreeMap::len).sum(),
            _ => self.records.get(judge).map_or(0, |record| record.labels().count()),
        }
    }

    /// Labels in journals of queries and images that a data set does not have.
    pub fn strays(&self, dataset: &Dataset) -> Strays {
        let ids = |query: &crate::dataset::Query| -> HashSet<String> {
            let images = query.candidates.iter().filter_map(|candidate| dataset.images.get(candidate.image));
            images.map(|image| image.id.as_str().to_owned()).collect()
        };
        let known: HashMap<&str, HashSet<String>> =
            dataset.queries.iter().map(|query| (query.id.as_str(), ids(query))).collect();
        let mut strays = Strays::default();
        for label in self.records.values().flat_map(Record::labels) {
            match known.get(label.query) {
                None => strays.of_queries += 1,
                Some(images) if !images.contains(label.image) => strays.of_images += 1,
                Some(_) => {}
            }
        }
        strays
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The judge of this name, with labels.
    ///
    /// # Errors
    /// If there is none, with those there are.
    pub fn known(&self, judge: &str) -> Result<&str, JudgeError> {
        let names = self.names();
        names.iter().find(|name| **name == judge).copied().ok_or_else(|| JudgeError::NoJudge {
            name: judge.to_owned(),
            known: match names.as_slice() {
                [] => "are none".to_owned(),
                [one] => format!("is {one}"),
                many => format!("are {}", many.join(", ")),
            },
        })
    }

    /// The journals that were read.
    pub fn journals(&self) -> impl Iterator<Item = &Path> {
        self.tails.iter().map(Tail::path)
    }
}

/// A judge's lines, and how many files they are from.
#[derive(Default)]
struct Merged {
    files: usize,
    /// With the latest time up to each within its file: clocks may be set back, but the file's order counts.
    lines: Vec<(i64, Line)>,
}

/// The lines of several journals by judge. Lines of one file stay in its order; those of a judge in several files are
/// merged by time.
fn in_order(news: Vec<Vec<Line>>) -> Vec<(Arc<str>, Vec<Line>)> {
    let mut by_judge: BTreeMap<Arc<str>, Merged> = BTreeMap::new();
    for lines in news {
        let mut latest: HashMap<Arc<str>, i64> = HashMap::new();
        for mut line in lines {
            if &*line.judge == FILES {
                line.judge = format!("{FILES} (journal)").into();
            }
            let merged = by_judge.entry(line.judge.clone()).or_default();
            let time = latest.entry(line.judge.clone()).or_insert_with(|| {
                merged.files += 1;
                line.at
            });
            *time = line.at.max(*time);
            merged.lines.push((*time, line));
        }
    }
    let sorted = |(judge, mut merged): (Arc<str>, Merged)| {
        if merged.files > 1 {
            merged.lines.sort_by_key(|(time, _)| *time);
        }
        (judge, merged.lines.into_iter().map(|(_, line)| line).collect())
    };
    by_judge.into_iter().map(sorted).collect()
}
