//! A collection: made of a folder of pictures, searched, and its queries kept.

mod apply;
mod clipboard;
mod collect;
mod collecting;
mod encoders;
mod pack;
mod session;
mod stranger;
mod tables;
mod task;
mod using;
mod weights;

pub use encoders::{CollectionEncoder, CollectionEncoders};
pub use stranger::Stranger;
pub use tables::{SeenTables, WantedTables};

use crate::base::Progress;
use crate::index::text::Facets;
use crate::index::{Asked, Candidates, Collection, VectorInfo, VectorSet};
use crate::jobs::Slot;
use crate::vision::EncoderSpec;
use crate::workspace::Message;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use task::Task;

/// A collection that is open for searching.
#[derive(Clone)]
pub struct OpenCollection {
    /// The collection.
    pub collection: Arc<Collection>,
    /// The vectors in use, if there are any.
    pub vectors: Option<Arc<VectorSet>>,
    /// Number of pictures.
    pub count: usize,
    /// Whether the folder of the pictures was there when it was opened.
    pub has_pictures: bool,
    /// The encoders of its vectors.
    pub encoders: Arc<CollectionEncoders>,
}

impl OpenCollection {
    /// What is known about the vectors in use.
    pub fn vector_info(&self) -> Option<&VectorInfo> {
        self.vectors.as_deref().map(VectorSet::info)
    }
}

/// The query at hand: asked for, and kept only if wanted.
#[derive(Clone)]
pub struct AtHand {
    /// Its name in the data set.
    pub id: String,
    /// What was asked for.
    pub asked: Asked,
    /// What was found.
    pub candidates: Arc<Candidates>,
    /// Whether it is a query of the collection like any other.
    pub is_kept: bool,
    /// The picture that it looks like, if that was given: another encoder needs it again.
    stranger: Option<Stranger>,
}

/// What was found while words are typed.
#[derive(Clone)]
pub struct FoundSoFar {
    /// What was asked for.
    pub asked: Asked,
    /// The best.
    pub candidates: Candidates,
    /// How long it took.
    pub time: Duration,
}

/// What the job that makes a collection reports.
enum Step {
    /// The words are there, vectors follow.
    Readable(PathBuf),
    /// What is now known of the encoders.
    Encoders(PathBuf, CollectionEncoders),
    /// Most pictures are gone, which is why nothing is done.
    Missing,
}

/// What came of making a collection.
struct Collected {
    folder: PathBuf,
    summary: String,
    warnings: Vec<crate::dataset::Warning>,
    /// Whether what the open collection shows is concerned.
    is_shown: bool,
}

/// Collections, and the one that is open.
#[derive(Default)]
pub struct Searching {
    open: Option<OpenCollection>,
    collecting: Slot<Step, Collected>,
    /// What that does.
    task: Task,
    /// The collection to be taken up once no run is in training.
    due: Option<PathBuf>,
    /// The encoder whose vectors of all pictures are being computed, or are as soon as the words are read.
    computing: Option<EncoderSpec>,
    /// Whether only vectors are still to be computed.
    has_words: bool,
    finding: Slot<(), FoundSoFar>,
    keeping: Slot<(), String>,
    finding_facets: Slot<(), (String, Facets)>,
    weighing: Slot<(), Arc<Collection>>,
    facets: Option<(String, Facets)>,
    /// The collection being packed; what came of it, in a sentence.
    packing: Slot<(), String>,
    /// What is to be found next.
    next: Option<Asked>,
    tables: tables::Tables,
    found: Option<FoundSoFar>,
    /// What came of collecting, told once what was collected is open.
    report: Vec<Message>,
    at_hand: Option<AtHand>,
}

impl Searching {
    /// The open collection.
    pub fn open(&self) -> Option<&OpenCollection> {
        self.open.as_ref()
    }

    /// The query at hand.
    pub fn at_hand(&self) -> Option<&AtHand> {
        self.at_hand.as_ref()
    }

    /// What was found while words are typed.
    pub fn found(&self) -> Option<&FoundSoFar> {
        self.found.as_ref()
    }

    /// Whether pictures are being found while words are typed.
    pub fn is_finding(&self) -> bool {
        self.finding.is_running()
    }

    /// What is found by words can be narrowed by, with these words.
    pub fn facets(&self) -> Option<&(String, Facets)> {
        self.facets.as_ref()
    }

    /// Whether facets are being looked for, or weights set.
    pub(super) fn is_weighing(&self) -> bool {
        self.finding_facets.is_running() || self.weighing.is_running()
    }

    /// Whether a query is being kept.
    pub fn is_keeping(&self) -> bool {
        self.keeping.is_running()
    }

    /// Whether a collection is being made.
    pub fn is_collecting(&self) -> bool {
        self.collecting.is_running()
    }

    /// Whether the open collection, or one that was open, is being packed.
    pub fn is_packing(&self) -> bool {
        self.packing.is_running()
    }

    /// The progress of packing, and for how long it has gone on.
    pub fn packing_progress(&self) -> Option<(&Progress, Duration)> {
        self.packing.worked()
    }

    /// Whether the words of the pictures are there while a collection is being made, and only vectors are missing.
    pub fn has_words(&self) -> bool {
        self.has_words
    }

    /// The encoder whose vectors are being computed.
    pub fn computing(&self) -> Option<&EncoderSpec> {
        self.computing.as_ref().filter(|_| self.has_words && self.is_collecting())
    }

    /// The progress of making a collection, and for how long it has gone on.
    pub fn progress(&self) -> Option<(&Progress, Duration)> {
        self.collecting.worked()
    }

    /// The tables looked at last.
    pub fn tables(&self) -> Option<&SeenTables> {
        self.tables.seen.as_ref()
    }

    /// Why the tables asked for could not be looked at.
    pub fn tables_failure(&self) -> Option<&str> {
        self.tables.failure.as_deref()
    }

    /// The progress of looking at tables, and for how long it has gone on.
    pub fn looking_at_tables(&self) -> Option<(&Progress, Duration)> {
        self.tables.job.worked()
    }

    /// Forgets the open collection, when something else is opened.
    fn close(&mut self) {
        self.finding.retire();
        self.finding_facets.retire();
        (self.open, self.next, self.found, self.at_hand, self.facets) = (None, None, None, None, None);
        self.due = None;
    }

    /// Abandons everything, immediately.
    pub(super) fn retire(&mut self) {
        self.collecting.retire();
        self.tables.job.retire();
        self.packing.retire();
        self.close();
    }
}
