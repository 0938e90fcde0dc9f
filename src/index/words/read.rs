//! Reading the words of listed pictures, a batch at a time.

use std::collections::HashSet;
use std::ops::ControlFlow;

use rayon::prelude::*;

use super::known::{Known, hash_of, short};
use super::listing::Listing;
use super::lookup::Lookup;
use super::mapping::{Mapping, TableMapping};
use super::moved::moved;
use super::one::{One, Sources};
use super::shards::{Members, members};
use super::tables::{Joined, RowCounts, TablePreview, look};
use super::{Moved, Picture, Tally};
use crate::base::{ContentHash, Progress};
use crate::dataset::{Warning, Warnings};
use crate::index::IndexError;

/// Pictures in a batch: a few hundredths of a second's work.
const BATCH: usize = 512;
/// Warnings that are handed over; a folder of a million broken files is one message many times.
const MOST_WARNINGS: usize = 1000;

/// Some of what [`read`] found.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Pictures that are new or have changed.
    pub pictures: Vec<Picture>,
    /// Pictures that were found again under another path; they come before any other picture, among which they are, too.
    pub moved: Vec<Moved>,
    /// Paths of pictures that are no longer there.
    pub removed: Vec<String>,
    /// Problems on the way.
    pub warnings: Vec<Warning>,
    /// How far the reading is.
    pub progress: Progress,
}

/// What came of a reading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Pictures handed over.
    pub read: usize,
    /// Pictures that have not changed since the earlier reading.
    pub unchanged: usize,
    /// Pictures that are no longer there, nor anywhere else.
    pub removed: usize,
    /// Pictures that were found again under another path.
    pub moved: usize,
    /// Where the words of the pictures handed over come from.
    pub sources: Tally,
    /// Pictures handed over about which nothing is said.
    pub without_words: usize,
    /// The rows of tables, if those had to be read.
    pub rows: RowCounts,
    /// Hash of the shards, of the tables and of their mapping; 0 if one of them could not be read.
    pub tables: u64,
    /// What the columns of tables were taken to mean, where nobody said so; `None` if they did not have to be read.
    pub guesses: Option<Vec<TableMapping>>,
    /// Problems beyond those handed over.
    pub more_warnings: usize,
}

/// Reads the words of every picture that is new or has changed, and hands them over in batches, in the order of their
/// paths. A picture or file that cannot be read costs only its own words.
///
/// # Errors
/// [`IndexError::Missing`] if more pictures are gone than what is known may lose, and [`IndexError::Cancelled`] after a
/// `Break` of `take`. What was handed over stays good: with it among what is known, the
/// next reading goes on from there.
pub fn read(
    listing: &Listing,
    mapping: &Mapping,
    known: &dyn Known,
    take: &mut dyn FnMut(Batch) -> ControlFlow<()>,
) -> Result<Outcome, IndexError> {
    let outcome = Outcome { tables: hash_of_tables(listing, mapping), ..Outcome::default() };
    let sources = Sources { listing, known, members: Members::default(), joined: Joined::default() };
    let mut reading = Reading { sources, take, outcome, warned: 0 };
    if !reading.is_as_known() {
        reading.shards()?;
        let gone = reading.gone()?;
        reading.tables(mapping)?;
        reading.pictures()?;
        reading.removed(gone)?;
        if reading.sources.joined.has_failed || !reading.sources.members.missed.is_empty() {
            reading.outcome.tables = 0;
        }
    }
    Ok(reading.outcome)
}

/// Looks at the first rows of every table.
pub fn preview(listing: &Listing, mapping: &Mapping) -> Vec<TablePreview> {
    let go_on = &mut |_| ControlFlow::Continue(());
    let members = members(listing, &mut Warnings::default(), go_on).unwrap_or_default();
    let pictures = listing.pictures.iter().chain(members.all.iter().map(|member| &member.listed));
    let lookup = Lookup::of(pictures.map(|picture| picture.path.as_str()).collect());
    listing.tables.iter().map(|table| look(table, &listing.root, &lookup, mapping)).collect()
}

struct Reading<'a> {
    sources: Sources<'a>,
    take: &'a mut dyn FnMut(Batch) -> ControlFlow<()>,
    outcome: Outcome,
    warned: usize,
}

