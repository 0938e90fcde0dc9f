//! Calibrated probabilities of relevance, against scikit-learn and on the sample.

use crossrank::dataset::{demo_sample, open};
use crossrank::eval::calibration::{Isotonic, Platt, cut_off, expected_error, reliability};
use crossrank::signals;
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    x: Vec<f64>,
    y: Vec<f64>,
    at: Vec<f64>,
    predicted: Vec<f64>,
}

#[test]
fn isotonic_regression_is_scikit_learns() {
    let golden: Golden = serde_json::from_str(include_str!("fixtures/isotonic.json")).expect("the fixture is valid");
    assert!(golden.cases.len() >= 2);
    for case in golden.cases {
        let is_relevant: Vec<bool> = case.y.iter().map(|y| *y == 1.0).collect();
        let fitted = Isotonic::fit(&case.x, &is_relevant).expect("scores");
        for (at, predicted) in case.at.iter().zip(&case.predicted) {
            let found = fitted.probability(*at);
            assert!((found - predicted).abs() < 1e-12, "{found} instead of {predicted} at {at}");
        }
    }
}

#[test]
fn extreme_inputs_have_an_answer() {
    assert_eq!(Isotonic::fit(&[], &[]), None);
    assert_eq!(Platt::fit(&[f64::NAN], &[true]), None);
    let one = Isotonic::fit(&[2.0, f64::NAN], &[true, false]).expect("a score");
    assert_eq!((one.probability(-9.0), one.probability(9.0)), (1.0, 1.0));
    assert!(one.probability(f64::NAN).is_nan());
    let falling = Isotonic::fit(&[1.0, 2.0, 3.0], &[true, false, false]).expect("scores");
    assert_eq!(falling.probability(2.5), 1.0 / 3.0, "violators are pooled into their mean");
    for is_relevant in [true, false] {
        let same = Platt::fit(&[5.0; 4], &[is_relevant; 4]).expect("scores");
        let expected = if is_relevant { 5.0 / 6.0 } else { 1.0 / 6.0 };
        assert!((same.probability(5.0) - expected).abs() < 1e-4, "{}", same.probability(5.0));
    }
}

#[test]
fn platts_sigmoid_finds_the_one_that_made_the_labels() {
    // A grid of scores, with labels in the proportions of 1 / (1 + exp(−(2 s − 1))).
    let (mut scores, mut is_relevant) = (Vec::new(), Vec::new());
    for step in -30..=30 {
        let score = f64::from(step) / 10.0;
        let relevant = (1000.0 / (1.0 + (1.0 - 2.0 * score).exp())).round() as usize;
        scores.extend([score; 1000]);
        is_relevant.extend((0..1000).map(|at| at < relevant));
    }
    let fitted = Platt::fit(&scores, &is_relevant).expect("scores");
    for score in [-2.0, 0.0, 0.5, 2.0_f64] {
        let wanted = 1.0 / (1.0 + (1.0 - 2.0 * score).exp());
        assert!((fitted.probability(score) - wanted).abs() < 2e-3, "{score}");
    }
}

#[test]
fn a_list_ends_where_the_expected_precision_would_fall() {
    let probabilities = [0.9, 0.9, 0.6, 0.2, 0.1];
    assert_eq!([0.95, 0.9, 0.79, 0.64, 0.5].map(|precision| cut_off(&probabilities, precision)), [0, 2, 3, 4, 5]);
    assert_eq!(cut_off(&[], 0.5), 0);
}

/// Calibrated on half of the sample's queries, the promise holds on the other half.
#[test]
fn what_is_promised_on_other_queries_is_kept() {
    let loaded = open(&demo_sample()).expect("the sample");
    let signals = signals::compute(&loaded.dataset);
    let of = |part: usize| {
        let (mut scores, mut is_relevant) = (Vec::new(), Vec::new());
        for query in (0..loaded.dataset.queries.len()).filter(|query| query % 2 == part) {
            let grades = loaded.judgements.of(query);
            for (score, grade) in signals::text_only(&signals, query).into_iter().zip(grades) {
                let Some(grade) = grade else { continue };
                scores.push(f64::from(score));
                is_relevant.push(grade.is_relevant());
            }
        }
        (scores, is_relevant)
    };
    let ((scores, is_relevant), (others, are_relevant)) = (of(0), of(1));
    let isotonic = Isotonic::fit(&scores, &is_relevant).expect("scores");
    let platt = Platt::fit(&scores, &is_relevant).expect("scores");
    let base = is_relevant.iter().filter(|one| **one).count() as f64 / is_relevant.len() as f64;
    for (name, probabilities) in [
        ("isotonic", others.iter().map(|score| isotonic.probability(*score)).collect::<Vec<_>>()),
        ("Platt", others.iter().map(|score| platt.probability(*score)).collect()),
    ] {
        let bins = reliability(&probabilities, &are_relevant, 10);
        assert_eq!(bins.iter().map(|bin| bin.images).sum::<usize>(), others.len());
        let error = expected_error(&bins);
        println!("{name}: expected calibration error {error:.3}");
        assert!(error < 0.1, "{name}: {error:.3}");
        let (first, last) = (bins[0], bins[bins.len() - 1]);
        assert!(first.relevant < base && last.relevant > 1.5 * base, "{name}: {bins:?}");
    }
}
