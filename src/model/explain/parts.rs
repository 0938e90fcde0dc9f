//! A score as a sum of parts.

/// Where a part of a score comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// A signal of the image itself, by its index among the network's inputs.
    Feature(usize),
    /// A principal component of the image's own vector, counted from 0.
    Component(usize),
    /// The signals and components of another image, by its index in the query, over all paths of edges.
    Neighbour(usize),
    /// How alike the image and this one look, of which feedback hears; by its index in the query.
    Feedback(usize),
    /// What no input causes: the network's biases. For integrated gradients the score where all inputs are 0.
    Bias,
}

/// A part of a score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution {
    /// Where it comes from.
    pub source: Source,
    /// What it adds.
    pub value: f64,
}

/// One image's score, taken apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explanation {
    /// The score.
    pub score: f64,
    /// What of it the text score is, `w₀ᵀ h⁰ + b₀`.
    pub text: f64,
    /// Whether the parts are exact, rather than integrated gradients.
    pub exact: bool,
    /// The score less the sum of the parts: rounding if they are exact.
    pub completeness_error: f64,
    /// The parts: own signals and components in order, then other images in order, and the bias. Images that add nothing
    /// are left out.
    pub parts: Vec<Contribution>,
}

impl Explanation {
    /// A score from these parts.
    pub fn new(score: f64, text: f64, exact: bool, parts: Vec<Contribution>) -> Self {
        let sum: f64 = parts.iter().map(|part| part.value).sum();
        Self { score, text, exact, completeness_error: score - sum, parts }
    }

    /// A score that is one signal, by its index among the inputs.
    pub fn of_signal(signal: usize, score: f64) -> Self {
        Self::new(score, score, true, vec![Contribution { source: Source::Feature(signal), value: score }])
    }
}
