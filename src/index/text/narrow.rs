//! What words demand of every picture, also of one that comes in by its looks.

use super::grammar::{Need, parse};
use super::schema::texts_of;
use crate::index::words::Words;
use crate::signals::{Tokenizer, query_terms};

/// The demands in a search: `-word` and `field:word`. Plain words demand nothing, nor does `+word`: a picture that looks
/// like one with the word is wanted.
#[derive(Debug, Default)]
pub struct Narrowing {
    demands: Vec<Demand>,
}

#[derive(Debug)]
struct Demand {
    is_forbidden: bool,
    is_phrase: bool,
    field: Option<String>,
    terms: Vec<String>,
}

impl Narrowing {
    /// The demands in what was typed ([`parse`]).
    pub fn of(text: &str) -> Self {
        let demand = |clause: super::Clause| {
            let is_forbidden = clause.need == Need::MustNot;
            let terms = query_terms(&clause.text).terms;
            let is_demand = (is_forbidden || clause.field.is_some()) && !terms.is_empty();
            let is_phrase = clause.is_phrase && terms.len() > 1;
            is_demand.then_some(Demand { is_forbidden, is_phrase, field: clause.field, terms })
        };
        Self { demands: parse(text).into_iter().filter_map(demand).collect() }
    }

    /// Whether nothing is demanded.
    pub fn is_empty(&self) -> bool {
        self.demands.is_empty()
    }

    /// Whether a picture with these words meets all demands.
    pub fn admits(&self, words: &Words) -> bool {
        self.demands.iter().all(|demand| demand.is_met(words))
    }
}

impl Demand {
    fn is_met(&self, words: &Words) -> bool {
        let mut tokenizer = Tokenizer::default();
        // At the positions that the index has them at.
        let terms_of = |text: String| {
            let (mut terms, mut position) = (Vec::new(), 0);
            tokenizer.document_and_query(&text, |term, is_of_query| {
                terms.push((term.to_owned(), position));
                position += usize::from(is_of_query);
            });
            terms
        };
        let texts: Vec<Vec<(String, usize)>> =
            texts_of(words, self.field.as_deref()).into_iter().map(terms_of).collect();
        if self.is_phrase {
            let has = |terms: &Vec<(String, usize)>| {
                let is_at =
                    |position: usize, term: &String| terms.iter().any(|(known, at)| (known, *at) == (term, position));
                let starts = terms.iter().filter(|(term, _)| Some(term) == self.terms.first());
                let mut starts = starts.map(|(_, start)| *start);
                starts.any(|start| self.terms.iter().enumerate().all(|(place, term)| is_at(start + place, term)))
            };
            return texts.iter().any(has) != self.is_forbidden;
        }
        // As in the text search: several words made of one are each forbidden, or each demanded.
        let has = |term: &String| texts.iter().flatten().any(|(known, _)| known == term);
        if self.is_forbidden { !self.terms.iter().any(has) } else { self.terms.iter().all(has) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_forbidden_words_are_demanded_and_nothing_else() {
        let words = Words {
            title: "Brown bears".to_owned(),
            tags: vec!["zoo".to_owned()],
            columns: vec![("Album".to_owned(), "North Pole".to_owned())],
            date: Some(1_609_459_200),
            ..Words::default()
        };
        let admits = |text: &str| Narrowing::of(text).admits(&words);
        for text in [
            "",
            "fish",
            "+fish",
            "\"polar bear\"",
            "title:bear",
            "album:\"north pole\"",
            "-fish",
            "year:2021",
            "title:bears-brown",
        ] {
            assert!(admits(text), "{text}");
        }
        for text in ["-bear", "-zoo", "tags:bear", "album:\"pole north\"", "year:2020", "bear -tags:zoo", "-ice-brown"]
        {
            assert!(!admits(text), "{text}");
        }
        let words =
            Words { columns: vec![("album".to_owned(), "冬の 東京 夜景 tower".to_owned())], ..Words::default() };
        let admits = |text: &str| Narrowing::of(text).admits(&words);
        assert!(admits("album:\"冬の 東京 夜景 tower\"") && admits("album:\"東京 夜景\"") && admits("album:\"景\""));
        assert!(admits("album:\"景 tower\""), "a character of a word");
        assert!(!admits("album:\"夜景 東京\"") && !admits("-album:\"東京 夜景\""));
        assert!(Narrowing::of("brown +bear").is_empty() && !Narrowing::of("-bear").is_empty());
    }
}
