//! Standard output and standard error.

use crate::base::{is_unsafe, printable_lines, shown};
use crate::dataset::{Warning, WarningKind};
use anyhow::anyhow;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

/// Warnings of each kind to print individually.
const SHOWN: usize = 3;

/// Writes to standard output, with control characters escaped.
///
/// # Errors
/// If that fails; see [`is_closed_pipe`].
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    write(&printable_lines(text))
}

fn write(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Writes one JSON object to standard output, on one line.
///
/// # Errors
/// If that fails.
pub(super) fn print_json(object: &Value) -> anyhow::Result<()> {
    write(&format!("{}\n", json_line(&object.to_string())))
}

/// JSON with every control character escaped; JSON itself requires that of some only.
fn json_line(json: &str) -> String {
    let mut line = String::with_capacity(json.len());
    for c in json.chars() {
        match is_unsafe(c) {
            // All of them have a single UTF-16 code.
            true => line += &format!("\\u{:04x}", c as u32),
            false => line.push(c),
        }
    }
    line
}

/// Prints a note on standard error, with control characters escaped; a closed standard error is ignored.
pub(super) fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", printable_lines(line));
}

/// The command line that this program was started with, as it can be typed again.
pub(super) fn command_line() -> String {
    let plain = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "-_=.,/:@+%".contains(c));
    let quoted = |word: String| if plain(&word) { word } else { format!("'{}'", word.replace('\'', "'\\''")) };
    let words = std::env::args_os().skip(1).map(|word| quoted(word.to_string_lossy().into_owned()));
    std::iter::once("crossrank".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// Whether an error only means that the reader of standard output has gone.
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Warnings in a few lines: a count for each kind and the first few of it.
pub(super) fn warning_lines(warnings: &[Warning]) -> Vec<String> {
    let mut kinds: BTreeMap<WarningKind, Vec<&Warning>> = BTreeMap::new();
    for warning in warnings {
        kinds.entry(warning.kind).or_default().push(warning);
    }
    let mut lines = Vec::new();
    for (kind, warnings) in kinds {
        lines.push(format!("{}: {}", kind.name(), warnings.len()));
        lines.extend(warnings.iter().take(SHOWN).map(|warning| format!("  {}", located(warning))));
        if warnings.len() > SHOWN {
            lines.push(format!("  … and {} more", warnings.len() - SHOWN));
        }
    }
    lines
}

fn located(warning: &Warning) -> String {
    let line = warning.line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{}: {}{line}", warning.message, shown(&warning.file))
}

/// For `map_err`: the error with the path it is about.
pub(super) fn about<E: Display>(path: &Path) -> impl Fn(E) -> anyhow::Error {
    move |error| fault(error, path)
}

/// An error that ends with the path it is about, unless the message already names it.
pub(super) fn fault(message: impl Display, path: &Path) -> anyhow::Error {
    let (message, shown) = (message.to_string(), shown(path));
    if message.contains(&shown) { anyhow!(message) } else { anyhow!("{message}: {shown}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_stays_json_with_every_control_character_escaped() {
        let value = serde_json::json!({ "a\u{9b}": "\u{1b}[2J\u{202e}\n" });
        let line = json_line(&value.to_string());
        assert!(!line.contains(is_unsafe), "{line}");
        assert_eq!(serde_json::from_str::<Value>(&line).expect("JSON"), value);
    }

    #[test]
    fn warnings_are_counted_by_kind_and_the_first_three_are_shown() {
        let bad = |line| Warning {
            kind: WarningKind::BadNumber,
            message: "“x” is no number".to_owned(),
            file: "images.tsv".into(),
            line: Some(line),
        };
        let missing = Warning { kind: WarningKind::MissingPicture, line: None, ..bad(0) };
        let warnings = [bad(2), bad(3), missing, bad(5), bad(8)];
        let lines = warning_lines(&warnings);
        let expected = [
            "Missing picture: 1",
            "  “x” is no number: images.tsv",
            "Bad number: 4",
            "  “x” is no number: images.tsv:2",
            "  “x” is no number: images.tsv:3",
            "  “x” is no number: images.tsv:5",
            "  … and 1 more",
        ];
        assert_eq!(lines, expected);
    }
}
