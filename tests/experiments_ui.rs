//! The experiments panel: driven by accessible names, and drawn for the README.

use crossrank::app::{App, Panel, RunsView, Shot, headless, settle};
use crossrank::study::runs::{Column, RunTable};
use crossrank::train::{Preset, RunFolder, RunRecord};
use crossrank::workspace::{
    MessageAction, RunsAction, SettingsAction, Store, StudiesAction, StudyKind, StudyRequest, TrainingAction,
};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::Path;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The panel alone over runs trained on the sample: each k and layers with this many seeds.
fn trained(home: &Path, grid: &[(usize, usize)], seeds: u64, epochs: usize) -> Harness<'static, App> {
    let shot = Shot {
        panel: Some(Panel::Experiments),
        size: [1480.0, 900.0],
        ..Shot::of(Path::new(ROOT).join("datasets/stamps-and-places"))
    };
    let mut harness = headless(&shot, Store::at(home));
    settle(&mut harness).expect("the sample opens");
    for &(k, layers) in grid {
        for seed in 1..=seeds {
            let workspace = harness.state_mut().workspace_mut();
            let mut experiment = workspace.settings().experiment.clone();
            (experiment.graph.k, experiment.model.conv_layers) = (k, layers);
            (experiment.training.seed, experiment.training.epochs) = (seed, epochs);
            experiment.training.learning_rate = 5e-3;
            workspace.apply(SettingsAction::SetExperiment(Box::new(experiment)));
            workspace.apply(TrainingAction::Start);
            while workspace.is_busy() {
                workspace.poll();
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
        }
    }
    settle(&mut harness).expect("at rest");
    harness
}

fn rows(harness: &Harness<'_, App>) -> usize {
    harness.state().workspace().experiments().entries().len()
}

#[test]
fn runs_are_filtered_grouped_chosen_and_compared() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = trained(home.path(), &[(5, 1), (12, 1)], 2, 2);
    assert_eq!(rows(&harness), 4);
    harness.check_accessibility();

    harness.get_by_label("Filter runs").focus();
    harness.step();
    harness.get_by_label("Filter runs").type_text("k=12");
    harness.run_steps(3);
    assert_eq!(rows(&harness), 2);
    harness.get_by_label("Clear filter").click();
    harness.run_steps(3);
    assert_eq!(rows(&harness), 4);

    harness.get_by_label("Group seeds").click();
    harness.run_steps(3);
    assert_eq!(rows(&harness), 2, "two seeds make one row");
    for number in [0, 1] {
        harness.get_all_by_label_contains("Select k ").nth(number).expect("a box").click();
        harness.run_steps(2);
    }
    settle(&mut harness).expect("the runs are read");
    assert_eq!(harness.state().workspace().experiments().chosen().len(), 4);

    harness.get_by_label("Compare").click();
    harness.run_steps(2);
    settle(&mut harness).expect("the runs are read");
    harness.check_accessibility();
    let before = harness.state().workspace().session().expect("a session").query();
    // Greatest gain first: the first bar in sight is not always another query's.
    let shown = harness.state().workspace().session().expect("a session").data.dataset.queries[before].text.clone();
    let other =
        |bar: &egui_kittest::Node<'_>| bar.accesskit_node().label().is_some_and(|label| !label.contains(&shown));
    harness.get_all_by_label_contains("Query ").find(other).expect("another query").click();
    settle(&mut harness).expect("pictures load");
    assert_ne!(harness.state().workspace().session().expect("a session").query(), before);
    assert!(harness.get_all_by_label_contains("Right side,").count() > 3, "the query's rankings are shown");

    for view in ["Curves", "Parameters", "Heat map"] {
        harness.get_by_label(view).click();
        settle(&mut harness).expect("at rest");
        harness.check_accessibility();
        harness.get_by_label("Save plot…").click();
        harness.run_steps(3);
        let path = home.path().join(format!("{view}.svg"));
        let field = harness.get_by_label("Plot path");
        field.focus();
        harness.run_steps(2);
        harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::A);
        harness.run_steps(2);
        harness.get_by_label("Plot path").type_text(&path.display().to_string());
        harness.run_steps(2);
        harness.check_accessibility();
        harness.get_by_label("Save").click();
        settle(&mut harness).expect("at rest");
        assert!(path.is_file(), "{view}: {:?}", harness.state().workspace().messages());
    }
}

