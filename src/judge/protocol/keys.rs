//! Keys that no grade can have.

/// The keys that the judge's desk uses for something else, and for what. They are named as on their caps.
pub const DESK_KEYS: [(&str, &str); 22] = [
    ("X", "can't tell"),
    ("L", "later"),
    ("N", "note"),
    ("D", "near-duplicates"),
    ("Q", "a new query"),
    ("R", "reveal"),
    ("A", "going on after a judgement"),
    ("G", "the grid"),
    ("O", "one image"),
    ("B", "images beside each other"),
    ("F", "fitting the picture"),
    ("Left", "the previous image"),
    ("Right", "the next image"),
    ("Up", "the row above"),
    ("Down", "the row below"),
    ("Home", "the first image"),
    ("End", "the last image"),
    ("Space", "full size"),
    ("Enter", "full size"),
    ("Backspace", "taking a judgement off"),
    ("Delete", "taking a judgement off"),
    ("Escape", "the panels"),
];

/// Why a key cannot give a grade: it is neither a letter nor a digit, or the desk uses it.
pub(super) fn fault(key: &str) -> Option<String> {
    let taken = DESK_KEYS.iter().find(|(taken, _)| taken.eq_ignore_ascii_case(key));
    if let Some((taken, what)) = taken {
        return Some(format!("the key {taken} is for {what}"));
    }
    let mut letters = key.chars();
    let is_plain = letters.next().is_some_and(|letter| letter.is_ascii_alphanumeric()) && letters.next().is_none();
    (!is_plain).then(|| format!("a key must be a letter or a digit, not \"{key}\""))
}
