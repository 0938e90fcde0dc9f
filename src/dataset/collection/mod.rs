//! A collection as a data set: the queries that were kept, with their candidates, of pictures that lie elsewhere.
//!
//! | file | what it holds |
//! |---|---|
//! | `collection.json` | where the pictures are |
//! | `queries/queries.csv` | a row for each candidate of each query, in our own format: `query,text,split,image,rank,text_feature,like` |
//! | `queries/images.csv` | the words of every image that is a candidate |
//! | `moved.jsonl` | pictures that were found again under another path |
//! | `statistics.tsv` | how often words occur in the whole collection |
//! | `vectors/KEY/` | visual vectors, by the encoder's key |
//! | `vectors/choice.json` | the key of those to use |
//!
//! Images are named by their paths below the pictures' folder.

mod keep;
mod moves;
mod renamed;
mod rows;
mod sources;

use std::path::{Path, PathBuf};

use serde::Deserialize;

pub(crate) use keep::lock_queries;
pub use keep::{Initial, NewQuery, TEXT_FEATURE, add_query, keep_query};
pub(crate) use moves::note_moves;
pub use moves::{MOVED, Move, Moves};
pub use renamed::follow_moves;
pub(crate) use renamed::rename_images;
pub(crate) use rows::{PixelStamp, RowOf, RowWriter, Rows, remove_rows};
pub(crate) use sources::{CHOICE, preferred_set};

use super::build::Builder;
use super::reader::Reader;
use super::{DatasetError, Format, Loaded, Reach, TextStatistics, folder};
use crate::base::{FileError, read_text_file};

impl Format {
    /// The kept queries of a collection.
    pub const COLLECTION: Format = Format::new("collection");
}

/// How it is recognised and read.
pub(super) const READER: Reader = Reader {
    format: Format::COLLECTION,
    main_files: FILE,
    is_one: |root, _| root.join(FILE).is_file(),
    levels_up: |_| 0,
    stands_alone: |_| false,
    open,
    own_vectors: sources::own_vectors,
};

const FILE: &str = "collection.json";
const QUERIES: &str = "queries/queries.csv";
const IMAGES: &str = "queries/images.csv";
/// How often words occur in the whole collection.
pub const STATISTICS: &str = "statistics.tsv";

/// What `collection.json` says of the pictures.
#[derive(Deserialize)]
struct Place {
    pictures: PathBuf,
    #[serde(default)]
    beside: PathBuf,
    #[serde(default)]
    follow: bool,
}

/// The folder of the pictures of a collection in `folder`: at the same place relative to it if it is there, so that both
/// can be moved together, else where it was.
pub fn pictures_folder(folder: &Path, pictures: &Path, beside: &Path) -> PathBuf {
    let near = std::fs::canonicalize(folder.join(beside)).ok();
    let has_one = !beside.as_os_str().is_empty();
    near.filter(|near| has_one && near.is_dir()).unwrap_or_else(|| pictures.to_owned())
}

fn builder(root: &Path, reach: Reach) -> Result<(Builder, PathBuf), DatasetError> {
    let path = root.join(FILE);
    let place: Place = serde_json::from_str(&read_text_file(&path)?)
        .map_err(|error| FileError::malformed(format!("not a collection's description: {error}"), &path))?;
    let reach = if place.follow { Reach::Anywhere } else { reach };
    let mut builder = Builder::new(root, Format::COLLECTION, reach);
    builder.dataset.statistics = TextStatistics::read(&root.join(STATISTICS)).unwrap_or_else(|error| {
        builder.warnings.error(error.into());
        None
    });
    Ok((builder, pictures_folder(root, &place.pictures, &place.beside)))
}

/// Opens the kept queries of a collection; there need not be any.
fn open(root: &Path, _: Option<&Path>, reach: Reach) -> Result<Loaded, DatasetError> {
    let (mut builder, pictures) = builder(root, reach)?;
    let [images, queries] = [IMAGES, QUERIES].map(|file| root.join(file));
    if queries.is_file() {
        folder::read_tables(&mut builder, [&images, &queries], &pictures)?;
    }
    builder.dataset.vectors = sources::sources(root);
    Ok(builder.finish())
}

/// The data set of a collection without its kept queries, to which others can be added.
///
/// # Errors
/// If the folder holds no collection.
pub fn empty_collection(root: &Path) -> Result<Loaded, DatasetError> {
    let (mut builder, _) = builder(root, Reach::Folder)?;
    builder.dataset.vectors = sources::sources(root);
    Ok(builder.finish())
}
