//! Collections whose pictures are moved or renamed, one by one or as a whole: nothing that was judged, kept or computed is
//! lost.

use crate::cli::{errors, folder, object, program};
use crate::collection_vectors::{collected, embed};
use crossrank::dataset::{self, Reach, Split, read_vectors};
use crossrank::index::{Asked, Collection, IndexError};
use crossrank::judge::{Judgement, Judges, Mark, Places};
use crossrank::vision::EncoderSpec;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

/// A collection with vectors, a kept query and judgements of its candidates.
fn judged(home: &Path) -> Collection {
    let collection = collected(home);
    embed(&collection);
    keep(&collection, "bear");
    judge(&collection, home, &["photo00.jpg", "photo04.jpg"], 2);
    collection
}

fn keep(collection: &Collection, words: &str) {
    let set = collection.vectors_of(&EncoderSpec::bundled()).expect("vectors");
    let candidates = collection.candidates(&Asked { most: 6, ..Asked::words(words) }, Some(&set)).expect("found");
    collection.keep(words, words, Some(Split::Test), &candidates).expect("kept");
}

fn places(collection: &Collection, home: &Path) -> Places {
    Places::new(collection.folder(), collection.kept().expect("kept").dataset.reach, &home.join("elsewhere"))
}

fn judge(collection: &Collection, home: &Path, images: &[&str], grade: i32) {
    let places = places(collection, home);
    let mut journal = places.journal("ann").expect("a journal");
    let (mut judges, _) = Judges::read(places).expect("read");
    for image in images {
        let mark = Mark { query: "bear".into(), image: (*image).into(), judgement: Judgement::blind(grade) };
        let lines = judges.record_mut("ann").expect("a judge").judge(vec![mark]);
        journal.append(&lines).expect("saved");
    }
}

/// Ann's labels of the kept query.
fn labels(collection: &Collection, home: &Path) -> Vec<(String, i32)> {
    let (judges, look) = Judges::read(places(collection, home)).expect("read");
    assert!(look.notices.is_empty(), "{:?}", look.notices);
    assert_eq!(judges.strays(&collection.kept().expect("kept").dataset).notice(), None);
    let labels = judges.labels("ann");
    labels.iter().map(|label| (label.image.to_owned(), label.judgement.grade.unwrap_or(-9))).collect()
}

fn update(collection: &mut Collection) -> crossrank::index::Updated {
    collection.update(&mut |_| ControlFlow::Continue(())).expect("read")
}

fn candidates(collection: &Collection) -> Vec<String> {
    let loaded = dataset::open(collection.folder()).expect("opened");
    assert_eq!(loaded.warnings, []);
    let vectors =
        read_vectors(&loaded.dataset, &["resnet50-thin"], &mut |warning| panic!("{warning}")).expect("vectors");
    assert_eq!(vectors.count(), loaded.dataset.images.len(), "every image has its vector");
    let query = &loaded.dataset.queries[0];
    let image = |at: usize| &loaded.dataset.images[at];
    assert!(query.candidates.iter().all(|candidate| image(candidate.image).file.is_some()));
    query.candidates.iter().map(|candidate| image(candidate.image).id.to_string()).collect()
}

fn rename(collection: &Collection, from: &str, to: &str) {
    let [from, to] = [from, to].map(|path| collection.pictures().join(path));
    fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
    fs::rename(from.with_extension("txt"), to.with_extension("txt")).expect("its words");
    fs::rename(from, to).expect("moved");
}

