//! Pictures of kept queries under their new paths.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use super::keep::locked;
use super::{IMAGES, Moves, QUERIES};
use crate::base::{At, csv_line, write_whole};
use crate::dataset::table::Table;
use crate::dataset::warnings::Warnings;
use crate::dataset::{Dataset, DatasetError, Image, ImageId};

/// The columns that hold paths.
const OF_IMAGES: [&str; 2] = ["id", "file"];
const OF_QUERIES: [&str; 2] = ["image", "like"];

/// Calls the pictures of a collection's kept queries by their new paths. A kill leaves every query with all its images;
/// another process that keeps a query at the same time is waited for.
///
/// # Errors
/// If the files cannot be read or written, or stay locked.
pub(crate) fn rename_images(root: &Path, new: &HashMap<&str, &str>) -> Result<(), DatasetError> {
    let [images, queries] = [IMAGES, QUERIES].map(|file| root.join(file));
    if new.is_empty() || !queries.is_file() {
        return Ok(());
    }
    let _lock = locked(&root.join("queries"))?;
    // Images under both paths first, so that none is missing at any time.
    let (old, renamed) = (rows(&images, &OF_IMAGES, &HashMap::new())?, rows(&images, &OF_IMAGES, new)?);
    if old == renamed && rows(&queries, &OF_QUERIES, &HashMap::new())? == rows(&queries, &OF_QUERIES, new)? {
        return Ok(());
    }
    let known: HashSet<&String> = old.iter().collect();
    let more: String = renamed.iter().filter(|row| !known.contains(row)).map(String::as_str).collect();
    write_whole(&images, &[old.concat().as_bytes(), more.as_bytes()]).at(&images)?;
    write_whole(&queries, &[rows(&queries, &OF_QUERIES, new)?.concat().as_bytes()]).at(&queries)?;
    Ok(write_whole(&images, &[renamed.concat().as_bytes()]).at(&images)?)
}

impl Image {
    /// Calls an image of a collection by its new path below the pictures' folder, where its picture is now.
    pub(crate) fn rename(&mut self, path: &str) {
        let root =
            self.file.as_deref().and_then(|file| file.ancestors().nth(Path::new(self.id.as_str()).iter().count()));
        self.file = root.map(|root| root.join(path));
        self.id = ImageId::from(path);
    }
}

/// Calls images of a collection that were moved at `since` or later, in milliseconds since 1970-01-01 UTC, by their new
/// paths, but for those whose new path another image has; whether there were any.
pub fn follow_moves(dataset: &mut Arc<Dataset>, moves: &Moves, since: i64) -> bool {
    let images = dataset.images.iter().enumerate();
    let moved = images.filter_map(|(at, image)| {
        let now = moves.now(image.id.as_str(), since);
        (now != image.id.as_str()).then(|| (at, now.to_owned()))
    });
    let moved: Vec<(usize, String)> = moved.collect();
    if moved.is_empty() {
        return false;
    }
    let gone: HashSet<usize> = moved.iter().map(|(at, _)| *at).collect();
    let stay = dataset.images.iter().enumerate().filter(|(at, _)| !gone.contains(at));
    let mut taken: HashSet<String> = stay.map(|(_, image)| image.id.as_str().to_owned()).collect();
    let dataset = Arc::make_mut(dataset);
    for (at, path) in moved {
        if taken.insert(path.clone()) {
            dataset.images[at].rename(&path);
        }
    }
    true
}

/// The lines of a table, headings first, with other paths in some of its columns.
fn rows(path: &Path, columns: &[&str], new: &HashMap<&str, &str>) -> Result<Vec<String>, DatasetError> {
    let table = Table::read(path, &mut Warnings::default())?;
    let is_path: Vec<bool> = table.headings.iter().map(|heading| columns.contains(&heading.as_str())).collect();
    let renamed = |field: &String| {
        let plain = field.trim().trim_start_matches("./");
        new.get(plain).map_or_else(|| field.clone(), |path| field.replace(plain, path))
    };
    let line = |fields: &[String]| {
        let fields = fields.iter().zip(&is_path);
        csv_line(
            &fields.map(|(field, is_path)| if *is_path { renamed(field) } else { field.clone() }).collect::<Vec<_>>(),
        )
    };
    Ok(std::iter::once(csv_line(&table.headings)).chain(table.rows.iter().map(|row| line(&row.fields))).collect())
}
