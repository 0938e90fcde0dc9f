//! The real data sets, if they are beside the checkout.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Instant;

use crossrank::dataset::{Format, Loaded, Split, WarningKind, assign_splits, open, read_vectors, recognise, summary};
use tempfile::TempDir;

/// An archive unpacked once for all tests, or `None` with a message if it is missing.
fn unpacked(name: &'static str, cell: &'static OnceLock<Option<TempDir>>) -> Option<PathBuf> {
    let folder = cell.get_or_init(|| {
        let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(format!("{name}.tar.xz"));
        if !archive.is_file() {
            crate::skipped(&format!("{} is missing", archive.display()));
            return None;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let status = Command::new("tar").arg("-xf").arg(&archive).arg("-C").arg(folder.path()).status();
        if !status.as_ref().is_ok_and(|status| status.success()) {
            crate::skipped(&format!("{} cannot be unpacked ({status:?})", archive.display()));
            return None;
        }
        Some(folder)
    });
    Some(folder.as_ref()?.path().join(name))
}

fn div400() -> Option<PathBuf> {
    static FOLDER: OnceLock<Option<TempDir>> = OnceLock::new();
    unpacked("div400-2013", &FOLDER)
}

fn naver() -> Option<PathBuf> {
    static FOLDER: OnceLock<Option<TempDir>> = OnceLock::new();
    unpacked("div400-naver", &FOLDER)
}

fn opened(root: &Path) -> Loaded {
    open(root).expect("the set is recognised")
}

#[test]
fn div400_of_2013_is_read_completely() {
    let Some(root) = div400() else { return };
    assert_eq!(recognise(&root), Some(Format::MEDIAEVAL));
    let started = Instant::now();
    let Loaded { dataset, judgements, warnings } = opened(&root);
    eprintln!("div400-2013 opened in {:.3} s", started.elapsed().as_secs_f64());
    let summary = summary(&dataset, &judgements);
    assert_eq!((summary.queries, summary.train, summary.test, summary.open), (124, 25, 99, 0));
    assert_eq!((summary.images, summary.candidates, summary.pictures), (12_072, 12_159, 0));
    // Counted in the rGT files themselves.
    assert_eq!(summary.judgements.into_iter().collect::<Vec<_>>(), [(0, 4_969), (1, 7_180)]);
    assert_eq!(summary.unjudged, 10);
    let vectors: Vec<(String, Option<usize>)> = summary.vectors.into_iter().map(|set| (set.name, set.dim)).collect();
    let expected =
        [("CM", 9), ("CM3x3", 81), ("CN", 11), ("CN3x3", 99), ("CSD", 64), ("GLRLM", 44), ("HOG", 81), ("LBP3x3", 144)];
    assert_eq!(vectors, expected.map(|(name, dim)| (name.to_owned(), Some(dim))));
    let others: Vec<_> = warnings.iter().filter(|warning| warning.kind != WarningKind::Missing).collect();
    assert!(others.is_empty(), "{others:#?}");
    assert!(warnings.iter().any(|warning| warning.message.contains("no pictures")), "{warnings:#?}");
}

#[test]
fn a_topic_of_div400_has_its_texts_locations_ranks_and_clusters() {
    let Some(root) = div400() else { return };
    let Loaded { dataset, judgements, .. } = opened(&root.join("devset"));
    assert_eq!(dataset.queries.len(), 25);
    assert!(dataset.queries.iter().all(|query| query.split == Some(Split::Train)));
    let topic = dataset.query_index("26").expect("topic 26");
    let abbey = &dataset.queries[topic];
    assert_eq!(abbey.text, "Abbey of Saint Gall");
    assert_eq!(abbey.location, Some((47.423056, 9.377222)));
    assert_eq!(abbey.clusters.get(&1).map(String::as_str), Some("outside statue"));
    let ranks: Vec<_> = abbey.candidates.iter().filter_map(|candidate| candidate.rank).collect();
    assert_eq!(ranks.len(), 72);
    assert!(ranks.is_sorted() && ranks[0] == 1, "{ranks:?}");
    let judged = abbey.candidates.iter().zip(judgements.of(topic));
    let relevant = judged.filter(|(_, grade)| grade.is_some_and(|grade| grade.is_relevant()));
    assert!(relevant.clone().count() > 10 && relevant.clone().all(|(candidate, _)| !candidate.clusters.is_empty()));
    for image in abbey.candidates.iter().map(|candidate| &dataset.images[candidate.image]) {
        assert!(!image.description.contains("<b>") && !image.description.contains("&quot;"), "{}", image.description);
        assert!(image.date.is_some() && image.popularity.is_some() && image.columns.contains_key("username"));
    }
}

#[test]
fn descriptors_of_div400_are_read_and_concatenated() {
    let Some(root) = div400() else { return };
    let dataset = opened(&root).dataset;
    let table = read_vectors(&dataset, &["CN3x3", "HOG"], &mut |warning| panic!("{warning}")).expect("both exist");
    assert_eq!((table.dim, table.name.as_str(), table.count()), (180, "CN3x3+HOG", dataset.images.len()));
    for image in 0..dataset.images.len() {
        let Some(vector) = table.get(image) else { continue };
        let squares: f32 = vector[..99].iter().map(|x| x * x).sum();
        assert!((squares - 1.0).abs() < 1e-4, "image {image}: {squares}");
    }
}

#[test]
fn naver_div400_is_read_completely() {
    let Some(root) = naver() else { return };
    assert_eq!(recognise(&root), Some(Format::NAVER));
    let started = Instant::now();
    let Loaded { dataset, judgements, warnings } = opened(&root);
    eprintln!("div400-naver opened in {:.3} s", started.elapsed().as_secs_f64());
    let summary = summary(&dataset, &judgements);
    assert_eq!((summary.queries, summary.train, summary.test), (124, 91, 33));
    assert_eq!((summary.candidates, summary.images), (9_173 + 2_976, 12_062));
    let features = ["bm25", "comments", "distance", "lmdirichlet", "rank", "tfidf", "views"];
    assert_eq!(dataset.feature_names, features);
    assert_eq!(dataset.queries[dataset.query_index("10026").expect("query 10026")].text, "Abbey of Saint Gall");
    assert!(warnings.iter().all(|warning| warning.kind == WarningKind::Missing), "{warnings:#?}");
    assert_eq!(warnings.len(), 1, "only that there are no pictures: {warnings:#?}");

    let name = dataset.vectors[0].name.as_str();
    let table = read_vectors(&dataset, &[name], &mut |warning| panic!("{warning}")).expect("the vectors");
    assert_eq!((name, table.dim, table.count()), ("div400", 513, dataset.images.len()));
}

#[test]
fn naver_vectors_belong_to_the_rows_of_their_lists() {
    let Some(root) = naver() else { return };
    let dataset = opened(&root).dataset;
    let table = read_vectors(&dataset, &["div400"], &mut |_| {}).expect("the vectors");
    let list = std::fs::read_to_string(root.join("DeepFeatures/train/imlist/10026_imlist.txt")).expect("the list");
    let bytes = std::fs::read(root.join("DeepFeatures/train/div400/10026_PreLogits.npy")).expect("the matrix");
    // 128 bytes of header, then 72 rows of 513 numbers.
    for (row, id) in list.lines().enumerate() {
        let image = dataset.images.iter().position(|image| image.id.as_str() == id).expect("the image");
        let at = 128 + row * 513 * 4;
        let first = f32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        assert_eq!(table.get(image).expect("a vector")[0], first, "row {row}");
    }
}

#[test]
fn any_main_file_of_a_real_set_opens_the_whole_set() {
    let Some(root) = naver() else { return };
    for file in
        ["interactions/interactions_test.csv", "train_qrels.json", "DeepFeatures/train/div400/10026_PreLogits.npy"]
    {
        assert_eq!(opened(&root.join(file)).dataset.queries.len(), 124, "{file}");
    }
    let Some(root) = div400() else { return };
    assert_eq!(opened(&root.join("testset/testset_topics.xml")).dataset.queries.len(), 99);
    assert_eq!(opened(&root.join("devset/xml/Campo Santo Pisa.xml")).dataset.queries.len(), 25);
}

#[test]
fn the_given_test_queries_stay_test_and_a_fifth_of_train_validates() {
    let Some(root) = naver() else { return };
    let dataset = opened(&root).dataset;
    let splits = assign_splits(&dataset, 7);
    let count = |split| splits.iter().filter(|&&given| given == split).count();
    assert_eq!((count(Split::Train), count(Split::Validation), count(Split::Test)), (73, 18, 33));
}
