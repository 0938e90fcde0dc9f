//! Relevance signals, their normalisation, and evaluation straight from a data set.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use crossrank::dataset::{Candidate, Dataset, Format, Image, Judgements, Qrels, Query, Relevance, Run};
use crossrank::eval::{Averaging, Measure, STANDARD, evaluate, evaluate_scores};
use crossrank::signals::{
    Normalisation, SignalGroup, SignalInfo, Signals, compute, document_terms, initial_order, query_terms, statistics,
    table, text_only, text_signal,
};

pub(crate) fn image(id: &str, title: &str) -> Image {
    Image { title: title.into(), ..Image::new(id.into()) }
}

pub(crate) fn query(id: &str, text: &str, images: impl IntoIterator<Item = usize>) -> Query {
    let candidate = |image| Candidate { image, rank: None, features: vec![], clusters: vec![] };
    Query {
        id: id.into(),
        text: text.into(),
        split: None,
        location: None,
        candidates: images.into_iter().map(candidate).collect(),
        clusters: BTreeMap::new(),
    }
}

pub(crate) fn dataset(images: Vec<Image>, queries: Vec<Query>) -> Dataset {
    Dataset {
        name: "hand-made".into(),
        root: PathBuf::new(),
        format: Format::Folder,
        images,
        queries,
        feature_names: vec![],
        vectors: vec![],
    }
}

fn titled(query_text: &str, titles: &[&str]) -> Dataset {
    let images: Vec<Image> = titles.iter().enumerate().map(|(i, title)| image(&format!("i{i}"), title)).collect();
    let queries = vec![query("q", query_text, 0..images.len())];
    dataset(images, queries)
}

fn values(dataset: &Dataset, name: &str) -> Vec<f32> {
    let signals = compute(dataset);
    let signal = signals.index(name).unwrap_or_else(|| panic!("there is no {name}"));
    signals.column(0, signal).collect()
}

fn raw(columns: &[&[f32]]) -> Signals {
    let info = |i| SignalInfo { name: format!("s{i}"), description: String::new(), group: SignalGroup::Given };
    let rows = columns[0].len();
    let values = (0..rows).flat_map(|row| columns.iter().map(move |column| column[row])).collect();
    Signals { infos: (0..columns.len()).map(info).collect(), queries: vec![values] }
}

fn close(found: &[f32], expected: &[f32]) {
    let near = |(a, b): (&f32, &f32)| (a - b).abs() < 1e-4;
    assert!(found.len() == expected.len() && found.iter().zip(expected).all(near), "{found:?} is not {expected:?}");
}

#[test]
fn words_are_lower_cased_stemmed_and_freed_of_stop_words_underscores_and_tags() {
    assert_eq!(query_terms("Basilica_of_Saint_Peter").terms, ["basilica", "saint", "peter"]);
    assert_eq!(query_terms("The Fishes' FISHING").terms, ["fish", "fish"]);
    assert_eq!(query_terms("St. Peter's <a href=\"x\">windmills</a>").terms, ["st", "peter", "windmil"]);
    assert_eq!(query_terms("a<b and 3 < 4").terms, ["b", "3", "4"]);
    assert_eq!(query_terms("Sacré-Cœur"), query_terms("SACRE coeur"));
    assert!(query_terms(" of the — ").terms.is_empty());
}

#[test]
fn korean_japanese_and_chinese_go_by_pairs_of_characters() {
    assert_eq!(query_terms("서울타워 night").terms, ["서울", "울타", "타워", "night"]);
    assert_eq!(query_terms("東京タワー").terms, ["東京", "京タ", "タワ", "ワー"]);
    assert_eq!(query_terms("새").terms, ["새"]);
    assert_eq!(document_terms("새가").terms, ["새", "가", "새가"]);
    assert_eq!(document_terms("새가").length, 1);
}

#[test]
fn decomposed_and_full_width_spellings_are_the_same_words() {
    assert_eq!(query_terms("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}").terms, ["한글"]);
    assert_eq!(query_terms("\u{304b}\u{3099}\u{306f}\u{309a}").terms, query_terms("がぱ").terms);
    assert_eq!(query_terms("ＴＯＷＥＲ"), query_terms("tower"));
    assert_eq!(query_terms("Zu\u{308}rich"), query_terms("Zürich"));
}

