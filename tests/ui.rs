//! The window, driven by its accessible names.

use crossrank::app::{App, Shot, headless, settle};
use crossrank::workspace::{Order, SettingsAction, Store, TrainingAction};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::path::Path;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");

fn open_sample(home: &Path) -> Harness<'static, App> {
    let mut harness = headless(&Shot::of(SAMPLE), Store::at(home));
    settle(&mut harness).expect("the sample opens");
    harness
}

fn query_text(harness: &Harness<'_, App>) -> String {
    let session = harness.state().workspace().session().expect("a session");
    session.data.dataset.queries[session.query()].text.clone()
}

/// Drags the first slider of that name by so many points.
fn drag_slider(harness: &mut Harness<'_, App>, name: &str, by: f32) {
    let knob = {
        let slider = harness.get_all_by_label(name).next().expect("the slider").rect();
        slider.center()
    };
    harness.hover_at(knob);
    harness.step();
    harness.drag_at(knob);
    harness.step();
    for part in 1..=4 {
        harness.hover_at(knob + egui::vec2(by * part as f32 / 4.0, 0.0));
        harness.step();
    }
    harness.drop_at(knob + egui::vec2(by, 0.0));
    harness.step();
}

#[test]
fn a_person_opens_the_sample_tunes_the_graph_and_trains() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open_sample(home.path());
    assert_eq!(query_text(&harness), "bird");
    assert_eq!(
        harness.state().workspace().session().and_then(|session| session.view()).map(|view| view.n()),
        Some(100)
    );

    harness.get_by_label_contains("Query windmill").click();
    settle(&mut harness).expect("the graph settles");
    assert_eq!(query_text(&harness), "windmill");

    let edges = |harness: &Harness<'_, App>| {
        let session = harness.state().workspace().session().expect("a session");
        session.view().expect("a graph").graph().edge_count()
    };
    let before = edges(&harness);
    drag_slider(&mut harness, "Neighbours k", 30.0);
    settle(&mut harness).expect("the graph settles");
    let k = harness.state().workspace().settings().experiment.graph.k;
    assert!(k > 10, "the slider raised k: {k}");
    assert_eq!(before, 1000);
    assert_eq!(edges(&harness), 100 * k);

    let mut experiment = harness.state().workspace().settings().experiment.clone();
    experiment.training.epochs = 5;
    experiment.training.patience = None;
    harness.state_mut().workspace_mut().apply(SettingsAction::SetExperiment(Box::new(experiment)));
    harness.step();
    assert!(harness.state().workspace().session().is_some_and(|session| session.ranking(Order::Model).is_none()));
    harness.get_by_label("Train").click();
    harness.step();
    settle(&mut harness).expect("training ends");

    let workspace = harness.state().workspace();
    let run = workspace.training().run().expect("a run");
    let epochs = |again: bool| {
        run.history.iter().filter(|report| report.retraining == again).map(|report| report.epoch).collect::<Vec<_>>()
    };
    assert_eq!(epochs(false), [1, 2, 3, 4, 5]);
    assert_eq!(epochs(true), [6, 7, 8, 9, 10], "once more, on train and validation");
    assert!(run.record.best_epoch <= 5, "the best epoch is one of the first training");
    harness.get_by_label("shaded: retraining");
    assert!(run.history[4].train_loss < run.history[0].train_loss, "the loss falls");
    let session = workspace.session().expect("a session");
    let (text, model) = (session.ranking(Order::Text).expect("text"), session.ranking(Order::Model).expect("network"));
    assert_ne!(text.order, model.order, "the network ranks otherwise than the text");
    assert!(run.path.join("model.safetensors").is_file() && run.path.join("run.txt").is_file());
}

