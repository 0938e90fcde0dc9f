//! Text from files and file names, made safe to show.

use std::borrow::Cow;
use std::path::Path;

/// The text on one line, with control characters, line ends and marks that reorder text escaped as in `\n` and
/// `\u{1b}`: raw ones could move the cursor, recolour the terminal or hide part of a message.
pub fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, is_unsafe)
}

/// As [`printable`], for text of several lines: line ends and tabs stay.
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    match text.contains("\r\n") {
        true => {
            text.split("\r\n").map(|part| escaped(part, is_unsafe_in_lines)).collect::<Vec<_>>().join("\r\n").into()
        }
        false => escaped(text, is_unsafe_in_lines),
    }
}

fn is_unsafe_in_lines(c: char) -> bool {
    is_unsafe(c) && !matches!(c, '\n' | '\t')
}

/// A path on one line, escaped like [`printable`].
pub fn shown(path: &Path) -> String {
    printable(&path.display().to_string()).into_owned()
}

/// Whether a character controls how text is shown, rather than being shown itself.
pub fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn escaped(text: &str, escape: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&escape) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match escape(c) {
            true => out.extend(c.escape_default()),
            false => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_letters_of_any_script_are_not() {
        assert_eq!(printable("Zoë 東京 a\\b"), "Zoë 東京 a\\b");
        assert_eq!(printable("a\n\x1b[31mb\u{9b}\x7f"), "a\\n\\u{1b}[31mb\\u{9b}\\u{7f}");
        assert_eq!(printable("gpj.\u{202e}exe"), "gpj.\\u{202e}exe");
        assert_eq!(printable_lines("a\tb\nc\rd"), "a\tb\nc\\rd");
        assert_eq!(printable_lines("a\r\nb\r\r\n"), "a\r\nb\\r\r\n", "the line ends of CSV");
        assert_eq!(shown(Path::new("a\tb.csv")), "a\\tb.csv");
    }
}
