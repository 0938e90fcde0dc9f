//! Judging: what is being judged, by whom, and every judge's labels.
//!
//! A judgement counts at once and is saved in the judge's journal by a thread of its own; it is *pending* until it has
//! been read back from the disk. Other windows and programs write journals, too: a watcher looks for new lines, and
//! they count as soon as they are read.

mod agreement;
mod apply;
mod comparison;
mod counted;
mod exported;
mod fresh;
mod kind;
mod located;
mod moves;
mod pace;
mod queue;
mod writer;

pub use agreement::MeasuredAgreement;
pub use comparison::MeasuredComparison;
pub use exported::Exported;
pub use kind::QueueKind;
pub use moves::{Move, Moves};
pub use pace::Pace;
pub use queue::{Item, Queue};

use super::Session;
use crate::dataset::{Judgements, Warning};
use crate::jobs::Slot;
use crate::judge::queues::Queue as Made;
use crate::judge::{Judgement, Judges, Mark, Protocol};
pub(super) use counted::Labelled;
use counted::{Counted, News};
use fresh::Fresh;
use std::collections::BTreeSet;
use std::path::PathBuf;
use writer::Writer;

/// What was read when a data set was opened.
struct Opened {
    judges: Judges,
    /// Or why it cannot be read.
    protocol: Result<Protocol, String>,
    notices: Vec<Warning>,
}

/// Judging the open data set.
#[derive(Default)]
pub struct Judging {
    judges: Option<Judges>,
    /// The labels of the data set's own files.
    files: Judgements,
    opening: Slot<(), Box<Opened>>,
    /// The list being made.
    making: Slot<(), (QueueKind, Made)>,
    watch: Slot<News, ()>,
    /// The labels that count, being made of several judges'.
    counting: Slot<(), Box<Counted>>,
    /// Whether labels have changed since that began.
    is_count_due: bool,
    /// Queries whose labels changed, to be measured again.
    unmeasured: BTreeSet<usize>,
    protocol: Protocol,
    /// Why the protocol cannot be read, and must not be overwritten.
    protocol_fault: Option<String>,
    /// The protocol being saved; its file.
    saving: Slot<(), PathBuf>,
    /// The highest grade in use.
    highest: i32,
    /// The change of a query being saved; its id.
    editing: Slot<(), String>,
    measuring: Slot<(), Box<MeasuredAgreement>>,
    agreement: Option<MeasuredAgreement>,
    /// Judgements being imported or exported; what to say of it.
    exchanging: Slot<(), String>,
    comparing: Slot<(), Box<MeasuredComparison>>,
    comparison: Option<MeasuredComparison>,
    writer: Option<Writer>,
    /// Whether the journal's place has been reported.
    is_place_known: bool,
    queue: Option<Queue>,
    /// The list as it was made, before the filter.
    made: Option<Made>,
    fresh: Fresh,
    is_revealed: bool,
    /// Whether the measures are shown while judging.
    is_measured: bool,
    moves: Moves,
    notice: Option<String>,
    /// Whether counts over the whole data set are behind.
    is_count_stale: bool,
}

impl Judging {
    /// Every judge's labels, once the journals are read.
    pub fn judges(&self) -> Option<&Judges> {
        self.judges.as_ref()
    }

    /// Whether the journals are being read.
    pub fn is_opening(&self) -> bool {
        self.opening.is_running()
    }

    /// Whether a change of a query is being saved.
    pub fn is_editing(&self) -> bool {
        self.editing.is_running()
    }

    /// Whether a list of images to judge is being made.
    pub fn is_making(&self) -> bool {
        self.making.is_running()
    }

    /// What is being judged.
    pub fn queue(&self) -> Option<&Queue> {
        self.queue.as_ref()
    }

    /// How many images the list has, and how many it would have without the filter.
    pub fn filtered(&self) -> Option<[usize; 2]> {
        Some([self.queue.as_ref()?.items().len(), self.made.as_ref()?.items.len()])
    }

    /// How many images the list would have more if it was made now.
    pub fn new_images(&self) -> usize {
        self.fresh.new_images()
    }

    /// The data set's protocol.
    pub fn protocol(&self) -> &Protocol {
        &self.protocol
    }

    /// Whether labels are being counted, or measures do not yet follow them.
    pub fn is_counting(&self) -> bool {
        self.counting.is_running() || !self.unmeasured.is_empty()
    }

    /// Whether the labels of several judges are being made one.
    pub fn is_aggregating(&self) -> bool {
        self.counting.is_running()
    }

    /// Whether the protocol is being saved.
    pub fn is_saving(&self) -> bool {
        self.saving.is_running()
    }

    /// Whether ranks and the labels of others are shown while judging.
    pub fn is_revealed(&self) -> bool {
        self.is_revealed
    }

