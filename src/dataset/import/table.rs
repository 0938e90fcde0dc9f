//! Assigns the vectors of a file to images, and reports faults.

use std::path::Path;

use super::VectorFile;
use super::matching::Matching;
use crate::base::{FileError, some_of};
use crate::dataset::warnings::Warnings;
use crate::dataset::{Dataset, DatasetError, VectorTable, WarningKind};

/// Rows with the same fault, reported in one warning at the first of them.
#[derive(Default)]
struct Faults {
    count: usize,
    first: usize,
    ids: Vec<String>,
}

impl Faults {
    /// Number of names stored; enough for a warning.
    const STORED: usize = 6;

    fn add(&mut self, row: usize, id: &str) {
        if self.count == 0 {
            self.first = row + 1;
        }
        self.count += 1;
        if self.ids.len() < Self::STORED {
            self.ids.push(id.to_owned());
        }
    }

    /// "a, b, c and 4 more".
    fn names(&self) -> String {
        let shown = some_of(&self.ids);
        match self.count {
            count if count > self.ids.len() => {
                let few = &self.ids[..self.ids.len().min(5)];
                format!("{} and {} more", few.join(", "), count - few.len())
            }
            _ => shown,
        }
    }
}

/// Faults of a file's rows, by kind.
#[derive(Default)]
struct Tally {
    unknown: Faults,
    missing: Faults,
    length: Faults,
    not_finite: Faults,
    zero: Faults,
    again: Faults,
    different: Faults,
}

/// Reads a file's vectors for a data set. Rows are matched by id or, without ids, by order if there are as many rows as
/// images. Of several vectors of an image the first usable one counts. Vectors with NaN or infinite numbers, or of an
/// unusual length, are skipped.
///
/// # Errors
/// If the file cannot be read, no id is that of an image, or no vector can be used.
pub(in crate::dataset) fn read(
    dataset: &Dataset,
    name: &str,
    path: &Path,
    warnings: &mut Warnings,
) -> Result<VectorTable, DatasetError> {
    let (file, images) = open(dataset, path, warnings)?;
    let mut table = VectorTable::new(name, file.dim, dataset.images.len());
    let mut tally = Tally::default();
    file.visit(&mut |row, vector| {
        let id = || match &file.ids {
            Some(ids) => ids.get(row).map_or("", String::as_str),
            None => dataset.images.get(row).map_or("", |image| image.id.as_str()),
        };
        let Some(image) = images.get(row).copied().flatten() else {
            tally.unknown.add(row, id());
            return Ok(());
        };
        let faults = if vector.is_empty() {
            &mut tally.missing
        } else if vector.len() != file.dim {
            &mut tally.length
        } else if vector.iter().any(|number| !number.is_finite()) {
            &mut tally.not_finite
        } else if let Some(known) = table.get(image) {
            if *known == *vector { &mut tally.again } else { &mut tally.different }
        } else {
            if vector.iter().all(|number| *number == 0.0) {
                tally.zero.add(row, id());
            }
            return table.set(image, vector);
        };
        faults.add(row, id());
        Ok(())
    })?;
    tally.report(&file, path, warnings);
    if table.count() == 0 {
        let reason = tally.worst();
        let message = format!("no usable vector for any image{reason}");
        return Err(FileError::malformed(message, path).into());
    }
    Ok(table)
}

/// Opens a file and finds the image of each row: everything that can be checked without reading the vectors.
///
/// # Errors
/// If the file cannot be read, is malformed, or no id is that of an image.
pub(in crate::dataset) fn open(
    dataset: &Dataset,
    path: &Path,
    warnings: &mut Warnings,
) -> Result<(VectorFile, Vec<Option<usize>>), DatasetError> {
    let file = VectorFile::open_of(dataset, path, warnings)?;
    let images = images(dataset, &file, path, warnings)?;
    Ok((file, images))
}

/// The image of each row.
fn images(
    dataset: &Dataset,
    file: &VectorFile,
    path: &Path,
    warnings: &mut Warnings,
) -> Result<Vec<Option<usize>>, DatasetError> {
    let malformed = |message: String| DatasetError::from(FileError::malformed(message, path));
    let count = dataset.images.len();
    let Some(ids) = &file.ids else {
        if file.rows != count {
            return Err(malformed(format!("{} vectors without ids for {count} images", file.rows)));
        }
        let message = format!("its {count} vectors have no ids; they are taken in the order of the data set's images");
        warnings.file(WarningKind::Missing, path, message);
        return Ok((0..count).map(Some).collect());
    };
    let matching = Matching::of(dataset, ids);
    if !matching.any() {
        let theirs = ids.first().map_or("", String::as_str);
        let ours = dataset.images.first().map_or("", |image| image.id.as_str());
        let message =
            format!("none of its {} ids matches an image: they look like '{theirs}', images like '{ours}'", ids.len());
        return Err(malformed(message));
    }
    if matching.by_name {
        let found = matching.images.iter().flatten().count();
        let message = format!("no id matches an image literally; {found} of {} were matched by file name", ids.len());
        warnings.file(WarningKind::Missing, path, message);
    }
    Ok(matching.images)
}

impl Tally {
    fn report(&self, file: &VectorFile, path: &Path, warnings: &mut Warnings) {
        let mut warn = |kind, faults: &Faults, message: String| {
            if faults.count > 0 {
                let message = format!("{} {message}: {}", faults.count, faults.names());
                warnings.line(kind, path, faults.first, message);
            }
        };
        let bad = WarningKind::BadVector;
        let of_length = format!("vectors are skipped, as their length is not the usual {}", file.dim);
        warn(bad, &self.length, of_length);
        warn(bad, &self.not_finite, "vectors are skipped, as they hold NaN or infinite numbers".to_owned());
        warn(bad, &self.zero, "vectors are all zeros".to_owned());
        warn(bad, &self.missing, "ids have no vector".to_owned());
        let twice = WarningKind::DuplicateId;
        warn(twice, &self.again, "duplicate ids with the same vector".to_owned());
        warn(twice, &self.different, "duplicate ids with another vector; the first counts".to_owned());
        warn(WarningKind::Missing, &self.unknown, "ids are not in the data set".to_owned());
    }

    /// The most common reason why nothing is usable.
    fn worst(&self) -> String {
        let reasons = [
            (&self.not_finite, "hold NaN or infinite numbers"),
            (&self.missing, "are missing"),
            (&self.length, "differ in length"),
        ];
        let worst = reasons.iter().max_by_key(|(faults, _)| faults.count).filter(|(faults, _)| faults.count > 0);
        worst.map_or(String::new(), |(faults, reason)| format!(": {} {reason}", faults.count))
    }
}
