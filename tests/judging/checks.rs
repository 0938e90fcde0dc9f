//! Unannounced images that check a judge, near-duplicates that are judged alike, and what is new in a list.

use super::lists::open_list;
use super::{SAMPLE, as_bob, desk, press, saved, state, unjudged, write_bob};
use crossrank::app::settle;
use crossrank::workspace::{JudgingAction, QueueKind, SettingsAction};
use egui::{Key, Modifiers};
use std::path::Path;
use std::time::{Duration, Instant};

#[test]
fn hidden_repeats_come_up_again_without_their_label_and_are_recorded_as_such() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    let mut harness = desk(home.path(), &set);
    let mut settings = harness.state().workspace().settings().judging.clone();
    settings.repeats = 5;
    settings.columns = 12;
    harness.state_mut().workspace_mut().apply(SettingsAction::SetJudging(Box::new(settings)));
    open_list(&mut harness, QueueKind::Query(0));
    let queue = harness.state().workspace().judging().queue().expect("a list");
    let repeats: Vec<usize> = (0..queue.items().len()).filter(|&at| queue.is_repeat(at)).collect();
    assert_eq!((queue.items().len(), repeats.len()), (105, 5));
    for _ in 0..105 {
        settle(&mut harness).expect("pictures are decoded");
        press(&mut harness, Key::Num1);
        harness.step();
    }
    assert_eq!(state(&harness).0, 100, "{:?}", harness.state().workspace().judging().notice());
    let notice = harness.state().workspace().judging().notice().map(str::to_owned);
    assert_eq!(notice.as_deref(), Some("Done: all 105 judged."));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.step();
    let queue = harness.state().workspace().judging().queue().expect("a list");
    assert_eq!(queue.focus(), 104.min(queue.focus()), "undo goes where the last was judged");
    press(&mut harness, Key::Num0);
    saved(&mut harness);
    let judges = harness.state().workspace().judging().judges().expect("judges");
    let record = judges.record("ann").expect("a journal");
    let found = crossrank::judge::agreement::consistency(record, &["repeats"]);
    assert_eq!(found.images, 5);
    assert!(found.same >= 4, "{found:?}");
    drop(harness);

    let mut harness = desk(home.path(), &set);
    open_list(&mut harness, QueueKind::Query(0));
    let workspace = harness.state().workspace();
    let queue = workspace.judging().queue().expect("a list");
    assert!((0..105).filter(|&at| queue.is_repeat(at)).all(|at| queue.is_done(at)), "no repeat is asked for again");
}

#[test]
fn nearly_equal_images_are_judged_alike_in_one_step() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    let mut harness = desk(home.path(), &set);
    press(&mut harness, Key::D);
    let notice = harness.state().workspace().judging().notice().map(str::to_owned).expect("a notice");
    assert!(notice.contains("nearly equal"), "{notice}");
    // The sample has near-duplicates somewhere: every image is asked.
    let count = harness.state().workspace().session().expect("a session").data.dataset.queries.len();
    let found = (0..count).find_map(|query| {
        open_list(&mut harness, QueueKind::Query(query));
        let items = harness.state().workspace().judging().queue().expect("a list").items().len();
        (0..items).find_map(|position| {
            let workspace = harness.state_mut().workspace_mut();
            workspace.apply(JudgingAction::GoTo(position));
            workspace.apply(JudgingAction::SelectAlike);
            let queue = workspace.judging().queue().expect("a list");
            (queue.selected().len() > 1).then(|| queue.selected().len())
        })
    });
    let alike = found.expect("near-duplicates in the sample");
    harness.run_steps(2);
    settle(&mut harness).expect("pictures are decoded");
    press(&mut harness, Key::Num1);
    assert_eq!(state(&harness).0, alike);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.step();
    assert_eq!(state(&harness).0, 0, "it is one step");
}

#[test]
fn controls_are_among_the_others_and_new_images_wait_until_one_asks() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    std::fs::copy(Path::new(SAMPLE).join("qrels.txt"), set.join("qrels.txt")).expect("the judgements");
    let mut harness = desk(home.path(), &set);
    open_list(&mut harness, QueueKind::Unjudged { depth: 2 });
    let plain = harness.state().workspace().judging().queue().expect("a list").items().len();
    let mut settings = harness.state().workspace().settings().judging.clone();
    settings.controls = 10;
    harness.state_mut().workspace_mut().apply(SettingsAction::SetJudging(Box::new(settings)));
    open_list(&mut harness, QueueKind::Unjudged { depth: 2 });
    let queue = harness.state().workspace().judging().queue().expect("a list");
    let controls: Vec<usize> = (0..queue.items().len()).filter(|&at| queue.name(at) == "controls").collect();
    assert_eq!((queue.items().len() - plain, controls.len()), (plain.div_ceil(10), plain.div_ceil(10)));
    harness.state_mut().workspace_mut().apply(JudgingAction::GoTo(controls[0]));
    harness.run_steps(2);
    settle(&mut harness).expect("pictures are decoded");
    press(&mut harness, Key::Num1);
    let queue = harness.state().workspace().judging().queue().expect("a list");
    assert_eq!(queue.name(controls[0]), "pool", "only the first grade is a check");
    let record = harness.state().workspace().judging().judges().and_then(|judges| judges.record("ann")).expect("one");
    let last = record.entries().next_back().expect("a line").judgement.clone();
    assert_eq!((last.queue.as_deref(), last.blind), (Some("controls"), Some(true)));
}

#[test]
fn what_is_new_in_a_list_is_counted_and_taken_in_when_one_asks() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    super::journal(&set, 4);
    let all = as_bob(&set, |_| true);
    write_bob(&set, &all[..2]);
    let mut harness = desk(home.path(), &set);
    open_list(&mut harness, QueueKind::Disagreements);
    let items = |harness: &egui_kittest::Harness<'_, crossrank::app::App>| {
        harness.state().workspace().judging().queue().expect("a list").items().to_vec()
    };
    let before = items(&harness);
    press(&mut harness, Key::Num1);
    saved(&mut harness);
    write_bob(&set, &all);
    let start = Instant::now();
    while harness.state().workspace().judging().new_images() == 0 {
        assert!(start.elapsed() < Duration::from_secs(40), "nothing new is seen");
        std::thread::sleep(Duration::from_millis(20));
        harness.step();
    }
    assert_eq!(items(&harness), before, "the list stays as it is");
    harness.run_steps(2);
    let new = harness.state().workspace().judging().new_images();
    egui_kittest::kittest::Queryable::get_by_label(&harness, &format!("{new} new: refresh")).click();
    harness.run_steps(2);
    assert_eq!(items(&harness).len(), before.len() + new);
    assert_eq!(harness.state().workspace().judging().new_images(), 0);
    let queue = harness.state().workspace().judging().queue().expect("a list");
    let judged = queue.items().iter().position(|item| *item == before[0]);
    assert!(judged.is_none_or(|at| queue.is_done(at)), "what was judged here stays so");
}
