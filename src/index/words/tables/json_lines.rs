//! A JSON object a line.

use std::io::{BufRead, BufReader, Read};

use serde_json::Value;

use super::flat::Flat;
use super::row::{Each, Reading, Row};
use crate::base::{At, open_file};
use crate::dataset::{WarningKind, Warnings, decode_text};
use crate::index::IndexError;

/// Longest line in bytes.
const LONGEST: u64 = 16 << 20;

/// Visits the objects. A line that is none costs only itself; all such lines are one warning.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn visit(reading: &Reading<'_>, warnings: &mut Warnings, each: &mut Each<'_>) -> Result<(), IndexError> {
    let mut file = BufReader::with_capacity(1 << 20, open_file(reading.path)?);
    let mut flat = Flat::default();
    let (mut line, mut bad, mut first_bad) = (0, 0, 0);
    loop {
        let mut bytes = Vec::new();
        if (&mut file).take(LONGEST).read_until(b'\n', &mut bytes).at(reading.path)? == 0 {
            break;
        }
        line += 1;
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let Ok(Value::Object(object)) = serde_json::from_str(decode_text(bytes).trim()) else {
            bad += 1;
            first_bad = if bad == 1 { line } else { first_bad };
            continue;
        };
        let cells = flat.cells(&object);
        if each(&flat.headings, Row { line, cells }).is_break() {
            break;
        }
    }
    if bad > 0 {
        let message = format!("{bad} lines are no JSON objects, and are left out");
        warnings.line(WarningKind::BadRow, reading.path, first_bad, message);
    }
    Ok(())
}