#[test]
fn a_korean_query_finds_the_titles_that_hold_its_word_with_particles() {
    let found = values(&titled("서울", &["부산의 바다", "서울에서 본 하늘", "sea"]), "bm25");
    assert!(found[1] > 0.0 && found[0] == 0.0 && found[2] == 0.0, "{found:?}");
    let single = values(&titled("새", &["새가 난다", "물고기"]), "bm25");
    assert!(single[0] > 0.0 && single[1] == 0.0, "{single:?}");
}

#[test]
fn bm25_is_the_formula_worked_out_by_hand() {
    // N = 3, mean length 2; "red" in 2 documents, "bird" in 1.
    let found = values(&titled("red bird", &["red red bird", "red", "blue fish"]), "bm25");
    let idf = |df: f64| (1.0 + (3.0 - df + 0.5) / (df + 0.5)).ln();
    let part = |df: f64, tf: f64, length: f64| idf(df) * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / 2.0));
    let expected = [part(2.0, 2.0, 3.0) + part(1.0, 1.0, 3.0), part(2.0, 1.0, 1.0), 0.0];
    close(&found, &expected.map(|value| value as f32));
}

#[test]
fn tfidf_is_the_cosine_and_one_for_a_document_that_is_the_query() {
    let found = values(&titled("red bird", &["red bird", "red fish", "fish"]), "tfidf");
    let weight = (1.0_f64 + 3.0 / 2.0).ln();
    let rare = (1.0_f64 + 3.0).ln();
    let query_norm = (weight * weight + rare * rare).sqrt();
    let half = weight * weight / (query_norm * (2.0 * weight * weight).sqrt());
    close(&found, &[1.0, half as f32, 0.0]);
}

#[test]
fn the_language_model_is_smoothed_by_the_collection() {
    let found = values(&titled("bird unheard", &["bird", "fish fish bird", "fish"]), "lm_dirichlet");
    let background = 2000.0 * 2.0 / 5.0;
    let expected: [f64; 3] = [
        ((1.0 + background) / 2001.0_f64).ln(),
        ((1.0 + background) / 2003.0_f64).ln(),
        (background / 2001.0_f64).ln(),
    ];
    close(&found, &expected.map(|value| value as f32));
}

#[test]
fn tags_titles_and_descriptions_are_searched_together_and_apart() {
    let mut data = titled("owl", &["owl", "x", "y", "z"]);
    data.images[1].tags = vec!["snowy owl".into()];
    data.images[2].description = "An <b>owl</b> at night".into();
    let above_zero = |name| values(&data, name).iter().map(|value| *value > 0.0).collect::<Vec<bool>>();
    assert_eq!(above_zero("bm25"), [true, true, true, false]);
    assert_eq!(above_zero("title_bm25"), [true, false, false, false]);
    assert_eq!(above_zero("tags_bm25"), [false, true, false, false]);
}

#[test]
fn the_other_signals_grow_with_what_speaks_for_relevance() {
    let mut data = titled("q", &["", "", ""]);
    data.queries[0].location = Some((48.8584, 2.2945));
    for (i, candidate) in data.queries[0].candidates.iter_mut().enumerate() {
        candidate.rank = [Some(1), Some(4), None][i];
    }
    let set = |image: &mut Image, popularity, comments, date, location| {
        (image.popularity, image.comments, image.date, image.location) = (popularity, comments, date, location);
    };
    let year = 31_557_600;
    set(&mut data.images[0], Some(0.0), Some(9.0), Some(2 * year), Some((48.8584, 2.2945)));
    set(&mut data.images[1], Some(99.0), Some(f64::NAN), Some(0), Some((51.5007, -0.1246)));
    set(&mut data.images[2], Some(-5.0), Some(0.0), None, Some((1000.0, 0.0)));
    let check = |name, expected: [f32; 2], third: Option<f32>| {
        let found = values(&data, name);
        close(&found[..2], &expected);
        assert!(third.map_or(found[2].is_nan(), |third| found[2] == third), "{name}: {found:?}");
    };
    check("rank", [0.0, -(4_f32.ln())], None);
    check("popularity", [0.0, 100_f32.ln()], None);
    check("freshness", [0.0, -2.0], None);
    // Paris to London, 340.6 km.
    let distance = values(&data, "distance");
    assert!((distance[1] + 341.6_f32.ln()).abs() < 0.01 && distance[0] == 0.0 && distance[2].is_nan(), "{distance:?}");
    let comments = values(&data, "comments");
    assert!(comments[1].is_nan() && comments[0] == 10_f32.ln() && comments[2] == 0.0);
}

