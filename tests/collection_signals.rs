//! Signals of words in a collection: what they say of a picture does not depend on which queries are kept.

use crate::cli::folder;
use crate::collection_vectors::collected;
use crossrank::dataset::Dataset;
use crossrank::index::{Asked, Collection};
use crossrank::signals::{Signals, compute};
use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;

const WORDS: [&str; 3] = ["bm25", "tfidf", "lm_dirichlet"];

fn keep(collection: &Collection, words: &str) {
    let candidates = collection.candidates(&Asked { most: 3, ..Asked::words(words) }, None).expect("found");
    collection.keep(words, words, None, &candidates).expect("kept");
}

/// The signals of a query's candidates, by picture.
fn signals(dataset: &Dataset, query: &str) -> BTreeMap<String, Vec<f32>> {
    let signals: Signals = compute(dataset);
    let at = dataset.query_index(query).expect("a query");
    let candidates = dataset.queries[at].candidates.iter().enumerate();
    let value = |row: usize| {
        let index = |name: &str| signals.index(name).unwrap_or_else(|| panic!("{name} of {:?}", signals.infos));
        WORDS.map(|name| signals.column(at, index(name)).nth(row).expect("a value")).to_vec()
    };
    candidates.map(|(row, candidate)| (dataset.images[candidate.image].id.to_string(), value(row))).collect()
}

#[test]
fn a_later_query_is_scored_as_those_before_it() {
    let home = folder();
    let mut collection = collected(home.path());
    // A longer text, so that signals differ between candidates.
    fs::write(collection.pictures().join("photo04.txt"), "a bear and another bear beside a quiet river")
        .expect("written");
    collection.update(&mut |_| ControlFlow::Continue(())).expect("read");
    assert!(collection.folder().join("statistics.tsv").is_file());
    assert!(!collection.folder().join("statistics.behind").exists());
    keep(&collection, "bear somebody");
    let of = |collection: &Collection| signals(&collection.kept().expect("kept").dataset, "bear somebody");
    let alone = of(&collection);
    for words in ["castle", "windmill", "boat river"] {
        keep(&collection, words);
    }
    assert_eq!(of(&collection), alone, "whichever others are kept");
    let found = collection.candidates(&Asked { most: 3, ..Asked::words("bear somebody") }, None).expect("found");
    let at_hand = collection.query("bear somebody", "bear somebody", None, &found);
    let gathered = collection.gather(collection.without_queries().expect("none"), &at_hand, None).expect("gathered");
    assert_eq!(signals(&gathered.dataset, "bear somebody"), alone, "kept or only asked");
    // By hand: 13 pictures, of which 3 have a bear.
    let statistics = gathered.dataset.statistics.clone().expect("counted");
    let bear = statistics.counts("bear").expect("it occurs");
    assert_eq!((statistics.documents, bear[0].documents, bear[0].occurrences), (13, 3, 4));
    assert_eq!(statistics.counts("zeppelin"), None);
    // Without them, the numbers shift.
    let mut dataset = gathered.dataset;
    dataset.statistics = None;
    assert_ne!(signals(&dataset, "bear somebody"), alone, "otherwise this shows nothing");
}

#[test]
fn words_are_counted_again_after_what_changed_and_after_an_update_that_was_stopped() {
    let home = folder();
    let mut collection = collected(home.path());
    let counted = |collection: &Collection, word: &str| {
        let statistics = collection.kept().expect("opened").dataset.statistics.expect("counted");
        statistics.counts(word).map_or(0, |counts| counts[0].documents)
    };
    assert_eq!((counted(&collection, "castl"), counted(&collection, "bear")), (3, 3));
    fs::write(collection.pictures().join("photo01.txt"), "a bear").expect("written");
    let stopped = collection.update(&mut |at| match at.stage == "Counting words" {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    });
    assert!(stopped.is_err_and(|error| error.is_cancelled()));
    assert_eq!(counted(&collection, "bear"), 3, "as they were");
    collection.update(&mut |_| ControlFlow::Continue(())).expect("read");
    assert_eq!((counted(&collection, "castl"), counted(&collection, "bear")), (2, 4));
    let before = fs::metadata(collection.folder().join("statistics.tsv")).expect("there").modified().expect("a time");
    collection.update(&mut |_| ControlFlow::Continue(())).expect("read");
    let after = fs::metadata(collection.folder().join("statistics.tsv")).expect("there").modified().expect("a time");
    assert_eq!(before, after, "nothing has changed");
}
