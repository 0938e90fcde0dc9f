//! Visual vectors by image, in memory or, if large, in a scratch file.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Size in bytes above which a table moves to a scratch file.
const HELD_BYTES: usize = 1 << 30;
/// Bytes of a number.
const NUMBER: usize = size_of::<f32>();

/// A table of visual vectors: a row for each image that has one.
///
/// Up to 1 GiB is held in memory. A larger table moves to an anonymous file, deleted with its last handle; rows are
/// then read one by one, so a data set may be far larger than memory.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorTable {
    /// The source of the vectors (`resnet50-thin`, `CN3x3+HOG`, …).
    pub name: String,
    /// Numbers per row.
    pub dim: usize,
    /// For each image of the data set, its row.
    pub row_of_image: Vec<Option<u32>>,
    rows: Rows,
    count: usize,
    held_bytes: usize,
}

/// The rows, one after the other.
#[derive(Clone, Debug)]
enum Rows {
    Held(Vec<f32>),
    Stored(Arc<File>),
}

impl PartialEq for Rows {
    /// Rows on disk are equal only if they share a file.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Rows::Held(one), Rows::Held(other)) => one == other,
            (Rows::Stored(one), Rows::Stored(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl VectorTable {
    /// A table for `images` images without any row yet.
    pub fn new(name: impl Into<String>, dim: usize, images: usize) -> Self {
        Self::within(HELD_BYTES, name, dim, images)
    }

    /// The same, with at most `held_bytes` of vectors in memory.
    pub fn within(held_bytes: usize, name: impl Into<String>, dim: usize, images: usize) -> Self {
        let (row_of_image, rows) = (vec![None; images], Rows::Held(Vec::new()));
        Self { name: name.into(), dim, row_of_image, rows, count: 0, held_bytes }
    }

    /// No vectors for any of `images` images: the input of a network without a graph.
    pub fn none(images: usize) -> Self {
        Self::new("none", 1, images)
    }

    /// The vector of an image, if it has one (and the scratch file can still be read).
    pub fn get(&self, image: usize) -> Option<Cow<'_, [f32]>> {
        let row = (*self.row_of_image.get(image)?)? as usize;
        match &self.rows {
            Rows::Held(data) => data.get(row * self.dim..(row + 1) * self.dim).map(Cow::Borrowed),
            Rows::Stored(file) => {
                let mut vector = vec![0.0; self.dim];
                read_row(file, row, &mut vector).ok()?;
                Some(Cow::Owned(vector))
            }
        }
    }

    /// Sets an image's vector, replacing any old one.
    ///
    /// # Errors
    /// If the scratch file of a large table cannot be made or written: most likely the disk is full.
    ///
    /// # Panics
    /// If `vector` is not `dim` long or `image` is out of range.
    pub fn set(&mut self, image: usize, vector: &[f32]) -> io::Result<()> {
        assert_eq!(vector.len(), self.dim, "a vector of another size");
        let row = self.row_of_image[image].map_or(self.count, |row| row as usize);
        if let Rows::Held(data) = &self.rows
            && (self.count + 1) * self.dim * NUMBER > self.held_bytes
        {
            let file = scratch()?;
            for (row, vector) in data.chunks(self.dim.max(1)).enumerate() {
                write_row(&file, row, vector)?;
            }
            self.rows = Rows::Stored(Arc::new(file));
        }
        match &mut self.rows {
            Rows::Held(data) if row < self.count => {
                data[row * self.dim..(row + 1) * self.dim].copy_from_slice(vector);
            }
            Rows::Held(data) => data.extend_from_slice(vector),
            Rows::Stored(file) => write_row(file, row, vector)?,
        }
        if row == self.count {
            self.row_of_image[image] = Some(u32::try_from(row).map_err(io::Error::other)?);
            self.count += 1;
        }
        Ok(())
    }

    /// Number of images with a vector.
    pub fn count(&self) -> usize {
        self.row_of_image.iter().flatten().count()
    }

    /// Whether no image has a vector.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The rows of these images if they are in a scratch file; `None` if they are in memory.
    pub fn stored(&self, images: impl Iterator<Item = usize>) -> Option<StoredRows> {
        let Rows::Stored(file) = &self.rows else { return None };
        let rows = images.map(|image| self.row_of_image.get(image).copied().flatten()).collect();
        Some(StoredRows { file: file.clone(), dim: self.dim, rows })
    }
}

/// Rows of a large table, read on demand.
#[derive(Clone, Debug)]
pub struct StoredRows {
    file: Arc<File>,
    dim: usize,
    rows: Vec<Option<u32>>,
}

impl StoredRows {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows one after the other, zeros for an image without one.
    ///
    /// # Errors
    /// If the scratch file cannot be read.
    pub fn read(&self) -> io::Result<Vec<f32>> {
        let mut data = vec![0.0; self.rows.len() * self.dim];
        for (row, out) in self.rows.iter().zip(data.chunks_mut(self.dim.max(1))) {
            if let Some(row) = row {
                read_row(&self.file, *row as usize, out)?;
            }
        }
        Ok(data)
    }
}

impl PartialEq for StoredRows {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.file, &other.file) && self.dim == other.dim && self.rows == other.rows
    }
}

