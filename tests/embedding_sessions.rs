//! Embeddings in sessions without a window: comparing, mapping, computing and choosing again.

use crate::workspace::{open, wait};
use crossrank::dataset::{self, VectorTable};
use crossrank::vision::{Precision, write_vectors};
use crossrank::workspace::{
    DataAction, EmbeddingAction, EmbeddingPair, EmbeddingSource, EncoderSettings, MOST_NEIGHBOURS, MapMethod,
    MapRequest, MapScope, SelectionAction, Settings, SettingsAction, Workspace,
};
use std::fs;
use std::path::{Path, PathBuf};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");

fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() < 1e-9
}

/// The sample with a second source of vectors, `embeddings-b`: every second number of the first.
pub(crate) fn sample_with_two(folder: &Path) -> PathBuf {
    let set = folder.join("two");
    fs::create_dir_all(set.join("photos")).expect("a folder");
    for part in ["", "photos"] {
        for entry in fs::read_dir(Path::new(SAMPLE).join(part)).expect("the sample").flatten() {
            if entry.path().is_file() && entry.file_name() != "embeddings-efficientnet-lite0.safetensors" {
                fs::copy(entry.path(), set.join(part).join(entry.file_name())).expect("a copy");
            }
        }
    }
    let loaded = dataset::open(&set).expect("the copy").dataset;
    let first = dataset::read_vectors(&loaded, &["embeddings"], &mut |_| {}).expect("vectors");
    let mut second = VectorTable::new("b", first.dim / 2, loaded.images.len());
    for image in 0..loaded.images.len() {
        let row: Vec<f32> = first.get(image).expect("a vector").iter().step_by(2).copied().collect();
        second.set(image, &row).expect("set");
    }
    write_vectors(&set.join("embeddings-b.safetensors"), &loaded, &second, Precision::F32).expect("written");
    set
}

fn file(name: &str) -> EmbeddingSource {
    EmbeddingSource::File(name.to_owned())
}

fn rest(workspace: &mut Workspace) {
    wait(workspace, "the job", |workspace| !workspace.is_busy());
}

#[test]
fn a_session_compares_two_files_query_by_query_and_draws_both_graphs() {
    let home = tempfile::tempdir().expect("a folder");
    let set = sample_with_two(home.path());
    let mut workspace = open(home.path(), set.to_str().expect("a path"));
    let offered = workspace.embedding_sources();
    assert_eq!(offered[0], EmbeddingSource::InUse);
    assert!(offered.len() == 3 && ["embeddings", "embeddings-b"].iter().all(|name| offered.contains(&file(name))));

    let pair = EmbeddingPair { a: EmbeddingSource::InUse, b: file("embeddings-b") };
    workspace.apply(EmbeddingAction::Compare(Box::new(pair.clone())));
    rest(&mut workspace);
    let comparison = workspace.embedding().comparison();
    assert_eq!((comparison.pair(), comparison.failure()), (Some(&pair), None));
    let result = comparison.result().expect("a result");
    assert_eq!((result.queries.len(), result.tables[0].dim), (33, 2 * result.tables[1].dim));
    let mean = result.mean.agreement_at(10).expect("a figure").overlap;
    let by_hand =
        result.queries.iter().map(|query| query.agreement_at(10).expect("a figure").overlap).sum::<f64>() / 33.0;
    assert!(near(mean, by_hand) && mean > 0.5 && mean < 1.0, "half of the numbers retain much, not all: {mean}");
    let [a, b] = result.mean.both(10).expect("figures");
    assert!(a.lift() > 0.1 && near(a.chance, b.chance), "{a:?} {b:?}");
    assert_eq!((result.mean.agreement_at(0), result.mean.agreement_at(MOST_NEIGHBOURS + 1)), (None, None));

    let graph = crossrank::graph::GraphRequest { k: 7, ..workspace.settings().experiment.graph };
    workspace.apply(EmbeddingAction::DrawTwoGraphs(graph));
    rest(&mut workspace);
    let edges = |workspace: &Workspace| {
        workspace.embedding().comparison().graphs().map(|graph| graph.map_or(0, |view| view.graph().edge_count()))
    };
    assert_eq!(edges(&workspace), [700, 700]);
    assert!(workspace.embedding().comparison().draws(0, graph));
    workspace.apply(SelectionAction::Query(3));
    assert!(!workspace.embedding().comparison().draws(3, graph), "another query, other graphs");

    // Changing the vectors in use recomputes the comparison with them.
    workspace.apply(DataAction::ChooseVectors(vec!["embeddings-b".into()]));
    wait(&mut workspace, "the vectors", |workspace| {
        workspace.session().is_some_and(|session| session.data.vector_names == ["embeddings-b"]) && !workspace.is_busy()
    });
    rest(&mut workspace);
    workspace.poll();
    rest(&mut workspace);
    let again = workspace.embedding().comparison().result().expect("a result");
    assert!(near(again.mean.agreement_at(10).expect("a figure").overlap, 1.0), "b against itself");
}

