//! Relevance signals and their normalisation.

mod text;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crossrank::dataset::{Candidate, Dataset, Format, Image, Judgements, Query, Relevance};
use crossrank::signals::{
    Normalisation, SignalGroup, SignalInfo, Signals, compute, initial_order, statistics, table, text_only, text_signal,
};

pub(crate) fn image(id: &str, title: &str) -> Image {
    Image { title: title.into(), ..Image::new(id.into()) }
}

pub(crate) fn query(id: &str, text: &str, images: impl IntoIterator<Item = usize>) -> Query {
    let candidate = |image| Candidate { image, rank: None, features: vec![], clusters: vec![] };
    Query {
        id: id.into(),
        text: text.into(),
        narrative: String::new(),
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
        reach: Default::default(),
        format: Format::FOLDER,
        images,
        queries,
        feature_names: vec![],
        vectors: vec![],
        statistics: None,
    }
}

pub(crate) fn titled(query_text: &str, titles: &[&str]) -> Dataset {
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
fn text_only_falls_back_to_the_likeliest_column_of_the_files_but_to_nothing_that_is_not_text() {
    let named = |names: &[&str]| {
        let mut signals = raw(&vec![&[1.0_f32, 2.0][..]; names.len()]);
        signals.infos.iter_mut().zip(names).for_each(|(info, name)| info.name = (*name).into());
        text_signal(&signals)
    };
    assert_eq!(named(&["views", "tf-idf", "BM25"]), Some(2));
    assert_eq!(named(&["views", "TF_IDF"]), Some(1));
    assert_eq!(named(&["views", "clicks"]), None);
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
    let found = statistics(&judgements, &all(&judgements), &signals, 0);
    assert_eq!((found.missing, found.min, found.max, found.mean), (1, 1.0, 103.0, 42.0));
    assert!((found.deviation - 54.779).abs() < 0.01, "{}", found.deviation);
    assert!(found.correlation.unwrap() > 0.95, "{:?}", found.correlation);
    let unsure = judged(&data, &[(0, &[-1; 3]), (1, &[-1; 3])]);
    assert_eq!(statistics(&unsure, &all(&unsure), &signals, 0).correlation, None);
    assert_eq!(statistics(&judgements, &[], &signals, 8).missing, 0);
    let extreme = statistics(&judgements, &[], &raw(&[&[f32::MAX, f32::MIN]]), 0);
    assert!(extreme.deviation.is_finite() && extreme.mean.is_finite());
}

/// Judgements of a data set: for some queries the grades of their first candidates.
pub(crate) fn judged(data: &Dataset, grades: &[(usize, &[i32])]) -> Judgements {
    let mut judgements = Judgements::unjudged(data);
    for (query, grades) in grades {
        for (candidate, grade) in grades.iter().enumerate() {
            judgements.set(*query, candidate, Some(Relevance(*grade)));
        }
    }
    judgements
}

fn all(judgements: &Judgements) -> Vec<usize> {
    (0..judgements.len()).collect()
}

#[test]
fn the_correlation_of_a_signal_looks_at_no_judgement_of_other_queries() {
    let mut signals = raw(&[&[1.0, 2.0, 3.0]]);
    signals.queries = vec![vec![1.0, 2.0, 3.0]; 2];
    let mut data = titled("q", &["a", "b", "c"]);
    data.queries.push(query("test", "", 0..3));
    let mut judgements = judged(&data, &[(0, &[0, 1, 2])]);
    let of = |judgements: &Judgements, labelled: &[usize]| statistics(judgements, labelled, &signals, 0).correlation;
    let before = of(&judgements, &[0]);
    assert!(before > Some(0.99));
    for at in 0..3 {
        judgements.set(1, at, Some(Relevance(2 - at as i32)));
    }
    assert_eq!(of(&judgements, &[0]), before);
    assert_ne!(of(&judgements, &[0, 1]), before);
}
