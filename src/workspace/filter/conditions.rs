//! The conditions of a filter.

use crate::dataset::Image;
use std::collections::BTreeSet;

/// By whom an image is judged.
#[derive(Clone, Debug, PartialEq)]
pub struct ByJudge {
    /// The judge.
    pub name: String,
    /// Whether it has a label of this judge, or has none.
    pub is_judged: bool,
}

/// A range of a signal or column, both ends included. An image without a value is outside.
#[derive(Clone, Debug, PartialEq)]
pub struct Between {
    /// The signal's name.
    pub signal: String,
    /// The lowest value.
    pub low: f32,
    /// The highest value.
    pub high: f32,
}

/// A word in a column of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InColumn {
    /// The column's heading.
    pub column: String,
    /// Words that all occur in it; capitals do not matter.
    pub text: String,
}

/// A range of ranks in the best ranking, from 1, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ranks {
    /// The first.
    pub first: usize,
    /// The last.
    pub last: usize,
}

/// Images of one query that somebody picked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The query.
    pub query: usize,
    /// Its candidates.
    pub candidates: BTreeSet<usize>,
}

/// Which images are shown: those that meet all conditions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Any of these grades, `None` for images that are not judged; all images if it is empty.
    pub grades: BTreeSet<Option<i32>>,
    /// Judged by whom.
    pub judge: Option<ByJudge>,
    /// Words that all occur in the image's title, description, tags or id; capitals do not matter.
    pub text: String,
    /// Words in a column.
    pub column: Option<InColumn>,
    /// A range of a signal.
    pub between: Option<Between>,
    /// A range of ranks.
    pub ranks: Option<Ranks>,
    /// Images that were picked out.
    pub chosen: Option<Chosen>,
}

/// One of the conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// [`Filter::grades`].
    Grades,
    /// [`Filter::judge`].
    Judge,
    /// [`Filter::text`].
    Text,
    /// [`Filter::column`].
    Column,
    /// [`Filter::between`].
    Between,
    /// [`Filter::ranks`].
    Ranks,
    /// [`Filter::chosen`].
    Chosen,
}

impl Filter {
    /// Whether every image passes.
    pub fn is_empty(&self) -> bool {
        self.conditions().next().is_none()
    }

    /// The conditions there are.
    pub fn conditions(&self) -> impl Iterator<Item = Condition> {
        [
            (Condition::Text, !self.text.trim().is_empty()),
            (Condition::Grades, !self.grades.is_empty()),
            (Condition::Judge, self.judge.is_some()),
            (Condition::Column, self.column.as_ref().is_some_and(|column| !column.text.trim().is_empty())),
            (Condition::Between, self.between.is_some()),
            (Condition::Ranks, self.ranks.is_some()),
            (Condition::Chosen, self.chosen.is_some()),
        ]
        .into_iter()
        .filter_map(|(condition, is_there)| is_there.then_some(condition))
    }

    /// The same without a condition.
    #[must_use]
    pub fn without(mut self, condition: Condition) -> Self {
        match condition {
            Condition::Grades => self.grades.clear(),
            Condition::Judge => self.judge = None,
            Condition::Text => self.text.clear(),
            Condition::Column => self.column = None,
            Condition::Between => self.between = None,
            Condition::Ranks => self.ranks = None,
            Condition::Chosen => self.chosen = None,
        }
        self
    }

    /// What a judge learns from which images are there: ranks, scores or labels of others.
    pub fn reveals(&self, judge: &str) -> Vec<&'static str> {
        let is_of_others = self.judge.as_ref().is_some_and(|by| by.name != judge);
        // Which images lack a label says nothing about their grades.
        let is_graded = self.grades.iter().any(Option::is_some);
        let reveals = [
            ("ranks", self.ranks.is_some()),
            ("scores", self.between.is_some()),
            ("labels", is_of_others || is_graded),
        ];
        reveals.into_iter().filter_map(|(what, is_known)| is_known.then_some(what)).collect()
    }
}

/// The words to look for.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_lowercase).collect()
}

/// Whether all words occur in a column of an image.
pub(super) fn column_has_words(image: &Image, column: &str, words: &[String]) -> bool {
    let text = image.columns.get(column).map(|text| text.to_lowercase()).unwrap_or_default();
    words.iter().all(|word| text.contains(word.as_str()))
}

/// Whether all words occur in what is known of an image.
pub(super) fn has_words(image: &Image, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let tags = image.tags.iter().map(String::as_str);
    let parts = [image.id.as_str(), &image.title, &image.description].into_iter().chain(tags);
    let text = parts.collect::<Vec<_>>().join("\n").to_lowercase();
    words.iter().all(|word| text.contains(word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::ImageId;

    #[test]
    fn words_are_found_wherever_an_image_is_described() {
        let mut image = Image::new(ImageId::from("img7"));
        image.title = "A Pelican".to_owned();
        image.tags = vec!["waterfowl".to_owned()];
        image.columns.insert("author".to_owned(), "Ann Lee".to_owned());
        let found = |text: &str| has_words(&image, &words(text));
        assert!(found("") && found("pelican") && found("WATER peli") && found("img7"));
        assert!(!found("pelican stork") && !found("ann"));
        let found = |text: &str| column_has_words(&image, "author", &words(text));
        assert!(found("") && found("lee") && !found("lee bob") && !column_has_words(&image, "licence", &words("lee")));
    }

    #[test]
    fn conditions_are_taken_off_one_by_one_and_say_what_they_reveal() {
        let filter = Filter {
            grades: [None].into(),
            judge: Some(ByJudge { name: "ann".to_owned(), is_judged: true }),
            text: " owl ".to_owned(),
            column: Some(InColumn { column: "author".to_owned(), text: "lee".to_owned() }),
            between: Some(Between { signal: "bm25".to_owned(), low: 0.0, high: 1.0 }),
            ranks: Some(Ranks { first: 1, last: 20 }),
            chosen: Some(Chosen { query: 0, candidates: [1].into() }),
        };
        assert_eq!(filter.conditions().count(), 7);
        assert_eq!(filter.reveals("ann"), ["ranks", "scores"]);
        assert_eq!(filter.reveals("bob"), ["ranks", "scores", "labels"]);
        let bare = filter.clone().conditions().fold(filter, Filter::without);
        assert!(bare.is_empty() && bare.reveals("bob").is_empty());
        assert_eq!(Filter { grades: [Some(1)].into(), ..bare }.reveals("ann"), ["labels"]);
    }
}
