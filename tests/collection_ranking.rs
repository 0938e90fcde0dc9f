//! Searches of a collection, ranked: without judgements, by a saved run, and on the command line.

use crate::cli::{errors, folder, object, program, sample};
use crate::collection_vectors::{collected, embed};
use crate::workspace::wait;
use crossrank::base::Rng;
use crossrank::dataset::{self, Split, VectorTable};
use crossrank::dataset::{Reach, TEXT_FEATURE};
use crossrank::index::{Asked, Collection, Picture, Stamp, Words};
use crossrank::train::{Experiment, Quiet, RunData, RunRecord, SavedRun, Untrained, open, rank_untrained};
use crossrank::vision::{Architecture, EncoderSpec};
use crossrank::workspace::{DataAction, Order, SearchAction, Store, Workspace};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

/// The collection, with vectors, and three kept queries.
fn kept(home: &Path) -> Collection {
    let collection = collected(home);
    embed(&collection);
    let set = collection.vectors_of(&EncoderSpec::bundled()).expect("vectors");
    for (name, split) in [("bear", Split::Train), ("castle", Split::Validation), ("windmill", Split::Test)] {
        let asked = Asked { most: 8, ..Asked::words(name) };
        let candidates = collection.candidates(&asked, Some(&set)).expect("found");
        collection.keep(name, name, Some(split), &candidates).expect("kept");
    }
    collection
}

#[test]
fn the_command_line_ranks_without_a_judgement_and_by_a_saved_run() {
    let home = folder();
    let collection = kept(home.path());
    let own = collection.folder();
    let run = |arguments: &[&str]| {
        let output = program(home.path()).args(arguments).output().expect("it runs");
        assert!(output.status.success(), "{arguments:?}: {}", errors(&output));
        output
    };
    let own_text = own.to_str().expect("a path");
    let search =
        |more: &[&str]| object(&run(&[&["search", own_text], more, &["--candidates", "8", "--json"]].concat()));
    let mut lists = Vec::new();
    for by in ["text", "cm", "prf"] {
        let found = search(&["bear", "--by", by]);
        assert_eq!((&found["by"], &found["found"]), (&by.into(), &3.into()));
        let results = found["results"].as_array().expect("results");
        assert_eq!(results.len(), 8, "filled up with what looks like bears");
        assert!(results.iter().any(|result| result["text_rank"].is_null() && result["like"].is_string()));
        assert!(results.is_sorted_by(|a, b| a["score"].as_f64() >= b["score"].as_f64()));
        assert!(found["ms"]["text"].is_number() && found["ms"]["rank"].is_number());
        lists.push(results.iter().map(|result| result["image"].clone()).collect::<Vec<_>>());
    }
    assert_eq!(search(&["bear", "--by", "prf"])["results"][0]["image"], lists[2][0], "the same again");
    let like = search(&["--image", "photo00.jpg"]);
    assert_eq!(
        (&like["results"][0]["image"], &like["results"][1]["image"]),
        (&"photo00.jpg".into(), &"twin.jpg".into())
    );
    let outside = home.path().join("photos/photo00.jpg");
    let stranger = search(&["--image", outside.to_str().expect("a path"), "bear", "--mix", "1"]);
    assert!(["photo00.jpg", "twin.jpg"].map(Into::into).contains(&stranger["results"][0]["image"]), "{stranger}");
    search(&["boat", "--keep", "boats", "--split", "test"]);
    let info = object(&run(&["info", own_text, "--json"]));
    assert_eq!(info["queries"], 4, "{info}");
    // Judgements beside the collection, a run trained on them, and words never judged.
    let qrels = home.path().join("qrels.txt");
    let lines = |(query, first): (&str, usize)| {
        (0..12)
            .map(move |at| format!("{query} 0 photo{at:02}.jpg {}\n", usize::from(at % 4 == first)))
            .collect::<String>()
    };
    let judged: String = [("bear", 0), ("castle", 1), ("windmill", 2)].into_iter().map(lines).collect();
    fs::write(&qrels, judged).expect("written");
    let saved = home.path().join("run");
    run(&["judge", "import", own_text, qrels.to_str().expect("a path"), "--judge", "ann"]);
    assert!(own.join("judgements/ann.jsonl").is_file(), "where those of any data set lie");
    let train =
        ["train", own_text, "--epochs", "2", "--components", "0", "--rounds", "1", "--labels", "judge:ann", "--out"];
    run(&[&train[..], &[saved.to_str().expect("a path")]].concat());
    let saved_text = saved.to_str().expect("a path");
    let ranked = search(&["boat", "--by", saved_text]);
    assert_eq!(ranked["results"].as_array().map(Vec::len), Some(8));
    let out = home.path().join("ranked.txt");
    run(&["rank", saved_text, own_text, "--out", out.to_str().expect("a path")]);
    let (of_kept, _) = dataset::read_run(&out).expect("a run");
    assert_eq!(of_kept.keys().map(String::as_str).collect::<Vec<_>>(), ["bear", "boats", "castle", "windmill"]);
    let (own_run, _) = dataset::read_run(&saved.join("run.txt")).expect("the run's own");
    assert_eq!(of_kept["bear"], own_run["bear"], "applied to its own data it ranks as it did");
    let printed = run(&["rank", saved_text, own_text, "--query", "boat", "--query", "a bear"]);
    let text = String::from_utf8(printed.stdout).expect("text");
    assert!(text.lines().any(|line| line.starts_with("a%20bear Q0 ")), "{text}");
    // The sample's vectors are by the same network under another name; its features are others, too.
    run(&["rank", saved_text, &sample(), "--out", out.to_str().expect("a path")]);
    assert_eq!(dataset::read_run(&out).expect("a run").0.len(), 33);
}

