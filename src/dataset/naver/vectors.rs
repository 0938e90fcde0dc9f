//! The vectors of NAVER's layout: one matrix per query.

use crate::base::some_of;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::dataset::build::Builder;
use crate::dataset::npy;
use crate::dataset::text::{numbered_lines, read_text_or_warn};
use crate::dataset::vectors::{ImageIndex, VectorRow};
use crate::dataset::warnings::Warnings;
use crate::dataset::{Dataset, ImageId, VectorSource, WarningKind, walk};

const SUFFIX: &str = "_PreLogits";

/// Whether a file is a query's matrix of vectors.
pub(super) fn is_matrix(path: &Path) -> bool {
    walk::extension(path) == "npy" && walk::stem(path).ends_with(SUFFIX)
}

/// The query that a matrix belongs to.
fn query_of(path: &Path) -> String {
    let stem = walk::stem(path);
    stem.strip_suffix(SUFFIX).unwrap_or(&stem).to_owned()
}

/// The sets of vectors among the files, named by their folder; train and test belong together.
pub(super) fn sources_among(files: &[PathBuf]) -> Vec<VectorSource> {
    let mut by_name: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for path in files.iter().filter(|path| is_matrix(path)) {
        by_name.entry(walk::folder_name(path)).or_default().push(path.clone());
    }
    let source = |(name, files): (String, Vec<PathBuf>)| {
        let dim = files.iter().find_map(|path| npy::npy_shape(path).ok()).map(|(_, columns)| columns);
        VectorSource { name, dim, files }
    };
    by_name.into_iter().map(source).collect()
}

/// Warns of queries that a source has no matrix for, and of matrices without a query.
pub(super) fn check_queries(builder: &mut Builder) {
    let Builder { dataset, warnings, .. } = builder;
    if dataset.vectors.is_empty() {
        warnings.file(WarningKind::Missing, &dataset.root, "no *_PreLogits.npy with visual vectors");
    }
    for source in &dataset.vectors {
        let named: HashSet<String> = source.files.iter().map(|path| query_of(path)).collect();
        let without: Vec<&str> =
            dataset.queries.iter().map(|query| query.id.as_str()).filter(|id| !named.contains(*id)).collect();
        if !without.is_empty() {
            let message = format!("no '{}' vectors of {} queries: {}", source.name, without.len(), some_of(&without));
            warnings.file(WarningKind::Missing, &dataset.root, message);
        }
        for path in source.files.iter().filter(|path| dataset.query_index(&query_of(path)).is_none()) {
            let message = format!("vectors of query '{}', which has no interactions", query_of(path));
            warnings.file(WarningKind::Missing, path, message);
        }
    }
}

/// Reads a query's matrix; the image list next to it names the image of each row.
pub(super) fn read_matrix(
    dataset: &Dataset,
    path: &Path,
    index: &ImageIndex,
    warnings: &mut Warnings,
) -> Vec<VectorRow> {
    let query = query_of(path);
    let matrix = match npy::read_npy(path) {
        Ok(matrix) => matrix,
        Err(error) => {
            warnings.error(error);
            return Vec::new();
        }
    };
    let ids = match read_list(dataset, path, &query, warnings) {
        Some(ids) => ids,
        None => match candidates_in_order(dataset, &query) {
            Some(ids) if ids.len() == matrix.rows => ids,
            _ => return Vec::new(),
        },
    };
    if ids.len() != matrix.rows {
        let message = format!("{} vectors for the {} images in its list", matrix.rows, ids.len());
        warnings.file(WarningKind::BadVector, path, message);
    }
    let image = |id: &str| index.get(apart(id, &query).as_str()).or_else(|| index.get(id)).copied();
    let rows = matrix.data.chunks_exact(matrix.columns).zip(&ids).zip(1..);
    rows.filter_map(|((values, id), line)| Some(VectorRow { image: image(id)?, values: values.to_vec(), line }))
        .collect()
}

