//! Metadata in JSON files: Google Takeout's, Instaloader's, Flickr's, gallery-dl's, img2dataset's, ExifTool's.

use std::path::Path;

use serde_json::{Map, Value};

use crate::dataset::walk::is_picture;
use crate::dataset::{plain, values};
use crate::index::words::{Role, Words};

/// Keys by what they hold, in [`plain`] form.
const KEYS: [(Role, &[&str]); 10] = [
    (Role::Title, &["title", "headline", "objectname"]),
    (
        Role::Description,
        &[
            "description",
            "desc",
            "summary",
            "alt",
            "alttext",
            "altdescription",
            "accessibilitycaption",
            "imagedescription",
        ],
    ),
    (
        Role::Caption,
        &["caption", "captions", "text", "content", "edgemediatocaption", "captionabstract", "sentences", "prompt"],
    ),
    (Role::Tags, &["tags", "keywords", "subject", "subjects", "hashtags", "labels", "categories", "category"]),
    (Role::Tag, &["people", "personinimage", "class", "label"]),
    (
        Role::Date,
        &[
            "phototakentime",
            "datetimeoriginal",
            "takenattimestamp",
            "datetaken",
            "takenat",
            "taken",
            "date",
            "createdate",
            "creationtime",
            "createdat",
            "timestamp",
        ],
    ),
    (
        Role::Place,
        &["sublocation", "neighbourhood", "locality", "city", "county", "region", "state", "country", "place"],
    ),
    (Role::Author, &["author", "artist", "photographer", "creator", "byline", "owner", "user", "username", "credit"]),
    (Role::License, &["license", "licence", "licensename", "copyright", "copyrightnotice", "rights", "usageterms"]),
    (Role::Latitude, &["geodata", "geodataexif", "geo", "gps", "coordinates", "location"]),
];
/// Keys of objects that hold further metadata, as opposed to comments, likes and other people's words.
const HOLDERS: [&str; 14] = [
    "node",
    "photo",
    "media",
    "metadata",
    "meta",
    "info",
    "item",
    "image",
    "graphql",
    "shortcodemedia",
    "dates",
    "iptc",
    "xmp",
    "exif",
];
/// Keys of the text in an object that stands for a text.
const TEXTS: [&str; 9] = ["raw", "_content", "text", "name", "realname", "username", "value", "timestamp", "caption"];
/// Deepest nesting that is looked into.
const DEEPEST: usize = 8;

/// What a key, in [`plain`] form, or a heading of a table usually holds.
pub(in crate::index::words) fn usual_role(plain: &str) -> Option<Role> {
    let role = KEYS.iter().find(|(_, keys)| keys.contains(&plain)).map(|(role, _)| *role)?;
    // Both halves in one value.
    Some(if role == Role::Latitude { Role::Place } else { role })
}

/// Adds the words of a JSON file; returns whether it had any.
///
/// # Errors
/// If it is no JSON.
pub(in crate::index::words) fn add(words: &mut Words, bytes: Vec<u8>) -> serde_json::Result<bool> {
    let value: Value = serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes))?;
    // ExifTool writes a list with one object.
    Ok(match value.as_array().and_then(|list| list.first()).unwrap_or(&value) {
        Value::Object(object) => add_object(words, object, DEEPEST),
        _ => false,
    })
}

fn add_object(words: &mut Words, object: &Map<String, Value>, deeper: usize) -> bool {
    let mut has_new = add_location(words, object);
    // Of several dates, that of the picture comes before that of its upload; the table of keys has them in order.
    let mut entries: Vec<(usize, Role, &Value)> = Vec::new();
    for (key, value) in object {
        let key = plain(key);
        let place = KEYS
            .iter()
            .find_map(|(role, keys)| keys.iter().position(|known| *known == key).map(|position| (position, *role)));
        match place {
            Some((position, role)) => entries.push((position, role, value)),
            None if deeper > 0 && HOLDERS.contains(&key.as_str()) => {
                has_new |= first_object(value).is_some_and(|inner| add_object(words, inner, deeper - 1));
            }
            None => {}
        }
    }
    entries.sort_by_key(|(position, ..)| *position);
    for (_, role, value) in entries {
        has_new |= match (role, value) {
            (Role::Latitude, Value::Object(inner)) => {
                add_location(words, inner)
                    | add_value(words, Role::Place, value, deeper)
                    | (deeper > 0 && add_object(words, inner, 0))
            }
            (Role::Latitude, _) => add_value(words, Role::Place, value, deeper),
            _ => add_value(words, role, value, deeper),
        };
    }
    has_new
}

fn first_object(value: &Value) -> Option<&Map<String, Value>> {
    value.as_object().or_else(|| value.as_array()?.first()?.as_object())
}

fn add_value(words: &mut Words, role: Role, value: &Value, deeper: usize) -> bool {
    match value {
        Value::String(text) => match role {
            // Takeout's title is the file's name.
            Role::Title if is_picture(Path::new(text)) => false,
            Role::Date => words.add_date(date_of(text)),
            _ => words.add(role, "", text),
        },
        Value::Number(number) if role == Role::Date => words.add_date(date_of(&number.to_string())),
        Value::Array(list) if deeper > 0 => {
            // The elements of a list of tags are tags, whatever they contain.
            let role = if role == Role::Tags { Role::Tag } else { role };
            list.iter().fold(false, |any, value| add_value(words, role, value, deeper - 1) | any)
        }
        Value::Object(object) if deeper > 0 => {
            if let Some(text) = TEXTS.iter().find_map(|key| object.get(*key)).filter(|text| !text.is_object()) {
                return add_value(words, role, text, deeper - 1);
            }
            let inner = ["edges", "node", "tag"].iter().find_map(|key| object.get(*key));
            inner.is_some_and(|inner| add_value(words, role, inner, deeper - 1))
        }
        _ => false,
    }
}

/// A date, or a count of seconds or milliseconds.
fn date_of(text: &str) -> Option<i64> {
    const LAST_SECOND: i64 = 100_000_000_000;
    let date = values::date(text).filter(|_| !values::is_blank_date(text))?;
    Some(if date.abs() > LAST_SECOND && text.bytes().all(|byte| byte.is_ascii_digit()) { date / 1000 } else { date })
}

fn add_location(words: &mut Words, object: &Map<String, Value>) -> bool {
    let number = |names: &[&str]| {
        let found = object.iter().find(|(key, _)| names.contains(&plain(key).as_str()))?.1;
        found.as_f64().or_else(|| values::number(found.as_str()?))
    };
    let latitude = number(&["latitude", "lat", "gpslatitude"]);
    let longitude = number(&["longitude", "lon", "lng", "long", "gpslongitude"]);
    latitude.zip(longitude).is_some_and(|(latitude, longitude)| words.add_location(latitude, longitude))
}
