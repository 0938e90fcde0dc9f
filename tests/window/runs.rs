//! A person's own words on runs, their columns and filters, comparing what is ticked, exporting.

use super::SAMPLE;
use crate::workspace::wait;
use crossrank::app::{App, Panel, RunsView, settle};
use crossrank::study::runs::{Column, Filter, RunLabel, RunTable, SavedRun};
use crossrank::train::{RunState, Setting};
use crossrank::workspace::{
    DataAction, ExportAction, HistoryAction, RunsAction, SettingsAction, Side, TrainingAction, Workspace,
};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::path::{Path, PathBuf};

/// Trains a short run for each k.
fn train(workspace: &mut Workspace, ks: &[usize]) {
    for &k in ks {
        let mut experiment = workspace.settings().experiment.clone();
        (experiment.graph.k, experiment.training.epochs, experiment.training.retrain) = (k, 2, false);
        workspace.apply(SettingsAction::SetExperiment(Box::new(experiment)));
        workspace.apply(TrainingAction::Start);
        wait(workspace, "training", |workspace| !workspace.training().is_running() && !workspace.is_busy());
    }
}

fn trained(home: &Path, ks: &[usize]) -> Workspace {
    let mut workspace = crate::workspace::open(home, SAMPLE);
    train(&mut workspace, ks);
    workspace
}

fn paths(workspace: &Workspace) -> Vec<PathBuf> {
    workspace.experiments().runs().iter().map(|run| run.saved.path.clone()).collect()
}

fn label() -> RunLabel {
    RunLabel {
        name: "My baseline".to_owned(),
        note: "With fewer neighbours".to_owned(),
        tags: RunLabel::tags_in("paper, good,paper"),
    }
}

#[test]
fn a_label_is_saved_beside_the_run_and_undone_and_leaves_the_run_as_it_was() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = trained(home.path(), &[5]);
    let run = paths(&workspace)[0].clone();
    let bytes = || ["run.json", "model.safetensors"].map(|file| std::fs::read(run.join(file)).expect("a file"));
    let before = bytes();
    workspace.apply(RunsAction::SetLabel { run: run.clone(), label: label() });
    let shown = workspace.experiments().run(&run).expect("the run");
    assert_eq!((shown.name(), shown.saved.label.tags.len()), ("My baseline", 2));
    assert_eq!(SavedRun::read(&run).expect("a run").label, label());
    assert!(bytes() == before);
    workspace.apply(HistoryAction::Undo);
    assert_eq!(SavedRun::read(&run).expect("a run").label, RunLabel::default());
    assert!(!run.join("label.json").exists());
    workspace.apply(HistoryAction::Redo);
    assert_eq!(workspace.experiments().run(&run).expect("the run").saved.label, label());
    std::fs::write(run.join("label.json"), "{").expect("written");
    assert!(SavedRun::read(&run).is_ok_and(|run| run.label == RunLabel::default()), "a damaged label hides no run");
}

#[test]
fn runs_are_found_by_name_tag_and_note_and_show_them_in_columns() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = trained(home.path(), &[5, 12]);
    let run = paths(&workspace)[1].clone();
    workspace.apply(RunsAction::SetLabel { run: run.clone(), label: label() });
    let runs = workspace.experiments().runs();
    for filter in ["tag=paper", "tag=x,good", "baseline", "fewer", "name=\"my baseline\"", "tag!=x tag=good"] {
        let found = Filter::read(filter, runs).expect(filter);
        let found: Vec<&PathBuf> = runs.iter().filter(|run| found.matches(run)).map(|run| &run.saved.path).collect();
        assert_eq!(found, [&run], "{filter}");
    }
    let others = Filter::read("tag!=good", runs).expect("a filter");
    assert_eq!(runs.iter().filter(|run| others.matches(run)).count(), 1);
    let cells = [Column::Name, Column::Tags, Column::Note].map(|column| column.cell(&[&runs[1]]).text);
    assert_eq!(cells, ["My baseline", "good, paper", "With fewer neighbours"]);
}

