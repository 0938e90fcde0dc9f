//! Which encoder suits a collection: `vectors/compared.json`.
//!
//! An encoder suits pictures if those that it takes for alike also have words in common. That is measured on a sample, whose
//! vectors stay in their sets, so that nothing is computed twice.

use std::collections::HashSet;
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::Collection;
use crate::base::{At, FileError, Progress, read_text_file, write_whole};
use crate::dataset::VectorTable;
use crate::eval::significance::{differences, holm, randomisation};
use crate::graph::{ImageLabels, neighbour_shares};
use crate::index::vectors::VectorSet;
use crate::index::{IndexError, Picture, Words};
use crate::signals::document_terms;
use crate::vision::{DeviceChoice, EncoderSpec};

/// The file's name.
const FILE: &str = "compared.json";
/// The version of the format.
const VERSION: u32 = 1;
/// Most pictures of the sample.
const SAMPLE: usize = 400;
/// With fewer pictures that have words, nothing is said.
const FEWEST: usize = 50;
/// Most pictures that are looked at to find the sample's, where few have words.
const LOOKED_AT: usize = 8_000;
/// Neighbours of a picture.
const NEIGHBOURS: usize = 10;
/// Differences less certain than this are noise.
const SIGNIFICANCE: f64 = 0.05;
/// The share of the sample that an encoder has to have a vector of.
const COVERED: f64 = 0.9;

/// How often the neighbours by each encoder share words with a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EncoderComparison {
    /// The version of the format, 1.
    pub version: u32,
    /// Pictures of the collection when it was made.
    pub of: usize,
    /// Pictures that were compared.
    pub pictures: usize,
    /// Neighbours of each.
    pub k: usize,
    /// The share of random others that have a word in common with a picture.
    pub chance: f64,
    /// Each encoder, the best first.
    pub encoders: Vec<EncoderShare>,
}

/// How often an encoder's neighbours share words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EncoderShare {
    /// Its key.
    pub key: String,
    /// What its vectors are called.
    pub name: String,
    /// The share of a picture's nearest others that have a word in common with it; the mean over pictures.
    pub share: f64,
    /// How likely the best one is ahead by as much if neither is better: a paired randomisation test over pictures, with
    /// Holm's correction. 1 for the best itself.
    pub p: f64,
}

/// Which encoder suits the pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Suited<'a> {
    /// This one better than the others.
    One(&'a EncoderShare),
    /// The best is ahead of these by no more than noise, itself included.
    Several(&'a [EncoderShare]),
    /// It cannot be told: too few pictures have words, or no two of them the same.
    Unknown,
}

impl EncoderComparison {
    /// The verdict.
    pub fn suited(&self) -> Suited<'_> {
        // The further behind, the surer.
        let close = self.encoders.iter().take_while(|encoder| encoder.p >= SIGNIFICANCE).count();
        match close {
            _ if self.encoders.len() < 2 || self.chance == 0.0 => Suited::Unknown,
            0 | 1 => Suited::One(&self.encoders[0]),
            _ => Suited::Several(&self.encoders[..close]),
        }
    }

    /// The one that suits better than all others, if there is one.
    pub fn recommended(&self) -> Option<&EncoderShare> {
        match self.suited() {
            Suited::One(best) => Some(best),
            _ => None,
        }
    }

    /// The share of an encoder by its key.
    pub fn share(&self, key: &str) -> Option<f64> {
        self.encoders.iter().find(|encoder| encoder.key == key).map(|encoder| encoder.share)
    }

    /// The verdict in a sentence.
    pub fn sentence(&self) -> String {
        let percent = |share: f64| format!("{:.0} %", 100.0 * share);
        let chance = percent(self.chance);
        match (self.suited(), &self.encoders[..]) {
            (Suited::One(best), [_, next, ..]) => format!(
                "{} suits these pictures better: {} of its neighbours share words, {} of {}'s (chance {chance}).",
                best.name,
                percent(best.share),
                percent(next.share),
                next.name,
            ),
            (Suited::Several(close), _) => {
                let names: Vec<&str> = close.iter().map(|encoder| encoder.name.as_str()).collect();
                let shares: Vec<String> = close.iter().map(|encoder| percent(encoder.share)).collect();
                format!(
                    "{} suit these pictures about equally: {} of their neighbours share words (chance {chance}).",
                    names.join(" and "),
                    shares.join(" and "),
                )
            }
            _ => {
                let why = match () {
                    () if self.pictures < FEWEST => "too few of them have words",
                    () if self.encoders.len() < 2 => "too few of them can be read",
                    () => "no two of them have a word in common",
                };
                format!("Which encoder suits these pictures cannot be told: {why}.")
            }
        }
    }
}

