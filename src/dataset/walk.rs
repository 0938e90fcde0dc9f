//! Listing a folder in a fixed order.

use std::collections::{HashMap, HashSet};
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
    let mut walk = Walk { root, reach, entered: HashSet::new(), found: Vec::new(), warnings };
    walk.descend(root, deepest.min(DEEPEST));
    let mut found = walk.found;
    found.sort();
    found
}

/// Every file below a folder, up to the depth limit.
pub(super) fn all_files(root: &Path, reach: Reach, warnings: &mut Warnings) -> Vec<PathBuf> {
    files_below(root, DEEPEST, reach, warnings)
}

struct Walk<'a> {
    root: &'a Path,
    reach: Reach,
    /// Links may form cycles, so every folder is entered once, by its canonical path.
    entered: HashSet<PathBuf>,
    found: Vec<PathBuf>,
    warnings: &'a mut Warnings,
}

impl Walk<'_> {
    fn descend(&mut self, folder: &Path, deeper: usize) {
        if !self.entered.insert(folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf())) {
            return;
        }
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.warnings.file(WarningKind::BadFile, folder, error.to_string()),
        };
        for entry in entries.flatten() {
            if self.found.len() >= MOST {
                return;
            }
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let path = entry.path();
            let Ok(kind) = entry.file_type() else { continue };
            if name.starts_with('.') {
                continue;
            }
            if name.contains(is_unsafe) {
                let message = "left out, as its name has control characters; rename it";
                self.warnings.file(WarningKind::BadFile, &path, message);
            } else if kind.is_symlink() && !self.reach.admits(&path, self.root) {
                let message = format!("left out, as this link leads out of the data set's folder ({ADVICE})");
                self.warnings.file(WarningKind::Outside, &path, message);
            } else if kind.is_dir() || (kind.is_symlink() && path.is_dir()) {
                if deeper > 0 {
                    self.descend(&path, deeper - 1);
                }
            } else {
                self.found.push(path);
            }
        }
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

/// A file's extension in lower case, without the dot.
pub(super) fn extension(path: &Path) -> String {
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
pub(super) fn is_picture(path: &Path) -> bool {
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
