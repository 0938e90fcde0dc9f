//! Where a list of a search is likely to end, on the command line: from the judgements of kept queries.

use crate::cli::{errors, folder, object, program, sample};
use crate::window::searching::with_vectors;
use crossrank::dataset::{Image, Initial, NewQuery, Reach, Relevance, Split, add_query};
use crossrank::index::Collection;
use crossrank::workspace::{MOST_QUERIES, learned_from};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Concepts of the sample that are also words in the names of its photos.
const CONCEPTS: [&str; 8] = ["bird", "fish", "flower", "fruit", "insect", "vegetable", "boat", "cat"];

/// What photos show.
fn shown() -> BTreeMap<String, Vec<String>> {
    let table = std::fs::read_to_string(Path::new(&sample()).join("concepts.tsv")).expect("the table");
    let row = |line: &str| {
        let (id, concepts) = line.split_once('\t').expect("two columns");
        (format!("{id}.jpg"), concepts.split(';').map(str::to_owned).collect())
    };
    table.lines().skip(1).map(row).collect()
}

#[test]
fn a_search_says_where_to_stop_once_enough_is_judged() {
    let home = folder();
    let own = with_vectors(&home.path().join("own"), &Path::new(&sample()).join("photos"));
    let own = own.to_str().expect("a plain path");
    let run = |arguments: &[&str]| {
        let output = program(home.path()).args(arguments).output().expect("it runs");
        assert!(output.status.success(), "{arguments:?}: {}", errors(&output));
        output
    };
    let search = |words: &str, more: &[&str]| {
        object(&run(&[&["search", own, words, "--candidates", "150", "--top", "150", "--json"], more].concat()))
    };
    let stop = ["--by", "prf", "--precision", "0.7"];
    let before = search("bird", &stop);
    assert!(before["cut_off"]["end"].is_null() && before["cut_off"]["is_sure"] == false, "{before}");
    let why = before["cut_off"]["why"].as_str().expect("a reason");
    assert!(why.contains("0 of at least 5 queries"), "{why}");
    let shown = shown();
    let is_shown =
        |image: &Value, concept: &str| shown[image.as_str().expect("a path")].iter().any(|known| known == concept);
    let mut qrels = String::new();
    for concept in CONCEPTS {
        let split = if concept == "cat" { "test" } else { "train" };
        let found = search(concept, &["--keep", concept, "--split", split]);
        for result in found["results"].as_array().expect("results") {
            let image = &result["image"];
            qrels +=
                &format!("{concept} 0 {} {}\n", image.as_str().expect("a path"), u8::from(is_shown(image, concept)));
        }
    }
    let file = home.path().join("qrels.txt");
    std::fs::write(&file, qrels).expect("written");
    run(&["judge", "import", own, file.to_str().expect("a path"), "--judge", "ann"]);
    // A word that nobody judged, and one whose judgements are of the test split: neither is learned from.
    let judged = [&stop[..], &["--labels", "judge:ann"]].concat();
    let found = search("reptile", &judged);
    let cut_off = &found["cut_off"];
    assert_eq!((&cut_off["queries"], &cut_off["precision"]), (&7.into(), &0.7.into()), "{cut_off}");
    assert!(cut_off["error"].as_f64().expect("a number") < 0.15, "{cut_off}");
    let results = found["results"].as_array().expect("results");
    let probability = |at: usize| results[at]["probability"].as_f64().expect("a number");
    assert!((1..results.len()).all(|at| probability(at) <= probability(at - 1) + 1e-9));
    let end = cut_off["end"].as_u64().expect("a number") as usize;
    let mean = |of: usize| (0..of).map(probability).sum::<f64>() / of as f64;
    assert!(end == 0 || mean(end) >= 0.7, "{end}");
    assert!(end == results.len() || mean(end + 1) < 0.7, "no more can be kept: {end}");
    // Judgements of the query itself are what is known of it.
    let own_query = search("bird", &judged);
    assert_eq!(
        own_query["cut_off"]["queries"], 7,
        "a kept query is learned from as in the window, also while asked again"
    );
    for result in own_query["results"].as_array().expect("results").iter().take(20) {
        if is_shown(&result["image"], "bird") && result["probability"] != 1.0 {
            panic!("{result}");
        }
    }
    let text = String::from_utf8(run(&["search", own, "reptile", "--by", "prf", "--precision", "0.7"]).stdout);
    assert!(text.expect("text").contains("no sure cut-off yet: 0 of at least 5 queries"), "files have no judgement");
}

#[test]
fn of_many_judged_queries_those_learned_from_are_spread_over_all() {
    let home = folder();
    let own = home.path().join("own");
    let photos = Path::new(&sample()).join("photos");
    let mut loaded =
        Collection::create(&own, &photos, Reach::Folder).expect("made").without_queries().expect("no queries yet");
    let image = Initial { image: Image::new("a.jpg".into()), text: 1.0, like: None };
    for at in 0..1000 {
        let query = NewQuery { id: at.to_string(), text: at.to_string(), split: None, candidates: vec![image.clone()] };
        add_query(&mut loaded, &query);
    }
    let splits: Vec<Split> = (0..1000).map(|at| if at % 10 == 8 { Split::Test } else { Split::Train }).collect();
    let mut judgements = loaded.judgements;
    for query in (0..1000).step_by(2) {
        judgements.set(query, 0, Some(Relevance(1)));
    }
    let learned = learned_from(&judgements, &splits);
    assert_eq!(learned.len(), MOST_QUERIES);
    assert!(learned.iter().all(|&query| query % 2 == 0 && splits[query] != Split::Test));
    let widest = learned.windows(2).map(|pair| pair[1] - pair[0]).max();
    assert!(widest <= Some(8) && learned.last() > Some(&980), "{widest:?}, {:?}", learned.last());
    assert_eq!(learned_from(&judgements, &splits[..100]).len(), 40, "all, if they are few");
}
