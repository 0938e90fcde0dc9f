//! Measures against pytrec_eval's figures.

use std::collections::BTreeMap;

use crossrank::dataset::{Qrels, RecallBase, Relevance, Run};
use crossrank::eval::{
    Averaging, Conventions, Judged, Measure, Persistence, STANDARD, evaluate, f1, measure_diversity, measure_query,
    order, ties,
};

#[derive(serde::Deserialize)]
struct Case {
    qrels: Qrels,
    run: Run,
    per_query: BTreeMap<String, BTreeMap<String, f64>>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("fixtures/measures_trec.json")).expect("the fixture is valid")
}

fn qrels(text: &[(&str, &str, i32)]) -> Qrels {
    let mut qrels = Qrels::new();
    for (query, image, grade) in text {
        qrels.entry((*query).into()).or_default().insert((*image).into(), *grade);
    }
    qrels
}

fn run(text: &[(&str, &str, f64)]) -> Run {
    let mut run = Run::new();
    for (query, image, score) in text {
        run.entry((*query).into()).or_default().insert((*image).into(), *score);
    }
    run
}

#[test]
fn every_measure_of_every_pair_equals_pytrec_eval() {
    let cases = cases();
    assert_eq!(cases.len(), 60);
    let mut compared = 0;
    for (number, case) in cases.iter().enumerate() {
        for (query, expected) in &case.per_query {
            let names: Vec<&String> = expected.keys().collect();
            let measures: Vec<Measure> = names.iter().map(|name| name.parse().expect(name)).collect();
            let found = evaluate(&case.qrels, &case.run, &measures, Averaging::Both);
            for (name, measure) in names.iter().zip(measures) {
                let value = found.of(query, measure).expect("every measure is defined");
                assert!((value - expected[*name]).abs() < 1e-6, "case {number}, {query}, {name}: {value}");
                compared += 1;
            }
        }
    }
    assert!(compared > 3000, "only {compared} figures were compared");
}

#[test]
fn with_the_candidates_as_recall_base_what_the_run_lacks_does_not_count() {
    let mut differ = 0;
    for case in cases() {
        let candidates = Conventions { recall_base: RecallBase::Candidates, ..Conventions::default() };
        let found = evaluate(&case.qrels, &case.run, &STANDARD, candidates);
        let mut retrieved = case.qrels.clone();
        for (query, grades) in &mut retrieved {
            let Some(run) = case.run.get(query) else { continue };
            grades.retain(|image, _| run.contains_key(image));
        }
        let expected = evaluate(&retrieved, &case.run, &STANDARD, Averaging::Both);
        assert_eq!(found.per_query, expected.per_query);
        differ += usize::from(found.all != evaluate(&case.qrels, &case.run, &STANDARD, Averaging::Both).all);
    }
    assert!(differ > 0, "the fixture should hold relevant images that the run lacks");
}

#[test]
fn means_are_over_the_queries_in_both_qrels_and_run_or_over_all_of_the_qrels() {
    let mut queries_missing = 0;
    for case in cases() {
        let both = evaluate(&case.qrels, &case.run, &STANDARD, Averaging::Both);
        assert!(both.per_query.keys().eq(case.per_query.keys()));
        let all = evaluate(&case.qrels, &case.run, &STANDARD, Averaging::AllQrels);
        assert!(all.per_query.keys().eq(case.qrels.keys()));
        let sum: f64 = case.per_query.values().map(|row| row["map"]).sum();
        if !case.per_query.is_empty() {
            assert!((both.get(Measure::Map).unwrap() - sum / case.per_query.len() as f64).abs() < 1e-9);
        }
        assert!((all.get(Measure::Map).unwrap() - sum / case.qrels.len() as f64).abs() < 1e-9);
        queries_missing += case.qrels.len() - case.per_query.len();
    }
    assert!(queries_missing > 0, "the fixture should hold queries that the run lacks");
}

#[test]
fn equal_scores_are_ordered_by_id_descending_and_nan_comes_last() {
    assert_eq!(order(&[1.0, 2.0, 1.0, f32::NAN, -0.0, 0.0], &["a", "b", "c", "z", "d", "e"]), [1, 2, 0, 5, 4, 3]);
    assert_eq!(order(&[0.0, 0.0], &["10", "9"]), [1, 0], "ids are compared by bytes, not as numbers");
    assert_eq!(order(&[1.0], &["a", "b"]), [0, 1], "an image without score comes last");
    assert_eq!(order(&[f32::NEG_INFINITY, f32::NAN, f32::INFINITY], &["a", "b", "c"]), [2, 0, 1]);
}

