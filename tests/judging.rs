//! Judging by keys alone, and what becomes of the labels.

mod adjudication;
mod checks;
mod exchange;
mod filter;
mod lists;
mod pictures;
mod protocol;
mod queries;

use crossrank::app::{App, Shot, headless, settle};
use crossrank::dataset::Reach;
use crossrank::judge::{Judges, Places};
use crossrank::workspace::{JudgingView, SettingsAction, Store};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");

/// A copy of the sample without its judgements, so that the repository's own folder is never written to.
fn unjudged(home: &Path) -> PathBuf {
    let path = home.join("set");
    std::fs::create_dir_all(&path).expect("a folder");
    for entry in std::fs::read_dir(SAMPLE).expect("the sample").flatten() {
        match entry.path() {
            from if from.is_dir() => link(&from, &path.join(entry.file_name())),
            from if entry.file_name() != "qrels.txt" => drop(std::fs::copy(from, path.join(entry.file_name()))),
            _ => {}
        }
    }
    path
}

fn link(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("pictures").flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => link(&entry.path(), &target),
            false => std::fs::hard_link(entry.path(), &target)
                .or_else(|_| std::fs::copy(entry.path(), &target).map(drop))
                .expect("a picture"),
        }
    }
}

/// The window at the desk, on a data set.
fn desk(home: &Path, set: &Path) -> Harness<'static, App> {
    let mut harness = headless(&Shot::of(set), Store::at(&home.join("home")));
    settle(&mut harness).expect("the data set opens");
    let mut settings = harness.state().workspace().settings().judging.clone();
    settings.judge = "ann".to_owned();
    settings.columns = 10;
    harness.state_mut().workspace_mut().apply(SettingsAction::SetJudging(Box::new(settings)));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    harness.run_steps(3);
    settle(&mut harness).expect("pictures are decoded");
    harness
}

/// The number of images that the judge has judged, and the focus.
fn state(harness: &Harness<'_, App>) -> (usize, usize) {
    let judging = harness.state().workspace().judging();
    let judged = judging.judges().map_or(0, |judges| judges.count("ann"));
    (judged, judging.queue().map_or(0, |queue| queue.focus()))
}

/// One press, in a frame of its own.
fn press(harness: &mut Harness<'_, App>, key: Key) {
    harness.key_press(key);
    harness.step();
}

/// Chooses from the menu of the judges.
fn of_judges(harness: &mut Harness<'_, App>, name: &str) {
    harness.get_by_label("Judges").click();
    harness.run_steps(2);
    harness.get_by_label(name).click();
}

/// Draws until everything that was judged is on disk.
fn saved(harness: &mut Harness<'_, App>) {
    let start = Instant::now();
    while harness.state().workspace().judging().pending("ann") > 0 {
        assert!(start.elapsed() < Duration::from_secs(20), "not saved");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
}

#[test]
fn fifty_images_are_judged_by_keys_ten_are_undone_and_all_is_there_again() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    let mut harness = desk(home.path(), &set);
    assert_eq!(state(&harness), (0, 0));
    for number in 0..50 {
        // Two frames a key: thirty keys a second.
        press(&mut harness, [Key::Num1, Key::Num0][number % 2]);
        harness.step();
    }
    assert_eq!(state(&harness).0, 50, "{:?}", harness.state().workspace().judging().notice());
    for _ in 0..10 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.step();
    }
    assert_eq!(state(&harness), (40, 40));
    saved(&mut harness);
    let labels = |harness: &Harness<'_, App>| {
        let judges = harness.state().workspace().judging().judges().expect("judges");
        let labels = judges.labels("ann").into_iter();
        labels.map(|label| (label.image.to_owned(), label.judgement.grade)).collect::<Vec<_>>()
    };
    let before = labels(&harness);
    drop(harness);

    let mut harness = desk(home.path(), &set);
    assert_eq!(labels(&harness), before);
    assert_eq!(state(&harness).1, 40, "the focus is on the first that needs a judgement");
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    harness.step();
    assert_eq!(state(&harness).0, 41, "redo goes on after a restart");
    for _ in 0..2 {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        harness.step();
    }
    assert_eq!(state(&harness).0, 39, "and so does undo");
}

