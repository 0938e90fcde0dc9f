//! Collections: from a folder of pictures to a search by words.

use crate::cli::{errors, folder, object, program, sample};
use crossrank::base::Progress;
use crossrank::dataset::Reach;
use crossrank::index::text::{FieldWeights, Found, TextQuery};
use crossrank::index::{Collection, IndexError};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Photos of the sample under names that say what they show, in folders.
fn photos(home: &Path) -> PathBuf {
    let to = home.join("photos");
    let photo = |name: &str, file: &str| {
        let to = to.join(file);
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::copy(Path::new(&sample()).join("photos").join(name), to).expect("copied");
    };
    let mut photos: Vec<String> = fs::read_dir(Path::new(&sample()).join("photos"))
        .expect("photos")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    photos.sort();
    for (at, file) in ["zoo/brown_bear.jpg", "zoo/polar-bear.jpg", "trips/IMG_0001.jpg", "trips/castle at dusk.jpg"]
        .into_iter()
        .enumerate()
    {
        photo(&photos[at], file);
    }
    fs::write(to.join("trips/IMG_0001.jpg.txt"), "A windmill and a brown cow by the river").expect("written");
    fs::write(to.join("list.csv"), "image,caption,album\nzoo/brown_bear.jpg,sleeping in the sun,Summer trip\n")
        .expect("written");
    to
}

fn go_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn collected(home: &Path) -> Collection {
    let pictures = photos(home);
    let mut collection = Collection::create(&home.join("own"), &pictures, Reach::Folder).expect("a collection");
    let updated = collection.update(&mut go_on).expect("read");
    assert_eq!((updated.outcome.read, collection.count()), (4, 4), "{:?}", updated.warnings);
    collection
}

fn paths(found: &Found) -> Vec<&str> {
    found.hits.iter().map(|hit| hit.picture.path.as_str()).collect()
}

#[test]
fn words_are_found_wherever_they_stand() {
    let home = folder();
    let collection = collected(home.path());
    let find = |text: &str| paths(&collection.search(text, 10).expect("found")).join(" ");
    let (brown, polar) = ("zoo/brown_bear.jpg", "zoo/polar-bear.jpg");
    let (mill, castle) = ("trips/IMG_0001.jpg", "trips/castle at dusk.jpg");
    assert_eq!(find("brown bears"), format!("{brown} {polar} {mill}"), "both words first");
    assert_eq!(find("\"brown bear\""), brown);
    assert_eq!(find("\"bear brown\""), "");
    assert_eq!(find("brown -bear"), mill);
    assert_eq!(find("+brown +bear"), brown);
    assert_eq!(find("-zoo"), format!("{mill} {castle}"));
    assert_eq!(find("folders:trips windmills"), format!("{mill} {castle}"), "what is asked for and what is required");
    assert_eq!(find("name:brown"), brown);
    assert_eq!(find("a the of"), "");
    assert_eq!(find(""), "");
}

#[test]
fn a_slip_of_the_pen_finds_what_was_meant_and_says_so() {
    let home = folder();
    let collection = collected(home.path());
    let found = collection.search("wnidmill", 10).expect("found");
    assert_eq!(paths(&found), ["trips/IMG_0001.jpg"]);
    assert_eq!(found.instead, [("wnidmill".to_owned(), vec!["windmill".to_owned()])]);
    let nothing = collection.search("xyzzyx", 10).expect("nothing");
    assert_eq!((nothing.hits.len(), nothing.instead.len()), (0, 1));
    assert!(collection.search("bear", 10).expect("found").instead.is_empty());
}

