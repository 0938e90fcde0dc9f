//! CSV and TSV tables with the line of every row; a bad row loses only itself.
//!
//! The `csv` crate is not used because an unclosed quote makes it swallow the rest of the file. Guarding against that
//! took more code than this parser, to read 47 MB in 0.22 s instead of 0.35 s.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::text::read_text;
use super::warnings::{Warnings, owned};
use super::{DatasetError, Relevance, WarningKind, values};
use crate::base::{FileError, open_file};

/// Longest quoted field in bytes; it may span lines, but an unclosed quote must not swallow the rest of the file.
const LONGEST_QUOTED: usize = 64 * 1024;

/// A table in memory.
#[derive(Debug)]
pub(super) struct Table {
    pub path: PathBuf,
    /// Headings as written, without white space at the ends.
    pub headings: Vec<String>,
    pub rows: Vec<Row>,
}

/// One row: as many fields as there are headings.
#[derive(Debug)]
pub(super) struct Row {
    /// Where it starts, from 1.
    pub line: usize,
    pub fields: Vec<String>,
}

impl Table {
    /// Reads a table whose first non-empty row holds the headings. The separator is a tab in `.tsv` files, elsewhere
    /// the most frequent of comma, semicolon and tab in the headings.
    ///
    /// # Errors
    /// If the file cannot be read or holds no heading.
    pub fn read(path: &Path, warnings: &mut Warnings) -> Result<Self, DatasetError> {
        let text = read_text(path, warnings)?;
        let mut rows = parse(&text, separator(path, &text), path, warnings).into_iter();
        let Some(head) = rows.next() else {
            return Err(FileError::malformed("the table is empty, without even a header row", path).into());
        };
        let headings: Vec<String> = head.fields.iter().map(|field| field.trim().to_owned()).collect();
        let rows = rows.filter_map(|row| fit(row, headings.len(), path, warnings)).collect();
        Ok(Self { path: owned(path), headings, rows })
    }

    /// Like [`Table::read`] for an optional table: an error becomes a warning.
    pub fn read_or_warn(path: &Path, warnings: &mut Warnings) -> Option<Self> {
        Self::read(path, warnings).map_err(|error| warnings.error(error)).ok()
    }

    /// The grade in a row's field, which holds a number.
    ///
    /// # Errors
    /// If the number is not whole. Rounding it, or leaving the image unjudged, would change every measure of the query,
    /// and another scale would change those with exponential gains, so only whoever made the table can decide.
    pub fn grade(&self, row: &Row, column: usize) -> Result<Relevance, FileError> {
        let field = row.fields[column].trim();
        values::whole(field).map(Relevance).ok_or_else(|| FileError::Malformed {
            message: format!(
                "grade '{field}' is not a whole number; scale or round the column '{}' (grades in steps of 0.5: × 2)",
                self.headings[column]
            ),
            path: self.path.clone(),
            line: Some(row.line),
        })
    }

    /// The first column with one of these names, tried in order; case, spaces, hyphens and underscores are ignored.
    pub fn column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.headings.iter().position(|heading| plain(heading) == plain(name)))
    }
}

