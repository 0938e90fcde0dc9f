//! Collections beyond what is compared exactly: an index of neighbours, and what was added since it was made.

use crate::cli::folder;
use crossrank::base::Rng;
use crossrank::dataset::Reach;
use crossrank::graph::{cosines_with, unit_rows};
use crossrank::index::{Collection, EXACT, Picture, Stamp, Words};
use crossrank::vision::{Architecture, EncoderSpec};
use std::fs;
use std::ops::ControlFlow;

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
        let words = Words::default();
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
    let wrong = &mut std::iter::once((path(0), vec![1.0; 3]));
    assert!(collection.take_vectors(&encoder, wrong, &mut |_| ControlFlow::Continue(())).is_err());
}
