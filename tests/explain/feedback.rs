//! Feedback's parts against their formulas.

use super::*;
use crossrank::model::{Feedback, FeedbackScores, Mixture};

fn cosines(input: &RankingInput) -> Vec<Vec<f64>> {
    let rows = input.visual.load(DIM).unwrap();
    let row = |i: usize| &rows[i * DIM..(i + 1) * DIM];
    let cos = |i: usize, j: usize| row(i).iter().zip(row(j)).map(|(&x, &y)| f64::from(x) * f64::from(y)).sum();
    (0..input.n).map(|i| (0..input.n).map(|j| cos(i, j)).collect()).collect()
}

/// γ p_j / deviation of the last round: the softmax of the score of the round before, and the deviation of what it hears.
fn heard(network: &Network, input: &RankingInput, prefix: &str) -> Vec<f64> {
    let config = network.config();
    let weights = network.weights().unwrap();
    let alone: Weights = weights
        .iter()
        .filter_map(|(name, values)| Some((name.strip_prefix(prefix)?.to_owned(), values.clone())))
        .collect();
    let one = |rounds: usize, feedback: bool| {
        let config = NetworkConfig { members: 1, rounds, feedback, ..config.clone() };
        Network::from_weights(&config, &alone).unwrap()
    };
    let query = Prepared::new(input, config).unwrap();
    let before: Vec<f64> = match config.rounds {
        1 => one(1, true).forward(&query, None).unwrap().text.to_vec1().unwrap(),
        rounds => one(rounds - 1, true).forward(&query, None).unwrap().total.to_vec1().unwrap(),
    };
    let (beta, gamma) = (alone["feedback.beta"][0], alone["feedback.gamma"][0]);
    let powers: Vec<f64> = before.iter().map(|score| (beta * score).exp()).collect();
    let all: f64 = powers.iter().sum();
    let p: Vec<f64> = powers.iter().map(|power| power / all).collect();
    let like: Vec<f64> = cosines(input).iter().map(|row| row.iter().zip(&p).map(|(cos, p)| cos * p).sum()).collect();
    let mean = like.iter().sum::<f64>() / like.len() as f64;
    let variance = like.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / like.len() as f64;
    p.iter().map(|p| gamma * p / (variance + 1e-6).sqrt()).collect()
}

#[test]
fn each_image_is_heard_for_how_much_more_alike_than_the_average_it_looks() {
    let input = input(N, 3);
    let cos = cosines(&input);
    for (rounds, members) in [(1, 1), (2, 1), (3, 1), (2, 3)] {
        let network = network(&NetworkConfig { rounds, members, ..config(ModelKind::DcmmPrf) });
        let prefix = |member: usize| if members == 1 { String::new() } else { format!("member.{member}.") };
        let all: Vec<Vec<f64>> = (0..members).map(|member| heard(&network, &input, &prefix(member))).collect();
        for image in 0..N {
            let explanation = explain(&network, &input, image);
            for other in 0..N {
                let average = (0..N).map(|k| cos[k][other]).sum::<f64>() / N as f64;
                let of_one = |heard: &Vec<f64>| heard[other] * (cos[image][other] - average);
                let expected = all.iter().map(of_one).sum::<f64>() / members as f64;
                let actual = part(&explanation, Source::Feedback(other));
                assert_near(&format!("{other} for {image}, {rounds} rounds"), actual, expected, 1e-6);
            }
        }
    }
}

#[test]
fn without_vectors_or_with_one_image_feedback_has_no_part() {
    let alone = explain(&network(&config(ModelKind::DcmmPrf)), &input(1, 3), 0);
    assert_eq!(part(&alone, Source::Feedback(0)), 0.0);
    let mut blind = input(N, 3);
    blind.visual = vec![0.0; N * DIM].into();
    let explanation = explain(&network(&config(ModelKind::DcmmPrf)), &blind, 0);
    assert!(explanation.parts.iter().all(|part| !matches!(part.source, Source::Feedback(_))));
    assert_near("the score", sum(&explanation), explanation.score, 1e-9);
}

/// Text scores, some of them equal and one missing.
const TEXT: [f32; N] = [3.0, -1.0, 2.0, 2.0, f32::NAN, 0.5, 4.0, -2.0];

