//! Explanations whose parts have names.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{Explanation, Source};

/// Where a part comes from, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PartKind {
    /// A signal of the image itself.
    Feature,
    /// A principal component of its picture.
    Component,
    /// Another image, through the edges.
    Neighbour,
    /// Another image, through feedback.
    Feedback,
    /// The network's biases.
    Bias,
}

impl PartKind {
    /// All of them, in the order of a formula.
    pub const ALL: [PartKind; 5] = [Self::Feature, Self::Component, Self::Neighbour, Self::Feedback, Self::Bias];

    /// What all parts of this kind together are called.
    pub fn term(self) -> &'static str {
        match self {
            Self::Feature => "signals",
            Self::Component => "components",
            Self::Neighbour => "neighbours",
            Self::Feedback => "feedback",
            Self::Bias => "bias",
        }
    }

    /// The kind of a source.
    pub fn of(source: Source) -> Self {
        match source {
            Source::Feature(_) => Self::Feature,
            Source::Component(_) => Self::Component,
            Source::Neighbour(_) => Self::Neighbour,
            Source::Feedback(_) => Self::Feedback,
            Source::Bias => Self::Bias,
        }
    }
}

/// A part of a score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NamedPart {
    /// What kind of source it comes from.
    pub kind: PartKind,
    /// The signal's name, the component's number, or the other image's id.
    pub name: String,
    /// What it adds.
    pub value: f64,
    /// Where it comes from.
    #[serde(skip)]
    pub source: Source,
}

impl NamedPart {
    /// The other image that it comes from, by its index among the candidates.
    pub fn image(&self) -> Option<usize> {
        match self.source {
            Source::Neighbour(image) | Source::Feedback(image) => Some(image),
            Source::Feature(_) | Source::Component(_) | Source::Bias => None,
        }
    }
}

/// One image's score, taken apart ([`Explanation`]).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NamedExplanation {
    /// The score.
    pub score: f64,
    /// What of it the text score is.
    pub text: f64,
    /// Whether the parts are exact, rather than integrated gradients.
    pub exact: bool,
    /// The score less the sum of the parts.
    pub completeness_error: f64,
    /// The parts, those that matter most first.
    pub parts: Vec<NamedPart>,
}

impl NamedExplanation {
    /// An explanation with the names that `name` gives.
    pub(super) fn new(explanation: Explanation, name: impl Fn(Source) -> String) -> Self {
        let Explanation { score, text, exact, completeness_error, parts } = explanation;
        let named = |(source, value)| NamedPart { kind: PartKind::of(source), name: name(source), value, source };
        let mut parts: Vec<_> = parts.into_iter().map(|part| named((part.source, part.value))).collect();
        strongest_first(&mut parts);
        Self { score, text, exact, completeness_error, parts }
    }

    /// The sum of the parts of one kind; `None` without any.
    pub fn sum(&self, kind: PartKind) -> Option<f64> {
        sum(&self.parts, kind)
    }
}

/// Parts as a formula of a few terms: each kind that there is, and the sum of its parts.
pub fn score_terms(parts: &[NamedPart]) -> Vec<(PartKind, f64)> {
    PartKind::ALL.into_iter().filter_map(|kind| Some((kind, sum(parts, kind)?))).collect()
}

fn sum(parts: &[NamedPart], kind: PartKind) -> Option<f64> {
    let mut of_kind = parts.iter().filter(|part| part.kind == kind).map(|part| part.value).peekable();
    of_kind.peek().is_some().then(|| of_kind.sum())
}

fn strongest_first(parts: &mut [NamedPart]) {
    parts.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()).then(a.source.cmp(&b.source)));
}

/// Why one image is above another: the difference of their scores, part by part, those that matter most first. A source
/// that only one of them has counts as 0 for the other.
pub fn difference(above: &NamedExplanation, below: &NamedExplanation) -> Vec<NamedPart> {
    let mut parts: BTreeMap<Source, NamedPart> = above.parts.iter().map(|part| (part.source, part.clone())).collect();
    for part in &below.parts {
        let none = NamedPart { value: 0.0, ..part.clone() };
        parts.entry(part.source).or_insert(none).value -= part.value;
    }
    let mut parts: Vec<_> = parts.into_values().collect();
    strongest_first(&mut parts);
    parts
}