#[test]
fn an_update_costs_what_changed_and_one_that_is_cancelled_goes_on() {
    let home = folder();
    let mut collection = collected(home.path());
    let again = collection.update(&mut go_on).expect("read").outcome;
    assert_eq!((again.read, again.unchanged, again.removed), (0, 4, 0));
    fs::remove_file(home.path().join("photos/zoo/polar-bear.jpg")).expect("removed");
    fs::write(home.path().join("photos/zoo/brown_bear.txt"), "Grizzly").expect("written");
    let cancelled = collection.update(&mut |_| ControlFlow::Break(()));
    assert!(cancelled.is_err_and(|error| error.is_cancelled()));
    let changed = collection.update(&mut go_on).expect("read").outcome;
    assert_eq!((changed.read, changed.unchanged, changed.removed), (1, 2, 1));
    assert_eq!(paths(&collection.search("grizzly polar", 10).expect("found")), ["zoo/brown_bear.jpg"]);
    let first = |most: usize| {
        let found = collection.first(most).expect("listed");
        (found.matching, found.list.into_iter().map(|found| found.picture.path).collect::<Vec<_>>())
    };
    let there = ["trips/IMG_0001.jpg", "trips/castle at dusk.jpg", "zoo/brown_bear.jpg"].map(str::to_owned);
    assert_eq!((first(2), first(10)), ((3, there[..2].to_vec()), (3, there.to_vec())), "by path, without what is gone");
}

#[test]
fn two_processes_search_and_one_writes() {
    let home = folder();
    let mut collection = collected(home.path());
    let mut other = Collection::open(collection.folder()).expect("opened");
    let mut is_busy = false;
    collection
        .update(&mut |_| {
            is_busy |= matches!(other.update(&mut go_on), Err(IndexError::Busy { .. }));
            assert_eq!(other.search("bear", 10).expect("found").hits.len(), 2);
            ControlFlow::Continue(())
        })
        .expect("read");
    assert!(is_busy);
    other.update(&mut go_on).expect("free again");
}

#[test]
fn a_collection_moves_with_its_pictures_and_is_never_one_of_others() {
    let home = folder();
    let collection = collected(home.path());
    drop(collection);
    let moved = home.path().join("elsewhere");
    fs::create_dir(&moved).expect("a folder");
    for name in ["own", "photos"] {
        fs::rename(home.path().join(name), moved.join(name)).expect("moved");
    }
    let mut collection = Collection::open(&moved.join("own")).expect("opened");
    assert_eq!(collection.pictures(), fs::canonicalize(moved.join("photos")).expect("there"));
    assert_eq!(collection.update(&mut go_on).expect("read").outcome.unchanged, 4);
    drop(collection);
    let fault = |folder: &Path, pictures: &Path| match Collection::create(folder, pictures, Reach::Folder) {
        Err(error) => error.to_string(),
        Ok(_) => "made".to_owned(),
    };
    assert!(fault(&moved.join("own"), &moved.join("photos/zoo")).contains("of other pictures"));
    assert!(fault(&moved, &moved.join("photos")).contains("neither empty"));
    assert!(fault(&moved.join("photos/zoo/own"), &moved.join("photos")).contains("among its own pictures"));
    fs::write(moved.join("own/collection.json"), "{\"version\": 2, \"pictures\": \"x\"}").expect("written");
    assert!(Collection::open(&moved.join("own")).is_err_and(|error| error.to_string().contains("version 2")));
}

#[test]
fn the_last_word_may_be_unfinished_while_it_is_typed() {
    let home = folder();
    let collection = collected(home.path());
    let text = crossrank::index::text::TextIndex::open(&collection.folder().join("text")).expect("an index");
    let find = |text_typed: &str, is_open| {
        let query = TextQuery { text: text_typed, weights: FieldWeights::default(), most: 10, is_open };
        text.search(&query).expect("found").count
    };
    assert_eq!((find("wi", true), find("wi ", true), find("wi", false)), (1, 0, 0));
}

