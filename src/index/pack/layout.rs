//! What belongs into an archive of a collection, and under which names.

use std::path::{Component, Path};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::base::is_unsafe;
use crate::dataset::{MOVED, OVERLAY, STATISTICS};

/// The description, and the first entry.
pub(super) const FIRST: &str = "collection.json";
/// The last entry.
pub(super) const LAST: &str = "packed.json";
/// The folder of the pictures.
pub(super) const PICTURES: &str = "pictures";
/// Other folders.
const FOLDERS: [&str; 4] = ["judgements", "queries", "text", "vectors"];
/// Other files.
const FILES: [&str; 3] = [MOVED, OVERLAY, STATISTICS];

/// Folders within folders, as for pictures.
const DEEPEST: usize = 66;
/// Bytes of a path.
const LONGEST: usize = 4096;

/// The last entry's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct End {
    /// The version of the format, 1.
    pub version: u32,
    /// The number of entries before this one.
    pub entries: u64,
}

/// Whether a file of a collection, by its path in it, is packed: no lock, and nothing half written.
pub(super) fn is_packed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_passing = name.starts_with("run.lock") || name.starts_with(".tantivy-") || name.ends_with(".part");
    !is_passing && is_known(path)
}

/// Whether a path is one of those that archives have: below a folder that collections have, and plain.
pub(super) fn is_known(path: &str) -> bool {
    let is_plain = |part: Component<'_>| matches!(part, Component::Normal(part) if !part.is_empty());
    let parts = Path::new(path).components();
    let is_sound = path.len() <= LONGEST
        && !path.contains(is_unsafe)
        && !path.contains('\\')
        && !path.split('/').any(|part| part.is_empty() || part == "." || part == "..")
        && parts.clone().all(is_plain)
        && parts.count() <= DEEPEST;
    let (top, is_below) = path.split_once('/').map_or((path, false), |(top, _)| (top, true));
    let tops: &[&str] = if is_below { &FOLDERS } else { &FILES };
    is_sound && (tops.contains(&top) || (is_below && top == PICTURES) || (!is_below && [FIRST, LAST].contains(&top)))
}

/// The names in a collection's folder that may hold what is packed.
pub(super) fn tops() -> impl Iterator<Item = &'static str> {
    FOLDERS.into_iter().chain(FILES)
}

/// A time as archives have it to the nanosecond: seconds since 1970-01-01 UTC.
pub(super) fn time_text(time: SystemTime) -> String {
    let (sign, since) = match time.duration_since(UNIX_EPOCH) {
        Ok(since) => ("", since),
        Err(before) => ("-", before.duration()),
    };
    format!("{sign}{}.{:09}", since.as_secs(), since.subsec_nanos())
}

/// Reads such a time.
pub(super) fn parse_time(text: &str) -> Option<SystemTime> {
    let (is_before, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let (seconds, part) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = part.chars().chain(std::iter::repeat('0')).take(9).collect();
    let since = Duration::new(seconds.parse().ok()?, digits.parse().ok()?);
    if is_before { UNIX_EPOCH.checked_sub(since) } else { UNIX_EPOCH.checked_add(since) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_collection_has_is_taken() {
        for good in ["collection.json", "text/meta.json", "vectors/k/rows-0.f32", "pictures/a b/ü.jpg", "moved.jsonl"]
        {
            assert!(is_known(good), "{good}");
        }
        for bad in [
            "",
            "text",
            "text/",
            "/text/a",
            "../text/a",
            "text/../../a",
            "text//a",
            "text/./a",
            "text\\a",
            "C:/a",
            "etc/passwd",
            "pictures",
            "collection.json/a",
            "pictures/a\nb",
            "a.jpg",
        ] {
            assert!(!is_known(bad), "{bad}");
        }
        assert!(!is_known(&format!("text/{}a", "b/".repeat(100))) && !is_known(&format!("text/{}", "a".repeat(5000))));
        assert!(is_packed("queries/queries.csv") && !is_packed("queries/run.lock.1") && !is_packed("text/a.1.part"));
        assert!(is_packed("text/.managed.json") && !is_packed("text/.tantivy-writer.lock"));
    }

    #[test]
    fn times_keep_their_nanoseconds() {
        for time in [UNIX_EPOCH, UNIX_EPOCH + Duration::new(1_700_000_000, 5), UNIX_EPOCH - Duration::new(3, 7)] {
            assert_eq!(parse_time(&time_text(time)), Some(time));
        }
        assert_eq!(parse_time("12.5"), Some(UNIX_EPOCH + Duration::from_millis(12_500)));
        assert_eq!((parse_time("x"), parse_time("1.x"), parse_time("99999999999999999999")), (None, None, None));
    }
}
