//! Trials: the same whatever the number of threads, taken up again, and none that ends the others.

use super::Sample;
use crossrank::dataset::Split;
use crossrank::eval::Measure;
use crossrank::study::{
    Axis, Change, Configuration, Folds, Method, PerQuery, Runner, StudyError, StudyProgress, SweepPlan, Trial,
    TrialResult, Values, ablate, apply, benchmark, configurations,
};
use crossrank::train::{Experiment, Preset, RunData, read_run_folder};
use serde_json::Value;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

const FOLDS: Folds = Folds::Cross { count: 3, seed: 5 };

/// The reference, small and short.
fn small() -> Experiment {
    let changes =
        [Change::new("training.epochs", 2), Change::new("model.hidden", 4), Change::new("model.conv_size", 4)];
    apply(&Preset::Reference.experiment(), &changes).expect("small changes")
}

fn configuration(name: &str, changes: &[Change]) -> Configuration {
    let experiment = apply(&small(), changes).expect("small changes");
    Configuration { name: name.to_owned(), changes: changes.to_vec(), experiment }
}

fn go_on(_: &StudyProgress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn run(sample: &Sample, folder: &Path, tried: &[Configuration], jobs: usize) -> Vec<TrialResult> {
    let runner = Runner::new(sample.data(), FOLDS, folder, Some(jobs)).expect("enough queries");
    runner.run(&Trial::all(tried, 3, &[1]), &go_on).expect("they run")
}

/// What was reached, without where and how.
fn outcomes(results: &[TrialResult]) -> Vec<Result<Vec<f64>, String>> {
    let values = |result: &TrialResult| {
        let figures = result.outcome.as_ref().map_err(Clone::clone)?;
        Ok(figures.queries.queries.iter().flat_map(|row| row.measures.values()).collect())
    };
    results.iter().map(values).collect()
}

#[test]
fn trials_side_by_side_give_the_same_as_one_by_one_and_are_ordinary_runs() {
    let (sample, folder) = (Sample::open(), tempfile::tempdir().expect("a folder"));
    let tried = [configuration("a", &[]), configuration("b", &[Change::new("graph.k", 3)])];
    let one = run(&sample, &folder.path().join("one"), &tried, 1);
    let three = run(&sample, &folder.path().join("three"), &tried, 3);
    assert_eq!(outcomes(&one), outcomes(&three));
    assert_ne!(outcomes(&one)[..3], outcomes(&one)[3..], "another graph, other figures");
    let (record, history) = read_run_folder(&one[4].folder).expect("an ordinary run");
    assert_eq!((record.experiment.graph.k, history.len(), record.name.as_str()), (3, 2, "b,fold-2,seed-1"));
    let tested: usize = one[..3].iter().map(|result| rows(result, Split::Test)).sum();
    assert_eq!(tested, 33, "each judged query once");
    let all = PerQuery::of(&one[..3].iter().collect::<Vec<_>>());
    assert_eq!(all.values.len(), 33);
}

fn rows(result: &TrialResult, split: Split) -> usize {
    result.outcome.as_ref().expect("it ended").queries.of_split(split).count()
}

#[test]
fn finished_trials_are_taken_and_half_written_ones_made_anew() {
    let (sample, folder) = (Sample::open(), tempfile::tempdir().expect("a folder"));
    let tried = [configuration("a", &[])];
    let first = run(&sample, folder.path(), &tried, 2);
    assert!(first.iter().all(|result| !result.reused));
    // One lost its mark, one its figures, as if cut off.
    fs::remove_file(first[0].folder.join("trial.json")).expect("there");
    fs::write(first[1].folder.join("queries.json"), "{\"measures\": [").expect("written");
    let second = run(&sample, folder.path(), &tried, 2);
    assert_eq!(second.iter().map(|result| result.reused).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(outcomes(&first), outcomes(&second));
}

#[test]
fn a_folder_with_another_study_is_refused_and_the_difference_named() {
    let (sample, folder) = (Sample::open(), tempfile::tempdir().expect("a folder"));
    let tried = [configuration("a", &[])];
    run(&sample, folder.path(), &tried, 2);
    let refused = |data: RunData, folds: Folds, tried: &[Configuration]| {
        let runner = Runner::new(data, folds, folder.path(), None).expect("enough queries");
        let error = runner.run(&Trial::all(tried, 3, &[1]), &go_on).expect_err("another study").to_string();
        assert!(error.ends_with(&folder.path().display().to_string()), "{error}");
        error
    };
    let other = [configuration("a", &[Change::new("graph.k", 2)])];
    let error = refused(sample.data(), FOLDS, &other);
    assert!(error.contains("graph.k is 9 there and 2 here"), "{error}");
    let error = refused(sample.data(), Folds::Cross { count: 3, seed: 6 }, &tried);
    assert!(error.contains("split in another way than here, by 3-fold cross-validation by query (seed 6)"), "{error}");
    let mut judged = sample.data();
    judged.judgements.set(0, 0, None);
    assert!(refused(judged, FOLDS, &tried).contains("judgements, signals or visual vectors have changed"));
    // More seeds and more configurations are the same study.
    let more = [configuration("a", &[]), configuration("b", &[Change::new("graph.k", 2)])];
    let runner = Runner::new(sample.data(), FOLDS, folder.path(), None).expect("enough queries");
    let results = runner.run(&Trial::all(&more, 3, &[1, 2]), &go_on).expect("it goes on");
    assert_eq!(results.iter().filter(|result| result.reused).count(), 3);
}

#[test]
fn a_sweep_is_continued_with_more_values_but_not_with_other_settings() {
    let (sample, folder) = (Sample::open(), tempfile::tempdir().expect("a folder"));
    let sweep = |values: &[usize], epochs: usize| {
        let axis = |parameter: &str, values: &[usize]| Axis {
            parameter: parameter.to_owned(),
            values: Values::List(values.iter().map(|&value| value.into()).collect()),
        };
        let mut plan = plan(Method::Grid);
        plan.axes = vec![axis("graph.k", values), axis("training.epochs", &[epochs])];
        let runner = Runner::new(sample.data(), FOLDS, folder.path(), None).expect("enough queries");
        plan.run(&runner, &plan.configurations().expect("they can be made"), &go_on)
    };
    sweep(&[2, 3], 1).expect("it runs");
    // None of its trials has the name of another's.
    let error = sweep(&[4, 5], 2).expect_err("other epochs").to_string();
    assert!(error.contains("training.epochs is 1 there and 2 here"), "{error}");
    assert!(error.ends_with(&format!(": {}", folder.path().display())), "{error}");
    assert_eq!(sweep(&[2, 4], 1).expect("more values").rows.len(), 2);
    let runner = Runner::new(sample.data(), FOLDS, folder.path(), None).expect("enough queries");
    let error = ablate(&runner, &[configuration("full", &[])], (FOLDS, &[1]), &go_on).expect_err("a sweep").to_string();
    assert!(error.contains("the kind of study is sweep there and ablation here"), "{error}");
}

#[test]
fn a_trial_that_fails_is_told_of_and_ends_no_other() {
    let (sample, folder) = (Sample::open(), tempfile::tempdir().expect("a folder"));
    let wrong = Change::new("features", serde_json::json!(["nonsense"]));
    let tried = [configuration("wrong", &[wrong]), configuration("right", &[])];
    let results = run(&sample, folder.path(), &tried, 2);
    let message = results[0].outcome.clone().expect_err("there is no such signal");
    assert!(message.contains("nonsense"), "{message}");
    assert!(results[3..].iter().all(|result| result.outcome.is_ok()));
}

#[test]
fn a_study_ends_within_a_batch_when_told_to_and_can_be_taken_up() {
    let (sample, folder) = (Sample::open(), tempfile::tempdir().expect("a folder"));
    let tried = [configuration("a", &[Change::new("training.epochs", 1000)])];
    let runner = Runner::new(sample.data(), FOLDS, folder.path(), Some(2)).expect("enough queries");
    let asked = AtomicUsize::new(0);
    let stop = |_: &StudyProgress| match asked.fetch_add(1, Ordering::Relaxed) {
        asked if asked > 60 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let ended = runner.run(&Trial::all(&tried, 3, &[1]), &stop);
    assert!(matches!(ended, Err(StudyError::Cancelled)), "{ended:?}");
    assert!(asked.into_inner() < 70);
    let marks = fs::read_dir(folder.path().join("trials")).expect("begun");
    assert!(marks.flatten().all(|entry| !entry.path().join("trial.json").exists()));
}

fn plan(method: Method) -> SweepPlan {
    let mut plan = SweepPlan::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sweep.toml"))
        .expect("the example is well written");
    (plan.base, plan.method, plan.seeds, plan.folds) = (small(), method, vec![1], FOLDS);
    plan
}

#[test]
fn halving_gives_the_better_ones_more_epochs() {
    let (sample, folder) = (Sample::open(), tempfile::tempdir().expect("a folder"));
    let method = Method::Halving { eta: 2, min_epochs: 1, max_epochs: 3, samples: Some(4), sample_seed: 1 };
    let plan = plan(method);
    let runner = Runner::new(sample.data(), FOLDS, folder.path(), None).expect("enough queries");
    let tried = plan.configurations().expect("they can be made");
    let sweep = plan.run(&runner, &tried, &go_on).expect("it runs");
    let epochs: Vec<usize> = sweep.rows.iter().map(|row| row.experiment.training.epochs).collect();
    assert_eq!(epochs, [3, 2, 1, 1]);
    let value = |at: usize| sweep.rows[at].validation.get(Measure::NdcgAt(20)).expect("a mean").mean;
    assert!(value(2) >= value(3), "ranked by nDCG@20 on validation");
    let text = fs::read_to_string(folder.path().join("study.json")).expect("kept");
    let kept: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(kept["facts"]["folds"]["cross"]["count"], 3);
    assert_eq!(kept["results"]["configurations"].as_array().map(Vec::len), Some(4));
}

#[test]
fn an_ablation_and_a_benchmark_compare_query_by_query() {
    let (sample, folder) = (Sample::open(), tempfile::tempdir().expect("a folder"));
    let runner = Runner::new(sample.data(), FOLDS, folder.path(), None).expect("enough queries");
    let tried = [configuration("full", &[]), configuration("without edges", &[Change::new("graph.k", 0)])];
    let ablation = ablate(&runner, &tried, (FOLDS, &[1, 2]), &go_on).expect("it runs");
    let (full, without) = (&ablation.rows[0].measures, &ablation.rows[1].measures);
    let pair = ablation.rows[1].against.get(Measure::Map).expect("a pair");
    let means = [without, full].map(|one| one.spreads.get(Measure::Map).expect("a mean").mean);
    assert!((pair.delta - (means[0] - means[1])).abs() < 1e-12);
    assert_eq!((pair.queries, pair.wins + pair.ties + pair.losses), (33, 33));
    let ends = pair.interval.expect("there are queries");
    assert!(ends.low <= pair.delta && pair.delta <= ends.high && ends.low < ends.high, "{pair:?}");
    assert!(pair.p.is_some_and(|p| (0.0..=1.0).contains(&p)), "{pair:?}");
    assert!(ablation.rows[0].against.is_empty());
    assert_eq!(ablation.facts.judged_queries, 33);

    let mut models = configurations(&["mlp", "dcmm-cos"]).expect("they exist");
    models.iter_mut().for_each(|model| model.experiment.training.epochs = 2);
    let another = tempfile::tempdir().expect("a folder");
    let runner = Runner::new(sample.data(), FOLDS, another.path(), None).expect("enough queries");
    let done = benchmark(&runner, &models, "mlp", (FOLDS, &[1]), &go_on).expect("it runs");
    assert!(done.rows[0].cells.values().all(|cell| cell.against.is_none()));
    for cell in done.rows[1].cells.values() {
        let pair = cell.against.expect("it is not the baseline");
        assert_eq!((pair.queries, cell.holm), (33, pair.p), "with one test there is nothing to correct");
        assert!(cell.interval.is_some_and(|ends| ends.low <= cell.spread.mean && cell.spread.mean <= ends.high));
    }
    assert!(benchmark(&runner, &models, "cm", (FOLDS, &[1]), &go_on).is_err());
}