#[test]
fn scores_closer_than_a_32_bit_float_can_tell_are_ties() {
    // Checked against pytrec_eval: as ties, b stands before a by its id.
    let found = evaluate(
        &qrels(&[("q", "a", 1), ("q", "b", 0)]),
        &run(&[("q", "a", 1.000_000_01), ("q", "b", 1.0)]),
        &[Measure::ReciprocalRank],
        Averaging::Both,
    );
    assert_eq!(found.get(Measure::ReciprocalRank), Some(0.5));
}

#[test]
fn a_query_without_any_relevant_image_scores_zero_and_counts() {
    let qrels = qrels(&[("empty", "a", 0), ("full", "a", 1), ("unjudged", "a", -1)]);
    let run = run(&[("empty", "a", 1.0), ("full", "a", 1.0), ("unjudged", "a", 1.0), ("stranger", "a", 1.0)]);
    let found = evaluate(&qrels, &run, &[Measure::Map, Measure::Ndcg, Measure::Bpref], Averaging::Both);
    assert!(found.all.values().eq([1.0 / 3.0; 3]), "{:?}", found.all);
    assert_eq!(found.per_query.len(), 3);
}

#[test]
fn precision_is_over_k_however_short_the_ranking() {
    let relevant = Relevance(1);
    assert_eq!(measure_query(Measure::PrecisionAt(20), &[Some(relevant)], &[relevant]), 0.05);
    assert_eq!(measure_query(Measure::PrecisionAt(20), &[], &[relevant]), 0.0);
}

#[test]
fn ndcg_takes_its_ideal_from_all_judged_images() {
    let judged = [Relevance(1), Relevance(3), Relevance(0), Relevance(-1)];
    let found = measure_query(Measure::NdcgAt(2), &[Some(judged[0]), None], &judged);
    let ideal = 3.0 + 1.0 / 3_f64.log2();
    assert!((found - 1.0 / ideal).abs() < 1e-12);
}

fn rbp(persistence: f64) -> Measure {
    Measure::Rbp(Persistence::new(persistence).expect("a fraction"))
}

#[test]
fn exponential_gain_weighs_a_grade_of_three_like_seven_of_one() {
    let (one, three) = (Relevance(1), Relevance(3));
    let found = measure_query(Measure::NdcgExp, &[Some(one), Some(three)], &[three, one]);
    let discount = 3_f64.log2();
    assert!((found - (1.0 + 7.0 / discount) / (7.0 + 1.0 / discount)).abs() < 1e-12, "{found}");
    let huge = Relevance(i32::MAX);
    assert_eq!(measure_query(Measure::NdcgExp, &[Some(huge)], &[huge]), 1.0, "grades of any size");
}

#[test]
fn err_takes_the_highest_grade_of_all_judgements_as_the_best_there_is() {
    let qrels = qrels(&[("q", "a", 1), ("q", "b", 0), ("q", "c", 2), ("other", "x", 2)]);
    let of =
        |measure, run: &Run| evaluate(&qrels, run, &[measure], Averaging::Both).get(measure).expect("it is defined");
    let ranked = run(&[("q", "a", 3.0), ("q", "b", 2.0), ("q", "c", 1.0)]);
    // By hand: chances 1/4, 0, 3/4.
    assert!((of(Measure::Err, &ranked) - (0.25 + 0.75 * 0.75 / 3.0)).abs() < 1e-12);
    assert!((of(Measure::ErrAt(2), &ranked) - 0.25).abs() < 1e-12);
    // One query with grade 1 alone: half satisfied, as 1 is the best grade; not with a 2 elsewhere in the qrels.
    assert_eq!(measure_query(Measure::Err, &[Some(Relevance(1))], &[Relevance(1)]), 0.5);
    let judged = Judged { relevance: &[Some(Relevance(1))], highest_grade: 2, ..Judged::default() };
    assert_eq!(judged.measure(&[0], &[Measure::Err]), [0.25]);
}

#[test]
fn rank_biased_precision_weighs_each_rank_by_the_chance_of_getting_there() {
    let (hit, miss) = (Some(Relevance(2)), Some(Relevance(0)));
    let found = measure_query(rbp(0.8), &[hit, miss, hit, None], &[Relevance(2)]);
    assert!((found - 0.2 * (1.0 + 0.64)).abs() < 1e-12, "{found}");
    assert_eq!([0.0, 1.0, -0.5, 1.5, f64::NAN, 0.123_456_78].map(Persistence::new), [None; 6]);
}

#[test]
fn tied_images_are_counted_as_the_order_sees_them() {
    let found = ties(&run(&[
        ("q", "a", 1.0),
        ("q", "b", 1.000_000_01),
        ("q", "c", 0.5),
        ("r", "a", 0.0),
        ("r", "b", -0.0),
        ("r", "c", f64::NAN),
        ("r", "d", f64::NAN),
        ("s", "a", 1.0),
    ]));
    assert_eq!((found.images, found.queries), (6, 2));
    assert_eq!(found.per_query.into_values().collect::<Vec<_>>(), [2, 4, 0]);
}

