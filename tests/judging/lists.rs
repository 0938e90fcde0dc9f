//! Lists of images across queries, and what is judged again.

use super::{SAMPLE, as_bob, desk, journal, of_judges, press, state, unjudged, write_bob};
use crossrank::app::{App, settle};
use crossrank::workspace::{Item, JudgingAction, QueueKind};
use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::Path;

/// Opens a list of images and waits until it is made and its pictures are there.
pub fn open_list(harness: &mut Harness<'_, App>, kind: QueueKind) {
    harness.state_mut().workspace_mut().apply(JudgingAction::Open(kind));
    harness.step();
    settle(harness).expect("the list is made");
    harness.run_steps(2);
}

/// The judgements of the last image of the journal, newest first: queue, grade, blind.
pub fn said(harness: &Harness<'_, App>, item: Item) -> Vec<(Option<String>, Option<i32>, Option<bool>)> {
    let workspace = harness.state().workspace();
    let dataset = &workspace.session().expect("a session").data.dataset;
    let (query, image) = (&dataset.queries[item.query], &dataset.images);
    let image = &image[query.candidates[item.candidate].image];
    let record = workspace.judging().judges().and_then(|judges| judges.record("ann")).expect("a journal");
    let history = record.history(query.id.as_str(), image.id.as_str());
    history
        .map(|label| {
            (label.judgement.queue.as_deref().map(str::to_owned), label.judgement.grade, label.judgement.blind)
        })
        .collect()
}

#[test]
fn disagreements_are_judged_blind_before_the_grades_are_shown() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    journal(&set, 3);
    write_bob(&set, &as_bob(&set, |_| true));
    let mut harness = desk(home.path(), &set);
    open_list(&mut harness, QueueKind::Disagreements);
    let queue = harness.state().workspace().judging().queue().expect("a list");
    let (count, first) = (queue.items().len(), queue.items()[0]);
    assert_eq!(count, 3);
    assert_eq!(
        harness
            .query_all_by_label_contains("Image 1 of 3:")
            .filter(|node| label_of(node).contains("not judged"))
            .count(),
        1
    );
    assert_eq!(harness.query_all_by_label_contains("bob: ").count(), 0, "the grades would sway the judgement");
    press(&mut harness, Key::Num0);
    harness.run_steps(2);
    assert_eq!(state(&harness).1, 0, "the reason is seen first");
    assert_eq!(harness.query_all_by_label_contains("bob: ").count(), 1);
    press(&mut harness, Key::Num1);
    assert_eq!(state(&harness).1, 1);
    let queue = Some("disagreements".to_owned());
    assert_eq!(said(&harness, first)[..2], [(queue.clone(), Some(1), Some(false)), (queue, Some(0), Some(true))]);
    let second = harness.state().workspace().judging().queue().expect("a list").items()[1];
    let before = said(&harness, second).len();
    press(&mut harness, Key::Num1);
    press(&mut harness, Key::Num1);
    assert_eq!((state(&harness).1, said(&harness, second).len()), (2, before + 1), "the same again only goes on");
}

#[test]
fn labels_that_neighbours_contradict_are_judged_again() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    std::fs::copy(Path::new(SAMPLE).join("qrels.txt"), set.join("qrels.txt")).expect("the judgements");
    let mut harness = desk(home.path(), &set);
    for kind in [QueueKind::Suspicious, QueueKind::NearDuplicates, QueueKind::Audit, QueueKind::Uncertain] {
        open_list(&mut harness, kind);
        assert_eq!(harness.state().workspace().judging().queue().map(|queue| queue.kind()), Some(kind));
    }
    open_list(&mut harness, QueueKind::Suspicious);
    let first = harness.state().workspace().judging().queue().expect("a list").items()[0];
    press(&mut harness, Key::Num1);
    harness.run_steps(2);
    assert_eq!(said(&harness, first), [(Some("suspicious".to_owned()), Some(1), Some(true))]);
    let reasons = ["neighbours have another label", "ranking contradicts the label"];
    assert_eq!(reasons.map(|text| harness.query_all_by_label_contains(text).count()).iter().sum::<usize>(), 1);
}

fn label_of(node: &egui_kittest::Node<'_>) -> String {
    node.accesskit_node().label().unwrap_or_default()
}

#[test]
fn agreement_is_measured_with_intervals_and_no_key_judges_meanwhile() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    journal(&set, 20);
    let mut harness = desk(home.path(), &set);
    harness.get_by_label("Judges").click();
    harness.run_steps(2);
    assert!(harness.get_by_label("Agreement…").accesskit_node().is_disabled(), "there is one judge only");
    write_bob(&set, &as_bob(&set, |_| false));
    drop(harness);
    let mut harness = desk(home.path(), &set);
    of_judges(&mut harness, "Agreement…");
    harness.step();
    settle(&mut harness).expect("it is measured");
    harness.run_steps(2);
    let measured = harness.state().workspace().judging().agreement().expect("measured");
    assert_eq!((measured.agreement.coefficients.raw, measured.table.judges.len()), (Some(1.0), 2));
    assert_eq!(harness.query_all_by_label("Krippendorff's α, nominal").count(), 1);
    let before = state(&harness);
    press(&mut harness, Key::Num1);
    assert_eq!(state(&harness), before);
    press(&mut harness, Key::Escape);
    harness.run_steps(2);
    assert_eq!(harness.query_all_by_label("Krippendorff's α, nominal").count(), 0);
    press(&mut harness, Key::Num1);
    assert_eq!(state(&harness).0, before.0 + 1);
    assert!(harness.state().workspace().judging().is_agreement_stale());
}
