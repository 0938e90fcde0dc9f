//! How often words occur in all texts of a collection, of which a data set has only the candidates of its queries.
//!
//! They are kept as they lie on disk, sorted by term, and looked up there: a collection of a million pictures has some
//! hundred thousand terms.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::base::{At, FileError, check_file, read_text_file, write_whole};

/// The first word of the file, with its version.
const HEAD: &str = "#words-1";

/// The fields that are counted: title, description and tags together, the title alone, the tags alone.
pub const COUNTED_FIELDS: usize = 3;

/// Of one field: in how many documents a term occurs, and how often in all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TermCounts {
    /// Documents that have it.
    pub documents: u32,
    /// Occurrences.
    pub occurrences: u64,
}

/// How often words occur in a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextStatistics {
    /// Number of documents.
    pub documents: u64,
    /// Length of all documents in terms, by field.
    pub lengths: [u64; COUNTED_FIELDS],
    /// A line for each term, sorted.
    text: String,
    /// Where each starts, and where the last ends.
    lines: Vec<u32>,
}

impl TextStatistics {
    /// Of these terms, which are sorted and hold no tab or line end.
    ///
    /// # Errors
    /// If they are too many for a file of four gigabytes; the error names no file yet.
    pub fn new<'a>(
        documents: u64,
        lengths: [u64; COUNTED_FIELDS],
        terms: impl Iterator<Item = (&'a str, [TermCounts; COUNTED_FIELDS])>,
    ) -> Option<Self> {
        let mut text = String::new();
        for (term, counts) in terms {
            text += term;
            for TermCounts { documents, occurrences } in counts {
                text += &format!("\t{documents}\t{occurrences}");
            }
            text.push('\n');
        }
        Self::of_lines(documents, lengths, text)
    }

    fn of_lines(documents: u64, lengths: [u64; COUNTED_FIELDS], text: String) -> Option<Self> {
        u32::try_from(text.len()).ok()?;
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1);
        let lines = std::iter::once(0).chain(ends).collect();
        Some(Self { documents, lengths, text, lines })
    }

    /// The counts of a term, by field; `None` if no document has it.
    pub fn counts(&self, term: &str) -> Option<[TermCounts; COUNTED_FIELDS]> {
        let line = |at: usize| {
            let (from, to) = (*self.lines.get(at)? as usize, *self.lines.get(at + 1)? as usize);
            self.text.get(from..to)?.trim_end().split_once('\t')
        };
        let (mut low, mut high) = (0, self.lines.len().saturating_sub(1));
        while low < high {
            let middle = low + (high - low) / 2;
            if line(middle)?.0 < term { low = middle + 1 } else { high = middle }
        }
        let (_, numbers) = line(low).filter(|(found, _)| *found == term)?;
        let mut numbers = numbers.split('\t');
        let mut counts = [TermCounts::default(); COUNTED_FIELDS];
        for counts in &mut counts {
            counts.documents = numbers.next()?.parse().ok()?;
            counts.occurrences = numbers.next()?.parse().ok()?;
        }
        Some(counts)
    }

    /// Writes them to a file, in place of what was there.
    ///
    /// # Errors
    /// If that fails.
    pub fn write(&self, path: &Path) -> Result<(), FileError> {
        let [all, title, tags] = self.lengths;
        let head = format!("{HEAD}\t{}\t{all}\t{title}\t{tags}\n", self.documents);
        write_whole(path, &[head.as_bytes(), self.text.as_bytes()]).at(path)
    }

    /// Reads them from a file; `None` if there is none. A file that has not changed is read once.
    ///
    /// # Errors
    /// If it cannot be read or is malformed.
    pub fn read(path: &Path) -> Result<Option<Arc<Self>>, FileError> {
        let Ok(found) = check_file(path) else { return Ok(None) };
        let stamp = (path.to_owned(), found.len(), found.modified().ok());
        let last = || LAST.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = last().as_ref().filter(|(of, _)| *of == stamp) {
            return Ok(Some(known.clone()));
        }
        let text = read_text_file(path)?;
        let read = parse(&text).ok_or_else(|| FileError::malformed("not counts of words; collect again", path))?;
        let read = Arc::new(read);
        *last() = Some((stamp, read.clone()));
        Ok(Some(read))
    }
}

/// What was read last, and of which file.
static LAST: Mutex<Option<(Stamp, Arc<TextStatistics>)>> = Mutex::new(None);

type Stamp = (PathBuf, u64, Option<SystemTime>);

fn parse(text: &str) -> Option<TextStatistics> {
    let (head, lines) = text.split_once('\n')?;
    let mut fields = head.trim_end().split('\t');
    if fields.next() != Some(HEAD) {
        return None;
    }
    let mut number = || fields.next()?.parse::<u64>().ok();
    let (documents, lengths) = (number()?, [number()?, number()?, number()?]);
    let is_sorted = lines.lines().map(|line| line.split('\t').next().unwrap_or_default()).is_sorted();
    if is_sorted { TextStatistics::of_lines(documents, lengths, lines.to_owned()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_looked_up_as_they_lie_on_disk() {
        let counts = |documents, occurrences| TermCounts { documents, occurrences };
        let of = |count: u32| [counts(count, u64::from(count) * 2), counts(0, 0), counts(1, 1)];
        let terms = [("bear", of(3)), ("mill", of(70)), ("물레", of(1))];
        let statistics = TextStatistics::new(90, [400, 20, 3], terms.into_iter()).expect("few");
        let path = std::env::temp_dir().join(format!("crossrank-statistics-{}.tsv", std::process::id()));
        assert_eq!(TextStatistics::read(&path).expect("none"), None);
        statistics.write(&path).expect("written");
        let read = TextStatistics::read(&path).expect("read").expect("there");
        assert_eq!(*read, statistics);
        for (term, expected) in terms {
            assert_eq!(read.counts(term), Some(expected), "{term}");
        }
        for term in ["", "a", "bea", "bears", "zoo", "\t", "힣"] {
            assert_eq!(read.counts(term), None, "{term}");
        }
        std::fs::write(&path, "something else\n").expect("written");
        assert!(TextStatistics::read(&path).is_err());
        std::fs::remove_file(&path).expect("removed");
        let none = TextStatistics::new(0, [0; 3], std::iter::empty()).expect("none");
        assert_eq!(none.counts("bear"), None);
    }
}
