//! How many rows of a vector file are credible.

use crate::dataset::array_fault::ArrayFault;

/// Rows that are read for any data set: files made for a whole collection serve its parts too.
const ALWAYS: usize = 2_000_000;
/// Rows per image that are read beyond that.
const PER_IMAGE: usize = 100;

/// The most rows of a file: a compressed one of a few bytes can claim billions, each of which would need an id.
#[derive(Clone, Copy, Debug)]
pub(super) struct MostRows {
    images: usize,
    most: usize,
}

impl MostRows {
    /// No limit, where there is no data set.
    pub const ANY: Self = Self { images: 0, most: usize::MAX };

    /// For a data set of this many images.
    pub fn of(images: usize) -> Self {
        Self { images, most: images.saturating_mul(PER_IMAGE).max(ALWAYS) }
    }

    /// Checks a number of rows before anything is allocated for them.
    ///
    /// # Errors
    /// If there are too many.
    pub fn check(self, rows: usize) -> Result<(), ArrayFault> {
        match rows <= self.most {
            true => Ok(()),
            false => Err(ArrayFault::TooMany { rows, images: self.images, most: self.most }),
        }
    }
}
