//! Filtering a query's images: in the graph, in the rankings and while judging.

use super::lists::{open_list, said};
use super::{SAMPLE, desk, press, state, unjudged};
use crossrank::app::{App, Shot, headless, settle};
use crossrank::workspace::{Condition, Filter, FilterAction, QueueKind, Ranks, Store};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::path::Path;

fn tiles(harness: &Harness<'_, App>, ranking: &str) -> usize {
    harness.query_all_by_label_contains(&format!("{ranking}: rank ")).count()
}

fn count(harness: &Harness<'_, App>) -> usize {
    let workspace = harness.state().workspace();
    let all = workspace.session().map_or(0, |session| session.data.dataset.queries[session.query()].candidates.len());
    workspace.passing().map_or(all, |passing| passing.count)
}

#[test]
fn a_filter_set_by_keys_acts_on_the_rankings_and_its_chips_clear_it() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = headless(&Shot::of(Path::new(SAMPLE)), Store::at(&home.path().join("home")));
    settle(&mut harness).expect("the data set opens");
    let all = count(&harness);
    assert_eq!(all, 100);
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    harness.run_steps(2);
    harness.get_by_label("Text of the images").type_text("bird");
    harness.run_steps(2);
    let by_text = count(&harness);
    assert!((1..all).contains(&by_text), "{by_text}");
    harness.get_by_label("Not relevant").click();
    harness.run_steps(2);
    let both = count(&harness);
    assert!(both < by_text);
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert_eq!(harness.query_all_by_label("Filter images").count(), 0, "the dialog is closed");
    assert_eq!(tiles(&harness, "Initial order"), both.min(tiles(&harness, "Initial order")));
    assert!(tiles(&harness, "Initial order") <= both);
    // Both panels show the same chips.
    assert_eq!(harness.query_all_by_label("Clear filter: “bird”").count(), 2);
    assert_eq!(harness.query_all_by_label(&format!("{both} of 100 images")).count(), 2);

    // The keys go from one image that is shown to the next.
    for _ in 0..both + 3 {
        press(&mut harness, Key::J);
        let workspace = harness.state().workspace();
        let candidate = workspace.session().and_then(|session| session.candidate()).expect("an image");
        assert!(workspace.passing().expect("a filter").is_shown[candidate]);
    }
    harness.query_all_by_label("Clear filter: not relevant").next().expect("a chip").click();
    harness.run_steps(2);
    assert_eq!(count(&harness), by_text);
    harness.state_mut().workspace_mut().apply(FilterAction::Without(Condition::Text));
    harness.run_steps(2);
    assert!(harness.state().workspace().passing().is_none());
    assert_eq!(harness.query_all_by_label_contains("Clear filter").count(), 0);
}

#[test]
fn a_filter_at_the_desk_keeps_what_was_judged_and_is_recorded_where_it_tells_the_judge_something() {
    let home = tempfile::tempdir().expect("a folder");
    let set = unjudged(home.path());
    let mut harness = desk(home.path(), &set);
    for _ in 0..3 {
        press(&mut harness, Key::Num1);
        harness.step();
    }
    let set_filter = |harness: &mut Harness<'_, App>, filter: Filter| {
        harness.state_mut().workspace_mut().apply(FilterAction::Set(Box::new(filter)));
        harness.run_steps(2);
        settle(harness).expect("pictures are decoded");
    };
    let items = |harness: &Harness<'_, App>| {
        harness.state().workspace().judging().queue().map_or(0, |queue| queue.items().len())
    };
    set_filter(&mut harness, Filter { grades: [None].into(), ..Filter::default() });
    assert_eq!((items(&harness), state(&harness).1), (97, 0));
    press(&mut harness, Key::Num0);
    assert_eq!((items(&harness), state(&harness)), (97, (4, 1)), "a list stays as it was made");
    let focused = |harness: &Harness<'_, App>| {
        harness.state().workspace().judging().queue().and_then(|queue| queue.focused()).expect("an image")
    };
    let item = focused(&harness);
    press(&mut harness, Key::Num0);
    assert_eq!(said(&harness, item)[0].2, Some(true), "which images are not judged says nothing of their grades");

    set_filter(&mut harness, Filter { ranks: Some(Ranks { first: 1, last: 10 }), ..Filter::default() });
    assert_eq!(items(&harness), 10);
    let item = focused(&harness);
    press(&mut harness, Key::Num1);
    assert_eq!(said(&harness, item)[0].2, Some(false), "the judge knows that it is ranked high");
    harness.state_mut().workspace_mut().apply(FilterAction::Clear);
    harness.run_steps(2);
    assert_eq!(items(&harness), 100);
    open_list(&mut harness, QueueKind::Unjudged { depth: 5 });
    let all = items(&harness);
    set_filter(&mut harness, Filter { text: "stamp".to_owned(), ..Filter::default() });
    assert!(items(&harness) < all, "lists across queries are filtered, too");
}

#[test]
fn what_is_picked_out_belongs_to_its_query_and_the_filter_to_its_data_set() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = headless(&Shot::of(Path::new(SAMPLE)), Store::at(&home.path().join("home")));
    settle(&mut harness).expect("the data set opens");
    press(&mut harness, Key::J);
    harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    harness.run_steps(2);
    harness.get_by_label("Only the selected image and its neighbours").click();
    harness.run_steps(2);
    let picked = count(&harness);
    assert!((2..100).contains(&picked), "{picked}");
    harness.get_by_label("Text of the images").focus();
    harness.run_steps(2);
    harness.get_by_label("Text of the images").type_text("a");
    harness.run_steps(2);
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    press(&mut harness, Key::PageDown);
    harness.run_steps(2);
    let workspace = harness.state().workspace();
    assert_eq!(workspace.filter().conditions().collect::<Vec<_>>(), [Condition::Text]);
    let sample = std::path::PathBuf::from(SAMPLE);
    harness.state_mut().workspace_mut().apply(crossrank::workspace::DataAction::Open(sample));
    harness.step();
    settle(&mut harness).expect("the data set opens");
    assert!(harness.state().workspace().filter().is_empty());
}
