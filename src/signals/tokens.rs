//! Text into terms.
//!
//! Words are runs of letters and digits, in lower case and without accents, less the English stop words, stemmed by the
//! English Snowball stemmer. Chinese and Japanese put no spaces between words, and Korean attaches particles to them,
//! so a run of such characters is split into overlapping pairs (bigrams) instead (서울타워 → 서울, 울타, 타워). Underscores are
//! spaces and HTML tags are skipped, as both are common in the MediaEval sets. With dictionaries ([`super::splitting()`]), a run is
//! split into their words in place of pairs.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

use super::fold::fold;
use super::split::words;

/// Stems that are remembered.
const CACHED: usize = 1 << 17;

/// The terms of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// In order and with repetitions: words and pairs; for documents also every single character of the scripts that
    /// are split into pairs.
    pub terms: Vec<String>,
    /// Length of the text: words and pairs, not counting those single characters again.
    pub length: usize,
}

/// The terms of a query.
pub fn query_terms(text: &str) -> Terms {
    let mut terms = Vec::new();
    let length = Tokenizer::new().query(text, |term| terms.push(term.to_owned()));
    Terms { terms, length }
}

/// The terms of a document: those of a query plus the single characters of the scripts that are split into pairs, so
/// that a query of one character (새, 花) finds words containing it.
pub fn document_terms(text: &str) -> Terms {
    let mut terms = Vec::new();
    let length = Tokenizer::new().document(text, |term| terms.push(term.to_owned()));
    Terms { terms, length }
}

/// Splits texts into terms, with a cache of stems.
pub(crate) struct Tokenizer {
    stemmer: Stemmer,
    stems: HashMap<String, String>,
    word: String,
    characters: Vec<char>,
}

impl Default for Tokenizer {
    fn default() -> Self {
        Self::new()
    }
}

impl Tokenizer {
    pub fn new() -> Tokenizer {
        Tokenizer {
            stemmer: Stemmer::create(Algorithm::English),
            stems: HashMap::new(),
            word: String::new(),
            characters: Vec::new(),
        }
    }

    /// Calls `emit` with each term of a query; returns the text's length.
    pub fn query(&mut self, text: &str, mut emit: impl FnMut(&str)) -> usize {
        self.run(text, false, |term, _| emit(term))
    }

    /// Calls `emit` with each term of a document; returns the text's length.
    pub fn document(&mut self, text: &str, mut emit: impl FnMut(&str)) -> usize {
        self.run(text, true, |term, _| emit(term))
    }

    /// As [`Tokenizer::document`], with whether the term is also one of the text as a query. Those follow each other in the
    /// order of the query's; the others are single characters of words, between them.
    pub fn document_and_query(&mut self, text: &str, emit: impl FnMut(&str, bool)) -> usize {
        self.run(text, true, emit)
    }

    fn run(&mut self, text: &str, singles: bool, mut emit: impl FnMut(&str, bool)) -> usize {
        let mut length = 0;
        for piece in outside_tags(text) {
            fold(piece, |c| {
                let paired = is_split_into_pairs(c);
                if paired || !is_word_character(c) {
                    length += self.end_word(&mut emit);
                }
                if !paired {
                    length += self.end_characters(singles, &mut emit);
                }
                match c {
                    c if paired => self.characters.push(c),
                    c if is_word_character(c) => self.word.push(c),
                    _ => {}
                }
            });
            // A tag, or the end, separates words as a space does.
            length += self.end_word(&mut emit) + self.end_characters(singles, &mut emit);
        }
        length
    }

    fn end_word(&mut self, emit: &mut impl FnMut(&str, bool)) -> usize {
        if self.word.is_empty() {
            return 0;
        }
        let word = std::mem::take(&mut self.word);
        if STOP_WORDS.contains(word.as_str()) {
            return 0;
        }
        if self.stems.len() >= CACHED {
            self.stems.clear();
        }
        emit(self.stems.entry(word).or_insert_with_key(|word| self.stemmer.stem(word).into_owned()), true);
        1
    }

    fn end_characters(&mut self, singles: bool, emit: &mut impl FnMut(&str, bool)) -> usize {
        let count = self.characters.len();
        let mut buffer = String::new();
        let mut term = |characters: &[char], is_of_query: bool| {
            buffer.clear();
            buffer.extend(characters);
            emit(&buffer, is_of_query);
        };
        let words = if count > 1 { words(&self.characters) } else { None };
        let length = match words {
            Some(words) => {
                let words: Vec<Vec<char>> = words.iter().map(|word| word.chars().collect()).collect();
                if singles {
                    // A word of one character is no single one besides.
                    let mut of_words: Vec<char> =
                        words.iter().filter(|word| word.len() == 1).map(|word| word[0]).collect();
                    for character in &self.characters {
                        match of_words.iter().position(|known| known == character) {
                            Some(at) => drop(of_words.swap_remove(at)),
                            None => term(&[*character], false),
                        }
                    }
                }
                words.iter().for_each(|word| term(word, true));
                words.len()
            }
            None if count < 2 => {
                self.characters.chunks(1).for_each(|single| term(single, true));
                count
            }
            None => {
                if singles {
                    self.characters.chunks(1).for_each(|single| term(single, false));
                }
                self.characters.windows(2).for_each(|pair| term(pair, true));
                count - 1
            }
        };
        self.characters.clear();
        length
    }
}

/// The pieces of a text between its HTML tags: `<` directly followed by a letter or `/`, up to the next `>`.
fn outside_tags(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let current = rest?;
        let tag = current.match_indices('<').find_map(|(start, _)| {
            let inside = &current[start + 1..];
            let opens = inside.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
            // A second `<` before the `>` means that this one was a plain character.
            let end = inside.find(['<', '>']).filter(|&end| opens && inside[end..].starts_with('>'))?;
            Some((start, start + 1 + end + 1))
        });
        let (piece, after) = match tag {
            Some((start, end)) => (&current[..start], Some(&current[end..])),
            None => (current, None),
        };
        rest = after;
        Some(piece)
    })
}

fn is_word_character(c: char) -> bool {
    c.is_alphanumeric()
}

/// Han, kana and Hangul.
fn is_split_into_pairs(c: char) -> bool {
    matches!(c,
        '\u{3005}'..='\u{3007}'        // iteration mark, closing mark, zero
        | '\u{3041}'..='\u{3096}'      // Hiragana
        | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' // Katakana
        | '\u{31f0}'..='\u{31ff}'      // Katakana extensions
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' // Han
        | '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' // Hangul
        | '\u{f900}'..='\u{faff}'      // Han, compatibility
        | '\u{ff66}'..='\u{ff9f}'      // Katakana, half width
        | '\u{20000}'..='\u{323af}') // Han, supplementary planes
}

/// English function words, and the remainders after an apostrophe (`it's`, `don't`, `we'll`).
static STOP_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "a about above after again against all am an and any are as at be because been before being below between \
     both but by can could d did do does doing don down during each few for from further had has have having he \
     her here hers herself him himself his how i if in into is it its itself just ll m me more most my myself no \
     nor not now of off on once only or other our ours ourselves out over own re s same she should so some such t \
     than that the their theirs them themselves then there these they this those through to too under until up ve \
     very was we were what when where which while who whom why will with would you your yours yourself yourselves"
        .split(' ')
        .collect()
});
