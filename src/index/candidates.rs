//! From what is asked for to a list of candidates.

use std::collections::HashSet;

use super::text::{Hit, Narrowing, TextQuery};
use super::vectors::{Near, VectorSet};
use super::{Collection, IndexError, Picture};
use crate::graph::unit_rows;

/// How many of the text's best hits lend their neighbours.
const BEST: usize = 10;

/// How many times as many neighbours are looked at where not all are let in.
const NARROWED: usize = 8;

/// What is searched for.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Words as typed ([`crate::index::text::parse`]); may be empty.
    pub text: String,
    /// Whether they are still being typed.
    pub is_open: bool,
    /// A picture to look for others like it.
    pub example: Option<Example>,
    /// With words and a picture: how much the picture counts, from 0 (words alone) to 1 (the picture alone).
    pub mix: f32,
    /// How many candidates, the whole collection at most.
    pub most: usize,
}

impl Default for Asked {
    /// Nothing; of 300 candidates, half by words and half by looks.
    fn default() -> Self {
        Self { text: String::new(), is_open: false, example: None, mix: 0.5, most: Self::MOST }
    }
}

impl Asked {
    /// The usual number of candidates.
    pub const MOST: usize = 300;

    /// Words alone.
    pub fn words(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

/// A picture to look for others like it.
#[derive(Clone, Debug, PartialEq)]
pub enum Example {
    /// One of the collection, by its path; it comes first itself.
    Own(String),
    /// Any other, by its vector, which is of the same encoder as the set that is searched.
    Vector(Vec<f32>),
}

/// How a picture came to be a candidate.
#[derive(Clone, Debug, PartialEq)]
pub enum Came {
    /// Its words match.
    Text,
    /// It looks like one whose words match.
    Neighbour {
        /// The path of that one.
        of: String,
    },
    /// It looks like the picture that was given.
    Example,
    /// There was still room.
    Rest,
}

/// A candidate.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundPicture {
    /// The picture and its words.
    pub picture: Picture,
    /// What the list is sorted by, comparable within this list only.
    pub score: f32,
    /// Its rank by the text alone, from 1; `None` if its words do not match.
    pub text_rank: Option<u32>,
    /// Σ weight · BM25; 0 if its words do not match.
    pub text_score: f32,
    /// How it came to be one.
    pub came: Came,
    /// The cosine with the picture it looks like, if it came by its looks or a picture was given.
    pub similarity: Option<f32>,
}

/// The candidates of a query: its initial list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidates {
    /// The best first; equal ones by path.
    pub list: Vec<FoundPicture>,
    /// How many pictures match the words.
    pub matching: usize,
    /// Words that no picture has, and the words that stood in for them ([`crate::index::text::Found::instead`]).
    pub instead: Vec<(String, Vec<String>)>,
}

impl FoundPicture {
    /// A candidate whose words do not match.
    pub(super) fn without_words(picture: Picture, score: f32, came: Came, similarity: Option<f32>) -> Self {
        Self { picture, score, text_rank: None, text_score: 0.0, came, similarity }
    }

    /// The path of the picture that it looks like, if it came by its looks.
    pub fn like(&self) -> Option<&str> {
        match &self.came {
            Came::Neighbour { of } => Some(of),
            _ => None,
        }
    }
}

impl Collection {
    /// The candidates of a query.
    ///
    /// With words alone: the pictures whose words match, by their score, then, up to [`Asked::most`], the pictures that look
    /// like one of the first ten, the most similar first, at scores below 0. What words forbid (`-word`) or demand of
    /// a field (`album:rome`) holds for these, too ([`Narrowing`]); `+word` and quotes do not.
    ///
    /// With a picture alone: the nearest by the cosine. With both: `(1 − mix) · text + mix · looks`, the text's score as a
    /// share of the best one (0 without a match), and the cosine scaled so that the highest of these candidates is 1 and the
    /// lowest 0 (0 without a vector).
    ///
    /// If the whole collection is asked for, the rest of it follows by path.
    ///
    /// # Errors
    /// If the index or the vectors cannot be read, or [`IndexError::NoVectors`] for a picture without vectors to compare.
    pub fn candidates(&self, asked: &Asked, vectors: Option<&VectorSet>) -> Result<Candidates, IndexError> {
        let most = asked.most.min(self.count());
        let query = TextQuery { text: &asked.text, weights: self.manifest().weights, most, is_open: asked.is_open };
        let found = self.text().search(&query)?;
        let narrowing = Narrowing::of(&asked.text);
        let mut candidates = Candidates { matching: found.count, instead: found.instead, list: Vec::new() };
        candidates.list = match (&asked.example, vectors) {
            (None, vectors) => self.by_words(found.hits, &narrowing, most, vectors)?,
            (Some(_), None) => return Err(IndexError::NoVectors("to compare pictures by".to_owned())),
            (Some(example), Some(vectors)) => {
                let mix = if asked.text.trim().is_empty() { 1.0 } else { asked.mix.clamp(0.0, 1.0) };
                self.by_looks(found.hits, (example, mix), &narrowing, most, vectors)?
            }
        };
        if asked.most >= self.count() {
            self.add_rest(&mut candidates.list, &narrowing)?;
        }
        Ok(candidates)
    }

