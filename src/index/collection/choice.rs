//! `vectors/choice.json`: which encoder a collection uses.

use serde::{Deserialize, Serialize};

use super::Collection;
use crate::base::{At, FileError, read_text_file, write_whole};
use crate::dataset::{CHOICE, preferred_set};
use crate::index::IndexError;
use crate::index::vectors::{VectorInfo, VectorSet};
use crate::vision::EncoderSpec;

/// The version of the format.
const VERSION: u32 = 1;

/// Which encoder a collection uses. It has a file of its own, which is replaced as a whole: a process that reads pictures
/// meanwhile cannot undo the choice, nor can the choice spoil what that one writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// The version of the format, 1.
    pub version: u32,
    /// The encoder's key.
    pub key: String,
    /// Whether a person chose it, rather than the first computing of vectors.
    pub by_hand: bool,
    /// The encoder, to compute vectors.
    pub encoder: EncoderSpec,
}

impl Collection {
    /// The encoder that was chosen; in a collection from before there was such a file, that of the vectors in use. `None`
    /// before the first vectors, and of a newer version or where the file cannot be read: then the set of the most pictures
    /// is used.
    pub fn choice(&self) -> Option<Choice> {
        let path = self.vectors_folder().join(CHOICE);
        if !path.exists() {
            let VectorInfo { key, encoder, .. } = self.vectors_in_use().ok()??.info().clone();
            return Some(Choice { version: VERSION, key, by_hand: false, encoder });
        }
        let text = read_text_file(&path).ok()?;
        serde_json::from_str(&text).ok().filter(|choice: &Choice| choice.version == VERSION)
    }

    /// Chooses an encoder. Its vectors are used as soon as all pictures have been through it.
    ///
    /// # Errors
    /// If its weights cannot be read or the choice cannot be written.
    pub fn choose(&self, encoder: &EncoderSpec, by_hand: bool) -> Result<(), IndexError> {
        let key = encoder.key()?.to_string();
        self.write_choice(&Choice { version: VERSION, key, by_hand, encoder: encoder.clone() })
    }

    /// Puts on disk which encoder a collection uses that has no such file yet: its own, or else its first, this one.
    ///
    /// # Errors
    /// As [`Collection::choose`].
    pub(in crate::index) fn settle_choice(&self, first: &EncoderSpec) -> Result<(), IndexError> {
        match self.choice() {
            None => self.choose(first, false),
            Some(choice) if !self.vectors_folder().join(CHOICE).exists() => self.write_choice(&choice),
            Some(_) => Ok(()),
        }
    }

    fn write_choice(&self, choice: &Choice) -> Result<(), IndexError> {
        let folder = self.vectors_folder();
        std::fs::create_dir_all(&folder).at(&folder)?;
        let path = folder.join(CHOICE);
        let text = serde_json::to_vec_pretty(choice).map_err(|error| FileError::malformed(error, &path))?;
        Ok(write_whole(&path, &[&text, b"\n"]).at(&path)?)
    }

    /// The key of the encoder whose vectors are in use: the chosen one, unless it has only seen a sample and another one all
    /// pictures; without a choice, the one that has seen the most.
    pub fn key_in_use(&self) -> Option<String> {
        preferred_set(self.folder())
    }

    /// The vectors in use ([`Collection::key_in_use`]). `None` where no picture has a vector.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn vectors_in_use(&self) -> Result<Option<VectorSet>, IndexError> {
        let found = self.key_in_use().map(|key| self.vectors(&key)).transpose()?;
        Ok(found.filter(|set| set.count() > 0))
    }
}
