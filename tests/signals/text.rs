//! Words, and the signals that compare them.

use super::{close, titled, values};
use crossrank::signals::{document_terms, query_terms};

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
