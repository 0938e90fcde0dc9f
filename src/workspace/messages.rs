//! Messages to the user.

mod apply;

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
}

impl Message {
    /// A notice.
    pub fn notice(text: impl Into<String>) -> Self {
        Self { kind: MessageKind::Notice, text: text.into(), since: Instant::now() }
    }

    /// Something is wrong.
    pub fn warning(text: impl Into<String>) -> Self {
        Self { kind: MessageKind::Warning, text: text.into(), since: Instant::now() }
    }
}
