//! One judge's lines: the current labels, how they came about, undo and redo.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, Hasher};
use std::sync::Arc;

use super::stamp::now;
use super::steps::{Change, Step, Steps};
use super::{Judgement, Line, Link};

/// A judgement to make.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// The query's id.
    pub query: Arc<str>,
    /// The image's id.
    pub image: Arc<str>,
    /// What is said; a grade of `None` withdraws what was said before.
    pub judgement: Judgement,
}

/// A current judgement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Label<'a> {
    /// The query's id.
    pub query: &'a str,
    /// The image's id.
    pub image: &'a str,
    /// When, in milliseconds since 1970-01-01 UTC; 0 if unknown.
    pub at: i64,
    /// What was said.
    pub judgement: &'a Judgement,
}

/// One judge's lines.
///
/// A new judgement counts at once; [`Record::judge`] returns the lines to save, which are *pending* until they are read
/// back from the journal. Lines of other processes that come before them in the file are slipped in before them, so
/// that every window ends with the same labels.
#[derive(Debug)]
pub struct Record {
    judge: Arc<str>,
    /// The key of each image, by query.
    keys: HashMap<Arc<str>, HashMap<Arc<str>, u32>>,
    names: Vec<(Arc<str>, Arc<str>)>,
    /// The last entry of each key.
    last: Vec<Option<u32>>,
    entries: Vec<Entry>,
    steps: Steps,
    pending: VecDeque<(Line, Change)>,
    /// Starts the names of this process's steps.
    session: String,
    made: u64,
}

#[derive(Debug)]
struct Entry {
    key: u32,
    /// The image's entry before this one.
    previous: Option<u32>,
    step: u32,
    at: i64,
    judgement: Judgement,
}

impl Record {
    /// Without any line.
    pub fn new(judge: &str) -> Self {
        let random = RandomState::new().build_hasher().finish();
        Self {
            judge: judge.into(),
            keys: HashMap::new(),
            names: Vec::new(),
            last: Vec::new(),
            entries: Vec::new(),
            steps: Steps::default(),
            pending: VecDeque::new(),
            session: format!("{:08x}", random as u32),
            made: 0,
        }
    }

    /// The judge.
    pub fn judge_name(&self) -> &str {
        &self.judge
    }

