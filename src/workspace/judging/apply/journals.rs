//! Reading and saving journals, and letting their labels count.

use crate::jobs::{Event, JobError, Wake};
use crate::judge::{Judges, Line, Places};
use crate::workspace::judging::writer::Writer;
use crate::workspace::judging::{Item, Judging, Opened, Scale};
use crate::workspace::{Message, Workspace};
use std::path::PathBuf;
use std::time::Duration;

/// How often the journals are looked at for lines of others.
const LOOK: Duration = Duration::from_millis(300);

/// The size of each journal, to notice what is new.
fn sizes(places: &Places) -> Vec<(u64, PathBuf)> {
    let journals = places.journals().unwrap_or_default().into_iter();
    journals.map(|path| (path.metadata().map_or(0, |found| found.len()), path)).collect()
}

impl Workspace {
    /// Reads the journals of the data set that was just opened.
    pub(in crate::workspace) fn open_judgements(&mut self) {
        self.judging.retire();
        let Some(session) = &self.session else { return };
        let data = session.data.clone();
        let highest = data.judgements.highest_grade(0..data.dataset.queries.len());
        self.judging = Judging { files: data.judgements.clone(), scale: Scale::up_to(highest), ..Judging::default() };
        let places = Places::new(&data.dataset.root, data.dataset.reach, &self.store.judgements());
        self.judging.opening.start("judgements", self.wake(), move |worker| {
            worker.stage("Reading judgements", 0, 0)?;
            let (mut judges, look) = Judges::read(places).map_err(|error| JobError::Failed(error.to_string()))?;
            judges.set_files(&data.dataset, &data.judgements);
            Ok(Box::new(Opened { judges, notices: look.notices }))
        });
    }

    /// Takes in what was read and saved since the last call.
    pub(in crate::workspace) fn poll_judging(&mut self) -> bool {
        let mut changed = false;
        while let Some(event) = self.judging.opening.poll() {
            changed = true;
            match event {
                // A run is compared with the data it was trained on, so labels come first.
                Event::Done(opened) => {
                    self.install_judges(*opened);
                    self.resume_last_run();
                }
                Event::Failed(JobError::Cancelled) | Event::Progress(_) | Event::Update(()) => {}
                Event::Failed(error) => {
                    self.tell(Message::warning(format!("Could not read judgements: {error}")));
                    self.resume_last_run();
                }
            }
        }
        let mut is_new = false;
        while let Some(event) = self.judging.watch.poll() {
            is_new |= matches!(event, Event::Update(()));
        }
        if let Some(saved) = self.judging.writer.as_mut().and_then(Writer::poll) {
            is_new = true;
            match saved.fault {
                Some(fault) => {
                    self.judging.notice = Some(format!("In memory only: {fault}"));
                }
                None if saved.is_elsewhere && !self.judging.is_place_known => {
                    let path = saved.path.display();
                    let text =
                        format!("Not in the data set's folder, which stays as it is: judgements are saved in {path}.");
                    self.tell(Message::notice(text));
                    self.judging.is_place_known = true;
                }
                None => {}
            }
        }
        if is_new {
            self.look_at_journals();
        }
        changed |= self.poll_queue() | self.poll_fresh() | self.poll_agreement() | self.poll_edit();
        self.recount();
        changed | is_new
    }

    fn install_judges(&mut self, opened: Opened) {
        for notice in &opened.notices {
            self.tell(Message::warning(notice.to_string()));
        }
        if let Some(session) = &self.session
            && let Some(strays) = opened.judges.strays(&session.data.dataset).notice()
        {
            self.tell(Message::notice(format!("{strays}.")));
        }
        let places = opened.judges.places().clone();
        let wake: Wake = self.wake();
        self.judging.judges = Some(opened.judges);
        self.judging.watch.start("journals", wake, move |worker| {
            let mut known = sizes(&places);
            while worker.wait(LOOK).is_continue() {
                let now = sizes(&places);
                if now != known {
                    known = now;
                    worker.update(());
                }
            }
            Err(JobError::Cancelled)
        });
        self.refresh_labels();
    }

    /// Reads what is new in the journals.
    fn look_at_journals(&mut self) {
        let Some(judges) = &mut self.judging.judges else { return };
        match judges.look() {
            Ok(look) => {
                for notice in &look.notices {
                    self.tell(Message::warning(notice.to_string()));
                }
                let judge = self.judge_name();
                let queries = look.changed.get(judge.as_str()).cloned().unwrap_or_default();
                self.refresh_labels_of(|id| queries.contains(id));
            }
            Err(error) => self.tell(Message::warning(error.to_string())),
        }
    }

    /// Saves lines in the judge's journal.
    pub(super) fn save_lines(&mut self, lines: Vec<Line>) {
        let (judge, wake) = (self.judge_name(), self.wake());
        if self.judging.writer.as_ref().is_none_or(|writer| writer.judge() != judge) {
            let Some(judges) = &self.judging.judges else { return };
            match judges.places().journal(&judge) {
                Ok(journal) => self.judging.writer = Some(Writer::new(&judge, journal, wake)),
                Err(error) => return self.tell(Message::warning(error.to_string())),
            }
        }
        if let Some(writer) = &mut self.judging.writer {
            writer.save(lines);
        }
    }

    /// Lets the labels of all images count anew.
    pub(super) fn refresh_labels(&mut self) {
        self.refresh_labels_of(|_| true);
    }

    fn refresh_labels_of(&mut self, is_wanted: impl Fn(&str) -> bool) {
        let Some(session) = &self.session else { return };
        let queries = session.data.dataset.queries.iter().enumerate();
        let items: Vec<Item> = queries
            .filter(|(_, known)| is_wanted(known.id.as_str()))
            .flat_map(|(query, known)| (0..known.candidates.len()).map(move |candidate| Item { query, candidate }))
            .collect();
        self.count_labels(&items);
    }

    /// Lets the labels of these images count: measures and colours follow at once, counts over the data set soon.
    pub(super) fn count_labels(&mut self, items: &[Item]) {
        let judge = self.judge_name();
        let Some(session) = &self.session else { return };
        let counted: Vec<_> = items.iter().map(|item| (*item, self.judging.counted(session, &judge, *item))).collect();
        let Some(session) = &mut self.session else { return };
        let mut changed = std::collections::BTreeSet::new();
        for (Item { query, candidate }, grade) in counted {
            if session.data.judgements.get(query, candidate) != grade {
                session.data.judgements.set(query, candidate, grade);
                changed.insert(query);
            }
        }
        self.judging.is_count_stale |= !changed.is_empty();
        changed.into_iter().for_each(|query| session.measure_again(query));
    }

    /// Brings counts over the whole data set up to date.
    fn recount(&mut self) {
        if !std::mem::take(&mut self.judging.is_count_stale) {
            return;
        }
        if let Some(session) = &mut self.session {
            session.summary = crate::dataset::summary(&session.data.dataset, &session.data.judgements);
        }
    }
}
