//! Properties that hold for any input.

use crossrank::dataset::{Dataset, Judgements, Relevance};
use crossrank::eval::{Judged, Measure, Persistence, STANDARD, evaluate_scores, measure_query, order};
use crossrank::signals::{
    Normalisation, SignalGroup, SignalInfo, Signals, compute, document_terms, initial_order, query_terms, statistics,
    table, text_only, text_signal,
};
use proptest::prelude::*;

use crate::signals::{dataset, image, query};

/// Every measure without clusters, at a cut-off.
fn measures(k: usize) -> Vec<Measure> {
    vec![
        Measure::Map,
        Measure::Ndcg,
        Measure::NdcgAt(k),
        Measure::PrecisionAt(k),
        Measure::RecallAt(k),
        Measure::Rprec,
        Measure::Bpref,
        Measure::ReciprocalRank,
        Measure::SuccessAt(k),
        Measure::MapAt(k),
        Measure::NdcgExp,
        Measure::NdcgExpAt(k),
        Measure::Err,
        Measure::ErrAt(k),
        Measure::Rbp(Persistence::new(k as f64 / 2000.0).expect("a fraction of few decimals")),
    ]
}

fn any_measure() -> impl Strategy<Value = Measure> {
    let clusters = |k| vec![Measure::ClusterRecallAt(k), Measure::F1At(k)];
    (1_usize..2000).prop_flat_map(move |k| prop::sample::select([measures(k), clusters(k)].concat()))
}

fn grades() -> impl Strategy<Value = Vec<Option<Relevance>>> {
    prop::collection::vec(prop::option::of((-2..4).prop_map(Relevance)), 0..60)
}

/// Numbers as files hold them: ordinary, equal, extreme, missing.
fn value() -> impl Strategy<Value = f32> {
    prop_oneof![
        6 => -100.0..100.0_f32,
        2 => Just(1.0_f32),
        1 => prop::num::f32::ANY,
        1 => Just(f32::NAN),
        1 => prop::sample::select(vec![f32::MAX, f32::MIN, f32::INFINITY, f32::MIN_POSITIVE]),
    ]
}

/// One query with any texts and numbers.
fn any_dataset() -> impl Strategy<Value = Dataset> {
    let field = prop_oneof![Just(String::new()), "[a-c ]{0,8}", any::<String>(), "[가-힣 <>_/a-z]{0,9}"];
    let number = prop::option::of(prop_oneof![-1e3..1e6_f64, prop::num::f64::ANY]);
    let place = prop::option::of((-100.0..100.0_f64, -400.0..400.0_f64));
    let fields = (field.clone(), field.clone(), prop::collection::vec(field.clone(), 0..3));
    let row = (fields, number.clone(), number, prop::option::of(any::<i64>()), place.clone(), value());
    let ranks = prop::option::of(any::<u32>());
    (field, place, prop::collection::vec((row, ranks), 0..12)).prop_map(|(text, location, rows)| {
        let images = rows.iter().enumerate().map(|(i, ((fields, views, comments, date, location, _), _))| {
            let mut image = image(&i.to_string(), &fields.0);
            (image.description, image.tags) = (fields.1.clone(), fields.2.clone());
            (image.popularity, image.comments, image.date, image.location) = (*views, *comments, *date, *location);
            image
        });
        let mut data = dataset(images.collect(), vec![query("q", &text, 0..rows.len())]);
        data.feature_names = vec!["bm25".into()];
        data.queries[0].location = location;
        for (candidate, ((.., feature), rank)) in data.queries[0].candidates.iter_mut().zip(&rows) {
            (candidate.features, candidate.rank) = (vec![*feature], *rank);
        }
        data
    })
}

