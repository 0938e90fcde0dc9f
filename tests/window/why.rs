//! Why an image has its rank, in the window.

use super::{SAMPLE, save};
use crossrank::app::{App, Panel, Shot, headless, settle};
use crossrank::model::{ModelKind, Source};
use crossrank::train::PartKind;
use crossrank::workspace::{
    ExplainAction, ExplainObstacle, Explained, Order, SelectionAction, SettingsAction, Store, ThemeChoice,
    TrainingAction,
};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::path::Path;
use std::sync::Arc;

/// The panel alone on the sample, with a model of some epochs.
fn trained(home: &Path, epochs: usize) -> Harness<'static, App> {
    let shot = Shot { panel: Some(Panel::Why), size: [460.0, 640.0], ..Shot::of(SAMPLE) };
    let mut harness = headless(&shot, Store::at(home));
    settle(&mut harness).expect("the sample opens");
    let mut experiment = harness.state().workspace().settings().experiment.clone();
    experiment.choose.clear();
    experiment.model.kind = ModelKind::DcmmPrf;
    (experiment.model.members, experiment.training.epochs) = (2, epochs);
    harness.state_mut().workspace_mut().apply(SettingsAction::SetExperiment(Box::new(experiment)));
    harness.get_by_label("Start training").click();
    harness.run_steps(2);
    settle(&mut harness).expect("it trains");
    harness
}

fn select(harness: &mut Harness<'_, App>, action: SelectionAction) {
    harness.state_mut().workspace_mut().apply(action);
    harness.run_steps(2);
    settle(harness).expect("at rest");
}

fn click(harness: &mut Harness<'_, App>, label: &str) {
    harness.get_by_label_contains(label).click();
    harness.run_steps(3);
    settle(harness).expect("at rest");
}

fn found(harness: &Harness<'_, App>) -> Arc<Explained> {
    harness.state().workspace().explaining().found().expect("an explanation").clone()
}

#[test]
fn a_score_is_taken_apart_and_ranks_are_found_without_its_parts() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = trained(home.path(), 2);
    let workspace = harness.state().workspace();
    assert_eq!(workspace.explain_request(), Err(ExplainObstacle::NoImage));
    harness.get_by_label("No image selected");
    let third = workspace.session().expect("the sample").ranking(Order::Model).expect("a ranking").order[2];
    select(&mut harness, SelectionAction::Candidate(Some(third)));
    let first = found(&harness);
    assert_eq!((first.place.rank, first.request.image), (3, third));
    let ranking = harness.state().workspace().session().unwrap().ranking(Order::Model).unwrap();
    let sum: f64 = first.parts().iter().map(|part| part.value).sum();
    assert!((sum - f64::from(ranking.scores[third])).abs() < 1e-4, "{sum} {}", ranking.scores[third]);
    assert!(
        (first.contributions().iter().sum::<f64>()
            - first
                .terms()
                .iter()
                .filter(|(kind, _)| matches!(kind, PartKind::Neighbour | PartKind::Feedback))
                .map(|(_, value)| value)
                .sum::<f64>())
        .abs()
            < 1e-9
    );
    harness.get_by_label_contains("rank 3 of 100");
    harness.get_by_label_contains("signals\u{a0}");
    harness.get_by_label_contains("Score ");
    // Without a neighbour: the list is made again.
    let strongest = first.parts().iter().find(|part| part.kind == PartKind::Neighbour).expect("a neighbour");
    let Source::Neighbour(image) = strongest.source else { panic!("a neighbour") };
    let mut changes = first.request.changes.clone();
    changes.images.insert(image);
    harness.state_mut().workspace_mut().apply(ExplainAction::Change(Box::new(changes.clone())));
    settle(&mut harness).expect("at rest");
    let without = found(&harness);
    assert_eq!(without.request.changes, changes);
    assert_eq!(without.changed.expect("a rank").of, 99);
    harness.get_by_label_contains(", AP ");
    click(&mut harness, "As it was");
    assert!(found(&harness).changed.is_none());
    // By a click on a signal's toggle.
    let signal = first.parts().iter().find(|part| part.kind == PartKind::Feature).expect("a signal");
    click(&mut harness, &format!("Without {}: as if", signal.name));
    let changed = found(&harness);
    assert!(changed.request.changes.inputs.contains(&signal.source) && changed.changed.is_some());
    // Another image starts anew.
    select(&mut harness, SelectionAction::Candidate(Some(image)));
    assert!(found(&harness).request.changes.is_empty());
}

#[test]
fn two_images_are_compared_part_by_part() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = trained(home.path(), 20);
    let order = harness.state().workspace().session().unwrap().ranking(Order::Model).unwrap().order.clone();
    select(&mut harness, SelectionAction::Candidate(Some(order[0])));
    click(&mut harness, "Compare with…");
    click(&mut harness, "Compare with rank 4,");
    let compared = found(&harness);
    let other = compared.compared.as_ref().expect("a comparison");
    assert_eq!((other.image, other.place.rank), (order[3], 4));
    let sum: f64 = compared.parts().iter().map(|part| part.value).sum();
    assert!((sum - compared.total()).abs() < 1e-6 && compared.total() > 0.0, "{sum}");
    harness.get_by_label_contains("is above ");
    harness.get_by_label_contains("difference ");
    save(&mut harness, "why-above-dark.png");
    harness.state_mut().workspace_mut().apply(SettingsAction::SetTheme(ThemeChoice::Light));
    harness.run_steps(3);
    save(&mut harness, "why-above-light.png");
    click(&mut harness, "Stop comparing");
    assert!(found(&harness).compared.is_none());
}

#[test]
fn without_a_model_it_is_said_what_is_needed_and_in_training_that_it_comes() {
    let home = tempfile::tempdir().expect("a folder");
    let shot = Shot { panel: Some(Panel::Why), size: [320.0, 400.0], ..Shot::of(SAMPLE) };
    let mut harness = headless(&shot, Store::at(home.path()));
    settle(&mut harness).expect("the sample opens");
    harness.get_by_label("No model yet");
    harness.state_mut().workspace_mut().apply(TrainingAction::Start);
    harness.run_steps(2);
    assert_eq!(harness.state().workspace().explain_request(), Err(ExplainObstacle::InTraining));
    harness.get_by_label("A run is in training");
    harness.state_mut().workspace_mut().apply(TrainingAction::Stop);
    settle(&mut harness).expect("it stops");
}
