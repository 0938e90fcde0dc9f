//! A collection in the window whose pictures have moved, and one that is packed.

use super::command;
use super::searching::{collected, photos, with_vectors};
use crate::workspace::wait;
use crossrank::app::{App, Shot, headless, settle};
use crossrank::dataset::Reach;
use crossrank::index::{Collection, Packing, unpack};
use crossrank::workspace::{DataAction, SearchAction, Store, Workspace};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::ops::ControlFlow;
use std::path::Path;

fn open(home: &Path, folder: &Path) -> Harness<'static, App> {
    let mut harness = headless(&Shot::of(folder.to_str().expect("a plain path")), Store::at(&home.join("store")));
    settle(&mut harness).expect("the collection opens");
    harness
}

fn told(workspace: &Workspace, part: &str) -> bool {
    workspace.messages().iter().any(|message| message.text.contains(part))
}

#[test]
fn a_collection_whose_pictures_are_gone_opens_and_offers_to_relink_them() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = collected(home.path());
    let moved = home.path().join("elsewhere");
    std::fs::rename(home.path().join("photos"), &moved).expect("moved");
    let mut harness = open(home.path(), &folder);
    let open = harness.state().workspace().searching().open().expect("it is open");
    assert_eq!((open.count, open.has_pictures), (12, false));
    assert!(harness.state().workspace().session().is_some(), "with all that is known of them");
    harness.get_by_label("The folder of the pictures is gone.");
    harness.get_by_label("Relink pictures…").click();
    harness.run_steps(3);
    harness.get_by_label("Folder where the pictures are now").type_text(moved.to_str().expect("a plain path"));
    harness.run_steps(3);
    harness.get_by_label("Relink").click();
    harness.run_steps(3);
    settle(&mut harness).expect("it is relinked");
    let workspace = harness.state().workspace();
    let open = workspace.searching().open().expect("it is open");
    assert_eq!((open.count, open.has_pictures, open.vectors.as_ref().map(|set| set.count())), (12, true, Some(12)));
    assert_eq!(open.collection.pictures(), std::fs::canonicalize(&moved).expect("there"));
    assert!(told(workspace, "12 unchanged, 0 removed"));
    assert!(harness.query_by_label("The folder of the pictures is gone.").is_none());
}

#[test]
fn an_update_says_what_moved_and_what_was_not_read() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = collected(home.path());
    let mut workspace = Workspace::new(Store::at(&home.path().join("store")));
    workspace.apply(DataAction::Open(folder));
    wait(&mut workspace, "opening", |workspace| !workspace.is_busy() && workspace.session().is_some());
    let pictures = home.path().join("photos");
    let first = std::fs::read_dir(&pictures).expect("photos").flatten().next().expect("one").file_name();
    std::fs::create_dir(pictures.join("birds")).expect("a folder");
    std::fs::rename(pictures.join(&first), pictures.join("birds").join(&first)).expect("moved");
    for name in ["a.heic", "b.HEIC", "c.avif", "d.cr2"] {
        std::fs::write(pictures.join(name), "not read").expect("written");
    }
    workspace.apply(SearchAction::Update);
    wait(&mut workspace, "updating", |workspace| !workspace.is_busy());
    let first = first.to_string_lossy();
    let moved = format!("Moved, with all that was judged and kept: {first} to birds/{first}.");
    assert!(told(&workspace, &moved), "{:?}", workspace.messages());
    for part in ["1 read, 11 unchanged, 0 removed", "2 HEIC", "1 AVIF", "1 camera raw"] {
        assert!(told(&workspace, part), "{part}: {:?}", workspace.messages());
    }
    let open = workspace.searching().open().expect("it is open");
    assert_eq!(open.vectors.as_ref().map(|set| set.count()), Some(12));
}

#[test]
fn a_collection_is_packed_in_the_background() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = with_vectors(&home.path().join("own"), &photos(home.path()));
    let mut harness = open(home.path(), &folder);
    command(&mut harness, "Pack collection");
    harness.get_by_label("With the pictures").click();
    harness.run_steps(3);
    harness.get_by_label("Pack").click();
    harness.run_steps(3);
    settle(&mut harness).expect("it is packed");
    let file = home.path().join("own.tar");
    assert!(
        told(harness.state().workspace(), "Packed with its pictures"),
        "{:?}",
        harness.state().workspace().messages()
    );
    let there = home.path().join("there");
    let unpacked = unpack(&file, &there, &mut |_| ControlFlow::Continue(())).expect("it is whole");
    assert_eq!((unpacked.pictures, unpacked.has_pictures), (12, true));
    let again = SearchAction::Pack { file, packing: Packing::default() };
    harness.state_mut().workspace_mut().apply(again);
    settle(&mut harness).expect("it is refused");
    assert!(told(harness.state().workspace(), "there is such a file already"));
    assert!(Collection::create(&there, &there.join("pictures"), Reach::Folder).is_ok(), "a collection like any other");
}