#[test]
fn labels_count_at_once() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    let mut harness = desk(home.path(), &set);
    let ap = |harness: &Harness<'_, App>| {
        let session = harness.state().workspace().session().expect("a session");
        session.best_ranking().and_then(|ranking| ranking.measures.get(crossrank::eval::Measure::Map))
    };
    let grade =
        |harness: &Harness<'_, App>| harness.state().workspace().session().map(|s| s.summary.judgements.clone());
    assert!(harness.state().workspace().training_obstacle().is_some());
    let before = ap(&harness);
    press(&mut harness, Key::Num1);
    assert_ne!(ap(&harness), before);
    harness.step();
    assert_eq!(grade(&harness).expect("counts").get(&1), Some(&1));
    press(&mut harness, Key::X);
    let session = harness.state().workspace().session().expect("a session");
    assert_eq!(session.summary.judgements.values().sum::<usize>(), 1, "can't tell leaves an image unjudged");
    assert_eq!(state(&harness), (2, 2), "but it is judged");
}

#[test]
fn held_keys_and_unseen_pictures_do_not_judge() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    let mut harness = desk(home.path(), &set);
    let key = |pressed| egui::Event::Key {
        key: Key::Num1,
        physical_key: Some(Key::Num1),
        pressed,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    // Without a release between, the second and third are repeats.
    harness.input_mut().events.extend([key(true), key(true), key(true), key(false)]);
    harness.step();
    assert_eq!(state(&harness), (1, 1), "a held key judges once");

    let mut settings = harness.state().workspace().settings().judging.clone();
    settings.view = JudgingView::One;
    harness.state_mut().workspace_mut().apply(SettingsAction::SetJudging(Box::new(settings)));
    harness.step();
    settle(&mut harness).expect("the picture is decoded");
    // Both in one frame: the second image has not been on screen yet.
    harness.input_mut().events.extend([key(true), key(false), key(true), key(false)]);
    harness.step();
    assert_eq!(state(&harness), (2, 2));
    let notice = harness.state().workspace().judging().notice().map(str::to_owned);
    assert!(notice.is_some_and(|notice| notice.contains("not on screen yet")));
}

#[test]
fn several_are_judged_in_one_step_and_later_and_the_end_are_said() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    let mut harness = desk(home.path(), &set);
    press(&mut harness, Key::L);
    assert_eq!(state(&harness), (0, 1));
    for _ in 0..3 {
        harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
        harness.step();
    }
    press(&mut harness, Key::Num0);
    assert_eq!(state(&harness), (4, 5));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.step();
    assert_eq!(state(&harness), (0, 1), "a batch is one step");
    press(&mut harness, Key::End);
    settle(&mut harness).expect("pictures are decoded");
    press(&mut harness, Key::Num1);
    let notice = harness.state().workspace().judging().notice().map(str::to_owned).expect("a notice");
    assert!(notice.starts_with("This is the end; 99 are not judged, 1 of them put off"), "{notice}");
    harness.key_press_modifiers(Modifiers::SHIFT, Key::L);
    harness.step();
    assert_eq!(state(&harness), (1, 0), "what was put off is taken up");
}

#[test]
fn typing_in_a_field_never_judges_and_a_note_is_saved() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    let mut harness = desk(home.path(), &set);
    press(&mut harness, Key::Num1);
    press(&mut harness, Key::ArrowLeft);
    press(&mut harness, Key::N);
    harness.run_steps(2);
    harness.get_by_label("Note on the judgement").type_text("1 of 0");
    harness.key_press(Key::Num0);
    harness.run_steps(2);
    harness.get_by_label("Save").click();
    harness.run_steps(2);
    assert_eq!(state(&harness).0, 1);
    saved(&mut harness);
    let (judges, look) =
        Judges::read(Places::new(&set, Reach::Folder, &home.path().join("elsewhere"))).expect("journals");
    assert!(look.notices.is_empty());
    let labels = judges.labels("ann");
    let label = labels[0].judgement;
    assert_eq!(
        (labels.len(), label.grade, label.note.as_deref(), label.blind),
        (1, Some(1), Some("1 of 0"), Some(true))
    );
    assert!(label.position.is_some() && label.seed.is_some());
}

