//! Many runs at once, without a window.

use crate::workspace::wait;
use crossrank::dataset::Split;
use crossrank::eval::{Measure, Measures, STANDARD};
use crossrank::train::{Comparison, RunRecord};
use crossrank::workspace::{
    Column, DataAction, Filter, Objective, Pair, ParamValue, Pivot, RunFacts, RunTable, RunsAction, SavedRun,
    SelectionAction, SettingsAction, Side, Store, StudiesAction, StudyKind, StudyRequest, TrainingAction, Workspace,
    asked, csv, date, varying, with_term,
};
use std::path::Path;
use std::time::Duration;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");

/// A run that was never trained, with made-up figures: for what only looks at records.
fn made_up(name: &str, k: usize, layers: usize, seed: u64, map: f64) -> RunFacts {
    let mut record = RunRecord { name: format!("run-{name}"), started: 1_000 + seed, ..RunRecord::default() };
    record.experiment.graph.k = k;
    record.experiment.model.conv_layers = layers;
    record.experiment.training.seed = seed;
    let all = |value| Measures::new(&STANDARD, [value; 5]);
    let figures = |map: f64| Comparison { initial: all(0.1), text: all(0.5), model: all(map) };
    record.validation = figures(map - 0.1);
    record.test = figures(map);
    RunFacts::of(SavedRun { path: Path::new("/runs").join(name), record, resumable: false })
}

fn map(measures: &Measures) -> f64 {
    measures.get(Measure::Map).expect("MAP is measured")
}

fn six() -> Vec<RunFacts> {
    vec![
        made_up("a", 5, 1, 1, 0.60),
        made_up("b", 5, 1, 2, 0.64),
        made_up("c", 10, 1, 1, 0.70),
        made_up("d", 10, 2, 1, 0.80),
        made_up("e", 10, 2, 2, 0.70),
        made_up("f", 20, 2, 1, 0.50),
    ]
}

fn found(filter: &str) -> String {
    let filter = Filter::parse(filter);
    six()
        .iter()
        .filter(|run| filter.matches(run))
        .map(|run| run.saved.record.name.trim_start_matches("run-").to_owned())
        .collect()
}

#[test]
fn the_filter_compares_settings_and_figures_and_looks_for_words() {
    assert_eq!(found(""), "abcdef");
    assert_eq!(found("k=10"), "cde");
    assert_eq!(found("K=10 layers=2"), "de");
    assert_eq!(found("k=5,20"), "abf");
    assert_eq!(found("k=5..10 seed=1"), "acd");
    assert_eq!(found("graph.k!=10"), "abf");
    assert_eq!(found("k>5 k<20"), "cde");
    assert_eq!(found("map>=.7"), "cde");
    assert_eq!(found("test.map=.6...64"), "ab");
    assert_eq!(found("val.map>.6"), "d");
    assert_eq!(found("lr=1e-3 seed<=1"), "acdf");
    assert_eq!(found("bpr run-f"), "f", "words look in settings and in names");
    assert_eq!(found("nonsense=3"), "");
    assert_eq!(found("k="), "", "half a term is a word that no run holds");
}

#[test]
fn a_term_is_put_into_the_line_and_taken_out_again() {
    let line = with_term("best lr<1e-3", "k", Some("10"));
    assert_eq!(line, "best lr<1e-3 k=10");
    assert_eq!(asked(&line, "k").as_deref(), Some("10"));
    assert_eq!(with_term(&line, "k", Some("5,10")), "best lr<1e-3 k=5,10");
    assert_eq!(with_term(&line, "k", None), "best lr<1e-3");
    assert_eq!(with_term("", "signals", Some("two words")), "\"signals=two words\"");
}

#[test]
fn parameters_that_differ_are_found_and_written_as_they_were_set() {
    let runs = six();
    assert_eq!(varying(runs.iter().map(|run| &run.parameters)), ["graph.k", "model.conv_layers", "training.seed"]);
    let dropout = &runs[0].parameters["model.dropout"];
    assert_eq!(*dropout, ParamValue::Number(0.2), "0.2 in 32 bits is still 0.2");
    assert_eq!(runs[0].parameters["training.learning_rate"].to_string(), "1e-3");
}