#[test]
fn the_parts_of_cross_modal_feedback_sum_to_its_score() {
    let input = input(N, 3);
    let similarities = Similarities::new(&input.visual.load(DIM).unwrap(), DIM);
    for feedback in Feedback::grid() {
        for text in [TEXT, [1.0; N], [f32::NAN; N]] {
            let scores = FeedbackScores::new(&text, &similarities).mix(feedback);
            let mixture = Mixture::new(&text, &similarities, feedback);
            for (image, &score) in scores.iter().enumerate() {
                let explanation = mixture.of_signal(2, image);
                assert!(explanation.exact);
                assert_near("the score", explanation.score, f64::from(score), 1e-5);
                assert_near("the sum", sum(&explanation), f64::from(score), 1e-5);
            }
        }
    }
}

#[test]
fn cross_modal_feedback_hears_the_best_by_text_for_how_alike_they_look() {
    let input = input(N, 3);
    let similarities = Similarities::new(&input.visual.load(DIM).unwrap(), DIM);
    let feedback = Feedback { neighbours: 3, mixture: 0.7 };
    let mixture = Mixture::new(&TEXT, &similarities, feedback);
    // The three best by text: 6, 0, and the first of the equal ones 2 and 3; scaled from −2…4.
    let best = [(6, 1.0), (0, 5.0 / 6.0), (2, 4.0 / 6.0)];
    let cos = |i: usize, j: usize| f64::from(similarities.get(i, j).max(0.0));
    let sums: Vec<f64> = (0..N).map(|i| best.iter().map(|&(j, u)| u * cos(i, j)).sum()).collect();
    let low = sums.iter().copied().fold(f64::INFINITY, f64::min);
    let high = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = sums.iter().position(|&sum| sum == low).unwrap();
    for (image, text) in TEXT.into_iter().enumerate() {
        let explanation = mixture.of_signal(2, image);
        for other in 0..N {
            let of = best.iter().find(|&&(j, _)| j == other).map_or(0.0, |&(_, u)| u);
            let expected = 0.7 * of * (cos(image, other) - cos(least, other)) / (high - low);
            assert_near("feedback", part(&explanation, Source::Feedback(other)), expected, 1e-9);
        }
        let text = if text.is_nan() { 0.0 } else { 0.3 * (f64::from(text) + 2.0) / 6.0 };
        assert_near("text", part(&explanation, Source::Feature(2)), text, 1e-9);
    }
}

#[test]
fn on_top_of_a_network_its_parts_are_scaled_with_its_score() {
    let input = input(N, 3);
    let similarities = Similarities::new(&input.visual.load(DIM).unwrap(), DIM);
    let network = network(&config(ModelKind::Mlp));
    let text = network.score(&input).unwrap().total;
    let feedback = Feedback { neighbours: 5, mixture: 0.4 };
    let mixture = Mixture::new(&text, &similarities, feedback);
    let scores = FeedbackScores::new(&text, &similarities).mix(feedback);
    let (low, high) = (text.iter().copied().fold(f32::MAX, f32::min), text.iter().copied().fold(f32::MIN, f32::max));
    let scale = 0.6 / f64::from(high - low);
    for (image, &score) in scores.iter().enumerate() {
        let of_text = explain(&network, &input, image);
        let explanation = mixture.of_network(&of_text, image);
        assert_near("the sum", sum(&explanation), f64::from(score), 1e-5);
        for feature in 0..FEATURES {
            let (scaled, before) = (part(&explanation, own(feature)), part(&of_text, own(feature)));
            assert_near("a feature", scaled, scale * before, 1e-6);
        }
        let bias = scale * (part(&of_text, Source::Bias) - f64::from(low));
        assert_near("the bias", part(&explanation, Source::Bias), bias, 1e-6);
    }
}

#[test]
fn a_signal_alone_is_its_own_part() {
    let explanation = Explanation::of_signal(1, 2.5);
    assert_eq!((explanation.score, sum(&explanation), explanation.completeness_error), (2.5, 2.5, 0.0));
    assert_eq!(part(&explanation, Source::Feature(1)), 2.5);
}
