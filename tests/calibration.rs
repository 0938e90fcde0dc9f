//! Calibrated probabilities of relevance, against scikit-learn and on the sample.

use crossrank::base::Rng;
use crossrank::dataset::{demo_sample, open};
use crossrank::eval::calibration::{
    Calibration, Isotonic, Platt, ScoreScale, ScoredQuery, Uncalibrated, cut_off, expected_error, reliability,
};
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

/// Queries whose scores tell how relevant an image is only relative to the others of the query: each has a level and a
/// scale of its own, and an image is relevant with probability 1 / (1 + exp(−(slope · z + offset))).
fn made(queries: usize, seed: u64, offset: impl Fn(&mut Rng) -> f64) -> Vec<ScoredQuery> {
    let mut rng = Rng::new(seed);
    let mut one = |_| {
        let (level, scale) = (10.0 * rng.uniform(), 0.1 + 5.0 * rng.uniform());
        let offset = offset(&mut rng);
        let (mut scores, mut is_relevant) = (Vec::new(), Vec::new());
        for _ in 0..200 {
            let z = rng.normal();
            scores.push(level + scale * z);
            is_relevant.push(Some(rng.uniform() < 1.0 / (1.0 + (-(2.0 * z + offset)).exp())));
        }
        ScoredQuery { scores, is_relevant }
    };
    (0..queries).map(&mut one).collect()
}

#[test]
fn what_was_promised_holds_on_queries_that_nobody_judged_and_the_scale_is_found() {
    let calibration = Calibration::fit(&made(40, 1, |_| -0.5)).expect("enough");
    assert_eq!(calibration.scale, ScoreScale::Standardised, "levels and scales of queries say nothing");
    assert_eq!((calibration.queries, calibration.images), (40, 8000));
    assert!(calibration.error < 0.03, "{}", calibration.error);
    let others = made(60, 2, |_| -0.5);
    for precision in [0.6, 0.7, 0.8, 0.9] {
        let (mut kept, mut right) = (0, 0);
        for query in &others {
            let unjudged = ScoredQuery { is_relevant: vec![None; query.scores.len()], ..query.clone() };
            let probabilities = calibration.probabilities(&unjudged);
            let mut order: Vec<usize> = (0..query.scores.len()).collect();
            order.sort_by(|a, b| query.scores[*b].total_cmp(&query.scores[*a]));
            let end = Calibration::end(&order, &probabilities, precision);
            kept += end;
            right += order[..end].iter().filter(|at| query.is_relevant[**at] == Some(true)).count();
        }
        let found = right as f64 / kept as f64;
        assert!((found - precision).abs() < 0.04, "promised {precision}, found {found}");
        let promise = calibration.promise(precision).expect("tried");
        assert!(promise.holds() && (promise.precision - precision).abs() < 1e-9);
        assert!((promise.kept.expect("kept") - found).abs() < 0.05, "{promise:?}");
    }
}

#[test]
fn a_few_judgements_of_its_own_move_a_query_that_is_unlike_the_others() {
    let calibration = Calibration::fit(&made(40, 3, |rng| 3.0 * rng.normal())).expect("enough");
    assert!(calibration.spread > 0.0, "queries differ");
    let [easy, hard] = [3.0, -3.0].map(|offset| made(1, 4, |_| offset).remove(0));
    for query in [&easy, &hard] {
        let of = |known: usize| {
            let mut is_relevant = query.is_relevant.clone();
            is_relevant[known..].fill(None);
            let probabilities = calibration.probabilities(&ScoredQuery { is_relevant, ..query.clone() });
            let of_others = probabilities.iter().zip(&query.is_relevant).skip(20);
            let squares = of_others.map(|(p, y)| (p - f64::from(u8::from(*y == Some(true)))).powi(2));
            squares.sum::<f64>() / 180.0
        };
        assert!(of(20) < 0.8 * of(0), "{} after 20 judgements, {} before", of(20), of(0));
    }
    let alike = Calibration::fit(&made(40, 5, |_| 0.0)).expect("enough");
    assert!(alike.spread <= 0.5, "queries that are alike need no shift: {}", alike.spread);
}

#[test]
fn nothing_is_promised_without_enough_judgements_or_where_scores_say_nothing() {
    let few = Calibration::fit(&made(4, 6, |_| 0.0)).expect_err("four queries");
    assert_eq!(few, Uncalibrated::TooFew { queries: 4, images: 800 });
    assert!(few.to_string().contains("4 of at least 5 queries"), "{few}");
    assert_eq!(Calibration::fit(&[]), Err(Uncalibrated::TooFew { queries: 0, images: 0 }));
    let mut same = made(6, 7, |_| 0.0);
    same.iter_mut().for_each(|query| query.is_relevant.fill(Some(false)));
    assert_eq!(Calibration::fit(&same), Err(Uncalibrated::OneKind));
    // Scores that have nothing to do with relevance promise nothing above the share of all.
    let mut blind = made(40, 8, |_| -2.0);
    let mut rng = Rng::new(9);
    blind.iter_mut().for_each(|query| query.scores.iter_mut().for_each(|score| *score = rng.normal()));
    let calibration = Calibration::fit(&blind).expect("enough");
    assert!(!calibration.promise(0.9).expect("tried").holds());
    let mut odd = made(6, 10, |_| 0.0);
    odd[0].scores.fill(f64::NAN);
    odd[1].scores[0] = f64::INFINITY;
    odd[2].scores.fill(1.0);
    let calibration = Calibration::fit(&odd).expect("five queries are left");
    assert!(calibration.probabilities(&odd[1])[0].is_nan());
    assert!(calibration.probabilities(&odd[2]).iter().all(|p| (0.0..=1.0).contains(p)));
}