#[test]
fn a_heat_map_holds_means_and_its_own_filter_leaves_it_whole() {
    let (runs, scope) = (six(), [0, 1, 2, 3, 4, 5]);
    let objective = Objective { split: Split::Test, measure: Measure::Map };
    let whole = Pivot::of(&runs, &scope, "", ["graph.k", "model.conv_layers"], objective);
    assert_eq!(whole.xs, [5.0, 10.0, 20.0].map(ParamValue::Number));
    assert_eq!(whole.ys, [1.0, 2.0].map(ParamValue::Number));
    let cell = whole.cells[1][1].as_ref().expect("two runs");
    assert_eq!((cell.spread.n, &cell.runs[..]), (2, &[3, 4][..]));
    assert!((cell.spread.mean - 0.75).abs() < 1e-12 && (cell.spread.deviation - 0.005f64.sqrt()).abs() < 1e-12);
    assert!(whole.cells[0][2].is_none() && whole.cells[1][0].is_none());
    assert_eq!(Pivot::of(&runs, &scope, "k=10 layers=2", ["graph.k", "model.conv_layers"], objective), whole);
    let seed = Pivot::of(&runs, &scope, "seed=1", ["graph.k", "model.conv_layers"], objective);
    assert_eq!(seed.cells[1][1].as_ref().map(|cell| cell.spread.n), Some(1));
}

#[test]
fn a_date_is_written_as_people_read_it() {
    assert_eq!(date(951_827_696), "2000-02-29 12:34");
    assert_eq!(date(1_767_225_599), "2025-12-31 23:59");
    assert_eq!(date(1), "1970-01-01 00:00");
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
    let spread = Column::TestMap.spread(&facts).expect("figures");
    let each: Vec<f64> = facts.iter().map(|run| map(&run.saved.record.test.model)).collect();
    assert!((spread.mean - (each[0] + each[1]) / 2.0).abs() < 1e-12 && spread.n == 2);
    let text = csv(experiments.runs(), experiments.entries(), &[Column::Neighbours, Column::TestMap]);
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
        let fits = runs.filter(|run| {
            run.saved.record.experiment.graph.k == k && run.saved.record.experiment.training.seed <= seed
        });
        Side::Runs(fits.map(|run| run.saved.path.clone()).collect())
    };
    let pair = Pair { a: side(2, 5), b: side(1, 12), split: Some(Split::Test), measure: Measure::Map };
    workspace.apply(RunsAction::Compare(Some(Box::new(pair.clone()))));
    let is_ready = |workspace: &Workspace| {
        let experiments = workspace.experiments();
        experiments.figures().is_some() && experiments.rankings().iter().all(Option::is_some)
    };
    wait(&mut workspace, "the comparison", is_ready);
    let experiments = workspace.experiments();
    let figures = experiments.figures().expect("figures").as_ref().expect("comparable").clone();
    let mean = |k: usize| {
        let runs = experiments.runs().iter().filter(|run| run.saved.record.experiment.graph.k == k);
        let maps: Vec<f64> = runs.map(|run| map(&run.saved.record.test.model)).collect();
        maps.iter().sum::<f64>() / maps.len() as f64
    };
    assert!((figures.a - mean(5)).abs() < 1e-9, "{} is not the runs' own {}", figures.a, mean(5));
    assert!((figures.b - mean(12)).abs() < 1e-9);
    assert_eq!(figures.wins + figures.ties + figures.losses, figures.queries.len());
    assert!(figures.queries.windows(2).all(|pair| pair[0].delta() >= pair[1].delta()), "greatest gain first");

    // The average precision of the ranking shown is the figure of the bar that was clicked.
    let bar = figures.queries.iter().find(|query| query.delta().abs() > 1e-6).expect("the runs differ").clone();
    workspace.apply(SelectionAction::Query(bar.query.expect("a query of the open set")));
    workspace.poll();
    let [_, b] = workspace.experiments().rankings();
    let b = b.as_ref().expect("read").as_ref().expect("a ranking");
    assert!((map(&b.measures) - bar.b).abs() < 1e-9, "{} against {}", map(&b.measures), bar.b);

    let text = Pair { b: Side::Text, ..pair };
    workspace.apply(RunsAction::Compare(Some(Box::new(text))));
    wait(&mut workspace, "the comparison with the text", is_ready);
    let experiments = workspace.experiments();
    let against = experiments.figures().expect("figures").as_ref().expect("comparable");
    assert!((against.b - map(&experiments.runs()[0].saved.record.test.text)).abs() < 1e-9);
    assert_eq!(against.queries.len(), figures.queries.len());
}

