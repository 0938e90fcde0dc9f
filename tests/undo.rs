//! Undo and redo in sessions without a window, and the trash of deleted runs.

use crate::workspace::{open, wait};
use crossrank::study::runs::RunTable;
use crossrank::train::Experiment;
use crossrank::workspace::{
    Action, DataAction, GraphLook, HistoryAction, QuerySort, RunsAction, SelectionAction, SettingsAction, Store,
    StudiesAction, ThemeChoice, TrainingAction, Workspace,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");

/// Longer than changes may lie apart to be one step.
const PAUSE: Duration = Duration::from_millis(1100);

fn edited(workspace: &Workspace, edit: impl FnOnce(&mut Experiment)) -> SettingsAction {
    let mut experiment = workspace.settings().experiment.clone();
    edit(&mut experiment);
    SettingsAction::SetExperiment(Box::new(experiment))
}

fn set_k(workspace: &mut Workspace, k: usize) {
    let action = edited(workspace, |experiment| experiment.graph.k = k);
    workspace.apply(action);
}

fn notice(workspace: &Workspace) -> &str {
    workspace.messages().last().map_or("", |message| message.text.as_str())
}

fn undo(workspace: &mut Workspace) -> String {
    workspace.apply(HistoryAction::Undo);
    notice(workspace).to_owned()
}

fn redo(workspace: &mut Workspace) -> String {
    workspace.apply(HistoryAction::Redo);
    notice(workspace).to_owned()
}

/// A session without a data set.
fn empty(home: &Path) -> Workspace {
    Workspace::new(Store::at(home))
}

/// Every file below a folder with its bytes.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder").flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path => {
                    let bytes = std::fs::read(&path).expect("a file");
                    found.insert(path.strip_prefix(folder).expect("it lies within").to_owned(), bytes);
                }
            }
        }
    }
    found
}

fn rest(workspace: &mut Workspace) {
    wait(workspace, "rest", |workspace| !workspace.is_busy());
}

#[test]
fn changes_of_every_kind_are_taken_back_in_order_and_brought_again() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = empty(home.path());
    let begin = workspace.settings().clone();
    set_k(&mut workspace, 12);
    workspace.apply(SettingsAction::SetTheme(ThemeChoice::Light));
    workspace.apply(SettingsAction::SetQuerySort(QuerySort::Gain));
    let mut encoder = workspace.settings().encoder.clone();
    encoder.stage = 3;
    workspace.apply(SettingsAction::SetEncoder(Box::new(encoder)));
    workspace.apply(SettingsAction::SetGraphLook(GraphLook { edges: false, ..GraphLook::default() }));
    workspace
        .apply(SettingsAction::SetRunTable(Box::new(RunTable { filter: "k=12".to_owned(), ..RunTable::default() })));
    let end = workspace.settings().clone();
    let names = [
        "runs: filter k=12",
        "graph: edges off",
        "encoder: stage 3",
        "queries by greatest gain first",
        "light theme",
        "12 neighbours",
    ];
    for name in names {
        assert_eq!(undo(&mut workspace), format!("Undid: {name}"));
    }
    assert_eq!(*workspace.settings(), begin);
    assert!(workspace.history().is_empty());
    for name in names.into_iter().rev() {
        assert_eq!(redo(&mut workspace), format!("Redid: {name}"));
    }
    assert_eq!(*workspace.settings(), end);
    assert!(workspace.history().next_redo().is_none());
}

#[test]
fn rapid_changes_of_one_setting_are_one_step_and_others_are_not() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = empty(home.path());
    let begin = workspace.settings().experiment.clone();
    for k in 11..=30 {
        set_k(&mut workspace, k);
    }
    assert_eq!(workspace.history().len(), 1);
    let action = edited(&workspace, |experiment| experiment.model.dropout = 0.3);
    workspace.apply(action);
    assert_eq!(workspace.history().len(), 2, "another setting is another step");
    assert_eq!(undo(&mut workspace), "Undid: dropout 0.3");
    assert_eq!(undo(&mut workspace), "Undid: 30 neighbours");
    assert_eq!(workspace.settings().experiment, begin);

    set_k(&mut workspace, 11);
    std::thread::sleep(PAUSE);
    set_k(&mut workspace, 12);
    assert_eq!(workspace.history().len(), 2, "after a pause it is another step");
    workspace.apply(HistoryAction::Hold(true));
    set_k(&mut workspace, 13);
    std::thread::sleep(PAUSE);
    set_k(&mut workspace, 14);
    workspace.apply(HistoryAction::Hold(false));
    assert_eq!(workspace.history().len(), 2, "a slider that is held is one step, however long it takes");
    undo(&mut workspace);
    assert_eq!(workspace.settings().experiment.graph.k, 11);
}

