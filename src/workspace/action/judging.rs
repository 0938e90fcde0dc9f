//! Actions on the judge's desk. Images are given by their positions in the queue.

use crate::dataset::QueryEdit;
use crate::judge::Protocol;
use crate::workspace::judging::{Exported, QueueKind};
use std::path::PathBuf;

/// A judgement of one or several images.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The images.
    pub positions: Vec<usize>,
    /// The grade; −1 for "can't tell", none to withdraw the judgement.
    pub grade: Option<i32>,
    /// Whether it is marked as unsure.
    pub unsure: bool,
    /// Milliseconds since the picture was painted, if it is one image.
    pub ms: Option<u32>,
}

/// What a judge does.
#[derive(Clone, Debug, PartialEq)]
pub enum JudgingAction {
    /// Judge these images; the list is made now and then stays as it is.
    Open(QueueKind),
    /// Settle these images, by their positions in the table of the measured agreement.
    Adjudicate(Vec<usize>),
    /// Take new images into the list.
    Refresh,
    /// Select what is nearly equal to the focused image, to judge it alike.
    SelectAlike,
    /// Judge.
    Judge(Verdict),
    /// Attach a note to an image's judgement.
    Note(usize, String),
    /// Put images off until later.
    Later(Vec<usize>),
    /// Go back to the first image that was put off.
    TakeUp,
    /// Move to an image.
    GoTo(usize),
    /// Select everything from where the selection started.
    ExtendTo(usize),
    /// Add an image to the selection, or take it out.
    Toggle(usize),
    /// Select these images.
    Select(Vec<usize>),
    /// Set the data set's protocol: grades, whose labels count, guidelines.
    SetProtocol(Box<Protocol>),
    /// Show ranks and the labels of others while judging, or hide them.
    Reveal(bool),
    /// Show the rankings' measures while judging, which is recorded as revealed, or hide them.
    ShowMeasures(bool),
    /// Add, change or delete a query; the data set is then opened again.
    EditQuery(Box<QueryEdit>),
    /// Measure how far the judges agree.
    MeasureAgreement,
    /// Add the judgements of a file to a judge's journal.
    Import {
        /// The file, or a folder of MediaEval's.
        path: PathBuf,
        /// Whose they are.
        judge: String,
    },
    /// Write judgements as a file.
    Export {
        /// The file, or a folder for MediaEval's.
        path: PathBuf,
        /// Which.
        what: Exported,
    },
    /// Measure the open rankings by each judge's labels.
    MeasureComparison,
    /// Tell the judge something about the last key.
    Tell(String),
    /// Take back the last step of the journal; the text says what it was.
    Undo(String),
    /// Do again what was taken back.
    Redo(String),
}
