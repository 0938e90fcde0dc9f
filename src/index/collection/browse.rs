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
        let mut paths: Vec<String> = self.text().stamps()?.into_keys().collect();
        paths.sort_unstable();
        let mut candidates = Candidates { matching: paths.len(), ..Candidates::default() };
        for path in paths.into_iter().take(most) {
            candidates.list.extend(self.picture(&path)?.map(|picture| FoundPicture {
                picture,
                score: 0.0,
                text_rank: None,
                text_score: 0.0,
                came: Came::Rest,
                similarity: None,
            }));
        }
        Ok(candidates)
    }
}
