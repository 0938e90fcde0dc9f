//! Losses: gradients against differences, what they ask for, what they cost.

use crossrank::base::Rng;
use crossrank::dataset::{ImageId, Relevance};
use crossrank::eval::{Measure, measure_query};
use crossrank::train::{Loss, LossSettings, Objective, Targets, Weighting};

/// A query of `n` images with grades below `grades` (from −1, unjudged, on) and random scores.
fn random(n: usize, grades: i32, rng: &mut Rng) -> (Vec<Option<Relevance>>, Vec<f64>) {
    let grade = |rng: &mut Rng| Some(Relevance((rng.next_u64() % (grades as u64 + 1)) as i32 - 1));
    ((0..n).map(|_| grade(rng)).collect(), (0..n).map(|_| 2.0 * rng.normal()).collect())
}

fn objectives() -> Vec<Objective> {
    let mut all: Vec<Objective> = Loss::ALL.into_iter().map(Objective::from).collect();
    let with = |loss, settings| Objective { loss, settings, ..Objective::default() };
    let exponential = LossSettings { exponential_gain: true, truncation: Some(5), ..LossSettings::default() };
    all.extend([Loss::LambdaNdcg, Loss::ApproxNdcg, Loss::NeuralNdcg].map(|loss| with(loss, exponential)));
    let smooth = LossSettings { temperature: Some(2.0), sinkhorn: 6, ..LossSettings::default() };
    all.extend([Loss::ApproxNdcg, Loss::NeuralNdcg].map(|loss| with(loss, smooth)));
    let loose = LossSettings { sinkhorn: 0, ..LossSettings::default() };
    all.push(with(Loss::NeuralNdcg, loose));
    let per_query = |objective: Objective| Objective { weighting: Weighting::PerQuery, ..objective };
    all.iter().copied().chain(all.iter().copied().map(per_query)).collect()
}

#[test]
fn every_gradient_is_that_of_central_differences_on_graded_queries() {
    let mut rng = Rng::new(3);
    for (n, grades) in [(2, 2), (7, 2), (13, 4), (30, 5)] {
        let (relevance, scores) = random(n, grades, &mut rng);
        let targets = Targets::new(&relevance);
        for objective in objectives() {
            let (_, gradient) = objective.evaluate(&scores, &targets);
            let step = 1e-5;
            for i in 0..n {
                let at = |d: f64| {
                    let mut moved = scores.clone();
                    moved[i] += d;
                    objective.evaluate(&moved, &targets).0
                };
                let slope = (at(step) - at(-step)) / (2.0 * step);
                let error = (slope - gradient[i]).abs();
                assert!(error < 1e-6 * slope.abs().max(1.0), "{objective:?}, n {n}: ∂{i} {} not {slope}", gradient[i]);
            }
        }
    }
}

#[test]
fn putting_two_wrongly_ordered_images_right_lowers_every_loss() {
    let mut rng = Rng::new(5);
    for _ in 0..20 {
        let (relevance, scores) = random(12, 4, &mut rng);
        let grade = |i: usize| relevance[i].unwrap().0;
        let judged: Vec<usize> = (0..12).filter(|&i| grade(i) >= 0).collect();
        let targets = Targets::new(&relevance);
        let pair = judged.iter().flat_map(|&i| judged.iter().map(move |&j| (i, j)));
        // For LambdaRank on MAP grades above 0 are all one.
        let wrong = pair.into_iter().find(|&(i, j)| grade(i) > 0 && grade(j) == 0 && scores[i] < scores[j] - 0.1);
        let Some((i, j)) = wrong else { continue };
        let mut right = scores.clone();
        right.swap(i, j);
        // Without Sinkhorn's scaling the smooth sort may choose an image twice and gain by it.
        for objective in objectives().into_iter().filter(|objective| objective.settings.sinkhorn > 0) {
            let (before, after) = (objective.evaluate(&scores, &targets).0, objective.evaluate(&right, &targets).0);
            let truncated = objective.settings.truncation.is_some();
            assert!(after < before || (truncated && after == before), "{objective:?}: {before} → {after}");
        }
    }
}

#[test]
fn unjudged_images_have_no_slope_and_change_no_loss() {
    let mut rng = Rng::new(7);
    let (relevance, scores) = random(15, 4, &mut rng);
    let targets = Targets::new(&relevance);
    let without = |values: &[f64]| -> Vec<f64> {
        values.iter().zip(&relevance).filter(|(_, grade)| grade.unwrap().0 >= 0).map(|(value, _)| *value).collect()
    };
    let judged: Vec<_> = relevance.iter().copied().filter(|grade| grade.unwrap().0 >= 0).collect();
    assert!(judged.len() < relevance.len());
    for objective in objectives() {
        let (value, gradient) = objective.evaluate(&scores, &targets);
        let (alone, parts) = objective.evaluate(&without(&scores), &Targets::new(&judged));
        assert_eq!((value, without(&gradient)), (alone, parts), "{objective:?}");
    }
}

