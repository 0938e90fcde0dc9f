//! The window says whose lock a run or a trial was taken over from.

use super::forge;
use crate::cli::{folder, sample};
use crate::workspace::{open, wait};
use crossrank::workspace::{SettingsAction, StudiesAction, StudyKind, StudyRequest, TrainingAction, Workspace};
use serde_json::json;
use std::fs;
use std::path::Path;

/// Leaves the lock of a process that is gone.
fn abandon(folder: &Path) {
    forge(folder, json!({ "process": 4_194_305 }));
}

fn is_told(workspace: &Workspace, folder: &Path) -> bool {
    let said = |text: &str| {
        text.starts_with("Taken over from process 4194305 on ") && text.ends_with(&folder.display().to_string())
    };
    workspace.messages().iter().any(|message| said(&message.text))
}

#[test]
fn taking_over_a_run_is_told() {
    let home = folder();
    let mut workspace = open(home.path(), &sample());
    let mut experiment = workspace.settings().experiment.clone();
    (experiment.training.epochs, experiment.training.patience) = (100_000, None);
    workspace.apply(SettingsAction::SetExperiment(Box::new(experiment)));
    workspace.apply(TrainingAction::Start);
    wait(&mut workspace, "an epoch", |workspace| workspace.training().run().is_some_and(|run| !run.history.is_empty()));
    workspace.apply(TrainingAction::Stop);
    wait(&mut workspace, "the end", |workspace| !workspace.is_busy());
    let run = workspace.training().run().expect("a run").path.clone();
    abandon(&run);
    workspace.apply(TrainingAction::Resume(run.clone()));
    wait(&mut workspace, "the notice", |workspace| is_told(workspace, &run));
}

#[test]
fn taking_over_a_trial_is_told() {
    let home = folder();
    let mut workspace = open(home.path(), &sample());
    let mut experiment = workspace.settings().experiment.clone();
    experiment.choose.clear();
    experiment.features = Some(vec!["bm25".to_owned(), "rank".to_owned()]);
    experiment.training.epochs = 1;
    let request =
        StudyRequest { kind: StudyKind::CrossValidation, experiment, folds: 2, seeds: 1, ..Default::default() };
    workspace.apply(StudiesAction::Start(Box::new(request)));
    wait(&mut workspace, "the study", |workspace| !workspace.is_busy());
    let study = workspace.studies().known()[0].path.clone();
    let trials = fs::read_dir(study.join("trials")).expect("trials");
    let trial = trials.flatten().next().expect("a trial").path();
    fs::remove_file(trial.join("trial.json")).expect("it was finished");
    abandon(&trial);
    workspace.apply(StudiesAction::Resume(study));
    wait(&mut workspace, "the notice", |workspace| is_told(workspace, &trial));
    wait(&mut workspace, "the end", |workspace| !workspace.is_busy());
    assert!(trial.join("trial.json").exists());
}
