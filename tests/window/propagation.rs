//! The propagation player in the window: its stages are the network's, and keys, clicks and drags walk through them.

use super::{command, open, press};
use crossrank::app::{App, settle};
use crossrank::model::{ModelKind, Part};
use crossrank::train::SavedRun;
use crossrank::workspace::{Order, SelectionAction, SettingsAction, StageKind, Stages, TrainingAction};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::sync::Arc;

pub fn train(harness: &mut Harness<'_, App>, kind: ModelKind, layers: usize) {
    let mut experiment = harness.state().workspace().settings().experiment.clone();
    (experiment.model.kind, experiment.model.conv_layers, experiment.training.epochs) = (kind, layers, 3);
    experiment.choose.clear();
    harness.state_mut().workspace_mut().apply(SettingsAction::SetExperiment(Box::new(experiment)));
    harness.state_mut().workspace_mut().apply(TrainingAction::Start);
    settle(harness).expect("it is trained");
}

fn stages(harness: &Harness<'_, App>) -> Arc<Stages> {
    harness.state().workspace().propagation().stages().expect("the player shows something").clone()
}

/// The place of the player, which is stopped.
fn place(harness: &Harness<'_, App>) -> f32 {
    let head = harness.state().workspace().propagation().playhead();
    assert!(!head.is_playing);
    head.at
}

fn play(harness: &mut Harness<'_, App>) {
    press(harness, Modifiers::NONE, Key::G);
    settle(harness).expect("the steps are there");
}

#[test]
fn the_stages_go_from_the_initial_order_to_the_ranking_that_the_window_shows() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    for (kind, layers, parts) in [
        (ModelKind::DcmmPrf, 1, vec![Part::Text, Part::Hop(1), Part::Feedback(1)]),
        (ModelKind::DcmmEdge, 2, vec![Part::Text, Part::Layer(1), Part::Layer(2)]),
        (ModelKind::Gat, 1, vec![Part::Text, Part::Layer(1)]),
    ] {
        train(&mut harness, kind, layers);
        play(&mut harness);
        let stages = stages(&harness);
        let kinds: Vec<StageKind> = stages.all.iter().map(|stage| stage.kind).collect();
        let expected: Vec<StageKind> =
            [StageKind::Initial].into_iter().chain(parts.into_iter().map(StageKind::By)).collect();
        assert_eq!(kinds, expected);
        let session = harness.state().workspace().session().expect("a session");
        let ranking = |order: Order| &session.ranking(order).expect("it is there").order;
        assert_eq!(&stages.all[0].ranking.order, ranking(Order::Initial));
        assert_eq!(&stages.all.last().expect("stages").ranking.order, ranking(Order::Model), "{kind}");
        let travelling = stages.all.iter().filter(|stage| !stage.sent.is_empty()).count();
        assert_eq!(travelling, kinds.len() - 2, "{kind}: all but the first two stages have messages");
        assert!(stages.all.iter().all(|stage| stage.strengths.len() == stages.pairs.len()));
        assert!(stages.all.iter().flat_map(|stage| &stage.sent).all(|sent| sent.strength.abs() <= 1.0));
        assert_ne!(stages.all[0].strengths, stages.all[2].strengths, "{kind}: edges change from the plain cosine");
        play(&mut harness);
        assert!(harness.state().workspace().propagation().stages().is_none(), "G closes it");
    }
}

#[test]
fn keys_and_clicks_walk_through_the_stages() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    train(&mut harness, ModelKind::DcmmPrf, 1);
    play(&mut harness);
    assert!(harness.state().workspace().propagation().playhead().is_playing, "it starts at once");
    press(&mut harness, Modifiers::NONE, Key::Space);
    let began = place(&harness);
    press(&mut harness, Modifiers::NONE, Key::Period);
    assert_eq!(place(&harness), began.floor() + 1.0);
    press(&mut harness, Modifiers::NONE, Key::Period);
    let at = place(&harness);
    press(&mut harness, Modifiers::NONE, Key::Comma);
    assert_eq!(place(&harness), at - 1.0);
    command(&mut harness, "Next stage of the propagation");
    assert_eq!(place(&harness), at);
    harness.get_by_label("Previous stage (,)").click();
    harness.run_steps(3);
    assert_eq!(place(&harness), at - 1.0);
    let last = stages(&harness).all.len() - 1;
    let row = harness.get_by_label_contains("Stages of the ranking").rect();
    let end = row.right() - 0.5 * row.width() / (last + 1) as f32;
    let pointer = egui::pos2(end, row.top() + 8.0);
    harness.drag_at(pointer);
    harness.drop_at(pointer);
    harness.run_steps(3);
    assert_eq!(place(&harness), last as f32, "a click on the last stage goes there");
    harness.get_by_label_contains(&format!("images, 1000 edges, stage {} of {}", last + 1, last + 1));
    harness.get_by_label("Play (Space)").click();
    harness.run_steps(2);
    let head = harness.state().workspace().propagation().playhead();
    assert!(head.is_playing && head.at < 1.0, "at the end it starts again");
}

#[test]
fn the_player_follows_query_and_run_and_says_what_it_needs() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    play(&mut harness);
    harness.get_by_label_contains("Train a graph network, or open a run");
    train(&mut harness, ModelKind::DcmmPrf, 1);
    let first = stages(&harness);
    harness.state_mut().workspace_mut().apply(SelectionAction::Query(3));
    settle(&mut harness).expect("the other query's steps are there");
    let second = stages(&harness);
    assert_eq!((first.query, second.query), (0, 3));
    // What is shown is what the saved run says of this query.
    let workspace = harness.state().workspace();
    let run = SavedRun::open(&workspace.training().run().expect("a run").path).expect("a saved run");
    let data = &workspace.session().expect("a session").data;
    let trace = run.trace(data, 3).expect("traced").expect("steps").trace;
    let scores = &trace.steps.last().expect("a step").scores;
    assert_eq!(&second.all.last().expect("stages").ranking.scores, scores);
    train(&mut harness, ModelKind::Mlp, 1);
    harness.get_by_label_contains("nothing travels from image to image");
}