#[test]
fn a_run_that_does_not_fit_says_what_does_not() {
    let home = folder();
    let collection = collected(home.path());
    embed(&collection);
    let set = collection.vectors_of(&EncoderSpec::bundled()).expect("vectors");
    let query = collection.query(
        "bear",
        "bear",
        None,
        &collection.candidates(&Asked::words("bear"), Some(&set)).expect("found"),
    );
    let gathered =
        || collection.gather(collection.without_queries().expect("empty"), &query, Some(&set)).expect("gathered");
    let data = |table: VectorTable| {
        let gathered = gathered();
        let signals = crossrank::signals::compute(&gathered.dataset);
        RunData::new(gathered.dataset, gathered.judgements, signals, (Vec::new(), table), 1 << 30)
    };
    let sample = open(&dataset::demo_sample(), &[]).expect("the sample").data;
    let mut experiment =
        Experiment { features: Some(vec!["bm25".to_owned(), "popularity".to_owned()]), ..Experiment::default() };
    experiment.training.epochs = 1;
    let folder = home.path().join("run");
    let record = RunRecord { name: "birds".to_owned(), ..RunRecord::default() };
    crossrank::train::run(&sample, &experiment, record, Some(&folder), &mut Quiet).expect("trained");
    let saved = SavedRun::open(&folder).expect("a run");
    assert_eq!(saved.encoders(), ["embeddings", "resnet50-thin"]);
    let fits = saved.apply(&data(gathered().vectors), &[0], &mut Quiet).expect("it fits");
    assert_eq!((fits.missing, fits.scores[0].len()), (vec!["popularity".to_owned()], query.candidates.len()));
    assert!(fits.scores[0].iter().all(|score| score.is_finite()));
    let fault = |data: &RunData| saved.apply(data, &[0], &mut Quiet).expect_err("it does not fit").to_string();
    let none = VectorTable::none(query.candidates.len());
    assert_eq!(
        fault(&data(none)),
        "the run “birds” does not fit: it needs the visual vectors embeddings, and there are none"
    );
    let only = crossrank::signals::given(&gathered().dataset);
    let mut other = data(gathered().vectors);
    other.signals = only.into();
    assert_eq!(fault(&other), "the run “birds” does not fit: none of its signals is here: bm25, popularity");
}

