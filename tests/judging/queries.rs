//! Queries are added, changed and deleted at the desk.

use super::{desk, press, state, unjudged};
use crossrank::app::{App, settle};
use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

/// Text, narrative and number of images of every query with this id.
fn queries(harness: &Harness<'_, App>, id: &str) -> Vec<(String, String, usize)> {
    let session = harness.state().workspace().session().expect("a session");
    let found = session.data.dataset.queries.iter().filter(|query| query.id.as_str() == id);
    found.map(|query| (query.text.clone(), query.narrative.clone(), query.candidates.len())).collect()
}

fn click(harness: &mut Harness<'_, App>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(3);
}

fn type_into(harness: &mut Harness<'_, App>, field: &str, text: &str) {
    harness.get_by_label(field).focus();
    harness.run_steps(2);
    harness.get_by_label(field).type_text(text);
    harness.run_steps(2);
}

fn save(harness: &mut Harness<'_, App>) {
    click(harness, "Save");
    settle(harness).expect("the data set is opened again");
    harness.run_steps(3);
    settle(harness).expect("pictures are decoded");
}

#[test]
fn a_query_is_added_judged_changed_and_deleted() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    let mut harness = desk(home.path(), &set);
    click(&mut harness, "New query…");
    type_into(&mut harness, "Text of the query", "red 1 flower");
    assert_eq!(state(&harness).0, 0, "what is typed is no judgement");
    save(&mut harness);
    assert_eq!(queries(&harness, "red 1 flower"), [("red 1 flower".to_owned(), String::new(), 598)]);
    let length = |harness: &Harness<'_, App>| {
        harness.state().workspace().judging().queue().map_or(0, |queue| queue.items().len())
    };
    assert_eq!(length(&harness), 598, "it is what is judged now");
    press(&mut harness, Key::Num1);
    assert_eq!(state(&harness).0, 1);

    click(&mut harness, "Edit query…");
    type_into(&mut harness, "Narrative of the query", "Any red bloom.");
    save(&mut harness);
    assert_eq!(queries(&harness, "red 1 flower")[0].1, "Any red bloom.");
    assert_eq!(state(&harness).0, 1, "its judgements stay");
    assert_eq!(harness.query_all_by_label_contains("Any red bloom.").count(), 1);

    click(&mut harness, "Edit query…");
    click(&mut harness, "Delete");
    click(&mut harness, "Really delete");
    settle(&mut harness).expect("the data set is opened again");
    assert!(queries(&harness, "red 1 flower").is_empty());
    let lines = std::fs::read_to_string(set.join("queries.overlay.jsonl")).expect("the edits");
    assert_eq!(lines.lines().count(), 3);
}
