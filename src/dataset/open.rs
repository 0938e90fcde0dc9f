//! Recognising the format of a folder, or of the folder that one of its files belongs to.

use std::path::{Path, PathBuf};

use super::trec::TrecKind;
use super::warnings::{Warnings, owned};
use super::{DatasetError, Format, Loaded, attach, folder, mediaeval, naver, trec, walk};

/// What to open, and as what.
enum Found {
    Folder(Format, PathBuf),
    /// Bare TREC files of one folder.
    Trec(PathBuf, Vec<PathBuf>),
}

/// Which format a folder or one of a data set's main files is in; `None` where it is none.
pub fn recognise(path: &Path) -> Option<Format> {
    match find(path)? {
        Found::Folder(format, _) => Some(format),
        Found::Trec(..) => Some(Format::Trec),
    }
}

/// Opens a data set: its folder, or one of its main files (a table, a topics file, a matrix, a qrels or run file).
/// A bare qrels or run file is opened with the other TREC files of its folder.
///
/// # Errors
/// If no format is recognised, or a file that everything else hangs on cannot be read.
pub fn open(path: &Path) -> Result<Loaded, DatasetError> {
    if let Err(source) = std::fs::metadata(path) {
        return Err(DatasetError::Io { source, path: owned(path) });
    }
    match find(path) {
        Some(Found::Folder(Format::Folder, root)) => folder::open(&root),
        Some(Found::Folder(Format::MediaEval, root)) => mediaeval::open(&root),
        Some(Found::Folder(Format::Naver, root)) => naver::open(&root),
        Some(Found::Folder(Format::Trec, root)) => {
            attach::open_trec(&root, &walk::files_below(&root, 0, &mut Warnings::default()))
        }
        Some(Found::Trec(root, files)) => attach::open_trec(&root, &files),
        None => Err(DatasetError::Unrecognised { reason: reason(path), path: owned(path) }),
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
        "csv" | "tsv" | "json" | "npy" | "safetensors" => parents().find_map(|root| {
            let format = [(Format::Naver, naver::is_one(&root)), (Format::Folder, folder::is_one(&root))]
                .into_iter()
                .find_map(|(format, is_one)| is_one.then_some(format))?;
            folder(format, root)
        }),
        _ => {
            let kind = trec::sniff(path)?;
            let root = usable(path.parent()?);
            // The qrels of a folder in our own format stand for that folder.
            if let Some(root) = parents().take(2).find(|root| folder::is_one(root)) {
                return folder(Format::Folder, root);
            }
            let partners = walk::files_below(&root, 0, &mut Warnings::default());
            let is_partner = |other: &PathBuf| other == path || trec::sniff(other) != Some(kind);
            let mut files: Vec<PathBuf> = partners.into_iter().filter(is_partner).collect();
            if !files.iter().any(|other| other.file_name() == path.file_name()) {
                files.push(owned(path));
            }
            // One of each kind: judgements of another task would only add noise.
            if kind == TrecKind::Run {
                let mut qrels = files.iter().filter(|other| trec::sniff(other) == Some(TrecKind::Qrels));
                let first = qrels.next().cloned();
                files.retain(|other| trec::sniff(other) == Some(TrecKind::Run) || Some(other) == first.as_ref());
            }
            Some(Found::Trec(root, files))
        }
    }
}

/// The parent of a bare file name is the working folder.
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

/// What to add to make a data set of what was given.
fn reason(path: &Path) -> String {
    if path.is_file() {
        return "this file belongs to no data set that is known".to_owned();
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
