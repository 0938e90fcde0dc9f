//! Reading and saving journals, and letting their labels count.

use crate::dataset::{LabelKind, MOVED, follow_moves};
use crate::jobs::{Event, JobError, Wake};
use crate::judge::{Judges, Line, Look, Places, Protocol};
use crate::workspace::judging::counted::News;
use crate::workspace::judging::writer::Writer;
use crate::workspace::judging::{Item, Judging, Opened};
use crate::workspace::{Message, Workspace};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// How often the journals are looked at for lines of others.
const LOOK: Duration = Duration::from_millis(300);

/// The size of each journal, and of what says where pictures went, to notice what is new.
fn sizes(places: &Places) -> Vec<(u64, PathBuf)> {
    let journals = places.journals().unwrap_or_default().into_iter();
    let journals = journals.map(|path| (path.metadata().map_or(0, |found| found.len()), path));
    journals.chain([(places.size_of_moves(), PathBuf::from(MOVED))]).collect()
}

/// When the protocol was changed last, to notice that it was.
fn changed(places: &Places) -> Option<SystemTime> {
    let times = places.protocols().into_iter().filter_map(|path| path.metadata().ok()?.modified().ok());
    times.max()
}

impl Workspace {
    /// Reads the journals of the data set that was just opened.
    pub(in crate::workspace) fn open_judgements(&mut self) {
        self.judging.retire();
        let Some(session) = &self.session else { return };
        let data = session.data.clone();
        let highest = data.judgements.highest_grade(0..data.dataset.queries.len());
        self.judging = Judging { files: data.judgements.clone(), highest, ..Judging::default() };
        self.use_protocol(Protocol::default());
        let places = Places::new(&data.dataset.root, data.dataset.reach, &self.store.judgements());
        self.judging.opening.start("judgements", self.wake(), move |worker| {
            worker.stage("Reading judgements", 0, 0)?;
            let (mut judges, look) = Judges::read(places).map_err(|error| JobError::Failed(error.to_string()))?;
            judges.set_files(&data.dataset, &data.judgements);
            let protocol = Protocol::read(judges.places()).map_err(|error| error.to_string());
            Ok(Box::new(Opened { judges, protocol, notices: look.notices }))
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
        let (mut is_new, mut is_other_protocol) = (false, false);
        while let Some(event) = self.judging.watch.poll() {
            is_new |= matches!(event, Event::Update(News::Lines));
            is_other_protocol |= matches!(event, Event::Update(News::Protocol));
        }
        if is_other_protocol {
            self.look_at_protocol();
        }
        let was_failing = self.judging.is_failing();
        if let Some(saved) = self.judging.writer.as_mut().and_then(Writer::poll) {
            is_new = true;
            if was_failing && saved.fault.is_none() {
                self.judging.notice = Some("All judgements are on disk again.".to_owned());
            }
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
        changed |= self.poll_protocol() | self.poll_comparison() | self.poll_exchange();
        changed |= self.poll_counting();
        self.recount();
        changed | is_new | is_other_protocol
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
        self.judging.highest = highest_grade(&opened.judges);
        self.judging.judges = Some(opened.judges);
        self.follow_moves();
        self.judging.watch.start("journals", wake, move |worker| {
            let (mut known, mut protocol) = (sizes(&places), changed(&places));
            while worker.wait(LOOK).is_continue() {
                let (sizes, changed) = (sizes(&places), changed(&places));
                if std::mem::replace(&mut known, sizes.clone()) != sizes {
                    worker.update(News::Lines);
                }
                if std::mem::replace(&mut protocol, changed) != changed {
                    worker.update(News::Protocol);
                }
            }
            Err(JobError::Cancelled)
        });
        match opened.protocol {
            Ok(protocol) => self.use_protocol(protocol),
            Err(fault) => {
                self.tell(Message::warning(format!("The judging protocol cannot be read: {fault}")));
                self.judging.protocol_fault = Some(fault);
                self.use_protocol(Protocol::default());
            }
        }
        self.refresh_labels();
    }

    /// Calls pictures by their new paths that an update has found there since the data set was read: what is said of them
    /// from now on is said of these.
    fn follow_moves(&mut self) {
        let (Some(session), Some(judges)) = (&mut self.session, &self.judging.judges) else { return };
        let moves = judges.moves();
        if let Some(last) = moves.last().filter(|last| *last >= session.named_at) {
            follow_moves(&mut session.data.dataset, moves, session.named_at);
            session.named_at = last.saturating_add(1);
        }
    }

    /// Reads what is new in the journals if pictures were moved: a judgement is to name them as they are called now.
    pub(super) fn look_at_moves(&mut self) {
        if self.judging.judges.as_ref().is_some_and(Judges::has_new_moves) {
            self.look_at_journals();
        }
    }

    /// Reads what is new in the journals.
    fn look_at_journals(&mut self) {
        let Some(judges) = &mut self.judging.judges else { return };
        match judges.look() {
            Ok(look) => {
                for notice in &look.notices {
                    self.tell(Message::warning(notice.to_string()));
                }
                self.follow_moves();
                self.count_news(&look);
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

    /// Lets labels that others made count, if they are among those that do.
    fn count_news(&mut self, look: &Look) {
        let choice = self.label_choice();
        let queries: BTreeSet<&str> = match (choice.kind, &choice.judge) {
            (LabelKind::Files, _) => return,
            (LabelKind::Own | LabelKind::Judge, Some(judge)) => {
                look.changed.get(judge.as_str()).into_iter().flatten().map(|query| &**query).collect()
            }
            // There may be more of them, and more judges, than can be counted within a frame.
            _ if look.changed.values().any(|queries| !queries.is_empty()) => return self.count_again(),
            _ => return,
        };
        let Some(session) = &self.session else { return };
        let known = session.data.dataset.queries.iter().enumerate();
        let items: Vec<Item> = known
            .filter(|(_, known)| queries.contains(known.id.as_str()))
            .flat_map(|(query, known)| (0..known.candidates.len()).map(move |candidate| Item { query, candidate }))
            .collect();
        self.count_labels(&items);
    }
}

/// The highest grade in use.
fn highest_grade(judges: &Judges) -> i32 {
    let grades = judges.names().into_iter().flat_map(|judge| judges.labels(judge));
    grades.filter_map(|label| label.judgement.grade).max().unwrap_or_default()
}
