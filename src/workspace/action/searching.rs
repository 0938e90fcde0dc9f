//! Actions on collections.

use crate::dataset::Split;
use crate::index::text::FieldWeights;
use crate::index::{Asked, Mapping, Packing};
use crate::vision::EncoderSpec;
use crate::workspace::{Stranger, WantedTables};
use std::path::PathBuf;

/// Making a collection, and searching the open one.
#[derive(Clone, Debug, PartialEq)]
pub enum SearchAction {
    /// Make a collection of the pictures in a folder, or bring it up to them, and open it.
    Collect {
        /// The folder of the pictures.
        pictures: PathBuf,
        /// The collection's own folder.
        folder: PathBuf,
        /// Whether files may lie outside the folder of the pictures.
        follow: bool,
        /// Whether to compute the vectors of the pictures, too.
        vectors: bool,
        /// What the columns of tables mean, if a person has looked at that.
        mapping: Option<Box<Mapping>>,
    },
    /// Look at the tables of a folder of pictures.
    LookAtTables(Box<WantedTables>),
    /// Set what the columns of the open collection's tables mean, and read them again.
    SetColumns(Box<Mapping>),
    /// Look again at the pictures of the open collection.
    Update,
    /// The same, taking pictures that are gone out of it even if they are most of it.
    RemoveMissing,
    /// Look for the pictures of the open collection in this folder from now on.
    Relink(PathBuf),
    /// Stop making a collection; what was read and computed stays.
    CancelCollecting,
    /// Write the open collection as one file.
    Pack {
        /// The file.
        file: PathBuf,
        /// Whether with the pictures, and whether a file that is there is replaced.
        packing: Packing,
    },
    /// Stop writing it; no file is left.
    CancelPacking,
    /// Find pictures while words are typed.
    Find(Box<Asked>),
    /// Find what pictures found by these words can be narrowed by.
    FindFacets(String),
    /// Set how much each field of the open collection counts, and search again.
    SetWeights(FieldWeights),
    /// Make what is asked for the query at hand.
    Ask(Box<Asked>),
    /// Make pictures that look like another one, which need not be of the collection, the query at hand.
    AskLike(Stranger),
    /// Use an encoder's vectors from now on, and compute them first where they are missing.
    UseEncoder(Box<EncoderSpec>),
    /// Compute the vectors of all pictures by an encoder.
    ComputeVectors(Box<EncoderSpec>),
    /// Keep the query at hand.
    Keep(Option<Split>),
}
