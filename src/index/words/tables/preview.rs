//! What a table holds and what its columns seem to mean, by its first rows.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::guess::{WIDE, picture_rank, role_of};
use super::row::{Reading, Row};
use super::rows::visit;
use crate::dataset::walk::is_picture;
use crate::dataset::{Warnings, plain};
use crate::index::words::listing::{Table, TableKind};
use crate::index::words::lookup::{Lookup, Named};
use crate::index::words::mapping::{Column, Mapping, Role, TableMapping};

/// Rows that are looked at.
const ROWS: usize = 1000;
/// Rows in which a picture is looked for; a table may speak of many that are not here.
const MOST_ROWS: usize = 200_000;
/// Columns that are tried for names of pictures, and those tried beyond [`ROWS`].
const TRIED: usize = 64;
const TRIED_ON: usize = 4;
/// Values of a column that are shown, by which its role is guessed, and how long each may be.
const SHOWN: usize = 5;
const SAMPLED: usize = 50;
const LONGEST: usize = 200;

/// A table, as a person sees it who decides what its columns mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TablePreview {
    /// Its path below the pictures' folder.
    pub path: String,
    /// How it is read.
    pub kind: TableKind,
    /// Whether its first row holds the headings.
    pub has_headings: bool,
    /// Whether what its columns mean was guessed, rather than set by a person.
    pub is_guessed: bool,
    /// Its columns.
    pub columns: Vec<ColumnPreview>,
    /// Number of rows looked at.
    pub rows: usize,
    /// Whether these are all rows.
    pub is_whole: bool,
    /// How many of them name a picture.
    pub named: usize,
    /// How many name a picture by a name that several have.
    pub ambiguous: usize,
    /// Why it cannot be read, if so.
    pub problem: Option<String>,
}

/// A column, its first values, and what it seems to mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnPreview {
    /// Its heading; `column 1` and so on where the table has none.
    pub heading: String,
    /// Its meaning.
    pub role: Role,
    /// Its first values.
    pub values: Vec<String>,
    /// In how many of the rows looked at it names a picture.
    pub pictures: usize,
}

impl TablePreview {
    /// What its columns mean, to be edited.
    pub fn mapping(&self) -> TableMapping {
        let is_short = self.columns.len() <= WIDE;
        let columns = self.columns.iter().filter(|column| is_short || column.role != Role::Ignored);
        let column = |column: &ColumnPreview| Column { heading: column.heading.clone(), role: column.role };
        let columns = columns.map(column).collect();
        TableMapping { path: self.path.clone(), has_headings: self.has_headings, columns, guessed: None }
    }
}

/// What was seen of a column.
#[derive(Default)]
struct Seen {
    values: Vec<String>,
    named: usize,
    several: usize,
    pictures: BTreeSet<usize>,
}

/// Rows that were looked at.
#[derive(Default)]
struct Look {
    headings: Vec<String>,
    columns: Vec<Seen>,
    rows: usize,
    is_whole: bool,
    /// Whether a field of the first row names a picture, or looks like a picture's file.
    starts_with_picture: bool,
}

impl Look {
    fn row(&mut self, headings: &[String], row: Row, path: &str, lookup: &Lookup<'_>) -> ControlFlow<()> {
        if headings.len() > self.headings.len() {
            self.headings = headings.to_vec();
            self.columns.resize_with(headings.len(), Seen::default);
        }
        // A class or a count may be the name of a picture, too, but of few.
        let has_some = self.columns.iter().any(|seen| seen.pictures.len() * 10 > seen.named);
        if self.rows >= MOST_ROWS || (self.rows >= ROWS && has_some) {
            self.is_whole = false;
            return ControlFlow::Break(());
        }
        let tried = if self.rows < ROWS { TRIED } else { TRIED_ON };
        for (column, text) in row.cells {
            let seen = &mut self.columns[column];
            if column < tried || picture_rank(&headings[column]).is_some() {
                match lookup.find(&text, path) {
                    Named::One(picture) => {
                        seen.named += 1;
                        seen.pictures.insert(picture);
                    }
                    Named::Several => seen.several += 1,
                    Named::None => {}
                }
            }
            let is_name = is_picture(Path::new(text.split('#').next().unwrap_or(&text).trim()));
            self.starts_with_picture |= self.rows == 0 && (is_name || seen.named + seen.several > 0);
            if seen.values.len() < if headings.len() > WIDE { SHOWN } else { SAMPLED } {
                seen.values.push(text[..text.floor_char_boundary(LONGEST)].to_owned());
            }
        }
        self.rows += 1;
        ControlFlow::Continue(())
    }

