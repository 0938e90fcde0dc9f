//! What the clipboard holds.

use crate::jobs::JobError;
use crate::vision::Pixels;
use arboard::{Clipboard, Error};
use std::path::{Path, PathBuf};

/// What was copied.
pub(super) enum Held {
    /// A file.
    File(PathBuf),
    /// A picture.
    Pixels(Pixels),
    /// A text.
    Text(String),
}

/// What the clipboard holds: the first file of these, else a picture, else a text. Waits for the program that copied it.
///
/// # Errors
/// If there is no clipboard, or it cannot be read.
pub(super) fn held(is_wanted: impl Fn(&Path) -> bool) -> Result<Option<Held>, JobError> {
    let mut clipboard =
        Clipboard::new().map_err(|error| JobError::Failed(format!("The clipboard cannot be read: {error}")))?;
    let files = clipboard.get().file_list().unwrap_or_default();
    if let Some(file) = files.into_iter().find(|path| is_wanted(path)) {
        return Ok(Some(Held::File(file)));
    }
    match clipboard.get_image() {
        Ok(image) => {
            let pixels = Pixels::from_straight(image.width, image.height, image.bytes.into_owned())?;
            return Ok(Some(Held::Pixels(pixels)));
        }
        Err(Error::ConversionFailure) => {
            return Err(JobError::Failed("The picture in the clipboard cannot be read.".to_owned()));
        }
        // Some programs answer with a text when asked for a picture, which is no better than none.
        Err(_) => {}
    }
    Ok(clipboard.get_text().ok().map(Held::Text))
}