#[test]
fn a_signal_that_tells_nothing_is_left_out_and_one_always_remains() {
    let names = |data: &Dataset| compute(data).infos.into_iter().map(|info| info.name).collect::<Vec<_>>();
    let mut data = titled("bird", &["", "", ""]);
    assert_eq!(names(&data), ["rank"]);
    close(&values(&data, "rank"), &[0.0, -(2_f32.ln()), -(3_f32.ln())]);
    data.images.iter_mut().for_each(|image| image.popularity = Some(7.0));
    assert_eq!(names(&data), ["rank"], "the same popularity everywhere tells nothing");
    data.images[0].popularity = Some(8.0);
    assert_eq!(names(&data), ["popularity"]);
}

#[test]
fn columns_of_the_files_come_as_they_are_and_never_hide_our_own() {
    let mut data = titled("bird", &["bird", "fish"]);
    data.feature_names = vec!["bm25".into(), "pagerank".into(), "broken".into()];
    for (i, candidate) in data.queries[0].candidates.iter_mut().enumerate() {
        candidate.features = vec![i as f32, 3.0 - i as f32, [f32::INFINITY, 1.0][i]];
    }
    let signals = compute(&data);
    let given = |name| {
        let info = signals.infos.iter().find(|info| info.name == name);
        info.map(|info| info.group)
    };
    assert_eq!(given("file_bm25"), Some(SignalGroup::Given));
    assert_eq!(given("pagerank"), Some(SignalGroup::Given));
    assert_eq!(given("bm25"), Some(SignalGroup::Text));
    assert_eq!(given("broken"), None, "one finite value alone tells nothing");
    assert_eq!(values(&data, "pagerank"), [3.0, 2.0]);
    assert_eq!(text_only(&signals, 0), values(&data, "bm25"));
}

#[test]
fn text_only_falls_back_to_the_likeliest_column_of_the_files() {
    let named = |names: &[&str]| {
        let mut signals = raw(&vec![&[1.0_f32, 2.0][..]; names.len()]);
        signals.infos.iter_mut().zip(names).for_each(|(info, name)| info.name = (*name).into());
        text_signal(&signals)
    };
    assert_eq!(named(&["views", "tf-idf", "BM25"]), Some(2));
    assert_eq!(named(&["views", "TF_IDF"]), Some(1));
    assert_eq!(named(&["views", "clicks"]), Some(0));
    assert_eq!(text_signal(&Signals { infos: vec![], queries: vec![] }), None);
    assert!(text_only(&Signals { infos: vec![], queries: vec![vec![]] }, 0).is_empty());
}

#[test]
fn the_initial_order_follows_the_ranks_and_then_the_files() {
    let mut data = titled("q", &["", "", "", ""]);
    assert_eq!(initial_order(&data, 0), [-1.0, -2.0, -3.0, -4.0]);
    for (candidate, rank) in data.queries[0].candidates.iter_mut().zip([Some(7), None, Some(2), None]) {
        candidate.rank = rank;
    }
    assert_eq!(initial_order(&data, 0), [-7.0, -8.0, -2.0, -9.0]);
    assert!(initial_order(&data, 5).is_empty());
}

#[test]
fn z_scores_use_the_unbiased_deviation() {
    let signals = raw(&[&[1.0, 2.0, 3.0, 6.0]]);
    let deviation = (14.0_f32 / 3.0).sqrt() + 1e-6;
    close(&table(&signals, 0, &[0], Normalisation::ZScore), &[-2.0, -1.0, 0.0, 3.0].map(|x| x / deviation));
}

#[test]
fn min_max_and_quantiles_lie_between_zero_and_one_and_ties_share_their_rank() {
    let signals = raw(&[&[10.0, 30.0, 10.0, 20.0, 20.0]]);
    close(&table(&signals, 0, &[0], Normalisation::MinMax), &[0.0, 1.0, 0.0, 0.5, 0.5]);
    close(&table(&signals, 0, &[0], Normalisation::Quantile), &[0.125, 1.0, 0.125, 0.625, 0.625]);
}