impl Reading<'_> {
    /// Whether neither the tables nor any picture has changed since everything was read.
    fn is_as_known(&mut self) -> bool {
        let (listing, known) = (self.sources.listing, self.sources.known);
        let in_shards = |path: &str| listing.shards.iter().any(|shard| is_below(path, &shard.path));
        let (mut files, mut all) = (0, 0);
        known.paths(&mut |path| {
            files += usize::from(!in_shards(path));
            all += 1;
        });
        let is_same = !(listing.tables.is_empty() && listing.shards.is_empty())
            && known.tables() == Some(self.outcome.tables)
            && files == listing.pictures.len()
            && (0..files).into_par_iter().all(|at| self.sources.is_same_but_rows(at));
        if is_same {
            self.outcome.unchanged = all;
        }
        is_same
    }

    fn shards(&mut self) -> Result<(), IndexError> {
        let mut warnings = Warnings::default();
        self.sources.members = members(self.sources.listing, &mut warnings, &mut |pictures| {
            (self.take)(Batch { progress: progress("Listing shards", pictures, 0), ..Batch::default() })
        })?;
        let warnings = warnings.into_vec();
        match self.sources.listing.shards.is_empty() {
            true => Ok(()),
            false => self.hand_over(Batch { warnings, progress: progress("Listing shards", 0, 0), ..Batch::default() }),
        }
    }

    fn tables(&mut self, mapping: &Mapping) -> Result<(), IndexError> {
        let listing = self.sources.listing;
        if listing.tables.is_empty() {
            self.outcome.guesses = Some(Vec::new());
            return Ok(());
        }
        let lookup = Lookup::of(self.sources.paths());
        let mut warnings = Warnings::default();
        let joined = Joined::read(listing, &lookup, mapping, &mut warnings, &mut |rows| {
            (self.take)(Batch { progress: progress("Reading tables", rows, 0), ..Batch::default() })
        })?;
        (self.outcome.rows, self.outcome.guesses) = (joined.counts, Some(joined.guesses.clone()));
        self.sources.joined = joined;
        let warnings = warnings.into_vec();
        self.hand_over(Batch { warnings, progress: progress("Reading tables", 0, 0), ..Batch::default() })
    }

    fn pictures(&mut self) -> Result<(), IndexError> {
        let count = self.sources.count();
        for start in (0..count).step_by(BATCH) {
            let end = count.min(start + BATCH);
            let found: Vec<One> = {
                let sources = &self.sources;
                (start..end).into_par_iter().map(|at| sources.one(at)).collect()
            };
            let mut batch = Batch { progress: progress("Reading words", end, count), ..Batch::default() };
            for one in found {
                match one {
                    One::Unchanged => self.outcome.unchanged += 1,
                    One::Gone => {}
                    One::Read(picture, warnings) => {
                        batch.warnings.extend(warnings.into_vec());
                        batch.pictures.push(*picture);
                    }
                }
            }
            self.hand_over(batch)?;
        }
        Ok(())
    }

    /// The paths of pictures that are no longer there, once those that moved are handed over.
    fn gone(&mut self) -> Result<Vec<String>, IndexError> {
        let mut gone = Vec::new();
        let listing = self.sources.listing;
        let members = &self.sources.members;
        let in_shards: HashSet<&str> = members.all.iter().map(|member| member.listed.path.as_str()).collect();
        let is_missed = |path: &str| members.missed.iter().any(|shard| is_below(path, shard));
        self.sources.known.paths(&mut |path| {
            let is_there = listing.position(path).is_some() || in_shards.contains(path);
            if !is_there && !listing.is_missed(path) && !is_missed(path) {
                gone.push(path.to_owned());
            }
        });
        let stage = |done, total| progress("Comparing pictures that moved", done, total);
        let moved = moved(&self.sources, &gone, &mut |done, total| {
            (self.take)(Batch { progress: stage(done, total), ..Batch::default() }).is_continue()
        })?;
        let lost = gone.len() - moved.len();
        if !self.sources.known.may_lose(lost) {
            let mut count = 0;
            self.sources.known.paths(&mut |_| count += 1);
            return Err(IndexError::Missing { gone: lost, count, folder: listing.root.clone() });
        }
        if !moved.is_empty() {
            self.hand_over(Batch { moved, progress: stage(0, 0), ..Batch::default() })?;
        }
        Ok(gone)
    }

    fn removed(&mut self, removed: Vec<String>) -> Result<(), IndexError> {
        let count = self.sources.count();
        self.hand_over(Batch { removed, progress: progress("Reading words", count, count), ..Batch::default() })
    }

    fn hand_over(&mut self, mut batch: Batch) -> Result<(), IndexError> {
        batch.pictures.iter().for_each(|picture| self.outcome.sources.add(&picture.words));
        self.outcome.without_words += batch.pictures.iter().filter(|picture| !picture.words.has_text()).count();
        self.outcome.read += batch.pictures.len();
        self.outcome.moved += batch.moved.len();
        self.outcome.removed += batch.removed.len().saturating_sub(self.outcome.moved);
        let room = MOST_WARNINGS - self.warned;
        self.outcome.more_warnings += batch.warnings.len().saturating_sub(room);
        batch.warnings.truncate(room);
        self.warned += batch.warnings.len();
        match (self.take)(batch) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(IndexError::Cancelled),
        }
    }
}

fn progress(stage: &str, done: usize, total: usize) -> Progress {
    Progress { stage: stage.to_owned(), done, total, ..Progress::default() }
}

fn is_below(path: &str, shard: &str) -> bool {
    path.strip_prefix(shard).is_some_and(|rest| rest.starts_with('/'))
}

/// Hash of the shards, of the tables and of what their columns mean.
fn hash_of_tables(listing: &Listing, mapping: &Mapping) -> u64 {
    let mut hash = ContentHash::default();
    mapping.captions.iter().for_each(|caption| hash.text(caption));
    hash.number(hash_of(&listing.shards.iter().collect::<Vec<_>>()));
    for table in &listing.tables {
        hash.number(hash_of(&[&table.file]));
        if let Some(table) = mapping.of(&table.file.path) {
            hash.number(u64::from(table.has_headings));
            for column in &table.columns {
                hash.text(&column.heading);
                hash.text(column.role.name());
            }
        }
    }
    short(&hash)
}
