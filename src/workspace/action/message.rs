//! Actions on messages.

use crate::workspace::Workspace;

/// Notices and warnings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageAction {
    /// Take a message away, by its index.
    Dismiss(usize),
}

impl Workspace {
    pub(super) fn apply_message(&mut self, action: MessageAction) {
        match action {
            MessageAction::Dismiss(index) => self.dismiss(index),
        }
    }
}
