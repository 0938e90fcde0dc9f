//! The grades of a data set: what they are called, their colours and their keys.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::keys;
use crate::base::{is_unsafe, named};
use crate::dataset::Relevance;
use crate::judge::{CANT_TELL, JudgeError};

/// The most grades of a scale.
const MOST: usize = 20;

/// The longest name of a grade, in characters.
const LONGEST: usize = 40;

/// Colours that are distinct under any colour vision (after Okabe and Ito), each with a light and a dark form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    /// Blue.
    Blue,
    /// Orange.
    Orange,
    /// Bluish green.
    #[default]
    Green,
    /// Reddish purple.
    Purple,
    /// Vermilion.
    Vermilion,
    /// Sky blue.
    Sky,
    /// Yellow.
    Yellow,
    /// Grey.
    Grey,
}

named!(
    Colour,
    "colour": Blue = "blue",
    Orange = "orange",
    Green = "green",
    Purple = "purple",
    Vermilion = "vermilion",
    Sky = "sky",
    Yellow = "yellow",
    Grey = "grey",
);

/// One grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Grade {
    /// Its number, from 0; relevant from 1.
    pub grade: i32,
    /// What it is called.
    pub name: String,
    /// The colour of its frames and signs.
    pub colour: Colour,
    /// The key that gives it: a letter or a digit.
    pub key: String,
}

/// A grade as other programs may write it: everything but the number is optional.
#[derive(Deserialize)]
struct Written {
    grade: i32,
    name: Option<String>,
    colour: Option<Colour>,
    key: Option<String>,
}

impl From<Written> for Grade {
    fn from(Written { grade, name, colour, key }: Written) -> Self {
        let usual = Self::new(grade, &format!("Grade {grade}"));
        Self {
            grade,
            name: name.map_or(usual.name, |name| name.trim().to_owned()),
            colour: colour.unwrap_or(usual.colour),
            key: key.map_or(usual.key, |key| key.trim().to_ascii_uppercase()),
        }
    }
}

impl Grade {
    /// A grade with the usual colour, and its number as its key.
    pub fn new(grade: i32, name: &str) -> Self {
        let colour = if grade == 0 { Colour::Vermilion } else { Colour::Green };
        Self { grade, name: name.to_owned(), colour, key: grade.to_string() }
    }
}

/// The grades that a judge can give, lowest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale(Vec<Grade>);

impl Scale {
    /// A scale of these grades.
    ///
    /// # Errors
    /// [`JudgeError::Scale`] with fewer than two grades, without grade 0, if two have the same number, name or key, or if
    /// the desk uses a key for something else.
    pub fn new(mut grades: Vec<Grade>) -> Result<Self, JudgeError> {
        grades.sort_by_key(|grade| grade.grade);
        fault(&grades).map_or(Ok(Self(grades)), |fault| Err(JudgeError::Scale(fault)))
    }

    /// Not relevant and relevant; with more grades if the highest one in use asks for them.
    pub fn up_to(highest: i32) -> Self {
        let named = |names: &[&str]| Self((0..).zip(names).map(|(grade, name)| Grade::new(grade, name)).collect());
        match highest {
            ..=1 => named(&["Not relevant", "Relevant"]),
            2 => named(&["Not relevant", "Partly relevant", "Relevant"]),
            3 => named(&["Not relevant", "Partly relevant", "Relevant", "Highly relevant"]),
            more => Self((0..=more.min(9)).map(|grade| Grade::new(grade, &format!("Grade {grade}"))).collect()),
        }
    }

    /// The grades, lowest first.
    pub fn grades(&self) -> &[Grade] {
        &self.0
    }

    /// Whether it has a grade.
    pub fn has(&self, grade: i32) -> bool {
        self.of(grade).is_some()
    }

    /// A grade by its number.
    pub fn of(&self, grade: i32) -> Option<&Grade> {
        self.0.iter().find(|known| known.grade == grade)
    }

    /// The grade that a key gives.
    pub fn by_key(&self, key: &str) -> Option<&Grade> {
        self.0.iter().find(|known| known.key == key)
    }

    /// What a grade is called, also one that the scale does not have.
    pub fn name(&self, grade: i32) -> String {
        if grade <= CANT_TELL {
            return "Can't tell".to_owned();
        }
        self.of(grade).map_or_else(|| format!("Grade {grade}"), |known| known.name.clone())
    }

