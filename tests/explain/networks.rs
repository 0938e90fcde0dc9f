//! Networks that are linear piece by piece.

use super::*;
use crossrank::model::{Activation, Degree, Messages, ModelError};

/// The kinds with a network of their own that are linear piece by piece.
const KINDS: [ModelKind; 7] = [
    ModelKind::Linear,
    ModelKind::Mlp,
    ModelKind::Gcn,
    ModelKind::EdgeConv,
    ModelKind::DcmmCos,
    ModelKind::DcmmEdge,
    ModelKind::DcmmPrf,
];

/// A step so small that no activation changes sides, yet large for an f32.
const STEP: f32 = 1.0 / 2048.0;

/// Every choice within a network, one after the other.
fn variants(kind: ModelKind) -> Vec<NetworkConfig> {
    let usual = config(kind);
    let mut variants = vec![
        usual.clone(),
        NetworkConfig { members: 3, ..usual.clone() },
        NetworkConfig { mlp: if kind == ModelKind::Linear { vec![] } else { vec![5] }, ..usual.clone() },
        NetworkConfig { component_count: 0, ..usual.clone() },
    ];
    if kind.uses_graph() {
        variants.extend([
            NetworkConfig { activation: Activation::Relu, ..usual.clone() },
            NetworkConfig { residual: true, activation: Activation::Relu, ..usual.clone() },
            NetworkConfig { conv: vec![4; 3], ..usual.clone() },
            NetworkConfig { conv: vec![3], degree: Degree::Mean, ..usual.clone() },
            NetworkConfig { degree: Degree::Symmetric, members: 2, ..usual.clone() },
        ]);
    }
    if kind == ModelKind::DcmmPrf {
        variants.extend([
            NetworkConfig { mlp: Vec::new(), ..usual.clone() },
            NetworkConfig { mlp: Vec::new(), messages: Messages::Score, rounds: 3, ..usual.clone() },
            NetworkConfig { rounds: 2, members: 3, ..usual.clone() },
            NetworkConfig { conv: Vec::new(), ..usual.clone() },
            NetworkConfig { feedback: false, ..usual },
        ]);
    }
    variants
}

/// The network without feedback, whose scores are then linear piece by piece.
fn without_feedback(network: &Network) -> Network {
    let config = NetworkConfig { feedback: false, ..network.config().clone() };
    Network::from_weights(&config, &network.weights().unwrap()).unwrap()
}

#[test]
fn the_parts_sum_to_the_score() {
    for kind in KINDS {
        for config in variants(kind) {
            let network = network(&config);
            for (n, k) in [(N, 3), (N, 0), (N, N - 1), (1, 3), (2, 1)] {
                let input = input(n, k);
                let scores = network.score(&input).unwrap();
                for image in 0..n {
                    let explanation = explain(&network, &input, image);
                    assert!(explanation.exact, "{config:?}");
                    let score = f64::from(scores.total[image]);
                    assert_near(&format!("{config:?} {n} {k}"), sum(&explanation), score, 1e-4);
                    assert_near("the text score", explanation.text, f64::from(scores.text[image]), 1e-5);
                    assert_near("what is missing", explanation.completeness_error, 0.0, 1e-6);
                    assert_near("the score", explanation.score, score, 1e-5);
                }
            }
        }
    }
}

/// `Σ_f x_f ∂s/∂x_f` by differences of the score.
fn by_difference(network: &Network, input: &RankingInput, image: usize, of: usize, feature: Option<usize>) -> f64 {
    let at = |factor: f32| score(network, &scaled(input, of, feature, factor), image);
    (at(1.0 + STEP) - at(1.0 - STEP)) / f64::from(2.0 * STEP)
}

