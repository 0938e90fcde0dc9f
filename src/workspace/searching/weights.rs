//! What a search can be narrowed by, and how much each field counts.

use crate::index::Collection;
use crate::index::text::{FieldWeights, TextQuery};
use crate::workspace::{Message, Workspace};
use std::sync::Arc;

impl Workspace {
    /// Finds what pictures found by these words can be narrowed by.
    pub(super) fn find_facets(&mut self, text: String) {
        let Some(open) = self.searching.open.clone() else { return };
        let wake = self.wake();
        self.searching.finding_facets.start("facets", wake, move |_| {
            let weights = open.collection.manifest().weights;
            let facets = open.collection.text().facets(&TextQuery { text: &text, weights, most: 0, is_open: false })?;
            Ok((text, facets))
        });
    }

    /// Sets how much each field of the open collection counts.
    pub(super) fn set_weights(&mut self, weights: FieldWeights) {
        let Some(open) = self.searching.open.clone() else { return };
        let wake = self.wake();
        self.searching.weighing.start("weights", wake, move |_| {
            open.collection.set_weights(weights)?;
            Ok(Arc::new(Collection::open(open.collection.folder())?))
        });
    }

    pub(super) fn poll_weights(&mut self) -> bool {
        let mut changed = false;
        if let Some(ended) = self.searching.finding_facets.ended() {
            changed = true;
            match ended {
                Ok(found) => self.searching.facets = Some(found),
                Err(error) => self.tell(Message::warning(format!("Could not look at what is found: {error}"))),
            }
        }
        if let Some(ended) = self.searching.weighing.ended() {
            changed = true;
            match (ended, &mut self.searching.open) {
                (Ok(collection), Some(open)) if open.collection.folder() == collection.folder() => {
                    let folder = collection.folder().to_owned();
                    open.collection = collection;
                    let _ = self.take_up_collection(&folder);
                }
                (Ok(_), _) => {}
                (Err(error), _) => self.tell(Message::warning(format!("Could not set the weights: {error}"))),
            }
        }
        changed
    }
}
