//! Joining the rows of all tables to their pictures.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::guess::WIDE;
use super::preview::{TablePreview, look, missing_captions, role_among};
use super::row::{Reading, Row};
use super::rows::visit;
use crate::base::{At, ContentHash};
use crate::dataset::{WarningKind, Warnings, read_at, scratch, values};
use crate::index::IndexError;
use crate::index::words::known::short;
use crate::index::words::listing::{Listing, Table, TableKind};
use crate::index::words::lookup::{Lookup, Named};
use crate::index::words::{Mapping, Origin, Role, TableMapping, Words};

/// Rows of a picture, and bytes of a text, that are kept.
const MOST_ROWS: u16 = 2000;
const LONGEST: usize = 64 << 10;
/// Rows between two calls of the observer.
const CHUNK: usize = 4096;

/// How many rows tables have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowCounts {
    /// Rows that were read.
    pub read: usize,
    /// Those that name no picture that is there.
    pub without_picture: usize,
    /// Those whose name several pictures have, so that nothing says which one is meant.
    pub ambiguous: usize,
    /// Links of pages and lists to pictures on other machines, which are left alone.
    pub remote: usize,
}

/// A table and its columns.
struct Used {
    path: String,
    is_page: bool,
    columns: Vec<(String, Role)>,
}

/// Where a row's texts are.
#[derive(Clone, Copy)]
struct Entry {
    picture: u32,
    table: u32,
    start: u64,
    length: u32,
    hash: u64,
}

/// The rows of all tables by picture. The texts wait in a file, so that tables of any size take little memory.
#[derive(Default)]
pub(in crate::index::words) struct Joined {
    tables: Vec<Used>,
    /// Sorted by picture, then by table and row.
    entries: Vec<Entry>,
    texts: Option<Mutex<File>>,
    /// How many rows there are.
    pub counts: RowCounts,
    /// Whether a table could not be read to its end, so that it is worth trying again.
    pub has_failed: bool,
    /// What the columns of the tables were taken to mean.
    pub guesses: Vec<TableMapping>,
}

