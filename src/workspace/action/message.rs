//! Actions on messages.

/// Notices and warnings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageAction {
    /// Take a message away, by its index.
    Dismiss(usize),
}