#[test]
fn an_unreadable_source_is_reported_and_a_cancelled_comparison_says_so() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = open(home.path(), SAMPLE);
    let never = EmbeddingSource::Encoder(Box::new(EncoderSettings { stage: 3, ..EncoderSettings::default() }));
    workspace.apply(EmbeddingAction::Compare(Box::new(EmbeddingPair { a: EmbeddingSource::InUse, b: never })));
    rest(&mut workspace);
    let reason = workspace.embedding().comparison().failure().expect("a reason").to_owned();
    assert!(reason.contains("not all pictures have been embedded") && reason.contains("stage 3"), "{reason}");

    let pair = EmbeddingPair { a: EmbeddingSource::InUse, b: file("embeddings") };
    workspace.apply(EmbeddingAction::Compare(Box::new(pair)));
    workspace.apply(EmbeddingAction::CancelComparison);
    rest(&mut workspace);
    assert!(workspace.embedding().comparison().result().is_none());
    assert!(workspace.embedding().comparison().failure().expect("a reason").contains("cancelled"));
}

#[test]
fn a_session_draws_maps_keeps_them_and_stops_on_request() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = open(home.path(), SAMPLE);
    let request = |scope, method| MapRequest { source: EmbeddingSource::InUse, scope, method };
    let of_query = request(MapScope::Query(2), MapMethod::Pca);
    workspace.apply(EmbeddingAction::DrawMap(Box::new(of_query.clone())));
    rest(&mut workspace);
    let map = workspace.embedding().map().map().expect("a map").clone();
    assert_eq!((map.points.len(), map.places.len(), map.is_sample()), (100, 100, false));
    assert!(map.points.iter().enumerate().all(|(index, point)| point.candidate == Some((2, index))));
    assert!(map.explained.is_some_and(|share| share > 0.1 && share < 1.0), "{:?}", map.explained);

    workspace.apply(EmbeddingAction::DrawMap(Box::new(request(MapScope::All, MapMethod::Tsne { perplexity: 20.0 }))));
    assert!(workspace.embedding().map().map().is_none());
    workspace.apply(EmbeddingAction::CancelMap);
    rest(&mut workspace);
    assert!(workspace.embedding().map().failure().expect("a reason").contains("cancelled"));

    workspace.apply(EmbeddingAction::DrawMap(Box::new(of_query)));
    let cached = workspace.embedding().map().map().expect("the map is still there");
    assert!(std::sync::Arc::ptr_eq(cached, &map) && !workspace.is_busy(), "nothing is computed again");

    workspace.apply(EmbeddingAction::DrawMap(Box::new(request(MapScope::All, MapMethod::Tsne { perplexity: 20.0 }))));
    rest(&mut workspace);
    let all = workspace.embedding().map().map().expect("a map");
    assert_eq!((all.points.len(), all.there, all.without), (598, 598, 0));
}

