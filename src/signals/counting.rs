//! Counting the words of a whole collection.

use std::collections::HashMap;

use super::text::bags;
use super::tokens::Tokenizer;
use crate::dataset::{COUNTED_FIELDS, Image, TermCounts, TextStatistics};

/// Counts the words of images as [`super::compute`] reads them.
#[derive(Default)]
pub struct TextCounter {
    tokenizer: Tokenizer,
    vocabulary: HashMap<String, u32>,
    counts: Vec<[TermCounts; COUNTED_FIELDS]>,
    documents: u64,
    lengths: [u64; COUNTED_FIELDS],
}

impl TextCounter {
    /// Counts the words of an image.
    pub fn add(&mut self, image: &Image) {
        self.documents += 1;
        let bags = bags(image, &mut self.tokenizer, &mut self.vocabulary);
        self.counts.resize(self.vocabulary.len(), Default::default());
        for (field, bag) in bags.into_iter().enumerate() {
            let document = bag.into_document();
            self.lengths[field] += u64::from(document.length);
            for (term, count) in document.counts {
                let counts = &mut self.counts[term as usize][field];
                counts.documents += 1;
                counts.occurrences += u64::from(count);
            }
        }
    }

    /// Adds what another one counted.
    pub fn merge(&mut self, other: Self) {
        self.documents += other.documents;
        self.lengths.iter_mut().zip(other.lengths).for_each(|(own, other)| *own += other);
        for (term, at) in other.vocabulary {
            let next = self.counts.len() as u32;
            let own = *self.vocabulary.entry(term).or_insert(next) as usize;
            self.counts.resize(self.vocabulary.len(), Default::default());
            for (own, other) in self.counts[own].iter_mut().zip(other.counts[at as usize]) {
                own.documents += other.documents;
                own.occurrences += other.occurrences;
            }
        }
    }

    /// What was counted; `None` if it is too much for a file.
    pub fn finish(&self) -> Option<TextStatistics> {
        let mut terms: Vec<(&str, u32)> = self.vocabulary.iter().map(|(term, at)| (term.as_str(), *at)).collect();
        terms.sort_unstable();
        let counted = terms.into_iter().map(|(term, at)| (term, self.counts[at as usize]));
        TextStatistics::new(self.documents, self.lengths, counted)
    }
}
