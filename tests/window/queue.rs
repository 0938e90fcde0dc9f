//! Several trainings one after another, and the size of a study before it starts.

use super::{SAMPLE, open};
use crate::workspace::wait;
use crossrank::app::{App, Panel, settle};
use crossrank::study::runs::state_name;
use crossrank::train::RunState;
use crossrank::workspace::{SettingsAction, TrainingAction, Workspace};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

fn set_epochs(workspace: &mut Workspace, epochs: usize) {
    let mut experiment = workspace.settings().experiment.clone();
    (experiment.training.epochs, experiment.training.retrain) = (epochs, false);
    workspace.apply(SettingsAction::SetExperiment(Box::new(experiment)));
}

fn queued(workspace: &Workspace) -> Vec<u64> {
    workspace.training().queue().iter().map(|run| run.experiment.training.seed).collect()
}

#[test]
fn queued_runs_are_moved_cancelled_and_trained_in_turn_with_the_settings_they_were_queued_with() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = crate::workspace::open(home.path(), SAMPLE);
    set_epochs(&mut workspace, 3);
    workspace.apply(TrainingAction::Queue(vec![1, 2, 3, 4]));
    assert!(workspace.training().is_running());
    assert_eq!(queued(&workspace), [2, 3, 4]);
    let number = |workspace: &Workspace, at: usize| workspace.training().queue()[at].number;
    let last = number(&workspace, 2);
    workspace.apply(TrainingAction::MoveQueued(last, -1));
    assert_eq!(queued(&workspace), [2, 4, 3]);
    workspace.apply(TrainingAction::MoveQueued(last, 9));
    workspace.apply(TrainingAction::MoveQueued(last, -9));
    assert_eq!(queued(&workspace), [4, 2, 3]);
    let middle = number(&workspace, 1);
    workspace.apply(TrainingAction::Unqueue(middle));
    assert_eq!(queued(&workspace), [4, 3]);
    set_epochs(&mut workspace, 9);
    wait(&mut workspace, "the queue", |workspace| !workspace.training().is_running() && !workspace.is_busy());
    let trained: Vec<(u64, usize)> = workspace
        .experiments()
        .runs()
        .iter()
        .map(|run| (run.saved.record.experiment.training.seed, run.saved.record.experiment.training.epochs))
        .collect();
    let mut sorted = trained.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [(1, 3), (3, 3), (4, 3)], "{trained:?}");
    assert_eq!(workspace.training().run().map(|run| run.record.experiment.training.seed), Some(3), "the last one");
}

#[test]
fn stopping_a_run_starts_the_next_and_closing_the_data_set_empties_the_queue() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = crate::workspace::open(home.path(), SAMPLE);
    set_epochs(&mut workspace, 400);
    workspace.apply(TrainingAction::Queue(vec![1, 2, 3]));
    let seed = |workspace: &Workspace| workspace.training().run().map(|run| run.record.experiment.training.seed);
    wait(&mut workspace, "an epoch", |workspace| workspace.training().run().is_some_and(|run| run.history.len() > 1));
    workspace.apply(TrainingAction::Stop);
    wait(&mut workspace, "the next run", |workspace| seed(workspace) == Some(2));
    workspace.apply(crossrank::workspace::DataAction::Open(SAMPLE.into()));
    wait(&mut workspace, "the data set", |workspace| !workspace.training().is_running());
    assert!(workspace.training().queue().is_empty());
}

#[test]
fn a_run_in_training_is_listed_with_its_measures_so_far() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = crate::workspace::open(home.path(), SAMPLE);
    set_epochs(&mut workspace, 400);
    workspace.apply(TrainingAction::Start);
    wait(&mut workspace, "a listed run", |workspace| {
        let run = workspace.experiments().runs().first();
        run.is_some_and(|run| run.is_live && run.measure(Default::default()).is_some())
    });
    let run = &workspace.experiments().runs()[0];
    assert_eq!((run.state_name(), state_name(run.saved.record.state)), ("training", "interrupted"));
    assert!(run.saved.record.state == RunState::Running && run.saved.record.best_epoch > 0);
    workspace.apply(TrainingAction::Stop);
    wait(&mut workspace, "the end", |workspace| !workspace.training().is_running() && !workspace.is_busy());
    assert_eq!(workspace.experiments().runs()[0].state_name(), "stopped");
}

fn typed(harness: &mut Harness<'_, App>, field: &str, text: &str) {
    harness.get_by_label(field).focus();
    harness.run_steps(2);
    harness.get_by_label(field).type_text(text);
    harness.run_steps(3);
}

#[test]
fn seeds_typed_beside_train_are_queued_and_listed() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    set_epochs(harness.state_mut().workspace_mut(), 300);
    typed(&mut harness, "Seeds to train with", "7-9");
    harness.get_by_label("Train").click();
    harness.run_steps(4);
    assert_eq!(queued(harness.state().workspace()), [8, 9]);
    harness.get_by_label_contains("2 queued").click();
    harness.run_steps(4);
    harness.get_by_label("Move run 2 of the queue up").click();
    harness.run_steps(3);
    assert_eq!(queued(harness.state().workspace()), [9, 8]);
    harness.get_by_label("Cancel run 1 of the queue").click();
    harness.run_steps(3);
    assert_eq!(queued(harness.state().workspace()), [8]);
    assert!(harness.query_by_label_contains("Now: ").is_some());
    harness.check_accessibility();
}

#[test]
fn a_study_says_how_much_it_trains_before_it_starts() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    set_epochs(harness.state_mut().workspace_mut(), 2);
    harness.state_mut().show_panel(Panel::Studies);
    settle(&mut harness).expect("at rest");
    harness.get_by_label("Cross-validation").click();
    harness.run_steps(2);
    harness.get_by_label("Start study").click();
    harness.run_steps(3);
    assert!(harness.state().workspace().studies().running().is_none(), "nothing has started");
    assert!(harness.query_by_label_contains("15 trainings of 1 configurations, 30 epochs at most").is_some());
    harness.get_all_by_label("Cancel").next().expect("the button").click();
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("15 trainings of").is_none());
    harness.get_by_label("Start study").click();
    harness.run_steps(3);
    harness.get_by_label("Start 15 trainings").click();
    harness.run_steps(3);
    assert!(harness.state().workspace().studies().running().is_some());
    let begun = std::time::Instant::now();
    while harness.query_all_by_label_contains("Trial ").count() == 0 {
        harness.step();
        assert!(begun.elapsed().as_secs() < 60, "no trial is listed");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