/// A vector as read from a file.
pub(super) struct VectorRow {
    /// Index into the data set's images.
    pub image: usize,
    pub values: Vec<f32>,
    /// Its position in the file, from 1 (a line, or a row of a matrix).
    pub line: usize,
}

/// The positions of a data set's images by id.
pub(super) type ImageIndex<'a> = HashMap<&'a str, usize>;

/// The most frequent length above 0; the larger one on a tie.
pub(super) fn usual_length(lengths: impl Iterator<Item = usize>) -> Option<usize> {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    lengths.filter(|length| *length > 0).for_each(|length| *counts.entry(length).or_default() += 1);
    counts.into_iter().max_by_key(|&(length, count)| (count, length)).map(|(length, _)| length)
}

/// An anonymous file, in `/var/tmp` where possible: on many systems the usual temporary folder is in memory.
pub(crate) fn scratch() -> io::Result<File> {
    let on_disk = Path::new("/var/tmp");
    if on_disk.is_dir() { tempfile::tempfile_in(on_disk) } else { tempfile::tempfile() }
}

fn write_row(file: &File, row: usize, vector: &[f32]) -> io::Result<()> {
    write_floats(file, row * vector.len(), vector)
}

fn read_row(file: &File, row: usize, out: &mut [f32]) -> io::Result<()> {
    read_floats(file, row * out.len(), out)
}

/// Writes numbers, little-endian, from the position `first` of a file of numbers on. Several threads may do so at once.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn write_floats(file: &File, first: usize, numbers: &[f32]) -> io::Result<()> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
    let start = (first * NUMBER) as u64;
    #[cfg(unix)]
    {
        std::os::unix::fs::FileExt::write_all_at(file, &bytes, start)
    }
    #[cfg(windows)]
    {
        let mut done = 0;
        while done < bytes.len() {
            done += std::os::windows::fs::FileExt::seek_write(file, &bytes[done..], start + done as u64)?;
        }
        Ok(())
    }
}

/// Reads numbers, little-endian, from the position `first` of a file of numbers on. Several threads may do so at once.
///
/// # Errors
/// If the file cannot be read or is too short.
pub(crate) fn read_floats(file: &File, first: usize, out: &mut [f32]) -> io::Result<()> {
    let mut bytes = vec![0; out.len() * NUMBER];
    let start = (first * NUMBER) as u64;
    #[cfg(unix)]
    std::os::unix::fs::FileExt::read_exact_at(file, &mut bytes, start)?;
    #[cfg(windows)]
    {
        let mut done = 0;
        while done < bytes.len() {
            match std::os::windows::fs::FileExt::seek_read(file, &mut bytes[done..], start + done as u64)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                more => done += more,
            }
        }
    }
    let (numbers, _) = bytes.as_chunks::<NUMBER>();
    out.iter_mut().zip(numbers).for_each(|(out, &bytes)| *out = f32::from_le_bytes(bytes));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_outgrows_memory_holds_the_same_vectors_in_a_file() {
        let vector = |image: usize| [image as f32, 0.5, -1.0];
        let mut held = VectorTable::new("v", 3, 9);
        let mut stored = VectorTable::within(4 * 3 * NUMBER, "v", 3, 9);
        for image in [4, 0, 8, 2, 1, 7, 4] {
            held.set(image, &vector(image + 1)).unwrap();
            stored.set(image, &vector(image + 1)).unwrap();
        }
        stored.set(0, &vector(99)).unwrap();
        held.set(0, &vector(99)).unwrap();
        for image in 0..9 {
            assert_eq!(held.get(image), stored.get(image), "image {image}");
        }
        assert_eq!((held.count(), stored.count()), (6, 6));
        assert!(held.stored(0..9).is_none());
        let rows = stored.stored([3, 8].into_iter()).unwrap();
        assert_eq!(rows.read().unwrap(), [0.0, 0.0, 0.0, 9.0, 0.5, -1.0]);
    }
}
