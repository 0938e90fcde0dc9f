//! The photos of a topic: `xml/<topic>.xml`.

use std::path::Path;

use quick_xml::events::{BytesStart, Event};

use crate::dataset::markup::{tolerant, web_text};
use crate::dataset::text::read_text_or_warn;
use crate::dataset::values;
use crate::dataset::warnings::Warnings;
use crate::dataset::{Image, ImageId, WarningKind};

/// A photo and its rank in the search engine's list.
pub(super) struct Photo {
    pub image: Image,
    pub rank: Option<u32>,
    pub line: usize,
}

/// Reads a topic's photos. A damaged element loses only itself: reading continues at the next `<photo`.
pub(super) fn read(path: &Path, warnings: &mut Warnings) -> Vec<Photo> {
    let Some(text) = read_text_or_warn(path, warnings) else { return Vec::new() };
    let mut photos = Vec::new();
    let mut lines = LineCounter { text: &text, at: 0, line: 1 };
    let mut start = 0;
    while start < text.len() {
        let mut reader = tolerant(&text[start..]);
        let failed_at = loop {
            let before = start + reader.buffer_position() as usize;
            match reader.read_event() {
                Ok(Event::Start(element) | Event::Empty(element)) if element.name().0 == "photo" => {
                    photos.extend(photo(&element, path, lines.line_of(before), warnings));
                }
                Ok(Event::Eof) => break None,
                Ok(_) => {}
                Err(error) => {
                    warnings.line(WarningKind::BadRow, path, lines.line_of(before), format!("damaged XML: {error}"));
                    break Some(before + 1);
                }
            }
        };
        let Some(next) = failed_at.and_then(|at| find_from(&text, at, "<photo")) else { break };
        start = next;
    }
    photos
}

/// Turns increasing positions into line numbers.
struct LineCounter<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl LineCounter<'_> {
    fn line_of(&mut self, position: usize) -> usize {
        if let Some(passed) = self.text.as_bytes().get(self.at..position) {
            self.line += passed.iter().filter(|&&byte| byte == b'\n').count();
            self.at = position;
        }
        self.line
    }
}

fn find_from(text: &str, from: usize, what: &str) -> Option<usize> {
    let from = (from..=text.len()).find(|&at| text.is_char_boundary(at))?;
    text[from..].find(what).map(|at| from + at)
}

fn photo(element: &BytesStart, path: &Path, line: usize, warnings: &mut Warnings) -> Option<Photo> {
    let mut fields = Fields { path, line, warnings, id: String::new() };
    let mut attributes = Vec::new();
    for attribute in element.attributes().with_checks(false) {
        match attribute {
            Ok(attribute) => attributes.push((attribute.key.0.to_owned(), attribute.value.into_owned())),
            Err(error) => {
                let message = format!("damaged attribute of a photo: {error}");
                fields.warnings.line(WarningKind::BadRow, path, line, message);
            }
        }
    }
    let id = attributes.iter().find(|(name, _)| name == "id").map(|(_, id)| id.trim().to_owned()).unwrap_or_default();
    if id.is_empty() {
        fields.warnings.line(WarningKind::BadRow, path, line, "a photo without an id");
        return None;
    }
    fields.id = id.clone();
    let mut image = Image::new(ImageId::from(id.as_str()));
    let (mut rank, mut latitude, mut longitude) = (None, None, None);
    for (name, value) in attributes {
        match name.as_str() {
            "id" => {}
            "title" => image.title = web_text(&value),
            "description" => image.description = web_text(&value),
            "tags" => image.tags = web_text(&value).split_whitespace().map(str::to_owned).collect(),
            "date_taken" => image.date = fields.date(&value),
            "views" => image.popularity = fields.number("views", &value).filter(|&views| views >= 0.0),
            "nbComments" => image.comments = fields.number("nbComments", &value).filter(|&count| count >= 0.0),
            "rank" => rank = fields.number("rank", &value),
            "latitude" => latitude = fields.number("latitude", &value),
            "longitude" => longitude = fields.number("longitude", &value),
            _ => {
                image.columns.insert(name, web_text(&value));
            }
        }
    }
    image.location = fields.location(latitude, longitude);
    let rank = rank.filter(|&rank| (1.0..=f64::from(u32::MAX)).contains(&rank)).map(|rank| rank as u32);
    Some(Photo { image, rank, line })
}

/// Parses one photo's attributes and warns about invalid values.
struct Fields<'a> {
    path: &'a Path,
    line: usize,
    warnings: &'a mut Warnings,
    id: String,
}

impl Fields<'_> {
    fn number(&mut self, name: &str, value: &str) -> Option<f64> {
        let number = values::number(value);
        if number.is_none() && !value.trim().is_empty() {
            self.bad(name, value);
        }
        number
    }

    fn date(&mut self, value: &str) -> Option<i64> {
        let date = values::date(value);
        if date.is_none() && !values::is_blank_date(value) {
            self.bad("date_taken", value);
        }
        date
    }

    /// Zero for both means that the location is unknown.
    fn location(&mut self, latitude: Option<f64>, longitude: Option<f64>) -> Option<(f64, f64)> {
        let (latitude, longitude) = (latitude?, longitude?);
        if latitude == 0.0 && longitude == 0.0 {
            return None;
        }
        let location = values::location(latitude, longitude);
        if location.is_none() {
            self.bad("latitude, longitude", &format!("{latitude}, {longitude}"));
        }
        location
    }

    fn bad(&mut self, name: &str, value: &str) {
        let message = format!("{name} '{value}' of photo '{}' is invalid; taken as unknown", self.id);
        self.warnings.line(WarningKind::BadNumber, self.path, self.line, message);
    }
}
