//! What people should know, for a while.

use super::Workspace;
use std::time::{Duration, Instant};

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

/// How long a notice stays.
const NOTICE: Duration = Duration::from_secs(6);

impl Workspace {
    pub(super) fn tell(&mut self, message: Message) {
        self.messages.retain(|known| known.text != message.text);
        self.messages.push(message);
    }

    pub(super) fn dismiss(&mut self, index: usize) {
        if index < self.messages.len() {
            self.messages.remove(index);
        }
    }

    pub(super) fn expire_messages(&mut self) {
        self.messages.retain(|message| message.kind == MessageKind::Warning || message.since.elapsed() < NOTICE);
    }
}
