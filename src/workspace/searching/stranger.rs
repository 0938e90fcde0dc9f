//! A picture that is none of the collection, to search by.

use super::clipboard::{self, Held};
use crate::dataset::walk::is_picture;
use crate::index::VectorSet;
use crate::jobs::JobError;
use crate::vision::Pixels;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A picture to search by, wherever it comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum Stranger {
    /// A picture's file.
    File(PathBuf),
    /// A picture that is in no file.
    Pixels(Arc<Pixels>),
    /// The picture in the clipboard, or the file that is named there.
    Clipboard,
    /// What was pasted as a text: the path or the address of a file. Of any other text, the picture that the clipboard holds
    /// besides.
    Text(String),
}

impl Stranger {
    /// The picture itself: read from the clipboard, if it is there. Can take a while.
    ///
    /// # Errors
    /// If there is none.
    pub(super) fn fetched(self) -> Result<Self, JobError> {
        let named = match self {
            Self::File(_) | Self::Pixels(_) => return Ok(self),
            Self::Clipboard => None,
            Self::Text(text) => file_of(&text),
        };
        if let Some(file) = named {
            return Ok(Self::File(file));
        }
        let found = match clipboard::held(is_file_of_picture)? {
            Some(Held::File(file)) => Some(Self::File(file)),
            Some(Held::Pixels(pixels)) => Some(Self::Pixels(Arc::new(pixels))),
            Some(Held::Text(text)) => file_of(&text).map(Self::File),
            None => None,
        };
        found.ok_or_else(|| JobError::Failed("There is no picture in the clipboard.".to_owned()))
    }

    /// Its vector by the encoder of a set.
    ///
    /// # Errors
    /// If the picture or the encoder cannot be used.
    pub(super) fn vector(&self, set: &VectorSet) -> Result<Vec<f32>, JobError> {
        match self {
            Self::File(path) => Ok(set.vector_of(path)?),
            Self::Pixels(pixels) => Ok(set.vector_of_pixels(pixels)?),
            Self::Clipboard | Self::Text(_) => self.clone().fetched()?.vector(set),
        }
    }
}

/// The file of a picture that a text names: by a path, in quotes or not, or an address such as `file:///a/b%20c.png`. Of
/// several lines, as file managers copy them, the first that does.
fn file_of(text: &str) -> Option<PathBuf> {
    // Nobody means a whole document.
    const LINES: usize = 100;
    let path = |line: &str| {
        let line = line.trim().trim_matches(['"', '\'']);
        let path = match line.strip_prefix("file://") {
            Some(address) => PathBuf::from(unescaped(address.strip_prefix("localhost").unwrap_or(address))?),
            None => PathBuf::from(line),
        };
        is_file_of_picture(&path).then_some(path)
    };
    text.lines().take(LINES).find_map(path)
}

/// Whether a path is absolute and leads to a picture.
fn is_file_of_picture(path: &Path) -> bool {
    path.is_absolute() && is_picture(path) && path.is_file()
}

/// A text without `%20` and the like; `None` if it is none.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, others)) = rest.split_first() {
        match (first, others) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                bytes.push((16 * digit(*high)? + digit(*low)?) as u8);
                rest = after;
            }
            _ => {
                bytes.push(first);
                rest = others;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_or_an_address_of_a_picture_is_one_and_other_text_is_not() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places/photos");
        let path = format!("{folder}/stamp-animals-birds-pelican.jpg");
        for text in [
            path.clone(),
            format!("\"{path}\"\n"),
            format!("file://{folder}/stamp%2Danimals%2dbirds-pelican.jpg"),
            format!("file://localhost{path}\r\n"),
            format!("copy\nfile:///nowhere/x.png\n{path}"),
        ] {
            assert_eq!(file_of(&text), Some(PathBuf::from(&path)), "{text}");
        }
        assert_eq!(unescaped("a%20b%20%C3%A9").as_deref(), Some("a b é"));
        for text in ["", "pelican.jpg", "file://%", "file://%zz%", "a bear", "/nowhere/at/all.png", "file:///%ff.png"] {
            assert_eq!(file_of(text), None, "{text}");
        }
        assert_eq!(file_of(folder), None);
    }
}
