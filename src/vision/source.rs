//! The distinct pictures of a data set.

use std::collections::{HashMap, HashSet};
use std::ops::ControlFlow;
use std::path::PathBuf;

use rayon::prelude::*;

use super::decode::read_picture;
use super::file_hashes::FileHashes;
use super::pipeline::PictureSource;
use super::progress::EmbedProgress;
use super::{EmbeddingCache, VisionError};
use crate::dataset::Dataset;

/// Files between two calls of the observer.
const CHUNK: usize = 64;

/// A distinct picture, whatever the number of images that share it.
pub(super) struct Picture {
    /// The file of the first of its images.
    pub(super) path: PathBuf,
    /// The hash of its content.
    pub(super) hash: blake3::Hash,
    /// The images of the data set with this content, in order.
    pub(super) images: Vec<usize>,
}

/// Pictures of a data set that have no vector yet.
pub(super) struct Waiting<'a>(pub &'a [&'a Picture]);

impl PictureSource for Waiting<'_> {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn read(&self, index: usize) -> Result<(Vec<u8>, PathBuf), VisionError> {
        let picture = self.0[index];
        let bytes = read_picture(&picture.path)?;
        // A vector must never be cached under the hash of other content.
        if blake3::hash(&bytes) != picture.hash {
            let message = "the file changed while it was being read".to_string();
            return Err(VisionError::Picture { message, path: picture.path.clone() });
        }
        Ok((bytes, picture.path.clone()))
    }
}

/// Images whose picture cannot be read, and why.
pub(super) type Failures = Vec<(usize, String)>;

/// The distinct pictures of a data set in the order of its images, and the images whose file cannot be read.
pub(super) fn pictures(
    dataset: &Dataset,
    cache: &EmbeddingCache,
    observe: &mut dyn FnMut(EmbedProgress) -> ControlFlow<()>,
) -> Result<(Vec<Picture>, Failures), VisionError> {
    let files: Vec<(usize, PathBuf)> = dataset
        .images
        .iter()
        .enumerate()
        .filter_map(|(index, image)| {
            let file = image.file.as_ref()?;
            // Relative paths depend on the current directory, so absolute ones are stored.
            Some((index, std::path::absolute(file).unwrap_or_else(|_| file.clone())))
        })
        .collect();
    let mut hashes =
        FileHashes::open(cache.files_folders(), &files.iter().map(|(_, path)| path.clone()).collect::<HashSet<_>>())?;
    let mut pictures: Vec<Picture> = Vec::new();
    let mut by_hash: HashMap<blake3::Hash, usize> = HashMap::new();
    let mut failed = Vec::new();
    for (chunk_index, chunk) in files.chunks(CHUNK).enumerate() {
        if observe(EmbedProgress::plain("Reading files", chunk_index * CHUNK, files.len())).is_break() {
            return Err(VisionError::Cancelled);
        }
        let found: Vec<_> = chunk.par_iter().map(|(_, path)| hashes.hash(path)).collect();
        hashes.remember(found.iter().filter_map(|result| result.as_ref().ok()))?;
        for ((image, path), result) in chunk.iter().zip(found) {
            match result {
                Ok(hashed) => {
                    let at = *by_hash.entry(hashed.hash).or_insert(pictures.len());
                    if at == pictures.len() {
                        pictures.push(Picture { path: path.clone(), hash: hashed.hash, images: Vec::new() });
                    }
                    pictures[at].images.push(*image);
                }
                Err(error) => failed.push((*image, error.to_string())),
            }
        }
    }
    Ok((pictures, failed))
}
