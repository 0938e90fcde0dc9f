//! Packing.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::layout::{End, FIRST, LAST, PICTURES, is_packed, time_text, tops};
use crate::base::{At, FileError, Lock, LockError, Progress, Unit, open_file, write_whole_by};
use crate::dataset::{Reach, STATISTICS, Warning, WarningKind, Warnings, lock_queries};
use crate::index::collection::{BEHIND, read_manifest};
use crate::index::words::list;
use crate::index::{Collection, IndexError, Manifest};

/// Bytes that are written at a time.
const BUFFER: usize = 1 << 20;

/// How a collection is packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Packing {
    /// Whether the pictures are packed, too, with the files that speak of them.
    pub pictures: bool,
    /// Whether a file that is there is replaced.
    pub replace: bool,
}

/// What was packed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Packed {
    /// Number of files.
    pub files: usize,
    /// Size of the archive.
    pub bytes: u64,
    /// Files that were listed, and could not be read.
    pub warnings: Vec<Warning>,
}

/// A file that is packed.
struct Source {
    /// Its path in the archive.
    name: String,
    file: PathBuf,
    bytes: u64,
    /// When it was modified, where that matters.
    modified: Option<SystemTime>,
}

impl Collection {
    /// Packs the collection into a file, which appears as a whole or not at all. Nothing writes to the collection meanwhile.
    ///
    /// # Errors
    /// If there is such a file and it must not be replaced, or it lies among the pictures or in the collection;
    /// [`IndexError::Busy`] while another process updates the collection; [`IndexError::Cancelled`] after a `Break` of
    /// `observe`; and if something cannot be read or written, such as on a full disk.
    pub fn pack(
        &self,
        out: &Path,
        packing: Packing,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Packed, IndexError> {
        self.check_target(out, packing)?;
        let _locks = self.locks()?;
        let manifest = read_manifest(self.folder())?;
        let mut warnings = Warnings::default();
        let mut sources = own_files(self.folder(), &mut warnings)?;
        if packing.pictures {
            sources.extend(self.picture_files(&mut warnings, observe)?);
        }
        sources.sort_by(|one, other| one.name.cmp(&other.name));
        let total = sources.iter().map(|source| source.bytes).sum();
        let mut packed = Packed { warnings: warnings.into_vec(), ..Packed::default() };
        write_whole_by(
            out,
            |error| IndexError::from(FileError::io(error, out)),
            |file| {
                let mut writing =
                    Writing { archive: tar::Builder::new(BufWriter::with_capacity(BUFFER, file)), entries: 0 };
                let manifest = serde_json::to_vec_pretty(&packed_manifest(&manifest, packing)).at(out)?;
                writing.text(FIRST, &manifest).at(out)?;
                let mut counting = Counting { done: 0, total, observe, is_cancelled: false };
                for source in &sources {
                    writing.file(source, out, &mut counting)?;
                }
                packed.files = sources.len() + 1;
                let end = serde_json::to_vec(&End { version: 1, entries: writing.entries }).at(out)?;
                writing.text(LAST, &end).at(out)?;
                let mut file = writing.archive.into_inner().at(out)?;
                Ok::<_, IndexError>(file.flush().at(out)?)
            },
        )?;
        packed.bytes = std::fs::metadata(out).at(out)?.len();
        Ok(packed)
    }

    fn check_target(&self, out: &Path, packing: Packing) -> Result<(), IndexError> {
        let refused = |message: &str| Err(FileError::malformed(message, out).into());
        if out.is_dir() {
            return refused("this is a folder; name a file, such as photos.tar");
        }
        if out.exists() && !packing.replace {
            return refused("there is such a file already");
        }
        let folder = std::path::absolute(out).at(out)?;
        let folder = folder.parent().map(|folder| std::fs::canonicalize(folder).at(folder)).transpose()?;
        let lies_in = |place: &Path| folder.as_ref().is_some_and(|folder| folder.starts_with(place));
        match () {
            () if lies_in(self.pictures()) => {
                refused("it would lie among the pictures, and be taken for one of their archives")
            }
            () if lies_in(self.folder()) => refused("it would lie in the collection that it is packed from"),
            () => Ok(()),
        }
    }

    /// Locks against updates, further vectors and queries. A folder that cannot be written needs none.
    fn locks(&self) -> Result<Vec<Box<dyn std::any::Any>>, IndexError> {
        let mut locks: Vec<Box<dyn std::any::Any>> = Vec::new();
        match self.text().lock() {
            Ok(lock) => locks.push(Box::new(lock)),
            Err(error @ IndexError::Busy { .. }) => return Err(error),
            Err(_) => {}
        }
        for set in self.vector_sets()? {
            match Lock::acquire(&self.vectors_folder().join(&set.info().key)) {
                Ok((lock, _)) => locks.push(Box::new(lock)),
                Err(LockError::File(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if let Some(lock) = lock_queries(self.folder())? {
            locks.push(Box::new(lock));
        }
        Ok(locks)
    }

    /// The pictures, and the files that speak of them.
    fn picture_files(
        &self,
        warnings: &mut Warnings,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Vec<Source>, IndexError> {
        let away = || IndexError::Away { count: self.count(), folder: self.pictures().to_owned() };
        if !self.has_pictures_folder() {
            return Err(away());
        }
        let listing = list(self.pictures(), Reach::following(self.manifest().follow), observe)?;
        if listing.pictures.is_empty() && listing.shards.is_empty() && self.count() > 0 {
            return Err(away());
        }
        let tables = listing.tables.iter().map(|table| &table.file);
        let files = listing.pictures.iter().chain(&listing.sidecars).chain(&listing.shards).chain(tables);
        let mut sources = Vec::new();
        for listed in files {
            let file = self.pictures().join(&listed.path);
            let name = format!("{PICTURES}/{}", listed.path);
            match std::fs::metadata(&file) {
                Ok(_) if !is_packed(&name) => {
                    warnings.file(WarningKind::BadFile, &file, "not packed, as other systems cannot have such a name");
                }
                Ok(found) => {
                    let modified = Some(found.modified().unwrap_or(SystemTime::UNIX_EPOCH));
                    sources.push(Source { name, file, bytes: found.len(), modified });
                }
                Err(error) => warnings.error(FileError::io(error, &file).into()),
            }
        }
        Ok(sources)
    }
}

/// The description as it is packed: with the pictures, they lie in the collection's own folder.
fn packed_manifest(manifest: &Manifest, packing: Packing) -> Manifest {
    let mut manifest = manifest.clone();
    if packing.pictures {
        (manifest.pictures, manifest.beside) = (PICTURES.into(), PICTURES.into());
        manifest.follow = false;
    }
    manifest
}

/// The files of a collection but its description.
fn own_files(folder: &Path, warnings: &mut Warnings) -> Result<Vec<Source>, IndexError> {
    let mut sources = Vec::new();
    let mut waiting: Vec<String> = tops().map(str::to_owned).collect();
    // Counts that an update has outrun would pass for good ones.
    waiting.retain(|name| name != STATISTICS || !folder.join(BEHIND).exists());
    while let Some(name) = waiting.pop() {
        let file = folder.join(&name);
        // Links are none of the collection's files.
        let Ok(found) = std::fs::symlink_metadata(&file) else { continue };
        if found.is_dir() {
            for entry in std::fs::read_dir(&file).at(&file)? {
                let entry = entry.at(&file)?.file_name();
                match entry.to_str() {
                    Some(entry) => waiting.push(format!("{name}/{entry}")),
                    None => {
                        warnings.file(WarningKind::BadFile, &file.join(entry), "not packed: its name is not Unicode")
                    }
                }
            }
        } else if found.is_file() && is_packed(&name) {
            sources.push(Source { name, file, bytes: found.len(), modified: None });
        }
    }
    Ok(sources)
}

/// An archive that is being written.
struct Writing<W: Write> {
    archive: tar::Builder<W>,
    entries: u64,
}

impl<W: Write> Writing<W> {
    fn text(&mut self, name: &str, text: &[u8]) -> io::Result<()> {
        self.entries += 1;
        self.archive.append_data(&mut header(text.len() as u64, 0), name, text)
    }

    /// Appends as many bytes of a file as it had: a journal may grow meanwhile.
    fn file(&mut self, source: &Source, out: &Path, counting: &mut Counting<'_>) -> Result<(), IndexError> {
        let opened = open_file(&source.file)?;
        let since = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        if let Some(modified) = source.modified {
            let time = time_text(modified);
            self.archive.append_pax_extensions([("mtime", time.as_bytes())]).at(out)?;
        }
        self.entries += 1;
        let before = counting.done;
        let mut header = header(source.bytes, source.modified.map_or(0, since));
        let mut reading = Counted { file: opened.take(source.bytes), counting, fault: None };
        let written = self.archive.append_data(&mut header, &source.name, &mut reading);
        let fault = reading.fault.take();
        match (fault, written) {
            _ if counting.is_cancelled => Err(IndexError::Cancelled),
            (Some(fault), _) => Err(FileError::io(fault, &source.file).into()),
            (None, Err(error)) => Err(FileError::io(error, out).into()),
            (None, Ok(())) if counting.done - before != source.bytes => {
                Err(FileError::malformed("it changed while it was being packed", &source.file).into())
            }
            (None, Ok(())) => Ok(()),
        }
    }
}

/// A header that says nothing of who packed the file.
fn header(bytes: u64, modified: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(modified);
    header
}

/// How far the packing is.
struct Counting<'a> {
    done: u64,
    total: u64,
    observe: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    is_cancelled: bool,
}

/// A file whose bytes are counted as they are read.
struct Counted<'a, 'b> {
    file: io::Take<File>,
    counting: &'a mut Counting<'b>,
    /// Why it could not be read.
    fault: Option<io::Error>,
}

impl Read for Counted<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Counting { done, total, observe, is_cancelled } = &mut *self.counting;
        let stage = "Packing".to_owned();
        let progress =
            Progress { stage, done: *done as usize, total: *total as usize, unit: Unit::Bytes, ..Progress::default() };
        if observe(progress).is_break() {
            *is_cancelled = true;
            return Err(io::Error::other("cancelled"));
        }
        match self.file.read(buffer) {
            Ok(read) => {
                *done += read as u64;
                Ok(read)
            }
            Err(error) => {
                let kind = error.kind();
                self.fault = Some(error);
                Err(kind.into())
            }
        }
    }
}
