//! Run folders of version 0.1.0, whose measures were arrays in a fixed order: they open, go on, and are compared,
//! exported and shown like new ones. How they were made:
//!
//! ```text
//! crossrank train datasets/stamps-and-places --model mlp --epochs 4 --hidden 4 --out mlp
//! crossrank train datasets/stamps-and-places --model dcmm-cos --hidden 4 --conv-size 4 --k 5 --epochs 12 \
//!     --patience none --out dcmm-cos      (Ctrl-C after epoch 4; a second one to its end gave dcmm-cos-whole.jsonl)
//! crossrank sweep datasets/stamps-and-places --split files --set model.kind=mlp --set model.hidden=2,4 \
//!     --set training.epochs=2 --set training.retrain=false --out sweep
//! ```
//! Paths were shortened, and what the tests have no use for was taken away to keep them small.

use crate::workspace::{open, wait};
use crossrank::dataset::{RecallBase, Split, read_run};
use crossrank::eval::{Measure, Measures, STANDARD};
use crossrank::export::{DataNow, Part, export_run};
use crossrank::study::comparison::{Configuration, compare};
use crossrank::train::{
    self, Continuation, EpochReport, QueryMeasures, Quiet, RunData, RunRecord, RunState, read_run_folder,
};
use crossrank::workspace::{Order, RunsAction};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/runs-0.1.0").join(name)
}

/// A copy of an old folder, made on the sample as it lies here.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the fixture").flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else if entry.file_name() == "run.json" {
            let mut record = json(&from);
            record["dataset_path"] = SAMPLE.into();
            record["vector_files"] = serde_json::json!([format!("{SAMPLE}/embeddings.safetensors")]);
            fs::write(to, record.to_string()).expect("written");
        } else {
            fs::copy(from, to).expect("a copy");
        }
    }
}

pub(crate) fn json(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).expect("a file")).expect("JSON")
}

pub(crate) fn data() -> RunData {
    train::open(Path::new(SAMPLE), &[]).expect("the sample").data
}

/// The values of an old array, by the names that it did not have.
fn named(array: &Value) -> Measures {
    let values = array.as_array().expect("an array").iter().map(|value| value.as_f64().expect("a number"));
    Measures::new(&STANDARD, values)
}

#[test]
fn an_old_run_is_listed_opened_and_scored_again() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("runs/mlp");
    copy(&fixture("mlp"), &folder);
    let (record, history) = read_run_folder(&folder).expect("a run");
    let before = json(&folder.join("run.json"));
    for (own, name) in [(&record.validation, "validation"), (&record.test, "test")] {
        for (own, ranking) in [(&own.initial, "initial"), (&own.text, "text"), (&own.model, "model")] {
            assert_eq!(*own, named(&before[name][ranking]), "{name} {ranking}");
        }
    }
    let lines = fs::read_to_string(folder.join("history.jsonl")).expect("a history");
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((lines.len(), history.len()), (8, 8), "four epochs, and four on train and validation together");
    for (report, line) in history.iter().zip(&lines) {
        assert_eq!((&report.validation, &report.test), (&named(&line["validation"]), &Some(named(&line["test"]))));
    }

    let mut workspace = open(home.path(), SAMPLE);
    wait(&mut workspace, "the list", |workspace| !workspace.runs().known().is_empty());
    assert_eq!(workspace.runs().known()[0].record, record);
    workspace.apply(RunsAction::Open(folder.clone()));
    wait(&mut workspace, "the run", |workspace| workspace.training().run().is_some() && !workspace.is_busy());
    assert!(workspace.messages().is_empty(), "{:?}", workspace.messages());
    assert_eq!(workspace.training().run().map(|run| &run.history), Some(&history));
    let session = workspace.session().expect("a session");
    let shown = session.ranking(Order::Model).expect("it was scored again");
    let ranked = read_run(&folder.join("run.txt")).expect("the ranking").0;
    let query = &session.data.dataset.queries[session.query()];
    for (candidate, score) in query.candidates.iter().zip(&shown.scores) {
        let then = ranked[query.id.as_str()][session.data.dataset.images[candidate.image].id.as_str()];
        assert!((then - f64::from(*score)).abs() < 1e-5, "{score} was {then}");
    }
    // Retrained on the validation queries, the network is measured on the test queries only.
    let rows = QueryMeasures::read(&folder).expect("its queries");
    let row = rows.queries.iter().find(|row| row.split == Split::Test).expect("a test query");
    let measured = session.data.dataset.query_index(&row.id).and_then(|query| session.model_measures(query));
    for (measure, then) in row.measures.iter() {
        let now = measured.and_then(|measured| measured.get(measure)).expect("it is measured");
        assert!((now - then).abs() < 1e-9, "{measure}: {now} was {then}");
    }
}

