//! HTML pages that show pictures, and lists of links. Nothing is fetched: links to other machines are only counted.

use std::io::Read;
use std::ops::ControlFlow;

use quick_xml::events::BytesStart;

use super::row::{Each, Reading, Row};
use crate::base::{At, open_file};
use crate::dataset::walk::is_picture;
use crate::dataset::{decode_text, web_text};
use crate::index::IndexError;

/// Bytes of a page that are read.
const LONGEST: u64 = 64 << 20;
/// Bytes of a tag and of a caption, pictures of a figure, and texts of a picture that are read.
const LONGEST_TAG: usize = 64 << 10;
const LONGEST_CAPTION: usize = 64 << 10;
const MOST_PICTURES: usize = 100;
const MOST_TEXTS: usize = 20;
/// Columns of a page, and of a list of links.
const PAGE: [&str; 4] = ["src", "alt", "img title", "figcaption"];
const LINKS: [&str; 2] = ["link", "text"];

/// Visits the pictures of a page: of each `img`, and of a link around it that leads to a picture.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn visit(reading: &Reading<'_>, each: &mut Each<'_>) -> Result<(), IndexError> {
    let text = read(reading)?;
    let headings = PAGE.map(str::to_owned);
    let mut page = Page::default();
    for part in Parts(&text) {
        page.part(part);
        if page.is_in_figure && page.rows.len() < MOST_PICTURES {
            continue;
        }
        if page.rows.drain(..).try_for_each(|row| each(&headings, row)).is_break() {
            return Ok(());
        }
    }
    let _ = page.rows.drain(..).try_for_each(|row| each(&headings, row));
    Ok(())
}

/// Visits the lines of a list of links: a link or a path, and a text about it.
///
/// # Errors
/// If the file cannot be read.
pub(super) fn visit_links(reading: &Reading<'_>, each: &mut Each<'_>) -> Result<(), IndexError> {
    let text = read(reading)?;
    let headings = LINKS.map(str::to_owned);
    let lines = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
    for (at, line) in lines {
        let (link, about) = line.split_once(['\t', ' ']).unwrap_or((line, ""));
        let cells = match is_remote(link) {
            true => Vec::new(),
            false => vec![(0, link.to_owned()), (1, about.trim().to_owned())],
        };
        if each(&headings, Row { line: at + 1, cells }).is_break() {
            break;
        }
    }
    Ok(())
}

fn read(reading: &Reading<'_>) -> Result<String, IndexError> {
    let mut bytes = Vec::new();
    open_file(reading.path)?.take(LONGEST).read_to_end(&mut bytes).at(reading.path)?;
    Ok(decode_text(bytes))
}

fn is_remote(link: &str) -> bool {
    link.starts_with("//") || link.starts_with("data:") || (link.contains("://") && !link.starts_with("file:"))
}

/// Where in a page the reading is.
#[derive(Default)]
struct Page {
    rows: Vec<Row>,
    count: usize,
    is_in_figure: bool,
    /// The text of the caption at hand.
    caption: Option<String>,
    /// The picture that the link at hand leads to.
    link: Option<String>,
}

impl Page {
    fn part(&mut self, part: Part<'_>) {
        let (name, element) = match part {
            Part::Text(text) => {
                if let Some(caption) = self.caption.as_mut().filter(|caption| caption.len() < LONGEST_CAPTION) {
                    caption.push_str(text);
                }
                return;
            }
            Part::Tag(name, element) => (name, element),
        };
        match name.as_str() {
            "figure" => self.is_in_figure = true,
            "/figure" => self.is_in_figure = false,
            "figcaption" => self.caption = Some(String::new()),
            "/figcaption" => self.end_caption(),
            "a" => {
                let link = attribute(element, "href");
                self.link = link.filter(|link| is_picture(std::path::Path::new(path_of(link))));
            }
            "/a" => self.link = None,
            "img" => self.image(element),
            // Another element separates words.
            _ => self.caption.iter_mut().for_each(|caption| caption.push(' ')),
        }
    }

