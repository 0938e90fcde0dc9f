//! The protocol as a file beside the journals.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Grade, LabelChoice, Protocol, Scale};
use crate::base::{FileError, read_text_file, write_whole};
use crate::judge::{JudgeError, Places, SaveFault};

/// The fields that are understood.
#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    grades: Option<Vec<Grade>>,
    #[serde(default)]
    labels: Option<String>,
    #[serde(default)]
    without_batch: bool,
    #[serde(default)]
    without_revealed: bool,
    #[serde(default)]
    guidelines: String,
}

impl Protocol {
    /// Reads the protocol of a data set; the default one where there is none. If both places have one, the one that was
    /// changed last counts.
    ///
    /// # Errors
    /// If it cannot be read or is malformed, with file and line.
    pub fn read(places: &Places) -> Result<Self, JudgeError> {
        let changed = |path: &PathBuf| fs::metadata(path).and_then(|found| found.modified()).ok();
        let found = places.protocols().into_iter().filter(|path| path.exists()).max_by_key(changed);
        found.map_or_else(|| Ok(Self::default()), |path| Self::parse(&read_text_file(&path)?, &path))
    }

    /// A protocol from the text of the file at `path`.
    ///
    /// # Errors
    /// If it is malformed, with file and line.
    pub fn parse(text: &str, path: &Path) -> Result<Self, JudgeError> {
        let text = text.trim_start_matches('\u{feff}');
        let malformed = |message: String, line: Option<usize>| -> JudgeError {
            FileError::Malformed { message, path: path.to_owned(), line }.into()
        };
        let syntax = |error: serde_json::Error| {
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default().to_owned();
            malformed(message, Some(error.line()).filter(|line| *line > 0))
        };
        let line_of = |field: &str| {
            let named = format!("\"{field}\"");
            text.lines().position(|line| line.contains(&named)).map(|line| line + 1)
        };
        let rest: Map<String, Value> = serde_json::from_str(text).map_err(syntax)?;
        let fields: Fields = serde_json::from_str(text).map_err(syntax)?;
        let labels = fields.labels.as_deref().map(str::parse::<LabelChoice>).transpose();
        let labels = labels.map_err(|error| malformed(error.to_string(), line_of("labels")))?.unwrap_or_default();
        let scale = fields.grades.map(Scale::new).transpose();
        let scale = scale.map_err(|error| malformed(error.to_string(), line_of("grades")))?;
        let Fields { without_batch, without_revealed, guidelines, .. } = fields;
        let labels = LabelChoice { without_batch, without_revealed, ..labels };
        Ok(Self { scale, labels, guidelines, rest })
    }

    /// The file's text.
    fn text(&self) -> String {
        let mut object = self.rest.clone();
        let before = object.remove("grades");
        if let Some(scale) = &self.scale {
            object.insert(
                "grades".to_owned(),
                scale.grades().iter().map(|grade| with_rest(grade, before.as_ref())).collect(),
            );
        }
        for (name, value) in [
            ("labels", json!(self.labels.to_string())),
            ("without_batch", json!(self.labels.without_batch)),
            ("without_revealed", json!(self.labels.without_revealed)),
            ("guidelines", json!(self.guidelines)),
        ] {
            object.insert(name.to_owned(), value);
        }
        // An object of texts and numbers: this cannot fail.
        serde_json::to_string_pretty(&object).unwrap_or_default() + "\n"
    }

    /// Writes the protocol as a whole, in the data set's folder or, if that cannot be written, among the program's own.
    /// Returns the file.
    ///
    /// # Errors
    /// If it can be written in neither.
    pub fn write(&self, places: &Places) -> Result<PathBuf, JudgeError> {
        let text = self.text();
        let mut paths = places.protocols().into_iter().peekable();
        while let Some(path) = paths.next() {
            let folder = path.parent().unwrap_or(Path::new("."));
            let written = fs::create_dir_all(folder).and_then(|()| write_whole(&path, &[text.as_bytes()]));
            match written {
                Ok(()) => return Ok(path),
                Err(error) if SaveFault::of(&error) != SaveFault::Full && paths.peek().is_some() => {}
                Err(error) => return Err(FileError::io(error, &path).into()),
            }
        }
        // There is always a place among the program's own.
        Ok(PathBuf::new())
    }
}

/// A grade as an object, with the fields of newer versions that the grade of its number had.
fn with_rest(grade: &Grade, before: Option<&Value>) -> Value {
    let known = before.and_then(Value::as_array).into_iter().flatten();
    let mut known = known.filter(|known| known["grade"].as_i64() == Some(i64::from(grade.grade)));
    let mut object = known.next().and_then(Value::as_object).cloned().unwrap_or_default();
    if let Ok(Value::Object(fields)) = serde_json::to_value(grade) {
        object.extend(fields);
    }
    Value::Object(object)
}
