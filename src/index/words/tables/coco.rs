//! Annotations as COCO has them: images, captions or instances of them, and categories.
//!
//! Source: <https://cocodataset.org/#format-data>.

use std::cell::Cell;
use std::collections::HashMap;

use serde_json::Value;

use super::row::Row;

/// Names of the columns.
const HEADINGS: [&str; 4] = ["file_name", "caption", "label", "license"];

/// What annotations refer to. Ids are numbers or texts.
pub(super) struct Coco {
    headings: Vec<String>,
    /// File names by id.
    images: HashMap<String, String>,
    /// Ids of images and of their licences, in the order of the file.
    licensed: Vec<(String, String)>,
    categories: HashMap<String, String>,
    licenses: HashMap<String, String>,
    line: Cell<usize>,
}

impl Default for Coco {
    fn default() -> Self {
        Self {
            headings: HEADINGS.map(str::to_owned).to_vec(),
            images: HashMap::new(),
            licensed: Vec::new(),
            categories: HashMap::new(),
            licenses: HashMap::new(),
            line: Cell::new(0),
        }
    }
}

impl Coco {
    /// Takes note of an image, a category or a licence.
    pub fn note(&mut self, key: &str, value: &Value) {
        let Some(id) = text(value, "id") else { return };
        match key {
            "images" => {
                if let Some(name) = text(value, "file_name") {
                    self.licensed.extend(text(value, "license").map(|license| (id.clone(), license)));
                    self.images.insert(id, name);
                }
            }
            "categories" => drop(text(value, "name").map(|name| self.categories.insert(id, name))),
            "licenses" => drop(text(value, "name").map(|name| self.licenses.insert(id, name))),
            _ => {}
        }
    }

    /// Whether there are images with ids and names.
    pub fn has_images(&self) -> bool {
        !self.images.is_empty()
    }

    /// The columns.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }

    /// An annotation as a row.
    pub fn annotation(&self, value: &Value) -> Row {
        let image = text(value, "image_id").and_then(|id| self.images.get(&id));
        let category = text(value, "category_id").and_then(|id| self.categories.get(&id));
        self.row([image.cloned(), text(value, "caption"), category.cloned(), None])
    }

    /// The images with a licence as rows.
    pub fn licences(&self) -> impl Iterator<Item = Row> {
        let licensed = self.licensed.iter().filter(|(_, license)| self.licenses.contains_key(license));
        licensed.map(|(image, license)| {
            self.row([self.images.get(image).cloned(), None, None, self.licenses.get(license).cloned()])
        })
    }

    fn row(&self, cells: [Option<String>; 4]) -> Row {
        self.line.set(self.line.get() + 1);
        let cells = cells.into_iter().enumerate().filter_map(|(column, text)| Some((column, text?)));
        Row { line: self.line.get(), cells: cells.collect() }
    }
}

fn text(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
