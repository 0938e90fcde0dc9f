//! EXIF's fields.
//!
//! Source: Exif 2.32 (CIPA, 2019); Windows' fields as ExifTool names them.

use exif::{Context, Exif, In, Reader, Tag, Value};

use crate::dataset::decode_text;
use crate::index::words::{Role, Words};

/// Windows' fields, UTF-16 of the lower byte first: title, comment, author, keywords, subject.
const WINDOWS: [(u16, Role); 5] = [
    (0x9C9B, Role::Title),
    (0x9C9F, Role::Caption),
    (0x9C9C, Role::Description),
    (0x9C9D, Role::Author),
    (0x9C9E, Role::Tags),
];
/// Windows' and Adobe's stars.
const RATING: Tag = Tag(Context::Tiff, 0x4746);
/// When it was taken, when it was digitised, when the file was changed; and the time zone of each.
const DATES: [(Tag, u16); 3] =
    [(Tag::DateTimeOriginal, 0x9011), (Tag::DateTimeDigitized, 0x9012), (Tag::DateTime, 0x9010)];

/// Adds the words of a TIFF structure; returns whether it had any. What comes before damage counts.
pub(super) fn add(words: &mut Words, bytes: Vec<u8>) -> bool {
    if bytes.is_empty() {
        return false;
    }
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    let read = reader.read_raw(bytes).or_else(|error| error.distill_partial_result(|_| {}));
    let Ok(exif) = read else { return false };
    let value = |tag: Tag| exif.get_field(tag, In::PRIMARY).map(|field| &field.value);
    let mut has_new = false;
    for (number, role) in WINDOWS {
        if let Some(Value::Byte(bytes)) = value(Tag(Context::Tiff, number)) {
            has_new |= words.add(role, "", &utf_16(bytes, false));
        }
    }
    for (tag, role) in [(Tag::ImageDescription, Role::Description), (Tag::Artist, Role::Author)] {
        has_new |= value(tag).and_then(text).is_some_and(|text| words.add(role, "", &text));
    }
    has_new |= value(Tag::Copyright).and_then(text).is_some_and(|text| words.add(Role::License, "", &text));
    has_new |= comment(&exif).is_some_and(|text| words.add(Role::Description, "", &text));
    has_new |= date(&exif).is_some_and(|date| words.add(Role::Date, "", &date));
    if let Some((latitude, longitude)) = location(&exif) {
        has_new |= words.add_location(latitude, longitude);
    }
    has_new |= value(Tag::Model).and_then(text).is_some_and(|text| words.add(Role::Facet, "camera", &text));
    let stars = value(RATING).and_then(|value| value.get_uint(0)).filter(|stars| (1..=5).contains(stars));
    has_new | stars.is_some_and(|stars| words.add(Role::Facet, "rating", &stars.to_string()))
}

/// The texts of a field, which should be ASCII but are in whatever encoding the program had.
fn text(value: &Value) -> Option<String> {
    let Value::Ascii(texts) = value else { return None };
    let texts: Vec<String> = texts.iter().map(|text| decode_text(text.clone())).collect();
    Some(texts.join(" "))
}

fn utf_16(bytes: &[u8], big_endian: bool) -> String {
    let unit = |pair: &[u8; 2]| if big_endian { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) };
    let units: Vec<u16> = bytes.as_chunks().0.iter().map(unit).collect();
    String::from_utf16_lossy(&units).trim_start_matches('\u{feff}').to_owned()
}

/// The user's comment: eight bytes name its encoding.
fn comment(exif: &Exif) -> Option<String> {
    let Value::Undefined(bytes, _) = &exif.get_field(Tag::UserComment, In::PRIMARY)?.value else { return None };
    let (encoding, rest) = bytes.split_at_checked(8)?;
    match encoding {
        b"UNICODE\0" => {
            let is_big_endian = match rest {
                [0xFE, 0xFF, ..] => true,
                [0xFF, 0xFE, ..] => false,
                // Not everyone writes the byte order of the file, and western letters show which it is.
                [0, _, ..] => true,
                [_, 0, ..] => false,
                _ => !exif.little_endian(),
            };
            Some(utf_16(rest, is_big_endian))
        }
        b"ASCII\0\0\0" | b"\0\0\0\0\0\0\0\0" => Some(decode_text(rest.to_vec())),
        _ => None,
    }
}

fn date(exif: &Exif) -> Option<String> {
    DATES.iter().find_map(|(tag, zone)| {
        let field = |tag: Tag| exif.get_field(tag, In::PRIMARY).and_then(|field| text(&field.value));
        let date = field(*tag).filter(|date| date.starts_with(|c: char| matches!(c, '1'..='9')))?;
        let zone = field(Tag(Context::Exif, *zone)).filter(|zone| zone.starts_with(['+', '-', 'Z']));
        Some(date.trim().to_owned() + zone.unwrap_or_default().trim())
    })
}

fn location(exif: &Exif) -> Option<(f64, f64)> {
    let degrees = |tag: Tag, side: Tag, negative: u8| {
        let Value::Rational(parts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
        let size = parts.iter().zip([1.0, 60.0, 3600.0]).map(|(part, unit)| part.to_f64() / unit).sum::<f64>();
        let is_negative = match exif.get_field(side, In::PRIMARY).map(|field| &field.value) {
            Some(Value::Ascii(sides)) => sides.first().is_some_and(|side| side.first() == Some(&negative)),
            _ => false,
        };
        size.is_finite().then_some(if is_negative { -size } else { size })
    };
    let latitude = degrees(Tag::GPSLatitude, Tag::GPSLatitudeRef, b'S')?;
    Some((latitude, degrees(Tag::GPSLongitude, Tag::GPSLongitudeRef, b'W')?))
}