#[test]
fn cluster_recall_counts_each_cluster_once_over_all_clusters_of_the_query() {
    let ranked: [&[u32]; 4] = [&[1], &[], &[1, 2], &[3]];
    assert_eq!(measure_diversity(1, &ranked, 4), 0.25);
    assert_eq!(measure_diversity(3, &ranked, 4), 0.5);
    assert_eq!(measure_diversity(20, &ranked, 4), 0.75);
    assert_eq!(measure_diversity(20, &ranked, 0), 0.0);
    assert_eq!(f1(0.5, 1.0), 2.0 / 3.0);
    assert_eq!(f1(0.0, 0.0), 0.0);
}

#[test]
fn measures_are_read_in_our_spelling_and_in_trec_evals() {
    for (text, measure) in [
        ("map", Measure::Map),
        ("MAP", Measure::Map),
        ("ndcg", Measure::Ndcg),
        ("nDCG@20", Measure::NdcgAt(20)),
        ("ndcg_cut_20", Measure::NdcgAt(20)),
        ("ndcg_cut.20", Measure::NdcgAt(20)),
        ("P_10", Measure::PrecisionAt(10)),
        ("P.10", Measure::PrecisionAt(10)),
        ("p@10", Measure::PrecisionAt(10)),
        ("recall_100", Measure::RecallAt(100)),
        ("Rprec", Measure::Rprec),
        ("bpref", Measure::Bpref),
        ("recip_rank", Measure::ReciprocalRank),
        ("success_5", Measure::SuccessAt(5)),
        ("map_cut_10", Measure::MapAt(10)),
        ("cr@20", Measure::ClusterRecallAt(20)),
        ("f1@20", Measure::F1At(20)),
        ("ndcg-exp", Measure::NdcgExp),
        ("nDCG-exp@20", Measure::NdcgExpAt(20)),
        ("ERR", Measure::Err),
        ("err@5", Measure::ErrAt(5)),
        ("rbp@0.80", rbp(0.8)),
        ("RBP@0.95", rbp(0.95)),
    ] {
        assert_eq!(text.parse(), Ok(measure), "{text}");
        assert_eq!(measure.to_string().parse(), Ok(measure), "{measure} reads back");
    }
    assert_eq!(Measure::parse_list("map, ndcg@20,P_10,map"), "map,ndcg@20,p@10".split(',').map(str::parse).collect());
}

#[test]
fn a_name_that_is_no_measure_is_refused_with_what_was_written() {
    for text in [
        "",
        "mapp",
        "p",
        "p@",
        "p@0",
        "p@-3",
        "p@ten",
        "ndcg@",
        "rprec@5",
        "@20",
        "p@99999999999999999999999",
        "rbp",
        "rbp@1",
        "rbp@0",
        "err@0",
        "ndcg-exp@",
    ] {
        let error = text.parse::<Measure>().expect_err(text).to_string();
        assert!(error.contains(text), "{error}");
    }
    assert!(Measure::parse_list(" , ").is_err());
}

#[test]
fn a_measure_is_kept_as_its_name_and_shown_as_its_label() {
    assert_eq!(serde_json::to_string(&STANDARD).unwrap(), r#"["map","p@10","p@20","ndcg@20","ndcg"]"#);
    assert_eq!(serde_json::from_str::<Measure>(r#""ndcg@20""#).unwrap(), Measure::NdcgAt(20));
    assert!(serde_json::from_str::<Measure>(r#""ndcg@x""#).is_err());
    assert_eq!(STANDARD.map(Measure::label), ["MAP", "P@10", "P@20", "nDCG@20", "nDCG"]);
    assert_eq!(Measure::PrecisionAt(10).explanation(), "Share of the first 10 images that is relevant.");
}

#[test]
fn an_evaluation_is_written_as_all_and_per_query_by_name() {
    let found = evaluate(
        &qrels(&[("q1", "a", 1)]),
        &run(&[("q1", "a", 1.0)]),
        &[Measure::Map, Measure::PrecisionAt(2), Measure::ClusterRecallAt(20)],
        Averaging::Both,
    );
    let row = r#"{"map":1.0,"p@2":0.5,"cr@20":null}"#;
    let expected = format!(r#"{{"all":{row},"per_query":{{"q1":{row}}}}}"#);
    assert_eq!(serde_json::to_string(&found).unwrap(), expected);
    assert_eq!(found.get(Measure::ClusterRecallAt(20)), None, "qrels know no clusters");
}
