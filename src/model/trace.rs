//! What happens to the scores on their way through a network: the values that it passes along its edges, step by step.

use candle_core::Tensor;

use super::ModelError;
use super::edges::QueryGraph;
use crate::graph::Csr;

/// Most sources of one feedback step whose messages are listed: a softmax leaves the others next to nothing.
const SOURCES: usize = 32;

/// Most messages of one feedback step that are listed, the strongest.
pub const MOST_FEEDBACK: usize = 400;

/// What a step of a network adds to the text score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The score from the image's own signals, `w₀ᵀ h⁰ + b₀`.
    Text,
    /// A graph convolution, counted from 1.
    Layer(usize),
    /// DCMM-PRF's neighbours at so many steps along the edges.
    Hop(usize),
    /// A round of DCMM-PRF's feedback, counted from 1.
    Feedback(usize),
}

/// A value on its way from one image to another.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Message {
    /// Index of the image it comes from.
    pub from: usize,
    /// Index of the image whose score it changes.
    pub to: usize,
    /// What it adds to that score.
    pub value: f32,
}

/// One step of a network over one query.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceStep {
    /// Which.
    pub part: Part,
    /// The images' scores after it.
    pub scores: Vec<f32>,
    /// The weight of each edge of [`Trace::graph`] in this step; empty where no message takes an edge.
    pub weights: Vec<f32>,
    /// What the images say to each other: one message an edge, in the edges' order, or for feedback the strongest
    /// [`MOST_FEEDBACK`].
    pub messages: Vec<Message>,
}

/// The scores of one query step by step, the means over an ensemble's members.
///
/// Between two convolutions no score is defined. There the head of the last one reads the values of the one before, where both
/// are equally wide: `s₁ + w₁ᵀ hˡ + b₁` (the “logit lens”, nostalgebraist 2020). The last step is the network's score.
/// A message adds `α_ij w₁ᵀ D_i (W h_j + b)` to the score so read, with D_i the activations' derivatives at node i; in an
/// ensemble they are averaged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// The edges i → j along which node i sums over its neighbours j: messages go from j to i. Its weights are those that
    /// the network starts from.
    pub graph: Csr,
    /// The steps, from the text score to the score.
    pub steps: Vec<TraceStep>,
}

/// One member's step.
#[derive(Debug)]
pub(super) struct Traced {
    pub(super) part: Part,
    /// n.
    pub(super) scores: Vec<f64>,
    /// The edges' weights and messages; empty for feedback.
    pub(super) carried: Carried,
    /// For feedback how much each image is listened to, `γ p_j / deviation`: n.
    pub(super) heard: Vec<f64>,
}

impl Traced {
    /// A step without messages.
    pub(super) fn of(part: Part, scores: &Tensor) -> Result<Self, ModelError> {
        Ok(Self { part, scores: scores.to_vec1()?, carried: Carried::default(), heard: Vec::new() })
    }
}

/// What a convolution sends along its edges.
///
/// # Shapes
/// Both one value an edge.
#[derive(Debug, Default)]
pub(super) struct Carried {
    pub(super) weights: Vec<f64>,
    pub(super) messages: Vec<f64>,
}

impl Carried {
    /// Of a weighted sum: `α_ij r_iᵀ m_j`, with r_i how node i is read.
    ///
    /// # Shapes
    /// α: one value an edge; m and r: n × H.
    pub(super) fn weighted(csr: &Csr, alpha: &Tensor, messages: &Tensor, reading: &[f64]) -> Result<Self, ModelError> {
        let (weights, width) = (alpha.to_vec1::<f64>()?, messages.dim(1)?);
        let said = messages.flatten_all()?.to_vec1::<f64>()?;
        let row = |at: usize| at * width..(at + 1) * width;
        let edges = (0..csr.n()).flat_map(|i| csr.row(i).map(move |edge| (edge, i)));
        let message = |(edge, i): (usize, usize)| {
            let products = said[row(csr.targets[edge] as usize)].iter().zip(&reading[row(i)]).map(|(m, r)| m * r);
            weights[edge] * products.sum::<f64>()
        };
        Ok(Self { messages: edges.map(message).collect(), weights })
    }

    pub(super) fn add(&mut self, other: &Self) {
        add(&mut self.weights, &other.weights);
        add(&mut self.messages, &other.messages);
    }
}

fn add(sum: &mut Vec<f64>, other: &[f64]) {
    sum.resize(sum.len().max(other.len()), 0.0);
    sum.iter_mut().zip(other).for_each(|(sum, x)| *sum += x);
}

impl Trace {
    /// The mean of what each member does step by step.
    pub(super) fn mean(graph: &QueryGraph, members: Vec<Vec<Traced>>) -> Self {
        let count = members.len() as f64;
        let mut members = members.into_iter();
        let mut sums = members.next().unwrap_or_default();
        for (sum, step) in members.flat_map(|member| member.into_iter().enumerate()) {
            if let Some(sum) = sums.get_mut(sum) {
                add(&mut sum.scores, &step.scores);
                sum.carried.add(&step.carried);
                add(&mut sum.heard, &step.heard);
            }
        }
        let csr = &graph.edges.csr;
        let mean = |values: &[f64]| -> Vec<f32> { values.iter().map(|x| (x / count) as f32).collect() };
        let step = |sum: &Traced| TraceStep {
            part: sum.part,
            scores: mean(&sum.scores),
            weights: mean(&sum.carried.weights),
            messages: match sum.heard.is_empty() {
                true => along_edges(csr, &mean(&sum.carried.messages)),
                false => feedback(graph, &sum.heard.iter().map(|x| x / count).collect::<Vec<_>>()),
            },
        };
        Self { steps: sums.iter().map(step).collect(), graph: csr.clone() }
    }
}

/// One message for each edge i → j, from j to i; none without values.
fn along_edges(csr: &Csr, values: &[f32]) -> Vec<Message> {
    let edges = (0..csr.n()).flat_map(|i| csr.row(i).map(move |edge| (edge, i)));
    edges.zip(values).map(|((edge, to), &value)| Message { from: csr.targets[edge] as usize, to, value }).collect()
}

/// The strongest messages of a step of feedback, `heard_j (cos_ij − mean over i of cos_ij)`, in the order of their ends.
fn feedback(graph: &QueryGraph, heard: &[f64]) -> Vec<Message> {
    let row = |at: usize| &graph.visual[at * graph.dim..(at + 1) * graph.dim];
    let mut sources: Vec<usize> = (0..heard.len()).collect();
    sources.sort_by(|&a, &b| heard[b].abs().total_cmp(&heard[a].abs()).then(a.cmp(&b)));
    sources.truncate(SOURCES);
    let mut messages = Vec::with_capacity(sources.len() * heard.len());
    for from in sources {
        let cosine = |to: usize| -> f64 { row(from).iter().zip(row(to)).map(|(x, y)| f64::from(x * y)).sum() };
        let cosines: Vec<f64> = (0..heard.len()).map(cosine).collect();
        let mean = cosines.iter().sum::<f64>() / heard.len() as f64;
        let value = |cosine: &f64| (heard[from] * (cosine - mean)) as f32;
        messages.extend(cosines.iter().enumerate().map(|(to, cosine)| Message { from, to, value: value(cosine) }));
    }
    messages.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
    messages.truncate(MOST_FEEDBACK);
    messages.sort_by_key(|message| (message.from, message.to));
    messages
}
