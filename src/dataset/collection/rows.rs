//! The files of a collection's vectors: `rows-N.f32`, one row after the other, and `rows-N.jsonl`, the picture of each.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::base::{At, FileError};
use crate::dataset::vectors::{read_floats, write_floats};

/// Vectors that are carried over at a time.
const CARRIED: usize = 512;

/// What decides whether a picture's vector still holds: size, and time of modification, of its file.
pub(crate) type PixelStamp = (u64, i64);

/// The picture of a row.
#[derive(Clone, Copy)]
pub(crate) struct RowOf<'a> {
    /// Its path below the pictures' folder.
    pub path: &'a str,
    /// Its file as it was.
    pub stamp: PixelStamp,
    /// Half a hash of its bytes ([`crate::base::ContentHash::half`]), if they were read.
    pub content: Option<u128>,
}

/// Rows as they were when opened. Rows are only appended; a later one of a picture replaces an earlier one.
pub(crate) struct Rows {
    pub dim: usize,
    file: File,
    path: PathBuf,
    /// The picture of each row, whether it still counts or not.
    paths: Vec<Box<str>>,
    stamps: Vec<PixelStamp>,
    /// 0 where it is not known.
    contents: Vec<u128>,
    /// Whether each row is its picture's latest.
    latest: Vec<bool>,
    /// The row of each picture that counts.
    row_of: HashMap<Box<str>, u32>,
}

/// The names of the files with this number.
fn names(folder: &Path, number: u64) -> [PathBuf; 2] {
    ["f32", "jsonl"].map(|ending| folder.join(format!("rows-{number}.{ending}")))
}

/// Removes the files with this number.
pub(crate) fn remove_rows(folder: &Path, number: u64) {
    // What cannot be removed costs only its space.
    names(folder, number).iter().for_each(|path| drop(std::fs::remove_file(path)));
}

impl Rows {
    /// The size of a file of rows, without reading it: 0 if there is none.
    pub fn bytes(folder: &Path, number: u64) -> u64 {
        let [path, _] = names(folder, number);
        std::fs::metadata(path).map_or(0, |known| known.len())
    }

    /// Opens the rows of a set; there need not be any.
    ///
    /// # Errors
    /// If the files cannot be read.
    pub fn open(folder: &Path, number: u64, dim: usize) -> Result<Self, FileError> {
        let [path, list] = names(folder, number);
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let file = file.or_else(|_| File::open(&path)).at(&path)?;
        let (rows, _) = Self::listed(file, &path, &list, dim)?;
        Ok(rows)
    }

    /// The rows of a file, and how long the list of their pictures is as far as it is whole.
    fn listed(file: File, path: &Path, list: &Path, dim: usize) -> Result<(Self, u64), FileError> {
        let whole = file.metadata().at(path)?.len() / (dim * size_of::<f32>()) as u64;
        let mut rows = Self {
            dim,
            file,
            path: path.to_owned(),
            paths: Vec::new(),
            stamps: Vec::new(),
            contents: Vec::new(),
            latest: Vec::new(),
            row_of: HashMap::new(),
        };
        let mut text = String::new();
        match File::open(list) {
            Ok(mut list_file) => {
                list_file.read_to_string(&mut text).at(list)?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(FileError::io(error, list)),
        }
        let mut length = 0;
        for line in text.split_inclusive('\n').take_while(|line| line.ends_with('\n')) {
            match serde_json::from_str::<Line>(line) {
                Ok(Line::Row(path, bytes, modified)) if (rows.paths.len() as u64) < whole => {
                    rows.list(&RowOf { path: &path, stamp: (bytes, modified), content: None });
                }
                Ok(Line::Whole(path, bytes, modified, content)) if (rows.paths.len() as u64) < whole => {
                    let content = u128::from_str_radix(&content, 16).ok();
                    rows.list(&RowOf { path: &path, stamp: (bytes, modified), content });
                }
                Ok(Line::Gone([path])) => rows.forget(&path),
                // Written by a process that was killed, or lost with the power: computed again.
                _ => break,
            }
            length += line.len() as u64;
        }
        Ok((rows, length))
    }

    fn list(&mut self, of: &RowOf<'_>) {
        if let Some(before) = self.row_of.insert(of.path.into(), self.paths.len() as u32) {
            self.latest[before as usize] = false;
        }
        self.latest.push(true);
        self.paths.push(of.path.into());
        self.stamps.push(of.stamp);
        self.contents.push(of.content.unwrap_or_default());
    }

    fn forget(&mut self, path: &str) {
        if let Some(row) = self.row_of.remove(path) {
            self.latest[row as usize] = false;
        }
    }

    /// Number of pictures with a vector.
    pub fn count(&self) -> usize {
        self.row_of.len()
    }

    /// Number of rows, those that no longer count included.
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// The row of a picture.
    pub fn row_of(&self, path: &str) -> Option<usize> {
        self.row_of.get(path).map(|&row| row as usize)
    }

    /// The stamp of a picture's vector.
    pub fn stamp(&self, path: &str) -> Option<PixelStamp> {
        self.row_of(path).map(|row| self.stamps[row])
    }

    /// The content of the picture that a vector is of, if it is known.
    pub fn content(&self, path: &str) -> Option<u128> {
        self.row_of(path).map(|row| self.contents[row]).filter(|content| *content != 0)
    }

    /// The picture of a row.
    pub fn path(&self, row: usize) -> &str {
        &self.paths[row]
    }

    /// Whether a row is a picture's latest.
    pub fn counts(&self, row: usize) -> bool {
        self.latest.get(row).copied().unwrap_or_default()
    }

    /// The paths of all pictures with a vector, in no order.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.row_of.keys().map(|path| &**path)
    }

