//! An image at full size, from wherever it is shown.

use super::{SAMPLE, open, press};
use crossrank::app::{App, Panel, Shot, headless, settle};
use crossrank::workspace::{SelectionAction, Store};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

fn selected(harness: &Harness<'_, App>) -> Option<usize> {
    harness.state().workspace().session().and_then(|session| session.candidate())
}

/// Titles of the large pictures on screen.
fn large(harness: &Harness<'_, App>) -> Vec<String> {
    let pictures = harness.query_all_by_label_contains("Large picture: ");
    pictures.filter_map(|node| node.accesskit_node().label()).collect()
}

#[test]
fn space_shows_the_selected_image_and_the_panels_again() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    assert_eq!((selected(&harness), large(&harness).len()), (None, 0));
    press(&mut harness, Modifiers::NONE, Key::Space);
    let best = selected(&harness).expect("the best image is selected");
    let session = harness.state().workspace().session().expect("a session");
    assert_eq!(session.best_ranking().map(|ranking| ranking.order[0]), Some(best));
    let first = large(&harness);
    assert_eq!(first.len(), 1);

    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    let second = large(&harness);
    assert!(second.len() == 1 && second != first, "{second:?}");
    press(&mut harness, Modifiers::NONE, Key::K);
    assert_eq!((large(&harness), selected(&harness)), (first, Some(best)));

    settle(&mut harness).expect("pictures are decoded");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!((selected(&harness), large(&harness).len()), (Some(best), 0), "only the large view is closed");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert_eq!(selected(&harness), None);
}

#[test]
fn a_double_click_on_an_image_of_a_ranking_shows_it() {
    let home = tempfile::tempdir().expect("a folder");
    let shot = Shot { panel: Some(Panel::Ranking), size: [900.0, 700.0], ..Shot::of(SAMPLE) };
    let mut harness = headless(&shot, Store::at(home.path()));
    settle(&mut harness).expect("the sample opens");
    let tile = harness.get_all_by_label_contains("Initial order: rank 3,").next().expect("an image").rect().center();
    for _ in 0..2 {
        harness.drag_at(tile);
        harness.drop_at(tile);
        harness.step();
    }
    harness.run_steps(2);
    assert_eq!(large(&harness).len(), 1);
    let session = harness.state().workspace().session().expect("a session");
    let third = session.ranking(crossrank::workspace::Order::Initial).map(|ranking| ranking.order[2]);
    assert_eq!(session.candidate(), third);
    harness.get_by_label("Close large view (Space)").click();
    harness.run_steps(2);
    assert!(large(&harness).is_empty());
}

#[test]
fn the_large_view_ends_with_its_image() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    press(&mut harness, Modifiers::NONE, Key::Space);
    assert_eq!(large(&harness).len(), 1);
    harness.state_mut().workspace_mut().apply(SelectionAction::StepQuery(1));
    harness.run_steps(3);
    assert!(large(&harness).is_empty(), "no image of the next query is selected");
}
