//! Whose labels judgements are.

use serde::{Deserialize, Serialize};

use crate::base::named;

/// How the labels of a data set's judges become the grades that count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LabelKind {
    /// The labels of the data set's own files.
    #[default]
    Files,
    /// The labels of whoever judges, and those of the files where there is none.
    Own,
    /// The labels of one judge.
    Judge,
    /// The grade that most judges gave.
    Majority,
    /// The grade that all judges gave.
    Unanimous,
    /// The adjudicator's grade, else the unanimous one.
    Adjudicated,
    /// The most probable grade by Dawid and Skene's model of the judges.
    DawidSkene,
}

named!(
    LabelKind,
    "labels": Own = "own",
    Files = "files",
    Judge = "judge",
    Majority = "majority",
    Unanimous = "unanimous",
    Adjudicated = "adjudicated",
    DawidSkene = "dawid-skene",
);

/// Whose labels judgements are: what stands in run records and in every export.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LabelSource {
    /// How they came about.
    pub kind: LabelKind,
    /// Whose they are: of [`LabelKind::Own`] and [`LabelKind::Judge`] the judge, of several judges' all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub judges: Vec<String>,
    /// Images judged several at once are left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_batch: bool,
    /// Judgements are left out before which ranks, scores or others' labels were shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_revealed: bool,
}

impl LabelSource {
    /// Whether they are those of the data set's own files, unchanged.
    pub fn is_files(&self) -> bool {
        *self == Self::default()
    }

    /// In words, as in `majority of files, ann and bob`.
    pub fn label(&self) -> String {
        let judges = listed(&self.judges);
        let mut text = match self.kind {
            LabelKind::Files => "the data set's files".to_owned(),
            LabelKind::Own => format!("{judges}, else the data set's files"),
            LabelKind::Judge => judges,
            LabelKind::Majority => format!("majority of {judges}"),
            LabelKind::Unanimous => format!("{judges} where unanimous"),
            LabelKind::Adjudicated => format!("{judges}, adjudicated or unanimous"),
            LabelKind::DawidSkene => format!("{judges}, estimated by Dawid and Skene's method"),
        };
        if self.without_batch {
            text += ", without images judged several at once";
        }
        if self.without_revealed {
            text += ", without judgements after ranks or labels were shown";
        }
        text
    }
}

fn listed(judges: &[String]) -> String {
    match judges {
        [] => "nobody".to_owned(),
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        [one, ..] => one.clone(),
    }
}

#[test]
fn a_source_is_named_in_words_and_written_briefly() {
    let judges = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let majority =
        LabelSource { kind: LabelKind::Majority, judges: judges(&["files", "ann", "bob"]), ..Default::default() };
    assert_eq!(majority.label(), "majority of files, ann and bob");
    let own = LabelSource { kind: LabelKind::Own, judges: judges(&["ann"]), without_batch: true, ..Default::default() };
    assert_eq!(own.label(), "ann, else the data set's files, without images judged several at once");
    assert_eq!(serde_json::to_string(&LabelSource::default()).expect("JSON"), r#"{"kind":"files"}"#);
}
