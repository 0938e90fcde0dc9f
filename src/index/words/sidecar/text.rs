//! Captions and keywords in text files: `photo.txt`, `photo.jpg.txt`, `photo.caption`.

use crate::dataset::{decode_text, values};
use crate::index::words::{Role, Words};

/// A text of more lines is one description rather than a caption a line.
const MOST_CAPTIONS: usize = 10;

/// Adds the words of a text; returns whether it had any. Keywords separated by commas become tags, as do hashtags; other
/// lines are a caption each.
pub(in crate::index::words) fn add(words: &mut Words, mut bytes: Vec<u8>) -> bool {
    // What a file system left of a file that was never written to its end.
    bytes.truncate(bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
    let text = decode_text(bytes);
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| line.chars().any(char::is_alphabetic)).collect();
    let mut has_new = false;
    for tag in text.split_whitespace().filter_map(|word| word.strip_prefix('#')) {
        has_new |= words.add(Role::Tag, "", tag.trim_end_matches(|c: char| !c.is_alphanumeric()));
    }
    match lines.as_slice() {
        [keywords] if are_keywords(keywords) => has_new | words.add(Role::Tags, "", keywords),
        [] => has_new,
        captions if captions.len() <= MOST_CAPTIONS => {
            captions.iter().fold(has_new, |any, caption| words.add(Role::Caption, "", caption) | any)
        }
        _ => has_new | words.add(Role::Description, "", &lines.join("\n")),
    }
}

/// Whether a line is a list of keywords: `1girl, old mill, water`.
fn are_keywords(line: &str) -> bool {
    let tags = values::tags(line);
    let is_short = |tag: &String| tag.split_whitespace().count() <= 4 && !tag.ends_with('.');
    line.contains([',', ';']) && tags.len() >= 3 && tags.iter().all(is_short)
}
