//! The topics: `devset_topics.xml` and similar, and `poiNameCorrespondences.txt`.

use std::collections::HashMap;
use std::path::Path;

use html_escape::decode_html_entities;
use quick_xml::events::Event;

use crate::dataset::markup::{tolerant, web_text};
use crate::dataset::text::{numbered_lines, read_text_or_warn};
use crate::dataset::values;
use crate::dataset::warnings::Warnings;
use crate::dataset::{WarningKind, table};

/// A topic as in its file; missing fields are empty.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Topic {
    pub number: String,
    pub title: String,
    pub location: Option<(f64, f64)>,
    pub line: usize,
}

/// Reads the topics of a file.
pub(super) fn read(path: &Path, warnings: &mut Warnings) -> Vec<Topic> {
    let Some(text) = read_text_or_warn(path, warnings) else { return Vec::new() };
    let mut reader = tolerant(&text);
    let mut topics = Vec::new();
    let mut fields: Option<HashMap<String, String>> = None;
    let (mut element, mut line, mut start) = (String::new(), 1, 0);
    loop {
        let before = reader.buffer_position() as usize;
        match reader.read_event() {
            Ok(Event::Start(tag)) if tag.name().0 == "topic" => {
                line += newlines(&text, start, before);
                start = before;
                fields = Some(HashMap::new());
            }
            Ok(Event::End(tag)) if tag.name().0 == "topic" => {
                topics.extend(fields.take().and_then(|fields| topic(&fields, path, line, warnings)));
            }
            Ok(Event::Start(tag)) => element = tag.name().0.to_owned(),
            Ok(Event::End(_)) => element.clear(),
            Ok(Event::Text(content)) => append(&mut fields, &element, &content.into_inner()),
            Ok(Event::CData(content)) => append(&mut fields, &element, &content.into_inner()),
            Ok(Event::GeneralRef(name)) => {
                append(&mut fields, &element, &decode_html_entities(&format!("&{};", name.into_inner())));
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                let line = line + newlines(&text, start, before);
                warnings.line(WarningKind::BadRow, path, line, format!("damaged XML: {error}; the rest is skipped"));
                break;
            }
        }
    }
    topics
}

fn newlines(text: &str, from: usize, to: usize) -> usize {
    text.as_bytes().get(from..to).map_or(0, |passed| passed.iter().filter(|&&byte| byte == b'\n').count())
}

fn append(fields: &mut Option<HashMap<String, String>>, element: &str, content: &str) {
    if let Some(fields) = fields
        && !element.is_empty()
    {
        fields.entry(element.to_owned()).or_default().push_str(content);
    }
}

fn topic(fields: &HashMap<String, String>, path: &Path, line: usize, warnings: &mut Warnings) -> Option<Topic> {
    let field = |name: &str| fields.get(name).map(|content| web_text(content)).unwrap_or_default();
    let (number, title) = (field("number"), field("title"));
    if number.is_empty() && title.is_empty() {
        warnings.line(WarningKind::BadRow, path, line, "a topic with neither number nor title");
        return None;
    }
    let mut degrees = |name: &str| {
        let content = field(name);
        let number = values::number(&content);
        if number.is_none() && !content.is_empty() {
            let message = format!("{name} '{content}' of topic '{title}' is not a number; taken as unknown");
            warnings.line(WarningKind::BadNumber, path, line, message);
        }
        number
    };
    let location = match (degrees("latitude"), degrees("longitude")) {
        (Some(latitude), Some(longitude)) if (latitude, longitude) != (0.0, 0.0) => {
            values::location(latitude, longitude)
        }
        _ => None,
    };
    Some(Topic { number, title, location, line })
}

/// Reads the folder name of each title (`Acropolis Athens<tab>acropolis_athens`): keys of [`key`] to names.
pub(super) fn read_correspondences(path: &Path, warnings: &mut Warnings) -> HashMap<String, String> {
    let Some(text) = read_text_or_warn(path, warnings) else { return HashMap::new() };
    let mut names = HashMap::new();
    for (line, content) in numbered_lines(&text).filter(|(_, content)| !content.trim().is_empty()) {
        match content.split_once('\t') {
            Some((title, name)) => {
                names.insert(key(title), name.trim().to_owned());
            }
            None => warnings.line(WarningKind::BadRow, path, line, "no tab between title and folder name"),
        }
    }
    names
}

/// The key shared by all spellings of a topic's name: its letters and digits, in lower case.
pub(super) fn key(name: &str) -> String {
    table::plain(name)
}