proptest! {
    #[test]
    fn measures_lie_between_zero_and_one(ranked in grades(), missed in grades(), k in 1_usize..80) {
        let judged: Vec<Relevance> = ranked.iter().chain(&missed).flatten().copied().collect();
        for measure in measures(k) {
            let value = measure_query(measure, &ranked, &judged);
            prop_assert!((0.0..=1.0 + 1e-12).contains(&value), "{measure}: {value}");
        }
    }

    #[test]
    fn diversity_lies_between_zero_and_one(clusters in prop::collection::vec(prop::collection::vec(0_u32..9, 0..3), 1..30), k in 1_usize..40) {
        let clusters: Vec<&[u32]> = clusters.iter().map(Vec::as_slice).collect();
        let relevance: Vec<_> = clusters.iter().map(|of| Some(Relevance(i32::from(!of.is_empty())))).collect();
        let judged = Judged { relevance: &relevance, clusters: Some(&clusters), cluster_total: 9, ..Judged::default() };
        let order: Vec<usize> = (0..clusters.len()).collect();
        for value in judged.measure(&order, &[Measure::ClusterRecallAt(k), Measure::F1At(k)]) {
            prop_assert!((0.0..=1.0).contains(&value), "{value}");
        }
    }

    #[test]
    fn an_ideal_ranking_is_perfect_by_every_measure_of_the_whole_list(mut ranked in grades()) {
        ranked.sort_by_key(|grade| std::cmp::Reverse(grade.map_or(0, |grade| grade.0.max(0))));
        let judged: Vec<Relevance> = ranked.iter().flatten().copied().collect();
        let best = f64::from(u8::from(judged.iter().any(|grade| grade.is_relevant())));
        for measure in [Measure::Map, Measure::Ndcg, Measure::NdcgExp, Measure::Rprec, Measure::Bpref, Measure::ReciprocalRank] {
            let value = measure_query(measure, &ranked, &judged);
            prop_assert!((value - best).abs() < 1e-12, "{measure}: {value}");
        }
    }

    #[test]
    fn lifting_a_relevant_image_never_lowers_a_measure(ranked in grades(), k in 1_usize..30) {
        let judged: Vec<Relevance> = ranked.iter().flatten().copied().collect();
        let relevant = |grade: Option<Relevance>| grade.is_some_and(Relevance::is_relevant);
        let all = |ranked: &[_]| measures(k).into_iter().map(|m| measure_query(m, ranked, &judged)).collect::<Vec<f64>>();
        let before = all(&ranked);
        for at in (1..ranked.len()).filter(|&at| relevant(ranked[at]) && !relevant(ranked[at - 1])) {
            let mut lifted = ranked.clone();
            lifted.swap(at - 1, at);
            for (measure, (after, before)) in measures(k).into_iter().zip(all(&lifted).into_iter().zip(&before)) {
                prop_assert!(after >= before - 1e-12, "{measure} at {at}");
            }
        }
    }

    #[test]
    fn measures_read_back_from_their_names(measure in any_measure()) {
        prop_assert_eq!(measure.to_string().parse(), Ok(measure));
        prop_assert_eq!(measure.label().parse(), Ok(measure));
        prop_assert!(measure.explanation().ends_with('.'));
    }

    #[test]
    fn no_text_is_a_measure_by_accident_or_breaks_the_reader(text in any::<String>()) {
        if let Ok(measure) = text.parse::<Measure>() {
            prop_assert_eq!(measure.to_string().parse(), Ok(measure));
        }
    }

    #[test]
    fn an_order_shows_every_image_once_best_first(scores in prop::collection::vec(value(), 0..50)) {
        let ids: Vec<String> = (0..scores.len()).map(|i| (i % 7).to_string()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let found = order(&scores, &ids);
        let mut sorted = found.clone();
        sorted.sort_unstable();
        prop_assert!(sorted.into_iter().eq(0..scores.len()));
        for pair in found.windows(2) {
            let (a, b) = (scores[pair[0]], scores[pair[1]]);
            prop_assert!(b.is_nan() || a > b || (a == b && ids[pair[0]] >= ids[pair[1]]), "{a} before {b}");
        }
    }

    #[test]
    fn features_are_finite_whatever_the_signals(
        values in prop::collection::vec(value(), 0..40),
        width in 1_usize..4,
        normalisation in prop::sample::select(&Normalisation::ALL[..]),
    ) {
        let rows = values.len() / width;
        let info = |i: usize| SignalInfo { name: i.to_string(), description: String::new(), group: SignalGroup::Given };
        let signals = Signals { infos: (0..width).map(info).collect(), queries: vec![values[..rows * width].to_vec()] };
        let chosen: Vec<usize> = (0..width + 1).rev().collect();
        let found = table(&signals, 0, &chosen, normalisation);
        prop_assert_eq!(found.len(), rows * chosen.len());
        prop_assert!(found.iter().all(|value| value.is_finite()), "{:?} gave {:?}", signals, found);
    }

    #[test]
    fn quantiles_do_not_change_under_a_monotone_transform(values in prop::collection::vec(-5.0..5.0_f32, 1..30)) {
        let info = SignalInfo { name: "s".into(), description: String::new(), group: SignalGroup::Given };
        let of = |values: Vec<f32>| {
            table(&Signals { infos: vec![info.clone()], queries: vec![values] }, 0, &[0], Normalisation::Quantile)
        };
        prop_assert_eq!(of(values.clone()), of(values.iter().map(|value| value * 4.0).collect()));
    }

    #[test]
    fn signals_of_any_data_set_are_finite_or_missing(data in any_dataset()) {
        let signals = compute(&data);
        let judgements = Judgements::unjudged(&data);
        let candidates = data.candidate_count();
        prop_assert!(!signals.infos.is_empty());
        prop_assert_eq!(signals.queries[0].len(), candidates * signals.infos.len());
        prop_assert!(signals.queries[0].iter().all(|value| value.is_nan() || value.is_finite()));
        for signal in 0..signals.infos.len() {
            let found = statistics(&judgements, &[0], &signals, signal);
            prop_assert!([found.min, found.mean, found.max, found.deviation].iter().all(|value| value.is_finite()));
        }
        for scores in [text_only(&signals, 0), initial_order(&data, 0)] {
            prop_assert!(scores.iter().all(|value| value.is_finite()));
            prop_assert!(scores.len() == candidates || scores.is_empty() && text_signal(&signals).is_none());
        }
        prop_assert!(evaluate_scores(&data, &judgements, &[0], |_| text_only(&signals, 0), &STANDARD).per_query.is_empty());
    }

    #[test]
    fn any_text_becomes_terms_without_upper_case_and_documents_hold_their_queries(text in any::<String>()) {
        let (query, document) = (query_terms(&text), document_terms(&text));
        prop_assert!(query.terms.iter().all(|term| document.terms.contains(term)));
        prop_assert_eq!(query.length, document.length);
        prop_assert_eq!(query.length, query.terms.len());
        prop_assert!(query.terms.iter().all(|term| !term.is_empty() && !term.contains([' ', '_', '<'])));
    }
}
