//! Messages to the user.

mod apply;

use std::path::PathBuf;
use std::time::Instant;

/// The kind of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// Something was done; disappears after a while.
    Notice,
    /// Something is wrong; stays until dismissed.
    Warning,
}

/// A message to the user.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its kind.
    pub kind: MessageKind,
    /// One or two sentences.
    pub text: String,
    /// When it appeared.
    pub since: Instant,
    /// What can be done about it; such a message stays until dismissed.
    pub offer: Option<Offer>,
}

/// Something that a message offers to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Open a data set.
    Open(PathBuf),
    /// Take pictures that are gone out of the open collection.
    RemoveMissing,
}

impl Message {
    /// A notice.
    pub fn notice(text: impl Into<String>) -> Self {
        Self { kind: MessageKind::Notice, text: text.into(), since: Instant::now(), offer: None }
    }

    /// Something is wrong.
    pub fn warning(text: impl Into<String>) -> Self {
        Self { kind: MessageKind::Warning, text: text.into(), since: Instant::now(), offer: None }
    }

    /// The same, with something to do about it.
    pub(super) fn offering(self, offer: Offer) -> Self {
        Self { offer: Some(offer), ..self }
    }
}
