//! Many runs, without a window: the table, comparisons, studies.

use crate::workspace::wait;
use crossrank::dataset::Split;
use crossrank::eval::{Measure, Measures};
use crossrank::export::run_table;
use crossrank::study::runs::{Column, RunTable};
use crossrank::workspace::{
    DataAction, Pair, RunsAction, SelectionAction, SettingsAction, Side, Store, StudiesAction, StudyKind, StudyRequest,
    TrainingAction, Workspace,
};
use std::path::Path;
use std::time::Duration;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");

fn map(measures: &Measures) -> f64 {
    measures.get(Measure::Map).expect("MAP is measured")
}

/// Trains on the sample for each k and seed.
fn trained(home: &Path, settings: &[(usize, u64)]) -> Workspace {
    let mut workspace = Workspace::new(Store::at(home));
    workspace.apply(DataAction::Open(SAMPLE.into()));
    wait(&mut workspace, "the data set", |workspace| workspace.session().is_some() && !workspace.is_busy());
    for &(k, seed) in settings {
        let mut experiment = workspace.settings().experiment.clone();
        (experiment.graph.k, experiment.training.seed, experiment.training.epochs) = (k, seed, 2);
        workspace.apply(SettingsAction::SetExperiment(Box::new(experiment)));
        workspace.apply(TrainingAction::Start);
        wait(&mut workspace, "training", |workspace| !workspace.training().is_running() && !workspace.is_busy());
    }
    workspace
}

fn names(workspace: &Workspace) -> Vec<String> {
    let experiments = workspace.experiments();
    experiments.entries().iter().map(|entry| entry.name(experiments.runs())).collect()
}

#[test]
fn the_table_sorts_groups_seeds_and_is_copied_as_text() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = trained(home.path(), &[(5, 1), (5, 2), (12, 1)]);
    assert_eq!(workspace.experiments().entries().len(), 3);
    let table = RunTable { sort: Column::Neighbours, ascending: true, ..RunTable::default() };
    workspace.apply(SettingsAction::SetRunTable(Box::new(table.clone())));
    assert!(names(&workspace)[2].ends_with("-3"), "{:?}", names(&workspace));
    workspace.apply(SettingsAction::SetRunTable(Box::new(RunTable { filter: "k=12".to_owned(), ..table.clone() })));
    assert_eq!(names(&workspace).len(), 1);
    workspace.apply(SettingsAction::SetRunTable(Box::new(RunTable { grouped: true, ..table })));
    let experiments = workspace.experiments();
    assert_eq!(experiments.entries().iter().map(|entry| entry.runs.len()).collect::<Vec<_>>(), [2, 1]);
    let facts = experiments.entries()[0].facts(experiments.runs());
    let spread = Column::TestMap.spread(&facts).expect("measures");
    let each: Vec<f64> = facts.iter().map(|run| map(&run.saved.record.test.model)).collect();
    assert!((spread.mean - (each[0] + each[1]) / 2.0).abs() < 1e-12 && spread.n == 2);
    let text = run_table(experiments.runs(), experiments.entries(), &[Column::Neighbours, Column::TestMap]).csv();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "k,Test MAP,Test MAP deviation,runs");
    assert!(lines[1].starts_with("5,") && lines[1].ends_with(",2") && lines[2].starts_with("12,"), "{text}");
}

