//! What many runs have in common, in memory once.

use std::collections::HashSet;
use std::sync::Arc;

/// Texts and lists of names, each once however many runs have it.
#[derive(Debug, Default)]
pub(super) struct Shared {
    texts: HashSet<Arc<str>>,
    names: HashSet<Arc<[Arc<str>]>>,
}

impl Shared {
    /// An equal text.
    pub(super) fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        let new: Arc<str> = text.into();
        self.texts.insert(new.clone());
        new
    }

    /// Has a text for others.
    pub(super) fn offer(&mut self, text: &Arc<str>) {
        if !self.texts.contains(text) {
            self.texts.insert(text.clone());
        }
    }

    /// An equal list.
    pub(super) fn names(&mut self, names: Arc<[Arc<str>]>) -> Arc<[Arc<str>]> {
        if let Some(known) = self.names.get(&names) {
            return known.clone();
        }
        self.names.insert(names.clone());
        names
    }
}
