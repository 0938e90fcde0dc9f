//! Names of judges, and of their files.

use super::JudgeError;
use crate::base::{ContentHash, is_unsafe};

/// The judge whose labels are those of the data set's own files.
pub const FILES: &str = "files";

/// Longest file name without its ending, in bytes; file systems allow 255.
const LONGEST: usize = 120;

/// Names of devices on Windows, which no file there can have.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// Checks the name of a judge who is going to judge.
///
/// # Errors
/// If it is empty, has white space at an end or control characters, or is [`FILES`].
pub fn check_name(name: &str) -> Result<(), JudgeError> {
    let fault = match name {
        "" => "be empty",
        name if name.trim() != name => "start or end with white space",
        name if name.contains(is_unsafe) => "have control characters",
        name if name.eq_ignore_ascii_case(FILES) => "be \"files\", which stands for the data set's own files",
        _ => return Ok(()),
    };
    Err(JudgeError::Name(fault))
}

/// A name as a file name without ending. ASCII letters, digits, `-`, `_` and, except at the start, `.` stay; the bytes
/// of all else are percent-encoded, so that no path leads out of the folder, no two names share a file, and Unicode's
/// forms of a letter stay apart. A very long name is shortened and ends with its hash.
///
/// Names that differ only in the case of ASCII letters give names that do, which some file systems take for the same:
/// see [`super::Places::journal`].
pub fn file_stem(name: &str) -> String {
    let mut stem = String::with_capacity(name.len());
    for (at, byte) in name.bytes().enumerate() {
        let is_plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || (byte == b'.' && at > 0);
        match is_plain && !(at == 0 && is_device(name)) {
            true => stem.push(char::from(byte)),
            false => stem += &format!("%{byte:02X}"),
        }
    }
    if stem.len() > LONGEST {
        stem.truncate(LONGEST - 20);
        stem = format!("{stem}~{}", hash(name));
    }
    stem
}

/// Sixteen digits that tell a name from others.
pub(super) fn hash(name: &str) -> String {
    let mut hash = ContentHash::default();
    hash.text(name);
    hash.finish().chars().take(16).collect()
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    let numbered = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    DEVICES.contains(&stem.as_str()) || numbered.is_some_and(|number| number.len() == 1)
}

/// The name that a file of a journal is for, where its lines name no judge.
pub(super) fn name_of_stem(stem: &str) -> String {
    let mut bytes = Vec::with_capacity(stem.len());
    let mut rest = stem.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = (*first == b'%').then(|| after.get(..2)).flatten().and_then(|digits| str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_stay_and_others_are_encoded() {
        for (name, stem) in [
            ("ann", "ann"),
            ("Ann-2_b.c", "Ann-2_b.c"),
            ("Ann Lee", "Ann%20Lee"),
            ("Zoë", "Zo%C3%AB"),
            ("../x", "%2E.%2Fx"),
            ("con", "%63on"),
            ("LPT1.a", "%4CPT1.a"),
            ("a%20b", "a%2520b"),
        ] {
            assert_eq!(file_stem(name), stem);
            assert_eq!(name_of_stem(stem), name);
        }
        assert_ne!(file_stem("Zo\u{eb}"), file_stem("Zoe\u{308}"), "two forms of the same letter");
    }

    #[test]
    fn a_name_is_refused_with_its_fault() {
        for bad in ["", " ann", "ann\n", "a\u{1b}b", "files", "Files"] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
        assert!(check_name("Ann Lee, 東京").is_ok());
    }
}
