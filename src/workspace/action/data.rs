//! Actions on the open data set.

use crate::dataset::QueryEdit;
use std::path::PathBuf;

/// What is open, and what is added to it.
#[derive(Clone, Debug, PartialEq)]
pub enum DataAction {
    /// Open a data set, or a saved run's folder.
    Open(PathBuf),
    /// Whether a data set's files may lie outside its folder the next time it is opened.
    FollowLinks(PathBuf, bool),
    /// Stop opening.
    CancelLoading,
    /// Make a data set of the folder of pictures that was to be opened ([`crate::workspace::BareFolder`]), with this query.
    BeginWith(Box<QueryEdit>),
    /// Take a path off the list of recent data sets.
    ForgetRecent(PathBuf),
    /// Read TREC qrels or a run file into the open data set.
    AttachTrec(PathBuf),
    /// Add a file of visual vectors to the open data set, and use them.
    AttachVectors(PathBuf),
    /// Remove a file of visual vectors from the open data set again, by its source's name.
    DetachVectors(String),
    /// Use these visual vectors (names of sources; several are concatenated).
    ChooseVectors(Vec<String>),
}