    /// The last judgement of an image, also one that was withdrawn, with its note.
    pub fn last(&self, query: &str, image: &str) -> Option<Label<'_>> {
        let key = *self.keys.get(query)?.get(image)?;
        self.label(key)
    }

    /// The current labels of all images, in no order; not those withdrawn.
    pub fn labels(&self) -> impl Iterator<Item = Label<'_>> {
        (0..self.names.len() as u32).filter_map(|key| self.label(key)).filter(|label| label.judgement.grade.is_some())
    }

    /// The current labels of a query's images, in no order; not those withdrawn.
    pub fn of_query(&self, query: &str) -> impl Iterator<Item = Label<'_>> {
        let keys = self.keys.get(query).into_iter().flat_map(HashMap::values);
        keys.filter_map(|&key| self.label(key)).filter(|label| label.judgement.grade.is_some())
    }

    /// Every judgement of an image, newest first, withdrawals included.
    pub fn history(&self, query: &str, image: &str) -> impl Iterator<Item = Label<'_>> {
        let key = self.keys.get(query).and_then(|images| images.get(image)).copied();
        let newest = key.and_then(|key| self.last[key as usize]);
        std::iter::successors(newest, |&entry| self.entries[entry as usize].previous)
            .map(|entry| self.of_entry(&self.entries[entry as usize]))
    }

    /// The last judgement of an image that was made before, or without, settling a conflict between judges.
    pub fn independent(&self, query: &str, image: &str) -> Option<&Judgement> {
        self.history(query, image).map(|label| label.judgement).find(|judgement| !judgement.is_adjudication())
    }

    /// Every line's judgement, oldest first: what pace and today's count are computed from.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = Label<'_>> + ExactSizeIterator {
        self.entries.iter().map(|entry| self.of_entry(entry))
    }

    /// How many steps can be undone, and redone.
    pub fn depth(&self) -> (usize, usize) {
        self.steps.depth()
    }

    /// How many lines were made here and not yet read back from the journal.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Whether an image's current judgement is still pending.
    pub fn is_pending(&self, query: &str, image: &str) -> bool {
        self.pending.iter().any(|(line, _)| &*line.query == query && &*line.image == image)
    }

    /// Judges images in one step. If there are several, each is recorded as one of a batch. Returns the lines to save.
    pub fn judge(&mut self, mut marks: Vec<Mark>) -> Vec<Line> {
        let size = u32::try_from(marks.len()).unwrap_or(u32::MAX);
        if size > 1 {
            marks.iter_mut().for_each(|mark| mark.judgement.batch = Some(size));
        }
        self.take_over(marks)
    }

    /// As [`Record::judge`] for judgements that were made elsewhere, and are no batch although they come together.
    pub fn take_over(&mut self, marks: Vec<Mark>) -> Vec<Line> {
        self.step(marks, None)
    }

    /// Undoes the last step that is not undone: every image gets back what was said before. Returns the lines to save;
    /// none if there is nothing to undo.
    pub fn undo(&mut self) -> Vec<Line> {
        let Some((number, step)) = self.steps.next_undo() else { return Vec::new() };
        let link = Link::Undoes(step.name.clone());
        let mut marks = Vec::new();
        let mut seen = HashSet::new();
        for entry in self.entries_of(number, step).filter(|entry| seen.insert(entry.key)) {
            let before = entry.previous.map(|entry| self.entries[entry as usize].judgement.clone());
            marks.push(self.mark(entry.key, before.unwrap_or_default()));
        }
        self.step(marks, Some(link))
    }

    /// Redoes the last step that was undone. Returns the lines to save; none if there is nothing to redo.
    pub fn redo(&mut self) -> Vec<Line> {
        let Some((number, step)) = self.steps.next_redo() else { return Vec::new() };
        let link = Link::Redoes(step.name.clone());
        let mut seen = HashSet::new();
        let newest: Vec<&Entry> = self.entries_of(number, step).rev().filter(|entry| seen.insert(entry.key)).collect();
        let marks = newest.iter().rev().map(|entry| self.mark(entry.key, entry.judgement.clone())).collect();
        self.step(marks, Some(link))
    }

    /// The images of the step that would be undone next, with the judgement that they would get back.
    pub fn next_undo(&self) -> Vec<(&str, &str)> {
        let Some((number, step)) = self.steps.next_undo() else { return Vec::new() };
        let keys: BTreeSet<u32> = self.entries_of(number, step).map(|entry| entry.key).collect();
        keys.into_iter().map(|key| self.names_of(key)).collect()
    }

    /// Takes in a line of the journal. One that was made here is no longer pending; one of another process comes before
    /// all that are. Returns whether it is of another process.
    pub fn read(&mut self, line: Line) -> bool {
        let is_own = self.pending.front().is_some_and(|(own, _)| own.step == line.step);
        if is_own {
            self.pending.pop_front();
            return false;
        }
        let mut waiting = VecDeque::with_capacity(self.pending.len());
        while let Some((own, change)) = self.pending.pop_back() {
            self.take_back(change);
            waiting.push_front(own);
        }
        self.apply(&line);
        for own in waiting {
            let change = self.apply(&own);
            self.pending.push_back((own, change));
        }
        true
    }

    /// A record without any line but those that are pending here: what to read a journal into from its start.
    pub(super) fn restarted(self) -> Self {
        let pending: Vec<Line> = self.pending.into_iter().map(|(line, _)| line).collect();
        let mut record = Self { session: self.session, made: self.made, ..Self::new(&self.judge) };
        for line in pending {
            let change = record.apply(&line);
            record.pending.push_back((line, change));
        }
        record
    }

    fn entries_of(&self, number: u32, step: &Step) -> impl DoubleEndedIterator<Item = &Entry> {
        let range = step.first as usize..=step.last as usize;
        self.entries[range].iter().filter(move |entry| entry.step == number)
    }

    fn names_of(&self, key: u32) -> (&str, &str) {
        let (query, image) = &self.names[key as usize];
        (query, image)
    }

    fn mark(&self, key: u32, judgement: Judgement) -> Mark {
        let (query, image) = self.names[key as usize].clone();
        Mark { query, image, judgement }
    }

    fn label(&self, key: u32) -> Option<Label<'_>> {
        self.last[key as usize].map(|entry| self.of_entry(&self.entries[entry as usize]))
    }

    fn of_entry<'a>(&'a self, entry: &'a Entry) -> Label<'a> {
        let (query, image) = self.names_of(entry.key);
        Label { query, image, at: entry.at, judgement: &entry.judgement }
    }

    fn step(&mut self, marks: Vec<Mark>, link: Option<Link>) -> Vec<Line> {
        self.made += 1;
        let step: Arc<str> = format!("{}-{}", self.session, self.made).into();
        let at = now();
        let line = |Mark { query, image, judgement }| Line {
            at,
            judge: self.judge.clone(),
            query,
            image,
            judgement,
            step: Some(step.clone()),
            link: link.clone(),
        };
        let lines: Vec<Line> = marks.into_iter().map(line).collect();
        for line in &lines {
            let change = self.apply(line);
            self.pending.push_back((line.clone(), change));
        }
        lines
    }

    fn apply(&mut self, line: &Line) -> Change {
        let key = self.key(&line.query, &line.image);
        let entry = self.entries.len() as u32;
        let name = line.step.clone().unwrap_or_else(|| format!("#{entry}").into());
        let (step, change) = self.steps.add(entry, &name, line.link.as_ref());
        let previous = self.last[key as usize].replace(entry);
        self.entries.push(Entry { key, previous, step, at: line.at, judgement: line.judgement.clone() });
        change
    }

    fn take_back(&mut self, change: Change) {
        let Some(entry) = self.entries.pop() else { return };
        self.last[entry.key as usize] = entry.previous;
        self.steps.take_back(entry.step, change);
    }

    fn key(&mut self, query: &Arc<str>, image: &Arc<str>) -> u32 {
        if let Some(&key) = self.keys.get(query).and_then(|images| images.get(image)) {
            return key;
        }
        let key = self.names.len() as u32;
        self.names.push((query.clone(), image.clone()));
        self.last.push(None);
        self.keys.entry(query.clone()).or_default().insert(image.clone(), key);
        key
    }
}
