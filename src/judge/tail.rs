//! Reading a journal as it grows.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::Line;
use super::name::name_of_stem;
use super::parse::{Shared, parse};
use crate::base::{At, FileError, check_file, printable};
use crate::dataset::{Warning, WarningKind};
use rayon::prelude::*;

/// How many bytes before the last position must be as they were, or the file is another one.
const OVERLAP: usize = 64;

/// Lines that are parsed together, on one core.
const LONG: usize = 16_384;

/// What is new in a journal.
#[derive(Debug, Default)]
pub struct News {
    /// New lines, in the file's order. Each has a step: its own, or one named by file and line.
    pub lines: Vec<Line>,
    /// Lines that could not be read, with file and line.
    pub notices: Vec<Warning>,
    /// Whether the file was replaced by another: what was read before no longer counts, and `lines` are all of it.
    pub is_restarted: bool,
}

/// A position in a journal.
#[derive(Debug)]
pub struct Tail {
    path: PathBuf,
    /// The file's name without its ending.
    stem: String,
    /// The judge of lines that name none.
    judge: String,
    /// Bytes that were understood.
    offset: u64,
    /// The file's size at the last look.
    size: u64,
    /// Line ends among them.
    lines: usize,
    /// The last bytes before `offset`.
    before: Vec<u8>,
    /// Where an unfinished line starts that was reported.
    torn: Option<u64>,
    shared: Shared,
}

impl Tail {
    /// At the start of a journal.
    pub fn new(path: &Path) -> Self {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        Self {
            path: path.to_owned(),
            judge: name_of_stem(&stem),
            stem,
            offset: 0,
            size: 0,
            lines: 0,
            before: Vec::new(),
            torn: None,
            shared: Shared::default(),
        }
    }

    /// The journal.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is new since the last look. While nothing is, this only asks for the file's size.
    ///
    /// # Errors
    /// If the file cannot be read; the next look starts where this one did.
    pub fn look(&mut self) -> Result<News, FileError> {
        let size = match check_file(&self.path) {
            Ok(metadata) => metadata.len(),
            Err(FileError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        if size == self.size {
            return Ok(News::default());
        }
        let mut news = News::default();
        if size < self.offset || !self.is_same_file()? {
            news.is_restarted = self.offset > 0;
            let shared = std::mem::take(&mut self.shared);
            *self = Self { shared, ..Self::new(&self.path) };
        }
        if size > 0 {
            // A long journal is read faster into vectors that do not grow.
            let mut bytes = Vec::new();
            let _ = bytes.try_reserve_exact(usize::try_from(size - self.offset).unwrap_or_default());
            let read = File::open(&self.path).and_then(|mut file| {
                file.seek(SeekFrom::Start(self.offset))?;
                file.read_to_end(&mut bytes)
            });
            read.at(&self.path)?;
            self.size = self.offset + bytes.len() as u64;
            self.take(&bytes, &mut news);
        }
        Ok(news)
    }

    /// Whether the bytes before the position are still those that were read.
    fn is_same_file(&self) -> Result<bool, FileError> {
        let mut now = vec![0; self.before.len()];
        if now.is_empty() {
            return Ok(true);
        }
        let read = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.offset - self.before.len() as u64))?;
            file.read_exact(&mut now)
        });
        match read {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            read => read.at(&self.path).map(|()| now == self.before),
        }
    }

    /// Reads the lines of some bytes from the position on, and moves behind what was understood.
    fn take(&mut self, bytes: &[u8], news: &mut News) {
        let end = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
        let lines: Vec<&[u8]> = bytes[..end].split_inclusive(|&byte| byte == b'\n').collect();
        news.lines.reserve(lines.len());
        let mut start = 0;
        // In blocks, so that what is parsed does not lie in memory twice.
        for block in lines.chunks(8 * LONG) {
            for (line, parsed) in block.iter().zip(self.parse_all(block)) {
                self.line(line, parsed, self.offset + start as u64, news);
                start += line.len();
                self.lines += 1;
            }
        }
        // Programs may leave out the last line's end; an unfinished line never looks finished.
        let rest = &bytes[start..];
        let last = parse_bytes(rest, &self.judge, &mut self.shared);
        if rest.trim_ascii_end().ends_with(b"}") && last.is_ok() {
            self.line(rest, last, self.offset + start as u64, news);
            start = bytes.len();
        } else if !rest.trim_ascii().is_empty() && self.torn.is_none() {
            self.torn = Some(self.offset + start as u64);
            news.notices.push(self.notice("the last line is unfinished and does not count"));
        }
        let consumed = &bytes[..start];
        self.before.extend_from_slice(&consumed[consumed.len().saturating_sub(OVERLAP)..]);
        self.before.drain(..self.before.len().saturating_sub(OVERLAP));
        self.offset += start as u64;
    }

    /// Parses lines; a long journal's on all cores.
    fn parse_all(&mut self, lines: &[&[u8]]) -> Vec<Result<Line, String>> {
        if lines.len() < LONG {
            return lines.iter().map(|line| parse_bytes(line, &self.judge, &mut self.shared)).collect();
        }
        let part = |lines: &[&[u8]]| {
            let mut shared = Shared::default();
            lines.iter().map(|line| parse_bytes(line, &self.judge, &mut shared)).collect::<Vec<_>>()
        };
        lines.par_chunks(LONG).flat_map_iter(part).collect()
    }

    /// Takes in a line that starts `at` so many bytes.
    fn line(&mut self, bytes: &[u8], parsed: Result<Line, String>, at: u64, news: &mut News) {
        if bytes.trim_ascii().is_empty() {
            return;
        }
        match parsed {
            Ok(mut line) => {
                self.torn = None;
                line.step.get_or_insert_with(|| format!("{}:{}", self.stem, self.lines + 1).into());
                news.lines.push(line);
            }
            Err(_) if self.torn.take() == Some(at) => {}
            Err(error) => {
                let is_whole = bytes.trim_ascii_end().ends_with(b"}");
                let what = if is_whole { "not a judgement" } else { "an unfinished line" };
                news.notices.push(self.notice(&format!("{what}, skipped: {error}")));
            }
        }
    }

    /// A notice about the current line.
    fn notice(&self, message: &str) -> Warning {
        Warning {
            kind: WarningKind::BadRow,
            message: printable(message).into_owned(),
            file: self.path.clone(),
            line: Some(self.lines + 1),
        }
    }
}

/// Parses a line, with or without its end.
fn parse_bytes(bytes: &[u8], judge: &str, shared: &mut Shared) -> Result<Line, String> {
    let text = str::from_utf8(bytes).map_err(|_| "not UTF-8 text".to_owned())?;
    parse(text.trim_start_matches('\u{feff}'), judge, shared)
}