impl Joined {
    /// Reads all tables of a listing. A table that cannot be read costs only its own rows. `observe` gets the number of
    /// rows from time to time.
    ///
    /// # Errors
    /// If the texts cannot be put on disk, and [`IndexError::Cancelled`] after a `Break` of `observe`.
    pub fn read(
        listing: &Listing,
        lookup: &Lookup<'_>,
        mapping: &Mapping,
        warnings: &mut Warnings,
        observe: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Self, IndexError> {
        let file = scratch().at(Path::new("/var/tmp"))?;
        let texts = BufWriter::with_capacity(1 << 20, file);
        let mut joining =
            Joining { lookup, joined: Self::default(), texts, at: 0, counts: Vec::new(), failure: None, last: None };
        let mut previews = Vec::new();
        for table in &listing.tables {
            observe(joining.joined.counts.read).is_continue().then_some(()).ok_or(IndexError::Cancelled)?;
            let preview = look(table, &listing.root, lookup, mapping);
            joining.table(table, &listing.root, &preview, mapping, warnings, observe)?;
            previews.push(preview);
        }
        for caption in missing_captions(mapping, &previews) {
            let message = format!("no table has a column '{caption}'");
            warnings.file(WarningKind::Missing, &listing.root, message);
        }
        joining.finish()
    }

    /// Hash of what tables say of a picture; 0 if they say nothing.
    pub fn hash(&self, picture: usize) -> u64 {
        let entries = self.of(picture);
        if entries.is_empty() {
            return 0;
        }
        let mut hash = ContentHash::default();
        entries.iter().for_each(|entry| hash.number(entry.hash));
        short(&hash)
    }

    fn of(&self, picture: usize) -> &[Entry] {
        let from = self.entries.partition_point(|entry| (entry.picture as usize) < picture);
        let count = self.entries[from..].iter().take_while(|entry| entry.picture as usize == picture).count();
        &self.entries[from..from + count]
    }

    /// Adds what tables say of a picture.
    ///
    /// # Errors
    /// If the texts can no longer be read.
    pub fn add(&self, words: &mut Words, picture: usize) -> io::Result<()> {
        for entry in self.of(picture) {
            let Some(texts) = &self.texts else { return Ok(()) };
            let file = texts.lock().unwrap_or_else(PoisonError::into_inner);
            let bytes = read_at(&file, entry.start, entry.length as usize)?;
            drop(file);
            let used = &self.tables[entry.table as usize];
            if add_row(words, &used.columns, &bytes) {
                words.from(Origin::Table(used.path.clone()));
            }
        }
        Ok(())
    }
}

fn add_row(words: &mut Words, columns: &[(String, Role)], bytes: &[u8]) -> bool {
    let mut has_new = false;
    let mut degrees = [None, None];
    for (column, text) in cells(bytes) {
        let Some((heading, role)) = columns.get(column) else { continue };
        match role {
            Role::Latitude => degrees[0] = values::number(text),
            Role::Longitude => degrees[1] = values::number(text),
            _ => has_new |= words.add(*role, heading, text),
        }
    }
    let location = degrees[0].zip(degrees[1]);
    has_new | location.is_some_and(|(latitude, longitude)| words.add_location(latitude, longitude))
}

/// The cells that [`Joining::row`] wrote.
fn cells(mut bytes: &[u8]) -> impl Iterator<Item = (usize, &str)> {
    std::iter::from_fn(move || {
        let (column, rest) = bytes.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        bytes = rest;
        Some((u32::from_le_bytes(*column) as usize, std::str::from_utf8(text).unwrap_or_default()))
    })
}

/// Joining in progress.
struct Joining<'a> {
    lookup: &'a Lookup<'a>,
    joined: Joined,
    texts: BufWriter<File>,
    at: u64,
    /// Rows by picture.
    counts: Vec<u16>,
    failure: Option<io::Error>,
    /// The last name and what it stood for: captions of a picture mostly follow each other.
    last: Option<(String, Named)>,
}

