//! What the columns of tables mean, in the window.

use super::{SAMPLE, command, save};
use crossrank::app::{App, Shot, headless, settle};
use crossrank::index::Collection;
use crossrank::workspace::{SearchAction, Store};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::path::{Path, PathBuf};

/// Photos of the sample with a table beside them whose headings say little.
fn photos(home: &Path) -> PathBuf {
    let to = home.join("photos");
    std::fs::create_dir_all(&to).expect("a folder");
    let mut names: Vec<String> = std::fs::read_dir(Path::new(SAMPLE).join("photos"))
        .expect("the sample's photos")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("birds"))
        .collect();
    names.sort();
    let mut rows = "file,album,said,stars\n".to_owned();
    for (at, name) in names.iter().take(9).enumerate() {
        std::fs::copy(Path::new(SAMPLE).join("photos").join(name), to.join(name)).expect("a copy");
        let album = ["Rome", "North Pole", "Alps"][at % 3];
        rows += &format!("{name},{album},\"Perched on a twig, looking left, picture {at}\",{}\n", at % 5);
    }
    std::fs::write(to.join("notes.csv"), rows).expect("a table");
    to
}

fn click(harness: &mut Harness<'_, App>, label: &str) {
    harness.get_by_label(label).click();
    harness.run_steps(3);
    settle(harness).expect("it is done");
    harness.run_steps(3);
}

/// How many pictures words find.
fn found(folder: &Path, words: &str) -> usize {
    Collection::open(folder).expect("a collection").search(words, 20).expect("searched").count
}

#[test]
fn the_guessed_meaning_of_columns_is_shown_changed_and_changed_again_later() {
    let home = tempfile::tempdir().expect("a folder");
    let pictures = photos(home.path());
    let folder = home.path().join("photos.collection");
    let mut harness = super::open(&home.path().join("store"));
    command(&mut harness, "New collection");
    harness.get_by_label("Folder of the pictures").type_text(pictures.to_str().expect("a plain path"));
    harness.run_steps(3);
    harness.get_by_label("Compute visual vectors").click();
    harness.run_steps(3);
    harness.get_by_label_contains("What columns mean…").click();
    harness.run_steps(3);
    settle(&mut harness).expect("the tables are looked at");
    harness.run_steps(3);
    harness.get_by_label("Table");
    save(&mut harness, "columns-dark.png");
    let seen = harness.state().workspace().searching().tables().expect("seen").tables.clone();
    assert_eq!((seen[0].rows, seen[0].named), (9, 9));
    let roles: Vec<&str> = seen[0].columns.iter().map(|column| column.role.name()).collect();
    assert_eq!(roles, ["picture", "facet", "caption", "facet"]);
    // Stars are of no use to a search.
    harness.get_by_label("What stars holds").click();
    harness.run_steps(3);
    click(&mut harness, "ignored");
    click(&mut harness, "Use these");
    click(&mut harness, "Create");
    assert_eq!((found(&folder, "album:rome"), found(&folder, "perched"), found(&folder, "stars:2")), (3, 9, 0));
    // Another day: what was said is mere noise.
    command(&mut harness, "What columns mean");
    settle(&mut harness).expect("the tables are looked at");
    harness.run_steps(3);
    harness.get_by_label("What said holds").click();
    harness.run_steps(3);
    click(&mut harness, "ignored");
    click(&mut harness, "Read again");
    assert_eq!((found(&folder, "album:rome"), found(&folder, "perched"), found(&folder, "stars:2")), (3, 0, 0));
    // And back to what was guessed.
    command(&mut harness, "What columns mean");
    settle(&mut harness).expect("the tables are looked at");
    harness.run_steps(3);
    click(&mut harness, "Guess again");
    click(&mut harness, "Read again");
    assert_eq!((found(&folder, "perched"), found(&folder, "stars:2")), (9, 2));
}

#[test]
fn what_is_found_is_narrowed_by_a_column_and_fields_count_as_set() {
    let home = tempfile::tempdir().expect("a folder");
    let pictures = photos(home.path());
    let folder = home.path().join("photos.collection");
    let mut collection =
        Collection::create(&folder, &pictures, crossrank::dataset::Reach::Folder).expect("a collection");
    collection.update(&mut |_| std::ops::ControlFlow::Continue(())).expect("words");
    let shot = Shot { size: [1280.0, 720.0], scale: 1.0, ..Shot::of(folder.to_str().expect("a plain path")) };
    let mut harness = headless(&shot, Store::at(&home.path().join("store")));
    settle(&mut harness).expect("the collection opens");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run_steps(3);
    harness.get_by_label("Search the collection").type_text("perched");
    harness.run_steps(3);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    settle(&mut harness).expect("it is found");
    harness.get_by_label_contains("Narrow").click();
    harness.run_steps(3);
    settle(&mut harness).expect("facets are found");
    harness.run_steps(3);
    let (_, facets) = harness.state().workspace().searching().facets().expect("found").clone();
    let album = facets.list.iter().find(|facet| facet.column == "album").expect("albums");
    let expected = [("Alps", 3), ("North Pole", 3), ("Rome", 3)].map(|(value, count)| (value.to_owned(), count));
    assert_eq!(album.values, expected);
    save(&mut harness, "narrowing-dark.png");
    click(&mut harness, "North Pole  3");
    let at_hand = harness.state().workspace().searching().at_hand().expect("asked").clone();
    assert_eq!(at_hand.asked.text, "perched album:\"North Pole\"");
    assert_eq!((at_hand.candidates.matching, at_hand.candidates.list.len()), (3, 3));
    let (of, _) = harness.state().workspace().searching().facets().expect("looked for again");
    assert_eq!(*of, at_hand.asked.text);
    click(&mut harness, "Take out album:\"North Pole\"");
    assert_eq!(harness.state().workspace().searching().at_hand().expect("asked").candidates.matching, 9);
    // Captions that do not count find nothing.
    let usual = collection.manifest().weights;
    let without = crossrank::index::text::FieldWeights { captions: 0.0, ..usual };
    harness.state_mut().workspace_mut().apply(SearchAction::SetWeights(without));
    harness.run_steps(3);
    settle(&mut harness).expect("it is set");
    assert_eq!(found(&folder, "perched"), 0);
    assert_eq!(found(&folder, "album:rome"), 3);
    click(&mut harness, "Usual weights");
    assert_eq!(found(&folder, "perched"), 9);
}
