//! Visual vectors by image.

/// A table of visual vectors: one row for each image that has one.
///
/// # Shapes
/// `data` is row-major, `rows × dim`.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorTable {
    /// Where the vectors come from (`resnet50-thin`, `CN3x3+HOG`, …).
    pub name: String,
    /// Numbers per row.
    pub dim: usize,
    /// For each image of the data set, its row.
    pub row_of_image: Vec<Option<u32>>,
    /// The rows, one after the other.
    pub data: Vec<f32>,
}

impl VectorTable {
    /// A table for `images` images without any row yet.
    pub fn new(name: impl Into<String>, dim: usize, images: usize) -> Self {
        Self { name: name.into(), dim, row_of_image: vec![None; images], data: Vec::new() }
    }

    /// No visual vectors at all, for `images` images: what a network without a graph is given.
    pub fn none(images: usize) -> Self {
        Self::new("none", 1, images)
    }

    /// The vector of an image, if it has one.
    pub fn get(&self, image: usize) -> Option<&[f32]> {
        let row = (*self.row_of_image.get(image)?)? as usize;
        self.data.get(row * self.dim..(row + 1) * self.dim)
    }

    /// Gives an image a vector (replacing the one it had).
    ///
    /// # Panics
    /// If `vector` is not `dim` long or `image` is out of range.
    pub fn set(&mut self, image: usize, vector: &[f32]) {
        assert_eq!(vector.len(), self.dim, "a vector of another size");
        if let Some(row) = self.row_of_image[image] {
            let start = row as usize * self.dim;
            self.data[start..start + self.dim].copy_from_slice(vector);
        } else {
            self.row_of_image[image] = Some((self.data.len() / self.dim) as u32);
            self.data.extend_from_slice(vector);
        }
    }

    /// How many images have a vector.
    pub fn count(&self) -> usize {
        self.row_of_image.iter().flatten().count()
    }
}
