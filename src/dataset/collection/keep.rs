//! Queries that are added to a collection's data set, in memory or on disk.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::{IMAGES, QUERIES};
use crate::base::{At, FileError, Lock, csv_line, write_whole};
use crate::dataset::table::Table;
use crate::dataset::warnings::Warnings;
use crate::dataset::{Candidate, DatasetError, Image, Loaded, Query, QueryId, Split};

/// The name of the text's score among a collection's features.
pub const TEXT_FEATURE: &str = "text";

/// The headings of the two tables.
const QUERY_HEAD: [&str; 7] = ["query", "text", "split", "image", "rank", "text_feature", "like"];
const IMAGE_HEAD: [&str; 10] =
    ["id", "file", "title", "description", "tags", "date", "latitude", "longitude", "author", "license"];

/// Longest text of a cell in bytes; the table's reader takes longer ones for an unclosed quote.
const LONGEST: usize = 32 << 10;

/// A query with its initial list.
#[derive(Clone, Debug, PartialEq)]
pub struct NewQuery {
    /// Its name, unique within the data set.
    pub id: String,
    /// The search text.
    pub text: String,
    /// Its split, if it is fixed.
    pub split: Option<Split>,
    /// The candidates, best first.
    pub candidates: Vec<Initial>,
}

/// A candidate of the initial list.
#[derive(Clone, Debug, PartialEq)]
pub struct Initial {
    /// The image. Its id is the path of its picture below the pictures' folder.
    pub image: Image,
    /// The score of the collection's text search, the feature `text`; 0 where no word matches.
    pub text: f32,
    /// The path of the picture that it looks like, if it came by its looks.
    pub like: Option<String>,
}

/// Adds a query to a data set, in place of one of the same name; its position. Images that are there already stay as they
/// are.
pub fn add_query(loaded: &mut Loaded, query: &NewQuery) -> usize {
    let dataset = &mut loaded.dataset;
    if let Some(old) = dataset.query_index(&query.id) {
        dataset.queries.remove(old);
        loaded.judgements.remove_query(old);
    }
    let feature = dataset.feature_names.iter().position(|name| name == TEXT_FEATURE).unwrap_or_else(|| {
        dataset.feature_names.push(TEXT_FEATURE.to_owned());
        dataset.feature_names.len() - 1
    });
    let width = dataset.feature_names.len();
    for candidate in dataset.queries.iter_mut().flat_map(|query| &mut query.candidates) {
        candidate.features.resize(width, f32::NAN);
    }
    let mut positions: HashMap<String, usize> =
        dataset.images.iter().enumerate().map(|(at, image)| (image.id.as_str().to_owned(), at)).collect();
    let at = dataset.queries.len();
    loaded.judgements.add_query();
    let mut candidates = Vec::with_capacity(query.candidates.len());
    let mut seen = HashSet::new();
    for initial in &query.candidates {
        let image = *positions.entry(initial.image.id.as_str().to_owned()).or_insert_with(|| {
            dataset.images.push(initial.image.clone());
            dataset.images.len() - 1
        });
        if seen.insert(image) {
            let mut features = vec![f32::NAN; width];
            features[feature] = initial.text;
            loaded.judgements.add_candidate(at);
            let rank = Some(candidates.len() as u32 + 1);
            candidates.push(Candidate { image, rank, features, clusters: Vec::new() });
        }
    }
    dataset.queries.push(Query {
        id: QueryId::from(query.id.as_str()),
        text: query.text.clone(),
        narrative: String::new(),
        split: query.split,
        location: None,
        candidates,
        clusters: Default::default(),
    });
    at
}

/// Keeps a query of a collection, in place of one of the same name. Both files are replaced as a whole, images first: a
/// crash leaves all of the query or nothing of it. Another process that keeps a query at the same time is waited for;
/// `query` is made once no other changes the names of images.
///
/// # Errors
/// If the files cannot be read or written, or stay locked, and those of `query`.
pub fn keep_query<E: From<DatasetError>>(root: &Path, query: impl FnOnce() -> Result<NewQuery, E>) -> Result<(), E> {
    let folder = root.join("queries");
    std::fs::create_dir_all(&folder).at(&folder).map_err(DatasetError::from)?;
    let _lock = locked(&folder)?;
    Ok(write(root, &query()?)?)
}

