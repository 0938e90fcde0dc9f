//! The words of a picture by field.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::mapping::Role;
use crate::base::printable;
use crate::dataset::{plain, values};

/// Longest text of a field in bytes, and most texts of a field.
const LONGEST: usize = 64 << 10;
const MOST: usize = 1000;

/// What cameras and programs write where people write a description, in [`plain`] form.
const BOILERPLATE: [&str; 14] = [
    "olympusdigitalcamera",
    "konicaminoltadigitalcamera",
    "minoltadigitalcamera",
    "sonydsc",
    "digitalcamera",
    "kodakdigitalstillcamera",
    "samsungcamerapictures",
    "exifjpegpicture",
    "jpegpicture",
    "default",
    "untitled",
    "createdwithgimp",
    "nodescription",
    "oledata",
];

/// The words of a picture. Texts are in one line, without control characters; no text comes twice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Words {
    /// Short name; empty if nothing gives one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Longer text; empty if nothing gives one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Further texts about the picture, from several people or files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub captions: Vec<String>,
    /// Keywords, categories and people.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Names of where it was taken, such as a city and its country.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    /// The words of its file's name; empty if a camera or a program chose the name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The words of the names of the folders that hold it, from the outermost.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub folders: Vec<String>,
    /// When it was taken, in seconds since 1970-01-01 UTC. A time without a time zone counts as UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<i64>,
    /// Latitude and longitude in degrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<(f64, f64)>,
    /// Who made it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub author: String,
    /// Licence or copyright notice.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub license: String,
    /// Columns of tables that are facets: heading and value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<(String, String)>,
    /// Where the words come from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<Origin>,
}

impl Words {
    /// What the picture is called: its title, else the words of its name, else its first caption or description; may be
    /// empty.
    pub fn called(&self) -> &str {
        let captions = self.captions.first().map_or("", String::as_str);
        let names = [&self.title, &self.name, captions, &self.description];
        names.into_iter().find(|name| !name.is_empty()).unwrap_or_default()
    }

    /// Whether anything is said that can be searched for.
    pub fn has_text(&self) -> bool {
        !self.called().is_empty() || ![&self.tags, &self.places, &self.folders].into_iter().all(Vec::is_empty)
    }

    /// Adds one text. A title or description beyond the first becomes a caption. Returns whether it held anything new.
    pub(super) fn add(&mut self, role: Role, heading: &str, text: &str) -> bool {
        match role {
            Role::Date => set(&mut self.date, values::date(text).filter(|_| !values::is_blank_date(text))),
            Role::Tags => values::tags(text).iter().fold(false, |any, tag| self.add(Role::Tag, heading, tag) | any),
            _ => {
                let text = tidy(text);
                !text.is_empty() && !is_boilerplate(&text) && self.add_text(role, heading, text)
            }
        }
    }

    fn add_text(&mut self, role: Role, heading: &str, text: String) -> bool {
        match role {
            Role::Title if self.title.is_empty() && !self.says(&text) => set_text(&mut self.title, text),
            Role::Description if self.description.is_empty() && !self.says(&text) => {
                set_text(&mut self.description, text)
            }
            Role::Title | Role::Description | Role::Caption => !self.says(&text) && push(&mut self.captions, text),
            Role::Tag => push(&mut self.tags, text),
            Role::Place => push(&mut self.places, text),
            Role::Author if self.author.is_empty() => set_text(&mut self.author, text),
            Role::License if self.license.is_empty() => set_text(&mut self.license, text),
            Role::Facet if self.columns.len() < MOST => {
                let column = (heading.to_owned(), text);
                let is_new = !self.columns.contains(&column);
                if is_new {
                    self.columns.push(column);
                }
                is_new
            }
            // Halves of a location are joined by whoever reads them.
            _ => false,
        }
    }

    /// Whether a text of the picture is this one.
    fn says(&self, text: &str) -> bool {
        let texts = self.captions.iter().chain([&self.title, &self.description]);
        texts.into_iter().any(|known| same(known, text))
    }

    /// Adds a location, unless there is one. Cameras without a fix write 0, 0.
    pub(super) fn add_location(&mut self, latitude: f64, longitude: f64) -> bool {
        let location = values::location(latitude, longitude).filter(|&location| location != (0.0, 0.0));
        set(&mut self.location, location)
    }

    /// Adds a date in seconds since 1970, unless there is one.
    pub(super) fn add_date(&mut self, date: Option<i64>) -> bool {
        set(&mut self.date, date)
    }

    /// Records where words came from.
    pub(super) fn from(&mut self, origin: Origin) {
        if !self.origins.contains(&origin) {
            self.origins.push(origin);
        }
    }
}

