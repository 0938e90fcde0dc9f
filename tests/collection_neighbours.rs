//! Collections beyond what is compared exactly: an index of neighbours, and what was added since it was made.

use crate::cli::folder;
use crossrank::app::{App, Shot, headless, settle};
use crossrank::base::Rng;
use crossrank::dataset::Reach;
use crossrank::graph::{cosines_with, unit_rows};
use crossrank::index::{Asked, Collection, EXACT, IndexError, Picture, Stamp, VectorSet, Words};
use crossrank::vision::{Architecture, EncoderSpec};
use crossrank::workspace::{SearchAction, Session, Store};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::collections::HashSet;
use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

/// A few more than are compared exactly.
const PICTURES: usize = EXACT + 500;

fn path(number: usize) -> String {
    format!("{number:06}.jpg")
}

#[test]
fn an_index_finds_the_nearest_of_many_pictures_and_of_those_added_later() {
    let home = folder();
    let pictures = home.path().join("pictures");
    fs::create_dir(&pictures).expect("a folder");
    let collection = Collection::create(&home.path().join("own"), &pictures, Reach::Folder).expect("a collection");
    let mut writer = collection.text().writer().expect("a writer");
    for number in 0..PICTURES + 20 {
        let name = if number % 3 == 0 { "blue sky" } else { "sky" }.to_owned();
        let words = Words { name, ..Words::default() };
        writer.add(&Picture { path: path(number), stamp: Stamp::default(), part: None, words }).expect("added");
    }
    writer.finish().expect("on disk");
    let mut encoder = EncoderSpec::find(Some(Architecture::Resnet50Thin), None).expect("bundled");
    encoder.feature.stage = 1;
    let dim = encoder.dim();
    let mut rng = Rng::new(5);
    let vector = |number: usize, rng: &mut Rng| -> Vec<f32> {
        let mut centre = Rng::new(number as u64 % 100);
        (0..dim).map(|_| (centre.normal() + 0.7 * rng.normal()) as f32).collect()
    };
    let rows: Vec<Vec<f32>> = (0..PICTURES + 20).map(|number| vector(number, &mut rng)).collect();
    let take = |numbers: std::ops::Range<usize>| {
        let mut vectors = numbers.map(|number| (path(number), rows[number].clone()));
        collection.take_vectors(&encoder, &mut vectors, &mut |_| ControlFlow::Continue(())).expect("taken")
    };
    assert_eq!(take(0..PICTURES), PICTURES);
    let recall = collection.vectors_of(&encoder).expect("there").info().recall().expect("measured");
    assert!(recall.share >= 0.98 && (recall.k, recall.pictures) == (10, 100), "{recall:?}");
    // Too few to make the index anew: they are compared one by one.
    assert_eq!(take(PICTURES..PICTURES + 20), 20);
    let set = collection.vectors_of(&encoder).expect("there");
    let all = rows.concat();
    let queries = [3, 777, PICTURES + 7];
    let near = set.nearest(&queries.map(|at| rows[at].clone()), 10).expect("found");
    let mut found = 0;
    for (at, near) in queries.into_iter().zip(&near) {
        assert!(near.is_sorted_by(|a, b| a.similarity >= b.similarity));
        let cosines = cosines_with(&all, dim, &[unit_rows(&rows[at], dim)]);
        let mut order: Vec<usize> = (0..cosines.len()).collect();
        order.sort_by(|&a, &b| cosines[b].total_cmp(&cosines[a]));
        assert_eq!((near[0].path.clone(), near.len()), (path(at), 10));
        assert!((near[0].similarity - 1.0).abs() < 1e-4);
        found += order[..10].iter().filter(|&&row| near.iter().any(|near| near.path == path(row))).count();
    }
    assert!(found >= 28, "{found} of 30");
    check_graph(&set, &rows);
    check_failure(&home.path().join("store"), &collection, &set);
    let wrong = &mut std::iter::once((path(0), vec![1.0; 3]));
    assert!(collection.take_vectors(&encoder, wrong, &mut |_| ControlFlow::Continue(())).is_err());
}

