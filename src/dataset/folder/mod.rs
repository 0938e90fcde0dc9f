//! Crossrank's own folder format; assets/manual/data-sets.md describes it.

mod candidates;
mod columns;
mod images;

use crate::base::some_of;
use std::path::{Path, PathBuf};

use super::build::Builder;
use super::reader::{Reader, is_data_file};
use super::walk::{self, Pictures, words_in};
use super::warnings::{Warnings, owned};
use super::{DatasetError, Format, Loaded, Reach, WarningKind, attach, bare_trec, embeddings, table};

impl Format {
    /// Crossrank's own folder format.
    pub const FOLDER: Format = Format::new("Crossrank folder");
}

/// How it is recognised and read.
pub(super) const READER: Reader = Reader {
    format: Format::FOLDER,
    main_files: "queries.csv",
    is_one,
    levels_up,
    // Several tables of queries in a folder: the one that was chosen counts.
    stands_alone: |file| walk::is_table(file) && names_queries(file),
    open,
    own_vectors: |_| None,
};

/// The files of a folder by purpose.
#[derive(Debug, Default)]
struct Files {
    images: Option<PathBuf>,
    queries: Option<PathBuf>,
    candidates: Option<PathBuf>,
    clusters: Option<PathBuf>,
    qrels: Vec<PathBuf>,
    runs: Vec<PathBuf>,
}

impl Files {
    /// Sorts the files below `root`. If `chosen` is a table, it is taken as the one with the queries.
    fn among(files: &[PathBuf], root: &Path, chosen: Option<&Path>) -> Self {
        let mut sorted = Self::default();
        let mut unnamed = Vec::new();
        for path in files.iter().filter(|path| path.parent() == Some(root)) {
            let stem = walk::stem(path).to_lowercase();
            if walk::is_table(path) {
                let place = match stem.as_str() {
                    "images" | "photos" => &mut sorted.images,
                    "queries" | "topics" => &mut sorted.queries,
                    "candidates" => &mut sorted.candidates,
                    "clusters" => &mut sorted.clusters,
                    _ => {
                        unnamed.push(path);
                        continue;
                    }
                };
                place.get_or_insert_with(|| path.clone());
            } else if stem.contains("qrel") && walk::extension(path) == "txt" || walk::extension(path) == "qrels" {
                sorted.qrels.push(path.clone());
            }
        }
        if let Some(chosen) = chosen {
            sorted.queries = Some(owned(chosen));
        }
        // In a minimal set the one table may have any name.
        if sorted.queries.is_none() && sorted.candidates.is_none() {
            let mut with_queries = unnamed.into_iter().filter(|path| names_queries(path));
            sorted.queries = with_queries.next().filter(|_| with_queries.next().is_none()).cloned();
        }
        let in_runs = |path: &&PathBuf| {
            path.parent().and_then(Path::parent) == Some(root) && walk::folder_name(path).eq_ignore_ascii_case("runs")
        };
        let is_run = |path: &&PathBuf| matches!(walk::extension(path).as_str(), "txt" | "run" | "trec" | "res");
        sorted.runs = files.iter().filter(in_runs).filter(is_run).cloned().collect();
        sorted
    }

    fn is_a_set(&self) -> bool {
        self.queries.is_some() || self.candidates.is_some() || (self.images.is_some() && !self.qrels.is_empty())
    }
}

/// Whether a table has a column of queries.
fn names_queries(path: &Path) -> bool {
    let headings = table::peek_headings(path).unwrap_or_default();
    columns::QUERY.iter().any(|name| headings.contains(&table::plain(name)))
}

/// Whether a folder is in our own format.
fn is_one(root: &Path, reach: Reach) -> bool {
    Files::among(&walk::files_below(root, 1, reach, &mut Warnings::default()), root, None).is_a_set()
}

/// TREC files are in the set's folder or in its `runs`, other files may be deeper.
fn levels_up(file: &Path) -> usize {
    if is_data_file(file) {
        4
    } else if bare_trec::kind_of(file).is_some() {
        2
    } else {
        0
    }
}

