//! Letting labels count: whose they are says the data set's protocol.

use crate::dataset::{Judgements, LabelKind};
use crate::jobs::{Event, JobError};
use crate::judge::{Counting, JudgeError, LabelChoice, counted_alone};
use crate::train::RunRecord;
use crate::workspace::judging::counted::{Counted, Labelled};
use crate::workspace::judging::{Item, ids};
use crate::workspace::{Message, Workspace};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// How long queries are measured again within one frame.
const SLICE: Duration = Duration::from_millis(4);

impl Workspace {
    /// The open data set with labels of the kind that a run was trained on, as they are now; of a run that does not say,
    /// those that count.
    ///
    /// # Errors
    /// If the run's judge has no labels any more.
    pub(in crate::workspace) fn labelled_as(&self, record: &RunRecord) -> Result<Option<Labelled>, JudgeError> {
        let Some(data) = self.session.as_ref().map(|session| session.data.clone()) else { return Ok(None) };
        let other = record.labels.as_ref().map(LabelChoice::behind);
        let other = other.filter(|choice| *choice != LabelChoice::behind(data.judgements.source()));
        let counting = match (other, &self.judging.judges) {
            (Some(choice), Some(judges)) => Some((Counting::of(judges, &choice)?, self.judging.files.clone())),
            _ => None,
        };
        Ok(Some(Labelled { data, counting }))
    }

    /// Whose labels count, with the judge if it is whoever judges.
    pub fn label_choice(&self) -> LabelChoice {
        self.judging.protocol.labels.clone().by(&self.judge_name())
    }

    /// Lets all labels count anew: those of several judges soon, as a job.
    pub(in crate::workspace) fn refresh_labels(&mut self) {
        self.judging.counting.retire();
        self.judging.is_count_due = false;
        let choice = self.label_choice();
        let (Some(session), Some(judges)) = (&self.session, &self.judging.judges) else { return };
        let counting = match Counting::of(judges, &choice) {
            Ok(counting) => counting,
            Err(error) => {
                // Nobody else's labels stand in for those of a judge who has none.
                let none = Judgements::unjudged(&session.data.dataset).with_source(choice.source(&[]));
                self.tell(Message::warning(format!("Nothing counts as judged: {error}")));
                return self.install_counted(&none);
            }
        };
        let (dataset, files, version) = (session.data.dataset.clone(), self.judging.files.clone(), judges.version());
        if choice.method().is_none() {
            let judgements = counting.judgements(&dataset, &files);
            return self.install_counted(&judgements);
        }
        self.judging.counting.start("labels", self.wake(), move |_| {
            Ok(Box::new(Counted { judgements: counting.judgements(&dataset, &files), version }))
        });
    }

    /// Lets the labels of these images count: measures and colours follow at once, counts over the data set soon. Where
    /// each depends on all others, they are made anew.
    pub(in crate::workspace) fn count_labels(&mut self, items: &[Item]) {
        let choice = self.label_choice();
        if choice.kind == LabelKind::DawidSkene || self.judging.counting.is_running() {
            return self.count_again();
        }
        let (Some(session), Some(judges)) = (&self.session, &self.judging.judges) else { return };
        let counted = |item: &Item| {
            let files = self.judging.files.get(item.query, item.candidate).map(|grade| grade.0);
            let grade = counted_alone(judges, &choice, ids(session, *item)?, files)?;
            Some((*item, grade.map(crate::dataset::Relevance)))
        };
        let counted: Vec<_> = items.iter().filter_map(counted).collect();
        let Some(session) = &mut self.session else { return };
        let (mut changed, mut count) = (BTreeSet::new(), 0);
        for (Item { query, candidate }, grade) in counted {
            if session.data.judgements.get(query, candidate) != grade {
                session.data.judgements.set(query, candidate, grade);
                changed.insert(query);
                count += 1;
            }
        }
        self.judging.is_count_stale |= !changed.is_empty();
        changed.iter().for_each(|&query| session.measure_again(query));
        if !changed.is_empty() {
            self.judging.moves.add(session, count);
        }
    }

    /// Shows how the measures move, or hides it.
    pub(super) fn show_measures(&mut self, show: bool) {
        self.judging.is_measured = show;
        if let Some(session) = &self.session {
            self.judging.moves.add(session, 0);
        }
    }

    /// Counts all labels anew, once those being counted are.
    pub(super) fn count_again(&mut self) {
        match self.judging.counting.is_running() {
            true => self.judging.is_count_due = true,
            false => self.refresh_labels(),
        }
    }

    /// Takes in what was counted since the last call, and measures some of the queries whose labels changed.
    pub(super) fn poll_counting(&mut self) -> bool {
        let mut changed = false;
        while let Some(event) = self.judging.counting.poll() {
            match event {
                Event::Done(counted) => {
                    let is_due = std::mem::take(&mut self.judging.is_count_due);
                    let now = self.judging.judges.as_ref().map(|judges| judges.version());
                    // Labels of one's own that came meanwhile must not be lost from sight, even for a moment.
                    if now == Some(counted.version) || self.label_choice().kind == LabelKind::DawidSkene {
                        self.install_counted(&counted.judgements);
                    }
                    if is_due || now != Some(counted.version) {
                        self.refresh_labels();
                    }
                }
                Event::Failed(JobError::Cancelled) | Event::Progress(_) | Event::Update(()) => continue,
                Event::Failed(error) => self.tell(Message::warning(error.to_string())),
            }
            changed = true;
        }
        changed | self.measure_stale()
    }

    /// Uses these judgements: the query shown is measured at once, the others in the frames that follow.
    fn install_counted(&mut self, judgements: &Judgements) {
        let Some(session) = &mut self.session else { return };
        let changed = session.data.judgements.take_over(judgements);
        self.judging.is_count_stale |= !changed.is_empty();
        self.judging.unmeasured.extend(changed);
        let query = session.query();
        if self.judging.unmeasured.remove(&query) {
            session.measure_again(query);
        }
        self.measure_stale();
    }

    /// Measures queries whose labels changed, as many as there is time for within a frame.
    fn measure_stale(&mut self) -> bool {
        let Some(session) = &mut self.session else { return false };
        let start = Instant::now();
        let mut changed = false;
        while let Some(query) = self.judging.unmeasured.pop_first() {
            session.measure_again(query);
            changed = true;
            if start.elapsed() > SLICE {
                break;
            }
        }
        if !self.judging.unmeasured.is_empty() {
            (self.wake)();
        } else if changed {
            self.judging.moves.add(session, 1);
        }
        changed
    }

    /// Brings counts over the whole data set up to date.
    pub(super) fn recount(&mut self) {
        if !std::mem::take(&mut self.judging.is_count_stale) {
            return;
        }
        if let Some(session) = &mut self.session {
            session.summary = crate::dataset::summary(&session.data.dataset, &session.data.judgements);
        }
    }
}
