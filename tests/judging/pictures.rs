//! README's and the manual's pictures of the desk.

use super::adjudication::two_judges;
use super::lists::open_list;
use super::{SAMPLE, journal, of_judges, press, unjudged};
use crossrank::app::{App, Shot, headless, settle};
use crossrank::workspace::{JudgingSettings, JudgingView, QueueKind, SettingsAction, Store, ThemeChoice};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use std::collections::HashSet;
use std::path::Path;

/// The desk of a judge called ann.
fn desk(home: &Path, set: &Path, view: JudgingView, theme: ThemeChoice) -> Harness<'static, App> {
    let shot = Shot { theme, size: [1280.0, 760.0], ..Shot::of(set) };
    let mut harness = headless(&shot, Store::at(home));
    settle(&mut harness).expect("the data set opens");
    let judging = JudgingSettings { judge: "ann".to_owned(), columns: 7, view, ..JudgingSettings::default() };
    harness.state_mut().workspace_mut().apply(SettingsAction::SetJudging(Box::new(judging)));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    harness.run_steps(3);
    harness
}

/// Draws the window, checks that it shows something, and writes it to `screenshots/`.
fn write(harness: &mut Harness<'_, App>, name: &str) {
    settle(harness).expect("pictures are decoded");
    harness.run_steps(3);
    let picture = harness.render().expect("a picture");
    let colours: HashSet<_> = picture.pixels().map(|pixel| pixel.0).collect();
    assert!(colours.len() > 200, "{name} has only {} colours", colours.len());
    picture.save(Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots").join(name)).expect("written");
}

/// Three judges of eight queries, who differ from the files now and then.
fn three_judges(set: &Path) {
    let loaded = crossrank::dataset::open(Path::new(SAMPLE)).expect("the sample, for its judgements");
    for (judge, every) in [("ann", 17), ("bob", 11), ("eva", 7)] {
        let mut lines = String::new();
        let queries = loaded.dataset.queries.iter().enumerate().take(8);
        let all =
            queries.flat_map(|(at, query)| (0..query.candidates.len()).map(move |candidate| (at, query, candidate)));
        for (number, (at, query, candidate)) in all.enumerate().filter(|(number, _)| number % 2 == 0) {
            let image = &loaded.dataset.images[query.candidates[candidate].image].id;
            let of_files = loaded.judgements.get(at, candidate).map_or(0, |grade| grade.0);
            let grade = if number % every == 0 { 1 - of_files.min(1) } else { of_files };
            let line = serde_json::json!({"judge": judge, "query": query.id.as_str(), "image": image.as_str(), "grade": grade, "blind": true});
            lines += &format!("{line}\n");
        }
        std::fs::write(set.join(format!("judgements/{judge}.jsonl")), lines).expect("a journal");
    }
    std::fs::remove_file(set.join("qrels.txt")).expect("the files' judgements");
}

#[test]
fn pictures_of_the_desk() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    journal(&set, 36);
    for (name, view, theme) in [
        ("judging-grid-dark.png", JudgingView::Grid, ThemeChoice::Dark),
        ("judging-one-light.png", JudgingView::One, ThemeChoice::Light),
        ("judging-beside-dark.png", JudgingView::Side, ThemeChoice::Dark),
    ] {
        let mut harness = desk(&home.path().join(name), &set, view, theme);
        write(&mut harness, name);
    }
}

#[test]
fn pictures_of_what_is_judged_again() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    std::fs::copy(Path::new(SAMPLE).join("qrels.txt"), set.join("qrels.txt")).expect("the judgements");
    let mut harness = desk(&home.path().join("suspicious"), &set, JudgingView::Grid, ThemeChoice::Light);
    open_list(&mut harness, QueueKind::Suspicious);
    press(&mut harness, Key::Num0);
    write(&mut harness, "judging-suspicious-light.png");
    drop(harness);

    two_judges(&set, 50, 4);
    let mut harness = desk(&home.path().join("adjudication"), &set, JudgingView::One, ThemeChoice::Dark);
    open_list(&mut harness, QueueKind::Adjudication { chosen: false });
    press(&mut harness, Key::Num0);
    write(&mut harness, "judging-adjudication-dark.png");
    drop(harness);

    three_judges(&set);
    let mut harness = desk(&home.path().join("agreement"), &set, JudgingView::Grid, ThemeChoice::Dark);
    of_judges(&mut harness, "Agreement…");
    harness.step();
    settle(&mut harness).expect("it is measured");
    write(&mut harness, "judging-agreement-dark.png");
}
