//! Judgements as they are found in files.

use std::path::Path;

use serde_json::Value;

use crate::base::FileError;
use crate::judge::{JudgeError, Judgement};

/// One judgement of a file.
pub(super) struct Found {
    pub query: String,
    pub image: String,
    pub judgement: Judgement,
    pub at: Option<i64>,
    /// The line of a journal, whose further fields must not be lost.
    pub raw: Option<Value>,
}

/// A fault on a line of a file.
pub(super) fn malformed(message: String, path: &Path, line: usize) -> JudgeError {
    FileError::Malformed { message, path: path.to_owned(), line: Some(line) }.into()
}