#[test]
fn an_old_run_that_was_interrupted_ends_as_one_that_was_not() {
    let home = tempfile::tempdir().expect("a folder");
    copy(&fixture("dcmm-cos"), home.path());
    let (record, begun) = read_run_folder(home.path()).expect("a run");
    assert_eq!((record.state, begun.len()), (RunState::Interrupted, 4));
    train::resume(&data(), home.path(), Continuation::default(), &mut Quiet).expect("it goes on");
    let (record, history) = read_run_folder(home.path()).expect("a run");
    assert_eq!((record.state, record.best_epoch, record.retrained), (RunState::Finished, 12, Some(12)));
    assert_eq!(history[..4], begun);

    let whole = fs::read_to_string(fixture("dcmm-cos-whole.jsonl")).expect("the fixture");
    let whole: Vec<EpochReport> = whole.lines().map(|line| serde_json::from_str(line).expect("an epoch")).collect();
    assert_eq!((history.len(), whole.len()), (24, 24));
    // Equal to the bit where sums are taken in the same order; a processor with other vector instructions takes another.
    let near = |a: f64, b: f64| (a - b).abs() < 1e-4;
    for (now, then) in history.iter().zip(&whole) {
        let losses = near(now.train_loss, then.train_loss) && near(now.validation_loss, then.validation_loss);
        let near =
            |now: &Measures, then: &Measures| now.iter().all(|(m, now)| then.get(m).is_some_and(|b| near(now, b)));
        let test = now.test.as_ref().zip(then.test.as_ref()).is_some_and(|(now, then)| near(now, then));
        assert!(losses && near(&now.validation, &then.validation) && test, "{now:?} was {then:?}");
        assert_eq!((now.epoch, now.best_epoch, now.retraining), (then.epoch, then.best_epoch, then.retraining));
    }
    let lines = fs::read_to_string(home.path().join("history.jsonl")).expect("a history");
    assert!(lines.lines().all(|line| line.contains("\"validation\":{\"map\":")), "all epochs are written anew");
}

#[test]
fn old_and_new_runs_are_compared_and_exported_alike() {
    let home = tempfile::tempdir().expect("a folder");
    let [old, new, out] = ["old", "new", "out"].map(|name| home.path().join(name));
    copy(&fixture("mlp"), &old);
    let mut experiment = train::read_run_record(&old).expect("a run").experiment;
    experiment.training.epochs = 2;
    train::run(&data(), &experiment, RunRecord::default(), Some(&new), &mut Quiet).expect("it trains");
    for name in ["run.json", "history.jsonl", "queries.json"] {
        let text = fs::read_to_string(new.join(name)).expect("a file").replace(' ', "");
        assert!(text.contains("\"map\":0."), "{name}: {text}");
    }
    for part in ["validation", "test"] {
        let record = json(&new.join("run.json"));
        let names = record[part]["model"].as_object().expect("an object").keys().cloned();
        assert!(names.eq(STANDARD.iter().map(ToString::to_string)), "{part}");
    }

    let configuration = |name: &str, folder: &Path| Configuration {
        name: name.to_owned(),
        runs: vec![QueryMeasures::read(folder).expect("its queries")],
    };
    let both = [configuration("old", &old), configuration("new", &new)];
    let found = compare(&both, 0, &STANDARD, Some(Split::Test)).expect("they share queries");
    for one in &found.measures {
        for (row, folder) in one.rows.iter().zip([&old, &new]) {
            let record = train::read_run_record(folder).expect("a run");
            let mean = record.test.model.get(one.measure).expect("it was measured");
            assert!((row.mean - mean).abs() < 1e-9, "{} of {}", one.measure, folder.display());
        }
    }

    export_run(&old, &out, DataNow::default(), Part::Test).expect("it is exported");
    let summary = json(&out.join("summary.json"));
    let model = &json(&old.join("run.json"))["test"]["model"];
    for (at, measure) in STANDARD.iter().enumerate() {
        assert_eq!(summary["test"]["model"][measure.to_string()], model[at], "{measure}");
    }
    let curves = fs::read_to_string(out.join("curves.csv")).expect("the curves");
    assert!(curves.starts_with("epoch,train loss,validation loss,validation map,validation p@10,"), "{curves}");
    assert_eq!(curves.lines().count(), 9);
}

#[test]
fn an_old_study_is_listed_with_its_trials() {
    let home = tempfile::tempdir().expect("a folder");
    copy(&fixture("sweep"), &home.path().join("studies/sweep"));
    let mut workspace = open(home.path(), SAMPLE);
    wait(&mut workspace, "the lists", |workspace| {
        !workspace.studies().known().is_empty() && !workspace.experiments().runs().is_empty()
    });
    let result = workspace.studies().known()[0].result.clone().expect("a result");
    assert_eq!(result.rows.len(), 2);
    for row in &result.rows {
        let record = train::read_run_record(&row.trials[0]).expect("a trial");
        for (spreads, own) in [(&row.validation, &record.validation.model), (&row.test, &record.test.model)] {
            for measure in STANDARD {
                let mean = spreads.get(measure).expect("a mean").mean;
                assert!((mean - own.get(measure).expect("a value")).abs() < 1e-9, "{}: {measure}", row.name);
            }
        }
        let run = workspace.experiments().run(&row.trials[0]).expect("it is in the table");
        assert_eq!(run.study.as_deref(), Some("sweep"));
    }
}

#[test]
fn a_run_before_its_first_epoch_has_no_measures() {
    let record: RunRecord = serde_json::from_str(
        r#"{"validation":{"initial":[],"text":[],"model":[]},"test":{"initial":{},"text":{},"model":{}}}"#,
    )
    .expect("it is read");
    // Versions that did not record the recall base counted only candidates.
    assert_eq!(record, RunRecord { recall_base: RecallBase::Candidates, ..RunRecord::default() });
    assert_eq!(record.test.model.get(Measure::Map), None);
}
