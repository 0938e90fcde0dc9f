//! Every model's explanation against differences of its scores, and against its formula written out plainly.

#[path = "explain/attention.rs"]
mod attention;
#[path = "explain/feedback.rs"]
mod feedback;
#[path = "explain/networks.rs"]
mod networks;
#[path = "explain/runs.rs"]
mod runs;

use std::ops::ControlFlow;

use crossrank::base::Rng;
use crossrank::graph::{Csr, GraphRequest, Similarities, unit_rows};
use crossrank::model::{Explanation, ModelKind, Network, NetworkConfig, Prepared, RankingInput, Source, Weights};

const N: usize = 8;
const DIM: usize = 5;
/// Signals and components of an image.
const FEATURES: usize = 4;
const COMPONENTS: usize = 1;

/// A query of random images, each with `k` neighbours.
fn input(n: usize, k: usize) -> RankingInput {
    let mut rng = Rng::new(11);
    let mut values = |count: usize| (0..count).map(|_| rng.normal() as f32).collect::<Vec<f32>>();
    let visual = unit_rows(&values(n * DIM), DIM);
    let graph = Csr::nearest(&Similarities::new(&visual, DIM), GraphRequest { k, ..Default::default() });
    RankingInput {
        query: 0,
        n,
        features: values(n * FEATURES),
        feature_count: FEATURES,
        visual: visual.into(),
        dim: DIM,
        graph,
        relevance: vec![None; n],
        others: Vec::new(),
        ids: (0..n).map(|i| format!("i{i}").as_str().into()).collect(),
    }
}

fn config(kind: ModelKind) -> NetworkConfig {
    NetworkConfig {
        kind,
        feature_count: FEATURES,
        component_count: COMPONENTS,
        visual_dim: DIM,
        mlp: if kind == ModelKind::Linear { Vec::new() } else { vec![6, 5] },
        conv: if kind.uses_graph() { vec![4, 4] } else { Vec::new() },
        heads: 2,
        dropout: 0.0,
        seed: 7,
        ..NetworkConfig::default()
    }
}

/// A network none of whose weights is 0.
fn network(config: &NetworkConfig) -> Network {
    let mut rng = Rng::new(23);
    let values = |(name, shape): (String, Vec<usize>)| {
        let count: usize = shape.iter().product();
        (name, (0..count).map(|_| rng.normal() * 0.6).collect())
    };
    let weights: Weights = config.shapes().into_iter().map(values).collect();
    Network::from_weights(config, &weights).unwrap()
}

fn explain(network: &Network, input: &RankingInput, image: usize) -> Explanation {
    let query = Prepared::new(input, network.config()).unwrap();
    network.explain(&query, &[image], &mut || ControlFlow::Continue(())).unwrap().remove(0)
}

/// An image's score in full precision.
fn score(network: &Network, input: &RankingInput, image: usize) -> f64 {
    let query = Prepared::new(input, network.config()).unwrap();
    network.forward(&query, None).unwrap().total.to_vec1().unwrap()[image]
}

/// The same query with one input of one image multiplied, or with all of its inputs.
fn scaled(input: &RankingInput, image: usize, feature: Option<usize>, factor: f32) -> RankingInput {
    let mut input = input.clone();
    let row = &mut input.features[image * FEATURES..][..FEATURES];
    match feature {
        Some(feature) => row[feature] *= factor,
        None => row.iter_mut().for_each(|value| *value *= factor),
    }
    input
}

/// The part from this source; 0 if there is none.
fn part(explanation: &Explanation, source: Source) -> f64 {
    let mut from = explanation.parts.iter().filter(|part| part.source == source).map(|part| part.value);
    let value = from.next().unwrap_or(0.0);
    assert_eq!(from.next(), None, "{source:?} twice");
    value
}

fn sum(explanation: &Explanation) -> f64 {
    explanation.parts.iter().map(|part| part.value).sum()
}

/// What feature of the image itself this is.
fn own(feature: usize) -> Source {
    match feature.checked_sub(FEATURES - COMPONENTS) {
        None => Source::Feature(feature),
        Some(component) => Source::Component(component),
    }
}

fn assert_near(what: &str, actual: f64, expected: f64, tolerance: f64) {
    assert!((actual - expected).abs() <= tolerance, "{what}: {actual}, not {expected}");
}
