//! One line of a journal.
//!
//! A line is one judgement as a JSON object: `{"at":"2026-11-27T18:43:20.123Z","judge":"ann","query":"bird",
//! "image":"img7","grade":2,"blind":true}`. `assets/manual/judging.md` documents every field for other programs.

use std::sync::Arc;

use serde::Serialize;

use super::stamp::stamp;

/// The grade that stands for "can't tell".
pub const CANT_TELL: i32 = -1;

/// The queue whose judgements settle conflicts between judges.
pub const ADJUDICATION: &str = "adjudication";

/// What a judge said about an image, and how it came about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// The grade from 0; [`CANT_TELL`], as any negative grade, or `None` if the judgement is withdrawn.
    pub grade: Option<i32>,
    /// Marked as unsure.
    pub unsure: bool,
    /// Whether ranks, scores and others' labels were hidden; `None` if that is not known.
    pub blind: Option<bool>,
    /// What was shown of them before the judgement: `ranks`, `scores`, `frames`, `labels`, `measures`.
    pub revealed: Vec<String>,
    /// The queue in which the image was judged.
    pub queue: Option<Arc<str>>,
    /// The seed of the queue's order.
    pub seed: Option<u64>,
    /// Position in the queue, from 1.
    pub position: Option<u32>,
    /// How many images were judged at once, where it was more than one.
    pub batch: Option<u32>,
    /// Milliseconds since the picture was painted.
    pub ms: Option<u32>,
    /// A note: a remark, or the reason of an adjudication.
    pub note: Option<Arc<str>>,
}

impl Judgement {
    /// A plain blind judgement.
    pub fn blind(grade: i32) -> Self {
        Self { grade: Some(grade), blind: Some(true), ..Self::default() }
    }

    /// Whether the judge is known to have seen ranks, scores or labels of others.
    pub fn is_revealed(&self) -> bool {
        self.blind == Some(false) || !self.revealed.is_empty()
    }

    /// Whether it was one of several judged at once.
    pub fn is_batch(&self) -> bool {
        self.batch.is_some_and(|size| size > 1)
    }

    /// Whether it is "can't tell".
    pub fn is_cant_tell(&self) -> bool {
        self.grade.is_some_and(|grade| grade < 0)
    }

    /// Whether it settles a conflict between judges.
    pub fn is_adjudication(&self) -> bool {
        self.queue.as_deref() == Some(ADJUDICATION)
    }
}

/// How a step relates to an earlier one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// It undoes the step of this name.
    Undoes(Arc<str>),
    /// It redoes the step of this name, which was undone.
    Redoes(Arc<str>),
}

/// One line of a journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// When, in milliseconds since 1970-01-01 UTC; 0 if the line does not say.
    pub at: i64,
    /// Who.
    pub judge: Arc<str>,
    /// The query's id.
    pub query: Arc<str>,
    /// The image's id.
    pub image: Arc<str>,
    /// What was said.
    pub judgement: Judgement,
    /// Names the step that the line belongs to: the lines of one step are undone together. A line without is a step
    /// of its own.
    pub step: Option<Arc<str>>,
    /// The earlier step that this one undoes or redoes.
    pub link: Option<Link>,
}

/// A line in the file's order of fields.
#[derive(Serialize)]
struct Written<'a> {
    at: String,
    judge: &'a str,
    query: &'a str,
    image: &'a str,
    grade: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blind: Option<bool>,
    #[serde(skip_serializing_if = "is_false")]
    unsure: bool,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    revealed: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undoes: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redoes: Option<&'a str>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_false(value: &bool) -> bool {
    !value
}

impl Line {
    /// The line as JSON, without its line end. JSON escapes line ends within texts.
    pub fn json(&self) -> String {
        let judgement = &self.judgement;
        let (undoes, redoes) = match &self.link {
            Some(Link::Undoes(step)) => (Some(&**step), None),
            Some(Link::Redoes(step)) => (None, Some(&**step)),
            None => (None, None),
        };
        let written = Written {
            at: stamp(self.at),
            judge: &self.judge,
            query: &self.query,
            image: &self.image,
            grade: judgement.grade,
            blind: judgement.blind,
            unsure: judgement.unsure,
            revealed: &judgement.revealed,
            queue: judgement.queue.as_deref(),
            seed: judgement.seed,
            position: judgement.position,
            batch: judgement.batch,
            ms: judgement.ms,
            note: judgement.note.as_deref(),
            step: self.step.as_deref(),
            undoes,
            redoes,
        };
        // Numbers and texts only: this cannot fail, and an empty line would be ignored.
        serde_json::to_string(&written).unwrap_or_default()
    }
}
