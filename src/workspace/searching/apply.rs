//! Making collections, searching, keeping queries.

use super::collect::{self, Wanted};
use super::collecting::Change;
use super::session::Query;
use super::task::Purpose;
use super::{AtHand, FoundSoFar, OpenCollection, Stranger, WantedTables, session, tables};
use crate::base::sentence;
use crate::dataset::Split;
use crate::index::Asked;
use crate::jobs::{Event, JobError};
use crate::workspace::loading::{Found, OpenedCollection};
use crate::workspace::looks::Searched;
use crate::workspace::{Message, SearchAction, Workspace};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// How many pictures are shown while words are typed.
const WHILE_TYPING: usize = 24;

impl Workspace {
    pub(in crate::workspace) fn apply_search(&mut self, action: SearchAction) {
        match action {
            SearchAction::Collect { pictures, folder, follow, vectors, mapping } => {
                let encoder = vectors.then(|| self.settings.encoder.clone());
                let mapping = mapping.map(|mapping| *mapping);
                let wanted = Wanted { pictures, folder, follow, encoder, mapping, ..Wanted::default() };
                self.collect(wanted, Purpose::Make);
            }
            SearchAction::LookAtTables(wanted) => self.look_at_tables(*wanted),
            SearchAction::SetColumns(mapping) => self.update_collection(Change::Columns(*mapping)),
            SearchAction::Update => self.update_collection(Change::None),
            SearchAction::RemoveMissing => self.update_collection(Change::WithoutMissing),
            SearchAction::Relink(pictures) => self.update_collection(Change::Folder(pictures)),
            SearchAction::CancelCollecting => self.searching.collecting.cancel(),
            SearchAction::Pack { file, packing } => self.pack(file, packing),
            SearchAction::CancelPacking => self.searching.packing.cancel(),
            SearchAction::Find(asked) => self.find(*asked),
            SearchAction::FindFacets(text) => self.find_facets(text),
            SearchAction::SetWeights(weights) => self.set_weights(weights),
            SearchAction::Ask(asked) => self.ask(*asked),
            SearchAction::AskLike(stranger) => self.ask_like(stranger),
            SearchAction::UseEncoder(encoder) => self.use_encoder(*encoder),
            SearchAction::ComputeVectors(encoder) => self.compute_vectors(*encoder, false),
            SearchAction::Keep(split) => self.keep(split),
        }
    }

    /// Where the collection of a folder of pictures is made if nothing else is said.
    pub fn collection_beside(pictures: &Path) -> PathBuf {
        collect::beside(pictures)
    }

