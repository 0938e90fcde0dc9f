//! Terms as people write them.

use std::collections::BTreeMap;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{TantivyError, Term};

use super::TextIndex;
use super::schema::texts;
use crate::index::IndexError;
use crate::signals::Tokenizer;

/// Pictures whose words are looked at.
const LOOKED_AT: usize = 16;
/// Bytes of a text that are.
const LONGEST: usize = 4 << 10;

impl TextIndex {
    /// The commonest word, in lower case, that some pictures have where a term was made of it: `windmill` for `windmil`. The
    /// term itself if it is a part of words only, as in scripts that are split into pairs of characters.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub(super) fn written(&self, fields: &[Field], term: &str) -> Result<String, IndexError> {
        let in_field = |&field: &Field| -> Box<dyn Query> {
            Box::new(TermQuery::new(Term::from_field_text(field, term), IndexRecordOption::Basic))
        };
        let query = BooleanQuery::union(fields.iter().map(in_field).collect());
        let fault = |error: TantivyError| self.fault(error);
        let searcher = self.reader.searcher();
        let found = searcher.search(&query, &TopDocs::with_limit(LOOKED_AT).order_by_score());
        let mut tokenizer = Tokenizer::new();
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let addresses = found.map_err(fault)?.into_iter().map(|(_, address)| (address, 0)).collect();
        self.read(&searcher, addresses, &mut |_, picture| {
            for text in texts(&picture.words) {
                let text = &text[..text.floor_char_boundary(LONGEST)];
                for word in text.split(|letter: char| !letter.is_alphanumeric()) {
                    let (mut is_it, mut others) = (false, 0);
                    tokenizer.query(word, |made| if made == term { is_it = true } else { others += 1 });
                    if is_it && others == 0 {
                        *counts.entry(word.to_lowercase()).or_default() += 1;
                    }
                }
            }
        })?;
        // Of equally common ones the shortest, then the first of the alphabet.
        let best = counts.into_iter().min_by_key(|(word, count)| (std::cmp::Reverse(*count), word.len()));
        Ok(best.map_or_else(|| term.to_owned(), |(word, _)| word))
    }
}
