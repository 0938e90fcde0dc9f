//! NAVER's layout.

use crossrank::dataset::{Format, Split, WarningKind, attach_qrels, read_vectors, write_npy};

use super::{Fixture, assert_warns, grades, ids, query};

fn set() -> Fixture {
    let fixture = Fixture::new(&[
        (
            "interactions/interactions_train.csv",
            "query_id,img_id,rel,tfidf_feature,bm25_feature\nq1,a,1,0.5,2\nq1,b,0,x,1\nq1,a,1,0,0\nq2,a,-1,1,\n",
        ),
        ("interactions/interactions_test.csv", "query_id,img_id,rel,tfidf_feature,bm25_feature\nq3,c,1,1,1\n"),
        ("test_qrels.json", "{\"q3\": {\"c\": 2, \"ghost\": 1}}"),
        ("train_queries.json", "{\"q1\": \"old mill\"}"),
        ("DeepFeatures/train/imlist/q1_imlist.txt", "b\na\n"),
        ("DeepFeatures/train/imlist/q2_imlist.txt", "a.jpg\n"),
        ("DeepFeatures/test/imlist/q3_imlist.txt", "c\n"),
    ]);
    std::fs::create_dir_all(fixture.path("DeepFeatures/train/net")).unwrap();
    std::fs::create_dir_all(fixture.path("DeepFeatures/test/net")).unwrap();
    write_npy(&fixture.path("DeepFeatures/train/net/q1_PreLogits.npy"), 2, &[3.0, 4.0, 1.0, 2.0]).unwrap();
    write_npy(&fixture.path("DeepFeatures/train/net/q2_PreLogits.npy"), 2, &[1.0, 2.0]).unwrap();
    write_npy(&fixture.path("DeepFeatures/test/net/q3_PreLogits.npy"), 2, &[5.0, 6.0]).unwrap();
    fixture
}

#[test]
fn interactions_qrels_queries_and_vectors_come_together() {
    let fixture = set();
    let loaded = fixture.open();
    let dataset = &loaded.dataset;
    assert_eq!(dataset.format, Format::NAVER);
    assert_eq!(dataset.feature_names, ["bm25", "tfidf"], "alphabetical");
    assert_eq!(ids(dataset, "q1"), ["a", "b"]);
    assert_eq!(query(dataset, "q1").text, "old mill");
    assert_eq!((query(dataset, "q1").split, query(dataset, "q3").split), (Some(Split::Train), Some(Split::Test)));
    assert_eq!(query(dataset, "q1").candidates[0].features, [2.0, 0.5]);
    assert!(query(dataset, "q1").candidates[1].features[1].is_nan());
    assert_eq!((grades(&loaded, "q2"), grades(&loaded, "q3")), (vec![None], vec![Some(2)]));
    assert_warns(&loaded.warnings, WarningKind::BadNumber, "interactions_train.csv", Some(3), "'x'");
    assert_warns(&loaded.warnings, WarningKind::DuplicateId, "interactions_train.csv", Some(4), "'a'");
    assert_warns(&loaded.warnings, WarningKind::OrphanLabel, "test_qrels.json", None, "ghost");

    let table = read_vectors(dataset, &["net"], &mut |warning| panic!("{warning}")).unwrap();
    let of = |id: &str| {
        table.get(dataset.images.iter().position(|image| image.id.as_str() == id).unwrap()).unwrap().into_owned()
    };
    assert_eq!([of("a"), of("b"), of("c")], [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    assert_eq!(dataset.images.len(), 3, "'a' has the same vector in both its queries");
}

#[test]
fn one_id_with_two_vectors_is_two_images() {
    let fixture = set();
    write_npy(&fixture.path("DeepFeatures/train/net/q2_PreLogits.npy"), 2, &[9.0, 9.0]).unwrap();
    fixture.write("more.qrels", b"q2 0 a 1\n");
    let mut loaded = fixture.open();
    let dataset = &loaded.dataset;
    assert_eq!((ids(dataset, "q1"), ids(dataset, "q2")), (vec!["a", "b"], vec!["a@q2"]));
    let table = read_vectors(dataset, &["net"], &mut |warning| panic!("{warning}")).unwrap();
    let vector = |query: usize| table.get(dataset.queries[query].candidates[0].image).unwrap().into_owned();
    assert_eq!([vector(0), vector(1)], [[1.0, 2.0], [9.0, 9.0]]);
    assert!(
        attach_qrels(dataset, &mut loaded.judgements, &fixture.path("more.qrels")).unwrap().is_empty(),
        "judged by its plain id"
    );
    assert_eq!(grades(&loaded, "q2"), [Some(1)]);
}

#[test]
fn missing_and_damaged_parts_are_reported() {
    let fixture = set();
    std::fs::remove_file(fixture.path("DeepFeatures/train/imlist/q2_imlist.txt")).unwrap();
    std::fs::remove_file(fixture.path("DeepFeatures/test/net/q3_PreLogits.npy")).unwrap();
    fixture.write("train_qrels.json", b"{\"q1\": {\"a\": \"high\"}, \"q9\": {}");
    let loaded = fixture.open();
    assert!(loaded.warnings.iter().any(|w| w.message.contains("no 'net' vectors of 1 queries: q3")));
    assert_warns(&loaded.warnings, WarningKind::BadFile, "train_qrels.json", Some(1), "JSON");
    let mut warnings = Vec::new();
    let table = read_vectors(&loaded.dataset, &["net"], &mut |warning| warnings.push(warning)).unwrap();
    assert_eq!(table.count(), 2);
    assert_warns(&warnings, WarningKind::Missing, "q2_imlist.txt", None, "order of the interactions");
    assert_warns(&warnings, WarningKind::BadVector, "q1_PreLogits.npy", None, "1 images without a vector");
}

#[test]
fn a_matrix_with_more_rows_than_names_is_reported() {
    let fixture = set();
    fixture.write("DeepFeatures/train/imlist/q1_imlist.txt", b"b\n");
    let dataset = fixture.open().dataset;
    let mut warnings = Vec::new();
    read_vectors(&dataset, &["net"], &mut |warning| warnings.push(warning)).unwrap();
    assert_warns(&warnings, WarningKind::BadVector, "q1_PreLogits.npy", None, "2 vectors for the 1 images");
}
