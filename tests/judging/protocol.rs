//! The judging protocol in the window: grades with their own keys, guidelines, whose labels count.

use super::{as_bob, desk, journal, press, saved, state, unjudged, write_bob};
use crossrank::app::{App, Panel, settle};
use crossrank::dataset::Split;
use crossrank::judge::{Colour, Grade, LabelChoice, Protocol, Scale};
use crossrank::workspace::{JudgingAction, QueueKind};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::Path;
use std::time::{Duration, Instant};

fn set(harness: &mut Harness<'_, App>, change: impl FnOnce(&mut Protocol)) {
    let mut protocol = harness.state().workspace().judging().protocol().clone();
    change(&mut protocol);
    harness.state_mut().workspace_mut().apply(JudgingAction::SetProtocol(Box::new(protocol)));
    settled(harness);
}

fn settled(harness: &mut Harness<'_, App>) {
    harness.step();
    settle(harness).expect("all is counted and saved");
    harness.run_steps(2);
}

fn click(harness: &mut Harness<'_, App>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(4);
}

/// Replaces what a field holds.
fn retype(harness: &mut Harness<'_, App>, field: &str, text: &str) {
    harness.get_by_label(field).focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(2);
    harness.get_by_label(field).type_text(text);
    harness.run_steps(2);
}

/// The grade of the query's `candidate`-th image that counts.
fn counting(harness: &Harness<'_, App>, candidate: usize) -> Option<i32> {
    let session = harness.state().workspace().session().expect("a session");
    session.data.judgements.get(0, candidate).map(|grade| grade.0)
}

fn scale() -> Scale {
    let grade = |grade, name, colour, key: &str| Grade { colour, key: key.into(), ..Grade::new(grade, name) };
    let grades = vec![
        grade(0, "Off topic", Colour::Grey, "0"),
        grade(1, "Fair", Colour::Sky, "E"),
        grade(2, "Perfect", Colour::Purple, "W"),
    ];
    Scale::new(grades).expect("a scale")
}

#[test]
fn grades_are_given_by_their_own_keys_and_shown_by_their_names() {
    let home = tempfile::tempdir().expect("a folder");
    let data = unjudged(home.path());
    let mut harness = desk(home.path(), &data);
    set(&mut harness, |protocol| protocol.scale = Some(scale()));
    press(&mut harness, Key::W);
    press(&mut harness, Key::Num0);
    harness.key_press_modifiers(Modifiers::SHIFT, Key::E);
    harness.step();
    press(&mut harness, Key::Num1);
    press(&mut harness, Key::Num2);
    assert_eq!(state(&harness), (3, 3), "1 and 2 are no grades' keys any more");
    harness.run_steps(2);
    assert_eq!(harness.query_all_by_label_contains(", perfect").count(), 1);
    assert_eq!(harness.query_all_by_label_contains(", fair, unsure").count(), 1);
    // The foot names grades and keys.
    assert!(harness.query_by_label("Perfect").is_some());
    saved(&mut harness);
    let text = std::fs::read_to_string(data.join("judgements/protocol.json")).expect("beside the journals");
    assert!(text.contains("\"Off topic\"") && text.contains("\"purple\""), "{text}");
    press(&mut harness, Key::Escape);
    harness.state_mut().show_panel(Panel::Data);
    harness.run_steps(4);
    assert!(harness.query_all_by_label_contains("1 perfect").count() > 0, "the panels say it, too");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    assert_eq!(state(&harness).0, 2, "a judgement is undone before the protocol");
}

