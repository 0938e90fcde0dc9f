//! The words in the names of files and folders.

use super::fields::{Origin, Words};
use crate::dataset::values;
use crate::dataset::walk::words_in;

/// Names of folders that say only that they hold pictures.
const HOLDERS: [&str; 12] =
    ["dcim", "camera", "images", "image", "imgs", "img", "photos", "photo", "pictures", "picture", "pics", "data"];
/// What cameras, phones and programs start a name with.
const MAKERS: [&str; 24] = [
    "img", "dsc", "dscn", "dscf", "dscam", "imgp", "pict", "cimg", "mvi", "gopr", "dji", "pxl", "mvimg", "sam", "sany",
    "win", "wp", "image", "photo", "picture", "pic", "foto", "signal", "fb",
];

/// Adds the words of a picture's path, and the date in a name such as `IMG_20190731_182336`.
pub(super) fn add(words: &mut Words, path: &str) {
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    words.name = name_words(stem);
    let folders = folders.split('/').filter(|folder| !HOLDERS.contains(&folder.to_lowercase().as_str()));
    words.folders = folders.map(name_words).filter(|folder| !folder.is_empty()).collect();
    words.add_date(date_in(stem));
    if !words.name.is_empty() || !words.folders.is_empty() {
        words.from(Origin::Names);
    }
}

/// The words of a name that a person may have chosen: no camera's names, identifiers, hashes and counts.
fn name_words(name: &str) -> String {
    if is_identifier(name) {
        return String::new();
    }
    let spaced = words_in(&split_camel_case(name));
    let mut tokens: Vec<&str> = spaced.split(' ').filter(|token| is_word(token)).collect();
    let is_mixed = tokens.len() < spaced.split(' ').count();
    if is_mixed {
        // Between counts and hashes, a single letter is part of them.
        tokens.retain(|token| token.len() > 1);
    }
    let is_maker = |token: &&str| MAKERS.contains(&token.to_lowercase().as_str());
    // “IMG 1234” has no word; “Image of a mill” has.
    if tokens.iter().all(is_maker) {
        return String::new();
    }
    let from = usize::from(is_mixed && tokens.first().is_some_and(is_maker));
    tokens[from..].join(" ")
}

/// `GoldenGate2019` as `Golden Gate 2019`, but `iPhone` and `NASA` as they are.
fn split_camel_case(name: &str) -> String {
    let mut spaced = String::with_capacity(name.len() + 8);
    let letters: Vec<char> = name.chars().collect();
    let mut run = 0;
    for (at, &letter) in letters.iter().enumerate() {
        let follows = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if (letter.is_uppercase() && run >= 2 && follows) || (letter.is_ascii_digit() && run >= 4) {
            spaced.push(' ');
        }
        run = if letter.is_lowercase() { run + 1 } else { 0 };
        spaced.push(letter);
    }
    spaced
}

/// Whether a name is one that a program made up: a UUID, a hash.
fn is_identifier(name: &str) -> bool {
    let hex: Vec<char> = name.chars().filter(|c| !matches!(c, '-' | '_' | '{' | '}')).collect();
    hex.len() >= 16 && hex.iter().all(char::is_ascii_hexdigit)
}

/// Whether a token of a name is a word, rather than a count, a time, or part of an identifier. Years are words.
fn is_word(token: &str) -> bool {
    let letters = token.chars().filter(|c| c.is_alphabetic()).count();
    let digits = token.chars().filter(char::is_ascii_digit).count();
    if letters == 0 {
        return token.len() == 4 && token.parse().is_ok_and(|year: u32| (1800..2100).contains(&year));
    }
    let is_counted = {
        let start = token.trim_end_matches(|c: char| c.is_ascii_digit());
        digits >= 3 && start.len() + digits == token.len() && start.len() <= 5 && start.is_ascii()
    };
    let is_camera_folder = digits >= 3 && token.starts_with(|c: char| c.is_ascii_digit());
    let is_hash = digits >= 2 && token.len() >= 8 && token.is_ascii();
    !is_counted && !is_camera_folder && !is_hash
}

