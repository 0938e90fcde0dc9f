//! The terms of [`crate::signals`] as tantivy's tokens.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::signals;

/// Splits texts into terms. Those that a query of the same text has stand at positions that follow each other, so that it
/// is found as a phrase; single characters of words stand where the next of those does.
#[derive(Default)]
pub(super) struct Analyser {
    tokenizer: signals::Tokenizer,
    /// With their positions.
    terms: Vec<(String, usize)>,
    token: Token,
}

/// Each thread has a cache of stems of its own.
impl Clone for Analyser {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Tokenizer for Analyser {
    type TokenStream<'a> = Terms<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Terms<'a> {
        self.terms.clear();
        let (terms, mut position) = (&mut self.terms, 0);
        self.tokenizer.document_and_query(text, |term, is_of_query| {
            terms.push((term.to_owned(), position));
            position += usize::from(is_of_query);
        });
        self.token.reset();
        Terms { terms: &self.terms, next: 0, token: &mut self.token }
    }
}

/// The terms of a text, one after the other.
pub(super) struct Terms<'a> {
    terms: &'a [(String, usize)],
    next: usize,
    token: &'a mut Token,
}

impl TokenStream for Terms<'_> {
    fn advance(&mut self) -> bool {
        let Some((term, position)) = self.terms.get(self.next) else { return false };
        self.token.text.clear();
        self.token.text.push_str(term);
        self.token.position = *position;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
