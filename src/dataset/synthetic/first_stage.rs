//! The text search whose results become a query's candidates.

use std::collections::{BTreeMap, BTreeSet};

use super::photo::{Drawn, Photo};
use crate::base::Rng;

/// Saturation and length normalisation of BM25 (Robertson and Zaragoza 2009).
const K1: f64 = 1.2;
const B: f64 = 0.75;

/// Standard deviation of the search engine's undisclosed evidence besides BM25.
const OTHER_EVIDENCE: f64 = 0.5;

/// Weight of the other photos on a page relative to a photo's own words.
const PAGE_WEIGHT: f64 = 0.5;

/// An index over each photo's own words (title, description, tags) and over the words of its page.
pub(super) struct TextIndex<'a> {
    /// Per photo, how often each word occurs.
    words: Vec<BTreeMap<String, f64>>,
    lengths: Vec<f64>,
    mean_length: f64,
    pages: Vec<usize>,
    themes: &'a [Option<&'a str>],
}

impl<'a> TextIndex<'a> {
    pub(super) fn new(photos: &[Photo], drawn: &[Drawn], themes: &'a [Option<&'a str>]) -> Self {
        let mut words = Vec::with_capacity(photos.len());
        for (photo, drawn) in photos.iter().zip(drawn) {
            let mut counts = BTreeMap::new();
            let tags = drawn.tags.iter().map(String::as_str);
            for text in [photo.title.as_str(), &photo.description].into_iter().chain(tags) {
                for word in split_words(text) {
                    *counts.entry(word).or_insert(0.0) += 1.0;
                }
            }
            words.push(counts);
        }
        let lengths: Vec<f64> = words.iter().map(|counts| counts.values().sum()).collect();
        let mean_length = lengths.iter().sum::<f64>() / lengths.len().max(1) as f64;
        let pages = drawn.iter().map(|drawn| drawn.page).collect();
        Self { words, lengths, mean_length, pages, themes }
    }

    /// The `count` best photos for a query, best first.
    ///
    /// First come photos that match by their own words or by those of their page's other photos, by `BM25 + PAGE_WEIGHT
    /// · (mean BM25 of the page's others) + noise`. If those are too few, photos without a match follow in random
    /// order: first those of the matches' themes, as often as each theme matched.
    pub(super) fn search(&self, query: &str, count: usize, rng: &mut Rng) -> Vec<usize> {
        let own = self.bm25(query);
        let page = self.page_scores(&own);
        let mut scored = Vec::new();
        let mut rest = Vec::new();
        let mut by_theme: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        for photo in 0..own.len() {
            // Drawn for every photo, so that one photo's words never change another's noise.
            let noise = OTHER_EVIDENCE * rng.normal();
            if own[photo] > 0.0 {
                *by_theme.entry(self.themes[photo]).or_default() += 1;
            }
            if own[photo] + page[photo] > 0.0 {
                scored.push((own[photo] + PAGE_WEIGHT * page[photo] + noise, photo));
            } else {
                rest.push(photo);
            }
        }
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        rng.shuffle(&mut rest);
        let matches_in = |photo: &usize| by_theme.get(&self.themes[*photo]).copied().unwrap_or(0);
        rest.sort_by_key(|photo| std::cmp::Reverse(matches_in(photo)));
        scored.into_iter().map(|(_, photo)| photo).chain(rest).take(count).collect()
    }

    fn bm25(&self, query: &str) -> Vec<f64> {
        let mut scores = vec![0.0; self.words.len()];
        for term in split_words(query).collect::<BTreeSet<_>>() {
            let holding = self.words.iter().filter(|counts| counts.contains_key(&term)).count() as f64;
            let idf = (1.0 + (self.words.len() as f64 - holding + 0.5) / (holding + 0.5)).ln();
            for (photo, counts) in self.words.iter().enumerate() {
                if let Some(&frequency) = counts.get(&term) {
                    let length = 1.0 - B + B * self.lengths[photo] / self.mean_length;
                    scores[photo] += idf * frequency * (K1 + 1.0) / (frequency + K1 * length);
                }
            }
        }
        scores
    }

    /// Per photo, the mean score of the other photos on its page; 0 for a page of one.
    fn page_scores(&self, own: &[f64]) -> Vec<f64> {
        let page_count = self.pages.iter().max().map_or(0, |last| last + 1);
        let mut sums = vec![(0.0, 0.0); page_count];
        for (&page, score) in self.pages.iter().zip(own) {
            sums[page].0 += score;
            sums[page].1 += 1.0;
        }
        let mean_of_others = |(&page, own): (&usize, &f64)| {
            let (sum, photos) = sums[page];
            // Rounding may leave a trace of the photo's own score.
            let others: f64 = sum - own;
            if photos > 1.0 && others > 1e-9 { others / (photos - 1.0) } else { 0.0 }
        };
        self.pages.iter().zip(own).map(mean_of_others).collect()
    }
}

/// Lower-case words of letters and digits.
fn split_words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}
