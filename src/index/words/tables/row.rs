//! A row, and how rows are read.

use std::ops::ControlFlow;
use std::path::Path;

use crate::index::words::listing::TableKind;

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::index::words) struct Row {
    /// Its line or number in the file, from 1.
    pub line: usize,
    /// Column and text; several of a list.
    pub cells: Vec<(usize, String)>,
}

/// Takes the headings that are known so far, and a row.
pub(in crate::index::words) type Each<'a> = dyn FnMut(&[String], Row) -> ControlFlow<()> + 'a;

/// How a table is read.
#[derive(Clone, Copy)]
pub(in crate::index::words) struct Reading<'a> {
    pub path: &'a Path,
    pub kind: TableKind,
    /// Whether its first row holds headings, for delimited tables.
    pub has_headings: bool,
    /// Whether a column is of use, by its heading; others may be left out where that saves work.
    pub wanted: &'a dyn Fn(&str) -> bool,
}
