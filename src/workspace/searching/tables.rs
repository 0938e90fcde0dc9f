//! Looking at the tables of a folder of pictures, before or after a collection is made of it.

use crate::dataset::Reach;
use crate::index::{Collection, Listing, Mapping, TablePreview, list, preview};
use crate::jobs::{JobError, Slot, Worker};
use std::path::PathBuf;
use std::sync::Arc;

/// The tables to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct WantedTables {
    /// The folder of the pictures.
    pub pictures: PathBuf,
    /// The collection's own folder: if there is a collection in it, it knows what columns mean.
    pub folder: PathBuf,
    /// Whether files may lie outside the folder of the pictures.
    pub follow: bool,
    /// What columns mean; `None` for what the collection says, or for guesses.
    pub mapping: Option<Mapping>,
}

/// The tables of a folder of pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct SeenTables {
    /// What was asked for.
    pub wanted: WantedTables,
    /// What columns mean, as far as a person has said so.
    pub mapping: Mapping,
    /// Number of pictures in the folder, without those in shards.
    pub pictures: usize,
    /// Each table's columns with their first values.
    pub tables: Vec<TablePreview>,
    listing: Arc<Listing>,
}

/// The tables looked at last, and the job that looks at others.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) job: Slot<(), SeenTables>,
    pub(super) seen: Option<SeenTables>,
    pub(super) failure: Option<String>,
}

impl Tables {
    /// The files listed before, if they are those of this request.
    pub(super) fn listed(&self, wanted: &WantedTables) -> Option<Arc<Listing>> {
        let seen = self.seen.as_ref()?;
        let is_same = seen.wanted.pictures == wanted.pictures && seen.wanted.follow == wanted.follow;
        is_same.then(|| seen.listing.clone())
    }
}

/// Looks at the first rows of every table.
pub(super) fn look(
    wanted: WantedTables,
    listed: Option<Arc<Listing>>,
    worker: &Worker<(), SeenTables>,
) -> Result<SeenTables, JobError> {
    let mut observe = |progress| {
        worker.progress(progress);
        worker.flow()
    };
    let listing = match listed {
        Some(listing) => listing,
        None => Arc::new(list(&wanted.pictures, Reach::following(wanted.follow), &mut observe)?),
    };
    let known = || match Collection::is_one(&wanted.folder) {
        true => Collection::open(&wanted.folder).map(|known| known.manifest().mapping.clone()),
        false => Ok(Mapping::default()),
    };
    let mapping = wanted.mapping.clone().map_or_else(known, Ok)?;
    worker.stage("Looking at tables", 0, listing.tables.len())?;
    let tables = preview(&listing, &mapping);
    Ok(SeenTables { wanted, mapping, pictures: listing.pictures.len(), tables, listing })
}