#[test]
fn the_dialog_refuses_keys_of_the_desk_and_saves_what_is_typed() {
    let home = tempfile::tempdir().expect("a folder");
    let data = unjudged(home.path());
    let mut harness = desk(home.path(), &data);
    click(&mut harness, "Judges");
    click(&mut harness, "Protocol…");
    click(&mut harness, "Those in use");
    click(&mut harness, "Add grade");
    retype(&mut harness, "Name of grade 2", "Wonderful");
    retype(&mut harness, "Key of grade 2", "r");
    assert!(harness.query_by_label("grade 2: the key R is for reveal").is_some());
    click(&mut harness, "Save");
    assert!(harness.query_by_label("Judging protocol").is_some(), "nothing is saved");
    retype(&mut harness, "Key of grade 2", "1");
    assert!(harness.query_by_label("two grades have the key 1").is_some());
    retype(&mut harness, "Key of grade 2", "w");
    retype(&mut harness, "Guidelines for judges", "When in doubt, leave it out.");
    assert_eq!(state(&harness), (0, 0), "typing never judges");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    settled(&mut harness);
    assert!(harness.query_by_label("Judging protocol").is_none());
    assert!(harness.query_by_label("When in doubt, leave it out.").is_some(), "the guidelines are beside the work");
    click(&mut harness, "Hide guidelines");
    assert!(harness.query_by_label("When in doubt, leave it out.").is_none());
    press(&mut harness, Key::W);
    let label = harness.state().workspace().judging().judges().map(|judges| judges.labels("ann")[0].judgement.grade);
    assert_eq!(label, Some(Some(2)));
    drop(harness);
    let mut harness = desk(home.path(), &data);
    assert!(harness.query_by_label("Show guidelines").is_some(), "both are remembered");
    harness.run_steps(1);
    assert!(harness.query_by_label("Wonderful").is_some());
}

/// Bob's journal: as Ann's, but for the first image.
fn two_journals(data: &Path) {
    journal(data, 8);
    write_bob(data, &as_bob(data, |number| number == 0));
}

#[test]
fn labels_count_as_the_protocol_says_and_follow_every_key() {
    let home = tempfile::tempdir().expect("a folder");
    let data = unjudged(home.path());
    two_journals(&data);
    let mut harness = desk(home.path(), &data);
    let own = counting(&harness, 0);
    assert!(own.is_some());
    for choice in ["majority", "unanimous", "adjudicated", "dawid-skene"] {
        let choice: LabelChoice = choice.parse().expect("a choice");
        set(&mut harness, |protocol| protocol.labels = choice);
        assert_eq!(counting(&harness, 0), None, "undecided");
        assert_eq!(counting(&harness, 2), counting(&harness, 2));
        assert!(counting(&harness, 2).is_some());
    }
    set(&mut harness, |protocol| protocol.labels = "majority".parse().expect("a choice"));
    let session = harness.state().workspace().session().expect("a session");
    assert_eq!(session.data.judgements.source().label(), "majority of ann and bob");
    // Ann now says what Bob does: it counts within the frame.
    let queue = harness.state().workspace().judging().queue().expect("a queue");
    let position = queue.items().iter().position(|item| item.candidate == 0).expect("the first image");
    harness.state_mut().workspace_mut().apply(JudgingAction::GoTo(position));
    harness.step();
    settle(&mut harness).expect("its picture is decoded");
    press(&mut harness, if own == Some(1) { Key::Num0 } else { Key::Num1 });
    assert_eq!(counting(&harness, 0), Some(1 - own.expect("a grade")));
    set(&mut harness, |protocol| protocol.labels = "judge:bob".parse().expect("a choice"));
    assert_eq!(counting(&harness, 0), Some(1 - own.expect("a grade")));
    set(&mut harness, |protocol| protocol.labels = "files".parse().expect("a choice"));
    assert_eq!(counting(&harness, 0), None, "the files judge nothing");
    set(&mut harness, |protocol| protocol.labels = "judge:nobody".parse().expect("a choice"));
    assert_eq!(counting(&harness, 2), None);
    let told =
        harness.state().workspace().messages().iter().any(|message| message.text.contains("no judge \"nobody\""));
    assert!(told);
}

