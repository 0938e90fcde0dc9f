//! Actions on what was done before; carried out by [`undo`](crate::workspace::History).

/// Undo and redo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryAction {
    /// Take back the last step.
    Undo,
    /// Bring again the step that was taken back last.
    Redo,
    /// Something is being dragged (`true`) or was let go: what changes in between is one step.
    Hold(bool),
}