fn write(root: &Path, query: &NewQuery) -> Result<(), DatasetError> {
    let images = query.candidates.iter().map(|initial| (initial.image.id.as_str(), image_row(&initial.image)));
    replace(&root.join(IMAGES), &IMAGE_HEAD, images.collect())?;
    let rows =
        query.candidates.iter().enumerate().map(|(at, initial)| (query.id.as_str(), query_row(query, at, initial)));
    replace(&root.join(QUERIES), &QUERY_HEAD, rows.collect())
}

/// The lock on a collection's kept queries, once nobody else has it; `None` if there are none, or they cannot be written.
///
/// # Errors
/// If it stays locked.
pub(crate) fn lock_queries(root: &Path) -> Result<Option<Lock>, DatasetError> {
    let folder = root.join("queries");
    match folder.metadata() {
        Ok(found) if found.is_dir() && !found.permissions().readonly() => locked(&folder).map(Some),
        _ => Ok(None),
    }
}

/// The lock on a folder, once nobody else has it.
pub(super) fn locked(folder: &Path) -> Result<Lock, DatasetError> {
    const ATTEMPTS: usize = 200;
    const PAUSE: std::time::Duration = std::time::Duration::from_millis(25);
    let mut last = None;
    for _ in 0..ATTEMPTS {
        match Lock::acquire(folder) {
            Ok((lock, _)) => return Ok(lock),
            Err(error) => last = Some(error),
        }
        crate::base::pause(PAUSE);
    }
    let reason = last.map_or_else(String::new, |error| error.to_string());
    Err(FileError::malformed(reason, folder).into())
}

/// Puts rows into a table in place of those with the same first field.
fn replace(path: &Path, head: &[&str], rows: Vec<(&str, Vec<String>)>) -> Result<(), DatasetError> {
    let replaced: HashSet<&str> = rows.iter().map(|(key, _)| *key).collect();
    let mut text = csv_line(head);
    if path.is_file() {
        let table = Table::read(path, &mut Warnings::default())?;
        if table.headings != head {
            return Err(FileError::malformed("this table has other columns than a collection's", path).into());
        }
        let others = table.rows.iter().filter(|row| !replaced.contains(row.fields[0].trim()));
        others.for_each(|row| text += &csv_line(&row.fields));
    }
    let mut seen = HashSet::new();
    for (_, fields) in rows {
        let line = csv_line(&fields);
        if seen.insert(line.clone()) {
            text += &line;
        }
    }
    Ok(write_whole(path, &[text.as_bytes()]).at(path)?)
}

fn query_row(query: &NewQuery, at: usize, initial: &Initial) -> Vec<String> {
    let split = query.split.map_or_else(String::new, |split| split.name().to_owned());
    let (rank, text) = ((at + 1).to_string(), initial.text.to_string());
    let like = initial.like.clone().unwrap_or_default();
    vec![query.id.clone(), query.text.clone(), split, initial.image.id.to_string(), rank, text, like]
}

fn image_row(image: &Image) -> Vec<String> {
    // A path without a folder would be looked for by name.
    let file = if image.file.is_some() { format!("./{}", image.id) } else { String::new() };
    let number = |number: f64| number.to_string();
    let column = |name: &str| image.columns.get(name).cloned().unwrap_or_default();
    vec![
        image.id.to_string(),
        file,
        short(&image.title),
        short(&image.description),
        // One tag of two words must not become two.
        short(&image.tags.iter().map(|tag| tag.replace(';', ",") + ";").collect::<String>()),
        // Fewer digits would be a year.
        image.date.map_or_else(String::new, |date| format!("{date:06}")),
        image.location.map_or_else(String::new, |(latitude, _)| number(latitude)),
        image.location.map_or_else(String::new, |(_, longitude)| number(longitude)),
        column("author"),
        column("license"),
    ]
}

/// The start of a text that is too long for a cell.
fn short(text: &str) -> String {
    text[..text.floor_char_boundary(LONGEST)].to_owned()
}