/// The graph of all pictures by the index, against the exact neighbours of some of them.
fn check_graph(set: &VectorSet, rows: &[Vec<f32>]) {
    const K: usize = 10;
    let paths: Vec<String> = (0..rows.len()).rev().map(path).collect();
    let mut listed: Vec<&str> = paths.iter().map(String::as_str).collect();
    // One that has no vector.
    listed.push("nowhere.jpg");
    let mut seen = 0;
    let graph = set.graph_among(&listed, K, &mut |done, all| {
        assert_eq!(all, listed.len());
        seen = done;
        ControlFlow::Continue(())
    });
    let graph = graph.expect("made").expect("sooner than by comparing all");
    assert_eq!((graph.n(), graph.row(listed.len() - 1).len()), (listed.len(), 0));
    assert!(seen > 0);
    let (mut found, mut all) = (0, 0);
    // Those added last are first, the index does not know them.
    for node in (0..20).chain((20..paths.len()).step_by(500)) {
        let row = graph.row(node);
        assert_eq!(row.len(), K);
        assert!(
            graph.weights[row.clone()].is_sorted_by(|a, b| a >= b)
                && !graph.targets[row.clone()].contains(&(node as u32))
        );
        let vector = set.get(listed[node]).expect("read").expect("there");
        let near = set.nearest_exactly(&[vector], K + 1).expect("found").remove(0);
        let near: Vec<&str> = near.iter().map(|near| near.path.as_str()).filter(|path| *path != listed[node]).collect();
        found += graph.targets[row].iter().filter(|&&target| near.contains(&listed[target as usize])).count();
        all += near.len();
    }
    println!("{found} of {all} neighbours");
    assert!(found as f64 >= 0.97 * all as f64, "{found} of {all}");
    // An older picture knows a new one that is nearest to it.
    let is_new = |node: usize| node < 20;
    let knows = |node: usize| graph.targets[graph.row(node)].iter().any(|&target| is_new(target as usize));
    assert!((20..paths.len()).any(knows));
    assert!(set.graph_among(&listed[..1000], K, &mut |_, _| ControlFlow::Continue(())).expect("compared").is_none());
    let stopped = set.graph_among(&listed, K, &mut |_, _| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(IndexError::Cancelled)));
    // To any of several vectors: the best of each list.
    let several = [rows[1].clone(), rows[2].clone()];
    let any = set.nearest_to_any(&several, 30, &HashSet::new()).expect("found");
    assert_eq!(
        (any.len(), any.iter().map(|(_, near)| &near.path).collect::<std::collections::BTreeSet<_>>().len()),
        (30, 30)
    );
    let but = HashSet::from([any[0].1.path.as_str(), any[7].1.path.as_str()]);
    let others = set.nearest_to_any(&several, 28, &but).expect("found");
    assert!(others.iter().all(|(_, near)| !but.contains(near.path.as_str())) && others.len() == 28);
    let lists = set.nearest(&several, 30).expect("found");
    for (from, near) in &any {
        let cosine = |list: usize| lists[list].iter().find(|other| other.path == near.path).map(|near| near.similarity);
        assert!(cosine(*from).is_none_or(|own| own == near.similarity));
        assert!(cosine(1 - *from).is_none_or(|other| other <= near.similarity));
    }
}

/// Rows that cannot be read while the pictures of a search are compared, in the window.
fn check_failure(store: &Path, collection: &Collection, set: &VectorSet) {
    let mut harness = headless(&Shot::of(collection.folder().to_str().expect("a plain path")), Store::at(store));
    settle(&mut harness).expect("it opens");
    let asked = Asked { most: PICTURES, ..Asked::words("sky") };
    harness.state_mut().workspace_mut().apply(SearchAction::Ask(Box::new(asked)));
    let begun = Instant::now();
    let count = |harness: &Harness<'_, App>| {
        let session = harness.state().workspace().session().expect("a session");
        session.data.dataset.queries[session.query()].candidates.len()
    };
    while count(&harness) < PICTURES {
        harness.state_mut().workspace_mut().poll();
        assert!(begun.elapsed() < Duration::from_secs(120), "it is found");
    }
    // The job that compares them has just begun.
    let file = collection.folder().join("vectors").join(&set.info().key).join("rows-0.f32");
    let whole = fs::read(&file).expect("rows");
    File::options().write(true).open(&file).expect("there").set_len(0).expect("cut");
    settle(&mut harness).expect("it fails");
    fs::write(&file, whole).expect("written");
    let why = harness.state().workspace().session().and_then(Session::look_failure).expect("a reason").to_owned();
    assert!(why.contains("rows-0.f32"), "{why}");
    harness.run_steps(2);
    let said = harness.query_all_by_label_contains("The images could not be compared: ").count();
    assert!(said >= 1, "the panel says so where a ranking is missing");
}
