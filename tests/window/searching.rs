//! A collection in the window: made of a folder of pictures, searched while typing, ranked, its queries kept.

use super::{SAMPLE, save};
use crate::workspace::wait;
use crossrank::app::{App, Shot, headless, settle};
use crossrank::dataset::{Reach, Split, open, read_vectors};
use crossrank::index::Collection;
use crossrank::vision::EncoderSpec;
use crossrank::workspace::{DataAction, Order, SearchAction, Store, Workspace};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Photos of the sample: birds, and fishes that nothing calls birds.
pub(super) fn photos(home: &Path) -> PathBuf {
    let to = home.join("photos");
    std::fs::create_dir_all(&to).expect("a folder");
    let mut names: Vec<String> = std::fs::read_dir(Path::new(SAMPLE).join("photos"))
        .expect("the sample's photos")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for part in ["birds", "fishes"] {
        let of_part: Vec<_> = names.iter().filter(|name| name.contains(part)).take(6).collect();
        assert_eq!(of_part.len(), 6, "{part}");
        for name in of_part {
            std::fs::copy(Path::new(SAMPLE).join("photos").join(name), to.join(name)).expect("a copy");
        }
    }
    to
}

/// A collection of twelve photos, with the vectors that the sample ships.
pub(super) fn collected(home: &Path) -> PathBuf {
    let folder = with_vectors(&home.join("own"), &photos(home));
    let mut workspace = Workspace::new(Store::at(&home.join("store")));
    workspace.apply(DataAction::Open(folder.clone()));
    wait(&mut workspace, "opening", |workspace| !workspace.is_busy() && workspace.session().is_some());
    let open = workspace.searching().open().expect("it is open");
    assert_eq!((open.count, open.vectors.as_ref().map(|set| set.count())), (12, Some(12)));
    let session = workspace.session().expect("its first pictures are shown");
    assert_eq!(session.data.dataset.queries[0].candidates.len(), 12);
    assert!(session.data.has_vectors());
    folder
}

/// Types “bird” into the search field.
pub(super) fn type_bird(harness: &mut Harness<'_, App>) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run_steps(3);
    harness.get_by_label("Search the collection").type_text("bird");
    harness.run_steps(3);
    settle(harness).expect("it is found");
}

pub(super) fn shown(harness: &Harness<'_, App>) -> String {
    let session = harness.state().workspace().session().expect("a session");
    session.data.dataset.queries[session.query()].id.to_string()
}

#[test]
fn typing_finds_pictures_enter_ranks_them_without_judgements_and_a_kept_query_stays() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = collected(home.path());
    let path = folder.to_str().expect("a plain path");
    let mut harness = headless(&Shot::of(path), Store::at(&home.path().join("store")));
    settle(&mut harness).expect("the collection opens");
    type_bird(&mut harness);
    let found = harness.state().workspace().searching().found().expect("found while typing");
    assert_eq!((found.candidates.matching, found.asked.text.as_str()), (6, "bird"));
    assert!(found.candidates.list.iter().all(|found| found.picture.path.contains("birds")));
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    settle(&mut harness).expect("it is ranked");
    assert_eq!(shown(&harness), "bird");
    let session = harness.state().workspace().session().expect("a session");
    assert_eq!(session.orders(), [Order::Initial, Order::Feedback, Order::Untrained]);
    for order in session.orders() {
        let ranking = session.ranking(order).expect("needs no judgement");
        // The fishes came in by their looks, after all that the word finds.
        assert_eq!(ranking.order.len(), 12, "{}", order.name());
        assert!(ranking.scores.iter().all(|score| score.is_finite()));
    }
    assert!(open(&folder).is_ok_and(|kept| kept.dataset.queries.is_empty()), "asking keeps nothing");
    harness.get_by_label("Keep query").click();
    harness.run_steps(3);
    settle(&mut harness).expect("it is kept");
    let kept = open(&folder).expect("the kept queries").dataset;
    assert_eq!(kept.queries.len(), 1);
    assert_eq!((kept.queries[0].id.as_str(), kept.queries[0].candidates.len()), ("bird", 12));
    drop(harness);
    // Another day.
    let mut workspace = Workspace::new(Store::at(&home.path().join("store")));
    workspace.apply(DataAction::Open(folder.clone()));
    wait(&mut workspace, "opening", |workspace| !workspace.is_busy() && workspace.session().is_some());
    assert!(workspace.searching().at_hand().is_none());
    let splits = |workspace: &Workspace| workspace.session().expect("a session").data.splits.to_vec();
    assert_eq!(workspace.session().expect("a session").data.dataset.queries[0].id.as_str(), "bird");
    assert_eq!(splits(&workspace), [Split::Train]);
    // Another query that is only asked leaves the kept one to be learned from.
    workspace.apply(SearchAction::Ask(Box::new(crossrank::index::Asked::words("fish"))));
    wait(&mut workspace, "asking", |workspace| !workspace.is_busy() && splits(workspace).len() == 2);
    assert_eq!(splits(&workspace), [Split::Train, Split::Test]);
}

