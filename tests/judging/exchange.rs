//! Importing, exporting and comparing in the window.

use super::{SAMPLE, desk, journal, of_judges, unjudged};
use crossrank::app::{App, settle};
use egui::Modifiers;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::Path;

fn settled(harness: &mut Harness<'_, App>) {
    harness.step();
    settle(harness).expect("all is done");
    harness.run_steps(3);
}

/// Runs a command of the palette.
fn command(harness: &mut Harness<'_, App>, name: &str) {
    harness.key_press_modifiers(Modifiers::COMMAND, egui::Key::P);
    harness.run_steps(3);
    harness.get_by_label("Command").type_text(name);
    harness.run_steps(2);
    harness.key_press(egui::Key::Enter);
    harness.run_steps(4);
}

fn retype(harness: &mut Harness<'_, App>, field: &str, text: &str) {
    harness.get_by_label(field).focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, egui::Key::A);
    harness.run_steps(2);
    harness.get_by_label(field).type_text(text);
    harness.run_steps(2);
}

fn told(harness: &Harness<'_, App>, text: &str) -> bool {
    harness.state().workspace().messages().iter().any(|message| message.text.contains(text))
}

#[test]
fn judgements_are_imported_and_exported_by_their_dialogs() {
    let home = tempfile::tempdir().expect("a folder");
    let data = unjudged(home.path());
    let mut harness = desk(home.path(), &data);
    command(&mut harness, "Import judgements");
    let qrels = Path::new(SAMPLE).join("qrels.txt");
    retype(&mut harness, "File to import", &qrels.display().to_string());
    retype(&mut harness, "Judge of the judgements", "files");
    assert!(harness.query_all_by_label_contains("which stands for the data set's own files").count() > 0);
    retype(&mut harness, "Judge of the judgements", "bob");
    harness.get_by_label("Import").click();
    settled(&mut harness);
    assert!(told(&harness, "Labels of bob: "), "{:?}", harness.state().workspace().messages());
    let start = std::time::Instant::now();
    while harness.state().workspace().judging().judges().is_none_or(|judges| judges.count("bob") == 0) {
        assert!(start.elapsed() < std::time::Duration::from_secs(20), "not read");
        std::thread::sleep(std::time::Duration::from_millis(20));
        harness.step();
    }
    command(&mut harness, "Export judgements");
    let out = home.path().join("out.pdf").display().to_string();
    retype(&mut harness, "File to export to", &out);
    let export = harness.get_all_by_label("Export").last().expect("a button");
    assert!(export.accesskit_node().is_disabled(), "no such form");
    let out = home.path().join("out.csv");
    retype(&mut harness, "File to export to", &out.display().to_string());
    harness.get_by_label("Judgements to export").click();
    harness.run_steps(3);
    harness.get_by_label("labels of bob").click();
    harness.run_steps(3);
    harness.get_by_label("Export").click();
    settled(&mut harness);
    let text = std::fs::read_to_string(&out).expect("written");
    assert!(text.starts_with("judge,query,image,grade") && text.lines().count() > 3000);
    assert!(told(&harness, "judgements (labels of bob)"));
}

#[test]
fn rankings_are_compared_by_each_judges_labels() {
    let home = tempfile::tempdir().expect("a folder");
    let data = unjudged(home.path());
    journal(&data, 30);
    let mut harness = desk(home.path(), &data);
    of_judges(&mut harness, "Comparison…");
    harness.run_steps(3);
    settled(&mut harness);
    assert!(harness.query_by_label("Comparison of the rankings").is_some());
    let measured = harness.state().workspace().judging().comparison().expect("measured").comparison.clone();
    assert_eq!(measured.rankings, ["Text only", "Initial order"]);
    let labels: Vec<&str> = measured.labels.iter().map(|by| by.labels.as_str()).collect();
    assert_eq!((labels, measured.labels[0].queries), (vec!["ann", "majority"], 1));
    assert_eq!(measured.labels[0].means, measured.labels[1].means, "one judge is the majority");
    assert!(measured.over_judges.is_none() && measured.without.is_empty());
    assert!(harness.query_all_by_label_contains("Text only − Initial order").count() > 0);
    harness.get_by_label("Close").click();
    harness.run_steps(2);
    assert!(harness.query_by_label("Comparison of the rankings").is_none());
}
