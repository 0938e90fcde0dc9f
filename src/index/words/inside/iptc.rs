//! IPTC's records.
//!
//! Source: IPTC-NAA Information Interchange Model, version 4.2 (2014); Adobe Photoshop File Formats Specification (2019)
//! for the resource that holds them.

use crate::dataset::decode_text;
use crate::index::words::{Role, Words};

/// Photoshop's number of the resource.
const RESOURCE: u16 = 0x0404;
/// Declares UTF-8: ISO 2022's escape sequence.
const UTF_8: &[u8] = b"\x1b%G";
/// Most records that are read.
const MOST: usize = 5000;

/// Records of the second part by their number, in the order in which they count.
const RECORDS: [(u8, Role); 11] = [
    (5, Role::Title),
    (105, Role::Title),
    (120, Role::Description),
    (25, Role::Tag),
    (92, Role::Place),
    (90, Role::Place),
    (95, Role::Place),
    (101, Role::Place),
    (80, Role::Author),
    (116, Role::License),
    (110, Role::Author),
];
const DATE: u8 = 55;
const TIME: u8 = 60;

/// The records in Photoshop's resources; empty if there are none.
pub(super) fn in_photoshop(mut bytes: &[u8]) -> &[u8] {
    while let Some(rest) = bytes.strip_prefix(b"8BIM") {
        let [high, low, name, ..] = *rest else { break };
        // The name and its length are padded to an even length.
        let named = 2 + (usize::from(name) + 2) / 2 * 2;
        let Some(length) = rest.get(named..).and_then(|rest| rest.first_chunk()) else { break };
        let length = u32::from_be_bytes(*length) as usize;
        let Some(content) = rest.get(named + 4..) else { break };
        if u16::from_be_bytes([high, low]) == RESOURCE {
            return &content[..length.min(content.len())];
        }
        bytes = content.get(length.saturating_add(length % 2)..).unwrap_or_default();
    }
    &[]
}

/// Adds the words of the records; returns whether they had any.
pub(super) fn add(words: &mut Words, bytes: &[u8]) -> bool {
    let records = records(bytes);
    let is_utf_8 = records.iter().any(|&(part, number, value)| (part, number) == (1, 90) && value.starts_with(UTF_8));
    let text = |value: &[u8]| match is_utf_8 {
        true => String::from_utf8_lossy(value).into_owned(),
        // Some programs write UTF-8 without declaring it; what is not UTF-8 is Windows-1252.
        false => decode_text(value.to_vec()),
    };
    let of = |wanted: u8| {
        let own = records.iter().filter(move |&&(part, number, _)| (part, number) == (2, wanted));
        own.map(|&(.., value)| text(value))
    };
    let mut has_new = false;
    for (number, role) in RECORDS {
        has_new |= of(number).fold(false, |any, text| words.add(role, "", &text) | any);
    }
    let (date, time) = (of(DATE).next().unwrap_or_default(), of(TIME).next().unwrap_or_default());
    has_new | date_of(&date, &time).is_some_and(|date| words.add(Role::Date, "", &date))
}

/// `20190731` and `182336+0200` as `2019-07-31 18:23:36+02:00`.
fn date_of(date: &str, time: &str) -> Option<String> {
    let part = |text: &str, from: usize, to: usize| text.get(from..to).map(str::to_owned);
    let day = format!("{}-{}-{}", part(date, 0, 4)?, part(date, 4, 6)?, part(date, 6, 8)?);
    let hour = || Some(format!(" {}:{}:{}", part(time, 0, 2)?, part(time, 2, 4)?, part(time, 4, 6)?));
    let zone = || Some(format!("{}:{}", part(time, 6, 9)?, part(time, 9, 11)?));
    let hour = hour().map(|hour| hour + &zone().unwrap_or_default()).unwrap_or_default();
    Some(day + &hour)
}

/// Part, number and value of each record.
fn records(mut bytes: &[u8]) -> Vec<(u8, u8, &[u8])> {
    let mut records = Vec::new();
    while let [0x1C, part, number, high, low, rest @ ..] = bytes
        && records.len() < MOST
    {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        // A length beyond 32,767 is written in as many bytes as its low bits say.
        let (length, rest) = match length & 0x8000 {
            0 => (length, rest),
            _ => {
                let count = length & 0x7FFF;
                let Some(digits) = rest.get(..count).filter(|_| count <= 4) else { break };
                (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), &rest[count..])
            }
        };
        let Some(value) = rest.get(..length) else { break };
        records.push((*part, *number, value));
        bytes = &rest[length..];
    }
    records
}