#[test]
fn what_nothing_matches_is_said_and_changes_nothing_and_a_data_set_closes_the_collection() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = collected(home.path());
    let mut workspace = Workspace::new(Store::at(&home.path().join("store")));
    workspace.apply(DataAction::Open(folder));
    wait(&mut workspace, "opening", |workspace| !workspace.is_busy() && workspace.session().is_some());
    let before = workspace.session().expect("a session").generation;
    workspace.apply(SearchAction::Ask(Box::new(crossrank::index::Asked::words("zeppelin"))));
    wait(&mut workspace, "asking", |workspace| !workspace.is_busy());
    assert!(workspace.messages().iter().any(|message| message.text.contains("zeppelin")));
    assert_eq!(workspace.session().expect("a session").generation, before);
    let like =
        crossrank::index::Example::Own(workspace.session().expect("a session").data.dataset.images[0].id.to_string());
    let asked = crossrank::index::Asked { example: Some(like), ..Default::default() };
    workspace.apply(SearchAction::Ask(Box::new(asked)));
    wait(&mut workspace, "asking", |workspace| !workspace.is_busy());
    let session = workspace.session().expect("a session");
    assert!(session.data.dataset.queries[session.query()].id.as_str().starts_with("like "));
    workspace.apply(DataAction::Open(SAMPLE.into()));
    wait(&mut workspace, "opening", |workspace| !workspace.is_busy());
    assert!(workspace.searching().open().is_none());
    assert!(!workspace.session().expect("the sample").is_collection());
}

#[test]
fn the_dialog_makes_a_collection_beside_the_pictures() {
    let home = tempfile::tempdir().expect("a folder");
    let pictures = photos(home.path());
    let mut harness = super::open(&home.path().join("store"));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    harness.run_steps(3);
    harness.get_by_label("Command").type_text("New collection");
    harness.run_steps(3);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    harness.get_by_label("Folder of the pictures").type_text(pictures.to_str().expect("a plain path"));
    harness.run_steps(3);
    harness.get_by_label("Compute visual vectors").click();
    harness.run_steps(3);
    harness.get_by_label("Create").click();
    harness.run_steps(3);
    settle(&mut harness).expect("it is made");
    let open = harness.state().workspace().searching().open().expect("it is open");
    assert_eq!((open.count, open.vectors.is_none()), (12, true));
    assert!(home.path().join("photos.collection/collection.json").is_file());
}

/// A collection of photos of the sample, by the words in their names, with the vectors that the sample ships.
pub fn with_vectors(folder: &Path, pictures: &Path) -> PathBuf {
    let mut collection = Collection::create(folder, pictures, Reach::Folder).expect("a collection");
    let go_on = &mut |_| ControlFlow::Continue(());
    collection.update(go_on).expect("words");
    let sample = open(Path::new(SAMPLE)).expect("the sample").dataset;
    let table = read_vectors(&sample, &["embeddings"], &mut |_| {}).expect("the sample's vectors");
    let rows = sample.images.iter().enumerate();
    let mut vectors = rows.map(|(at, image)| (format!("{}.jpg", image.id), table.get(at).expect("a row").into_owned()));
    let taken = collection.take_vectors(&EncoderSpec::bundled(), &mut vectors, go_on).expect("vectors");
    assert_eq!(taken, collection.count());
    collection.folder().to_owned()
}

#[test]
fn a_session_makes_a_collection_and_computes_its_vectors_after_its_words() {
    let home = tempfile::tempdir().expect("a folder");
    let pictures = photos(home.path());
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(&pictures).expect("photos").flatten().map(|entry| entry.path()).collect();
    names.sort();
    names.iter().skip(2).for_each(|path| std::fs::remove_file(path).expect("removed"));
    let mut workspace = Workspace::new(Store::at(&home.path().join("store")));
    let folder = Workspace::collection_beside(&pictures);
    workspace.apply(SearchAction::Collect { pictures, folder, follow: false, vectors: true, mapping: None });
    wait(&mut workspace, "collecting", |workspace| {
        !workspace.searching().is_collecting() && !workspace.is_busy() && workspace.session().is_some()
    });
    let open = workspace.searching().open().expect("it is open");
    assert_eq!((open.count, open.vectors.as_ref().map(|set| set.count())), (2, Some(2)));
    assert!(workspace.session().expect("a session").data.has_vectors());
}

#[test]
fn pictures_of_a_search() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = with_vectors(&home.path().join("photos.collection"), &Path::new(SAMPLE).join("photos"));
    let size = [1280.0, 800.0];
    let mut harness = headless(
        &Shot { size, scale: 1.0, ..Shot::of(folder.to_str().expect("a plain path")) },
        Store::at(&home.path().join("store")),
    );
    settle(&mut harness).expect("the collection opens");
    type_bird(&mut harness);
    harness.run_steps(10);
    settle(&mut harness).expect("its pictures are there");
    save(&mut harness, "searching-dark.png");
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    settle(&mut harness).expect("it is ranked");
    save(&mut harness, "found-dark.png");
}
