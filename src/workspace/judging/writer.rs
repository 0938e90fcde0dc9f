//! Saving judgements, away from the window's thread.

use crate::jobs::{Sequence, Wake};
use crate::judge::{Journal, JudgeError, Line};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How often lines that could not be saved are tried again.
const AGAIN: Duration = Duration::from_secs(2);

/// What became of the lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Saved {
    /// The journal.
    pub path: PathBuf,
    /// Whether that is not in the data set's folder, because it cannot be written there.
    pub is_elsewhere: bool,
    /// Why some are in memory only.
    pub fault: Option<String>,
}

/// Writes one judge's journal.
pub(super) struct Writer {
    judge: String,
    sequence: Sequence<Vec<Line>, Saved>,
    /// What became of the last lines.
    last: Option<Saved>,
    tried: Instant,
}

impl Writer {
    /// For the journal of this judge; `wake` is called when lines are saved.
    pub fn new(judge: &str, mut journal: Journal, wake: Wake) -> Self {
        let save = move |lines: Vec<Vec<Line>>| {
            let fault = journal.append(&lines.concat()).err().map(|error: JudgeError| error.to_string());
            Saved { path: journal.path().to_owned(), is_elsewhere: journal.is_elsewhere(), fault }
        };
        Self {
            judge: judge.to_owned(),
            sequence: Sequence::new("journal", wake, save),
            last: None,
            tried: Instant::now(),
        }
    }

    /// Whose journal it is.
    pub fn judge(&self) -> &str {
        &self.judge
    }

    /// Saves lines.
    pub fn save(&mut self, lines: Vec<Line>) {
        self.tried = Instant::now();
        self.sequence.request(lines);
    }

    /// What became of lines since the last call, if anything did.
    pub fn poll(&mut self) -> Option<Saved> {
        let mut news = None;
        while let Some(saved) = self.sequence.poll() {
            news = Some(saved);
        }
        if let Some(saved) = &news {
            self.last = Some(saved.clone());
        }
        if self.is_failing() && self.tried.elapsed() > AGAIN {
            self.save(Vec::new());
        }
        news
    }

    /// Whether some lines are in memory only because they could not be saved.
    pub fn is_failing(&self) -> bool {
        self.last.as_ref().is_some_and(|saved| saved.fault.is_some())
    }
}