#[test]
fn a_missing_value_becomes_the_mean_of_its_query() {
    let signals = raw(&[&[1.0, f32::NAN, 4.0], &[f32::NAN; 3]]);
    close(&table(&signals, 0, &[0, 1], Normalisation::None), &[1.0, 0.0, 2.5, 0.0, 4.0, 0.0]);
    close(&table(&signals, 0, &[0], Normalisation::MinMax), &[0.0, 0.5, 1.0]);
    assert_eq!(table(&signals, 0, &[0], Normalisation::ZScore)[1], 0.0);
}

#[test]
fn one_candidate_and_constant_signals_give_zeros() {
    for normalisation in [Normalisation::ZScore, Normalisation::MinMax, Normalisation::Quantile] {
        assert_eq!(table(&raw(&[&[5.0]]), 0, &[0], normalisation), [0.0], "{}", normalisation.name());
    }
    assert_eq!(table(&raw(&[&[0.1; 7]]), 0, &[0], Normalisation::ZScore), [0.0; 7]);
}

#[test]
fn a_table_holds_the_chosen_signals_in_the_order_asked_for() {
    let signals = raw(&[&[1.0, 2.0], &[30.0, 40.0], &[5.0, 6.0]]);
    assert_eq!(table(&signals, 0, &[2, 0, 9], Normalisation::None), [5.0, 1.0, 0.0, 6.0, 2.0, 0.0]);
    assert!(table(&signals, 3, &[0], Normalisation::None).is_empty());
    assert!(table(&signals, 0, &[], Normalisation::None).is_empty());
}

#[test]
fn statistics_ignore_what_is_missing_and_correlate_within_queries() {
    let data = dataset(
        (0..6).map(|i| image(&format!("i{i}"), "")).collect(),
        vec![query("q1", "", 0..3), query("q2", "", 3..6)],
    );
    // The second query lies far above the first although its images are less relevant: within each, more is better.
    let signals =
        Signals { infos: raw(&[&[0.0]]).infos, queries: vec![vec![1.0, 2.0, 3.0], vec![101.0, f32::NAN, 103.0]] };
    let judgements = judged(&data, &[(0, &[1, 2, 3]), (1, &[0, 1, 1])]);
    let found = statistics(&judgements, &signals, 0);
    assert_eq!((found.missing, found.min, found.max, found.mean), (1, 1.0, 103.0, 42.0));
    assert!((found.deviation - 54.779).abs() < 0.01, "{}", found.deviation);
    assert!(found.correlation.unwrap() > 0.95, "{:?}", found.correlation);
    let unsure = judged(&data, &[(0, &[-1; 3]), (1, &[-1; 3])]);
    assert_eq!(statistics(&unsure, &signals, 0).correlation, None);
    assert_eq!(statistics(&judgements, &signals, 8).missing, 0);
    let extreme = statistics(&judgements, &raw(&[&[f32::MAX, f32::MIN]]), 0);
    assert!(extreme.deviation.is_finite() && extreme.mean.is_finite());
}

/// Judgements of a data set: for some queries the grades of their first candidates.
fn judged(data: &Dataset, grades: &[(usize, &[i32])]) -> Judgements {
    let mut judgements = Judgements::unjudged(data);
    for (query, grades) in grades {
        for (candidate, grade) in grades.iter().enumerate() {
            judgements.set(*query, candidate, Some(Relevance(*grade)));
        }
    }
    judgements
}

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
        for (place, candidate) in query.candidates.iter_mut().enumerate() {
            let grade = match draw(5) {
                0 => None,
                grade => Some(Relevance(grade as i32 - 2)),
            };
            judgements.set(index, place, grade);
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
fn scores_of_a_data_set_are_evaluated_as_their_qrels_and_run_would_be() {
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
fn diversity_is_measured_where_a_query_has_clusters() {
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
    assert!(found.all.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{:?}", found.all);
    assert_eq!(found.of("without", Measure::ClusterRecallAt(2)), None);
}

#[test]
fn queries_without_judgements_are_left_out_and_missing_scores_rank_last() {
    let data = titled("q", &["a", "b"]);
    let mut judgements = Judgements::unjudged(&data);
    let scores = |_| [1.0_f32];
    assert!(evaluate_scores(&data, &judgements, &[0, 9], scores, &STANDARD).per_query.is_empty());
    judgements.set(0, 1, Some(Relevance(1)));
    assert_eq!(evaluate_scores(&data, &judgements, &[0], scores, &[Measure::ReciprocalRank]).all, [0.5]);
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
    // Some 3 ms on an idle core; the bound leaves room for a busy one.
    assert!(best < 0.1, "{best} s");
}