#[test]
fn every_setting_can_be_a_column() {
    let home = tempfile::tempdir().expect("a folder");
    let workspace = trained(home.path(), &[5]);
    let run = &workspace.experiments().runs()[0];
    let columns: Vec<Column> = Column::settings().collect();
    let fixed = [Column::Model, Column::Neighbours, Column::Layers, Column::Loss, Column::LearningRate, Column::Seed];
    assert_eq!(columns.len() + fixed.len(), Setting::all().count());
    for &column in &columns {
        assert_eq!(Column::find(&column.id()), Ok(column));
        let path = column.id();
        let setting = Setting::find(&path).expect("a setting");
        let shown = column.cell(&[run]).text;
        let is_shown = setting.matters(&run.saved.record.experiment) && run.parameters.get(&path).is_some();
        assert_eq!(!shown.is_empty(), is_shown, "{path}: {shown}");
    }
    assert_eq!(Column::find("dropout"), Ok(Column::Setting("model.dropout")));
    let table = RunTable { shown: vec![Column::Setting("model.dropout")], ..RunTable::default() };
    let shown = table.columns();
    assert_eq!(shown.len(), Column::ALL.len() + 1);
    let at = |column: Column| shown.iter().position(|known| *known == column);
    assert!(
        at(Column::Signals) < at(Column::Setting("model.dropout"))
            && at(Column::Setting("model.dropout")) < at(Column::Seed)
    );
    let text = serde_json::to_string(&table).expect("settings");
    assert_eq!(serde_json::from_str::<RunTable>(&text).expect("settings"), table);
    let old: RunTable =
        serde_json::from_str(r#"{"sort":"test_map","hidden":["learning_rate"]}"#).expect("old settings");
    assert_eq!((old.sort, &old.hidden[..]), (Column::TestMap, &[Column::LearningRate][..]));
}

#[test]
fn the_best_epoch_of_a_killed_run_is_shown() {
    let home = tempfile::tempdir().expect("a folder");
    let workspace = trained(home.path(), &[5]);
    let run = paths(&workspace)[0].clone();
    let record = workspace.experiments().runs()[0].saved.record.clone();
    drop(workspace);
    // As it is on disk while it trains: neither best epoch nor measures.
    let mut killed = record.clone();
    (killed.state, killed.best_epoch, killed.seconds_per_epoch) = (RunState::Running, 0, 0.0);
    (killed.validation, killed.test) = Default::default();
    std::fs::write(run.join("run.json"), serde_json::to_string(&killed).expect("a record")).expect("written");
    let read = SavedRun::read(&run).expect("a run").record;
    assert_eq!(read.best_epoch, record.best_epoch);
    assert_eq!(read.validation.model, record.validation.model);
    assert!(read.seconds_per_epoch > 0.0);
}

#[test]
fn two_ticked_runs_are_compared_and_ticking_others_compares_those() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = trained(home.path(), &[5, 8, 12]);
    let runs = paths(&workspace);
    let sides = |workspace: &Workspace| workspace.experiments().pair().map(|pair| (pair.a.clone(), pair.b.clone()));
    let side = |at: usize| Side::Runs(vec![runs[at].clone()]);
    let choose = |workspace: &mut Workspace, chosen: &[usize]| {
        workspace.apply(RunsAction::Choose(chosen.iter().map(|&at| runs[at].clone()).collect()));
        sides(workspace)
    };
    assert_eq!(choose(&mut workspace, &[0]), Some((side(0), Side::Text)));
    assert_eq!(choose(&mut workspace, &[0, 1]), Some((side(0), side(1))));
    assert_eq!(choose(&mut workspace, &[0, 1, 2]), Some((side(0), side(1))), "a comparison of ticked runs stays");
    assert_eq!(choose(&mut workspace, &[1, 2]), Some((side(1), side(2))));
    assert_eq!(choose(&mut workspace, &[]), None);
}

#[test]
fn a_run_is_exported_with_its_judgements() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = trained(home.path(), &[5]);
    let (run, folder) = (paths(&workspace)[0].clone(), home.path().join("out"));
    workspace.apply(ExportAction::SaveRun { run, folder: folder.clone(), adopt: false });
    wait(&mut workspace, "the files", |workspace| !workspace.is_busy());
    for file in ["qrels.txt", "table.csv", "manifest.json", "curves.svg"] {
        assert!(folder.join(file).is_file(), "{file}: {:?}", workspace.messages());
    }
    // Another judgement, added to the open data set.
    let (run, folder) = (paths(&workspace)[0].clone(), home.path().join("other"));
    let session = workspace.session().expect("a session");
    let query = &session.data.dataset.queries[0];
    let image = &session.data.dataset.images[query.candidates[0].image].id;
    let grade = 1 - session.data.judgements.get(0, 0).expect("it is judged").0.min(1);
    let qrels = home.path().join("other.qrels");
    std::fs::write(&qrels, format!("{} 0 {image} {grade}\n", query.id)).expect("written");
    workspace.apply(DataAction::AttachTrec(qrels));
    wait(&mut workspace, "the judgements", |workspace| !workspace.is_busy());
    let mut export = |adopt: bool| {
        workspace.apply(ExportAction::SaveRun { run: run.clone(), folder: folder.clone(), adopt });
        wait(&mut workspace, "the end", |workspace| !workspace.is_busy());
        format!("{:?}", workspace.messages())
    };
    let said = export(false);
    assert!(said.contains("the judgements of the data set are not those") && !folder.exists(), "{said}");
    let said = export(true);
    assert!(folder.join("manifest.json").is_file(), "{said}");
}

#[test]
fn a_runs_menu_loads_its_settings_and_names_it() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = super::open(home.path());
    train(harness.state_mut().workspace_mut(), &[5, 12]);
    harness.state_mut().show_panel(Panel::Runs);
    settle(&mut harness).expect("at rest");
    let menu = |harness: &mut Harness<'_, App>, entry: &str| {
        harness.get_all_by_label_contains("More about").nth(1).expect("the older run").click();
        harness.run_steps(4);
        harness.get_by_label(entry).click();
        harness.run_steps(4);
    };
    menu(&mut harness, "Use these settings");
    assert_eq!(harness.state().workspace().settings().experiment.graph.k, 5);
    harness.state_mut().show_panel(Panel::Runs);
    menu(&mut harness, "Name, note and tags…");
    harness.check_accessibility();
    harness.get_by_label("Name of the run").focus();
    harness.run_steps(2);
    harness.get_by_label("Name of the run").type_text("Few");
    harness.run_steps(3);
    harness.get_by_label("Save").click();
    harness.run_steps(4);
    assert!(harness.get_all_by_label("Few").count() > 0);
    harness.state_mut().show_runs_as(RunsView::Table);
    menu(&mut harness, "Export…");
    assert!(harness.query_by_label("Folder to export to").is_some());
    harness.check_accessibility();
}