    /// Why no other query can be made the one at hand now.
    pub fn asking_obstacle(&self) -> Option<&'static str> {
        match () {
            () if self.searching.open.is_none() => {
                Some("Open a collection first, or make one of a folder of pictures.")
            }
            () if self.training.is_running() => Some("A run is in training."),
            () => None,
        }
    }

    fn look_at_tables(&mut self, wanted: WantedTables) {
        let listed = self.searching.tables.listed(&wanted);
        if listed.is_none() {
            self.searching.tables.seen = None;
        }
        self.searching.tables.failure = None;
        let wake = self.wake();
        self.searching.tables.job.start("tables", wake, move |worker| tables::look(wanted, listed, worker));
    }

    /// Finds pictures while words are typed; of several requests meanwhile only the last counts.
    fn find(&mut self, asked: Asked) {
        self.searching.next = Some(asked);
        self.find_next();
    }

    fn find_next(&mut self) {
        if self.searching.finding.is_running() {
            return;
        }
        let (Some(open), Some(asked)) = (self.searching.open.clone(), self.searching.next.take()) else { return };
        self.searching.finding.start("find", self.wake(), move |_| {
            let start = Instant::now();
            let asked = Asked { most: WHILE_TYPING, ..asked };
            // By words alone: the looks are worth waiting for only once the words are complete.
            let words = Asked { example: None, ..asked.clone() };
            let mut candidates = open.collection.candidates(&words, None)?;
            candidates.list.retain(|found| found.text_rank.is_some());
            Ok(FoundSoFar { asked, candidates, time: start.elapsed() })
        });
    }

    fn ask(&mut self, asked: Asked) {
        // The bar asks for the same picture with other words.
        let same = |at_hand: &&AtHand| at_hand.asked.example == asked.example;
        let stranger = self.searching.at_hand.as_ref().filter(same).and_then(|at_hand| at_hand.stranger.clone());
        self.ask_by("Searching", move |_| Ok(Query { asked, stranger }));
    }

    fn ask_like(&mut self, stranger: Stranger) {
        let query = Query { asked: Asked::default(), stranger: Some(stranger) };
        self.ask_by("Embedding the picture", move |open| query.embedded(open));
    }

    /// Makes what a job finds out to be asked the query at hand.
    fn ask_by(
        &mut self,
        stage: &'static str,
        query: impl FnOnce(&OpenCollection) -> Result<Query, JobError> + Send + 'static,
    ) {
        if let Some(obstacle) = self.asking_obstacle() {
            return self.tell(Message::warning(obstacle));
        }
        let Some(open) = self.searching.open.clone() else { return };
        let graph = self.settings.experiment.graph;
        self.start_opening(open.collection.folder().to_owned(), move |worker| {
            worker.stage(stage, 0, 0)?;
            match query(&open) {
                Ok(query) => session::gather(open, Some(query), graph, worker),
                Err(JobError::Failed(why)) => Ok(Found::Nothing(sentence(&why))),
                Err(cancelled) => Err(cancelled),
            }
        });
    }

    fn keep(&mut self, split: Option<Split>) {
        let Some(open) = self.searching.open.clone() else { return };
        let Some(AtHand { id, asked, candidates, is_kept: false, .. }) = self.searching.at_hand.clone() else { return };
        self.searching.keeping.start("keep", self.wake(), move |_| {
            open.collection.keep(&id, &asked.text, split, &candidates)?;
            Ok(id)
        });
    }

    /// A collection in a folder, opened by a job that opens what is there.
    pub(in crate::workspace) fn install_collection(&mut self, opened: OpenedCollection) {
        let OpenedCollection { open, at_hand, measured, looks } = opened;
        self.loading.wanted_query =
            at_hand.as_ref().map(|at_hand| at_hand.id.clone()).or(self.loading.wanted_query.take());
        self.searching.close();
        let searched = Searched { set: open.vectors.clone(), looks };
        let has_other_words = open.collection.has_other_words();
        self.searching.open = Some(open);
        self.searching.at_hand = at_hand;
        self.install(measured, searched);
        self.tell_report();
        if has_other_words {
            let text = "The words of this collection were indexed otherwise than now: look for new pictures to index them anew.";
            self.tell(Message::warning(text));
        }
    }

    /// Forgets the open collection, when something else is opened.
    pub(in crate::workspace) fn close_collection(&mut self) {
        self.searching.close();
    }

    pub(in crate::workspace) fn poll_search(&mut self) -> bool {
        let mut changed = self.poll_collecting() | self.poll_packing() | self.poll_weights();
        if let Some(ended) = self.searching.tables.job.ended() {
            changed = true;
            match ended {
                Ok(seen) => self.searching.tables.seen = Some(seen),
                Err(error) => self.searching.tables.failure = Some(crate::base::sentence(&error.to_string())),
            }
        }
        while let Some(event) = self.searching.finding.poll() {
            changed = true;
            match event {
                Event::Done(found) => self.searching.found = Some(found),
                Event::Failed(JobError::Cancelled) | Event::Progress(_) | Event::Update(()) => {}
                Event::Failed(error) => self.tell(Message::warning(format!("Could not search: {error}"))),
            }
        }
        self.find_next();
        while let Some(event) = self.searching.keeping.poll() {
            changed = true;
            match event {
                Event::Done(id) => {
                    if let Some(at_hand) = self.searching.at_hand.as_mut().filter(|at_hand| at_hand.id == id) {
                        at_hand.is_kept = true;
                    }
                    self.tell(Message::notice(format!("Kept “{id}” as a query.")));
                }
                Event::Failed(JobError::Cancelled) | Event::Progress(_) | Event::Update(()) => {}
                Event::Failed(error) => self.tell(Message::warning(format!("Could not keep the query: {error}"))),
            }
        }
        changed
    }
}