#[test]
fn moving_k_leaves_the_nodes_about_where_they_were() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open_sample(home.path());
    let positions = |harness: &Harness<'_, App>| {
        harness.state().workspace().session().and_then(|session| session.view()).expect("a graph").positions().to_vec()
    };
    let before = positions(&harness);
    let mut experiment = harness.state().workspace().settings().experiment.clone();
    experiment.graph.k += 1;
    harness.state_mut().workspace_mut().apply(SettingsAction::SetExperiment(Box::new(experiment)));
    settle(&mut harness).expect("the graph settles");
    let after = positions(&harness);
    let moved: Vec<f32> = before.iter().zip(&after).map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1])).collect();
    let spread = before.iter().map(|p| p[0].hypot(p[1])).sum::<f32>() / before.len() as f32;
    let mean = moved.iter().sum::<f32>() / moved.len() as f32;
    assert!(mean < 0.25 * spread, "nodes moved {mean} on average in a graph of radius {spread}");
}

#[test]
fn the_same_candidate_is_selected_everywhere() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open_sample(home.path());
    harness.get_by_label_contains("Initial order: rank 1,").click();
    settle(&mut harness).expect("pictures load");
    let session = harness.state().workspace().session().expect("a session");
    let chosen = session.candidate().expect("a candidate");
    assert_eq!(session.ranking(Order::Initial).expect("a ranking").ranks[chosen], 0);
    let image = &session.data.dataset.images[session.data.dataset.queries[session.query()].candidates[chosen].image];
    let title = if image.title.is_empty() { image.id.to_string() } else { image.title.clone() };
    assert!(harness.get_all_by_label(&title).next().is_some(), "the details show {title}");
}

#[test]
fn keys_walk_queries_and_images_and_open_the_command_list() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open_sample(home.path());
    let first = query_text(&harness);
    harness.key_press(egui::Key::PageDown);
    settle(&mut harness).expect("the graph settles");
    assert_ne!(query_text(&harness), first);
    harness.key_press(egui::Key::J);
    harness.step();
    harness.step();
    assert!(harness.state().workspace().session().is_some_and(|session| session.candidate().is_some()));
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::P);
    harness.step();
    harness.step();
    assert!(harness.query_by_label("Command").is_some(), "the list of commands is open");
}

#[test]
fn every_press_of_a_key_counts_also_within_one_frame() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open_sample(home.path());
    let press = |key: egui::Key| egui::Event::Key {
        key,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: egui::Modifiers::NONE,
    };
    let keys = [egui::Key::J, egui::Key::J, egui::Key::J, egui::Key::J, egui::Key::K, egui::Key::J];
    harness.input_mut().events.extend(keys.map(press));
    harness.step();
    let session = harness.state().workspace().session().expect("an open set");
    let ranking = session.best_ranking().expect("a ranking");
    assert_eq!(session.candidate(), Some(ranking.order[3]), "four down, one up, one down");
}

#[test]
fn every_control_has_a_name() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open_sample(home.path());
    harness.check_accessibility();
    for panel in ["Data", "Runs", "Tune"] {
        harness.state_mut().show_panel(crossrank::app::Panel::by_name(panel).expect("a panel"));
        settle(&mut harness).expect("at rest");
        harness.check_accessibility();
    }
}

#[test]
fn pointing_at_an_image_lasts_as_long_as_the_pointer_stays() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open_sample(home.path());
    let hovered =
        |harness: &Harness<'_, App>| harness.state().workspace().session().and_then(|session| session.hovered());
    let tile = harness.get_by_label_contains("Initial order: rank 1,").rect();
    harness.hover_at(tile.center());
    harness.run_steps(3);
    assert!(hovered(&harness).is_some());
    harness.hover_at(egui::pos2(tile.center().x, 2.0));
    harness.run_steps(3);
    assert_eq!(hovered(&harness), None);
}

fn press(harness: &mut Harness<'_, App>, modifiers: egui::Modifiers, key: egui::Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run_steps(3);
}

