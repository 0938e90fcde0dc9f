//! What can be typed into a search.

/// Clauses that are read of a text: far beyond what a person types.
const MOST: usize = 64;

/// Whether pictures must have what a clause names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Need {
    /// It counts, but is not required.
    #[default]
    Should,
    /// It is required: `+word`, `field:word`.
    Must,
    /// It must not be there: `-word`.
    MustNot,
}

/// Part of what was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clause {
    /// Whether it is required.
    pub need: Need,
    /// The field or column that it is restricted to, in lower case.
    pub field: Option<String>,
    /// The text.
    pub text: String,
    /// Whether its words must follow each other: `"brown bear"`.
    pub is_phrase: bool,
    /// Whether it may go on: the last word, with no space after it.
    pub is_open: bool,
}

/// Reads what was typed. Nothing is an error, as everything is unfinished at some time.
///
/// ```text
/// brown bear           pictures with either word, best those with both
/// "brown bear"         one after the other
/// +bear -zoo           with this word, without that one
/// tags:bear            in this field or column only; field:"two words" too
/// ```
pub fn parse(text: &str) -> Vec<Clause> {
    let mut clauses = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && clauses.len() < MOST {
        let (clause, after) = first(rest);
        if !clause.text.is_empty() {
            clauses.push(clause);
        }
        rest = after.trim_start();
    }
    clauses
}

/// The first clause, and what follows it.
fn first(text: &str) -> (Clause, &str) {
    let (need, text) = match text.chars().next() {
        Some('-') => (Need::MustNot, &text[1..]),
        Some('+') => (Need::Must, &text[1..]),
        _ => (Need::Should, text),
    };
    let (field, text) = field(text);
    let need = if need == Need::Should && field.is_some() { Need::Must } else { need };
    if let Some(quoted) = text.strip_prefix('"') {
        let (phrase, after) = quoted.split_once('"').unwrap_or((quoted, ""));
        let clause = Clause { need, field, text: phrase.trim().to_owned(), is_phrase: true, is_open: false };
        return (clause, after);
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, after) = text.split_at(end);
    (Clause { need, field, text: word.to_owned(), is_phrase: false, is_open: after.is_empty() }, after)
}

/// The field in front of a colon, if there is one with something behind it.
fn field(text: &str) -> (Option<String>, &str) {
    let word = text.find(|letter: char| letter.is_whitespace() || letter == '"').map_or(text, |end| &text[..end]);
    match word.split_once(':') {
        Some((name, _))
            if !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || "_-".contains(letter)) =>
        {
            let after = &text[name.len() + 1..];
            match after.chars().next() {
                // A time or an address is no field.
                Some(next) if !next.is_whitespace() && next != '/' => (Some(name.to_lowercase()), after),
                _ => (None, text),
            }
        }
        _ => (None, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Need, Option<String>, String, bool)> {
        parse(text).into_iter().map(|clause| (clause.need, clause.field, clause.text, clause.is_phrase)).collect()
    }

    fn plain(need: Need, field: Option<&str>, text: &str, is_phrase: bool) -> (Need, Option<String>, String, bool) {
        (need, field.map(str::to_owned), text.to_owned(), is_phrase)
    }

    #[test]
    fn words_phrases_signs_and_fields() {
        use Need::{Must, MustNot, Should};
        assert_eq!(
            read("brown \"polar bear\"  -zoo +snow Tags:arctic album:\"north pole\" -title:cub"),
            [
                plain(Should, None, "brown", false),
                plain(Should, None, "polar bear", true),
                plain(MustNot, None, "zoo", false),
                plain(Must, None, "snow", false),
                plain(Must, Some("tags"), "arctic", false),
                plain(Must, Some("album"), "north pole", true),
                plain(MustNot, Some("title"), "cub", false),
            ]
        );
    }

    #[test]
    fn what_is_unfinished_is_read_as_far_as_it_goes() {
        assert_eq!(read("\"brown be"), [plain(Need::Should, None, "brown be", true)]);
        assert_eq!(
            read("tags: - + \"\" :"),
            [plain(Need::Should, None, "tags:", false), plain(Need::Should, None, ":", false)]
        );
        assert_eq!(read("http://a.b"), [plain(Need::Should, None, "http://a.b", false)]);
        assert!(parse("bear").pop().is_some_and(|clause| clause.is_open));
        assert!(parse("bear ").pop().is_some_and(|clause| !clause.is_open));
        assert_eq!(parse(&"a ".repeat(1000)).len(), MOST);
    }
}
