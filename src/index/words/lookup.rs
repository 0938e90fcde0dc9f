//! Finding a picture by what a table calls it.

use super::listing::Listed;

/// The pictures by every name that a table may call them: path below the folder of the table or of the pictures, file
/// name, or either without its ending.
pub(super) struct Lookup<'a> {
    pictures: &'a [Listed],
    /// Indices, sorted by path without ending; by file name; by file name without ending.
    by_stem: Vec<u32>,
    by_name: Vec<u32>,
    by_name_stem: Vec<u32>,
}

impl<'a> Lookup<'a> {
    /// Of pictures sorted by path.
    pub fn of(pictures: &'a [Listed]) -> Self {
        let by = |key: &dyn Fn(&'a str) -> &'a str| {
            let mut order: Vec<u32> = (0..pictures.len() as u32).collect();
            order.sort_by_key(|&at| key(&pictures[at as usize].path));
            order
        };
        Self { pictures, by_stem: by(&stem), by_name: by(&name), by_name_stem: by(&|path| stem(name(path))) }
    }

    /// The picture of a name in the table at `table`. A name that several pictures have stands for the one in the
    /// table's folder, or for none.
    pub fn find(&self, called: &str, table: &str) -> Option<usize> {
        let tidy = tidy(called)?;
        let folder = table.rsplit_once('/').map_or("", |(folder, _)| folder);
        let below = if folder.is_empty() { tidy.clone() } else { format!("{folder}/{tidy}") };
        let exact = |path: &str| self.pictures.binary_search_by(|picture| picture.path.as_str().cmp(path)).ok();
        let alike = |path: &str| self.one(&self.by_stem, &stem, path, folder);
        let last = name(&tidy);
        exact(&below)
            .or_else(|| exact(&tidy))
            .or_else(|| alike(&below))
            .or_else(|| alike(&tidy))
            .or_else(|| self.one(&self.by_name, &name, last, folder))
            .or_else(|| self.one(&self.by_name_stem, &|path| stem(name(path)), last, folder))
    }

    /// The only picture with a key, or the only one of them below `folder`.
    fn one(&self, order: &[u32], key: &dyn Fn(&str) -> &str, wanted: &str, folder: &str) -> Option<usize> {
        let path = |at: u32| self.pictures[at as usize].path.as_str();
        let from = order.partition_point(|&at| key(path(at)) < wanted);
        let mut same = order[from..].iter().copied().take_while(|&at| key(path(at)) == wanted);
        let first = same.next()?;
        let Some(second) = same.next() else { return Some(first as usize) };
        let is_below = |at: &u32| path(*at).strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let mut near = [first, second].into_iter().chain(same).filter(is_below);
        let found = near.next().filter(|_| !folder.is_empty())?;
        near.next().is_none().then_some(found as usize)
    }
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
        let paths = ["a/1.jpg", "a/mill.jpg", "b/1.jpg", "b/deep/only.png", "mill.jpg", "v1.2.jpg"];
        let pictures = paths.map(|path| Listed { path: path.to_owned(), bytes: 1, modified: 1 });
        Lookup::of(&pictures).find(called, table).map(|at| paths[at].to_owned())
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
            // Instead of no ending, another one: a thumbnail's, or that of the original.
            ("mill.jpg", "mill.jpg"),
        ] {
            assert_eq!(find(called, "table.csv").as_deref(), Some(found), "{called}");
        }
        for called in ["", "nothing.jpg", "mil", "1", "1.jpg"] {
            assert_eq!(find(called, "table.csv"), None, "{called}");
        }
    }

    #[test]
    fn the_folder_of_the_table_decides_between_pictures_of_one_name() {
        assert_eq!(find("1.jpg", "a/table.csv").as_deref(), Some("a/1.jpg"));
        assert_eq!(find("1", "b/table.csv").as_deref(), Some("b/1.jpg"));
        assert_eq!(find("mill.jpg", "a/table.csv").as_deref(), Some("a/mill.jpg"));
        assert_eq!(find("1.jpg", "c/table.csv"), None);
    }
}
