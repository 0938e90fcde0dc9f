//! How far a data set's files may lie from its folder.

use std::path::Path;

/// How far a data set's files may lie from its folder. Files that the user names (vectors, judgements or runs added to
/// a data set) may lie anywhere in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Only in the folder: links and paths that lead out of it are reported and left out. The folder itself may be a
    /// link.
    #[default]
    Folder,
    /// Anywhere on the disk.
    Anywhere,
}

/// How to read files outside the folder, for messages.
pub(super) const ADVICE: &str = "--follow, or “Follow links” in the open dialog, allows it";

impl Reach {
    /// [`Reach::Anywhere`] if links are to be followed.
    pub fn following(follow: bool) -> Self {
        if follow { Self::Anywhere } else { Self::Folder }
    }

    /// Whether an existing file may be read as part of the data set in the folder `root`. A missing file is admitted:
    /// there is nothing to read.
    pub fn admits(self, path: &Path, root: &Path) -> bool {
        match (self, path.canonicalize(), root.canonicalize()) {
            (Self::Folder, Ok(file), Ok(root)) => file.starts_with(root),
            _ => true,
        }
    }
}
