//! Finding a picture by what a table calls it.

use rayon::prelude::*;

/// The pictures by every name that a table may call them: path below the folder of the table or of the pictures, file
/// name, or either without its ending.
pub(super) struct Lookup<'a> {
    paths: Vec<&'a str>,
    /// Indices, sorted by path; by path without ending; by file name; by file name without ending.
    by_path: Vec<u32>,
    by_stem: Vec<u32>,
    by_name: Vec<u32>,
    by_name_stem: Vec<u32>,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    One(usize),
    /// One of several pictures, and nothing says which.
    Several,
    None,
}

/// Pictures of one name that are compared.
const MOST_ALIKE: usize = 64;

impl<'a> Lookup<'a> {
    /// Of pictures by their paths.
    pub fn of(paths: Vec<&'a str>) -> Self {
        let by = |key: fn(&'a str) -> &'a str| {
            let mut order: Vec<u32> = (0..paths.len() as u32).collect();
            order.par_sort_by_key(|&at| (key(paths[at as usize]), at));
            order
        };
        let (by_path, by_stem) = (by(|path| path), by(stem));
        let (by_name, by_name_stem) = (by(name), by(|path| stem(name(path))));
        Self { paths, by_path, by_stem, by_name, by_name_stem }
    }

    /// The picture of a name in the table at `table`. Of several pictures of a name, it stands for the one that most of
    /// its folders agree with, else for the only one below the table's folder.
    pub fn find(&self, called: &str, table: &str) -> Named {
        let Some(tidy) = tidy(called) else { return Named::None };
        match self.find_tidy(&tidy, table) {
            Named::None if tidy.contains('%') => self.find_tidy(&without_escapes(&tidy), table),
            found => found,
        }
    }

    fn find_tidy(&self, tidy: &str, table: &str) -> Named {
        let folder = table.rsplit_once('/').map_or("", |(folder, _)| folder);
        let below = joined(folder, tidy);
        let exact = |path: &str| self.one(&self.by_path, |path| path, path, (tidy, folder));
        let alike = |path: &str| self.one(&self.by_stem, stem, path, (tidy, folder));
        let last = name(tidy);
        exact(&below)
            .or_else(|| exact(tidy))
            .or_else(|| alike(&below))
            .or_else(|| alike(tidy))
            .or_else(|| self.one(&self.by_name, name, last, (tidy, folder)))
            .or_else(|| self.one(&self.by_name_stem, |path| stem(name(path)), last, (tidy, folder)))
            .unwrap_or(Named::None)
    }

    /// The picture with a key.
    fn one(&self, order: &[u32], key: fn(&str) -> &str, wanted: &str, like: (&str, &str)) -> Option<Named> {
        let path = |at: u32| self.paths[at as usize];
        let from = order.partition_point(|&at| key(path(at)) < wanted);
        let same = order[from..].iter().copied().take_while(|&at| key(path(at)) == wanted);
        let same: Vec<u32> = same.take(MOST_ALIKE + 1).collect();
        match same.as_slice() {
            [] => None,
            [only] => Some(Named::One(*only as usize)),
            _ if same.len() > MOST_ALIKE => Some(Named::Several),
            _ => Some(self.nearest(&same, like)),
        }
    }

    fn nearest(&self, same: &[u32], (called, folder): (&str, &str)) -> Named {
        let path = |at: u32| self.paths[at as usize];
        let agreeing = |at: &u32| {
            let folders = |path: &'a str| path.rsplit('/').skip(1);
            folders(path(*at)).zip(called.rsplit('/').skip(1)).take_while(|(one, other)| one == other).count()
        };
        let most = same.iter().map(agreeing).max().unwrap_or(0);
        let best: Vec<u32> = same.iter().copied().filter(|at| agreeing(at) == most).collect();
        let is_below = |at: &u32| path(*at).strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let near: Vec<u32> = best.iter().copied().filter(is_below).collect();
        match (best.as_slice(), near.as_slice()) {
            ([only], _) => Named::One(*only as usize),
            (_, [only]) if !folder.is_empty() => Named::One(*only as usize),
            _ => Named::Several,
        }
    }
}

/// A path below a folder, with `..` resolved; empty if it leads further up.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match part {
            ".." if parts.pop().is_none() => return String::new(),
            ".." => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// `old%20mill.jpg` as `old mill.jpg`.
fn without_escapes(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.filter(|_| bytes[at] == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                plain.push(byte);
                at += 3;
            }
            None => {
                plain.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(plain).unwrap_or_default()
}

/// A name as a path: without Flickr8k's `#0` at its end, a link's host and query, and `./` at its start.
fn tidy(called: &str) -> Option<String> {
    let called = called.trim().trim_matches('"');
    let called = match called.rsplit_once('#') {
        Some((name, number)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => called,
    };
    let slashed = called.replace('\\', "/");
    let path = match slashed.split_once("://") {
        Some((_, rest)) => rest.split(['?', '#']).next().unwrap_or(rest).rsplit('/').next().unwrap_or_default(),
        None => slashed.trim_start_matches("./").trim_start_matches('/'),
    };
    (!path.is_empty() && path.len() < 4096).then(|| path.to_owned())
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A path without the ending of its file.
fn stem(path: &str) -> &str {
    match path.rsplit_once('.') {
        Some((stem, ending)) if !ending.contains('/') && !stem.is_empty() && !stem.ends_with('/') => stem,
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(called: &str, table: &str) -> Option<String> {
        let paths =
            ["a/1.jpg", "a/mill.jpg", "b/1.jpg", "b/deep/only.png", "mill.jpg", "v1.2.jpg", "c/d/two words.jpg"];
        match Lookup::of(paths.to_vec()).find(called, table) {
            Named::One(at) => Some(paths[at].to_owned()),
            Named::Several => Some("several".to_owned()),
            Named::None => None,
        }
    }

    #[test]
    fn a_picture_is_found_by_path_name_stem_and_link() {
        for (called, found) in [
            ("a/mill.jpg", "a/mill.jpg"),
            ("./a\\mill.jpg", "a/mill.jpg"),
            ("only.png", "b/deep/only.png"),
            ("only", "b/deep/only.png"),
            ("elsewhere/only.png", "b/deep/only.png"),
            ("only.png#3", "b/deep/only.png"),
            ("https://example.org/x/only.png?size=3", "b/deep/only.png"),
            ("v1.2", "v1.2.jpg"),
            ("a/1", "a/1.jpg"),
            ("/home/ann/photos/b/1.jpg", "b/1.jpg"),
            ("two%20words.jpg", "c/d/two words.jpg"),
            ("x/../a/1.jpg", "a/1.jpg"),
            ("1", "several"),
            ("1.jpg", "several"),
            ("../../a/1.jpg", "a/1.jpg"),
            ("mill.jpg", "mill.jpg"),
        ] {
            assert_eq!(find(called, "table.csv").as_deref(), Some(found), "{called}");
        }
        for called in ["", "nothing.jpg", "mil", "..", "%zz"] {
            assert_eq!(find(called, "table.csv"), None, "{called}");
        }
    }

    #[test]
    fn the_folder_of_the_table_decides_between_pictures_of_one_name() {
        assert_eq!(find("1.jpg", "a/table.csv").as_deref(), Some("a/1.jpg"));
        assert_eq!(find("1", "b/table.csv").as_deref(), Some("b/1.jpg"));
        assert_eq!(find("mill.jpg", "a/table.csv").as_deref(), Some("a/mill.jpg"));
        assert_eq!(find("1.jpg", "c/table.csv").as_deref(), Some("several"));
        assert_eq!(find("../b/1.jpg", "a/table.csv").as_deref(), Some("b/1.jpg"));
    }
}