/// A heading reduced to its lower-case letters and digits.
pub(crate) fn plain(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The headings of a table, to recognise its kind; reads only the start of the file.
pub(super) fn peek_headings(path: &Path) -> Option<Vec<String>> {
    use std::io::Read;
    let mut start = Vec::new();
    open_file(path).ok()?.take(LONGEST_QUOTED as u64).read_to_end(&mut start).ok()?;
    let text = String::from_utf8_lossy(&start);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    let rows = parse(first, separator(path, first), path, &mut Warnings::default());
    Some(rows.into_iter().next()?.fields.iter().map(|field| plain(field)).collect())
}

/// Pads a row to the width of the headings; `None` with a warning where it has more fields.
fn fit(mut row: Row, width: usize, path: &Path, warnings: &mut Warnings) -> Option<Row> {
    let found = row.fields.len();
    if row.fields.iter().skip(width).any(|field| !field.trim().is_empty()) {
        let message = format!("{found} fields for {width} headings; the row is skipped");
        warnings.line(WarningKind::BadRow, path, row.line, message);
        return None;
    }
    if found < width {
        let message = format!("{found} fields for {width} headings; the rest is taken as empty");
        warnings.line(WarningKind::BadRow, path, row.line, message);
    }
    row.fields.resize(width, String::new());
    Some(row)
}

fn separator(path: &Path, text: &str) -> u8 {
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tsv")) {
        return b'\t';
    }
    let head = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |separator: u8| head.bytes().filter(|byte| *byte == separator).count();
    // The last of equal counts wins, so the comma comes last.
    [b'\t', b';', b','].into_iter().max_by_key(|&separator| count(separator)).unwrap_or(b',')
}

/// Splits a text into rows of fields. Empty lines are skipped.
fn parse(text: &str, separator: u8, path: &Path, warnings: &mut Warnings) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut parsing = Parsing { separator, path, warnings, line: 1 };
    let _ = parsing.rows(text, true, &mut |row| {
        rows.push(row);
        ControlFlow::Continue(())
    });
    rows
}

/// Splitting a text, which may come in pieces, into rows.
pub(super) struct Parsing<'a> {
    pub separator: u8,
    pub path: &'a Path,
    pub warnings: &'a mut Warnings,
    /// The line of the text's start, from 1.
    pub line: usize,
}

impl Parsing<'_> {
    /// Visits the rows of a text and returns how many bytes they take. Where `is_last` is false, more text follows, and a
    /// row that it may change is left for later.
    pub fn rows(
        &mut self,
        text: &str,
        is_last: bool,
        each: &mut dyn FnMut(Row) -> ControlFlow<()>,
    ) -> ControlFlow<(), usize> {
        let separator = self.separator;
        let mut fields = Vec::new();
        let (mut at, mut row_at, mut line) = (0, 0, self.line);
        while at < text.len() {
            let field = match quoted(&text[at..], separator) {
                Some(field) => field,
                None => {
                    if text[at..].starts_with('"') && separator != b'\t' {
                        if !is_last && text.len() - at < LONGEST_QUOTED {
                            break;
                        }
                        if separator == b',' {
                            let message = "unclosed quote, read as a plain character";
                            self.warnings.line(WarningKind::BadRow, self.path, line, message);
                        }
                    }
                    bare(&text[at..], separator)
                }
            };
            line += text[at..at + field.length].matches('\n').count();
            at += field.length;
            fields.push(field.value);
            if let Some(rest) = text[at..].strip_prefix(char::from(separator)) {
                at += 1;
                if !rest.is_empty() && !rest.starts_with(['\n', '\r']) {
                    continue;
                }
                fields.push(String::new());
            }
            let end = line_end(&text[at..]);
            at += end;
            // The rest of the row, or of its line end, may follow.
            if !is_last && (end == 0 || (at == text.len() && text.ends_with('\r'))) {
                break;
            }
            let fields = std::mem::take(&mut fields);
            if fields.iter().any(|field: &String| !field.trim().is_empty()) {
                each(Row { line: self.line, fields })?;
            }
            line += usize::from(end > 0);
            (self.line, row_at) = (line, at);
        }
        ControlFlow::Continue(row_at)
    }
}

struct Field {
    value: String,
    /// Its length in the text in bytes, quotes included.
    length: usize,
}

/// A field in quotes, if one starts here and its closing quote is followed by a separator or a line's end. In a
/// tab-separated table it must end on the same line, as a title there may well start with a quotation.
fn quoted(text: &str, separator: u8) -> Option<Field> {
    let bytes = text.as_bytes();
    let end = bytes.len().min(LONGEST_QUOTED);
    let stops = |&byte: &u8| byte == b'"' || (byte == b'\n' && separator == b'\t');
    let mut at = bytes.starts_with(b"\"").then_some(1)?;
    loop {
        at += bytes.get(at..end)?.iter().position(stops)?;
        match (bytes[at], bytes.get(at + 1)) {
            (b'\n', _) => return None,
            (_, Some(b'"')) => at += 2,
            (_, Some(&next)) if next != separator && !is_line_end(next) => at += 1,
            _ => return Some(Field { value: text[1..at].replace("\"\"", "\""), length: at + 1 }),
        }
    }
}

