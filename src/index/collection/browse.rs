//! Looking at a collection before anything is asked of it.

use super::Collection;
use crate::index::IndexError;
use crate::index::candidates::{Came, Candidates, FoundPicture};

impl Collection {
    /// Its first pictures by path, as the list of a query that asks for nothing.
    ///
    /// # Errors
    /// If the text index cannot be read.
    pub fn first(&self, most: usize) -> Result<Candidates, IndexError> {
        let paths = self.text().first_paths(most)?;
        let found = self.text().pictures_at(paths.iter().map(String::as_str))?.into_iter().flatten();
        let list = found.map(|picture| FoundPicture::without_words(picture, 0.0, Came::Rest, None)).collect();
        Ok(Candidates { matching: self.count(), list, ..Candidates::default() })
    }
}
