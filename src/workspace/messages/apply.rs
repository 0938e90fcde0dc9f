//! Showing messages and taking them away.

use super::{Message, MessageKind};
use crate::workspace::{MessageAction, Workspace};
use std::time::Duration;

/// How long a notice stays.
const NOTICE: Duration = Duration::from_secs(6);

impl Workspace {
    pub(in crate::workspace) fn apply_message(&mut self, action: MessageAction) {
        match action {
            MessageAction::Dismiss(index) => self.dismiss(index),
        }
    }

    pub(in crate::workspace) fn tell(&mut self, message: Message) {
        self.messages.retain(|known| known.text != message.text);
        self.messages.push(message);
    }

    fn dismiss(&mut self, index: usize) {
        if index < self.messages.len() {
            self.messages.remove(index);
        }
    }

    pub(in crate::workspace) fn expire_messages(&mut self) {
        let stays = |message: &Message| message.kind == MessageKind::Warning || message.offer.is_some();
        self.messages.retain(|message| stays(message) || message.since.elapsed() < NOTICE);
    }
}
