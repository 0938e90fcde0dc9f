//! The encoders of a collection in the window: which suits, which is used, two side by side; pictures that are pasted.

use super::save;
use super::searching::{shown, type_bird};
use crate::collection_encoders::{bundled, photos, take};
use crate::workspace::wait;
use crossrank::app::{App, Panel, Shot, headless, settle};
use crossrank::index::{Collection, Example};
use crossrank::vision::{DeviceChoice, EncoderSpec};
use crossrank::workspace::{
    DataAction, EmbeddingAction, EmbeddingPair, SearchAction, Store, Stranger, ThemeChoice, Workspace,
};
use egui::{ColorImage, Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A collection of the sample's photos with the vectors of both encoders that it ships, compared.
fn with_both(home: &Path) -> PathBuf {
    let collection = photos(&home.join("photos.collection"));
    bundled().iter().for_each(|encoder| take(&collection, encoder, usize::MAX));
    collection
        .compare_encoders(&EncoderSpec::bundled(), DeviceChoice::Cpu, &mut |_| ControlFlow::Continue(()))
        .expect("compared");
    collection.folder().to_owned()
}

fn window(home: &Path, shot: Shot) -> Harness<'static, App> {
    let mut harness = headless(&Shot { scale: 1.0, ..shot }, Store::at(&home.join("store")));
    settle(&mut harness).expect("the collection opens");
    harness
}

fn search_bird(harness: &mut Harness<'_, App>) {
    type_bird(harness);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    settle(harness).expect("it is ranked");
    assert_eq!(shown(harness), "bird");
}

fn click(harness: &mut Harness<'_, App>, label: &str) {
    harness.get_by_label(label).click();
    rest(harness);
}

fn rest(harness: &mut Harness<'_, App>) {
    for _ in 0..3 {
        harness.run_steps(3);
        settle(harness).expect("at rest");
    }
}

fn vectors(harness: &Harness<'_, App>) -> Vec<String> {
    harness.state().workspace().session().expect("a session").data.vector_names.to_vec()
}

#[test]
fn one_click_goes_over_to_the_encoder_that_suits_better_with_the_query_at_hand() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = with_both(home.path());
    let mut harness = window(home.path(), Shot::of(&folder));
    search_bird(&mut harness);
    assert_eq!(vectors(&harness), ["resnet50-thin"]);
    click(&mut harness, "Use efficientnet-lite0, which suits better");
    assert_eq!((vectors(&harness), shown(&harness).as_str()), (vec!["efficientnet-lite0".to_owned()], "bird"));
    assert!(harness.query_by_label("Use efficientnet-lite0, which suits better").is_none());
    drop(harness);
    let mut harness = window(home.path(), Shot { panel: Some(Panel::Embeddings), ..Shot::of(&folder) });
    assert_eq!(vectors(&harness), ["efficientnet-lite0"], "another day");
    harness.check_accessibility();
    assert!(harness.query_by_label_contains("efficientnet-lite0 suits these pictures better: ").is_some());
    assert_eq!(harness.query_all_by_label("598 of 598 pictures").count(), 2);
    assert!(
        harness.query_by_label("Use efficientnet-lite0").is_none()
            && harness.query_by_label("Compute by resnet50-thin").is_none()
    );
    click(&mut harness, "Use resnet50-thin");
    assert_eq!(vectors(&harness), ["resnet50-thin"]);
    let suggestion = harness.state().workspace().searching().open().expect("open").encoders.suggestion().cloned();
    assert_eq!(suggestion, None, "a choice by hand is not argued with");
}

#[test]
fn an_encoder_that_has_seen_a_sample_is_used_once_its_vectors_are_computed() {
    let home = tempfile::tempdir().expect("a folder");
    let pictures = home.path().join("pictures");
    std::fs::create_dir(&pictures).expect("a folder");
    let photo = |at: usize| format!("stamp-animals-birds-{}.jpg", ["pelican", "gull", "heron"][at]);
    let from = Path::new(super::SAMPLE).join("photos");
    let mut names: Vec<_> =
        std::fs::read_dir(&from).expect("photos").flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    for (at, name) in names.iter().take(3).enumerate() {
        std::fs::copy(from.join(name), pictures.join(photo(at))).expect("copied");
    }
    let mut collection = Collection::create(&home.path().join("own"), &pictures, crossrank::dataset::Reach::Folder)
        .expect("a collection");
    let go_on = &mut |_| ControlFlow::Continue(());
    collection.update(go_on).expect("words");
    let [resnet, efficientnet] = bundled().map(|(encoder, _)| encoder);
    collection.embed(&resnet, DeviceChoice::Cpu, go_on).expect("vectors");
    let mut workspace = Workspace::new(Store::at(&home.path().join("store")));
    let rest = |workspace: &mut Workspace, what: &str| {
        wait(workspace, what, |workspace| !workspace.is_busy() && !workspace.searching().is_collecting());
    };
    workspace.apply(DataAction::Open(collection.folder().to_owned()));
    rest(&mut workspace, "opening");
    let row = |workspace: &Workspace, at: usize| workspace.searching().open().expect("open").encoders.list[at].clone();
    assert!(row(&workspace, 0).is_in_use && row(&workspace, 1).count == 0);
    // Side by side before it has seen anything: only what is shown is computed.
    let [a, b] = &workspace.embedding_sources()[..] else { panic!("two encoders") };
    let pair = EmbeddingPair { a: a.clone(), b: b.clone() };
    workspace.apply(EmbeddingAction::Compare(Box::new(pair)));
    rest(&mut workspace, "comparing");
    let comparison = workspace.embedding().comparison();
    let result = comparison.result().unwrap_or_else(|| panic!("{:?}", comparison.failure()));
    let tables = result.tables.each_ref().map(|table| (table.name.clone(), table.count()));
    assert_eq!(tables, [("resnet50-thin".to_owned(), 3), ("efficientnet-lite0".to_owned(), 3)]);
    assert!(result.is_by_words && result.queries[0].agreement_at(1).is_some());
    let set = collection.vectors_of(&efficientnet).expect("vectors");
    assert!(!set.info().whole && collection.key_in_use() != Some(set.info().key.clone()));
    // Without changing what is used.
    workspace.apply(SearchAction::ComputeVectors(Box::new(efficientnet.clone())));
    assert_eq!(workspace.searching().computing(), Some(&efficientnet));
    rest(&mut workspace, "computing");
    assert!(row(&workspace, 0).is_in_use && row(&workspace, 1).count == 3 && row(&workspace, 1).is_whole);
    let pelican = pictures.join(photo(0));
    workspace.apply(SearchAction::AskLike(Stranger::File(pelican)));
    rest(&mut workspace, "asking");
    let like = |workspace: &Workspace| workspace.searching().at_hand().expect("a query").asked.example.clone();
    let Some(Example::Vector(before)) = like(&workspace) else { panic!("{:?}", workspace.messages()) };
    workspace.apply(SearchAction::UseEncoder(Box::new(efficientnet)));
    rest(&mut workspace, "going over");
    assert!(row(&workspace, 1).is_in_use && row(&workspace, 1).is_chosen, "{:?}", workspace.messages());
    let Some(Example::Vector(after)) = like(&workspace) else { panic!("the picture is asked for again") };
    assert_eq!((before.len(), after.len()), (1024, 1280));
}

