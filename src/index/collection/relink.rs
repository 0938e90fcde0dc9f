//! Pictures whose folder was moved or renamed as a whole.

use std::path::{Path, PathBuf};

use super::manifest::{self, relative, write};
use super::{Collection, IndexError};
use crate::base::FileError;

/// What was found in the folder that pictures moved to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relinked {
    /// The folder where they are now.
    pub folder: PathBuf,
    /// Pictures of the collection that are there.
    pub found: usize,
    /// Pictures of the collection that are not.
    pub missing: usize,
}

impl Collection {
    /// Whether the folder of the pictures is there. That they are, only an update tells.
    pub fn has_pictures_folder(&self) -> bool {
        self.pictures.is_dir()
    }

    /// Looks for the pictures in another folder from now on, or in the one in it that is called as theirs was. Nothing else
    /// changes: words, vectors, queries and judgements name pictures by their paths below their folder.
    ///
    /// # Errors
    /// If the folder cannot be read, lies around the collection or has none of its pictures, [`IndexError::Busy`] while
    /// another process updates, and if the collection cannot be written.
    pub fn relink(&mut self, pictures: &Path) -> Result<Relinked, IndexError> {
        let asked = std::fs::canonicalize(pictures).map_err(|error| FileError::io(error, pictures))?;
        std::fs::read_dir(&asked).map_err(|error| FileError::io(error, &asked))?;
        // An update would write the old folder again.
        let _lock = self.text.lock()?;
        self.text.reload()?;
        self.manifest = manifest::read(&self.folder)?;
        let mut files: Vec<String> = self.text.stamps()?.into_keys().collect();
        files.sort_unstable();
        let within = self.manifest.pictures.file_name().map(|name| asked.join(name));
        let folders = std::iter::once(asked.clone()).chain(within);
        let counted = folders.map(|folder| (files.iter().filter(|path| lies_in(&folder, path)).count(), folder));
        // Of two that have as many, the one that was asked for.
        let best = counted.rev().max_by_key(|(found, _)| *found).filter(|(found, _)| *found > 0 || files.is_empty());
        let Some((found, folder)) = best else {
            let message = format!("none of the {} pictures of this collection is in this folder", files.len());
            return Err(FileError::malformed(message, &asked).into());
        };
        if self.folder.parent().is_some_and(|parent| parent.starts_with(&folder)) {
            return Err(FileError::malformed("a collection must not lie among its own pictures", &self.folder).into());
        }
        self.manifest.beside = relative(&self.folder, &folder);
        self.manifest.pictures.clone_from(&folder);
        write(&self.folder, &self.manifest)?;
        self.pictures.clone_from(&folder);
        Ok(Relinked { folder, found, missing: files.len() - found })
    }
}

/// Whether a picture is in a folder: its file, or the shard that it is a part of.
fn lies_in(folder: &Path, path: &str) -> bool {
    let mut file = folder.join(path);
    while !file.is_file() {
        if file == folder || !file.pop() || file.is_dir() {
            return false;
        }
    }
    true
}
