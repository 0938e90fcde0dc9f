//! Pictures that are gone and pictures that are new: which of them are the same.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use rayon::prelude::*;

use super::listing::Listed;
use super::one::Sources;
use super::{Part, Stamp, picture_bytes};
use crate::base::ContentHash;
use crate::index::IndexError;

/// Nanoseconds of a second. Times of whole seconds are those of archives and old file systems, where many files share one.
const SECOND: i64 = 1_000_000_000;
/// Pictures that are read between two calls of the observer.
const CHUNK: usize = 64;

/// A picture that was found again under another path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Its path before.
    pub from: String,
    /// Its path now.
    pub to: String,
    /// Its stamp as it was known.
    pub was: Stamp,
    /// When its file was modified, as it is now, in nanoseconds since 1970-01-01 UTC.
    pub is: i64,
}

/// A picture that is gone.
struct Gone<'a> {
    path: &'a str,
    stamp: Stamp,
}

/// A picture that is new.
struct New<'a> {
    listed: &'a Listed,
    part: Option<&'a Part>,
    content: Option<u128>,
}

/// Half a hash of a picture's bytes, and never 0; `None` if they cannot be read.
pub(in crate::index) fn content_of(bytes: &[u8]) -> u128 {
    let mut hash = ContentHash::default();
    hash.bytes(bytes);
    hash.half().max(1)
}

/// Which pictures that are gone are among the new ones. They are the same if size and time of modification are, and no other
/// pair shares them; times of whole seconds count only with the same name. Where that says nothing, files of the same size
/// are read, if what was in those that are gone is known.
///
/// # Errors
/// [`IndexError::Cancelled`] if `observe`, which gets how many of how many files were read, returns `false`.
pub(super) fn moved(
    sources: &Sources<'_>,
    gone: &[String],
    observe: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<Vec<Moved>, IndexError> {
    let known = sources.known;
    let mut gone: Vec<Gone<'_>> =
        gone.iter().filter_map(|path| Some(Gone { path, stamp: known.stamp(path)? })).collect();
    gone.sort_by_key(|gone| gone.path);
    let mut new = new(sources, &gone.iter().map(|gone| gone.stamp.bytes).collect());
    let mut found = Vec::new();
    let mut take = |gone: &mut Vec<Gone<'_>>, new: &mut Vec<New<'_>>, pairs: Vec<(usize, usize)>| {
        let moved = |&(from, to): &(usize, usize)| {
            let (gone, New { listed, .. }) = (&gone[from], &new[to]);
            Moved { from: gone.path.to_owned(), to: listed.path.clone(), was: gone.stamp, is: listed.modified }
        };
        found.extend(pairs.iter().map(moved));
        let (from, to): (HashSet<usize>, HashSet<usize>) = pairs.into_iter().unzip();
        drop_all(gone, &from);
        drop_all(new, &to);
    };
    let named = |path: &'_ str, bytes, time| Some((name(path).to_owned(), bytes, time));
    let pairs = pairs(
        gone.iter().map(|gone| named(gone.path, gone.stamp.bytes, gone.stamp.modified)),
        new.iter().map(|new| named(&new.listed.path, new.listed.bytes, new.listed.modified)),
        false,
    );
    take(&mut gone, &mut new, pairs);
    let exact = |bytes: u64, time: i64| (time % SECOND != 0).then_some((bytes, time));
    let pairs = self::pairs(
        gone.iter().map(|gone| exact(gone.stamp.bytes, gone.stamp.modified)),
        // Pictures in a shard all have its time.
        new.iter().map(|new| exact(new.listed.bytes, new.listed.modified).filter(|_| new.part.is_none())),
        false,
    );
    take(&mut gone, &mut new, pairs);
    let contents: Vec<Option<u128>> = gone.iter().map(|gone| known.content(gone.path)).collect();
    let sizes = gone.iter().zip(&contents).filter(|(_, content)| content.is_some());
    let sizes: HashSet<u64> = sizes.map(|(gone, _)| gone.stamp.bytes).collect();
    new.retain(|new| sizes.contains(&new.listed.bytes));
    read(sources, &mut new, observe)?;
    let content = |gone: &Gone<'_>| known.content(gone.path);
    let pairs = self::pairs(
        gone.iter().map(|gone| Some((name(gone.path).to_owned(), content(gone)?))),
        new.iter().map(|new| Some((name(&new.listed.path).to_owned(), new.content?))),
        true,
    );
    take(&mut gone, &mut new, pairs);
    let pairs = self::pairs(gone.iter().map(content), new.iter().map(|new| new.content), true);
    take(&mut gone, &mut new, pairs);
    Ok(found)
}

/// The new pictures of these sizes.
fn new<'a>(sources: &'a Sources<'_>, sizes: &HashSet<u64>) -> Vec<New<'a>> {
    let files = sources.listing.pictures.iter().map(|listed| (listed, None));
    let members = sources.members.all.iter().map(|member| (&member.listed, Some(&member.part)));
    let all = files.chain(members).filter(|(listed, _)| sizes.contains(&listed.bytes));
    let new = all.filter(|(listed, _)| sources.known.stamp(&listed.path).is_none());
    new.map(|(listed, part)| New { listed, part, content: None }).collect()
}

/// Reads what is in files.
fn read(
    sources: &Sources<'_>,
    new: &mut [New<'_>],
    observe: &mut dyn FnMut(usize, usize) -> bool,
) -> Result<(), IndexError> {
    let (root, reach, total) = (&sources.listing.root, sources.listing.reach, new.len());
    for (at, chunk) in new.chunks_mut(CHUNK).enumerate() {
        if !observe(at * CHUNK, total) {
            return Err(IndexError::Cancelled);
        }
        chunk.par_iter_mut().for_each(|new| {
            // What cannot be read is no picture that moved.
            let bytes = picture_bytes(root, reach, &new.listed.path, new.part);
            new.content = bytes.ok().map(|bytes| content_of(&bytes));
        });
    }
    Ok(())
}

/// Pairs of equal keys, by index. If several share a key, none is paired, or the first with the first where it does not
/// matter which.
fn pairs<K: Hash + Eq>(
    left: impl Iterator<Item = Option<K>>,
    right: impl Iterator<Item = Option<K>>,
    any: bool,
) -> Vec<(usize, usize)> {
    let mut by_key: HashMap<K, [Vec<usize>; 2]> = HashMap::new();
    for (at, key) in left.enumerate() {
        key.into_iter().for_each(|key| by_key.entry(key).or_default()[0].push(at));
    }
    for (at, key) in right.enumerate() {
        if let Some(both) = key.and_then(|key| by_key.get_mut(&key)) {
            both[1].push(at);
        }
    }
    let clear = by_key.into_values().filter(|[left, right]| any || (left.len() == 1 && right.len() == 1));
    let mut pairs: Vec<(usize, usize)> = clear.flat_map(|[left, right]| left.into_iter().zip(right)).collect();
    pairs.sort_unstable();
    pairs
}

fn drop_all<T>(all: &mut Vec<T>, which: &HashSet<usize>) {
    let mut at = 0;
    all.retain(|_| {
        at += 1;
        !which.contains(&(at - 1))
    });
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_several_share_is_paired_only_where_it_does_not_matter() {
        let (left, right) = ([Some('a'), Some('b'), None, Some('b')], [Some('b'), Some('a'), Some('b'), None]);
        assert_eq!(pairs(left.into_iter(), right.into_iter(), false), [(0, 1)]);
        assert_eq!(pairs(left.into_iter(), right.into_iter(), true), [(0, 1), (1, 0), (3, 2)]);
    }
}
