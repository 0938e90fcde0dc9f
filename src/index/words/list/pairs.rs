//! Which file speaks of which picture beside it.

use std::path::Path;

use crate::dataset::walk::extension;
use crate::index::words::listing::{Listed, Listing};

/// Google Takeout's ending of a picture's metadata, which it cuts to keep names short.
const SUPPLEMENT: &str = "supplemental-metadata";
/// How long Takeout lets the name of a file be, without `.json`.
const TAKEOUT_LONGEST: usize = 46;

/// The pictures of a listing by their paths, with and without their endings.
struct Names<'a> {
    pictures: &'a [Listed],
    /// Path without its ending, and the index of the picture, sorted.
    stems: Vec<(&'a str, u32)>,
}

impl<'a> Names<'a> {
    fn of(pictures: &'a [Listed]) -> Self {
        let stem = |(at, picture): (usize, &'a Listed)| (without_ending(&picture.path), at as u32);
        let mut stems: Vec<(&str, u32)> = pictures.iter().enumerate().map(stem).collect();
        stems.sort_unstable();
        Self { pictures, stems }
    }

    fn by_path(&self, path: &str) -> Option<u32> {
        self.pictures.binary_search_by(|picture| picture.path.as_str().cmp(path)).ok().map(|at| at as u32)
    }

    fn by_stem(&self, stem: &str) -> Vec<u32> {
        let from = self.stems.partition_point(|(known, _)| *known < stem);
        self.stems[from..].iter().take_while(|(known, _)| *known == stem).map(|&(_, at)| at).collect()
    }

    /// Pictures whose path starts like this, in the same folder.
    fn by_start(&self, start: &'a str) -> impl Iterator<Item = u32> {
        let from = self.pictures.partition_point(|picture| picture.path.as_str() < start);
        let like = self.pictures[from..].iter().take_while(move |picture| picture.path.starts_with(start));
        let here = like.enumerate().filter(move |(_, picture)| !picture.path[start.len()..].contains('/'));
        here.map(move |(at, _)| (from + at) as u32)
    }

    /// The pictures that a file speaks of; `base` is its path without its own ending.
    fn about(&self, base: &'a str, is_json: bool) -> Vec<u32> {
        if let Some(exact) = self.by_path(base) {
            return if is_json { self.with_edited(exact) } else { vec![exact] };
        }
        let alike = self.by_stem(base);
        if !alike.is_empty() {
            return alike;
        }
        if is_json {
            return self.of_takeout(base);
        }
        // Instaloader writes one text for a post of several pictures.
        if base.ends_with("_UTC") {
            return self.by_start(base).filter(|&at| self.is_numbered(at, base)).collect();
        }
        Vec::new()
    }

    /// Whether a picture's name continues `base` by `_` and a number.
    fn is_numbered(&self, at: u32, base: &str) -> bool {
        let rest = &without_ending(&self.pictures[at as usize].path)[base.len()..];
        rest.strip_prefix('_').is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    }

    /// A picture and its edited version, which has no metadata of its own.
    fn with_edited(&self, at: u32) -> Vec<u32> {
        let path = &self.pictures[at as usize].path;
        let stem = without_ending(path);
        let edited = self.by_path(&format!("{stem}-edited{}", &path[stem.len()..]));
        [at].into_iter().chain(edited).collect()
    }

    /// Google Takeout: `a.jpg.supplemental-metadata(1).json` and `a.jpg(1).json` speak of `a(1).jpg`, and names that
    /// are too long are cut.
    fn of_takeout(&self, base: &'a str) -> Vec<u32> {
        let (plain, number) = numbered(base);
        let name = match plain.rsplit_once('.') {
            Some((name, ending)) if !ending.is_empty() && SUPPLEMENT.starts_with(ending) => name,
            _ => plain,
        };
        let stem = without_ending(name);
        if let Some(found) = self.by_path(&format!("{stem}{number}{}", &name[stem.len()..])) {
            return self.with_edited(found);
        }
        let file = name.rsplit('/').next().unwrap_or(name);
        if file.chars().count() + 1 < TAKEOUT_LONGEST || !number.is_empty() {
            return Vec::new();
        }
        let cut: Vec<u32> = self.by_start(name).take(3).collect();
        // The original and its edited version at most.
        if cut.len() <= 2 { cut } else { Vec::new() }
    }
}

fn without_ending(path: &str) -> &str {
    match path.rsplit_once('.') {
        Some((stem, ending)) if !ending.contains('/') => stem,
        _ => path,
    }
}

/// Takes a number in parentheses off the end of a name.
fn numbered(name: &str) -> (&str, &str) {
    let Some(open) = name.rfind('(').filter(|_| name.ends_with(')')) else { return (name, "") };
    let digits = &name[open + 1..name.len() - 1];
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { name.split_at(open) } else { (name, "") }
}

/// Finds the pictures of `files`, which are sorted; those without any are returned.
pub(super) fn match_up(listing: &mut Listing, files: Vec<Listed>) -> Vec<Listed> {
    let mut left = Vec::new();
    let (mut sidecars, mut beside) = (Vec::new(), Vec::new());
    let names = Names::of(&listing.pictures);
    for file in files {
        let is_json = extension(Path::new(&file.path)) == "json";
        let about = names.about(without_ending(&file.path), is_json);
        if about.is_empty() {
            left.push(file);
            continue;
        }
        beside.extend(about.into_iter().map(|picture| (picture, sidecars.len() as u32)));
        sidecars.push(file);
    }
    beside.sort_unstable();
    (listing.sidecars, listing.beside) = (sidecars, beside);
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(base: &str, is_json: bool, pictures: &[&str]) -> Vec<String> {
        let mut paths = pictures.to_vec();
        paths.sort_unstable();
        let listed: Vec<Listed> =
            paths.iter().map(|&path| Listed { path: path.to_owned(), bytes: 1, modified: 1 }).collect();
        let found = Names::of(&listed).about(base, is_json);
        found.into_iter().map(|at| listed[at as usize].path.clone()).collect()
    }

    #[test]
    fn a_file_speaks_of_the_picture_that_it_is_named_after() {
        let pictures = ["a/mill.jpg", "a/mill.png", "a/mill.jpg.png", "b/mill.jpg", "a/windmill.jpg"];
        assert_eq!(about("a/mill.png", false, &pictures), ["a/mill.png"]);
        assert_eq!(about("a/windmill", false, &pictures), ["a/windmill.jpg"]);
        assert_eq!(about("a/mill", false, &pictures), ["a/mill.jpg", "a/mill.png"]);
        assert!(about("mill", false, &pictures).is_empty() && about("c/mill", true, &pictures).is_empty());
    }

    #[test]
    fn the_names_of_takeout_are_understood() {
        let pictures = ["a.jpg", "a(1).jpg", "a-edited.jpg", "b/a.jpg"];
        assert_eq!(about("a.jpg", true, &pictures), ["a.jpg", "a-edited.jpg"]);
        assert_eq!(about("a.jpg.supplemental-metadata", true, &pictures), ["a.jpg", "a-edited.jpg"]);
        assert_eq!(about("a.jpg.supplemental-metadata(1)", true, &pictures), ["a(1).jpg"]);
        assert_eq!(about("a.jpg(1)", true, &pictures), ["a(1).jpg"]);
        assert_eq!(about("a.jpg.suppl", true, &pictures), ["a.jpg", "a-edited.jpg"]);
        assert!(about("a.jpg.other", true, &pictures).is_empty());
        let long = "an_afternoon_at_the_old_mill_by_the_river_with_ann.jpg";
        assert_eq!(about(&long[..46], true, &[long, "b.jpg"]), [long]);
    }

    #[test]
    fn one_text_serves_all_pictures_of_a_post() {
        let pictures =
            ["2020-01-02_03-04-05_UTC_1.jpg", "2020-01-02_03-04-05_UTC_2.jpg", "2020-01-02_03-04-05_UTC_x.jpg"];
        assert_eq!(about("2020-01-02_03-04-05_UTC", false, &pictures), pictures[..2]);
    }
}
