//! Bare TREC qrels and run files as a data set without pictures.

use std::path::{Path, PathBuf};

use super::attach::{candidates_of_run, take_files};
use super::build::Builder;
use super::reader::{Reader, is_data_file};
use super::trec::{self, TrecKind};
use super::warnings::{Warnings, owned};
use super::{DatasetError, Format, Loaded, Reach, WarningKind, walk};

impl Format {
    /// Bare TREC qrels and run files.
    pub const TREC: Format = Format::new("TREC qrels and run");
}

/// How they are recognised and read.
pub(super) const READER: Reader = Reader {
    format: Format::TREC,
    main_files: "TREC qrels or run",
    is_one,
    levels_up: |_| 0,
    stands_alone: |file| kind_of(file).is_some(),
    open,
    own_vectors: |_| None,
};

/// The kind of a TREC file; `None` if the extension or the first lines are those of something else.
pub(super) fn kind_of(file: &Path) -> Option<TrecKind> {
    let is_another = is_data_file(file) || walk::extension(file) == "xml";
    if is_another { None } else { trec::sniff(file) }
}

fn is_one(root: &Path, reach: Reach) -> bool {
    let files = files_in(root, reach, &mut Warnings::default());
    let (qrels, runs) = sorted(&files);
    !qrels.is_empty() || !runs.is_empty()
}

fn files_in(root: &Path, reach: Reach, warnings: &mut Warnings) -> Vec<PathBuf> {
    walk::files_below(root, 0, reach, warnings)
}

/// A file with others of its folder: qrels with all runs, a run with the first qrels.
fn with_partners(file: &Path, files: Vec<PathBuf>) -> Vec<PathBuf> {
    let kind = trec::sniff(file);
    let is_partner = |other: &PathBuf| {
        other.file_name() != file.file_name() && trec::sniff(other).is_some_and(|other| Some(other) != kind)
    };
    let most = if kind == Some(TrecKind::Run) { 1 } else { usize::MAX };
    let partners = files.into_iter().filter(is_partner).take(most);
    std::iter::once(owned(file)).chain(partners).collect()
}

/// Qrels and run files among the files of a folder.
fn sorted(files: &[PathBuf]) -> (Vec<&PathBuf>, Vec<&PathBuf>) {
    let (mut qrels, mut runs) = (Vec::new(), Vec::new());
    for path in files {
        let may_be = matches!(walk::extension(path).as_str(), "txt" | "qrels" | "qrel" | "run" | "trec" | "res" | "");
        match may_be.then(|| trec::sniff(path)).flatten() {
            Some(TrecKind::Qrels) => qrels.push(path),
            Some(TrecKind::Run) => runs.push(path),
            None => {}
        }
    }
    (qrels, runs)
}

/// Opens bare qrels and run files as a data set without pictures: the runs' images are the candidates, or the judged
/// images if there is no run.
fn open(root: &Path, file: Option<&Path>, reach: Reach) -> Result<Loaded, DatasetError> {
    let mut builder = Builder::new(root, Format::TREC, reach);
    let mut files = files_in(root, reach, &mut builder.warnings);
    if let Some(file) = file {
        files = with_partners(file, files);
    }
    let (qrels, runs) = sorted(&files);
    if qrels.is_empty() && runs.is_empty() {
        return Err(builder.unrecognised("no qrels and no run file"));
    }
    for run in &runs {
        candidates_of_run(&mut builder, run);
    }
    if runs.is_empty() {
        builder.warnings.file(WarningKind::Missing, root, "no run file; the judged images are the candidates");
        for path in &qrels {
            // Faulty lines are reported when the grades are read.
            for entry in trec::qrels_entries(path, &mut Warnings::default()).unwrap_or_default() {
                let (query, image) = (builder.query(&entry.query), builder.image(&entry.image));
                builder.add_candidate(query, image, None);
            }
        }
    }
    if qrels.is_empty() {
        builder.warnings.file(WarningKind::Missing, root, "no qrels file; nothing is judged");
    }
    let mut loaded = builder.finish();
    take_files(&mut loaded, &qrels, &runs);
    Ok(loaded)
}