#[test]
fn a_change_that_comes_back_to_where_it_was_is_no_step() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = empty(home.path());
    let k = workspace.settings().experiment.graph.k;
    set_k(&mut workspace, k);
    assert!(workspace.history().is_empty(), "nothing changed");
    set_k(&mut workspace, k + 1);
    set_k(&mut workspace, k);
    assert!(workspace.history().is_empty());
}

#[test]
fn a_new_change_clears_what_could_be_redone_and_other_actions_do_not() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = empty(home.path());
    set_k(&mut workspace, 12);
    undo(&mut workspace);
    workspace.apply(SelectionAction::Candidate(None));
    workspace.apply(SettingsAction::SetPanels(Some(serde_json::json!({}))));
    assert!(workspace.history().next_redo().is_some(), "neither selection nor layout is a step");
    assert!(workspace.history().is_empty());
    workspace.apply(SettingsAction::SetTheme(ThemeChoice::Light));
    assert!(workspace.history().next_redo().is_none());
    redo(&mut workspace);
    assert_ne!(workspace.settings().experiment.graph.k, 12);
}

#[test]
fn the_number_of_steps_is_bounded() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = empty(home.path());
    for turn in 0..300 {
        set_k(&mut workspace, 2 + turn % 7);
        let sort = if turn % 2 == 0 { QuerySort::Gain } else { QuerySort::Loss };
        workspace.apply(SettingsAction::SetQuerySort(sort));
    }
    assert_eq!(workspace.history().len(), 200);
}

#[test]
fn vectors_are_chosen_back_and_forgotten_with_their_data_set() {
    let home = tempfile::tempdir().expect("a folder");
    let set = crate::embedding_sessions::sample_with_two(home.path());
    let mut workspace = open(home.path(), set.to_str().expect("a path"));
    let names = |workspace: &Workspace| workspace.session().expect("a session").data.vector_names.clone();
    let before = names(&workspace);
    workspace.apply(DataAction::ChooseVectors(vec!["embeddings-b".to_owned()]));
    rest(&mut workspace);
    assert_eq!(names(&workspace), ["embeddings-b"]);
    assert_eq!(undo(&mut workspace), "Undid: vectors embeddings-b");
    rest(&mut workspace);
    assert_eq!(names(&workspace), before);
    redo(&mut workspace);
    rest(&mut workspace);
    assert_eq!(names(&workspace), ["embeddings-b"]);
    let signals = edited(&workspace, |experiment| experiment.features = Some(vec!["no such signal".to_owned()]));
    workspace.apply(signals);
    set_k(&mut workspace, 17);

    workspace.apply(DataAction::Open(SAMPLE.into()));
    rest(&mut workspace);
    assert_eq!(workspace.history().len(), 1, "{:?}", workspace.history());
    undo(&mut workspace);
    let experiment = &workspace.settings().experiment;
    assert_eq!(
        (experiment.features.clone(), experiment.graph.k),
        (None, 10),
        "no step asks for signals of the other set"
    );
}

/// A session on the sample with so many short runs.
fn trained(home: &Path, runs: usize) -> Workspace {
    let mut workspace = open(home, SAMPLE);
    let action = edited(&workspace, |experiment| {
        experiment.training.epochs = 2;
        experiment.training.retrain = false;
    });
    workspace.apply(action);
    for _ in 0..runs {
        workspace.apply(TrainingAction::Start);
        rest(&mut workspace);
    }
    workspace
}

#[test]
fn a_deleted_run_comes_back_byte_for_byte_and_is_not_listed_meanwhile() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = trained(home.path(), 2);
    let path = workspace.runs().known()[1].path.clone();
    let before = contents(&path);
    assert!(before.len() >= 3);
    workspace.apply(RunsAction::Delete(path.clone()));
    rest(&mut workspace);
    assert!(!path.exists());
    let listed = |workspace: &Workspace| {
        let known = workspace.runs().known().iter().map(|run| run.path.clone()).collect::<Vec<_>>();
        assert_eq!(known.len(), workspace.experiments().runs().len());
        known
    };
    assert_eq!(listed(&workspace).len(), 1, "the trash is not listed");
    // A new run must not take the name that the deleted one comes back to.
    workspace.apply(TrainingAction::Start);
    rest(&mut workspace);
    assert!(!path.exists());
    assert!(undo(&mut workspace).starts_with("Undid: deletion of "));
    rest(&mut workspace);
    assert_eq!(contents(&path), before);
    assert_eq!(listed(&workspace).len(), 3);
    redo(&mut workspace);
    rest(&mut workspace);
    assert!(!path.exists());
    drop(workspace);
    assert!(contents(&home.path().join("trash")).is_empty(), "the trash is emptied at the end");
}

