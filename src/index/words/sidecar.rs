//! Files that speak of the picture beside them.

mod json;
mod text;

use std::io::Read;
use std::path::Path;

use super::Words;
use super::listing::Listed;
use super::xmp;
use crate::base::{At, FileError, open_file};
use crate::dataset::Warnings;
use crate::dataset::walk::extension;
use crate::index::words::Origin;

pub(super) use json::{add as add_json, usual_role};
pub(super) use text::add as add_text;

/// Bytes of a text that are read: nobody writes more about a picture.
const LONGEST_TEXT: u64 = 64 << 10;
/// Bytes of a JSON or XMP file, of which a part would be worth nothing.
const LONGEST: u64 = 4 << 20;

/// Adds the words of the files beside a picture: first the structured ones.
pub(super) fn add(words: &mut Words, root: &Path, files: &[&Listed], warnings: &mut Warnings) {
    let mut order = files.to_vec();
    order.sort_by_key(|file| match extension(Path::new(&file.path)).as_str() {
        "json" => 0,
        "xmp" => 1,
        _ => 2,
    });
    for file in order {
        let path = root.join(&file.path);
        if let Err(error) = add_one(words, &path, file) {
            warnings.error(error.into());
        }
    }
}

fn add_one(words: &mut Words, path: &Path, file: &Listed) -> Result<(), FileError> {
    let ending = extension(path);
    let is_whole = matches!(ending.as_str(), "json" | "xmp");
    if is_whole && file.bytes > LONGEST {
        return Err(FileError::malformed("too large to be about one picture; its words are left out", path));
    }
    let mut bytes = Vec::new();
    open_file(path)?.take(if is_whole { LONGEST } else { LONGEST_TEXT }).read_to_end(&mut bytes).at(path)?;
    let (has_new, origin) = match ending.as_str() {
        "json" => (add_json(words, bytes).at(path)?, Origin::Json),
        "xmp" => (xmp::add(words, bytes).map_err(|error| FileError::malformed(error, path))?, Origin::Sidecar),
        _ => (add_text(words, bytes), Origin::Text),
    };
    if has_new {
        words.from(origin);
    }
    Ok(())
}
