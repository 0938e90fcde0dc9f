//! Queries and images by what a person would call them.

use crate::dataset::Dataset;
use anyhow::{Result, anyhow};

/// Names that an error lists.
const LISTED: usize = 12;

/// A query by its id or its words, in any case.
///
/// # Errors
/// If there is none, or several have these words; with those there are.
pub(super) fn find_query(dataset: &Dataset, text: &str) -> Result<usize> {
    let names = || dataset.queries.iter().map(|query| (query.id.as_str(), query.text.as_str()));
    find("query", "the data set", text, names().collect())
}

/// A candidate of a query by its id or its title, in any case.
///
/// # Errors
/// If there is none, or several have this title; with those there are.
pub(super) fn find_image(dataset: &Dataset, query: usize, text: &str) -> Result<usize> {
    let query = &dataset.queries[query];
    let images = query.candidates.iter().map(|candidate| &dataset.images[candidate.image]);
    let names = images.map(|image| (image.id.as_str(), image.title.as_str())).collect();
    find("image", &format!("the query “{}”", query.id), text, names)
}

/// Where the one of this id, or else of this title, is.
fn find(what: &str, whose: &str, text: &str, names: Vec<(&str, &str)>) -> Result<usize> {
    if let Some(at) = names.iter().position(|(id, _)| *id == text) {
        return Ok(at);
    }
    let wanted = text.trim().to_lowercase();
    let is_meant = |(id, title): (&str, &str)| id.to_lowercase() == wanted || title.trim().to_lowercase() == wanted;
    let found: Vec<usize> = (0..names.len()).filter(|&at| is_meant(names[at])).collect();
    let list = |all: &[usize]| {
        let shown: Vec<String> = all.iter().take(LISTED).map(|&at| named(names[at])).collect();
        let rest = all.len().saturating_sub(LISTED);
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        format!("{}{more}", shown.join(", "))
    };
    match found[..] {
        [at] => Ok(at),
        [] => Err(anyhow!("{whose} has no {what} “{text}”; it has {}", list(&(0..names.len()).collect::<Vec<_>>()))),
        _ => Err(anyhow!("“{text}” is more than one {what} of {whose}; its id is needed: {}", list(&found))),
    }
}

/// An id, with the title if that says more.
pub(super) fn named((id, title): (&str, &str)) -> String {
    if title.is_empty() || title == id { id.to_owned() } else { format!("{id} “{title}”") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_first_and_a_title_must_be_of_one_only() {
        let names = vec![("a", "Bear"), ("b", "bear "), ("bear2", "Seal"), ("Seal", "x")];
        let find = |text: &str| find("image", "the query “q”", text, names.clone());
        assert_eq!(find("b").expect("an id"), 1);
        assert_eq!(find("Seal").expect("an id before a title"), 3);
        assert_eq!(find(" X").expect("a title in any case"), 3);
        let several = find("BEAR").expect_err("two of them").to_string();
        assert_eq!(several, "“BEAR” is more than one image of the query “q”; its id is needed: a “Bear”, b “bear ”");
        let none = find("owl").expect_err("none").to_string();
        assert!(none.starts_with("the query “q” has no image “owl”; it has a “Bear”, "), "{none}");
    }
}