#[test]
fn runs_are_compared_query_by_query_and_ranked_side_by_side() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = trained(home.path(), &[(5, 1), (5, 2), (12, 1)]);
    let paths: Vec<_> = workspace.experiments().runs().iter().map(|run| run.saved.path.clone()).collect();
    workspace.apply(RunsAction::Choose(paths.clone()));
    let side = |seed: u64, k: usize| {
        let runs = workspace.experiments().runs().iter();
        let matching = runs.filter(|run| {
            run.saved.record.experiment.graph.k == k && run.saved.record.experiment.training.seed <= seed
        });
        Side::Runs(matching.map(|run| run.saved.path.clone()).collect())
    };
    let pair = Pair { a: side(2, 5), b: side(1, 12), split: Some(Split::Test), measure: Measure::Map };
    workspace.apply(RunsAction::Compare(Some(Box::new(pair.clone()))));
    let is_ready = |workspace: &Workspace| {
        let experiments = workspace.experiments();
        experiments.figures().is_some() && experiments.rankings().iter().all(Option::is_some)
    };
    wait(&mut workspace, "the comparison", is_ready);
    let experiments = workspace.experiments();
    let compared = experiments.figures().expect("a comparison").as_ref().expect("comparable").clone();
    let mean = |k: usize| {
        let runs = experiments.runs().iter().filter(|run| run.saved.record.experiment.graph.k == k);
        let maps: Vec<f64> = runs.map(|run| map(&run.saved.record.test.model)).collect();
        maps.iter().sum::<f64>() / maps.len() as f64
    };
    assert!((compared.a - mean(5)).abs() < 1e-9, "{} differs from the runs' own {}", compared.a, mean(5));
    assert!((compared.b - mean(12)).abs() < 1e-9);
    assert_eq!(compared.test.wins + compared.test.ties + compared.test.losses, compared.queries.len());
    assert!(compared.queries.windows(2).all(|pair| pair[0].delta() >= pair[1].delta()), "greatest gain first");

    // The average precision of the ranking shown is the value of the bar that was clicked.
    let bar = compared.queries.iter().find(|query| query.delta().abs() > 1e-6).expect("the runs differ").clone();
    workspace.apply(SelectionAction::Query(bar.query.expect("a query of the open set")));
    workspace.poll();
    let [_, b] = workspace.experiments().rankings();
    let b = b.as_ref().expect("read").as_ref().expect("a ranking");
    assert!((map(&b.measures) - bar.b).abs() < 1e-9, "{} against {}", map(&b.measures), bar.b);

    let text = Pair { b: Side::Text, ..pair };
    workspace.apply(RunsAction::Compare(Some(Box::new(text))));
    wait(&mut workspace, "the comparison with the text", is_ready);
    let experiments = workspace.experiments();
    let against = experiments.figures().expect("a comparison").as_ref().expect("comparable");
    assert!((against.b - map(&experiments.runs()[0].saved.record.test.text)).abs() < 1e-9);
    assert_eq!(against.queries.len(), compared.queries.len());
}

/// A small study of this kind.
fn study(workspace: &Workspace, kind: StudyKind, folds: usize) -> StudyRequest {
    let mut experiment = workspace.settings().experiment.clone();
    experiment.features = Some(vec!["bm25".to_owned(), "rank".to_owned()]);
    experiment.training.epochs = 1;
    StudyRequest { kind, experiment, folds, seeds: 1, values: "graph.k = 3, 9".to_owned(), ..StudyRequest::default() }
}

#[test]
fn an_ablation_is_run_shown_and_compared_with_its_first_row() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = trained(home.path(), &[(5, 1)]);
    let request = study(&workspace, StudyKind::Ablation, 2);
    workspace.apply(StudiesAction::Start(Box::new(request)));
    assert!(workspace.studies().running().is_some(), "{:?}", workspace.messages());
    wait(&mut workspace, "the study", |workspace| !workspace.is_busy());
    let study = &workspace.studies().known()[0];
    let result = study.result.as_ref().expect("a result");
    assert_eq!((result.kind.as_str(), result.folds, result.seeds), ("ablation", Some(2), 1));
    assert_eq!((result.rows[0].name.as_str(), result.rows[0].trials.len()), ("full", 2));
    let row = result.rows.iter().find(|row| row.name == "without edges").expect("a row");
    let change = row.against.get(Measure::Map).expect("a change of MAP");
    let means = [&row.test, &result.rows[0].test].map(|spreads| spreads.get(Measure::Map).expect("a mean").mean);
    assert!((change.delta - (means[0] - means[1])).abs() < 1e-9, "{change:?} of {means:?}");
    assert_eq!(change.wins + change.ties + change.losses, change.queries);

    // Its trials are in the run table, but not in the list of runs trained individually.
    assert_eq!(workspace.runs().known().len(), 1);
    let name = study.name();
    let trials = workspace.experiments().runs().iter().filter(|run| run.study.as_deref() == Some(name.as_str()));
    assert_eq!(trials.count(), study.trials);

    // Each query is tested in one of the folds, so the comparison covers all of them.
    let pair = Pair {
        a: Side::Runs(row.trials.clone()),
        b: Side::Runs(result.rows[0].trials.clone()),
        split: Some(Split::Test),
        measure: Measure::Map,
    };
    workspace.apply(RunsAction::Compare(Some(Box::new(pair))));
    wait(&mut workspace, "the comparison", |workspace| {
        let experiments = workspace.experiments();
        experiments.figures().is_some() && experiments.rankings().iter().all(Option::is_some)
    });
    let experiments = workspace.experiments();
    let compared = experiments.figures().expect("a comparison").as_ref().expect("comparable");
    assert_eq!(compared.queries.len(), change.queries);
    assert!((compared.a - compared.b - change.delta).abs() < 1e-9);
    let session = workspace.session().expect("a session");
    let id = session.data.dataset.queries[session.query()].id.as_str();
    let bar = compared.queries.iter().find(|query| query.id == id).expect("the current query");
    let ranking = experiments.rankings()[0].as_ref().expect("read").as_ref().expect("a ranking");
    assert!(
        (map(&ranking.measures) - bar.a).abs() < 1e-9,
        "the ranking shown is that of the fold that tested the query"
    );
}