    /// The column that names pictures: the one that names most, else the one with the most usual heading.
    fn picture(&self) -> Option<usize> {
        let rank = |at: usize| Reverse(picture_rank(&self.headings[at]).unwrap_or(usize::MAX));
        let looks_so = |at: &usize| {
            let values = &self.columns[*at].values;
            values.iter().filter(|value| is_picture(Path::new(value))).count() * 2 > values.len()
        };
        let named = (0..self.columns.len()).filter(|&at| self.columns[at].named + self.columns[at].several > 0);
        named
            .max_by_key(|&at| (self.columns[at].pictures.len(), rank(at), self.columns[at].several, Reverse(at)))
            .or_else(|| (0..self.columns.len()).find(looks_so))
    }
}

/// Looks at the first rows of a table.
pub(in crate::index::words) fn look(
    table: &Table,
    root: &Path,
    lookup: &Lookup<'_>,
    mapping: &Mapping,
) -> TablePreview {
    let (path, set) = (&table.file.path, mapping.of(&table.file.path));
    let full = root.join(path);
    let attempt = |has_headings: bool| {
        let reading = Reading { path: &full, kind: table.kind, has_headings, wanted: &|_| true };
        let mut look = Look { is_whole: true, ..Look::default() };
        let read =
            visit(&reading, &mut Warnings::default(), &mut |headings, row| look.row(headings, row, path, lookup));
        (look, read.err().map(|error| error.reason()))
    };
    let is_unknown = set.is_none() && table.kind == TableKind::Delimited;
    let bare = is_unknown.then(|| attempt(false)).filter(|(look, _)| look.starts_with_picture);
    let has_headings = set.map_or(bare.is_none(), |set| set.has_headings);
    let (look, problem) = bare.unwrap_or_else(|| attempt(has_headings));
    let is_page = matches!(table.kind, TableKind::Page | TableKind::Links);
    let picture = look.picture().or((is_page && !look.headings.is_empty()).then_some(0));
    let is_wide = look.headings.len() > WIDE;
    let has_set_picture = set.is_some_and(|set| set.picture().is_some());
    let mut columns = Vec::with_capacity(look.headings.len());
    for (at, (heading, seen)) in look.headings.iter().zip(&look.columns).enumerate() {
        let guessed = match picture == Some(at) && !has_set_picture {
            true => Role::Picture,
            false => role_among(mapping, heading, &seen.values, is_wide),
        };
        let role = set.and_then(|set| set.role(heading)).unwrap_or(guessed);
        let values = seen.values.iter().take(SHOWN).cloned().collect();
        columns.push(ColumnPreview { heading: heading.clone(), role, values, pictures: seen.named });
    }
    let chosen = columns.iter().position(|column| column.role == Role::Picture);
    let (named, ambiguous) = chosen.map_or((0, 0), |at| (look.columns[at].named, look.columns[at].several));
    TablePreview {
        path: path.clone(),
        kind: table.kind,
        has_headings,
        is_guessed: set.is_none(),
        columns,
        rows: look.rows,
        is_whole: look.is_whole,
        named,
        ambiguous,
        problem,
    }
}

/// The role of a column that names no pictures.
pub(in crate::index::words) fn role_among(mapping: &Mapping, heading: &str, sample: &[String], is_wide: bool) -> Role {
    let is_caption = mapping.captions.iter().any(|caption| plain(caption) == plain(heading));
    if is_caption { Role::Caption } else { role_of(heading, sample, is_wide) }
}

/// Headings that are captions in every table and that no table has.
pub(in crate::index::words) fn missing_captions(mapping: &Mapping, previews: &[TablePreview]) -> Vec<String> {
    let known: BTreeSet<String> =
        previews.iter().flat_map(|table| &table.columns).map(|column| plain(&column.heading)).collect();
    mapping.captions.iter().filter(|caption| !known.contains(&plain(caption))).cloned().collect()
}
