//! JSON: annotations as COCO has them, a list of objects, or objects or captions by picture.

use std::cell::Cell;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};

use serde::de::DeserializeSeed;
use serde_json::{Map, Value};

use super::coco::Coco;
use super::flat::Flat;
use super::json_lines;
use super::row::{Each, Reading, Row};
use super::stream::{Document, ENDED, Take};
use crate::base::Within;
use crate::base::{At, FileError, open_file};
use crate::dataset::Warnings;
use crate::index::IndexError;

/// Bytes of a first line that shows whether every line is an object.
const FIRST_LINE: u64 = 1 << 20;

/// Visits the rows: annotations, or the objects of the lists at the top, or the members of the object at the top, with
/// their names in the column `key` and texts in the column `text`.
///
/// # Errors
/// If the file cannot be read or is no JSON; the rows before the damage were visited.
pub(super) fn visit(reading: &Reading<'_>, warnings: &mut Warnings, each: &mut Each<'_>) -> Result<(), IndexError> {
    if has_lines(open_file(reading.path)?).at(reading.path)? {
        return json_lines::visit(reading, warnings, each);
    }
    let mut coco = Coco::default();
    let has_annotations = Cell::new(false);
    let refers = |key: &str| {
        has_annotations.set(has_annotations.get() || key == "annotations");
        matches!(key, "images" | "categories" | "licenses")
    };
    walk(reading, &refers, &mut |key, value| {
        coco.note(key.unwrap_or_default(), &value);
        true
    })?;
    if has_annotations.get() && coco.has_images() {
        walk(reading, &|key| key == "annotations", &mut |_, value| {
            each(coco.headings(), coco.annotation(&value)).is_continue()
        })?;
        let mut licences = coco.licences();
        let _ = licences.try_for_each(|row| each(coco.headings(), row));
        return Ok(());
    }
    let mut flat = Flat::default();
    let mut line = 0;
    walk(reading, &|_| true, &mut |key, value| {
        line += 1;
        let mut object = match (key, value) {
            (_, Value::Object(object)) => object,
            (Some(_), value @ (Value::String(_) | Value::Array(_))) => Map::from_iter([("text".to_owned(), value)]),
            _ => return true,
        };
        if let Some(key) = key {
            object.entry("key").or_insert_with(|| key.into());
        }
        let cells = flat.cells(&object);
        each(&flat.headings, Row { line, cells }).is_continue()
    })
}

/// Whether the file holds an object a line, in spite of its name.
fn has_lines(file: File) -> std::io::Result<bool> {
    let mut start = BufReader::new(file.take(FIRST_LINE));
    let (mut first, mut second) = (Vec::new(), Vec::new());
    start.read_until(b'\n', &mut first)?;
    start.read_until(b'\n', &mut second)?;
    let is_object = |line: &[u8]| line.trim_ascii_start().starts_with(b"{");
    Ok(is_object(&first) && is_object(&second) && serde_json::from_slice::<serde::de::IgnoredAny>(&first).is_ok())
}

fn walk(reading: &Reading<'_>, wanted: &dyn Fn(&str) -> bool, take: &mut Take<'_>) -> Result<(), IndexError> {
    let mut file = open_file(reading.path)?;
    let mut start = Vec::new();
    (&mut file).take(3).read_to_end(&mut start).at(reading.path)?;
    if start != b"\xef\xbb\xbf" {
        file.rewind().at(reading.path)?;
    }
    let (within, budget) = Within::new(file);
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 20, within));
    match (Document { wanted, budget: &budget, take }).deserialize(&mut json) {
        Err(error) if !error.to_string().starts_with(ENDED) => Err(FileError::malformed(error, reading.path).into()),
        _ => Ok(()),
    }
}