/// A field without quotes: up to the separator or the line's end.
fn bare(text: &str, separator: u8) -> Field {
    let length = text.bytes().position(|byte| byte == separator || is_line_end(byte)).unwrap_or(text.len());
    Field { value: text[..length].to_owned(), length }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// The bytes of the line end that a text starts with, if it starts with one.
fn line_end(text: &str) -> usize {
    if text.starts_with("\r\n") { 2 } else { usize::from(text.starts_with(['\n', '\r'])) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::ControlFlow::Continue;

    fn rows(text: &str, separator: u8) -> (Vec<(usize, Vec<String>)>, usize) {
        let mut warnings = Warnings::default();
        let rows = parse(text, separator, Path::new("t.csv"), &mut warnings);
        (rows.into_iter().map(|row| (row.line, row.fields)).collect(), warnings.into_vec().len())
    }

    fn row(line: usize, fields: &[&str]) -> (usize, Vec<String>) {
        (line, fields.iter().map(|&field| field.to_owned()).collect())
    }

    #[test]
    fn quotes_hold_separators_line_ends_and_doubled_quotes() {
        let (found, warned) = rows("id,t\r\n1,\"a, \"\"b\"\"\nc\"\r\n2,x\r\n", b',');
        assert_eq!(found, [row(1, &["id", "t"]), row(2, &["1", "a, \"b\"\nc"]), row(4, &["2", "x"])]);
        assert_eq!(warned, 0);
    }

    #[test]
    fn a_quote_that_is_never_closed_loses_only_itself() {
        let (found, warned) = rows("1,\"open,x\n2,y\n3,z", b',');
        assert_eq!(found, [row(1, &["1", "\"open", "x"]), row(2, &["2", "y"]), row(3, &["3", "z"])]);
        assert_eq!(warned, 1);
    }

    #[test]
    fn a_title_that_starts_with_a_quotation_stays_whole_in_a_tsv() {
        let (found, _) = rows("1\t\"Hello\" he said\tx\n2\t\"open\ty\n3\t\"a\tb\"\tz\n", b'\t');
        let expected =
            [row(1, &["1", "\"Hello\" he said", "x"]), row(2, &["2", "\"open", "y"]), row(3, &["3", "a\tb", "z"])];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_text_in_pieces_has_the_rows_of_the_whole() {
        let text = "id,t\r\n1,\"a, \"\"b\"\"\r\nc\"\r\n2,\n,,\n3,\"open\r\n4,é";
        for cut in (0..text.len()).filter(|at| text.is_char_boundary(*at)) {
            let mut found = Vec::new();
            let mut warnings = Warnings::default();
            let mut parsing = Parsing { separator: b',', path: Path::new("t.csv"), warnings: &mut warnings, line: 1 };
            let mut each = |row: Row| {
                found.push((row.line, row.fields));
                ControlFlow::Continue(())
            };
            let Continue(used) = parsing.rows(&text[..cut], false, &mut each) else { panic!("broken off") };
            let Continue(rest) = parsing.rows(&text[used..], true, &mut each) else { panic!("broken off") };
            assert_eq!((found, used + rest), (rows(text, b',').0, text.len()), "{cut}");
        }
    }

    #[test]
    fn empty_fields_at_the_end_count_and_empty_rows_do_not() {
        let (found, _) = rows("a,b,\n\n,,\r\n\r\nc,", b',');
        assert_eq!(found, [row(1, &["a", "b", ""]), row(5, &["c", ""])]);
    }
}
