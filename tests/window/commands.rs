//! The palette, the list of shortcuts, keys, and why something cannot be done.

use super::{open, press, unjudged};
use crossrank::app::{App, Panel, Shot, headless, settle};
use crossrank::workspace::{SelectionAction, SettingsAction, Store, TrainingAction};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

fn type_command(harness: &mut Harness<'_, App>, text: &str) {
    harness.get_by_label("Command").type_text(text);
    harness.run_steps(3);
}

fn erase(harness: &mut Harness<'_, App>) {
    press(harness, Modifiers::COMMAND, Key::A);
    press(harness, Modifiers::NONE, Key::Backspace);
}

#[test]
fn the_palette_recovers_from_a_search_without_matches_and_starts_anew() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    press(&mut harness, Modifiers::COMMAND, Key::P);
    let first = harness.get_by_label_contains("Open data set…").rect();
    assert!(first.top() < 200.0, "it is at the top of the window: {first}");
    type_command(&mut harness, "xylophone");
    assert!(harness.query_by_label("No matching command").is_some());
    let field = harness.get_by_label("Command").rect();
    erase(&mut harness);
    assert_eq!(harness.get_by_label("Command").rect(), field, "it stays where it was");
    assert_eq!(harness.get_by_label_contains("Open data set…").rect(), first, "as large as before");
    assert!(harness.query_by_label("No matching command").is_none());

    type_command(&mut harness, "undo");
    press(&mut harness, Modifiers::NONE, Key::Enter);
    assert!(harness.query_by_label("Command").is_some(), "there is nothing to undo: it stays open");
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(harness.query_by_label("Command").is_none());
    press(&mut harness, Modifiers::COMMAND, Key::P);
    assert_eq!(harness.get_by_label("Command").value().unwrap_or_default(), "");
    press(&mut harness, Modifiers::COMMAND, Key::Z);
    assert_eq!(harness.get_by_label("Command").value().unwrap_or_default(), "", "nothing of the last search is left");
}

#[test]
fn escape_closes_what_is_open_before_anything_else() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    let selected = |harness: &Harness<'_, App>| {
        harness.state().workspace().session().and_then(|session| session.candidate()).is_some()
    };
    press(&mut harness, Modifiers::NONE, Key::J);
    for (opener, inside) in [("Sort queries", "Greatest gain first"), ("Panels", "Reset layout")] {
        harness.get_all_by_label_contains(opener).next().expect("it is there").click();
        harness.run_steps(4);
        assert!(harness.query_by_label_contains(inside).is_some(), "{opener} is open");
        press(&mut harness, Modifiers::NONE, Key::Escape);
        assert!(harness.query_by_label_contains(inside).is_none(), "{opener} is closed");
        assert!(selected(&harness), "and the image still selected");
    }
    press(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!selected(&harness));
}

#[test]
fn the_list_of_shortcuts_is_grouped() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    press(&mut harness, Modifiers::COMMAND, Key::Slash);
    let top = |name: &str| harness.get_all_by_label(name).map(|node| node.rect().top()).fold(f32::NAN, f32::max);
    let order = [
        "Undo",
        "Stop training",
        "Queries and images",
        "Next query",
        "Pan the graph or a large picture",
        "Show panel: Queries",
    ];
    let tops: Vec<f32> = order.iter().map(|name| top(name)).collect();
    assert!(tops.windows(2).all(|pair| pair[0] < pair[1]), "{tops:?}");
}

#[test]
fn everything_is_enlarged_shrunk_and_reset_by_keys() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    press(&mut harness, Modifiers::COMMAND, Key::Plus);
    press(&mut harness, Modifiers::COMMAND, Key::Equals);
    assert!((harness.ctx.zoom_factor() - 1.2).abs() < 1e-3, "{}", harness.ctx.zoom_factor());
    press(&mut harness, Modifiers::COMMAND, Key::Minus);
    assert!((harness.ctx.zoom_factor() - 1.1).abs() < 1e-3);
    press(&mut harness, Modifiers::COMMAND, Key::Num0);
    assert_eq!(harness.ctx.zoom_factor(), 1.0);
}

