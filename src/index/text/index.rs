//! The text index on disk.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, DirectoryLock, INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyError, Term};

use super::analysis::Analyser;
use super::schema::{ANALYSER, Fields, STAMP};
use crate::base::{At, FileError, Owner};
use crate::index::IndexError;
use crate::index::words::{Picture, Stamp};

/// Memory for what is not yet on disk, in bytes.
const MEMORY: usize = 96 << 20;

/// The words of a collection's pictures, in a folder of their own. Several processes may search it, one may write.
#[derive(Clone)]
pub struct TextIndex {
    pub(super) fields: Fields,
    pub(super) reader: IndexReader,
    index: Index,
    pub(super) folder: PathBuf,
}

impl TextIndex {
    /// Opens the index in a folder, or makes an empty one.
    ///
    /// # Errors
    /// If the folder cannot be made or read, or holds the index of another version.
    pub fn open(folder: &Path) -> Result<Self, IndexError> {
        std::fs::create_dir_all(folder).at(folder)?;
        let (fields, schema) = Fields::new();
        let at = |error: TantivyError| fault(error, folder);
        let directory = MmapDirectory::open(folder).map_err(|error| at(error.into()))?;
        let index = Index::open_or_create(directory, schema).map_err(at)?;
        index.tokenizers().register(ANALYSER, TextAnalyzer::from(Analyser::default()));
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(at)?;
        Ok(Self { fields, reader, index, folder: folder.to_owned() })
    }

    /// Number of pictures.
    pub fn count(&self) -> usize {
        self.reader.searcher().num_docs() as usize
    }

    /// Takes up what was written since it was opened, by this process or another.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn reload(&self) -> Result<(), IndexError> {
        self.reader.reload().map_err(|error| self.fault(error))
    }

    /// Keeps others from writing to the index, until dropped.
    ///
    /// # Errors
    /// [`IndexError::Busy`] if another writer has it open, and if the folder cannot be written.
    pub(in crate::index) fn lock(&self) -> Result<DirectoryLock, IndexError> {
        let lock = self.index.directory().acquire_lock(&INDEX_WRITER_LOCK);
        lock.map_err(|error| self.fault(TantivyError::LockFailure(error, None)))
    }

    /// Writes to the index.
    ///
    /// # Errors
    /// [`IndexError::Busy`] if another writer has it open, and if the folder cannot be written.
    pub fn writer(&self) -> Result<TextWriter<'_>, IndexError> {
        let writer = self.index.writer(MEMORY).map_err(|error| self.fault(error))?;
        Ok(TextWriter { index: self, writer })
    }

    /// The stamp of every picture, by its path.
    ///
    /// # Errors
    /// If the index cannot be read.
    pub fn stamps(&self) -> Result<HashMap<String, Stamp>, IndexError> {
        let searcher = self.reader.searcher();
        let mut stamps = HashMap::with_capacity(searcher.num_docs() as usize);
        for segment in searcher.segment_readers() {
            let columns = segment.fast_fields();
            let paths = columns.str("path").map_err(|error| self.fault(error))?;
            let Some(paths) = paths else { continue };
            let mut numbers = Vec::new();
            for name in STAMP {
                numbers.push(columns.u64(name).map_err(|error| self.fault(error))?);
            }
            for document in segment.doc_ids_alive() {
                let number = |at: usize| numbers[at].first(document).unwrap_or_default();
                let stamp = Stamp { bytes: number(0), modified: number(1) as i64, beside: number(2), rows: number(3) };
                let mut path = String::new();
                if let Some(ord) = paths.term_ords(document).next() {
                    paths.ord_to_str(ord, &mut path).at(&self.folder)?;
                    stamps.insert(path, stamp);
                }
            }
        }
        Ok(stamps)
    }

    pub(super) fn fault(&self, error: TantivyError) -> IndexError {
        fault(error, &self.folder)
    }
}

/// What is written to the index; nothing is there before [`TextWriter::commit`].
pub struct TextWriter<'a> {
    index: &'a TextIndex,
    writer: IndexWriter,
}

impl TextWriter<'_> {
    /// Adds a picture, in place of an older one of the same path.
    ///
    /// # Errors
    /// If the index cannot be written.
    pub fn add(&mut self, picture: &Picture) -> Result<(), IndexError> {
        self.remove(&picture.path);
        let document = self.index.fields.document(picture).map_err(|error| {
            IndexError::from(FileError::malformed(format!("'{}': {error}", picture.path), &self.index.folder))
        })?;
        self.writer.add_document(document).map(drop).map_err(|error| self.index.fault(error))
    }

    /// Removes the picture of this path.
    pub fn remove(&mut self, path: &str) {
        self.writer.delete_term(Term::from_field_text(self.index.fields.path, path));
    }

    /// Puts everything on disk, where readers find it. A crash later loses only what was added since.
    ///
    /// # Errors
    /// If the index cannot be written, most likely because the disk is full: what was committed before stays.
    pub fn commit(&mut self) -> Result<(), IndexError> {
        self.writer.commit().map_err(|error| self.index.fault(error))?;
        self.index.reload()
    }

    /// Commits, and waits until segments are merged.
    ///
    /// # Errors
    /// As [`TextWriter::commit`].
    pub fn finish(mut self) -> Result<(), IndexError> {
        self.commit()?;
        self.writer.wait_merging_threads().map_err(|error| self.index.fault(error))?;
        self.index.reload()
    }
}

/// An error of the search library, as one that names the folder.
fn fault(error: TantivyError, folder: &Path) -> IndexError {
    let message = match error {
        TantivyError::LockFailure(LockError::LockBusy, _) => {
            return IndexError::Busy { owner: Owner::default(), path: folder.to_owned() };
        }
        TantivyError::SchemaError(_) | TantivyError::IncompatibleIndex(_) => {
            "the text index is of another version of Crossrank; remove this folder and collect again".to_owned()
        }
        TantivyError::IoError(error) => return FileError::io(std::io::Error::other(error), folder).into(),
        error => format!("the text index cannot be used: {error}"),
    };
    FileError::malformed(message, folder).into()
}
