//! Which judgements are written to a file.

use crate::judge::aggregate::Method;
use std::fmt;

/// Which judgements are written to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exported {
    /// One grade an image, from all judges'.
    Together(Method),
    /// A judge's labels.
    Judge(String),
    /// Every judge's labels, with all that is known of them.
    Everything,
}

impl fmt::Display for Exported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exported::Together(method) => f.write_str(method.name()),
            Exported::Judge(judge) => write!(f, "labels of {judge}"),
            Exported::Everything => f.write_str("everything"),
        }
    }
}