#[test]
fn a_cancelled_study_resumes_where_it_stopped() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = trained(home.path(), &[]);
    let mut request = study(&workspace, StudyKind::Sweep, 1);
    request.values = "graph.k = 3, 9, 12\nmodel.conv_layers = 1, 2".to_owned();
    assert_eq!(request.configurations().expect("a sweep"), 6);
    workspace.apply(StudiesAction::Start(Box::new(request)));
    wait(&mut workspace, "a trial", |workspace| {
        workspace.studies().progress().is_none_or(|(progress, _)| progress.done >= 1)
    });
    workspace.apply(StudiesAction::Cancel);
    wait(&mut workspace, "the end", |workspace| !workspace.is_busy());
    let study = workspace.studies().known()[0].clone();
    assert!(study.trials >= 1);
    workspace.apply(StudiesAction::Resume(study.path.clone()));
    wait(&mut workspace, "the rest", |workspace| !workspace.is_busy());
    let study = &workspace.studies().known()[0];
    assert_eq!((study.trials, study.result.as_ref().map(|result| result.rows.len())), (6, Some(6)));
    let rows = &study.result.as_ref().expect("a result").rows;
    let maps: Vec<f64> = rows.iter().map(|row| row.validation.get(Measure::Map).expect("a mean").mean).collect();
    assert!(maps.windows(2).all(|pair| pair[0] >= pair[1]), "the best on validation first: {maps:?}");
    let path = study.path.clone();
    workspace.apply(StudiesAction::Delete(path.clone()));
    wait(&mut workspace, "the list", |workspace| !workspace.is_busy());
    assert!(workspace.studies().known().is_empty() && !path.exists());
}

#[test]
fn invalid_sweep_values_are_rejected_before_anything_is_written() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = trained(home.path(), &[]);
    let mut request = study(&workspace, StudyKind::Sweep, 1);
    request.values = "graph.kk = 3".to_owned();
    assert!(request.configurations().is_err_and(|error| error.to_string().contains("graph.kk")));
    workspace.apply(StudiesAction::Start(Box::new(request)));
    wait(&mut workspace, "the message", |workspace| !workspace.is_busy());
    assert!(workspace.messages()[0].text.contains("graph.kk"), "{:?}", workspace.messages());
    assert!(!home.path().join("studies").exists());
}

#[test]
fn a_run_stopped_by_opening_another_data_set_is_listed_once_it_is_written() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = trained(home.path(), &[]);
    let mut experiment = workspace.settings().experiment.clone();
    (experiment.training.epochs, experiment.training.patience) = (4000, None);
    workspace.apply(SettingsAction::SetExperiment(Box::new(experiment)));
    workspace.apply(TrainingAction::Start);
    wait(&mut workspace, "an epoch", |workspace| workspace.training().run().is_some_and(|run| !run.history.is_empty()));
    workspace.apply(DataAction::Open(SAMPLE.into()));
    wait(&mut workspace, "the run", |workspace| {
        !workspace.is_busy() && workspace.runs().known().first().is_some_and(|run| !run.record.test.model.is_empty())
    });
    assert_eq!(workspace.runs().known().len(), 1);
}

#[test]
fn a_pause_does_not_count_as_working_time() {
    let job: crossrank::jobs::Job<(), ()> = crossrank::jobs::Job::spawn("idle", std::sync::Arc::new(|| {}), |worker| {
        while !worker.is_cancelled() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    });
    job.pause(true);
    std::thread::sleep(Duration::from_millis(120));
    assert!(job.elapsed() - job.worked() >= Duration::from_millis(110), "while paused");
    job.pause(false);
    let paused = job.elapsed() - job.worked();
    std::thread::sleep(Duration::from_millis(50));
    assert!((job.elapsed() - job.worked()).abs_diff(paused) < Duration::from_millis(5), "after resuming");
}
