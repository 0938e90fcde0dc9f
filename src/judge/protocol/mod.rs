//! The annotation protocol of a data set: its grades, whose labels count, and the guidelines for its judges.

mod choice;
mod keys;
mod on_disk;
mod scale;

pub use choice::LabelChoice;
pub use keys::DESK_KEYS;
pub use scale::{Colour, Grade, Scale};

use serde_json::{Map, Value};

/// The protocol of a data set, one for all its judges.
///
/// ```
/// use crossrank::judge::Protocol;
/// use std::path::Path;
///
/// let text = r#"{"grades":[{"grade":0,"name":"No"},{"grade":1,"name":"Yes","key":"R"}],"labels":"majority"}"#;
/// // The desk uses R to reveal ranks and labels.
/// assert!(Protocol::parse(text, Path::new("protocol.json")).is_err());
/// let protocol = Protocol::parse(&text.replace('R', "Y"), Path::new("protocol.json"))?;
/// assert_eq!(protocol.labels.to_string(), "majority");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protocol {
    /// The grades; `None` for those in use.
    pub scale: Option<Scale>,
    /// Whose labels count.
    pub labels: LabelChoice,
    /// What judges should know, shown beside their work.
    pub guidelines: String,
    /// The file's object as it was read: fields of newer versions are written again.
    rest: Map<String, Value>,
}