#[test]
fn the_order_of_the_images_in_the_file_changes_no_loss() {
    let mut rng = Rng::new(11);
    let (relevance, scores) = random(20, 3, &mut rng);
    let mut order: Vec<usize> = (0..20).collect();
    rng.shuffle(&mut order);
    let shuffled: Vec<_> = order.iter().map(|&i| relevance[i]).collect();
    let moved: Vec<f64> = order.iter().map(|&i| scores[i]).collect();
    for objective in objectives() {
        let (before, gradient) = objective.evaluate(&scores, &Targets::new(&relevance));
        let (after, other) = objective.evaluate(&moved, &Targets::new(&shuffled));
        assert!((before - after).abs() < 1e-9 * before.abs().max(1.0), "{objective:?}");
        for (at, &i) in order.iter().enumerate() {
            assert!((gradient[i] - other[at]).abs() < 1e-9, "{objective:?}");
        }
    }
}

#[test]
fn queries_of_one_grade_teach_only_the_pointwise_loss() {
    for grade in [0, 2] {
        let targets = Targets::new(&[Some(Relevance(grade)); 4]);
        for loss in Loss::ALL {
            let (value, gradient) = Objective::from(loss).evaluate(&[0.5, 1.0, -1.0, 0.0], &targets);
            let learns = loss == Loss::BinaryCrossEntropy;
            assert_eq!(loss.weight(&targets) > 0.0, learns, "{loss}");
            assert_eq!(gradient.iter().any(|slope| *slope != 0.0), learns, "{loss}");
            assert_eq!(value > 0.0, learns, "{loss}");
        }
    }
    let none = Targets::new(&[None, Some(Relevance(-1))]);
    assert!(Loss::ALL.into_iter().all(|loss| loss.weight(&none) == 0.0));
}

#[test]
fn neural_ndcg_of_a_sharp_sort_is_one_minus_ndcg() {
    let mut rng = Rng::new(13);
    for sinkhorn in [0, 5] {
        let (relevance, scores) = random(25, 4, &mut rng);
        let mut order: Vec<usize> = (0..25).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        let judged: Vec<Relevance> = relevance.iter().flatten().copied().filter(|grade| grade.0 >= 0).collect();
        let ranked: Vec<_> = order.into_iter().map(|i| relevance[i]).filter(|grade| grade.unwrap().0 >= 0).collect();
        let expected = 1.0 - measure_query(Measure::Ndcg, &ranked, &judged);
        let settings = LossSettings { temperature: Some(1e-4), sinkhorn, ..LossSettings::default() };
        let objective = Objective { loss: Loss::NeuralNdcg, settings, ..Objective::default() };
        let (value, _) = objective.evaluate(&scores, &Targets::new(&relevance));
        assert!((value - expected).abs() < 1e-6, "{value}, not {expected}");
        let settings = LossSettings { temperature: Some(1e-4), ..LossSettings::default() };
        let objective = Objective { loss: Loss::ApproxNdcg, settings, ..Objective::default() };
        let (value, _) = objective.evaluate(&scores, &Targets::new(&relevance));
        assert!((value - expected).abs() < 1e-6, "ApproxNDCG: {value}, not {expected}");
    }
}

#[test]
fn lambda_map_weighs_a_pair_by_the_change_of_average_precision() {
    // With equal scores but for tiny steps, −log σ is log 2 for every pair: the loss is log 2 times the sum of changes.
    let mut rng = Rng::new(17);
    let (relevance, _) = random(14, 2, &mut rng);
    let judged: Vec<Relevance> = relevance.iter().flatten().copied().filter(|grade| grade.0 >= 0).collect();
    let precision = |ranked: &[Relevance]| {
        measure_query(Measure::Map, &ranked.iter().copied().map(Some).collect::<Vec<_>>(), &judged)
    };
    let mut expected = 0.0;
    for i in 0..judged.len() {
        for j in 0..i {
            let mut swapped = judged.clone();
            swapped.swap(i, j);
            expected += (precision(&swapped) - precision(&judged)).abs();
        }
    }
    let scores: Vec<f64> = (0..judged.len()).map(|rank| -1e-12 * rank as f64).collect();
    let graded: Vec<_> = judged.iter().copied().map(Some).collect();
    let (value, _) = Objective::from(Loss::LambdaMap).evaluate(&scores, &Targets::new(&graded));
    assert!((value - expected * std::f64::consts::LN_2).abs() < 1e-9, "{value}, not log 2 times {expected}");
}

