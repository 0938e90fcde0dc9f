//! XMP, in files of its own and in pictures.
//!
//! Source: XMP Specification Part 1 and 2 (Adobe, 2012 and 2016); IPTC Photo Metadata Standard 2023.1.

use quick_xml::events::{BytesStart, Event};

use super::{Role, Words};
use crate::dataset::{decode_text, tolerant, values, web_text};

/// Properties by what they hold, with the prefixes that all programs use. A property after another of its role is of use
/// where that is missing: the date of the picture comes before that of its file.
const PROPERTIES: [(&str, Property); 31] = [
    ("dc:title", Property::Text(Role::Title)),
    ("photoshop:Headline", Property::Text(Role::Title)),
    ("dc:description", Property::Text(Role::Description)),
    ("tiff:ImageDescription", Property::Text(Role::Description)),
    ("exif:UserComment", Property::Text(Role::Description)),
    ("Iptc4xmpCore:AltTextAccessibility", Property::Text(Role::Description)),
    ("Iptc4xmpCore:ExtDescrAccessibility", Property::Text(Role::Description)),
    ("dc:subject", Property::Text(Role::Tag)),
    ("lr:hierarchicalSubject", Property::Path),
    ("digiKam:TagsList", Property::Path),
    ("MicrosoftPhoto:LastKeywordXMP", Property::Path),
    ("Iptc4xmpExt:PersonInImage", Property::Text(Role::Tag)),
    ("mwg-rs:Name", Property::Text(Role::Tag)),
    ("Iptc4xmpExt:Sublocation", Property::Text(Role::Place)),
    ("Iptc4xmpCore:Location", Property::Text(Role::Place)),
    ("Iptc4xmpExt:City", Property::Text(Role::Place)),
    ("photoshop:City", Property::Text(Role::Place)),
    ("Iptc4xmpExt:ProvinceState", Property::Text(Role::Place)),
    ("photoshop:State", Property::Text(Role::Place)),
    ("Iptc4xmpExt:CountryName", Property::Text(Role::Place)),
    ("photoshop:Country", Property::Text(Role::Place)),
    ("exif:DateTimeOriginal", Property::Text(Role::Date)),
    ("photoshop:DateCreated", Property::Text(Role::Date)),
    ("xmp:CreateDate", Property::Text(Role::Date)),
    ("dc:creator", Property::Text(Role::Author)),
    ("dc:rights", Property::Text(Role::License)),
    ("xmpRights:UsageTerms", Property::Text(Role::License)),
    ("cc:license", Property::Text(Role::License)),
    ("xmp:Rating", Property::Rating),
    ("exif:GPSLatitude", Property::Degrees(0)),
    ("exif:GPSLongitude", Property::Degrees(1)),
];
/// Most properties that are read.
const MOST: usize = 5000;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Property {
    Text(Role),
    /// A keyword with those above it: `Places|Paris`.
    Path,
    Rating,
    /// Latitude, longitude.
    Degrees(usize),
}

/// Adds the words of an XMP packet or file; returns whether it had any.
///
/// # Errors
/// If it is no XML from the start; what comes before damage counts.
pub(super) fn add(words: &mut Words, bytes: Vec<u8>) -> Result<bool, quick_xml::Error> {
    let text = decode_text(bytes);
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut reader = tolerant(&text);
    let mut inside: Vec<Option<usize>> = Vec::new();
    let mut content = String::new();
    while found.len() < MOST {
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                attributes(&element, &mut found);
                let property = place_of(element.name().0).or_else(|| inside.last().copied().flatten());
                inside.push(property);
                content.clear();
            }
            Ok(Event::Empty(element)) => attributes(&element, &mut found),
            Ok(Event::End(_)) => {
                if let Some(property) = inside.pop().flatten()
                    && !content.trim().is_empty()
                {
                    found.push((property, std::mem::take(&mut content)));
                }
                content.clear();
            }
            Ok(Event::Text(text)) => content.push_str(&text.into_inner()),
            Ok(Event::CData(text)) => content.push_str(&text.into_inner()),
            Ok(Event::GeneralRef(name)) => match web_text(&format!("&{};", name.into_inner())).as_str() {
                // A line break.
                "" => content.push(' '),
                letter => content.push_str(letter),
            },
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) if found.is_empty() => return Err(error),
            Err(_) => break,
        }
    }
    // The order of the table, and of the file for several of a property.
    found.sort_by_key(|(place, _)| *place);
    let mut degrees = [None, None];
    let mut has_new = false;
    for (place, text) in found {
        has_new |= match PROPERTIES[place].1 {
            Property::Text(role) => words.add(role, "", &text),
            Property::Path => text.split(['|', '/']).fold(false, |any, tag| words.add(Role::Tag, "", tag) | any),
            Property::Rating if text.trim() != "0" => words.add(Role::Facet, "rating", &text),
            Property::Rating => false,
            Property::Degrees(which) => {
                degrees[which] = degrees_of(&text);
                false
            }
        };
    }
    let location = degrees[0].zip(degrees[1]);
    Ok(has_new | location.is_some_and(|(latitude, longitude)| words.add_location(latitude, longitude)))
}

fn place_of(name: &str) -> Option<usize> {
    PROPERTIES.iter().position(|(known, _)| *known == name)
}

/// Properties as attributes: `photoshop:City="Paris"`, `<cc:license rdf:resource="…"/>`.
fn attributes(element: &BytesStart, found: &mut Vec<(usize, String)>) {
    let own = place_of(element.name().0);
    for attribute in element.attributes().with_checks(false).flatten().take(MOST) {
        let place = if attribute.key.0 == "rdf:resource" { own } else { place_of(attribute.key.0) };
        found.extend(place.map(|place| (place, web_text(&attribute.value))));
    }
}

/// Degrees of `50,30.5N`, `50,30,30N` or `50.5`.
fn degrees_of(text: &str) -> Option<f64> {
    let text = text.trim();
    let (numbers, sign) = match text.strip_suffix(['N', 'E']) {
        Some(rest) => (rest, 1.0),
        None => text.strip_suffix(['S', 'W']).map_or((text, 1.0), |rest| (rest, -1.0)),
    };
    let parts: Option<Vec<f64>> = numbers.split(',').map(values::number).collect();
    match parts?.as_slice() {
        [degrees] => Some(sign * degrees),
        [degrees, minutes] => Some(sign * (degrees + minutes / 60.0)),
        [degrees, minutes, seconds] => Some(sign * (degrees + minutes / 60.0 + seconds / 3600.0)),
        _ => None,
    }
}
