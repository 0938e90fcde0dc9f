//! Settling conflicts between judges.

use super::lists::{open_list, said};
use super::{as_bob, desk, journal, of_judges, press, saved, state, unjudged, write_bob};
use crossrank::app::{App, settle};
use crossrank::dataset::Reach;
use crossrank::judge::aggregate::{Method, aggregate};
use crossrank::judge::{Counted, Judges, Places, Table};
use crossrank::workspace::QueueKind;
use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::path::Path;

/// Two judges who disagree on every so many of some images; the second gives a reason where they do.
pub fn two_judges(set: &Path, count: usize, every: usize) {
    journal(set, count);
    let reason = "\"blind\":true,\"note\":\"there is one in the background\"";
    let with_reason = |(number, line): (usize, String)| {
        if number % every == 0 { line.replace("\"blind\":true", reason) } else { line }
    };
    let lines: Vec<String> =
        as_bob(set, |number| number % every == 0).into_iter().enumerate().map(with_reason).collect();
    write_bob(set, &lines);
}

fn labels_on(harness: &Harness<'_, App>, start: &str) -> usize {
    harness.query_all_by_label_contains(start).count()
}

#[test]
fn a_conflict_is_settled_with_labels_notes_and_a_reason() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    two_judges(&set, 3, 1);
    let mut harness = desk(home.path(), &set);
    open_list(&mut harness, QueueKind::Adjudication { chosen: false });
    let first = harness.state().workspace().judging().queue().expect("a list").items()[0];
    assert_eq!((labels_on(&harness, "ann: "), labels_on(&harness, "bob: ")), (1, 1), "labels are in sight");
    assert_eq!(labels_on(&harness, "there is one in the background"), 1);
    let before = said(&harness, first)[0].1;

    press(&mut harness, Key::N);
    let notice = harness.state().workspace().judging().notice().map(str::to_owned).expect("a notice");
    assert!(notice.starts_with("Give the final grade first"), "a reason without a grade would settle it: {notice}");
    press(&mut harness, Key::Num0);
    harness.run_steps(2);
    assert_eq!(state(&harness).1, 0, "the reason comes before the next");
    press(&mut harness, Key::N);
    harness.run_steps(2);
    harness.get_by_label("Note on the judgement").type_text("the task asks for photos");
    harness.run_steps(2);
    harness.get_by_label("Save").click();
    harness.run_steps(2);
    assert_eq!(labels_on(&harness, "ann, finally: "), 1);
    press(&mut harness, Key::Num0);
    assert_eq!(state(&harness).1, 1, "the same grade again goes on");
    let lines = |harness: &Harness<'_, App>| {
        let judges = harness.state().workspace().judging().judges().expect("judges");
        judges.record("ann").map_or(0, |record| record.entries().len())
    };
    let count = lines(&harness);
    press(&mut harness, Key::Backspace);
    assert_eq!(lines(&harness), count, "without a final grade, there is none to take off");
    press(&mut harness, Key::Num1);
    press(&mut harness, Key::Backspace);
    let second = harness.state().workspace().judging().queue().expect("a list").items()[1];
    let last = said(&harness, second)[0].clone();
    assert_eq!(last.1, said(&harness, second)[2].1, "without the final grade, the own one counts again");
    saved(&mut harness);

    let places = Places::new(&set, Reach::Folder, &home.path().join("elsewhere"));
    let (judges, _) = Judges::read(places).expect("journals");
    let table = Table::of(&judges, &["ann", "bob"], Counted::default());
    let settled: Vec<_> = table.units.iter().filter(|unit| unit.adjudicated.is_some()).collect();
    assert_eq!((settled.len(), settled[0].adjudicated), (1, Some(0)));
    assert_eq!(settled[0].grades[0], before, "the independent label stays for agreement");
    let label = judges.label("ann", &table.queries[settled[0].query], &settled[0].image).expect("a label");
    assert_eq!(
        (label.queue.as_deref(), label.blind, label.note.as_deref()),
        (Some("adjudication"), Some(false), Some("the task asks for photos"))
    );
    let counted = aggregate(&table, Method::Adjudicated);
    assert_eq!(counted.undecided(), table.units.len() - 1, "what judges disagree on and nobody settled is undecided");
}

#[test]
fn a_cell_and_a_query_of_the_agreement_open_their_images() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    two_judges(&set, 3, 1);
    let mut harness = desk(home.path(), &set);
    let measure = |harness: &mut Harness<'_, App>| {
        of_judges(harness, "Agreement…");
        harness.step();
        settle(harness).expect("it is measured");
        harness.run_steps(3);
    };
    measure(&mut harness);
    let measured = harness.state().workspace().judging().agreement().expect("measured");
    let crossed = crossrank::judge::agreement::confusion(&measured.table, 0, 1);
    let (row, column) = if crossed.counts[0][1] > 0 { (0, 1) } else { (1, 0) };
    let count = crossed.counts[row][column];
    let [a, b] = [row, column].map(|at| if crossed.grades[at] == 0 { "not relevant" } else { "relevant" });
    harness.get_by_label(&format!("ann: {a}, bob: {b}: {count} images")).click_accesskit();
    harness.run_steps(3);
    let queue = harness.state().workspace().judging().queue().expect("a list");
    assert_eq!((queue.kind(), queue.items().len()), (QueueKind::Adjudication { chosen: true }, count));
    assert_eq!(labels_on(&harness, "Krippendorff's α, nominal"), 0, "the dialog is closed");
    measure(&mut harness);
    harness.get_by_label_contains("Settle ").click_accesskit();
    harness.run_steps(3);
    let queue = harness.state().workspace().judging().queue().expect("a list");
    assert_eq!(queue.items().len(), crossed.counts[0][1] + crossed.counts[1][0]);
}
