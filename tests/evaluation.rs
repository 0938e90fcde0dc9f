//! Evaluating scores directly on a data set.

use std::time::Instant;

use crossrank::dataset::{Dataset, Judgements, Qrels, Relevance, Run};
use crossrank::eval::{Averaging, Measure, STANDARD, evaluate, evaluate_scores};

use crate::signals::{dataset, image, judged, query, titled};

/// Queries of `size` candidates with grades, clusters and scores drawn by a small congruential generator.
fn drawn(queries: usize, size: usize) -> (Dataset, Judgements, Vec<Vec<f32>>) {
    let mut state = 7_u64;
    let mut draw = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let images = (0..queries * size).map(|i| image(&i.to_string(), "")).collect();
    let mut data =
        dataset(images, (0..queries).map(|q| query(&format!("q{q}"), "", q * size..(q + 1) * size)).collect());
    let mut judgements = Judgements::unjudged(&data);
    for (index, query) in data.queries.iter_mut().enumerate() {
        for (position, candidate) in query.candidates.iter_mut().enumerate() {
            let grade = match draw(5) {
                0 => None,
                grade => Some(Relevance(grade as i32 - 2)),
            };
            judgements.set(index, position, grade);
            if grade.is_some_and(Relevance::is_relevant) {
                candidate.clusters = vec![draw(9) as u32];
            }
        }
        query.clusters = (0..10).map(|cluster| (cluster, format!("c{cluster}"))).collect();
    }
    let scores = (0..queries).map(|_| (0..size).map(|_| draw(size as u64) as f32).collect()).collect();
    (data, judgements, scores)
}

#[test]
fn scores_of_a_data_set_are_evaluated_like_the_equivalent_qrels_and_run() {
    let (data, judgements, scores) = drawn(12, 40);
    let (mut qrels, mut run) = (Qrels::new(), Run::new());
    for (index, (query, scores)) in data.queries.iter().zip(&scores).enumerate() {
        for ((candidate, score), grade) in query.candidates.iter().zip(scores).zip(judgements.of(index)) {
            let id = data.images[candidate.image].id.to_string();
            if let Some(grade) = grade {
                qrels.entry(query.id.to_string()).or_default().insert(id.clone(), grade.0);
            }
            run.entry(query.id.to_string()).or_default().insert(id, f64::from(*score));
        }
    }
    let measures =
        Measure::parse_list("map ndcg ndcg@20 p@10 recall@20 rprec bpref recip_rank success@1 map@20").unwrap();
    let all: Vec<usize> = (0..12).collect();
    let direct = evaluate_scores(&data, &judgements, &all, |query| &scores[query], &measures);
    assert_eq!(direct, evaluate(&qrels, &run, &measures, Averaging::Both));
}

#[test]
fn diversity_is_measured_if_a_query_has_clusters() {
    let mut data = titled("q", &["a", "b", "c"]);
    for (candidate, clusters) in data.queries[0].candidates.iter_mut().zip([vec![1], vec![], vec![1, 2]]) {
        candidate.clusters = clusters;
    }
    data.queries[0].clusters = [1, 2, 3].map(|cluster| (cluster, String::new())).into();
    data.queries.push(query("without", "", [0, 1]));
    let judgements = judged(&data, &[(0, &[1, 0, 1]), (1, &[1])]);
    let measures = [Measure::ClusterRecallAt(2), Measure::F1At(2), Measure::PrecisionAt(2)];
    let found = evaluate_scores(&data, &judgements, &[0, 1], |_| vec![3.0, 2.0, 1.0], &measures);
    let expected = [1.0 / 3.0, 0.4, 0.5];
    assert!(found.all.values().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{:?}", found.all);
    assert_eq!(found.of("without", Measure::ClusterRecallAt(2)), None);
}

#[test]
fn queries_without_judgements_are_left_out_and_missing_scores_rank_last() {
    let data = titled("q", &["a", "b"]);
    let mut judgements = Judgements::unjudged(&data);
    let scores = |_| [1.0_f32];
    assert!(evaluate_scores(&data, &judgements, &[0, 9], scores, &STANDARD).per_query.is_empty());
    judgements.set(0, 1, Some(Relevance(1)));
    let found = evaluate_scores(&data, &judgements, &[0], scores, &[Measure::ReciprocalRank]);
    assert_eq!(found.get(Measure::ReciprocalRank), Some(0.5));
}

#[test]
fn four_hundred_queries_are_evaluated_within_milliseconds() {
    let (data, judgements, scores) = drawn(400, 100);
    let all: Vec<usize> = (0..400).collect();
    let mut best = f64::INFINITY;
    for _ in 0..20 {
        let started = Instant::now();
        let found = evaluate_scores(&data, &judgements, &all, |query| &scores[query], &STANDARD);
        best = best.min(started.elapsed().as_secs_f64());
        assert_eq!(found.per_query.len(), 400);
    }
    println!("400 queries of 100 candidates: {:.1} ms", best * 1e3);
    // About 3 ms on an idle core; the bound leaves room for a busy one.
    assert!(best < 0.1, "{best} s");
}
