//! What people should know, for a while.

mod apply;

use std::time::Instant;

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// Something is done; goes away by itself.
    Notice,
    /// Something is wrong; stays until dismissed.
    Warning,
}

/// Something people should know.
#[derive(Clone, Debug)]
pub struct Message {
    /// How it is meant.
    pub kind: MessageKind,
    /// One or two sentences.
    pub text: String,
    /// Since when it is shown.
    pub since: Instant,
}

impl Message {
    /// Something is done.
    pub fn notice(text: impl Into<String>) -> Self {
        Self { kind: MessageKind::Notice, text: text.into(), since: Instant::now() }
    }

    /// Something is wrong.
    pub fn warning(text: impl Into<String>) -> Self {
        Self { kind: MessageKind::Warning, text: text.into(), since: Instant::now() }
    }
}