/// What a small study of that kind asks for.
fn study(workspace: &Workspace, kind: StudyKind, folds: usize) -> StudyRequest {
    let mut experiment = workspace.settings().experiment.clone();
    experiment.features = Some(vec!["bm25".to_owned(), "rank".to_owned()]);
    experiment.training.epochs = 1;
    StudyRequest { kind, experiment, folds, seeds: 1, values: "graph.k = 3, 9".to_owned(), ..StudyRequest::default() }
}

#[test]
fn an_ablation_is_run_shown_and_held_against_its_first_row() {
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

    // Its trials are runs of the table, but not of the list of runs that a person trained.
    assert_eq!(workspace.runs().known().len(), 1);
    let name = study.name();
    let trials = workspace.experiments().runs().iter().filter(|run| run.study.as_deref() == Some(name.as_str()));
    assert_eq!(trials.count(), study.trials);

    // Each query is tested in one of the folds, so the comparison rests on all of them.
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
    let figures = experiments.figures().expect("figures").as_ref().expect("comparable");
    assert_eq!(figures.queries.len(), change.queries);
    assert!((figures.a - figures.b - change.delta).abs() < 1e-9);
    let session = workspace.session().expect("a session");
    let id = session.data.dataset.queries[session.query()].id.as_str();
    let bar = figures.queries.iter().find(|query| query.id == id).expect("the current query");
    let ranking = experiments.rankings()[0].as_ref().expect("read").as_ref().expect("a ranking");
    assert!(
        (map(&ranking.measures) - bar.a).abs() < 1e-9,
        "the ranking shown is that of the fold that tested the query"
    );
}

#[test]
fn a_study_that_was_cancelled_goes_on_where_it_was() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = trained(home.path(), &[]);
    let mut request = study(&workspace, StudyKind::Sweep, 1);
    request.values = "graph.k = 3, 9, 12\nmodel.conv_layers = 1, 2".to_owned();
    assert_eq!(request.configurations(), Ok(6));
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
fn values_that_make_no_sweep_are_refused_before_anything_is_written() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = trained(home.path(), &[]);
    let mut request = study(&workspace, StudyKind::Sweep, 1);
    request.values = "graph.kk = 3".to_owned();
    assert!(request.configurations().is_err_and(|message| message.contains("graph.kk")));
    workspace.apply(StudiesAction::Start(Box::new(request)));
    wait(&mut workspace, "the message", |workspace| !workspace.is_busy());
    assert!(workspace.messages()[0].text.contains("graph.kk"), "{:?}", workspace.messages());
    assert!(!home.path().join("studies").exists());
}

#[test]
fn a_run_given_up_for_another_data_set_is_listed_once_it_is_written() {
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
fn a_pause_does_not_count_as_time_at_work() {
    let job: crossrank::jobs::Job<(), ()> = crossrank::jobs::Job::spawn("idle", std::sync::Arc::new(|| {}), |worker| {
        while !worker.is_cancelled() {
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    });
    job.pause(true);
    std::thread::sleep(Duration::from_millis(120));
    assert!(job.elapsed() - job.worked() >= Duration::from_millis(110), "while it is halted");
    job.pause(false);
    let halted = job.elapsed() - job.worked();
    std::thread::sleep(Duration::from_millis(50));
    assert!((job.elapsed() - job.worked()).abs_diff(halted) < Duration::from_millis(5), "after it goes on");
}