    fn by_words(
        &self,
        hits: Vec<Hit>,
        narrowing: &Narrowing,
        most: usize,
        vectors: Option<&VectorSet>,
    ) -> Result<Vec<FoundPicture>, IndexError> {
        let mut list: Vec<FoundPicture> = hits.into_iter().enumerate().map(by_text).collect();
        let Some(vectors) = vectors.filter(|_| list.len() < most && !list.is_empty()) else { return Ok(list) };
        let mut best = Vec::new();
        for hit in list.iter().take(BEST) {
            best.extend(vectors.get(&hit.picture.path)?.map(|vector| (hit.picture.path.clone(), vector)));
        }
        if best.is_empty() {
            return Ok(list);
        }
        let (paths, queries): (Vec<String>, Vec<Vec<f32>>) = best.into_iter().unzip();
        let known: HashSet<&str> = list.iter().map(|found| found.picture.path.as_str()).collect();
        // Some may be gone since the vectors were computed; others follow then.
        let nearest = vectors.nearest_to_any(&queries, reach(narrowing, most, vectors), &known)?;
        let mut nearest = &nearest[..];
        while list.len() < most && !nearest.is_empty() {
            let (next, rest) = nearest.split_at(nearest.len().min(most - list.len()));
            let pictures = self.text().pictures_at(next.iter().map(|(_, near)| near.path.as_str()))?;
            for ((from, near), picture) in next.iter().zip(pictures) {
                let picture = picture.filter(|picture| narrowing.admits(&picture.words));
                let came = Came::Neighbour { of: paths[*from].clone() };
                let (score, similarity) = (near.similarity - 2.0, Some(near.similarity));
                list.extend(picture.map(|picture| FoundPicture::without_words(picture, score, came, similarity)));
            }
            nearest = rest;
        }
        Ok(list)
    }

    fn by_looks(
        &self,
        hits: Vec<Hit>,
        (example, mix): (&Example, f32),
        narrowing: &Narrowing,
        most: usize,
        vectors: &VectorSet,
    ) -> Result<Vec<FoundPicture>, IndexError> {
        let vector = match example {
            Example::Vector(vector) => vector.clone(),
            Example::Own(path) => {
                let none = || IndexError::NoVectors(format!("of the picture {path}"));
                vectors.get(path)?.ok_or_else(none)?
            }
        };
        if vector.len() != vectors.info().dim || unit_rows(&vector, vector.len()).iter().all(|x| *x == 0.0) {
            return Err(IndexError::NoVectors("that this picture could be compared with".to_owned()));
        }
        let nearest = vectors.nearest(std::slice::from_ref(&vector), reach(narrowing, most, vectors))?;
        let mut list: Vec<FoundPicture> =
            if mix < 1.0 { hits.into_iter().enumerate().map(by_text).collect() } else { Vec::new() };
        let similarities = vectors.similarities(&vector, list.iter().map(|found| found.picture.path.as_str()))?;
        list.iter_mut().zip(similarities).for_each(|(found, similarity)| found.similarity = similarity);
        let known: HashSet<String> = list.iter().map(|found| found.picture.path.clone()).collect();
        let is_new = |near: &Near| mix > 0.0 && !known.contains(&near.path);
        let nearest: Vec<Near> = nearest.into_iter().flatten().filter(is_new).collect();
        let pictures = self.text().pictures_at(nearest.iter().map(|near| near.path.as_str()))?;
        for (near, picture) in nearest.iter().zip(pictures) {
            let example = |picture| FoundPicture::without_words(picture, 0.0, Came::Example, Some(near.similarity));
            list.extend(picture.filter(|picture| narrowing.admits(&picture.words)).map(example));
        }
        mixed(&mut list, mix);
        let own = match example {
            Example::Own(path) => Some(path.as_str()).filter(|_| mix == 1.0),
            Example::Vector(_) => None,
        };
        let is_other = |found: &FoundPicture| own != Some(found.picture.path.as_str());
        list.sort_by(|a, b| is_other(a).cmp(&is_other(b)).then_with(|| best_first(a, b)));
        list.truncate(most);
        Ok(list)
    }

    /// Adds the rest of the collection by path.
    fn add_rest(&self, list: &mut Vec<FoundPicture>, narrowing: &Narrowing) -> Result<(), IndexError> {
        let known: HashSet<&str> = list.iter().map(|found| found.picture.path.as_str()).collect();
        let mut rest: Vec<Picture> = Vec::new();
        self.text().each_picture(&mut |picture| {
            if !known.contains(picture.path.as_str()) && narrowing.admits(&picture.words) {
                rest.push(picture);
            }
        })?;
        rest.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        let lowest = list.iter().map(|found| found.score).fold(0.0, f32::min);
        let unranked = |picture| FoundPicture::without_words(picture, lowest - 1.0, Came::Rest, None);
        list.extend(rest.into_iter().map(unranked));
        Ok(())
    }
}

/// How many of the nearest are looked at: more if some of them may not be let in.
fn reach(narrowing: &Narrowing, most: usize, vectors: &VectorSet) -> usize {
    if narrowing.is_empty() { most } else { most.saturating_mul(NARROWED).min(vectors.count()).max(most) }
}

fn by_text((at, hit): (usize, Hit)) -> FoundPicture {
    FoundPicture {
        picture: hit.picture,
        score: hit.score,
        text_rank: Some(at as u32 + 1),
        text_score: hit.score,
        came: Came::Text,
        similarity: None,
    }
}

/// Sets the scores of a mixture.
fn mixed(list: &mut [FoundPicture], mix: f32) {
    let best = list.iter().map(|found| found.text_score).fold(0.0, f32::max);
    let similarities = || list.iter().filter_map(|found| found.similarity);
    let (low, high) =
        similarities().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    let share = |score: f32| if best > 0.0 { score / best } else { 0.0 };
    let scaled = |similarity: f32| if high > low { (similarity - low) / (high - low) } else { 1.0 };
    for found in list {
        let looks = found.similarity.map_or(0.0, scaled);
        found.score = (1.0 - mix) * share(found.text_score) + mix * looks;
    }
}

fn best_first(a: &FoundPicture, b: &FoundPicture) -> std::cmp::Ordering {
    b.score.total_cmp(&a.score).then_with(|| a.picture.path.cmp(&b.picture.path))
}