    /// What a judgement is called within a sentence.
    pub fn judged(&self, relevance: Option<Relevance>) -> String {
        match relevance.filter(|relevance| relevance.is_judged()) {
            Some(Relevance(grade)) => self.name(grade).to_lowercase(),
            None => "not judged".to_owned(),
        }
    }

    /// The colour of a grade, also of one that the scale does not have.
    pub fn colour(&self, grade: i32) -> Colour {
        self.of(grade).map_or_else(|| Grade::new(grade, "").colour, |known| known.colour)
    }
}

impl Default for Scale {
    fn default() -> Self {
        Self::up_to(1)
    }
}

fn fault(grades: &[Grade]) -> Option<String> {
    if grades.len() < 2 {
        return Some("a scale needs at least two grades".to_owned());
    }
    if grades.len() > MOST {
        return Some(format!("a scale has at most {MOST} grades"));
    }
    if grades[0].grade != 0 {
        let found = grades[0].grade;
        let fault = if found < 0 { format!("a grade cannot be {found}") } else { "grade 0 is missing".to_owned() };
        return Some(fault);
    }
    let (mut numbers, mut names, mut keys) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    grades.iter().find_map(|Grade { grade, name, key, .. }| {
        let length = name.chars().count();
        if !numbers.insert(grade) {
            Some(format!("two grades have the number {grade}"))
        } else if length == 0 || length > LONGEST || name.contains(is_unsafe) {
            Some(format!("the name of grade {grade} must have 1 to {LONGEST} characters, on one line"))
        } else if !names.insert(name.to_lowercase()) {
            Some(format!("two grades are called \"{name}\""))
        } else if let Some(fault) = keys::fault(key) {
            Some(format!("grade {grade}: {fault}"))
        } else {
            (!keys.insert(key.as_str())).then(|| format!("two grades have the key {key}"))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_has_the_grades_in_use() {
        let grades = |highest| Scale::up_to(highest).grades().iter().map(|grade| grade.grade).collect::<Vec<_>>();
        assert_eq!([grades(0), grades(1), grades(2)], [vec![0, 1], vec![0, 1], vec![0, 1, 2]]);
        assert_eq!((grades(5).len(), grades(100).len()), (6, 10));
        assert_eq!(Scale::default().name(-1), "Can't tell");
        assert_eq!((Scale::default().name(7), Scale::default().colour(7)), ("Grade 7".to_owned(), Colour::Green));
        assert_eq!(Scale::default().judged(Some(Relevance(-1))), "not judged");
    }

    #[test]
    fn what_cannot_be_a_scale_is_refused_with_its_fault() {
        let of = |grades: &[(i32, &str, &str)]| {
            let grade =
                |(grade, name, key): &(i32, &str, &str)| Grade { key: (*key).into(), ..Grade::new(*grade, name) };
            Scale::new(grades.iter().map(grade).collect()).map_err(|error| error.to_string())
        };
        for (grades, fault) in [
            (&[(0, "No", "0")][..], "a scale needs at least two grades"),
            (&[(1, "Yes", "1"), (2, "Very", "2")], "grade 0 is missing"),
            (&[(-2, "No", "0"), (0, "Yes", "1")], "a grade cannot be -2"),
            (&[(0, "No", "0"), (1, "Yes", "1"), (1, "Very", "2")], "two grades have the number 1"),
            (&[(0, "No", "0"), (1, "no", "1")], "two grades are called \"no\""),
            (&[(0, "No", "0"), (1, " ", "1")][..1], "a scale needs at least two grades"),
            (&[(0, "No", "0"), (1, "", "1")], "the name of grade 1 must have 1 to 40 characters, on one line"),
            (&[(0, "No", "1"), (1, "Yes", "1")], "two grades have the key 1"),
            (&[(0, "No", "0"), (1, "Yes", "R")], "grade 1: the key R is for reveal"),
            (&[(0, "No", "Left"), (1, "Yes", "1")], "grade 0: the key Left is for the previous image"),
            (&[(0, "No", "F5"), (1, "Yes", "1")], "grade 0: a key must be a letter or a digit, not \"F5\""),
        ] {
            assert_eq!(of(grades), Err(fault.to_owned()));
        }
        let scale = of(&[(1, "Yes", "Y"), (0, "No", "0")]).expect("a scale");
        assert_eq!(scale.by_key("Y").map(|grade| grade.grade), Some(1));
        assert_eq!(scale.grades()[0].grade, 0, "lowest first");
    }
}