fn read_list(dataset: &Dataset, matrix: &Path, query: &str, warnings: &mut Warnings) -> Option<Vec<String>> {
    // A link out of the folder was reported when the folder was listed.
    let path = list_beside(matrix, query).filter(|path| dataset.reach.admits(path, &dataset.root))?;
    if !path.is_file() {
        let message = "no list of the rows' images; they are taken in the order of the interactions";
        warnings.file(WarningKind::Missing, &path, message);
        return None;
    }
    let text = read_text_or_warn(&path, warnings)?;
    let lines = numbered_lines(&text).map(|(_, line)| walk::stem_of_name(line.trim()).to_owned());
    Some(lines.filter(|line| !line.is_empty()).collect())
}

fn candidates_in_order(dataset: &Dataset, query: &str) -> Option<Vec<String>> {
    let query = dataset.queries.get(dataset.query_index(query)?)?;
    let ids = query.candidates.iter().filter_map(|candidate| dataset.images.get(candidate.image));
    Some(ids.map(|image| image.id.to_string()).collect())
}

/// The name of an image whose id denotes a different image in an earlier query.
fn apart(image: &str, query: &str) -> String {
    format!("{image}@{query}")
}

/// Gives a candidate a separate image where its vector differs from that of the first query with the same id. Reads
/// only the rows of ids that occur in several queries.
pub(super) fn separate_images(builder: &mut Builder) {
    let dataset = &builder.dataset;
    let mut queries_of: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, query) in dataset.queries.iter().enumerate() {
        for candidate in &query.candidates {
            queries_of.entry(candidate.image).or_default().push(index);
        }
    }
    queries_of.retain(|_, queries| queries.len() > 1);
    let mut different: Vec<(usize, usize)> = Vec::new();
    for source in &dataset.vectors {
        let mut vectors = shared_vectors(dataset, source, &queries_of);
        for (&image, queries) in &queries_of {
            let mut of_image = queries.iter().filter_map(|&query| Some((query, vectors.remove(&(query, image))?)));
            let Some((_, first)) = of_image.next() else { continue };
            different.extend(of_image.filter(|(_, vector)| *vector != first).map(|(query, _)| (query, image)));
        }
    }
    different.sort_unstable();
    different.dedup();
    for (query, image) in different {
        let mut copy = builder.dataset.images[image].clone();
        copy.id = ImageId::from(apart(copy.id.as_str(), builder.dataset.queries[query].id.as_str()).as_str());
        let Some(own) = builder.add_image(copy) else { continue };
        for candidate in &mut builder.dataset.queries[query].candidates {
            if candidate.image == image {
                candidate.image = own;
            }
        }
    }
}

/// The vectors of the shared images by (query, image).
fn shared_vectors(
    dataset: &Dataset,
    source: &VectorSource,
    shared: &HashMap<usize, Vec<usize>>,
) -> HashMap<(usize, usize), Vec<f32>> {
    let by_id: HashMap<&str, usize> = shared.keys().map(|&image| (dataset.images[image].id.as_str(), image)).collect();
    let mut affected: Vec<bool> = vec![false; dataset.queries.len()];
    shared.values().flatten().for_each(|&query| affected[query] = true);
    let mut vectors = HashMap::new();
    for path in &source.files {
        let Some(query) = dataset.query_index(&query_of(path)).filter(|&query| affected[query]) else { continue };
        // Faulty files are reported when the vectors are read.
        let Some(ids) = read_list(dataset, path, &query_of(path), &mut Warnings::default()) else { continue };
        let rows: Vec<(usize, usize)> =
            ids.iter().enumerate().filter_map(|(row, id)| Some((row, *by_id.get(id.as_str())?))).collect();
        let numbers: Vec<usize> = rows.iter().map(|&(row, _)| row).collect();
        for ((_, image), vector) in rows.iter().zip(npy::read_npy_rows(path, &numbers).unwrap_or_default()) {
            vectors.entry((query, *image)).or_insert(vector);
        }
    }
    vectors
}

/// `DeepFeatures/<split>/<name>/<query>_PreLogits.npy` → `DeepFeatures/<split>/imlist/<query>_imlist.txt`.
fn list_beside(matrix: &Path, query: &str) -> Option<PathBuf> {
    Some(matrix.parent()?.parent()?.join("imlist").join(format!("{query}_imlist.txt")))
}
