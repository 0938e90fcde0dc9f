//! Conventional names of vectors and their ids.

use crate::base::some_of;
use crate::dataset::array_fault::ArrayFault;
use crate::dataset::table::plain;

/// Conventional names of arrays, tensors and columns of vectors, tried in order.
pub(super) const VECTORS: [&str; 6] = ["embeddings", "vectors", "features", "embedding", "vector", "feature"];
/// Conventional names of their ids, reduced to lower-case letters and digits. The last is pandas' name for its index.
pub(super) const IDS: [&str; 19] = [
    "ids",
    "id",
    "imageids",
    "imageid",
    "imgids",
    "imgid",
    "photoid",
    "images",
    "image",
    "img",
    "filenames",
    "filename",
    "files",
    "file",
    "paths",
    "path",
    "names",
    "name",
    "indexlevel0",
];

/// The entry with a conventional name of vectors, else the only one.
///
/// # Errors
/// If there is none, or several and none has such a name; `what` describes them.
pub(super) fn choose<'a, T>(what: &'static str, among: &'a [(String, T)]) -> Result<&'a (String, T), ArrayFault> {
    let named = VECTORS.iter().find_map(|wanted| among.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)));
    match (named, among) {
        (Some(found), _) | (None, [found]) => Ok(found),
        (None, []) => Err(ArrayFault::Nothing(what)),
        _ => Err(several(what.to_owned(), VECTORS[0], among)),
    }
}

/// The entry with a conventional name of ids, else the only one; `None` if there is none.
///
/// # Errors
/// If the choice is ambiguous.
pub(super) fn choose_ids<'a, T>(what: &str, among: &'a [(String, T)]) -> Result<Option<&'a (String, T)>, ArrayFault> {
    let named = IDS.iter().find_map(|wanted| among.iter().find(|(name, _)| plain(name) == *wanted));
    match (named, among) {
        (Some(found), _) | (None, [found]) => Ok(Some(found)),
        (None, []) => Ok(None),
        _ => Err(several(format!("{what} that could be ids"), IDS[0], among)),
    }
}

fn several<T>(what: String, wanted: &'static str, among: &[(String, T)]) -> ArrayFault {
    let names: Vec<&str> = among.iter().map(|(name, _)| name.as_str()).collect();
    ArrayFault::Several { what, wanted, names: some_of(&names) }
}