#[test]
fn each_part_is_the_difference_that_its_source_makes() {
    let input = input(N, 3);
    for kind in KINDS {
        for config in variants(kind) {
            let network = network(&config);
            let before = without_feedback(&network);
            for image in [0, 5] {
                let explanation = explain(&network, &input, image);
                for feature in 0..FEATURES {
                    let source = match config.component_count {
                        0 => Source::Feature(feature),
                        _ => own(feature),
                    };
                    let expected = by_difference(&before, &input, image, image, Some(feature));
                    assert_near(&format!("{source:?} of {config:?}"), part(&explanation, source), expected, 2e-3);
                }
                for other in (0..N).filter(|&other| other != image) {
                    let expected = by_difference(&before, &input, image, other, None);
                    let actual = part(&explanation, Source::Neighbour(other));
                    assert_near(&format!("{other} for {image} of {config:?}"), actual, expected, 2e-3);
                }
                assert_eq!(part(&explanation, Source::Neighbour(image)), 0.0, "an image is no neighbour of its own");
            }
        }
    }
}

#[test]
fn the_bias_is_the_difference_that_the_biases_make() {
    let input = input(N, 3);
    for config in KINDS.into_iter().flat_map(variants) {
        let network = network(&config);
        let before = without_feedback(&network);
        let at = |factor: f64| {
            let mut weights = before.weights().unwrap();
            let biases = weights.iter_mut().filter(|(name, _)| name.ends_with(".bias"));
            biases.for_each(|(_, values)| values.iter_mut().for_each(|value| *value *= factor));
            score(&Network::from_weights(before.config(), &weights).unwrap(), &input, 2)
        };
        let expected = (at(1.0 + 1e-5) - at(1.0 - 1e-5)) / 2e-5;
        assert_near(&format!("{config:?}"), part(&explain(&network, &input, 2), Source::Bias), expected, 1e-5);
    }
}

#[test]
fn where_a_network_is_linear_a_part_is_what_leaving_its_source_out_takes_away() {
    let input = input(N, 3);
    for kind in [ModelKind::Linear, ModelKind::Mlp, ModelKind::Gcn, ModelKind::DcmmCos, ModelKind::DcmmEdge] {
        let layers = if kind == ModelKind::Linear { Vec::new() } else { vec![5] };
        let network = network(&NetworkConfig { mlp: layers, ..config(kind) });
        let whole = score(&network, &input, 3);
        let explanation = explain(&network, &input, 3);
        for other in (0..N).filter(|&other| other != 3) {
            let without = score(&network, &scaled(&input, other, None, 0.0), 3);
            assert_near(kind.name(), part(&explanation, Source::Neighbour(other)), whole - without, 1e-6);
        }
        for feature in 0..FEATURES {
            let without = score(&network, &scaled(&input, 3, Some(feature), 0.0), 3);
            assert_near(kind.name(), part(&explanation, own(feature)), whole - without, 1e-6);
        }
    }
}

#[test]
fn only_images_that_paths_lead_to_have_a_part() {
    let input = input(N, 2);
    for layers in 1..4 {
        let network = network(&NetworkConfig { conv: vec![4; layers], ..config(ModelKind::DcmmCos) });
        // Each layer goes one step further, and none stays where it is.
        let mut reached = vec![0];
        for _ in 0..layers {
            let next = reached.iter().flat_map(|&i| input.graph.row(i).map(|edge| input.graph.targets[edge] as usize));
            reached = next.collect();
        }
        let explanation = explain(&network, &input, 0);
        for other in 1..N {
            let has_part = part(&explanation, Source::Neighbour(other)) != 0.0;
            assert_eq!(has_part, reached.contains(&other), "{other} after {layers} layers");
        }
    }
}

#[test]
fn several_images_are_explained_as_one_by_one_and_unknown_ones_refused() {
    let (input, network) = (input(N, 3), network(&config(ModelKind::DcmmPrf)));
    let query = Prepared::new(&input, network.config()).unwrap();
    let go = &mut || ControlFlow::Continue(());
    let all = network.explain(&query, &[4, 1, 4], go).unwrap();
    assert_eq!(all, [4, 1, 4].map(|image| explain(&network, &input, image)));
    assert_eq!(network.explain(&query, &[], go).unwrap(), []);
    assert!(network.explain(&query, &[N], go).is_err());
    let stopped = network.explain(&query, &[0], &mut || ControlFlow::Break(()));
    assert!(matches!(stopped, Err(ModelError::Cancelled)));
}
