//! A folder of pictures without any query: described, refused for training, and made a data set in the window.

use crate::cli::{errors, folder, object, program, sample};
use crossrank::app::{App, Shot, headless, settle};
use crossrank::dataset::{OVERLAY, Split};
use crossrank::workspace::Store;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Subjects of the photos, and how the sample names them.
const SUBJECTS: [(&str, &str, usize); 4] = [
    ("fish", "fishes-fish", 16),
    ("windmill", "renewable-windmill", 14),
    ("hammer", "tools-hammer", 9),
    ("panel", "solar", 8),
];

/// Forty-eight photos in a folder without any table, of which half have names that say nothing; the subject of each.
fn photos(home: &Path) -> (PathBuf, HashMap<String, &'static str>) {
    let to = home.join("photos");
    fs::create_dir_all(to.join("Zoo")).expect("a folder");
    let mut entries: Vec<_> = fs::read_dir(Path::new(&sample()).join("photos")).expect("photos").flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    let mut subjects = HashMap::new();
    let mut add = |from: PathBuf, id: String, subject| {
        fs::copy(from, to.join(format!("{id}.jpg"))).expect("copied");
        subjects.insert(id.rsplit('/').next().unwrap_or_default().to_owned(), subject);
    };
    for (subject, name, count) in SUBJECTS {
        let found = entries.iter().filter(|entry| entry.file_name().to_string_lossy().contains(name)).take(count);
        for (at, entry) in found.enumerate() {
            let id = if at % 2 == 0 { format!("{subject}_{at:02}") } else { format!("IMG_{at:02}{}", subject.len()) };
            add(entry.path(), id, subject);
        }
    }
    let bear = entries.iter().find(|entry| entry.file_name().to_string_lossy().contains("bear")).expect("a bear");
    add(bear.path(), "Zoo/a_brown-bear".to_owned(), "bear");
    (to, subjects)
}

#[test]
fn the_command_line_describes_it_and_does_not_train_on_it() {
    let home = folder();
    let (photos, _) = photos(home.path());
    let info = object(&program(home.path()).args(["info", "--json"]).arg(&photos).output().expect("it runs"));
    let counts = ["queries", "images", "pictures", "candidates"].map(|name| info[name].as_u64());
    assert_eq!(counts, [Some(0), Some(48), Some(48), Some(0)], "{info}");
    let text = program(home.path()).arg("info").arg(&photos).output().expect("it runs");
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.contains("pictures but no queries"), "{text}");
    let train = program(home.path()).arg("train").arg(&photos).output().expect("it runs");
    let message = errors(&train);
    assert!(!train.status.success() && message.contains("no table of queries"), "{message}");
    assert!(message.trim_end().ends_with(&photos.display().to_string()), "{message}");
}

fn open(home: &Path, photos: &Path) -> Harness<'static, App> {
    let mut harness = headless(&Shot::of(photos), Store::at(&home.join("home")));
    settle(&mut harness).expect("it is looked at");
    harness.run_steps(2);
    harness
}

fn typed(harness: &mut Harness<'_, App>, text: &str) {
    harness.event(egui::Event::Text(text.to_owned()));
    harness.step();
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    settle(harness).expect("the data set opens");
}

#[test]
fn cancelling_the_first_query_leaves_the_folder_as_it_is() {
    let home = folder();
    let (photos, _) = photos(home.path());
    let mut harness = open(home.path(), &photos);
    assert_eq!(harness.state().workspace().loading().bare().map(|folder| folder.pictures), Some(48));
    harness.get_by_label("First query");
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(harness.query_by_label("First query").is_none());
    assert!(harness.state().workspace().loading().bare().is_none() && !photos.join(OVERLAY).exists());
}

/// From a folder of photos to a trained network, by keys alone.
#[test]
fn three_queries_sixty_judgements_and_a_network_by_keys_alone() {
    let home = folder();
    let (photos, subjects) = photos(home.path());
    let mut harness = open(home.path(), &photos);
    typed(&mut harness, "fish");
    let session = harness.state().workspace().session().expect("a data set");
    let bear = session.data.dataset.images.iter().find(|image| image.title == "a brown bear").expect("its title");
    assert_eq!(bear.tags, ["Zoo"], "what names of files and folders say can be searched");
    for text in ["windmill", "hammer"] {
        harness.key_press(Key::Q);
        harness.run_steps(2);
        typed(&mut harness, text);
    }
    let queries = |harness: &Harness<'_, App>| {
        let session = harness.state().workspace().session().expect("a data set");
        session.data.dataset.queries.iter().map(|query| query.text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(queries(&harness), ["fish", "windmill", "hammer"]);
    let session = harness.state().workspace().session().expect("a data set");
    assert!([Split::Train, Split::Validation, Split::Test].iter().all(|split| session.splits().contains(split)));

    harness.key_press(Key::Escape);
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::E);
    harness.run_steps(2);
    settle(&mut harness).expect("embeddings are computed");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    harness.run_steps(2);
    harness.key_press(Key::PageUp);
    harness.key_press(Key::PageUp);
    harness.run_steps(2);
    for (wanted, ..) in &SUBJECTS[..3] {
        settle(&mut harness).expect("pictures are decoded");
        for _ in 0..20 {
            let is_relevant = subject_of_focused(&harness, &subjects) == *wanted;
            harness.key_press(if is_relevant { Key::Num1 } else { Key::Num0 });
            harness.step();
            settle(&mut harness).expect("pictures are decoded");
        }
        harness.key_press(Key::PageDown);
        harness.run_steps(2);
    }
    let judging = harness.state().workspace().judging();
    let judges = judging.judges().expect("judges");
    let judge = harness.state().workspace().judge_name();
    assert_eq!(judges.count(&judge), 60, "{:?}", judging.notice());

    harness.key_press(Key::Escape);
    harness.run_steps(2);
    let workspace = harness.state().workspace();
    assert_eq!(workspace.training_obstacle(), None, "{:?}", workspace.messages());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);
    settle(&mut harness).expect("trained");
    let run = harness.state().workspace().training().run().expect("a run").clone();
    let map = |measures: &crossrank::eval::Measures| measures.get(crossrank::eval::Measure::Map).expect("measured");
    let test = &run.record.test;
    println!("MAP of the network {:.3}, of text {:.3}", map(&test.model), map(&test.text));
    assert!(map(&test.model) > map(&test.text), "{:.3} against {:.3}", map(&test.model), map(&test.text));

    // README's picture.
    harness.run_steps(3);
    let picture = harness.render().expect("a picture");
    let to = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots/first-ranking-dark.png");
    picture.save(to).expect("written");
}

/// What the focused photo shows.
fn subject_of_focused(harness: &Harness<'_, App>, subjects: &HashMap<String, &'static str>) -> &'static str {
    let workspace = harness.state().workspace();
    let session = workspace.session().expect("a data set");
    let item = workspace.judging().queue().and_then(|queue| queue.focused()).expect("an image");
    let (_, image) = session.image(item.query, item.candidate);
    let name = image.id.as_str().rsplit('/').next().unwrap_or_default();
    subjects.get(name).copied().expect("one of the photos")
}
