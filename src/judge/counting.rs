//! From the judges' labels to the judgements that count.

use super::aggregate::aggregate;
use super::placed::{Others, place};
use super::protocol::LabelChoice;
use super::{Counted, JudgeError, Judges, Table, Unit};
use crate::dataset::{Dataset, Judgements, LabelKind};

/// The labels that a choice asks for, apart from their journals: making judgements of them may take a while, and can be
/// done on another thread.
#[derive(Clone, Debug)]
pub struct Counting {
    choice: LabelChoice,
    labels: Labels,
}

#[derive(Clone, Debug)]
enum Labels {
    /// Those of the files.
    Files,
    /// Query, image and grade of one judge's labels; "can't tell" is negative.
    One(Vec<(String, String, i32)>),
    /// Those of all judges.
    Several(Table),
}

/// Of one judge's labels, "can't tell" counts: it leaves an image unjudged.
fn of_one(choice: &LabelChoice) -> Counted {
    Counted { cant_tell: true, ..choice.counted() }
}

impl Counting {
    /// The labels as they are now. Without a judge, those of whoever judges are the files'.
    ///
    /// # Errors
    /// If the judge chosen has no labels.
    pub fn of(judges: &Judges, choice: &LabelChoice) -> Result<Self, JudgeError> {
        let choice = choice.clone().without_judge();
        let labels = match (choice.kind, &choice.judge) {
            (LabelKind::Files, _) | (LabelKind::Own | LabelKind::Judge, None) => Labels::Files,
            (LabelKind::Own | LabelKind::Judge, Some(judge)) => {
                if choice.kind == LabelKind::Judge {
                    judges.known(judge)?;
                }
                let counted = of_one(&choice);
                let labels = judges.labels(judge).into_iter().filter_map(|label| {
                    Some((label.query.to_owned(), label.image.to_owned(), counted.grade(label.judgement)?))
                });
                Labels::One(labels.collect())
            }
            _ => Labels::Several(Table::of(judges, &judges.names(), choice.counted())),
        };
        Ok(Self { choice, labels })
    }

    /// The judges whose labels become one; none where it is a single judge's.
    pub fn judges(&self) -> &[String] {
        match &self.labels {
            Labels::Several(table) => &table.judges,
            Labels::Files | Labels::One(_) => &[],
        }
    }

    /// The same without one of [`Counting::judges`].
    #[must_use]
    pub fn without(&self, judge: usize) -> Self {
        let labels = match &self.labels {
            Labels::Several(table) => Labels::Several(table.without(judge)),
            other => other.clone(),
        };
        Self { choice: self.choice.clone(), labels }
    }

    /// The judgements of a data set whose own files have `files`.
    ///
    /// Labels of images that are not candidates of their query are among [`Judgements::others`], except for those of
    /// whoever judges ([`LabelKind::Own`]): there, only the files' are.
    pub fn judgements(&self, dataset: &Dataset, files: &Judgements) -> Judgements {
        let one = |mut judgements: Judgements, labels: &[(String, String, i32)], others| {
            let labels = labels.iter().map(|(query, image, grade)| (query.as_str(), image.as_str(), *grade));
            place(&mut judgements, dataset, labels, others);
            judgements
        };
        let (judgements, names): (Judgements, &[String]) = match (&self.labels, self.choice.kind) {
            (Labels::Files, _) => (files.clone(), &[]),
            (Labels::One(labels), LabelKind::Own) => (one(files.clone(), labels, Others::LeftOut), &[]),
            (Labels::One(labels), _) => (one(Judgements::unjudged(dataset), labels, Others::Count), &[]),
            (Labels::Several(table), _) => {
                let method = self.choice.method().unwrap_or_default();
                (aggregate(table, method).judgements(table, dataset), &table.judges)
            }
        };
        judgements.with_recall_base(files.recall_base()).with_source(self.choice.source(names))
    }
}

/// The judgements of a data set that count, from all its judges' labels. `files` are those of its own files.
///
/// # Errors
/// If the judge chosen has no labels.
pub fn counted(
    judges: &Judges,
    choice: &LabelChoice,
    dataset: &Dataset,
    files: &Judgements,
) -> Result<Judgements, JudgeError> {
    Ok(Counting::of(judges, choice)?.judgements(dataset, files))
}

/// The grade of one image that counts, by the ids of its query and itself: as [`counted`] gives it, without a look at
/// any other image. `None` where that cannot be said: Dawid and Skene's method needs them all.
pub fn counted_alone(
    judges: &Judges,
    choice: &LabelChoice,
    (query, image): (&str, &str),
    files: Option<i32>,
) -> Option<Option<i32>> {
    let grade = match (choice.kind, &choice.judge) {
        (LabelKind::Files, _) | (LabelKind::Own | LabelKind::Judge, None) => files,
        (LabelKind::Own | LabelKind::Judge, Some(judge)) => {
            let own = judges.label(judge, query, image).and_then(|label| of_one(choice).grade(label));
            own.or_else(|| files.filter(|_| choice.kind == LabelKind::Own))
        }
        _ => {
            let decide = choice.method()?.alone()?;
            decide(&Unit::of(judges, &judges.names(), (query, image), choice.counted()))
        }
    };
    Some(grade.filter(|grade| *grade >= 0))
}
