//! The terms of [`crate::signals`] as tantivy's tokens.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::signals;

/// Splits texts into terms.
#[derive(Default)]
pub(super) struct Analyser {
    tokenizer: signals::Tokenizer,
    terms: Vec<String>,
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
        let terms = &mut self.terms;
        self.tokenizer.document(text, |term| terms.push(term.to_owned()));
        self.token.reset();
        Terms { terms: &self.terms, next: 0, token: &mut self.token }
    }
}

/// The terms of a text, one after the other.
pub(super) struct Terms<'a> {
    terms: &'a [String],
    next: usize,
    token: &'a mut Token,
}

impl TokenStream for Terms<'_> {
    fn advance(&mut self) -> bool {
        let Some(term) = self.terms.get(self.next) else { return false };
        self.token.text.clear();
        self.token.text.push_str(term);
        self.token.position = self.next;
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
