//! Listing a folder in a fixed order.

use std::collections::{HashMap, HashSet};
use std::fs::FileType;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::reach::ADVICE;
use super::warnings::Warnings;
use super::{Reach, WarningKind};
use crate::base::is_unsafe;

/// Limits on depth and number of files, so that opening a whole disk by mistake terminates.
const DEEPEST: usize = 8;
const MOST: usize = 1_000_000;

/// Extensions of pictures that can be shown.
const PICTURES: [&str; 13] =
    ["jpg", "jpeg", "jpe", "png", "gif", "webp", "bmp", "tif", "tiff", "tga", "pnm", "ppm", "pgm"];

/// Every file below a folder, sorted by path. Left out are hidden files and folders and, with a warning, names with
/// control characters and links that lead further than `reach`.
pub(super) fn files_below(root: &Path, deepest: usize, reach: Reach, warnings: &mut Warnings) -> Vec<PathBuf> {
    let limits = Limits { deepest: deepest.min(DEEPEST), most: MOST, folder: "the data set's folder" };
    let mut walked = walk(root, limits, reach, warnings, &mut |_| ControlFlow::Continue(()));
    walked.files.sort();
    walked.files
}

/// Every file below a folder, up to the depth limit.
pub(super) fn all_files(root: &Path, reach: Reach, warnings: &mut Warnings) -> Vec<PathBuf> {
    files_below(root, DEEPEST, reach, warnings)
}

/// How far a walk goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Folders below the first.
    pub deepest: usize,
    /// Files.
    pub most: usize,
    /// What the folder is called in messages.
    pub folder: &'static str,
}

/// What a walk found.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    /// The files, unsorted.
    pub files: Vec<PathBuf>,
    /// Folders whose files are not or not all among them: they cannot be read, lie too deep, or the limit was reached.
    pub missed: Vec<PathBuf>,
}

/// Every file below a folder, as [`files_below`]. `observe` gets the number of files after each folder; on `Break` the
/// walk ends.
pub(crate) fn walk(
    root: &Path,
    limits: Limits,
    reach: Reach,
    warnings: &mut Warnings,
    observe: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Walked {
    let mut walk = Walk { root, limits, reach, entered: HashSet::new(), found: Walked::default(), warnings };
    // A walk that was broken off has found what it has.
    let _ = walk.descend(root, limits.deepest, observe);
    walk.found
}

struct Walk<'a> {
    root: &'a Path,
    limits: Limits,
    reach: Reach,
    /// Links may form cycles, so every folder is entered once, by its canonical path.
    entered: HashSet<PathBuf>,
    found: Walked,
    warnings: &'a mut Warnings,
}

impl Walk<'_> {
    fn descend(
        &mut self,
        folder: &Path,
        deeper: usize,
        observe: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if !self.entered.insert(folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf())) {
            return ControlFlow::Continue(());
        }
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                self.found.missed.push(folder.to_path_buf());
                self.warnings.file(WarningKind::BadFile, folder, error.to_string());
                return ControlFlow::Continue(());
            }
        };
        for entry in entries.flatten() {
            if self.found.files.len() >= self.limits.most {
                self.found.missed.push(folder.to_path_buf());
                return ControlFlow::Break(());
            }
            let path = entry.path();
            let Ok(kind) = entry.file_type() else { continue };
            if !self.takes(&path, kind) {
                continue;
            }
            if kind.is_dir() || (kind.is_symlink() && path.is_dir()) {
                match deeper {
                    0 => self.found.missed.push(path),
                    _ => self.descend(&path, deeper - 1, observe)?,
                }
            } else {
                self.found.files.push(path);
            }
        }
        observe(self.found.files.len())
    }

    /// Whether a file or folder is to be looked at.
    fn takes(&mut self, path: &Path, kind: FileType) -> bool {
        let name = name(path);
        if name.starts_with('.') {
            return false;
        }
        if name.contains(is_unsafe) {
            let message = "left out, as its name has control characters; rename it";
            self.warnings.file(WarningKind::BadFile, path, message);
            return false;
        }
        if kind.is_symlink() && !self.reach.admits(path, self.root) {
            let message = format!("left out, as this link leads out of {} ({ADVICE})", self.limits.folder);
            self.warnings.file(WarningKind::Outside, path, message);
            return false;
        }
        true
    }
}

/// A file's name as text.
pub(super) fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A file's name without its extension.
pub(super) fn stem(path: &Path) -> String {
    path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A picture's name in a list without its folder and its extension.
pub(super) fn stem_of_name(name: &str) -> &str {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    match name.rsplit_once('.') {
        Some((stem, extension)) if PICTURES.contains(&extension.to_ascii_lowercase().as_str()) => stem,
        _ => name,
    }
}

/// A name with spaces between its words.
pub(crate) fn words_in(name: &str) -> String {
    let words = name.split(|letter: char| letter.is_whitespace() || "_-.+".contains(letter));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A file's extension in lower case, without the dot.
pub(crate) fn extension(path: &Path) -> String {
    path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

/// The name of the folder that holds a file.
pub(super) fn folder_name(path: &Path) -> String {
    path.parent().map(name).unwrap_or_default()
}

/// The title of a data set read from this folder.
pub(super) fn title_of(folder: &Path) -> String {
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    if name(&real).is_empty() { folder.display().to_string() } else { name(&real) }
}

/// Whether the extension is that of a picture.
pub(crate) fn is_picture(path: &Path) -> bool {
    PICTURES.contains(&extension(path).as_str())
}

/// Whether the extension is that of a table.
pub(super) fn is_table(path: &Path) -> bool {
    matches!(extension(path).as_str(), "csv" | "tsv")
}

/// The pictures of a data set by every name a table may call them: path below the root, file name, and name without
/// extension (path, too, without extension). Where two pictures share a name, the first one wins.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    by_name: HashMap<String, usize>,
    paths: Vec<PathBuf>,
}

impl Pictures {
    /// Indexes the pictures among the files.
    pub fn among(files: &[PathBuf], root: &Path) -> Self {
        let mut pictures = Self::default();
        for path in files.iter().filter(|path| is_picture(path)) {
            let index = pictures.paths.len();
            pictures.paths.push(path.clone());
            let below = slashed(path.strip_prefix(root).unwrap_or(path));
            let without = below.rsplit_once('.').map_or(below.as_str(), |(start, _)| start).to_owned();
            for name in [name(path), stem(path), without, below] {
                pictures.by_name.entry(name).or_insert(index);
            }
        }
        pictures
    }

    /// The picture of this name, if there is one.
    pub fn find(&self, name: &str) -> Option<&PathBuf> {
        let tidy = name.trim().replace('\\', "/");
        let tidy = tidy.trim_start_matches("./");
        let index = self.by_name.get(tidy).or_else(|| self.by_name.get(tidy.rsplit('/').next()?))?;
        self.paths.get(*index)
    }

    /// All of them, in order.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// The shortest name that only this picture has.
    pub fn id_of(&self, path: &Path, root: &Path) -> String {
        let stem = stem(path);
        if self.find(&stem).is_some_and(|found| found == path) {
            return stem;
        }
        let below = slashed(path.strip_prefix(root).unwrap_or(path));
        let without = below.rsplit_once('.').map_or(below.as_str(), |(start, _)| start);
        if self.find(without).is_some_and(|found| found == path) { without.to_owned() } else { below }
    }
}

/// A path with forward slashes on every system.
fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