/// The date in a name: `20190731_182336`, `2019-07-31 18.23.36`, `20190731`.
fn date_in(stem: &str) -> Option<i64> {
    let runs: Vec<&str> = stem.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
    let (day, rest) = runs.iter().enumerate().find_map(|(at, run)| match run.len() {
        8 => Some((format!("{}-{}-{}", &run[..4], &run[4..6], &run[6..]), &runs[at + 1..])),
        4 => match runs.get(at + 1..at + 3) {
            Some([month, day]) if month.len() == 2 && day.len() == 2 => {
                Some((format!("{run}-{month}-{day}"), &runs[at + 3..]))
            }
            _ => None,
        },
        _ => None,
    })?;
    let is_credible =
        day.get(..4).and_then(|year| year.parse().ok()).is_some_and(|year: u32| (1990..2100).contains(&year));
    let time = match rest {
        [time, ..] if matches!(time.len(), 6 | 9) => format!("{}:{}:{}", &time[..2], &time[2..4], &time[4..6]),
        [hour, minute, second, ..] if [hour, minute, second].iter().all(|part| part.len() == 2) => {
            format!("{hour}:{minute}:{second}")
        }
        _ => String::new(),
    };
    is_credible.then(|| values::date(&format!("{day} {time}")).or_else(|| values::date(&day)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_camera_or_a_program_chose_hold_no_words() {
        for name in [
            "IMG_1234",
            "DSC0001",
            "DSC_0001",
            "P1010023",
            "DSCN0023",
            "PXL_20210101_101010123",
            "IMG-20190731-WA0001",
            "20190731_182336",
            "image001",
            "photo 12",
            "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            "100CANON",
            "0001",
            "(12)",
            "9f1c2a40-1c1a-4f6e-9d3a-0123456789ab",
            "img 3 (1)",
            "4876543210_ab12cd34ef_b",
            "000000000139",
        ] {
            assert_eq!(name_words(name), "", "{name}");
        }
    }

    #[test]
    fn words_of_people_stay() {
        for (name, words) in [
            ("old-mill_at+dusk", "old mill at dusk"),
            ("IMG_1234 old mill", "old mill"),
            ("GoldenGateBridge2019", "Golden Gate Bridge 2019"),
            ("Paris 2019", "Paris 2019"),
            ("東京の塔", "東京の塔"),
            ("photo of a mill", "photo of a mill"),
            ("iPhone vs NASA", "iPhone vs NASA"),
            ("n01440764_tench", "tench"),
            ("塔 1234", "塔"),
        ] {
            assert_eq!(name_words(name), words, "{name}");
        }
    }

    #[test]
    fn dates_in_names_are_read() {
        assert_eq!(date_in("IMG_20190731_182336"), values::date("2019-07-31 18:23:36"));
        assert_eq!(date_in("PXL_20210101_101010123"), values::date("2021-01-01 10:10:10"));
        assert_eq!(date_in("Screenshot 2019-07-31 at 18.23.36"), values::date("2019-07-31 18:23:36"));
        assert_eq!(date_in("2019-07-31"), values::date("2019-07-31"));
        for name in ["12345678", "20191331", "000000000139", "mill 2019", "99999999_999999"] {
            assert_eq!(date_in(name), None, "{name}");
        }
    }

    #[test]
    fn folders_are_words_from_the_outermost() {
        let mut words = Words::default();
        add(&mut words, "Holidays/2019 Crete/DCIM/100CANON/IMG_0001.JPG");
        assert_eq!(words.folders, ["Holidays", "2019 Crete"]);
        assert_eq!((words.name.as_str(), words.origins.as_slice()), ("", [Origin::Names].as_slice()));
    }
}