#[test]
fn a_deleted_study_comes_back_and_another_folder_in_its_place_stays() {
    let home = tempfile::tempdir().expect("a folder");
    let study = home.path().join("studies").join("old-sweep-1");
    std::fs::create_dir_all(&study).expect("a folder");
    let request = serde_json::to_string(&crossrank::workspace::StudyRequest::default()).expect("JSON");
    std::fs::write(study.join("request.json"), &request).expect("written");
    let mut workspace = open(home.path(), SAMPLE);
    assert_eq!(workspace.studies().known().len(), 1);
    workspace.apply(StudiesAction::Delete(study.clone()));
    rest(&mut workspace);
    assert!(workspace.studies().known().is_empty());
    std::fs::create_dir_all(&study).expect("another folder");
    std::fs::write(study.join("mine.txt"), "mine").expect("written");
    workspace.apply(HistoryAction::Undo);
    let told = workspace.messages().iter().any(|message| message.text.contains("a folder of this name exists"));
    assert!(told && study.join("mine.txt").is_file(), "{:?}", workspace.messages());
    std::fs::remove_dir_all(&study).expect("removed");
    assert_eq!(undo(&mut workspace), "Undid: deletion of old-sweep-1", "the step was not lost");
    rest(&mut workspace);
    assert_eq!(std::fs::read_to_string(study.join("request.json")).expect("a file"), request);
    assert_eq!(workspace.studies().known().len(), 1);
}

#[test]
fn what_is_no_run_is_neither_moved_nor_a_step() {
    let home = tempfile::tempdir().expect("a folder");
    let other = home.path().join("runs").join("other");
    std::fs::create_dir_all(&other).expect("a folder");
    let mut workspace = empty(home.path());
    workspace.apply(RunsAction::Delete(other.clone()));
    assert!(other.is_dir() && workspace.history().is_empty());
}

/// Run by the test below in a process of its own: deletes a run and dies without tidying up.
#[test]
fn a_session_that_dies_after_a_deletion() {
    let Some(home) = std::env::var_os("CROSSRANK_TEST_DIES_IN") else { return };
    let mut workspace = trained(Path::new(&home), 1);
    let path = workspace.runs().known()[0].path.clone();
    workspace.apply(RunsAction::Delete(path));
    std::process::abort();
}

#[test]
fn only_the_trash_of_dead_sessions_is_emptied_at_the_next_start() {
    let home = tempfile::tempdir().expect("a folder");
    let trash = home.path().join("trash");
    let mut living = trained(home.path(), 1);
    let path = living.runs().known()[0].path.clone();
    let before = contents(&path);
    living.apply(RunsAction::Delete(path.clone()));
    rest(&mut living);
    let own = contents(&trash).len();

    let died = std::process::Command::new(std::env::current_exe().expect("this program"))
        .args(["undo::a_session_that_dies_after_a_deletion", "--exact"])
        .env("CROSSRANK_TEST_DIES_IN", home.path())
        .output()
        .expect("it starts");
    assert!(!died.status.success(), "it died");
    assert!(contents(&trash).len() > own, "it left its trash behind");

    let mut next = empty(home.path());
    rest(&mut next);
    assert_eq!(contents(&trash).len(), own, "the dead session's trash is gone, the living one's is not");
    drop(next);
    undo(&mut living);
    rest(&mut living);
    assert_eq!(contents(&path), before);
}

#[test]
fn steps_are_plain_data() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = empty(home.path());
    set_k(&mut workspace, 12);
    let step = workspace.history().next_undo().expect("a step").clone();
    assert_eq!(step.name(), "12 neighbours");
    assert!(matches!(&step.back, Action::Settings(SettingsAction::SetExperiment(_))), "{step:?}");
    workspace.apply(step.back.clone());
    assert_eq!(workspace.settings().experiment.graph.k, 10);
}