#[test]
fn a_dragged_slider_is_undone_and_redone_as_one_step() {
    const CTRL: egui::Modifiers = egui::Modifiers::COMMAND;
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open_sample(home.path());
    let k = |harness: &Harness<'_, App>| harness.state().workspace().settings().experiment.graph.k;
    drag_slider(&mut harness, "Neighbours k", 30.0);
    harness.run_steps(2);
    let dragged = k(&harness);
    assert!(dragged > 10, "the slider raised k: {dragged}");
    assert_eq!(harness.state().workspace().history().len(), 1);
    press(&mut harness, CTRL, egui::Key::Z);
    assert_eq!(k(&harness), 10);
    assert!(harness.query_by_label(&format!("Undid: {dragged} neighbours")).is_some(), "it says what was undone");
    press(&mut harness, CTRL | egui::Modifiers::SHIFT, egui::Key::Z);
    assert_eq!(k(&harness), dragged);
    press(&mut harness, CTRL, egui::Key::Z);
    press(&mut harness, CTRL, egui::Key::Y);
    assert_eq!(k(&harness), dragged);

    harness.get_by_label("Edit").click();
    harness.run_steps(3);
    harness.get_by_label_contains(&format!("Undo: {dragged} neighbours")).click();
    harness.run_steps(3);
    assert_eq!(k(&harness), 10);
    press(&mut harness, CTRL, egui::Key::P);
    harness.get_by_label("Command").type_text("redo");
    harness.run_steps(2);
    press(&mut harness, egui::Modifiers::NONE, egui::Key::Enter);
    assert_eq!(k(&harness), dragged);
}

#[test]
fn a_text_field_keeps_its_own_undo() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open_sample(home.path());
    press(&mut harness, egui::Modifiers::NONE, egui::Key::CloseBracket);
    let k = |harness: &Harness<'_, App>| harness.state().workspace().settings().experiment.graph.k;
    assert_eq!(k(&harness), 11);
    let typed = |harness: &Harness<'_, App>| harness.get_by_label("Filter queries").value().unwrap_or_default();
    harness.get_by_label("Filter queries").focus();
    harness.run_steps(2);
    harness.get_by_label("Filter queries").type_text("bird");
    // The field makes a point to go back to once typing rests.
    harness.run_steps(60);
    assert_eq!(typed(&harness), "bird");
    press(&mut harness, egui::Modifiers::COMMAND, egui::Key::Z);
    assert_eq!((typed(&harness).as_str(), k(&harness)), ("", 11), "the field took it");
    harness.ctx.memory_mut(|memory| memory.stop_text_input());
    press(&mut harness, egui::Modifiers::COMMAND, egui::Key::Z);
    assert_eq!(k(&harness), 10);
}

#[test]
fn a_deleted_run_comes_back_with_the_undo_key() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open_sample(home.path());
    let mut experiment = harness.state().workspace().settings().experiment.clone();
    (experiment.training.epochs, experiment.training.retrain) = (2, false);
    harness.state_mut().workspace_mut().apply(SettingsAction::SetExperiment(Box::new(experiment)));
    harness.state_mut().workspace_mut().apply(TrainingAction::Start);
    settle(&mut harness).expect("training ends");
    harness.state_mut().show_panel(crossrank::app::Panel::Runs);
    settle(&mut harness).expect("at rest");
    let path = harness.state().workspace().runs().known()[0].path.clone();
    harness.get_by_label_contains("Delete stamps-and-places").click();
    settle(&mut harness).expect("at rest");
    assert!(!path.exists());
    press(&mut harness, egui::Modifiers::COMMAND, egui::Key::Z);
    settle(&mut harness).expect("at rest");
    assert!(path.join("run.json").is_file());
    assert!(harness.query_by_label_contains("Delete stamps-and-places").is_some(), "it is listed again");
}

#[test]
fn escape_closes_an_open_menu_before_it_clears_the_selection() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open_sample(home.path());
    let selected = |harness: &Harness<'_, App>| {
        harness.state().workspace().session().and_then(|session| session.candidate()).is_some()
    };
    press(&mut harness, egui::Modifiers::NONE, egui::Key::J);
    harness.get_by_label("Edit").click();
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("Redo").is_some() && selected(&harness));
    press(&mut harness, egui::Modifiers::NONE, egui::Key::Escape);
    assert!(harness.query_by_label_contains("Redo").is_none() && selected(&harness));
    press(&mut harness, egui::Modifiers::NONE, egui::Key::Escape);
    assert!(!selected(&harness));
}