#[test]
fn unjudged_data_is_not_trained_on_and_the_window_says_why() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = headless(&Shot::of(unjudged(home.path())), Store::at(home.path()));
    settle(&mut harness).expect("it opens");
    let reason = "Nothing is judged: training learns from images judged relevant or not. Judge some (Ctrl+J).";
    assert_eq!(harness.state().workspace().training_obstacle(), Some(reason));
    assert!(harness.get_by_label("Train").accesskit_node().is_disabled());
    assert!(harness.query_all_by_label(reason).count() > 0, "a line says why");
    assert!(harness.query_by_label_contains("AP and gain").is_none());
    harness.get_by_label("Train").hover();
    harness.run_steps(4);
    std::thread::sleep(std::time::Duration::from_millis(700));
    let lines = harness.query_all_by_label(reason).count();
    harness.run_steps(6);
    assert!(harness.query_all_by_label(reason).count() >= lines, "so does the tooltip");
    press(&mut harness, Modifiers::COMMAND, Key::Enter);
    assert!(!harness.state().workspace().training().is_running());
    harness.state_mut().workspace_mut().apply(TrainingAction::Start);
    harness.run_steps(3);
    let told: Vec<&str> = harness.state().workspace().messages().iter().map(|message| message.text.as_str()).collect();
    assert_eq!(told, [reason]);
    harness.state_mut().show_panel(Panel::Studies);
    harness.run_steps(3);
    assert!(harness.get_by_label("Start study").accesskit_node().is_disabled());
}

#[test]
fn a_filter_without_matches_says_so_and_is_cleared() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    harness.get_by_label("Filter queries").focus();
    harness.run_steps(2);
    harness.get_by_label("Filter queries").type_text("xylophone");
    harness.run_steps(3);
    assert!(harness.query_by_label("No matching query").is_some());
    harness.get_by_label("Clear filter of queries").click();
    harness.run_steps(3);
    assert!(harness.query_by_label("No matching query").is_none());
    assert!(harness.get_all_by_label_contains("Query bird").count() > 0);
}

#[test]
fn the_graph_is_fitted_again_when_its_panel_changes_even_after_a_long_press() {
    let home = tempfile::tempdir().expect("a folder");
    let shot = Shot { panel: Some(Panel::Graph), size: [1000.0, 700.0], ..Shot::of(super::SAMPLE) };
    let mut harness = headless(&shot, Store::at(home.path()));
    settle(&mut harness).expect("the sample opens");
    let drawn = |harness: &mut Harness<'_, App>| {
        settle(harness).expect("at rest");
        harness.output().shapes.clone()
    };
    harness.set_size(egui::vec2(600.0, 500.0));
    let small = drawn(&mut harness);
    harness.set_size(egui::vec2(1000.0, 700.0));
    let large = drawn(&mut harness);
    assert!(small != large);
    let at = egui::pos2(40.0, 120.0);
    harness.hover_at(at);
    harness.step();
    harness.drag_at(at);
    for _ in 0..60 {
        harness.step();
    }
    harness.drop_at(at);
    harness.run_steps(2);
    harness.state_mut().workspace_mut().apply(SelectionAction::Candidate(None));
    harness.hover_at(egui::pos2(500.0, 4.0));
    harness.set_size(egui::vec2(600.0, 500.0));
    assert!(drawn(&mut harness) == small, "fitted to the smaller panel");
    let mut experiment = harness.state().workspace().settings().experiment.clone();
    experiment.graph.k += 1;
    harness.state_mut().workspace_mut().apply(SettingsAction::SetExperiment(Box::new(experiment)));
    assert!(drawn(&mut harness) != small);
}
