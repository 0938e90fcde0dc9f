//! Looking at a collection before anything is asked of it.

use super::Collection;
use crate::index::IndexError;
use crate::index::candidates::{Came, Candidates, FoundPicture};

impl Collection {
    /// The paths of its pictures, sorted.
    ///
    /// # Errors
    /// If the text index cannot be read.
    pub(in crate::index) fn paths(&self) -> Result<Vec<String>, IndexError> {
        let mut paths: Vec<String> = self.text().stamps()?.into_keys().collect();
        paths.sort_unstable();
        Ok(paths)
    }

    /// Its first pictures by path, as the list of a query that asks for nothing.
    ///
    /// # Errors
    /// If the text index cannot be read.
    pub fn first(&self, most: usize) -> Result<Candidates, IndexError> {
        let paths = self.paths()?;
        let mut candidates = Candidates { matching: paths.len(), ..Candidates::default() };
        let found = self.text().pictures_at(paths.iter().take(most).map(String::as_str))?.into_iter().flatten();
        candidates.list.extend(found.map(|picture| FoundPicture::without_words(picture, 0.0, Came::Rest, None)));
        Ok(candidates)
    }
}
