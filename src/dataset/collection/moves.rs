//! `moved.jsonl`: pictures of a collection that were found again under another path.
//!
//! Judgements name pictures by their paths and are never rewritten, so where a picture went is noted beside them, a line
//! for each: `{"at":1795858000123,"from":"a.jpg","to":"b/a.jpg","bytes":9,"was":1,"is":1}`. What was said of a path up to
//! then was said of the picture that is now elsewhere; what is said later is of whatever lies there by then.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use crate::base::{At, FileError};

/// The name of the file in a collection's folder.
pub const MOVED: &str = "moved.jsonl";

/// A picture that was found again under another path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// When it was noticed, in milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// Its path before.
    pub from: String,
    /// Its path since.
    pub to: String,
    /// Its size.
    pub bytes: u64,
    /// When its file was modified as it was known, in nanoseconds since 1970-01-01 UTC.
    pub was: i64,
    /// The same as it was found.
    pub is: i64,
}

/// All moves of a collection.
#[derive(Clone, Debug, Default)]
pub struct Moves {
    all: Vec<Move>,
    /// The moves away from a path, oldest first.
    from: HashMap<String, Vec<usize>>,
    /// The latest move to a path.
    to: HashMap<String, Vec<usize>>,
}

impl Moves {
    /// Reads the moves of a data set; none where it is no collection, or nothing was moved. A line that was only half
    /// written does not count: the move is then found again.
    ///
    /// # Errors
    /// If the file is there and cannot be read.
    pub fn read(root: &Path) -> Result<Self, FileError> {
        let path = root.join(MOVED);
        let mut text = Vec::new();
        match File::open(&path) {
            Ok(mut file) => drop(file.read_to_end(&mut text).at(&path)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(FileError::io(error, &path)),
        }
        let mut moves = Self::default();
        let lines = text.split(|&byte| byte == b'\n');
        lines.filter_map(|line| serde_json::from_slice(line).ok()).for_each(|moved| moves.add(moved));
        Ok(moves)
    }

    fn add(&mut self, moved: Move) {
        let at = self.all.len();
        self.from.entry(moved.from.clone()).or_default().push(at);
        self.to.entry(moved.to.clone()).or_default().push(at);
        self.all.push(moved);
    }

    /// Whether nothing was moved.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// When the last move was noticed, in milliseconds since 1970-01-01 UTC.
    pub fn last(&self) -> Option<i64> {
        self.all.iter().map(|moved| moved.at).max()
    }

    /// The path that the picture has now which had this one at a time, in milliseconds since 1970-01-01 UTC.
    pub fn now<'a>(&'a self, path: &'a str, at: i64) -> &'a str {
        let (mut path, mut at) = (path, at);
        while let Some(moved) = self.from.get(path).and_then(|all| all.iter().find(|&&next| self.all[next].at >= at)) {
            let moved = &self.all[*moved];
            path = &moved.to;
            match moved.at.checked_add(1) {
                Some(next) => at = next,
                None => break,
            }
        }
        path
    }

    /// The moves by which a picture came to a path, the latest first.
    pub fn back(&self, path: &str) -> impl Iterator<Item = &Move> {
        let first = self.to.get(path).and_then(|all| all.last().copied());
        // Only to earlier moves, so that pictures that went to and fro come to an end.
        let before = |&at: &usize| {
            let moved = &self.all[at];
            let earlier = self.to.get(&moved.from)?.iter().rev().copied();
            earlier.filter(|&earlier| earlier < at).find(|&earlier| self.all[earlier].is == moved.was)
        };
        std::iter::successors(first, before).map(|at| &self.all[at])
    }
}

/// Notes moves, which survive a kill from then on; each gets its time, later than all before.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn note_moves(root: &Path, mut moves: Vec<Move>) -> Result<(), FileError> {
    let path = root.join(MOVED);
    let last = Moves::read(root)?.last();
    let now = UNIX_EPOCH.elapsed().map_or(0, |since| since.as_millis() as i64);
    let at = last.map_or(now, |last| now.max(last.saturating_add(1)));
    moves.iter_mut().for_each(|moved| moved.at = at);
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path).at(&path)?;
    let mut text = String::new();
    if file.metadata().at(&path)?.len() > 0 {
        let mut end = [0];
        file.seek(SeekFrom::End(-1)).and_then(|_| file.read_exact(&mut end)).at(&path)?;
        if end != [b'\n'] {
            text.push('\n');
        }
    }
    for moved in &moves {
        text += &serde_json::to_string(moved).at(&path)?;
        text.push('\n');
    }
    file.write_all(text.as_bytes()).and_then(|()| file.sync_data()).at(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(at: i64, from: &str, to: &str, was: i64, is: i64) -> Move {
        Move { at, from: from.to_owned(), to: to.to_owned(), bytes: 1, was, is }
    }

    #[test]
    fn what_was_said_before_a_move_follows_the_picture_and_what_is_said_later_does_not() {
        let mut moves = Moves::default();
        [moved(10, "a", "b", 1, 2), moved(20, "b", "c", 2, 3), moved(30, "a", "d", 9, 9), moved(40, "c", "a", 3, 3)]
            .into_iter()
            .for_each(|moved| moves.add(moved));
        let now = |path: &str, at| moves.now(path, at).to_owned();
        assert_eq!((now("a", 0), now("a", 10), now("a", 11)), ("a".into(), "a".into(), "d".into()), "there and back");
        assert_eq!((now("a", 31), now("b", 15), now("b", 21)), ("a".into(), "a".into(), "b".into()));
        assert_eq!(now("x", 5), "x");
        let back: Vec<&str> = moves.back("a").map(|moved| moved.from.as_str()).collect();
        assert_eq!(back, ["c", "b", "a"]);
    }

    #[test]
    fn moves_are_noted_after_a_line_that_was_torn() {
        let folder = std::env::temp_dir().join(format!("crossrank-moves-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        assert!(Moves::read(&folder).expect("none").is_empty());
        note_moves(&folder, vec![moved(0, "a", "b", 1, 1)]).expect("noted");
        let path = folder.join(MOVED);
        let whole = std::fs::read_to_string(&path).expect("written");
        std::fs::write(&path, format!("{whole}{}", &whole[..20])).expect("torn");
        note_moves(&folder, vec![moved(0, "b", "c", 1, 1)]).expect("noted");
        let moves = Moves::read(&folder).expect("read");
        assert_eq!((moves.all.len(), moves.now("a", 0)), (2, "c"), "in their order, within a millisecond");
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
