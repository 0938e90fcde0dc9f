//! Which visual vectors a run uses, by their contents.

use crate::base::ContentHash;
use crate::dataset::VectorTable;

/// BLAKE3 of the vectors in the order of the images.
pub(super) fn vectors_hash(vectors: &VectorTable) -> String {
    let mut hash = ContentHash::default();
    hash.number(vectors.dim as u64);
    for image in 0..vectors.row_of_image.len() {
        hash.values(&vectors.get(image).unwrap_or_default());
    }
    hash.finish()
}