/// More pictures than are ranked within a frame: a few of them have a word, all have vectors.
fn large(home: &Path, count: usize) -> Collection {
    let pictures = home.join("pictures");
    fs::create_dir(&pictures).expect("a folder");
    let collection = Collection::create(&home.join("large"), &pictures, Reach::Folder).expect("a collection");
    let mut encoder = EncoderSpec::find(Some(Architecture::Resnet50Thin), None).expect("bundled");
    encoder.feature.stage = 1;
    let path = |number: usize| format!("{number:05}.jpg");
    let mut writer = collection.text().writer().expect("a writer");
    for number in 0..count {
        let title = if number % 100 == 0 { format!("bear {number}") } else { String::new() };
        let words = Words { title, ..Words::default() };
        writer.add(&Picture { path: path(number), stamp: Stamp::default(), part: None, words }).expect("added");
    }
    writer.finish().expect("on disk");
    let mut rng = Rng::new(9);
    let mut vectors = (0..count).map(|number| {
        let mut centre = Rng::new(number as u64 % 50);
        let vector = (0..encoder.dim()).map(|_| (centre.normal() + 0.7 * rng.normal()) as f32).collect();
        (path(number), vector)
    });
    collection.take_vectors(&encoder, &mut vectors, &mut |_| ControlFlow::Continue(())).expect("taken");
    drop(vectors);
    Collection::open(collection.folder()).expect("opened")
}

#[test]
fn with_the_whole_collection_as_candidates_every_picture_is_ranked_and_the_list_does_not_wait() {
    const COUNT: usize = 4_200;
    let home = folder();
    let collection = large(home.path(), COUNT);
    let own = collection.folder().to_owned();
    drop(collection);
    let own_text = own.to_str().expect("a path");
    let many = COUNT.to_string();
    let arguments = ["search", own_text, "bear", "--by", "prf", "--candidates", &many, "--top", &many, "--json"];
    let ranked = object(&program(home.path()).args(arguments).output().expect("it runs"));
    let results = ranked["results"].as_array().expect("results");
    assert_eq!((results.len(), &ranked["found"]), (COUNT, &(COUNT / 100).into()));
    let mut workspace = Workspace::new(Store::at(&home.path().join("store")));
    workspace.apply(DataAction::Open(own));
    wait(&mut workspace, "opening", |workspace| !workspace.is_busy() && workspace.session().is_some());
    workspace.apply(SearchAction::Ask(Box::new(Asked { most: COUNT, ..Asked::words("bear") })));
    let is_asked = |workspace: &Workspace| {
        let session = workspace.session().expect("a session");
        session.data.dataset.queries[session.query()].text == "bear"
    };
    wait(&mut workspace, "the list", is_asked);
    let session = workspace.session().expect("a session");
    assert_eq!(session.ranking(Order::Initial).map(|ranking| ranking.order.len()), Some(COUNT));
    assert!(session.is_building() && session.ranking(Order::Untrained).is_none(), "the list is there at once");
    wait(&mut workspace, "the rankings", |workspace| !workspace.is_busy());
    let session = workspace.session().expect("a session");
    let signal = session.data.signals.index(TEXT_FEATURE).expect("the text's score");
    for (order, by) in [(Order::Feedback, Untrained::Cm), (Order::Untrained, Untrained::Prf)] {
        let ranking = session.ranking(order).expect("ranked");
        assert_eq!(ranking.order.len(), COUNT);
        let exact = rank_untrained(&session.data, by, signal, session.query()).expect("ranked");
        assert_eq!(ranking.scores, exact, "{}", by.name());
    }
    let best = session.image(session.query(), session.ranking(Order::Untrained).expect("ranked").order[0]).1;
    assert_eq!(results[0]["image"], best.id.as_str(), "as on the command line");
    assert_eq!(session.view().map(|view| view.n()), Some(COUNT));
}