impl Joining<'_> {
    fn table(
        &mut self,
        table: &Table,
        root: &Path,
        preview: &TablePreview,
        mapping: &Mapping,
        warnings: &mut Warnings,
        observe: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<(), IndexError> {
        let (path, set) = (root.join(&table.file.path), preview.mapping());
        if set.picture().is_none() {
            self.without_pictures(table, preview, &path, warnings);
            return Ok(());
        }
        let is_wide = preview.columns.len() > WIDE;
        let role = |heading: &str| set.role(heading).unwrap_or_else(|| role_among(mapping, heading, &[], is_wide));
        let wanted = |heading: &str| role(heading) != Role::Ignored;
        let (kind, has_headings) = (table.kind, preview.has_headings);
        let reading = Reading { path: &path, kind, has_headings, wanted: &wanted };
        let before = self.joined.counts;
        let mut example = [None, None];
        let is_page = matches!(kind, TableKind::Page | TableKind::Links);
        let mut used = Used { path: table.file.path.clone(), is_page, columns: Vec::new() };
        let mut is_cancelled = false;
        let read = visit(&reading, warnings, &mut |headings, row| {
            for heading in &headings[used.columns.len()..] {
                used.columns.push((heading.clone(), role(heading)));
            }
            self.row(&used, &row, &mut example);
            is_cancelled = self.joined.counts.read.is_multiple_of(CHUNK) && observe(self.joined.counts.read).is_break();
            if is_cancelled || self.failure.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if is_cancelled {
            return Err(IndexError::Cancelled);
        }
        if let Err(error) = read {
            self.joined.has_failed = true;
            warnings.file(WarningKind::BadFile, &path, error.reason());
        }
        self.report(before, example, &path, warnings);
        if preview.is_guessed {
            self.joined.guesses.push(set.into_guess());
        }
        self.joined.tables.push(used);
        match self.failure.take() {
            Some(error) => Err(error).at(&path).map_err(IndexError::from),
            None => Ok(()),
        }
    }

    /// Tells of a table that is of no use, unless it may be about anything else.
    fn without_pictures(&mut self, table: &Table, preview: &TablePreview, path: &Path, warnings: &mut Warnings) {
        self.joined.has_failed |= preview.problem.is_some();
        let is_plain = matches!(table.kind, TableKind::Delimited | TableKind::JsonLines | TableKind::Parquet);
        let message = match &preview.problem {
            Some(problem) => problem.clone(),
            None => "no column of this table names pictures that are here; its words are left out".to_owned(),
        };
        if is_plain {
            warnings.file(WarningKind::BadFile, path, message);
        }
    }

    /// Tells of rows that are of no use, once a table.
    fn report(&self, before: RowCounts, example: [Option<String>; 2], path: &Path, warnings: &mut Warnings) {
        let now = self.joined.counts;
        let counts = [now.without_picture - before.without_picture, now.ambiguous - before.ambiguous];
        let what = ["name no picture that is here", "name a picture by a name that several have"];
        for ((count, what), example) in counts.into_iter().zip(what).zip(example) {
            if let Some(example) = example.filter(|_| count > 0) {
                let message = format!("{count} of {} rows {what}, such as '{example}'", now.read - before.read);
                warnings.file(WarningKind::BadRow, path, message);
            }
        }
    }

    fn row(&mut self, used: &Used, row: &Row, example: &mut [Option<String>; 2]) {
        self.joined.counts.read += 1;
        if used.is_page && row.cells.is_empty() {
            self.joined.counts.remote += 1;
            return;
        }
        let names = row.cells.iter().filter(|(column, _)| used.columns[*column].1 == Role::Picture);
        let mut found = Named::None;
        for (_, name) in names {
            found = match &self.last {
                Some((last, found)) if last == name => *found,
                _ => self.lookup.find(name, &used.path),
            };
            self.last = Some((name.clone(), found));
            match found {
                Named::One(_) => break,
                Named::Several => drop(example[1].get_or_insert_with(|| name.clone())),
                Named::None => drop(example[0].get_or_insert_with(|| name.clone())),
            }
        }
        match found {
            Named::One(picture) => self.keep(picture, used, row),
            Named::Several => self.joined.counts.ambiguous += 1,
            Named::None => self.joined.counts.without_picture += 1,
        }
    }

    fn keep(&mut self, picture: usize, used: &Used, row: &Row) {
        if self.counts.len() <= picture {
            self.counts.resize(picture + 1, 0);
        }
        if self.counts[picture] == MOST_ROWS {
            return;
        }
        self.counts[picture] += 1;
        let mut bytes = Vec::new();
        let mut hash = ContentHash::default();
        hash.text(&used.path);
        for (column, text) in &row.cells {
            let (heading, role) = &used.columns[*column];
            if !matches!(role, Role::Picture | Role::Ignored) {
                let text = &text[..text.floor_char_boundary(LONGEST)];
                [heading.as_str(), role.name(), text].into_iter().for_each(|part| hash.text(part));
                bytes.extend((*column as u32).to_le_bytes());
                bytes.extend((text.len() as u32).to_le_bytes());
                bytes.extend(text.as_bytes());
            }
        }
        let (table, length) = (self.joined.tables.len() as u32, bytes.len() as u32);
        self.joined.entries.push(Entry { picture: picture as u32, table, start: self.at, length, hash: short(&hash) });
        self.at += bytes.len() as u64;
        self.failure = self.texts.write_all(&bytes).err();
    }

    fn finish(mut self) -> Result<Joined, IndexError> {
        let written = self.texts.into_inner().map_err(io::IntoInnerError::into_error);
        self.joined.texts = Some(Mutex::new(written.at(Path::new("/var/tmp"))?));
        self.joined.entries.sort_by_key(|entry| entry.picture);
        Ok(self.joined)
    }
}
