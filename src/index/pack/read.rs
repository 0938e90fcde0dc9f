//! Unpacking.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::layout::{End, FIRST, LAST, PICTURES, is_known, parse_time};
use crate::base::{At, FileError, Lock, Progress, Unit, Within, open_file};
use crate::index::collection::{relative, write_manifest};
use crate::index::{Collection, IndexError, Manifest};

/// Bytes that are copied at a time.
const BUFFER: usize = 1 << 18;
/// Entries of an archive, far beyond any collection.
const MOST: u64 = 20_000_000;
/// Bytes of the descriptions, which are read into memory.
const LONGEST: u64 = 64 << 20;

/// What was unpacked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// The collection's folder.
    pub folder: PathBuf,
    /// Number of files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Number of pictures that the collection has.
    pub pictures: usize,
    /// Whether the folder of the pictures is there: unpacked with it, or where it was before.
    pub has_pictures: bool,
}

/// Makes a collection of an archive that [`Collection::pack`] made, in a folder that is new or empty, and appears as a whole
/// or not at all. Nothing is written outside of it, whatever the archive says.
///
/// # Errors
/// If the folder is there and not empty, the archive is none of a collection, is damaged or cut off, holds a link or a
/// path that leads elsewhere; [`IndexError::Busy`] while another process unpacks there; [`IndexError::Cancelled`] after a
/// `Break` of `observe`; and if something cannot be read or written.
pub fn unpack(
    file: &Path,
    folder: &Path,
    observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Unpacked, IndexError> {
    let folder = std::path::absolute(folder).at(folder)?;
    if folder.exists() && fs::read_dir(&folder).at(&folder)?.next().is_some() {
        return Err(FileError::malformed("this folder is there already, and not empty", &folder).into());
    }
    // Fails before anything is made.
    let archive = open_file(file)?;
    let (parent, name) = (folder.parent().unwrap_or(Path::new("/")), folder.file_name().unwrap_or_default());
    fs::create_dir_all(parent).at(parent)?;
    let folder = fs::canonicalize(parent).at(parent)?.join(name);
    let beside = folder.with_file_name(format!(".{}.unpacking", name.to_string_lossy()));
    let (lock, _) = Lock::acquire(&beside)?;
    let into = beside.join("collection");
    let done = emptied(&into).and_then(|()| extract(archive, file, (&into, &folder), observe));
    let moved = done.and_then(|unpacked| {
        if folder.exists() {
            fs::remove_dir(&folder).at(&folder)?;
        }
        fs::rename(&into, &folder).at(&folder)?;
        Ok(unpacked)
    });
    // What is left of a failure is of no use.
    let _ = fs::remove_dir_all(&into);
    drop(lock);
    let _ = fs::remove_dir(&beside);
    moved
}

/// Removes what a killed process left, and makes the folder.
fn emptied(folder: &Path) -> Result<(), IndexError> {
    if folder.exists() {
        fs::remove_dir_all(folder).at(folder)?;
    }
    Ok(fs::create_dir(folder).at(folder)?)
}

/// Extracts an archive into a folder that is then moved to `last`.
fn extract(
    archive: File,
    file: &Path,
    (folder, last): (&Path, &Path),
    observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Unpacked, IndexError> {
    let total = archive.metadata().at(file)?.len();
    let (within, budget) = Within::new(archive);
    let mut archive = tar::Archive::new(within);
    let mut unpacking = Unpacking { file, folder, total, done: 0, files: 0, observe };
    let mut entries = archive.entries().at(file)?;
    let (mut manifest, mut end) = (None, None);
    loop {
        budget.renew();
        let Some(entry) = entries.next() else { break };
        let mut entry = entry.map_err(|error| damaged(file, error))?;
        let name = unpacking.name_of(&entry)?;
        budget.lift();
        match name.as_str() {
            _ if end.is_some() => return Err(damaged(file, "it goes on after its end")),
            FIRST if manifest.is_none() => manifest = Some(unpacking.description::<Manifest>(&mut entry, &name)?),
            _ if manifest.is_none() => return Err(damaged(file, "this is not a packed collection")),
            LAST => end = Some(unpacking.description::<End>(&mut entry, &name)?),
            _ => unpacking.extract(&mut entry, &name)?,
        }
    }
    let Some(manifest) = manifest else { return Err(damaged(file, "this is not a packed collection")) };
    let is_whole = end.is_some_and(|end| end.entries == unpacking.files + 1);
    if !is_whole {
        return Err(damaged(file, "the archive is cut off"));
    }
    let (files, bytes) = (unpacking.files + 1, unpacking.done);
    let manifest = moved_to(manifest.checked(file)?, folder, last);
    let has_pictures = manifest.pictures.is_dir() || folder.join(PICTURES).is_dir();
    write_manifest(folder, &manifest)?;
    // What cannot be opened is not handed over.
    let pictures = Collection::open(folder)?.count();
    Ok(Unpacked { folder: last.to_owned(), files, bytes, pictures, has_pictures })
}

/// The description of a collection in another folder.
fn moved_to(mut manifest: Manifest, folder: &Path, last: &Path) -> Manifest {
    if folder.join(PICTURES).is_dir() {
        (manifest.pictures, manifest.beside) = (last.join(PICTURES), PICTURES.into());
    } else {
        // At the same place beside it lie the pictures of another collection, if any.
        manifest.beside = relative(last, &manifest.pictures);
    }
    manifest
}

fn damaged(file: &Path, message: impl std::fmt::Display) -> IndexError {
    FileError::malformed(message, file).into()
}

struct Unpacking<'a> {
    file: &'a Path,
    folder: &'a Path,
    total: u64,
    done: u64,
    /// Files extracted.
    files: u64,
    observe: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
}

impl Unpacking<'_> {
    /// The path of an entry, if it is a plain file that a collection may have.
    fn name_of<R: Read>(&self, entry: &tar::Entry<'_, R>) -> Result<String, IndexError> {
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let kind = entry.header().entry_type();
        if !kind.is_file() {
            let what = if kind.is_symlink() || kind.is_hard_link() { "a link" } else { "something that is no file" };
            return Err(damaged(self.file, format!("it holds {what}, '{name}', which no packed collection does")));
        }
        if !is_known(&name) || self.files >= MOST {
            return Err(damaged(self.file, format!("it holds '{name}', which no packed collection does")));
        }
        if entry.raw_file_position().saturating_add(entry.size()) > self.total {
            return Err(damaged(self.file, "the archive is cut off"));
        }
        Ok(name)
    }

    fn description<T: serde::de::DeserializeOwned>(&self, entry: &mut impl Read, name: &str) -> Result<T, IndexError> {
        let mut text = Vec::new();
        entry.take(LONGEST).read_to_end(&mut text).at(self.file)?;
        serde_json::from_slice(&text).map_err(|error| damaged(self.file, format!("its {name} is damaged: {error}")))
    }

    fn extract<R: Read>(&mut self, entry: &mut tar::Entry<'_, R>, name: &str) -> Result<(), IndexError> {
        let path = self.folder.join(name);
        let parent = path.parent().unwrap_or(self.folder);
        fs::create_dir_all(parent).at(parent)?;
        let extensions = entry.pax_extensions().at(self.file)?;
        let times = extensions.into_iter().flatten().flatten().filter(|extension| extension.key() == Ok("mtime"));
        let modified = times.filter_map(|time| parse_time(time.value().ok()?)).last();
        // Of two entries of one name, the second is a fault.
        let mut out = OpenOptions::new().write(true).create_new(true).open(&path).at(&path)?;
        let mut buffer = vec![0; BUFFER];
        loop {
            let stage = "Unpacking".to_owned();
            let (done, total) = (self.done as usize, self.total as usize);
            let progress = Progress { stage, done, total, unit: Unit::Bytes, ..Progress::default() };
            if (self.observe)(progress).is_break() {
                return Err(IndexError::Cancelled);
            }
            let read = match entry.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(FileError::io(error, self.file).into()),
            };
            out.write_all(&buffer[..read]).at(&path)?;
            self.done += read as u64;
        }
        if let Some(modified) = modified {
            // On a file system without such times, what has changed is found out anew.
            let _ = out.set_modified(modified);
        }
        self.files += 1;
        // The pictures are many, and those who packed them have them.
        match name.starts_with(PICTURES) {
            true => Ok(()),
            false => Ok(out.sync_data().at(&path)?),
        }
    }
}