/// Opens a folder in our own format; `chosen` is the table of queries where several could be.
fn open(root: &Path, chosen: Option<&Path>, reach: Reach) -> Result<Loaded, DatasetError> {
    let mut builder = Builder::new(root, Format::FOLDER, reach);
    let listing = walk::all_files(root, reach, &mut builder.warnings);
    let files = Files::among(&listing, root, chosen);
    if !files.is_a_set() {
        return Err(builder.unrecognised("no table of queries or candidates"));
    }
    let pictures = Pictures::among(&listing, root);
    if let Some(path) = &files.images {
        images::read(&mut builder, path, &pictures, root);
    }
    if let Some(path) = &files.queries {
        candidates::read_queries(&mut builder, path, &pictures, root)?;
    }
    if let Some(path) = &files.candidates {
        candidates::read_candidates(&mut builder, path, &pictures, root)?;
    }
    if builder.dataset.candidate_count() == 0 && files.candidates.is_none() {
        files.runs.iter().for_each(|run| attach::candidates_of_run(&mut builder, run));
    }
    if builder.dataset.candidate_count() == 0 && files.candidates.is_none() {
        without_table(&mut builder, &files, &pictures, root);
    }
    if let Some(path) = &files.clusters {
        candidates::read_clusters(&mut builder, path);
    }
    if builder.dataset.queries.is_empty() {
        return Err(builder.unrecognised("its tables name no query"));
    }
    report_empty(&mut builder, root);
    builder.dataset.vectors = embeddings::own_sources(&listing, root);
    let mut loaded = builder.finish();
    let (qrels, runs): (Vec<_>, Vec<_>) = (files.qrels.iter().collect(), files.runs.iter().collect());
    attach::take_files(&mut loaded, &qrels, &runs);
    Ok(loaded)
}

/// Reads the tables of queries and images of a collection, whose pictures lie below another folder.
///
/// # Errors
/// If a grade is not a whole number.
pub(super) fn read_tables(
    builder: &mut Builder,
    [images, queries]: [&Path; 2],
    pictures: &Path,
) -> Result<(), DatasetError> {
    let none = Pictures::default();
    images::read(builder, images, &none, pictures);
    Ok(candidates::read_queries(builder, queries, &none, pictures)?)
}

/// Every picture below a folder as an image, without queries: enough to compute vectors, and to add queries to. What the
/// names of files and folders say is its title and its tags.
pub(super) fn open_pictures(root: &Path, reach: Reach) -> Loaded {
    let mut builder = Builder::new(root, Format::FOLDER, reach);
    let listing = walk::all_files(root, reach, &mut builder.warnings);
    add_pictures(&mut builder, &Pictures::among(&listing, root), root);
    for image in &mut builder.dataset.images {
        let file = image.file.as_deref().unwrap_or(Path::new(""));
        image.title = words_in(&walk::stem(file));
        let folders = file.strip_prefix(root).ok().and_then(Path::parent).into_iter().flat_map(Path::iter);
        image.tags = folders.map(|name| words_in(&name.to_string_lossy())).collect();
    }
    builder.dataset.vectors = embeddings::own_sources(&listing, root);
    builder.finish()
}

fn add_pictures(builder: &mut Builder, pictures: &Pictures, root: &Path) {
    for path in pictures.paths() {
        let image = builder.image(&pictures.id_of(path, root));
        builder.dataset.images[image].file = Some(path.clone());
    }
}

/// Candidates in the absence of a table: the pictures in folders named like the queries, or every image for every
/// query.
fn without_table(builder: &mut Builder, files: &Files, pictures: &Pictures, root: &Path) {
    if files.images.is_none() {
        add_pictures(builder, pictures, root);
    }
    // Queries may appear only in the judgements.
    if builder.dataset.queries.is_empty() {
        for path in &files.qrels {
            let (qrels, _) = super::read_qrels(path).unwrap_or_default();
            for query in qrels.keys() {
                builder.query(query);
            }
        }
    }
    let folders: Vec<Vec<String>> =
        builder.dataset.images.iter().map(|image| folders_of(image.file.as_deref(), root)).collect();
    let of_query: Vec<Vec<usize>> = builder
        .dataset
        .queries
        .iter()
        .map(|query| {
            let names = [table::plain(query.id.as_str()), table::plain(&query.text)];
            let lies_in = |folders: &Vec<String>| folders.iter().any(|folder| names.contains(folder));
            (0..folders.len()).filter(|&image| lies_in(&folders[image])).collect()
        })
        .collect();
    let by_folder = of_query.iter().any(|images| !images.is_empty());
    for (query, images) in of_query.into_iter().enumerate() {
        let images = if by_folder { images } else { (0..folders.len()).collect() };
        for image in images {
            builder.add_candidate(query, image, None);
        }
    }
}

/// The normalised names of the folders below the root that contain a picture.
fn folders_of(file: Option<&Path>, root: &Path) -> Vec<String> {
    let below = file.and_then(|file| file.strip_prefix(root).ok()).and_then(Path::parent);
    let names = below.into_iter().flat_map(Path::iter).map(|name| table::plain(&name.to_string_lossy()));
    names.filter(|name| !name.is_empty()).collect()
}

/// Warns of queries without candidates.
fn report_empty(builder: &mut Builder, root: &Path) {
    let Builder { dataset, warnings, .. } = builder;
    let empty = dataset.queries.iter().filter(|query| query.candidates.is_empty());
    let empty: Vec<&str> = empty.map(|query| query.id.as_str()).collect();
    if !empty.is_empty() {
        let message = format!("{} queries without candidates: {}", empty.len(), some_of(&empty));
        warnings.file(WarningKind::Missing, root, message);
    }
}
