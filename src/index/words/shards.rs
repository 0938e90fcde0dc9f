//! Pictures in shards: tar archives that are read without being unpacked.

use std::collections::HashMap;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;

use super::known::short;
use super::listing::{Listed, Listing};
use super::picture::Part;
use super::{Origin, Role, Words, inside, names, sidecar};
use crate::base::{ContentHash, FileError, open_file};
use crate::dataset::walk::{extension, is_picture};
use crate::dataset::{Section, WarningKind, Warnings, decode_text, visit_members};
use crate::index::IndexError;

/// Members of all shards that are listed.
const MOST: usize = 8_000_000;
/// Members between two calls of the observer.
const CHUNK: usize = 4096;
/// Bytes of a text that are read, and of a JSON file, of which a part would be worth nothing.
const LONGEST_TEXT: u64 = 64 << 10;
const LONGEST_JSON: u64 = 4 << 20;

/// A picture in a shard.
pub(super) struct Member {
    /// The picture, with the time of its shard.
    pub listed: Listed,
    /// Where its bytes are.
    pub part: Part,
    /// Its path within the shard.
    inner: String,
    texts: Vec<Text>,
}

/// A file in a shard that speaks of a picture.
#[derive(Clone)]
struct Text {
    ending: String,
    start: u64,
    length: u64,
}

/// The pictures of all shards.
#[derive(Default)]
pub(super) struct Members {
    /// In the order of the shards and of their files.
    pub all: Vec<Member>,
    /// Shards that could not be read to their end: what is known of their pictures still holds.
    pub missed: Vec<String>,
}

/// Lists the shards of a listing. What cannot be read of one costs only itself.
///
/// # Errors
/// [`IndexError::Cancelled`] after a `Break` of `observe`, which gets the number of pictures from time to time.
pub(super) fn members(
    listing: &Listing,
    warnings: &mut Warnings,
    observe: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<Members, IndexError> {
    let mut members = Members::default();
    for shard in &listing.shards {
        let path = listing.root.join(&shard.path);
        let mut found = Found::default();
        let mut is_cancelled = observe(members.all.len()).is_break();
        let read = found.read(shard, &path, members.all.len(), &mut |count| {
            is_cancelled |= observe(count).is_break();
            if is_cancelled { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if is_cancelled {
            return Err(IndexError::Cancelled);
        }
        if let Err(error) = read {
            let message = format!(
                "{} pictures of this shard were listed, then: {}",
                found.pictures.len(),
                IndexError::from(error).reason()
            );
            warnings.file(WarningKind::BadFile, &path, message);
            if found.pictures.is_empty() {
                members.missed.push(shard.path.clone());
            }
        }
        members.all.extend(found.into_members(shard));
    }
    Ok(members)
}

/// What was found in a shard.
#[derive(Default)]
struct Found {
    /// Path within the shard, start, length.
    pictures: Vec<(String, u64, u64)>,
    texts: HashMap<String, Vec<Text>>,
}

impl Found {
    fn read(
        &mut self,
        shard: &Listed,
        path: &Path,
        before: usize,
        observe: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<(), FileError> {
        visit_members(path, shard.bytes, &mut |at, member| {
            if at.is_multiple_of(CHUNK) && observe(before + self.pictures.len()).is_break() {
                return ControlFlow::Break(());
            }
            if let Some(member) = member.filter(|_| before + self.pictures.len() < MOST) {
                self.sort_in(member.inner, member.start, member.length);
            }
            ControlFlow::Continue(())
        })
    }

    fn sort_in(&mut self, inner: String, start: u64, length: u64) {
        let ending = extension(Path::new(&inner));
        if is_picture(Path::new(&inner)) {
            self.pictures.push((inner, start, length));
        } else if matches!(ending.as_str(), "txt" | "caption" | "json" | "cls") {
            self.texts.entry(key(&inner).to_owned()).or_default().push(Text { ending, start, length });
        }
    }

    /// The pictures with their texts. Of several of a name the last counts, as when an archive is unpacked.
    fn into_members(self, shard: &Listed) -> Vec<Member> {
        let last: HashMap<&str, usize> =
            self.pictures.iter().enumerate().map(|(at, (inner, ..))| (inner.as_str(), at)).collect();
        let counts = self.pictures.iter().enumerate().filter(|(at, (inner, ..))| last[inner.as_str()] == *at);
        let member = |(_, (inner, start, length)): (usize, &(String, u64, u64))| Member {
            listed: Listed { path: format!("{}/{inner}", shard.path), bytes: *length, modified: shard.modified },
            part: Part { file: shard.path.clone(), start: *start, length: *length },
            inner: inner.clone(),
            texts: self.texts.get(key(inner)).cloned().unwrap_or_default(),
        };
        counts.map(member).collect()
    }
}

/// What a picture and its texts share: the path up to the first dot of the name.
fn key(inner: &str) -> &str {
    let name = inner.rfind('/').map_or(0, |slash| slash + 1);
    inner[name..].find('.').map_or(inner, |dot| &inner[..name + dot])
}

impl Member {
    /// Hash of where the picture and its texts are.
    pub fn beside(&self) -> u64 {
        let mut hash = ContentHash::default();
        hash.number(self.part.start);
        for text in &self.texts {
            hash.text(&text.ending);
            hash.number(text.start);
            hash.number(text.length);
        }
        short(&hash)
    }

    /// Adds the words in the picture and in its texts, and those of its name.
    ///
    /// # Errors
    /// If the shard cannot be read.
    pub fn add(&self, words: &mut Words, root: &Path) -> Result<(), FileError> {
        let path = root.join(&self.part.file);
        let at = |error: io::Error| FileError::io(error, &path);
        let mut file = open_file(&path)?;
        for text in &self.texts {
            let longest = if text.ending == "json" { LONGEST_JSON } else { LONGEST_TEXT };
            let mut bytes = Vec::new();
            file.seek(SeekFrom::Start(text.start)).map_err(at)?;
            (&mut file).take(text.length.min(longest)).read_to_end(&mut bytes).map_err(at)?;
            add_text(words, &text.ending, bytes);
        }
        let section = Section::new(file, self.part.start, self.part.length);
        inside::add(words, &mut BufReader::with_capacity(8 << 10, section)).map_err(at)?;
        let folder = self.part.file.rsplit_once('/').map_or("", |(folder, _)| folder);
        names::add(words, format!("{folder}/{}", self.inner).trim_start_matches('/'));
        Ok(())
    }
}

/// Adds the words of a text; one that is damaged has none.
fn add_text(words: &mut Words, ending: &str, bytes: Vec<u8>) {
    let (has_new, origin) = match ending {
        "json" => (sidecar::add_json(words, bytes).unwrap_or(false), Origin::Json),
        "cls" => {
            let class = decode_text(bytes);
            let role = if class.trim().parse::<i64>().is_ok() { Role::Facet } else { Role::Tag };
            (words.add(role, "class", &class), Origin::Text)
        }
        _ => (sidecar::add_text(words, bytes), Origin::Text),
    };
    if has_new {
        words.from(origin);
    }
}