#[test]
fn the_table_is_navigated_and_opened_by_keys() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = trained(home.path(), &[(5, 1), (12, 1)], 1, 2);
    let opened = |harness: &Harness<'_, App>| {
        harness.state().workspace().training().run().map(|run| run.record.experiment.graph.k)
    };
    assert_eq!(opened(&harness), Some(12));
    harness.get_by_label("Runs").focus();
    harness.run_steps(2);
    harness.key_press(egui::Key::ArrowDown);
    harness.run_steps(2);
    harness.key_press(egui::Key::Space);
    harness.run_steps(2);
    let chosen = harness.state().workspace().experiments().chosen().to_vec();
    assert_eq!(chosen.len(), 1, "Space chooses the row");
    harness.key_press(egui::Key::Enter);
    harness.run_steps(2);
    settle(&mut harness).expect("the run opens");
    assert_eq!(opened(&harness), Some(5), "Enter opens the second row");
}

#[test]
fn screenshots_of_many_runs() {
    let home = tempfile::tempdir().expect("a folder");
    let grid: Vec<(usize, usize)> = [1, 2, 3].iter().flat_map(|&layers| [3, 10, 25].map(|k| (k, layers))).collect();
    let mut harness = trained(home.path(), &grid, 2, 12);
    let experiments = harness.state().workspace().experiments();
    let chosen: Vec<_> = experiments.runs().iter().take(5).map(|run| run.saved.path.clone()).collect();
    harness.state_mut().workspace_mut().apply(RunsAction::Choose(chosen));
    let grouped = RunTable { grouped: true, sort: Column::ValidationMap, ..RunTable::default() };
    for (view, name) in [
        (RunsView::Curves, "runs-dark.png"),
        (RunsView::Parameters, "parameters-dark.png"),
        (RunsView::HeatMap, "heat-map-dark.png"),
        (RunsView::Compare, "compare-dark.png"),
    ] {
        harness.state_mut().show_runs_as(view);
        if view == RunsView::Compare {
            harness.state_mut().workspace_mut().apply(SettingsAction::SetRunTable(Box::new(grouped.clone())));
        }
        settle(&mut harness).expect("at rest");
        harness.render().expect("a picture").save(Path::new(ROOT).join("screenshots").join(name)).expect("written");
    }
    let workspace = harness.state_mut().workspace_mut();
    // The preset as it is, with all its epochs.
    let experiment = Preset::Best.experiment();
    let request = StudyRequest { kind: StudyKind::Ablation, experiment, folds: 1, seeds: 1, ..StudyRequest::default() };
    workspace.apply(StudiesAction::Start(Box::new(request)));
    while workspace.is_busy() {
        workspace.poll();
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(workspace.studies().known().iter().any(|study| study.result.is_some()), "{:?}", workspace.messages());
    harness.state_mut().show_only(Panel::Studies);
    settle(&mut harness).expect("at rest");
    while !harness.state().workspace().messages().is_empty() {
        harness.state_mut().workspace_mut().apply(MessageAction::Dismiss(0));
    }
    settle(&mut harness).expect("at rest");
    harness.check_accessibility();
    let picture = harness.render().expect("a picture");
    picture.save(Path::new(ROOT).join("screenshots/ablation-dark.png")).expect("written");
}

#[test]
fn a_folder_of_runs_is_added_by_its_path_and_removed_from_the_list() {
    let (home, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let record = RunRecord { name: "theirs".to_owned(), started: 7, ..RunRecord::default() };
    RunFolder::create(&other.path().join("theirs"), &record).expect("written");
    let mut harness = trained(home.path(), &[], 1, 1);
    harness.get_by_label("Add folder…").click();
    harness.run_steps(3);
    harness.get_by_label("Path").type_text(&other.path().display().to_string());
    harness.run_steps(3);
    harness.get_by_label("Open").click();
    settle(&mut harness).expect("at rest");
    let runs = |harness: &Harness<'_, App>| harness.state().workspace().experiments().runs().len();
    assert_eq!(runs(&harness), 1);
    harness.get_by_label("Folders").click();
    harness.run_steps(3);
    harness.get_by_label(&format!("Remove {} from the list", other.path().display())).click();
    settle(&mut harness).expect("at rest");
    assert_eq!(runs(&harness), 0);
    assert!(other.path().join("theirs/run.json").is_file());
}
