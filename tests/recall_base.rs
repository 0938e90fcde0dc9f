//! Relevant images that are not candidates: they count everywhere or nowhere, by one convention that every output names.

use crate::workspace::wait;
use crossrank::dataset::{Qrels, RecallBase, Split, read_qrels, read_run};
use crossrank::eval::{Averaging, Conventions, Measure, STANDARD, evaluate};
use crossrank::export::{DataNow, Part, export_run};
use crossrank::model::ModelKind;
use crossrank::study::comparison::{ComparisonError, Configuration, compare};
use crossrank::train::{
    self, Continuation, Experiment, QueryMeasures, Quiet, RunData, RunRecord, RunResult, read_run_folder,
};
use crossrank::workspace::{Pair, RunsAction, Side};
use std::fs;
use std::path::Path;

/// Ten queries of twelve candidates, of which every third is relevant, and five relevant images that no run contains.
fn files(folder: &Path) {
    let (mut qrels, mut run) = (String::new(), String::new());
    for query in 0..10 {
        for image in 0..12 {
            qrels += &format!("q{query} 0 i{image} {}\n", i32::from((image + query) % 3 == 0));
            run += &format!("q{query} Q0 i{image} {} {} x\n", image + 1, 12 - (image * 7 + query) % 12);
        }
        (0..5).for_each(|image| qrels += &format!("q{query} 0 elsewhere{image} 1\n"));
    }
    fs::write(folder.join("judged.qrels"), qrels).expect("written");
    fs::write(folder.join("bm25.run"), run).expect("written");
}

fn open(folder: &Path) -> RunData {
    files(folder);
    train::open(folder, &[]).expect("a data set").data
}

fn trained(data: &RunData, out: &Path) -> RunResult {
    let mut experiment = Experiment::default();
    experiment.model.kind = ModelKind::Linear;
    experiment.training.epochs = 3;
    train::run(data, &experiment, RunRecord::default(), Some(out), &mut Quiet).expect("trained")
}

/// The judgements of one split's queries.
fn of_split(data: &RunData, mut qrels: Qrels, split: Split) -> Qrels {
    let ids: Vec<String> =
        data.queries_of(split).into_iter().map(|query| data.dataset.queries[query].id.to_string()).collect();
    qrels.retain(|query, _| ids.contains(query));
    qrels
}

#[test]
fn training_reports_what_evaluating_its_ranking_gives_under_either_convention() {
    let folder = tempfile::tempdir().expect("a folder");
    let judged = open(folder.path());
    let mut means = Vec::new();
    for base in RecallBase::ALL {
        let data = judged.with_recall_base(base);
        let out = folder.path().join(base.name());
        let result = trained(&data, &out);
        assert_eq!((result.record.recall_base, result.record.relevant_others), (base, 50));
        let (qrels, _) = read_qrels(&folder.path().join("judged.qrels")).expect("judgements");
        let (run, _) = read_run(&out.join("run.txt")).expect("a ranking");
        let conventions = Conventions { averaging: Averaging::Both, recall_base: base };
        for (split, comparison) in [(Split::Validation, &result.record.validation), (Split::Test, &result.record.test)]
        {
            let found = evaluate(&of_split(&data, qrels.clone(), split), &run, &STANDARD, conventions);
            for (measure, value) in comparison.model.iter() {
                assert!((value - found.get(measure).expect("measured")).abs() < 1e-9, "{base}, {measure}");
            }
        }
        let best = &result.history[result.record.best_epoch - 1];
        assert_eq!(best.validation, result.record.validation.model, "the curve counts as the summary does");
        means.push(result.record.test.model.get(Measure::Map).expect("measured"));
    }
    assert!(means[0] < 0.6 * means[1], "four of nine relevant images are candidates: {means:?}");
}

