//! The manual in the window.

use crossrank::app::{App, Shot, headless, settle};
use crossrank::workspace::Store;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");

/// Where the widgets of these names are.
fn rects(harness: &Harness<'_, App>, names: &[&str]) -> Vec<egui::Rect> {
    names.iter().map(|name| harness.get_all_by_label(name).next().expect("it is shown").rect()).collect()
}

#[test]
fn the_manual_opens_lists_its_pages_one_below_the_other_and_is_searched() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = headless(&Shot::of(SAMPLE), Store::at(home.path()));
    settle(&mut harness).expect("the sample opens");
    harness.key_press(egui::Key::F1);
    harness.run_steps(3);
    let pages = rects(&harness, &["First steps", "The window", "Data sets", "Models and training"]);
    assert!(pages.windows(2).all(|pair| pair[0].bottom() <= pair[1].top() && pair[0].left() == pair[1].left()));

    harness.get_all_by_label("Data sets").next().expect("the page").click();
    harness.run_steps(3);
    let text = harness.get_by_label_contains("recognises a format").rect();
    assert!(text.width() > 300.0 && text.left() > pages[0].right(), "the page stands beside the list: {text}");

    harness.get_by_label("Search the manual").focus();
    harness.get_by_label("Search the manual").type_text("xylophone");
    harness.run_steps(2);
    assert!(harness.query_by_label("Nothing found").is_some());
    harness.key_press(egui::Key::F1);
    harness.run_steps(2);
    assert!(harness.query_by_label("Nothing found").is_none(), "F1 closes it again");
}

#[test]
fn the_list_of_commands_finds_sections_of_the_manual() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = headless(&Shot::of(SAMPLE), Store::at(home.path()));
    settle(&mut harness).expect("the sample opens");
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::P);
    harness.run_steps(2);
    harness.get_by_label("Command").type_text("judgements");
    harness.run_steps(2);
    harness.get_all_by_label_contains("Manual: Data sets").next().expect("a section").click();
    harness.run_steps(3);
    assert!(harness.query_by_label("Search the manual").is_some());
}