#[test]
fn a_pasted_picture_or_path_searches_and_anything_else_is_told() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = with_both(home.path());
    let mut harness = window(home.path(), Shot::of(&folder));
    let best = |harness: &Harness<'_, App>| {
        let session = harness.state().workspace().session().expect("a session");
        let query = &session.data.dataset.queries[session.query()];
        (query.id.to_string(), session.data.dataset.images[query.candidates[0].image].id.to_string())
    };
    let name = "stamp-animals-birds-pelican.jpg";
    let file = Path::new(super::SAMPLE).join("photos").join(name);
    harness.event(Event::Paste(format!("file://{}\n", file.display())));
    rest(&mut harness);
    assert_eq!(best(&harness), ("like a picture".to_owned(), name.to_owned()));
    // The pixels alone, of another picture.
    let other = "stamp-animals-birds-chicken-profile.jpg";
    let decoded = crossrank::vision::decode(&Path::new(super::SAMPLE).join("photos").join(other)).expect("a photo");
    let size = [decoded.width() as usize, decoded.height() as usize];
    harness.event(Event::PasteImage(Arc::new(ColorImage::from_rgb(size, decoded.as_raw()))));
    rest(&mut harness);
    assert_eq!(best(&harness).1, other);
    // A key that is only let go wanted to paste what is neither text nor picture; the letter alone wants nothing.
    let key =
        |pressed| Event::Key { key: Key::V, physical_key: None, pressed, repeat: false, modifiers: Modifiers::NONE };
    let warnings = |harness: &Harness<'_, App>| harness.state().workspace().messages().len();
    let before = warnings(&harness);
    harness.event(key(true));
    harness.event(key(false));
    rest(&mut harness);
    assert_eq!((warnings(&harness), best(&harness).1.as_str()), (before, other));
    if std::env::var_os("DISPLAY").is_none() && std::env::var_os("WAYLAND_DISPLAY").is_none() {
        harness.event(key(false));
        rest(&mut harness);
        let told = &harness.state().workspace().messages().last().expect("a message").text;
        assert!(told.contains("lipboard"), "{told}");
    }
    // What is pasted into a field is the field's.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run_steps(3);
    harness.event(Event::Paste(file.display().to_string()));
    rest(&mut harness);
    assert_eq!(best(&harness).1, other);
}

#[test]
fn pictures_of_two_encoders() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = with_both(home.path());
    let drawn = std::env::var_os("CROSSRANK_PICTURES").map(PathBuf::from);
    let sizes = [[1280.0, 720.0], [1000.0, 700.0]];
    for (theme, name) in [(ThemeChoice::Dark, "dark"), (ThemeChoice::Light, "light")] {
        for size in sizes {
            let shot = Shot { panel: Some(Panel::Embeddings), size, theme, ..Shot::of(&folder) };
            let mut harness = window(&home.path().join(name), shot);
            let asked = crossrank::index::Asked { most: 100, ..crossrank::index::Asked::words("bird") };
            harness.state_mut().workspace_mut().apply(SearchAction::Ask(Box::new(asked)));
            rest(&mut harness);
            for (view, file) in
                [("Encoder", "encoders-table"), ("Compare", "encoders-measures"), ("Two graphs", "encoders")]
            {
                click(&mut harness, view);
                harness.check_accessibility();
                harness.event(Event::PointerGone);
                rest(&mut harness);
                if view == "Two graphs" && name == "dark" && size == sizes[0] {
                    save(&mut harness, "encoders-dark.png");
                }
                if let Some(drawn) = &drawn {
                    let picture = harness.render().expect("a picture");
                    picture.save(drawn.join(format!("{file}-{name}-{}.png", size[0]))).expect("written");
                }
            }
        }
    }
}