#[test]
fn computed_embeddings_can_be_chosen_again_and_compared() {
    let home = tempfile::tempdir().expect("a folder");
    let set = home.path().join("small");
    fs::create_dir_all(&set).expect("a folder");
    let photos = fs::read_dir(Path::new(SAMPLE).join("photos")).expect("the sample").flatten();
    let mut photos: Vec<PathBuf> = photos.map(|entry| entry.path()).collect();
    photos.sort();
    let (mut images, mut candidates) = ("id,file,title\n".to_owned(), "query,image,rank\n".to_owned());
    for (number, photo) in photos.iter().step_by(97).take(6).enumerate() {
        fs::copy(photo, set.join(format!("{number}.jpg"))).expect("a copy");
        images += &format!("i{number},{number}.jpg,Photo {number}\n");
        candidates += &format!("q,i{number},{}\n", number + 1);
    }
    for (name, text) in [("queries", "id,text\nq,photo\n"), ("images", &images), ("candidates", &candidates)] {
        fs::write(set.join(format!("{name}.csv")), text).expect("written");
    }
    let mut workspace = open(home.path(), set.to_str().expect("a path"));
    assert_eq!(workspace.embedding_sources(), [], "neither files nor anything computed");
    workspace.apply(EmbeddingAction::Compute);
    rest(&mut workspace);
    let plain = EncoderSettings::default();
    let whitened = EncoderSettings { whiten: Some(2), l2: true, ..plain.clone() };
    workspace.apply(SettingsAction::SetEncoder(Box::new(whitened.clone())));
    workspace.apply(EmbeddingAction::Compute);
    rest(&mut workspace);
    assert_eq!(workspace.embedding().last().map(|last| (last.embedded, last.cached)), Some((0, 6)));
    let encoder = |settings: EncoderSettings| EmbeddingSource::Encoder(Box::new(settings));
    let expected = [EmbeddingSource::InUse, encoder(whitened.clone()), encoder(plain.clone())];
    assert_eq!(workspace.embedding_sources(), expected);
    drop(workspace);

    // In the next session both come from the cache.
    let mut workspace = open(home.path(), set.to_str().expect("a path"));
    assert_eq!(workspace.embedding_sources(), expected);
    let pair = EmbeddingPair { a: encoder(plain), b: encoder(whitened) };
    workspace.apply(EmbeddingAction::Compare(Box::new(pair)));
    rest(&mut workspace);
    let result = workspace.embedding().comparison().result().expect("a result");
    assert_eq!(result.tables.each_ref().map(|table| table.dim), [1024, 2]);
    assert_eq!(result.tables[1].name, "resnet50-thin, whitened to 2, L2");
    assert!(result.mean.agreement_at(2).is_some() && result.mean.both(2).is_none(), "nothing is judged");
}

#[test]
fn settings_of_an_earlier_version_still_open() {
    let text = r#"{"encoder": {"architecture": "resnet18", "weights": "/w.safetensors", "device": "cpu"}}"#;
    let settings: Settings = serde_json::from_str(text).expect("they open");
    let expected = EncoderSettings {
        architecture: "resnet18".into(),
        weights: Some("/w.safetensors".into()),
        ..EncoderSettings::default()
    };
    assert_eq!(settings.encoder, expected);
    assert_eq!((settings.encoder.stage, settings.encoder.whiten, settings.encoder.l2), (4, None, false));
    assert_eq!(expected.name(), "resnet18 (w)");
    let back: Settings = serde_json::from_str(&serde_json::to_string(&settings).expect("text")).expect("they open");
    assert_eq!(back, settings);
}

#[test]
fn the_last_encoder_used_comes_first_and_once() {
    let mut settings = Settings::default();
    let (path, usual) = (Path::new("/set"), EncoderSettings::default());
    let other = EncoderSettings { stage: 2, ..usual.clone() };
    for encoder in [&usual, &other, &EncoderSettings { device: "cuda".into(), ..usual.clone() }] {
        settings.remember_encoder(path, encoder);
    }
    let stages: Vec<usize> = settings.embedded[path].iter().map(|encoder| encoder.stage).collect();
    assert_eq!(stages, [4, 2], "the device makes no difference");
}
