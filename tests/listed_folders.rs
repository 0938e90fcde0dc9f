//! Runs and studies in other folders: listed, but never changed.

use crate::cli::{errors, folder, object, program, sample};
use crate::workspace::{open, wait};
use crossrank::train::{RunFolder, RunRecord};
use crossrank::workspace::{RunsAction, Settings, SettingsAction, Store, StudiesAction, TrainingAction};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of another person: a run, and a study with one trial.
fn colleague(home: &Path) -> PathBuf {
    let folder = home.join("colleague");
    let record = |name: &str| RunRecord { name: name.to_owned(), started: 7, ..RunRecord::default() };
    RunFolder::create(&folder.join("a-run"), &record("a-run")).expect("written");
    let study = folder.join("deep/a-study");
    let trial = study.join("trials/base,fold-1,seed-1");
    RunFolder::create(&trial, &record("base,fold-1,seed-1")).expect("written");
    fs::write(trial.join("trial.json"), "{}").expect("written");
    folder
}

fn names(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        found.push(entry.path());
        if entry.path().is_dir() {
            found.extend(names(&entry.path()));
        }
    }
    found.sort();
    found
}

#[test]
fn the_window_lists_an_added_folder_and_changes_nothing_in_it() {
    let home = folder();
    let colleague = colleague(home.path());
    let before = names(&colleague);
    let mut workspace = open(&home.path().join("own"), &sample());
    workspace.apply(SettingsAction::SetFolders(vec![colleague.clone(), home.path().join("nothing")]));
    assert_eq!(workspace.settings().folders, std::slice::from_ref(&colleague), "what does not exist is not added");
    assert!(workspace.messages().iter().any(|message| message.text.starts_with("Not a folder: ")));
    wait(&mut workspace, "the list", |workspace| {
        workspace.experiments().runs().len() == 2 && workspace.studies().known().len() == 1
    });
    let study = workspace.studies().known()[0].clone();
    assert_eq!((study.name().as_str(), study.trials, study.is_own), ("a-study", 1, false));
    assert!(workspace.runs().known().is_empty(), "the Runs panel has only our own");

    workspace.apply(RunsAction::Delete(colleague.join("a-run")));
    workspace.apply(StudiesAction::Delete(study.path.clone()));
    workspace.apply(StudiesAction::Resume(study.path.clone()));
    workspace.apply(TrainingAction::Resume(colleague.join("a-run")));
    let refused = workspace.messages().iter().filter(|message| message.text.contains("only listed")).count();
    assert_eq!(refused, 2, "{:?}", workspace.messages());

    workspace.apply(SettingsAction::SetFolders(Vec::new()));
    wait(&mut workspace, "the list", |workspace| workspace.experiments().runs().is_empty());
    assert_eq!(names(&colleague), before);
}

#[test]
fn the_command_line_lists_the_same_folders_or_those_given() {
    let home = folder();
    let colleague = colleague(home.path());
    let listed = |arguments: &[&str]| {
        object(&program(home.path()).args(arguments).arg("--json").output().expect("the program runs"))
    };
    assert_eq!((&listed(&["runs"])["runs"], &listed(&["studies"])["studies"]), (&0.into(), &serde_json::json!([])));
    let given = listed(&["studies", &colleague.display().to_string()]);
    assert_eq!(given["studies"][0]["name"], "a-study");
    assert_eq!((&given["studies"][0]["state"], &given["studies"][0]["trials"]), (&"unfinished".into(), &1.into()));

    let settings = Settings { folders: vec![colleague.clone()], ..Settings::default() };
    Store::at(home.path()).save_settings(&settings).expect("written");
    assert_eq!(listed(&["runs"])["runs"], 2);
    assert_eq!(listed(&["studies"])["studies"].as_array().map(Vec::len), Some(1));
    let none = program(home.path()).args(["studies", "/no/such/folder"]).output().expect("the program runs");
    assert!(errors(&none).trim_end().ends_with(": /no/such/folder"), "{}", errors(&none));
}