    /// Whether the rankings' measures are shown while judging.
    pub fn is_measured(&self) -> bool {
        self.is_measured
    }

    /// How the rankings' measures moved as labels came in.
    pub fn moves(&self) -> &Moves {
        &self.moves
    }

    /// What the judge should know about the last key.
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// Whether judgements are in memory only, because they could not be saved.
    pub fn is_failing(&self) -> bool {
        self.writer.as_ref().is_some_and(Writer::is_failing)
    }

    /// How many judgements are not yet known to be on disk.
    pub fn pending(&self, judge: &str) -> usize {
        self.judges.as_ref().and_then(|judges| judges.record(judge)).map_or(0, |record| record.pending())
    }

    /// How far the judges agree, as it was last measured.
    pub fn agreement(&self) -> Option<&MeasuredAgreement> {
        self.agreement.as_ref()
    }

    /// Whether labels have changed since agreement was measured.
    pub fn is_agreement_stale(&self) -> bool {
        let version = self.judges.as_ref().map(Judges::version);
        self.agreement.as_ref().is_some_and(|measured| Some(measured.version) != version)
    }

    /// Whether agreement is being measured.
    pub fn is_measuring(&self) -> bool {
        self.measuring.is_running()
    }

    /// How the open rankings compare by whose labels, as it was last measured.
    pub fn comparison(&self) -> Option<&MeasuredComparison> {
        self.comparison.as_ref()
    }

    /// Whether judgements are being imported or exported.
    pub fn is_exchanging(&self) -> bool {
        self.exchanging.is_running()
    }

    /// Whether rankings are being compared.
    pub fn is_comparing(&self) -> bool {
        self.comparing.is_running()
    }

    /// A judge's label of an image, if it has one.
    pub fn label<'a>(&'a self, session: &Session, judge: &str, item: Item) -> Option<&'a Judgement> {
        let (query, image) = ids(session, item)?;
        self.judges.as_ref()?.label(judge, query, image)
    }

    /// What a judge said of an image of a list: where conflicts are settled, only what settles this one.
    pub fn said<'a>(&'a self, session: &Session, queue: &Queue, judge: &str, item: Item) -> Option<&'a Judgement> {
        let label = self.label(session, judge, item);
        label.filter(|label| !queue.kind().is_adjudication() || label.is_adjudication())
    }

    /// Takes a judge's final grade of an image off: what was said before counts again.
    fn unsettled(&self, judge: &str, query: &str, image: &str) -> Mark {
        let record = self.judges.as_ref().and_then(|judges| judges.record(judge));
        let judgement = record.and_then(|record| record.independent(query, image)).cloned().unwrap_or_default();
        Mark { query: query.into(), image: image.into(), judgement }
    }

    /// What every judge said of an image, and whether it settled a conflict; the labels of the files are a judge's, too.
    pub fn labels_of(&self, session: &Session, item: Item) -> Vec<(&str, &Judgement)> {
        let (Some(judges), Some((query, image))) = (&self.judges, ids(session, item)) else { return Vec::new() };
        let of = |judge| {
            let last = judges.label(judge, query, image);
            let settled = last.filter(|label| label.is_adjudication());
            let earlier = settled.and_then(|_| judges.record(judge)?.independent(query, image));
            [earlier.or(last.filter(|_| settled.is_none())), settled]
        };
        let labels = judges.names().into_iter().flat_map(|judge| of(judge).map(|label| Some((judge, label?))));
        labels.flatten().filter(|(_, label)| label.grade.is_some()).collect()
    }

    /// Whether an image of a list is still to be judged.
    fn needs(&self, session: &Session, judge: &str, queue: &Queue, (position, item): (usize, Item)) -> bool {
        match queue.is_again(position) {
            true => !queue.is_done(position),
            false => self.label(session, judge, item).is_none(),
        }
    }

    /// Whether a judge's label of an image is not yet known to be on disk.
    pub fn is_pending(&self, session: &Session, judge: &str, item: Item) -> bool {
        let record = self.judges.as_ref().and_then(|judges| judges.record(judge));
        record.zip(ids(session, item)).is_some_and(|(record, (query, image))| record.is_pending(query, image))
    }

    /// Ends what runs in the background; what was judged is saved first.
    pub(super) fn retire(&mut self) {
        self.opening.retire();
        self.making.retire();
        self.fresh.clear();
        self.measuring.retire();
        self.comparing.retire();
        self.counting.retire();
        self.watch.retire();
        self.writer = None;
    }
}

/// The ids of an image's query and of the image.
fn ids(session: &Session, item: Item) -> Option<(&str, &str)> {
    let dataset = &session.data.dataset;
    let query = dataset.queries.get(item.query)?;
    let image = dataset.images.get(query.candidates.get(item.candidate)?.image)?;
    Some((query.id.as_str(), image.id.as_str()))
}