    /// Reads `count` rows from `first` on.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read(&self, first: usize, count: usize) -> Result<Vec<f32>, FileError> {
        let mut out = vec![0.0; count * self.dim];
        read_floats(&self.file, first * self.dim, &mut out).at(&self.path)?;
        Ok(out)
    }
}

/// A line of the list.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Line {
    Row(String, u64, i64),
    Whole(String, u64, i64, String),
    Gone([String; 1]),
}

/// Appends rows. One process at a time.
pub(crate) struct RowWriter {
    pub rows: Rows,
    list: File,
    list_path: PathBuf,
}

impl RowWriter {
    /// Opens the rows with this number for writing; the remains of a killed process are cut off.
    ///
    /// # Errors
    /// If the files cannot be written.
    pub fn open(folder: &Path, number: u64, dim: usize) -> Result<Self, FileError> {
        let [path, list_path] = names(folder, number);
        let open =
            |path: &Path| OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).at(path);
        let mut list = open(&list_path)?;
        let (rows, length) = Rows::listed(open(&path)?, &path, &list_path, dim)?;
        list.set_len(length).at(&list_path)?;
        list.seek(SeekFrom::Start(length)).at(&list_path)?;
        rows.file.set_len((rows.len() * dim * size_of::<f32>()) as u64).at(&path)?;
        Ok(Self { rows, list, list_path })
    }

    /// Appends vectors, row by row; on return they survive the end of the process.
    ///
    /// # Errors
    /// If the disk is full or cannot be written: what was there before stays.
    pub fn append(&mut self, pictures: &[RowOf<'_>], vectors: &[f32]) -> Result<(), FileError> {
        write_floats(&self.rows.file, self.rows.len() * self.rows.dim, vectors).at(&self.rows.path)?;
        let line = |&RowOf { path, stamp: (bytes, modified), content }: &RowOf<'_>| match content {
            Some(content) => serde_json::json!([path, bytes, modified, format!("{content:032x}")]),
            None => serde_json::json!([path, bytes, modified]),
        };
        self.write(pictures.iter().map(line))?;
        pictures.iter().for_each(|of| self.rows.list(of));
        Ok(())
    }

    /// Appends the vectors of some rows again, each as that of another picture, or of the same one by another stamp.
    ///
    /// # Errors
    /// As [`RowWriter::append`].
    pub fn carry(&mut self, rows: &[(usize, RowOf<'_>)]) -> Result<(), FileError> {
        for some in rows.chunks(CARRIED) {
            let mut vectors = Vec::with_capacity(some.len() * self.rows.dim);
            for (row, _) in some {
                vectors.extend(self.rows.read(*row, 1)?);
            }
            self.append(&some.iter().map(|(_, of)| *of).collect::<Vec<_>>(), &vectors)?;
        }
        Ok(())
    }

    /// Notes that these pictures are gone.
    ///
    /// # Errors
    /// As [`RowWriter::append`].
    pub fn remove(&mut self, paths: &[String]) -> Result<(), FileError> {
        self.write(paths.iter().map(|path| serde_json::json!([path])))?;
        paths.iter().for_each(|path| self.rows.forget(path));
        Ok(())
    }

    fn write(&mut self, lines: impl Iterator<Item = serde_json::Value>) -> Result<(), FileError> {
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        self.list.write_all(text.as_bytes()).at(&self.list_path)
    }

    /// Syncs everything to disk.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn sync(&self) -> Result<(), FileError> {
        self.rows.file.sync_data().at(&self.rows.path)?;
        self.list.sync_data().at(&self.list_path)
    }
}