#[test]
fn what_cannot_be_saved_is_said_and_saved_as_soon_as_it_can_be() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    let mut harness = desk(home.path(), &set);
    // Files in the place of both folders: they cannot be made.
    let places = [set.join("judgements"), home.path().join("home/judgements")];
    std::fs::create_dir_all(home.path().join("home")).expect("a folder");
    places.iter().for_each(|place| std::fs::write(place, "").expect("a file"));
    press(&mut harness, Key::Num1);
    let start = Instant::now();
    while !harness.state().workspace().judging().is_failing() {
        assert!(start.elapsed() < Duration::from_secs(20), "no fault");
        std::thread::sleep(Duration::from_millis(5));
        harness.step();
    }
    let notice = |harness: &Harness<'_, App>| {
        harness.state().workspace().judging().notice().map(str::to_owned).unwrap_or_default()
    };
    assert!(notice(&harness).starts_with("In memory only: "), "{}", notice(&harness));
    press(&mut harness, Key::Num0);
    assert_eq!(state(&harness), (2, 2), "work goes on");
    places.iter().for_each(|place| std::fs::remove_file(place).expect("a file"));
    saved(&mut harness);
    assert_eq!(notice(&harness), "All judgements are on disk again.");
    let elsewhere = harness.state().workspace().store().judgements();
    let (judges, _) = Judges::read(Places::new(&set, Reach::Folder, &elsewhere)).expect("journals");
    assert_eq!(judges.count("ann"), 2);
}

#[test]
fn what_another_window_judges_is_seen() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    let mut here = desk(home.path(), &set);
    let mut there = desk(&home.path().join("other"), &set);
    press(&mut there, Key::Num1);
    saved(&mut there);
    let start = Instant::now();
    while state(&here).0 == 0 {
        assert!(start.elapsed() < Duration::from_secs(20), "not seen");
        std::thread::sleep(Duration::from_millis(20));
        here.step();
    }
    press(&mut here, Key::ArrowRight);
    press(&mut here, Key::Num0);
    saved(&mut here);
    assert_eq!(state(&here).0, 2);
}

/// A journal as it would be after some work, with times that are always the same.
fn journal(set: &Path, count: usize) {
    let loaded = crossrank::dataset::open(Path::new(SAMPLE)).expect("the sample, for its judgements");
    let (query, images) = (&loaded.dataset.queries[0], &loaded.dataset.images);
    let mut lines = String::new();
    for (number, candidate) in query.candidates.iter().enumerate().filter(|(number, _)| number % 2 == 0).take(count) {
        let id = images[candidate.image].id.as_str();
        let of_files = loaded.judgements.get(0, number).map_or(-1, |grade| grade.0);
        let grade = if number % 14 == 6 { -1 } else { of_files };
        let unsure = if number % 10 == 4 { ",\"unsure\":true" } else { "" };
        let (minute, second) = (number / 20, 3 * (number % 20));
        lines += &format!(
            "{{\"at\":\"2026-01-01T10:{minute:02}:{second:02}.000Z\",\"judge\":\"ann\",\"query\":\"{}\",\"image\":\"{id}\",\"grade\":{grade},\"blind\":true{unsure}}}\n",
            query.id
        );
    }
    std::fs::create_dir_all(set.join("judgements")).expect("a folder");
    std::fs::write(set.join("judgements/ann.jsonl"), lines).expect("a journal");
}

/// Ann's lines as Bob's, who grades those otherwise of which `differs` says so by number.
fn as_bob(set: &Path, differs: impl Fn(usize) -> bool) -> Vec<String> {
    let lines = std::fs::read_to_string(set.join("judgements/ann.jsonl")).expect("a journal");
    let (zero, one) = ("\"grade\":0", "\"grade\":1");
    let as_bob = |(number, line): (usize, &str)| {
        let line = line.replace("\"ann\"", "\"bob\"");
        match (differs(number), line.contains(one)) {
            (true, true) => line.replace(one, zero),
            (true, false) => line.replace(zero, one),
            (false, _) => line,
        }
    };
    lines.lines().enumerate().map(as_bob).collect()
}

/// Writes Bob's journal.
fn write_bob(set: &Path, lines: &[String]) {
    std::fs::write(set.join("judgements/bob.jsonl"), lines.join("\n") + "\n").expect("a journal");
}