#[test]
fn columns_of_tables_are_searched_by_name() {
    let home = folder();
    let mut collection = collected(home.path());
    let find = |collection: &Collection, text: &str| paths(&collection.search(text, 10).expect("found")).join(" ");
    assert_eq!(find(&collection, "album:summer"), "zoo/brown_bear.jpg");
    assert_eq!(find(&collection, "captions:sun"), "zoo/brown_bear.jpg");
    let kept = std::fs::read_to_string(collection.folder().join("collection.json")).expect("written");
    assert!(kept.contains("\"role\": \"facet\""), "{kept}");
    // Edited by hand, and read again without any change of the table.
    std::fs::write(collection.folder().join("collection.json"), kept.replace("\"facet\"", "\"title\""))
        .expect("written");
    collection = Collection::open(collection.folder()).expect("opened");
    let outcome = collection.update(&mut go_on).expect("read").outcome;
    assert_eq!((outcome.read, outcome.unchanged, outcome.rows.read), (1, 3, 1));
    assert_eq!(find(&collection, "title:summer"), "zoo/brown_bear.jpg");
    assert_eq!(collection.update(&mut go_on).expect("read").outcome.unchanged, 4);
    assert_eq!(find(&collection, "title:summer"), "zoo/brown_bear.jpg");
    std::fs::remove_file(home.path().join("photos/list.csv")).expect("removed");
    collection.update(&mut go_on).expect("read");
    assert_eq!(find(&collection, "summer"), "");
}

#[test]
fn the_command_line_shows_and_sets_what_columns_mean() {
    let home = folder();
    let pictures = photos(home.path());
    let run = |more: &[&str]| program(home.path()).arg("collect").arg(&pictures).args(more).output().expect("it runs");
    let shown = object(&run(&["--columns", "--json"]));
    let table = &shown["tables"][0];
    assert_eq!((&table["path"], &table["rows"], &table["named"]), (&"list.csv".into(), &1.into(), &1.into()));
    assert_eq!((&table["columns"][2]["heading"], &table["columns"][2]["role"]), (&"album".into(), &"facet".into()));
    assert_eq!(table["columns"][2]["values"][0], "Summer trip");
    let text = run(&["--columns", "--text", "Album"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.contains("list.csv: of all 1 rows, 1 name a picture") && text.contains("album    caption"), "{text}");
    assert_eq!(
        fs::read_dir(home.path()).expect("a folder").flatten().filter(|entry| entry.file_name() == "own").count(),
        0
    );
    let own = home.path().join("own");
    let own = own.to_str().expect("text");
    let collected = object(&run(&["--out", own, "--text", "album", "--json"]));
    assert_eq!(collected["rows"], serde_json::json!({"read": 1, "without_picture": 0, "ambiguous": 0, "remote": 0}));
    assert_eq!((&collected["words_from"]["list.csv"], &collected["without_words"]), (&1.into(), &0.into()));
    let collection = Collection::open(std::path::Path::new(own)).expect("opened");
    assert_eq!(collection.search("captions:summer", 10).expect("found").count, 1);
    assert!(errors(&run(&[])).contains("--out"), "without --columns, --out is required");
}

#[test]
fn the_command_line_collects_and_searches() {
    let home = folder();
    let pictures = photos(home.path());
    let own = home.path().join("own");
    let collect = || {
        object(
            &program(home.path())
                .arg("collect")
                .arg(&pictures)
                .arg("--out")
                .arg(&own)
                .args(["--no-vectors", "--json"])
                .output()
                .expect("it runs"),
        )
    };
    let first = collect();
    assert_eq!((&first["pictures"], &first["read"]), (&4.into(), &4.into()), "{first}");
    assert_eq!((&collect()["unchanged"], &first["vectors"]), (&4.into(), &serde_json::Value::Null));
    let search = |words: &str| {
        object(&program(home.path()).arg("search").arg(&own).args([words, "--json"]).output().expect("it runs"))
    };
    let found = search("bear");
    assert_eq!((&found["query"], &found["by"], &found["found"]), (&"bear".into(), &"text".into(), &2.into()));
    let first = &found["results"][0];
    assert_eq!((&first["rank"], &first["text_rank"]), (&1.into(), &1.into()));
    assert!(
        first["image"].as_str().is_some_and(|path| path.ends_with("bear.jpg")) && first["score"].as_f64() > Some(0.0)
    );
    assert!(found["ms"]["text"].as_f64() > Some(0.0));
    let nothing = program(home.path()).arg("search").arg(&pictures).arg("bear").output().expect("it runs");
    assert!(!nothing.status.success() && errors(&nothing).contains("not a collection"), "{}", errors(&nothing));
}