fn set<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    let is_new = place.is_none() && value.is_some();
    if is_new {
        *place = value;
    }
    is_new
}

fn set_text(place: &mut String, text: String) -> bool {
    *place = text;
    true
}

fn push(texts: &mut Vec<String>, text: String) -> bool {
    let is_new = texts.len() < MOST && !texts.iter().any(|known| same(known, &text));
    if is_new {
        texts.push(text);
    }
    is_new
}

/// Whether two texts differ in nothing but case.
fn same(one: &str, other: &str) -> bool {
    one == other || (one.len() == other.len() && one.to_lowercase() == other.to_lowercase())
}

/// A text in one line, without control characters, cut at [`LONGEST`].
pub(super) fn tidy(text: &str) -> String {
    let text = &text[..text.floor_char_boundary(LONGEST)];
    let is_break = |c: char| c.is_whitespace() || c.is_control() || c == '\u{fffd}' || crate::base::is_unsafe(c);
    let mut tidy = String::with_capacity(text.len());
    for word in text.split(is_break).filter(|word| !word.is_empty()) {
        if !tidy.is_empty() {
            tidy.push(' ');
        }
        tidy.push_str(word);
    }
    tidy
}

fn is_boilerplate(text: &str) -> bool {
    text.len() < 40 && BOILERPLATE.contains(&plain(text).as_str())
}

/// Where words of a picture come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// A table, a list or a page that speaks of many pictures, by its path below the pictures' folder.
    Table(String),
    /// A text file beside the picture.
    Text,
    /// A JSON file beside the picture.
    Json,
    /// An XMP file beside the picture.
    Sidecar,
    /// EXIF in the picture.
    Exif,
    /// IPTC in the picture.
    Iptc,
    /// XMP in the picture.
    Xmp,
    /// Comments and other texts in the picture.
    Comment,
    /// The names of the file and its folders.
    Names,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table(path) => f.write_str(&printable(path)),
            Self::Text => f.write_str("text files beside pictures"),
            Self::Json => f.write_str("JSON files beside pictures"),
            Self::Sidecar => f.write_str("XMP files beside pictures"),
            Self::Exif => f.write_str("EXIF in pictures"),
            Self::Iptc => f.write_str("IPTC in pictures"),
            Self::Xmp => f.write_str("XMP in pictures"),
            Self::Comment => f.write_str("comments in pictures"),
            Self::Names => f.write_str("names of files and folders"),
        }
    }
}

/// How many pictures got words from where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally(BTreeMap<String, usize>);

impl Tally {
    /// Counts the origins of a picture's words.
    pub fn add(&mut self, words: &Words) {
        for origin in &words.origins {
            let name = origin.to_string();
            match self.0.get_mut(&name) {
                Some(count) => *count += 1,
                None => drop(self.0.insert(name, 1)),
            }
        }
    }

    /// Each origin and its number of pictures, the largest first.
    pub fn rows(&self) -> Vec<(&str, usize)> {
        let mut rows: Vec<_> = self.0.iter().map(|(name, &count)| (name.as_str(), count)).collect();
        rows.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_title_becomes_a_caption_and_nothing_is_said_twice() {
        let mut words = Words::default();
        assert!(words.add(Role::Title, "", " Old\tmill\n"));
        assert!(!words.add(Role::Description, "", "old mill"));
        assert!(words.add(Role::Title, "", "The mill at dusk"));
        assert!(!words.add(Role::Caption, "", "THE MILL AT DUSK"));
        assert_eq!((words.title.as_str(), words.description.as_str()), ("Old mill", ""));
        assert_eq!(words.captions, ["The mill at dusk"]);
        assert_eq!(words.called(), "Old mill");
    }

    #[test]
    fn what_cameras_write_by_themselves_is_no_text() {
        let mut words = Words::default();
        for text in ["OLYMPUS DIGITAL CAMERA         ", "SONY DSC", "\0\0\0", "   "] {
            assert!(!words.add(Role::Description, "", text), "{text:?}");
        }
        assert!(!words.add_location(0.0, 0.0) && !words.add_location(91.0, 0.0));
        assert!(!words.add(Role::Date, "", "0000:00:00 00:00:00"));
        assert_eq!(words, Words::default());
    }

    #[test]
    fn texts_and_lists_are_bounded() {
        let mut words = Words::default();
        words.add(Role::Description, "", &"é".repeat(LONGEST));
        assert_eq!(words.description.len(), LONGEST);
        words.add(Role::Tags, "", &(0..5000).map(|tag| tag.to_string()).collect::<Vec<_>>().join(","));
        assert_eq!(words.tags.len(), MOST);
    }
}
