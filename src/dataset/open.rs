//! Recognising the format of a folder, or of the folder that one of its files belongs to.

use std::path::{Path, PathBuf};

use super::trec::TrecKind;
use super::warnings::{Warnings, owned};
use super::{DatasetError, Format, Loaded, attach, folder, mediaeval, naver, trec, walk};
use crate::base::At;

/// What was found to open, by format.
enum Found {
    Folder(Format, PathBuf),
    /// A folder, and the one of its tables that holds the queries.
    Table(PathBuf, PathBuf),
    /// Bare TREC files of one folder.
    Trec(PathBuf, Vec<PathBuf>),
}

/// The format of a folder or of one of a data set's main files; `None` if it is not a data set.
pub fn recognise(path: &Path) -> Option<Format> {
    match find(path)? {
        Found::Folder(format, _) => Some(format),
        Found::Table(..) => Some(Format::Folder),
        Found::Trec(..) => Some(Format::Trec),
    }
}

/// Opens a data set: its folder, or one of its main files (a table, a topics file, a matrix, a qrels or run file).
/// A bare qrels or run file is opened with the other TREC files of its folder.
///
/// # Errors
/// If no format is recognised, or an essential file cannot be read.
pub fn open(path: &Path) -> Result<Loaded, DatasetError> {
    std::fs::metadata(path).at(path)?;
    match find(path) {
        Some(Found::Folder(Format::Folder, root)) => folder::open(&root, None),
        Some(Found::Table(root, table)) => folder::open(&root, Some(&table)),
        Some(Found::Folder(Format::MediaEval, root)) => mediaeval::open(&root),
        Some(Found::Folder(Format::Naver, root)) => naver::open(&root),
        Some(Found::Folder(Format::Trec, root)) => {
            attach::open_trec(&root, &walk::files_below(&root, 0, &mut Warnings::default()))
        }
        Some(Found::Trec(root, files)) => attach::open_trec(&root, &files),
        None => Err(DatasetError::Unrecognised { reason: reason(path), path: owned(path) }),
    }
}

/// As [`open`]; a folder that only holds pictures becomes a data set without queries.
///
/// # Errors
/// As [`open`].
pub fn open_or_pictures(path: &Path) -> Result<Loaded, DatasetError> {
    let is_bare = path.is_dir() && find(path).is_none();
    match is_bare.then(|| folder::open_pictures(path)).filter(|loaded| !loaded.dataset.images.is_empty()) {
        Some(loaded) => Ok(loaded),
        None => open(path),
    }
}

fn find(path: &Path) -> Option<Found> {
    if path.is_dir() {
        return Some(Found::Folder(format_of(path)?, owned(path)));
    }
    if !path.is_file() {
        return None;
    }
    let parents = || path.ancestors().skip(1).take(4).map(usable);
    let folder = |format, root| Some(Found::Folder(format, root));
    match walk::extension(path).as_str() {
        "xml" => parents().find(|root| mediaeval::is_one(root)).and_then(|root| folder(Format::MediaEval, root)),
        "csv" | "tsv" | "json" | "npy" | "npz" | "parquet" | "safetensors" => {
            let whole = parents().find_map(|root| {
                if naver::is_one(&root) {
                    return folder(Format::Naver, root);
                }
                folder::is_one(&root).then(|| folder(Format::Folder, root))?
            });
            let holds_queries = || walk::is_table(path) && folder::names_queries(path);
            whole.or_else(|| holds_queries().then(|| Some(Found::Table(usable(path.parent()?), owned(path))))?)
        }
        _ => {
            // Qrels in a folder of our own format open that folder.
            let kind = trec::sniff(path)?;
            match parents().take(2).find(|root| folder::is_one(root)) {
                Some(root) => folder(Format::Folder, root),
                None => Some(bare_trec(path, kind, usable(path.parent()?))),
            }
        }
    }
}

/// A bare TREC file with others of its folder: qrels with all runs, a run with the first qrels.
fn bare_trec(path: &Path, kind: TrecKind, root: PathBuf) -> Found {
    let beside = walk::files_below(&root, 0, &mut Warnings::default());
    let mut partners: Vec<PathBuf> = beside
        .into_iter()
        .filter(|other| trec::sniff(other).is_some_and(|other| other != kind))
        .filter(|other| other.file_name() != path.file_name())
        .collect();
    if kind == TrecKind::Run {
        partners.truncate(1);
    }
    Found::Trec(root, std::iter::once(owned(path)).chain(partners).collect())
}

/// The parent of a bare file name is the current directory.
fn usable(folder: &Path) -> PathBuf {
    if folder.as_os_str().is_empty() { PathBuf::from(".") } else { owned(folder) }
}

fn format_of(root: &Path) -> Option<Format> {
    if naver::is_one(root) {
        Some(Format::Naver)
    } else if folder::is_one(root) {
        Some(Format::Folder)
    } else if mediaeval::is_one(root) {
        Some(Format::MediaEval)
    } else {
        let files = walk::files_below(root, 0, &mut Warnings::default());
        let (qrels, runs) = attach::trec_files(&files);
        (!qrels.is_empty() || !runs.is_empty()).then_some(Format::Trec)
    }
}

/// Why this is not a data set, and what would make it one.
fn reason(path: &Path) -> String {
    if path.is_file() {
        return "this file belongs to no data set of a known format".to_owned();
    }
    let files = walk::files_below(path, 3, &mut Warnings::default());
    if files.is_empty() {
        "the folder is empty".to_owned()
    } else if files.iter().any(|file| walk::is_picture(file)) {
        "there are pictures but no table of queries; add a queries.csv with a column 'query'".to_owned()
    } else {
        "no queries.csv, no MediaEval topics, no interactions_train.csv and no TREC qrels or run in it".to_owned()
    }
}