#[test]
fn list_mle_of_one_best_image_is_the_softmax_and_of_two_the_mean_over_their_orders_nearly() {
    let scores = [0.3, -0.2, 0.1, 0.4];
    let of = |grades: [i32; 4]| {
        let targets = Targets::new(&grades.map(|grade| Some(Relevance(grade))));
        Objective::from(Loss::ListMle).evaluate(&scores, &targets).0
    };
    let e = scores.map(f64::exp);
    let draw = |i: usize, left: &[usize]| (left.iter().map(|&j| e[j]).sum::<f64>() / e[i]).ln();
    assert!((of([1, 0, 0, 0]) - draw(0, &[0, 1, 2, 3])).abs() < 1e-12);
    // All of different grades: the likelihood of that one order.
    let order = draw(0, &[0, 1, 2, 3]) + draw(1, &[1, 2, 3]) + draw(2, &[2, 3]);
    assert!((of([3, 2, 1, 0]) - order).abs() < 1e-12);
    let either = draw(0, &[0, 1, 2, 3]) + draw(1, &[1, 2, 3]) + draw(1, &[0, 1, 2, 3]) + draw(0, &[0, 2, 3]);
    assert!((of([1, 1, 0, 0]) - either / 2.0).abs() < 0.01, "{} and {}", of([1, 1, 0, 0]), either / 2.0);
}

#[test]
fn far_scores_overflow_in_no_loss() {
    let relevance = [1, 0, 2, 0, 0].map(|grade| Some(Relevance(grade)));
    for objective in objectives() {
        for scores in [[1e5, -1e5, 0.0, 3e4, 1.0], [-1e5, 1e5, 0.0, 3e4, 1.0], [0.0; 5]] {
            let (value, gradient) = objective.evaluate(&scores, &Targets::new(&relevance));
            assert!(value.is_finite() && gradient.iter().all(|slope| slope.is_finite()), "{objective:?} {scores:?}");
        }
        let lost = objective.evaluate(&[f64::NAN, 0.0, 1.0, 2.0, 3.0], &Targets::new(&relevance)).0;
        assert!(lost.is_nan(), "{objective:?}: a score that is no number is not passed over");
    }
}

#[test]
fn per_query_every_query_weighs_the_same_whatever_its_length() {
    let relevance: Vec<_> = (0..40).map(|i| Some(Relevance(i32::from(i % 4 == 0)))).collect();
    let (short, long) = (Targets::new(&relevance[..8]), Targets::new(&relevance));
    for loss in Loss::ALL {
        let with = |weighting| Objective { loss, weighting, ..Objective::default() };
        assert_eq!(with(Weighting::PerQuery).weight(&short), with(Weighting::PerQuery).weight(&long), "{loss}");
    }
    assert_eq!((Loss::Bpr.weight(&short), Loss::Bpr.weight(&long)), (12.0, 300.0));
}

#[test]
#[ignore = "a measurement"]
fn prints_what_each_loss_costs_at_300_images() {
    let mut rng = Rng::new(1);
    for grades in [2, 5] {
        let (relevance, scores) = random(300, grades, &mut rng);
        let targets = Targets::new(&relevance);
        for objective in objectives().into_iter().filter(|objective| objective.weighting == Weighting::PerPair) {
            let watch = std::time::Instant::now();
            (0..50).for_each(|_| drop(std::hint::black_box(objective.evaluate(&scores, &targets))));
            let each = watch.elapsed().as_secs_f64() / 50.0 * 1e3;
            println!("{grades} {} {:?}\t{each:.3}\tms", objective.loss, objective.settings);
        }
    }
}

#[test]
fn equal_scores_are_ordered_by_seed_and_id_not_by_the_file() {
    let grades = [0, 2, 1, 0, 1, 0, 2, 0];
    let ids: Vec<ImageId> = (0..8).map(|i| ImageId::from(format!("image {i}").as_str())).collect();
    let (relevance, scores) = (grades.map(|grade| Some(Relevance(grade))), [0.5; 8]);
    let order = [3, 7, 0, 2, 6, 1, 5, 4];
    let moved: Vec<_> = order.iter().map(|&i| relevance[i]).collect();
    let moved_ids: Vec<ImageId> = order.iter().map(|&i| ids[i].clone()).collect();
    for loss in [Loss::LambdaNdcg, Loss::LambdaMap] {
        let objective = Objective::from(loss);
        let of = |seed: u64| objective.evaluate(&scores, &Targets::new(&relevance).with_ties(seed, &ids));
        let (value, gradient) = of(1);
        let (same, other) = objective.evaluate(&scores, &Targets::new(&moved).with_ties(1, &moved_ids));
        assert!((value - same).abs() < 1e-12, "{loss}: {value}, {same}");
        for (at, &i) in order.iter().enumerate() {
            assert!((gradient[i] - other[at]).abs() < 1e-12, "{loss}");
        }
        assert!((2..9).any(|seed| of(seed).1 != gradient), "{loss}: another seed is another order");
        let by_file = |relevance: &[_]| objective.evaluate(&scores, &Targets::new(relevance)).0;
        assert_ne!(by_file(&relevance), by_file(&moved), "{loss}: the order does matter");
    }
}
