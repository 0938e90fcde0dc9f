//! The visual descriptors: `descvis/img/<topic> <CODE>.csv`.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::base::open_file;
use crate::dataset::text::{numbered_lines, read_text_or_warn};
use crate::dataset::vectors::{ImageIndex, VectorRow};
use crate::dataset::warnings::Warnings;
use crate::dataset::{Dataset, VectorSource, WarningKind};

/// The source of one code. Its dimension is that of the first vector; it is checked when the vectors are read.
pub(super) fn source(code: String, files: Vec<PathBuf>) -> VectorSource {
    let first_line = || {
        let mut line = Vec::new();
        let file = open_file(files.first()?).ok()?;
        BufReader::new(file.take(1 << 20)).read_until(b'\n', &mut line).ok()?;
        Some(line)
    };
    let commas = first_line().map_or(0, |line| line.iter().filter(|&&byte| byte == b',').count());
    VectorSource { name: code, dim: Some(commas).filter(|&commas| commas > 0), files }
}

/// Reads a topic's descriptors: `id,v1,v2,…` without headings.
pub(super) fn read(_: &Dataset, path: &Path, index: &ImageIndex, warnings: &mut Warnings) -> Vec<VectorRow> {
    let Some(text) = read_text_or_warn(path, warnings) else { return Vec::new() };
    let mut rows = Vec::new();
    for (line, content) in numbered_lines(&text).filter(|(_, content)| !content.trim().is_empty()) {
        let Some((id, numbers)) = content.split_once(',') else {
            warnings.line(WarningKind::BadRow, path, line, "no comma; expected 'id,number,number,…'");
            continue;
        };
        let Some(&image) = index.get(id.trim()) else { continue };
        let numbers = numbers.trim().trim_end_matches(',');
        let values: Result<Vec<f32>, &str> =
            numbers.split(',').map(|field| field.trim().parse().map_err(|_| field)).collect();
        match values {
            Ok(values) => rows.push(VectorRow { image, values, line }),
            Err(field) => {
                let message = format!("'{field}' in the vector of image '{id}' is not a number");
                warnings.line(WarningKind::BadNumber, path, line, message);
            }
        }
    }
    rows
}
