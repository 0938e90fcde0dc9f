//! The rows of a delimited table of any size, one after the other.

use std::ops::ControlFlow;
use std::path::Path;

use super::DatasetError;
use super::pieces::Pieces;
use super::table::{Parsing, Row};
use super::walk::extension;
use super::warnings::Warnings;

/// Text without the end of a row, in bytes, that is waited for.
const LONGEST_ROW: usize = 64 << 20;
/// Warnings of a file: a million rows may all have the same fault.
const MOST_WARNINGS: usize = 20;
/// Rows, and bytes, that the separator is found by.
const TRIED: usize = 50;
const START: usize = 256 << 10;

/// Visits the rows of a table with their lines, the headings like any other. The separator is the one of tab, bar,
/// semicolon and comma that splits most of the first rows into as many fields as the first.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn visit_rows(
    path: &Path,
    warnings: &mut Warnings,
    each: &mut dyn FnMut(usize, Vec<String>) -> ControlFlow<()>,
) -> Result<(), DatasetError> {
    let mut pieces = Pieces::open(path)?;
    let mut found = Warnings::default();
    let mut text = pieces.next()?.unwrap_or_default();
    let mut parsing = Parsing { separator: separator(path, &text), path, warnings: &mut found, line: 1 };
    loop {
        let next = pieces.next()?;
        let is_last = next.is_none() || text.len() > LONGEST_ROW;
        let used = match parsing.rows(&text, is_last, &mut |row: Row| each(row.line, row.fields)) {
            ControlFlow::Continue(used) => used,
            ControlFlow::Break(()) => break,
        };
        parsing.warnings.truncate(MOST_WARNINGS);
        let Some(next) = next else { break };
        text.drain(..used);
        text.push_str(&next);
    }
    pieces.warn(warnings);
    warnings.extend(found);
    Ok(())
}

fn separator(path: &Path, text: &str) -> u8 {
    let start = &text[..text.floor_char_boundary(START)];
    let agreeing = |separator: u8| {
        let (mut warnings, mut widths) = (Warnings::default(), Vec::new());
        let mut parsing = Parsing { separator, path, warnings: &mut warnings, line: 1 };
        let _ = parsing.rows(start, start.len() == text.len(), &mut |row| {
            widths.push(row.fields.len());
            if widths.len() < TRIED { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        let first = widths.first().copied().unwrap_or(0);
        if first < 2 { 0 } else { widths.iter().filter(|width| **width == first).count() }
    };
    let is_tsv = extension(path) == "tsv";
    // The last of equals wins; a text is more likely to hold those before.
    let tried = [b',', b';', b'|', b'\t'].map(|separator| (separator, agreeing(separator)));
    match tried.into_iter().max_by_key(|&(_, agreeing)| agreeing) {
        Some((separator, 1..)) if !is_tsv || agreeing(b'\t') == 0 => separator,
        _ if is_tsv => b'\t',
        _ => b',',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_is_the_one_that_splits_all_rows_alike() {
        let of = |name: &str, text: &str| char::from(separator(Path::new(name), text));
        assert_eq!(of("t.txt", "a.jpg#0\tA child , climbing .\na.jpg#1\tA girl .\n"), '\t');
        assert_eq!(of("t.csv", "image| number| text\na.jpg| 0| one, two, three\n"), '|');
        assert_eq!(of("t.csv", "image;text\na.jpg;one, two\n"), ';');
        assert_eq!(of("t.csv", "image,text\na.jpg,one; two\nb.jpg,\"x, y\"\n"), ',');
        assert_eq!(of("t.tsv", "image,text\na.jpg,one\n"), ',');
        assert_eq!(of("t.tsv", "image\na.jpg\n"), '\t');
        assert_eq!(of("t.csv", ""), ',');
    }
}
