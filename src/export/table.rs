//! A table as a value.

use super::ExportError;
use crate::base::csv_line;
use crate::eval::significance::Interval;
use serde::{Deserialize, Serialize};

/// What a cell shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Unknown.
    #[default]
    Missing,
    /// A count.
    Count(usize),
    /// A number; shown with the table's decimals, in full in CSV and JSON.
    Number(f64),
    /// Text.
    Text(String),
}

impl Value {
    /// The text of a CSV field: with all digits, empty if unknown.
    pub(super) fn whole(&self) -> String {
        match self {
            Value::Missing => String::new(),
            Value::Count(count) => count.to_string(),
            Value::Number(value) => value.to_string(),
            Value::Text(text) => text.clone(),
        }
    }
}

/// One cell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// What it shows.
    pub value: Value,
    /// The interval around the number, for example a confidence interval.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub interval: Option<Interval>,
    /// The standard deviation of what the number is the mean of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deviation: Option<f64>,
    /// Significance marks such as † and ‡; the table's notes explain them.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub marks: String,
    /// Whether it is the best of its column, shown in bold.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub best: bool,
}

impl Cell {
    /// A number; missing if it is not finite.
    pub fn number(value: f64) -> Self {
        Self { value: if value.is_finite() { Value::Number(value) } else { Value::Missing }, ..Self::default() }
    }

    /// A number that may be missing.
    pub fn maybe(value: Option<f64>) -> Self {
        value.map_or_else(Self::default, Self::number)
    }

    /// A count.
    pub fn count(value: usize) -> Self {
        Self { value: Value::Count(value), ..Self::default() }
    }

    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { value: Value::Text(text.into()), ..Self::default() }
    }
}

/// A named row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Shown on its left.
    pub name: String,
    /// One cell per column.
    pub cells: Vec<Cell>,
}

/// A table: a column of names, and columns of values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// What it shows, in a few words.
    pub title: String,
    /// The heading of the names.
    pub corner: String,
    /// The headings of the values.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
    /// Explanations for the reader: marks, tests, averaging, ties.
    pub notes: Vec<String>,
    /// Decimals of numbers where they are shown; CSV and JSON have them all.
    pub decimals: usize,
}

impl Table {
    /// Marks the greatest number of each column (all of them if several are shown as equal).
    pub fn mark_best(&mut self) {
        for column in 0..self.columns.len() {
            let shown = |row: &Row| match row.cells.get(column).map(|cell| &cell.value) {
                Some(Value::Number(value)) => Some(round(*value, self.decimals)),
                _ => None,
            };
            let best = self.rows.iter().filter_map(shown).max_by(f64::total_cmp);
            let found: Vec<bool> = self.rows.iter().map(|row| best.is_some() && shown(row) == best).collect();
            for (row, best) in self.rows.iter_mut().zip(found) {
                if let Some(cell) = row.cells.get_mut(column) {
                    cell.best = best;
                }
            }
        }
    }

    /// As a Markdown table, the title above and the notes below.
    pub fn markdown(&self) -> String {
        let escape = |text: &str| text.replace('\\', "\\\\").replace('|', "\\|").replace(char::is_control, " ");
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut text = if self.title.is_empty() { String::new() } else { format!("**{}**\n\n", escape(&self.title)) };
        let heads = std::iter::once(&self.corner).chain(&self.columns).map(|head| escape(head));
        text += &line(heads.collect());
        text += &format!("|---{}|\n", "|---:".repeat(self.columns.len()));
        for row in &self.rows {
            let cells = row.cells.iter().map(|cell| {
                let shown = escape(&self.shown(cell));
                let shown = if cell.best { format!("**{shown}**") } else { shown };
                format!("{shown}{}{}{}", self.deviation(cell), cell.marks, self.interval(cell))
            });
            text += &line(std::iter::once(escape(&row.name)).chain(cells).collect());
        }
        for note in &self.notes {
            text += &format!("\n{}\n", escape(note));
        }
        text
    }

    /// As CSV (RFC 4180): numbers in full; extra columns for deviations, the ends of intervals and marks, if there are
    /// any.
    pub fn csv(&self) -> String {
        let any =
            |column: usize, test: fn(&Cell) -> bool| self.rows.iter().filter_map(|row| row.cells.get(column)).any(test);
        let parts: Vec<[bool; 3]> = (0..self.columns.len())
            .map(|column| {
                [
                    any(column, |cell| cell.deviation.is_some()),
                    any(column, |cell| cell.interval.is_some()),
                    any(column, |cell| !cell.marks.is_empty()),
                ]
            })
            .collect();
        let mut head = vec![self.corner.clone()];
        for (name, &[deviations, intervals, marks]) in self.columns.iter().zip(&parts) {
            head.push(name.clone());
            if deviations {
                head.push(format!("{name} deviation"));
            }
            if intervals {
                head.extend([format!("{name} low"), format!("{name} high")]);
            }
            if marks {
                head.push(format!("{name} marks"));
            }
        }
        let mut text = csv_line(&head);
        for row in &self.rows {
            let mut line = vec![row.name.clone()];
            for (cell, &[deviations, intervals, marks]) in row.cells.iter().zip(&parts) {
                line.push(cell.value.whole());
                if deviations {
                    line.push(cell.deviation.map_or_else(String::new, |deviation| deviation.to_string()));
                }
                if intervals {
                    let end = |end: fn(Interval) -> f64| cell.interval.map_or_else(String::new, |i| end(i).to_string());
                    line.extend([end(|interval| interval.low), end(|interval| interval.high)]);
                }
                if marks {
                    line.push(cell.marks.clone());
                }
            }
            text += &csv_line(&line);
        }
        text
    }

    /// As one JSON object, whose fields are those of this value.
    ///
    /// # Errors
    /// If serialisation fails.
    pub fn json(&self) -> Result<String, ExportError> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// A cell as plain text: value, deviation, marks, interval.
    pub fn cell_text(&self, cell: &Cell) -> String {
        format!("{}{}{}{}", self.shown(cell), self.deviation(cell), cell.marks, self.interval(cell))
    }

    /// ` ± deviation`, or nothing.
    pub(super) fn deviation(&self, cell: &Cell) -> String {
        cell.deviation.map_or_else(String::new, |deviation| format!(" ± {deviation:.*}", self.decimals))
    }

    /// A cell's value as plain text, without marks and interval.
    pub(super) fn shown(&self, cell: &Cell) -> String {
        match &cell.value {
            Value::Missing => "–".to_owned(),
            Value::Count(count) => count.to_string(),
            Value::Text(text) => text.clone(),
            // Show the magnitude of what would round to 0.
            Value::Number(value) if *value != 0.0 && round(*value, self.decimals) == 0.0 => format!("{value:.0e}"),
            Value::Number(value) => format!("{value:.*}", self.decimals),
        }
    }

    /// ` [low, high]`, or nothing.
    pub(super) fn interval(&self, cell: &Cell) -> String {
        let decimals = self.decimals;
        cell.interval.map_or_else(String::new, |i| format!(" [{:.decimals$}, {:.decimals$}]", i.low, i.high))
    }
}

fn round(value: f64, decimals: usize) -> f64 {
    let scale = 10_f64.powi(decimals.min(15) as i32);
    (value * scale).round() / scale
}