#[test]
fn a_picture_that_was_renamed_keeps_its_vector_its_judgements_and_its_queries() {
    let home = folder();
    let mut collection = judged(home.path());
    let before = candidates(&collection);
    let vector = |collection: &Collection, path: &str| {
        collection.vectors_of(&EncoderSpec::bundled()).expect("vectors").get(path).expect("read")
    };
    let kept = vector(&collection, "photo00.jpg").expect("a vector");
    rename(&collection, "photo00.jpg", "zoo/first bear.jpg");
    rename(&collection, "photo04.jpg", "zoo/photo04.jpg");
    let updated = update(&mut collection);
    let (first, second) = ("zoo/first bear.jpg".to_owned(), "zoo/photo04.jpg".to_owned());
    let moved = [("photo00.jpg".to_owned(), first.clone()), ("photo04.jpg".to_owned(), second.clone())];
    let mut found = updated.moved.clone();
    found.sort();
    assert_eq!(found, moved);
    assert_eq!((updated.outcome.moved, updated.outcome.removed, updated.outcome.read), (2, 0, 2));
    let embedded = embed(&collection);
    assert_eq!((embedded.embedded, embedded.carried, embedded.removed), (0, 2, 2), "no vector is computed anew");
    assert_eq!(vector(&collection, &first).expect("carried"), kept);
    let renamed =
        |path: &String| moved.iter().find(|(from, _)| from == path).map_or(path.clone(), |(_, to)| to.clone());
    assert_eq!(candidates(&collection), before.iter().map(renamed).collect::<Vec<_>>());
    assert_eq!(labels(&collection, home.path()), [(first.clone(), 2), (second, 2)]);
    // Another picture under the old path is another picture, and what is said of it is said of it.
    fs::copy(collection.pictures().join("photo01.jpg"), collection.pictures().join("photo00.jpg")).expect("copied");
    fs::write(collection.pictures().join("photo00.txt"), "a bear of a castle").expect("written");
    update(&mut collection);
    embed(&collection);
    assert_eq!(vector(&collection, "photo00.jpg"), vector(&collection, "photo01.jpg"));
    keep(&collection, "bear");
    judge(&collection, home.path(), &["photo00.jpg"], 0);
    let labels = labels(&collection, home.path());
    assert!(labels.contains(&("photo00.jpg".to_owned(), 0)) && labels.contains(&(first, 2)), "{labels:?}");
}