#[test]
fn a_protocol_that_another_program_writes_is_used_and_one_that_cannot_be_read_stays() {
    let home = tempfile::tempdir().expect("a folder");
    let data = unjudged(home.path());
    two_journals(&data);
    let mut harness = desk(home.path(), &data);
    let path = data.join("judgements/protocol.json");
    std::fs::write(&path, "{\"labels\": \"unanimous\", \"guidelines\": \"Hm.\"}").expect("written");
    let start = Instant::now();
    while harness.state().workspace().judging().protocol().guidelines.is_empty() {
        assert!(start.elapsed() < Duration::from_secs(20), "not seen");
        std::thread::sleep(Duration::from_millis(20));
        harness.step();
    }
    settled(&mut harness);
    assert_eq!(counting(&harness, 0), None);
    std::fs::write(&path, "{\"labels\": ").expect("written");
    while harness.state().workspace().protocol_obstacle().is_none() {
        assert!(start.elapsed() < Duration::from_secs(40), "not seen");
        std::thread::sleep(Duration::from_millis(20));
        harness.step();
    }
    set(&mut harness, |protocol| protocol.guidelines = "Other.".to_owned());
    assert_eq!(std::fs::read_to_string(&path).expect("a file"), "{\"labels\": ", "it is not overwritten");
    assert_eq!(harness.state().workspace().judging().protocol().guidelines, "Hm.");
}

#[test]
fn setting_the_protocol_can_be_undone() {
    let home = tempfile::tempdir().expect("a folder");
    let data = unjudged(home.path());
    let mut harness = desk(home.path(), &data);
    set(&mut harness, |protocol| protocol.guidelines = "Be kind.".to_owned());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    settled(&mut harness);
    assert_eq!(harness.state().workspace().judging().protocol().guidelines, "");
    let text = std::fs::read_to_string(data.join("judgements/protocol.json")).expect("a file");
    assert!(text.contains("\"guidelines\": \"\""), "{text}");
    click(&mut harness, "Judges");
    assert!(!harness.get_by_label("Protocol…").accesskit_node().is_disabled());
}

#[test]
fn measures_are_hidden_while_blind_and_showing_them_is_recorded() {
    let home = tempfile::tempdir().expect("a folder");
    let data = unjudged(home.path());
    let mut harness = desk(home.path(), &data);
    // The level lines are means over the validation queries.
    let splits = harness.state().workspace().session().expect("a session").splits().to_vec();
    let query = splits.iter().position(|split| *split == Split::Validation).expect("a query");
    harness.state_mut().workspace_mut().apply(JudgingAction::Open(QueueKind::Query(query)));
    settled(&mut harness);
    let levels = |harness: &Harness<'_, App>| {
        let session = harness.state().workspace().session().expect("a session");
        session.baseline_means(&session.baselines.text).get(crossrank::eval::Measure::Map)
    };
    assert_eq!(harness.query_all_by_label_contains("MAP over the judged queries").count(), 0);
    let before = levels(&harness);
    press(&mut harness, Key::Num1);
    assert!(levels(&harness).is_some() && levels(&harness) != before, "level lines follow within the frame");
    click(&mut harness, "Show measures");
    settle(&mut harness).expect("pictures are decoded");
    harness.run_steps(2);
    assert_eq!(harness.query_all_by_label_contains("MAP over the judged queries").count(), 1);
    assert!(harness.query_by_label("Measures are shown, and that is recorded").is_some());
    press(&mut harness, Key::Num1);
    let moves = harness.state().workspace().judging().moves().points().to_vec();
    assert_eq!(moves.iter().map(|point| point.labels).collect::<Vec<_>>(), [1, 2]);
    assert!(moves[0].map[0].is_some() && moves[0].map != moves[1].map);
    click(&mut harness, "Hide measures");
    settle(&mut harness).expect("pictures are decoded");
    press(&mut harness, Key::Num0);
    let judges = harness.state().workspace().judging().judges().expect("judges");
    let record = judges.record("ann").expect("a journal");
    let said: Vec<_> =
        record.entries().map(|label| (label.judgement.blind, label.judgement.revealed.join(","))).collect();
    let expected = [(Some(true), ""), (Some(false), "measures"), (Some(true), "")];
    assert_eq!(said, expected.map(|(blind, revealed)| (blind, revealed.to_owned())));
}
