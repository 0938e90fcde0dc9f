//! JSON objects as rows: keys are headings, those of inner objects with a dot between.

use std::collections::HashMap;

use serde_json::{Map, Value};

/// Deepest nesting, most columns and most texts of an object that are read.
const DEEPEST: usize = 8;
const MOST_COLUMNS: usize = 20_000;
const MOST_CELLS: usize = 20_000;

/// The columns of objects, in the order in which they first come.
#[derive(Default)]
pub(super) struct Flat {
    pub headings: Vec<String>,
    columns: HashMap<String, usize>,
}

impl Flat {
    /// The texts of an object by column.
    pub fn cells(&mut self, object: &Map<String, Value>) -> Vec<(usize, String)> {
        let mut cells = Vec::new();
        self.add_object("", object, DEEPEST, &mut cells);
        cells
    }

    fn add_object(
        &mut self,
        above: &str,
        object: &Map<String, Value>,
        deeper: usize,
        cells: &mut Vec<(usize, String)>,
    ) {
        for (key, value) in object {
            let heading = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
            self.add(&heading, value, deeper, cells);
        }
    }

    fn add(&mut self, heading: &str, value: &Value, deeper: usize, cells: &mut Vec<(usize, String)>) {
        if cells.len() >= MOST_CELLS {
            return;
        }
        let text = match value {
            Value::Null => return,
            Value::Bool(is_so) => is_so.to_string(),
            Value::Number(number) => number.to_string(),
            Value::String(text) if text.trim().is_empty() => return,
            Value::String(text) => text.clone(),
            Value::Array(list) if deeper > 0 => {
                return list.iter().for_each(|value| self.add(heading, value, deeper - 1, cells));
            }
            Value::Object(object) if deeper > 0 => return self.add_object(heading, object, deeper - 1, cells),
            Value::Array(_) | Value::Object(_) => return,
        };
        if let Some(column) = self.column(heading) {
            cells.push((column, text));
        }
    }

    fn column(&mut self, heading: &str) -> Option<usize> {
        if let Some(column) = self.columns.get(heading) {
            return Some(*column);
        }
        let column = self.headings.len();
        (column < MOST_COLUMNS).then(|| {
            self.headings.push(heading.to_owned());
            self.columns.insert(heading.to_owned(), column);
            column
        })
    }
}