    fn image(&mut self, element: &str) {
        let Some(source) = attribute(element, "src") else { return };
        let texts = [(1, attribute(element, "alt")), (2, attribute(element, "title"))];
        for link in [Some(source), self.link.clone()].into_iter().flatten() {
            self.count += 1;
            let mut cells = Vec::new();
            if !is_remote(&link) {
                cells.push((0, path_of(&link).to_owned()));
                let texts = texts.iter().filter_map(|(column, text)| Some((*column, text.clone()?)));
                cells.extend(texts.filter(|(_, text)| !text.is_empty()));
            }
            self.rows.push(Row { line: self.count, cells });
        }
    }

    fn end_caption(&mut self) {
        let caption = web_text(&self.caption.take().unwrap_or_default());
        let takes = |row: &&mut Row| (1..MOST_TEXTS).contains(&row.cells.len()) && !caption.is_empty();
        for row in self.rows.iter_mut().filter(takes) {
            row.cells.push((3, caption.clone()));
        }
    }
}

/// A link without what follows the path.
fn path_of(link: &str) -> &str {
    link.split(['?', '#']).next().unwrap_or(link)
}

/// An attribute, with or without quotes.
fn attribute(element: &str, name: &str) -> Option<String> {
    let element = BytesStart::from_content(element, element.find(char::is_whitespace).unwrap_or(element.len()));
    let mut attributes = element.html_attributes();
    let mut found = attributes.with_checks(false).flatten();
    found.find(|attribute| attribute.key.0.eq_ignore_ascii_case(name)).map(|attribute| web_text(&attribute.value))
}

/// A part of a page.
enum Part<'a> {
    Text(&'a str),
    /// Its name in lower case, with `/` if it ends an element, and all that is between its brackets.
    Tag(String, &'a str),
}

/// The parts of a page, without comments, scripts and styles.
struct Parts<'a>(&'a str);

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let text = self.0;
        let Some(start) = text.find('<') else {
            self.0 = "";
            return (!text.is_empty()).then_some(Part::Text(text));
        };
        if start > 0 {
            self.0 = &text[start..];
            return Some(Part::Text(&text[..start]));
        }
        if text.starts_with("<!--") {
            self.0 = text.find("-->").map_or("", |end| &text[end + 3..]);
            return Some(Part::Text(""));
        }
        let is_tag = text[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        let Some(end) = is_tag.then(|| end_of(text)).flatten() else {
            // What was looked through is text, so that nothing is looked through twice.
            let length = if is_tag { text.floor_char_boundary(LONGEST_TAG) } else { 1 };
            self.0 = &text[length..];
            return Some(Part::Text(&text[..length]));
        };
        let inner = &text[1..end];
        self.0 = &text[end + 1..];
        let name = inner.split(|c: char| c.is_whitespace()).next().unwrap_or_default().trim_end_matches('/');
        let name = name.to_ascii_lowercase();
        if matches!(name.as_str(), "script" | "style") {
            let close = format!("</{name}");
            let starts = |(at, _): &(usize, &str)| {
                self.0.get(*at..at + close.len()).is_some_and(|start| start.eq_ignore_ascii_case(&close))
            };
            self.0 = self.0.match_indices("</").find(starts).map_or("", |(at, _)| &self.0[at..]);
        }
        Some(Part::Tag(name, inner.trim_end_matches('/')))
    }
}

/// Where a tag ends: at the first `>` outside quotes, or at the first of all if a quote is not closed.
fn end_of(text: &str) -> Option<usize> {
    let bytes = &text.as_bytes()[..text.len().min(LONGEST_TAG)];
    let mut quote = None;
    let found = bytes.iter().enumerate().try_for_each(|(at, byte)| match (quote, byte) {
        (None, b'>') => ControlFlow::Break(at),
        (None, b'"' | b'\'') if bytes[at - 1] == b'=' => {
            quote = Some(*byte);
            ControlFlow::Continue(())
        }
        (Some(open), _) if open == *byte => {
            quote = None;
            ControlFlow::Continue(())
        }
        _ => ControlFlow::Continue(()),
    });
    match found {
        ControlFlow::Break(at) => Some(at),
        ControlFlow::Continue(()) => bytes.iter().position(|byte| *byte == b'>'),
    }
}