impl Collection {
    /// The last comparison of its encoders.
    pub fn compared(&self) -> Option<EncoderComparison> {
        let text = read_text_file(&self.vectors_folder().join(FILE)).ok()?;
        serde_json::from_str(&text).ok().filter(|compared: &EncoderComparison| compared.version == VERSION)
    }

    /// Whether its encoders are to be compared, this one among them: they never were, or it could not be told, or the
    /// collection has doubled since.
    pub fn wants_comparison(&self, encoder: &EncoderSpec) -> bool {
        let Some(last) = self.compared() else { return true };
        let is_in_it = || encoder.key().is_ok_and(|key| last.share(&key.to_string()).is_some());
        last.encoders.is_empty() || self.count() >= 2 * last.of.max(1) || !is_in_it()
    }

    /// Measures how often the neighbours by each encoder share words, on a sample of the pictures that have words: by the
    /// bundled encoders and this one, whose vectors of the sample are computed, and by any other that has vectors of nearly
    /// all of the sample.
    ///
    /// # Errors
    /// As [`Collection::embed`].
    pub fn compare_encoders(
        &self,
        encoder: &EncoderSpec,
        device: DeviceChoice,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<EncoderComparison, IndexError> {
        let (sample, labels) = self.sample()?;
        let mut compared = EncoderComparison {
            version: VERSION,
            of: self.count(),
            pictures: labels.labelled(),
            k: NEIGHBOURS,
            chance: 0.0,
            encoders: Vec::new(),
        };
        if compared.pictures >= FEWEST {
            let paths: HashSet<&str> = sample.iter().map(|picture| picture.path.as_str()).collect();
            let mut encoders = EncoderSpec::all_bundled();
            if !encoders.contains(encoder) {
                encoders.push(encoder.clone());
            }
            for encoder in &encoders {
                let name = encoder.name();
                self.embed_some(encoder, device, &paths, &mut |at| {
                    observe(Progress { stage: format!("Comparing encoders: {name}"), ..at })
                })?;
            }
            self.measure(&sample, &labels, &mut compared)?;
        }
        let folder = self.vectors_folder();
        std::fs::create_dir_all(&folder).at(&folder)?;
        let path = folder.join(FILE);
        let text = serde_json::to_vec_pretty(&compared).map_err(|error| FileError::malformed(error, &path))?;
        write_whole(&path, &[&text, b"\n"]).at(&path)?;
        Ok(compared)
    }

    /// Pictures with words, spread evenly over the collection, and their words.
    fn sample(&self) -> Result<(Vec<Picture>, ImageLabels), IndexError> {
        let paths = self.text().first_paths(usize::MAX)?;
        let mut sample = Vec::new();
        let (mut seen, mut step) = (HashSet::new(), 0);
        while sample.len() < SAMPLE && seen.len() < paths.len().min(LOOKED_AT) {
            let at = evenly(step, paths.len());
            step += 1;
            if seen.insert(at)
                && let Some(picture) = self.picture(&paths[at])?.filter(|picture| picture.words.has_text())
            {
                sample.push(picture);
            }
        }
        let labels = ImageLabels::of_words(sample.iter().map(words).collect());
        Ok((sample, labels))
    }

    fn measure(
        &self,
        sample: &[Picture],
        labels: &ImageLabels,
        compared: &mut EncoderComparison,
    ) -> Result<(), IndexError> {
        let mut sets = self.vector_sets()?;
        let covered = |set: &VectorSet| sample.iter().filter(|picture| set.has(&picture.path)).count();
        sets.retain(|set| covered(set) as f64 >= COVERED * sample.len() as f64);
        let tables = sets.iter().map(|set| self.table_of(set, sample)).collect::<Result<Vec<_>, _>>()?;
        let tables: Vec<&VectorTable> = tables.iter().collect();
        let Some(shares) = neighbour_shares(&tables, labels, NEIGHBOURS) else { return Ok(()) };
        let agreements: Vec<_> = (0..sets.len()).map(|at| shares.agreement(at)).collect();
        (compared.pictures, compared.chance) = (agreements.first().map_or(0, |first| first.images), shares.chance);
        let mut order: Vec<usize> = (0..sets.len()).collect();
        order.sort_by(|&a, &b| agreements[b].share.total_cmp(&agreements[a].share));
        let Some((&best, others)) = order.split_first() else { return Ok(()) };
        let tested = |&other: &usize| {
            randomisation(&differences(&shares.of_table[best], &shares.of_table[other])).map_or(1.0, |tested| tested.p)
        };
        let p = std::iter::once(1.0).chain(holm(&others.iter().map(tested).collect::<Vec<_>>()));
        let encoder = |(&at, p): (&usize, f64)| {
            let info = sets[at].info();
            EncoderShare { key: info.key.clone(), name: info.name.clone(), share: agreements[at].share, p }
        };
        compared.encoders = order.iter().zip(p).map(encoder).collect();
        Ok(())
    }

    fn table_of(&self, set: &VectorSet, sample: &[Picture]) -> Result<VectorTable, IndexError> {
        let mut table = VectorTable::new(&set.info().name, set.info().dim, sample.len());
        for (at, picture) in sample.iter().enumerate() {
            if let Some(vector) = set.get(&picture.path)? {
                table.set(at, &vector).at(self.folder())?;
            }
        }
        Ok(table)
    }
}

/// The number of a step's picture among so many: however many steps are made, they are spread evenly.
fn evenly(step: usize, count: usize) -> usize {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    ((step as f64 * GOLDEN).fract() * count as f64) as usize
}

/// The terms that a search finds a picture by, and its folder.
fn words(picture: &Picture) -> Vec<String> {
    let Words { title, description, captions, tags, places, name, folders, .. } = &picture.words;
    let lists = [captions, tags, places, folders].into_iter().flatten();
    let texts: Vec<&str> = [title, description, name].into_iter().chain(lists).map(String::as_str).collect();
    let folder = picture.path.rsplit_once('/').map(|(folder, _)| format!("{folder}/"));
    document_terms(&texts.join(" \n ")).terms.into_iter().chain(folder).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(shares: &[(&str, f64, f64)]) -> EncoderComparison {
        let share = |&(name, share, p): &(&str, f64, f64)| EncoderShare {
            key: name.to_owned(),
            name: name.to_owned(),
            share,
            p,
        };
        let encoders = shares.iter().map(share).collect();
        EncoderComparison { version: VERSION, of: 900, pictures: 400, k: 10, chance: 0.05, encoders }
    }

    #[test]
    fn one_suits_better_only_beyond_noise() {
        let clear = compared(&[("b", 0.46, 1.0), ("a", 0.381, 0.001)]);
        assert_eq!(clear.recommended().map(|best| best.name.as_str()), Some("b"));
        let sentence = "b suits these pictures better: 46 % of its neighbours share words, 38 % of a's (chance 5 %).";
        assert_eq!(clear.sentence(), sentence);
        let close = compared(&[("b", 0.46, 1.0), ("a", 0.45, 0.3), ("c", 0.2, 0.001)]);
        assert!(matches!(close.suited(), Suited::Several(close) if close.len() == 2) && close.recommended().is_none());
        let sentence =
            "b and a suit these pictures about equally: 46 % and 45 % of their neighbours share words (chance 5 %).";
        assert_eq!(close.sentence(), sentence);
        assert_eq!(compared(&[]).suited(), Suited::Unknown);
        let nothing = EncoderComparison { pictures: 12, ..compared(&[]) };
        assert!(nothing.sentence().ends_with("cannot be told: too few of them have words."));
    }

    #[test]
    fn steps_are_spread_evenly_wherever_they_end() {
        for steps in [10, 37, 400] {
            let mut places: Vec<usize> = (0..steps).map(|step| evenly(step, 100_000)).collect();
            places.sort_unstable();
            let widest = places.windows(2).map(|pair| pair[1] - pair[0]).max();
            assert!(widest < Some(3 * 100_000 / steps), "{widest:?} of {steps}");
        }
    }
}