#[test]
fn copies_with_another_time_are_recognised_by_what_is_in_them_and_a_kill_on_the_way_loses_nothing() {
    let home = folder();
    let mut collection = judged(home.path());
    let pictures = collection.pictures().to_owned();
    for name in ["photo00", "photo01"] {
        fs::copy(pictures.join(format!("{name}.jpg")), pictures.join(format!("other {name}.jpg"))).expect("copied");
        let now = std::time::SystemTime::now() + std::time::Duration::from_secs(5);
        let copy = fs::File::options().write(true).open(pictures.join(format!("other {name}.jpg"))).expect("there");
        copy.set_modified(now).expect("another time");
        fs::remove_file(pictures.join(format!("{name}.jpg"))).expect("removed");
    }
    // As after a kill once the moves are noted: the index still has the old paths.
    let mut stages = Vec::new();
    let stopped = collection.update(&mut |at| {
        let is_last = at.stage == "Reading words";
        stages.push(at.stage);
        if is_last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(stopped.is_err_and(|error| error.is_cancelled()), "{stages:?}");
    assert!(collection.folder().join("moved.jsonl").is_file());
    let updated = update(&mut collection);
    assert_eq!(updated.outcome.removed + updated.outcome.moved, 2);
    assert_eq!(embed(&collection).embedded, 0);
    assert!(candidates(&collection).contains(&"other photo00.jpg".to_owned()));
    let labels = labels(&collection, home.path());
    assert!(labels.contains(&("other photo00.jpg".to_owned(), 2)), "{labels:?}");
}

#[test]
fn a_folder_that_moved_is_named_anew_and_until_then_nothing_changes() {
    let home = folder();
    let mut collection = judged(home.path());
    let (count, before) = (collection.count(), candidates(&collection));
    let moved = home.path().join("archive/2026/photos");
    fs::create_dir_all(moved.parent().expect("a folder")).expect("a folder");
    fs::rename(home.path().join("photos"), &moved).expect("moved");
    assert!(!collection.has_pictures_folder());
    let away = |collection: &mut Collection| collection.update(&mut |_| ControlFlow::Continue(()));
    assert!(matches!(away(&mut collection), Err(IndexError::Away { count: 13, .. })));
    fs::create_dir(home.path().join("photos")).expect("the place where a disk is mounted");
    assert!(matches!(away(&mut collection), Err(IndexError::Away { .. })));
    assert_eq!(Collection::open(collection.folder()).expect("opens").count(), count);
    let run = |pictures: &Path| {
        let mut command = program(home.path());
        command.arg("collect").arg(pictures).arg("--out").arg(collection.folder());
        command.args(["--relink", "--json"]).output().expect("it runs")
    };
    let wrong = run(&home.path().join("photos"));
    assert!(!wrong.status.success() && errors(&wrong).contains("none of the 13 pictures"), "{}", errors(&wrong));
    // The folder around it will do.
    let right = run(moved.parent().expect("a folder"));
    assert!(errors(&right).contains("13 of 13 pictures are in their new folder"), "{}", errors(&right));
    let object = object(&right);
    assert_eq!((&object["unchanged"], &object["vectors"]["embedded"]), (&13.into(), &0.into()), "{object}");
    let now = Collection::open(collection.folder()).expect("opened");
    assert_eq!(now.pictures(), fs::canonicalize(&moved).expect("there"));
    assert_eq!(candidates(&now), before);
    assert_eq!(labels(&now, home.path()).len(), 2);
    assert!(!now.manifest().follow);
}

#[cfg(unix)]
#[test]
fn links_are_followed_from_when_that_is_asked_for_also_where_the_pictures_moved() {
    let home = folder();
    drop(collected(home.path()));
    let [outside, moved] = ["outside", "moved"].map(|name| home.path().join(name));
    fs::rename(home.path().join("photos"), &moved).expect("moved");
    fs::create_dir(&outside).expect("a folder");
    fs::copy(moved.join("photo00.jpg"), outside.join("other.jpg")).expect("copied");
    std::os::unix::fs::symlink(outside.join("other.jpg"), moved.join("linked.jpg")).expect("a link");
    let run = |more: &[&str]| {
        let mut command = program(home.path());
        command.arg("collect").arg(&moved).arg("--out").arg(home.path().join("own"));
        object(&command.args(["--no-vectors", "--json"]).args(more).output().expect("it runs"))["pictures"].clone()
    };
    assert_eq!(run(&["--relink"]), 13);
    assert_eq!(run(&["--relink", "--follow"]), 14);
    assert_eq!(run(&[]), 14, "and from then on");
}

#[test]
fn an_update_that_would_lose_most_pictures_asks_first() {
    let home = folder();
    let (pictures, own) = (home.path().join("photos"), home.path().join("own"));
    let away = home.path().join("away");
    [&pictures, &away].into_iter().for_each(|folder| fs::create_dir(folder).expect("a folder"));
    let name = |number: usize| format!("{number}.jpg");
    (0..30).for_each(|number| fs::write(pictures.join(name(number)), format!("picture {number}")).expect("written"));
    let mut collection = Collection::create(&own, &pictures, Reach::Folder).expect("made");
    assert_eq!(update(&mut collection).outcome.read, 30);
    let take = |numbers: std::ops::Range<usize>| {
        numbers.for_each(|number| fs::rename(pictures.join(name(number)), away.join(name(number))).expect("moved"));
    };
    // Half of them, or all in another folder, are no cause for alarm.
    take(0..15);
    let updated = update(&mut collection).outcome;
    assert_eq!((updated.removed, updated.unchanged), (15, 15));
    fs::create_dir(pictures.join("album")).expect("a folder");
    for number in 0..30 {
        let from = if number < 15 { &away } else { &pictures };
        fs::rename(from.join(name(number)), pictures.join("album").join(name(number))).expect("moved");
    }
    assert_eq!(update(&mut collection).outcome.moved, 15);
    fs::rename(pictures.join("album"), home.path().join("unmounted")).expect("moved");
    fs::write(pictures.join("stray.jpg"), "x").expect("written");
    let error = collection.update(&mut |_| ControlFlow::Continue(())).expect_err("most are gone");
    assert!(matches!(error, IndexError::Missing { gone: 30, count: 30, .. }), "{error}");
    assert_eq!(Collection::open(&own).expect("opens").count(), 30, "nothing was changed");
    let run = |more: &[&str]| {
        let mut command = program(home.path());
        command.arg("collect").arg(&pictures).arg("--out").arg(&own).args(["--no-vectors", "--json"]).args(more);
        command.output().expect("it runs")
    };
    let refused = run(&[]);
    assert!(!refused.status.success() && errors(&refused).contains("--remove-missing"), "{}", errors(&refused));
    let object = object(&run(&["--remove-missing"]));
    assert_eq!((&object["removed"], &object["pictures"]), (&30.into(), &1.into()), "{object}");
}

#[test]
fn a_query_kept_while_an_update_has_only_noted_where_pictures_went_names_them_as_they_are_called_now() {
    let home = folder();
    let collection = collected(home.path());
    embed(&collection);
    let mut other = Collection::open(collection.folder()).expect("opened");
    fs::create_dir(home.path().join("photos/album")).expect("a folder");
    fs::rename(home.path().join("photos/photo00.jpg"), home.path().join("photos/album/photo00.jpg")).expect("moved");
    let mut is_kept = false;
    let updated = other.update(&mut |_| {
        if !is_kept && collection.folder().join("moved.jsonl").is_file() {
            keep(&collection, "bear");
            is_kept = true;
        }
        ControlFlow::Continue(())
    });
    assert!(updated.expect("read").moved.len() == 1 && is_kept);
    embed(&collection);
    let candidates = candidates(&collection);
    assert!(candidates.contains(&"album/photo00.jpg".to_owned()), "{candidates:?}");
}