#[test]
fn exported_judgements_are_those_that_counted_and_every_file_names_the_convention() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = open(folder.path());
    for base in RecallBase::ALL {
        let (out, to) = (folder.path().join(base.name()), folder.path().join(format!("{base}-export")));
        trained(&data.with_recall_base(base), &out);
        let now = DataNow { data: Some(&data), adopt: false };
        export_run(&out, &to, now, Part::All).expect("exported");
        let (qrels, _) = read_qrels(&to.join("qrels.txt")).expect("judgements");
        let others = qrels.values().flat_map(|of_query| of_query.keys()).any(|image| image.starts_with("elsewhere"));
        assert_eq!(others, base == RecallBase::Judged);
        for file in ["summary.json", "table.md", "manifest.json"] {
            assert!(fs::read_to_string(to.join(file)).expect("written").contains(base.label()), "{file}");
        }
    }
}

#[test]
fn runs_that_count_differently_are_compared_only_by_measures_that_do_not_depend_on_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = open(folder.path());
    let sides = RecallBase::ALL.map(|base| {
        let out = folder.path().join(base.name());
        trained(&data.with_recall_base(base), &out);
        Configuration { name: base.name().to_owned(), runs: vec![QueryMeasures::read(&out).expect("measures")] }
    });
    let compared = |measures: &[Measure]| compare(&sides, 0, measures, Some(Split::Test));
    assert_eq!(compared(&[Measure::Map]).unwrap_err(), ComparisonError::OtherRecallBase);
    assert!(compared(&[Measure::PrecisionAt(10)]).is_ok());
}

#[test]
fn a_run_of_a_version_that_counted_only_candidates_goes_on_doing_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = open(folder.path());
    let out = folder.path().join("old");
    let before = trained(&data.with_recall_base(RecallBase::Candidates), &out);
    // As that version wrote it.
    let file = out.join("run.json");
    let mut record: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&file).expect("a record")).expect("JSON");
    let fields = record.as_object_mut().expect("an object");
    fields.remove("recall_base").expect("recorded");
    fields.remove("relevant_others").expect("recorded");
    fs::write(&file, record.to_string()).expect("written");
    assert_eq!(read_run_folder(&out).expect("a run").0.recall_base, RecallBase::Candidates);
    let resumed =
        train::resume(&data, &out, Continuation { epochs: Some(5), adopt: false }, &mut Quiet).expect("resumed");
    assert_eq!(resumed.history[..3], before.history[..]);
    assert!(resumed.record.validation.model.get(Measure::NdcgAt(20)) > Some(0.0));
    assert_eq!(resumed.record.recall_base, RecallBase::Candidates);
    let best = &resumed.history[resumed.record.best_epoch - 1];
    assert_eq!(best.validation, resumed.record.validation.model);
}

#[test]
fn the_window_compares_such_runs_no_more_than_the_command_line() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("data");
    fs::create_dir(&folder).expect("a folder");
    let data = open(&folder);
    let sides = RecallBase::ALL.map(|base| {
        let out = home.path().join("runs").join(base.name());
        trained(&data.with_recall_base(base), &out);
        Side::Runs(vec![out])
    });
    let mut workspace = crate::workspace::open(home.path(), &folder.display().to_string());
    wait(&mut workspace, "the runs", |workspace| workspace.experiments().runs().len() == 2);
    let mut compared = |a: &Side, b: &Side, measure| {
        let pair = Pair { a: a.clone(), b: b.clone(), split: Some(Split::Test), measure };
        workspace.apply(RunsAction::Compare(Some(Box::new(pair))));
        wait(&mut workspace, "the comparison", |workspace| workspace.experiments().figures().is_some());
        workspace.experiments().figures().and_then(|figures| figures.as_ref().err()).cloned()
    };
    let [judged, candidates] = &sides;
    let refused = Some(ComparisonError::OtherRecallBase.to_string());
    assert_eq!(compared(judged, candidates, Measure::Map), refused);
    assert_eq!(compared(candidates, &Side::Initial, Measure::Map), refused, "the window counts all judged images");
    assert_eq!(compared(judged, &Side::Initial, Measure::Map), None);
    assert_eq!(compared(judged, candidates, Measure::PrecisionAt(20)), None);
}
