//! Where rankings are likely to end, in the window.

use super::{open, save};
use crate::workspace::wait;
use crossrank::app::{App, settle};
use crossrank::dataset::Split;
use crossrank::eval::calibration::Uncalibrated;
use crossrank::workspace::{
    CutOffSettings, DataAction, JudgingAction, Order, QueueKind, SelectionAction, SettingsAction, Store,
    TrainingAction, Verdict, Workspace,
};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use std::path::Path;

#[test]
fn a_trained_ranking_ends_where_the_judged_queries_say_and_its_pictures_after_that_are_pale() {
    let home = tempfile::tempdir().expect("a folder");
    let mut harness = open(home.path());
    let train = |harness: &mut Harness<'_, App>| {
        let mut experiment = harness.state().workspace().settings().experiment.clone();
        experiment.choose.clear();
        experiment.training.epochs = 30;
        harness.state_mut().workspace_mut().apply(SettingsAction::SetExperiment(Box::new(experiment)));
        harness.state_mut().workspace_mut().apply(TrainingAction::Start);
        harness.run_steps(2);
        settle(harness).expect("it trains");
    };
    train(&mut harness);
    let workspace = harness.state().workspace();
    let session = workspace.session().expect("the sample");
    let calibration = workspace.cut_offs().calibration(Order::Model).expect("looked at").expect("enough judgements");
    // 25 of the 33 queries are for training and validation; labels of the others are not looked at.
    assert_eq!((calibration.queries, calibration.images), (25, 2500));
    assert!(calibration.error < 0.1, "{}", calibration.error);
    let model = workspace.cut_offs().of(Order::Model).expect("the current query");
    let ranking = session.ranking(Order::Model).expect("a ranking");
    assert!(model.is_sure && (1..100).contains(&model.end), "{}", model.end);
    let likely = |rank: usize| model.probabilities[ranking.order[rank]];
    assert!(likely(0) > likely(99), "{} {}", likely(0), likely(99));
    let line = format!("Stop after {} of 100", model.end);
    harness.get_by_label_contains(&line).click();
    harness.run_steps(5);
    harness.get_by_label("Precision of what is kept");
    save(&mut harness, "cut-off-dark.png");
    // A stricter list is not longer.
    let before = model_end(&harness);
    harness
        .state_mut()
        .workspace_mut()
        .apply(SettingsAction::SetCutOff(CutOffSettings { precision: 0.5, shown: true }));
    harness.run_steps(3);
    assert!(model_end(&harness) >= before);
    harness
        .state_mut()
        .workspace_mut()
        .apply(SettingsAction::SetCutOff(CutOffSettings { precision: 0.5, shown: false }));
    harness.run_steps(3);
    assert!(harness.state().workspace().cut_offs().of(Order::Model).is_none());
}

fn model_end(harness: &Harness<'_, App>) -> usize {
    harness.state().workspace().cut_offs().of(Order::Model).expect("a cut-off").end
}

#[test]
fn without_judgements_there_is_no_cut_off_and_the_reason_is_said() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = Workspace::new(Store::at(&home.path().join("store")));
    workspace.apply(DataAction::Open(super::unjudged(home.path())));
    wait(&mut workspace, "opening", |workspace| !workspace.is_busy() && workspace.session().is_some());
    let why = workspace.cut_offs().calibration(Order::Initial).expect("looked at").expect_err("no judgement");
    assert_eq!(why, Uncalibrated::TooFew { queries: 0, images: 0 });
    assert!(workspace.cut_offs().of(Order::Initial).is_none());
}

#[test]
fn a_cut_off_that_is_due_in_a_moment_keeps_nobody_waiting_and_comes() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = Workspace::new(Store::at(&home.path().join("store")));
    workspace.apply(DataAction::Open(super::unjudged(home.path())));
    let is_idle = |workspace: &Workspace| !workspace.is_busy();
    wait(&mut workspace, "opening", |workspace| is_idle(workspace) && workspace.session().is_some());
    let splits = workspace.session().expect("a session").splits().to_vec();
    let query = splits.iter().position(|split| *split == Split::Train).expect("a query to learn from");
    workspace.apply(JudgingAction::Open(QueueKind::Query(query)));
    wait(&mut workspace, "the list", |workspace| is_idle(workspace) && workspace.judging().queue().is_some());
    let judge = |positions: Vec<usize>, workspace: &mut Workspace| {
        workspace.apply(JudgingAction::Judge(Verdict { positions, grade: Some(1), unsure: false, ms: None }));
    };
    let images = |workspace: &Workspace| match workspace.cut_offs().calibration(Order::Initial) {
        Some(Err(Uncalibrated::TooFew { images, .. })) => images,
        other => panic!("{other:?}"),
    };
    judge(vec![0], &mut workspace);
    wait(&mut workspace, "the first", |workspace| images(workspace) == 1);
    judge(vec![1, 2], &mut workspace);
    wait(&mut workspace, "the judgements", |workspace| is_idle(workspace) && workspace.cut_offs().is_waiting());
    assert_eq!(images(&workspace), 1);
    wait(&mut workspace, "the second", |workspace| images(workspace) == 3);
    assert!(!workspace.cut_offs().is_waiting());
}

/// A query of the sample's test split is predicted by others: what its own judges say has no part in it.
#[test]
fn the_judgements_of_a_test_query_have_no_part_in_its_cut_off() {
    let home = tempfile::tempdir().expect("a folder");
    let ends = |folder: &Path| {
        let mut workspace = Workspace::new(Store::at(&home.path().join("store")));
        workspace.apply(DataAction::Open(folder.to_owned()));
        wait(&mut workspace, "opening", |workspace| !workspace.is_busy() && workspace.session().is_some());
        let session = workspace.session().expect("a session");
        let test = session.splits().iter().position(|split| *split == crossrank::dataset::Split::Test);
        workspace.apply(SelectionAction::Query(test.expect("a test query")));
        wait(&mut workspace, "looking", |workspace| !workspace.is_busy());
        workspace.cut_offs().of(Order::Text).expect("a cut-off").clone()
    };
    let with = ends(Path::new(super::SAMPLE));
    let without = home.path().join("without");
    copy_without_test_judgements(&without);
    assert_eq!(with, ends(&without));
}

/// The sample without the judgements of its test queries.
fn copy_without_test_judgements(folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    let sample = crossrank::dataset::open(Path::new(super::SAMPLE)).expect("the sample").dataset;
    for entry in std::fs::read_dir(super::SAMPLE).expect("the sample").flatten().filter(|entry| !entry.path().is_dir())
    {
        std::fs::copy(entry.path(), folder.join(entry.file_name())).expect("a copy");
    }
    let is_test = |query: &str| {
        let at = sample.query_index(query).expect("a query of the sample");
        sample.queries[at].split == Some(crossrank::dataset::Split::Test)
    };
    let qrels = std::fs::read_to_string(folder.join("qrels.txt")).expect("judgements");
    let kept: Vec<&str> = qrels.lines().filter(|line| !line.split_whitespace().next().is_some_and(is_test)).collect();
    assert!(kept.len() < qrels.lines().count(), "some were of test queries");
    std::fs::write(folder.join("qrels.txt"), kept.join("\n") + "\n").expect("written");
}
