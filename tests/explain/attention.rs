//! Integrated gradients of attention.

use std::ops::Range;

use super::*;

/// `∫ Σ_f x_f ∂s/∂x_f (t x) dt` over some inputs f, by midpoints and differences of the score.
fn integral(network: &Network, input: &RankingInput, image: usize, inputs: Range<usize>) -> f64 {
    const POINTS: usize = 80;
    const STEP: f32 = 1.0 / 512.0;
    let slope = |share: f32| {
        let with = |step: f32| {
            let mut moved = input.clone();
            moved.features.iter_mut().for_each(|value| *value *= share);
            inputs.clone().for_each(|at| moved.features[at] += step * input.features[at]);
            score(network, &moved, image)
        };
        (with(STEP) - with(-STEP)) / f64::from(2.0 * STEP)
    };
    (0..POINTS).map(|point| slope((point as f32 + 0.5) / POINTS as f32)).sum::<f64>() / POINTS as f64
}

#[test]
fn parts_are_integrated_gradients_and_what_they_miss_is_told() {
    let input = input(N, 3);
    for config in [
        NetworkConfig { conv: vec![4], ..config(ModelKind::Gat) },
        config(ModelKind::Gat),
        NetworkConfig { members: 2, ..config(ModelKind::Gat) },
    ] {
        let network = network(&config);
        for image in [0, 6] {
            let explanation = explain(&network, &input, image);
            assert!(!explanation.exact);
            assert_near("what is missing", explanation.completeness_error, 0.0, 1e-3);
            let missed = explanation.score - sum(&explanation);
            assert_near("what is said to be missing", explanation.completeness_error, missed, 1e-9);
            assert_near("the score", explanation.score, score(&network, &input, image), 1e-9);
            for feature in 0..FEATURES {
                let at = image * FEATURES + feature;
                let expected = integral(&network, &input, image, at..at + 1);
                assert_near("an own feature", part(&explanation, own(feature)), expected, 5e-3);
            }
            for other in (0..N).filter(|&other| other != image) {
                let expected = integral(&network, &input, image, other * FEATURES..(other + 1) * FEATURES);
                assert_near("a neighbour", part(&explanation, Source::Neighbour(other)), expected, 5e-3);
            }
            let nothing = RankingInput { features: vec![0.0; N * FEATURES], ..input.clone() };
            let bias = part(&explanation, Source::Bias);
            assert_near("the bias", bias, score(&network, &nothing, image), 1e-9);
        }
    }
}

#[test]
fn an_image_alone_attends_to_itself() {
    let network = network(&config(ModelKind::Gat));
    for input in [input(1, 3), input(2, 0)] {
        let explanation = explain(&network, &input, 0);
        assert_near("the sum", sum(&explanation), explanation.score, 1e-4);
        assert!(explanation.parts.iter().all(|part| !matches!(part.source, Source::Neighbour(_))));
    }
}
