//! A run remembers its data and its split, and is only continued and compared as the same experiment.

use crossrank::dataset::{Relevance, Split};
use crossrank::export::{DataNow, Part, export_run};
use crossrank::model::{Network, RankingInput};
use crossrank::study::Folds;
use crossrank::study::comparison::{ComparisonError, Configuration, compare};
use crossrank::train::{
    self, Continuation, EpochReport, Experiment, QueryMeasures, Quiet, RunData, RunObserver, RunRecord, RunState,
    TrainError, read_run_record,
};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");

fn sample() -> RunData {
    train::open(Path::new(SAMPLE), &[]).expect("the sample").data
}

fn experiment(name: &str) -> Experiment {
    let mut experiment = Experiment::default();
    experiment.model.kind = name.parse().expect("a model");
    experiment.training.epochs = 6;
    experiment
}

/// Stops after so many epochs.
struct Until(usize);

impl RunObserver for Until {
    fn step(&mut self, _: &str, _: usize, _: usize) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn epoch(&mut self, report: &EpochReport, _: &Network, _: &[RankingInput]) -> ControlFlow<()> {
        if report.epoch >= self.0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

fn interrupted(data: &RunData, kind: &str, folder: &Path) -> RunRecord {
    let result = train::run(data, &experiment(kind), RunRecord::default(), Some(folder), &mut Until(3)).expect("a run");
    assert_eq!(result.record.state, RunState::Interrupted);
    result.record
}

/// The same data with another grade of one judged candidate of a query of this split.
fn judged_otherwise(data: &RunData, split: Split) -> RunData {
    let mut other = data.clone();
    let query = data.queries_of(split)[0];
    let grade = data.judgements.get(query, 0).expect("it is judged");
    other.judgements.set(query, 0, Some(Relevance(1 - grade.0.min(1))));
    other
}

#[test]
fn a_run_of_one_fold_goes_on_with_that_fold_however_the_files_split_the_queries() {
    let home = tempfile::tempdir().expect("a folder");
    let data = sample();
    let folds = Folds::cross(5).splits(&data.dataset, &data.judgements).expect("folds");
    let fold = data.with_splits(folds[1].clone());
    assert_ne!(fold.splits, data.splits);
    let whole = train::run(&fold, &experiment("dcmm-cos"), RunRecord::default(), None, &mut Quiet).expect("a run");
    interrupted(&fold, "dcmm-cos", home.path());

    let rest = train::resume(&data, home.path(), Continuation::default(), &mut Quiet).expect("it goes on");
    assert_eq!((&rest.record.test, &rest.record.validation), (&whole.record.test, &whole.record.validation));
    assert_eq!(rest.scores, whole.scores);
    let split = rest.record.split.clone().expect("its split");
    let tested: Vec<&String> = split.test.iter().collect();
    let queries = QueryMeasures::read(home.path()).expect("its queries");
    assert_eq!(queries.of_split(Split::Test).map(|row| &row.id).collect::<Vec<_>>(), tested);
    assert_eq!(train::data_of_run(&data, &rest.record).expect("its data").splits, fold.splits);
}

#[test]
fn a_run_on_data_that_have_changed_goes_on_only_if_that_is_accepted_and_recorded() {
    let home = tempfile::tempdir().expect("a folder");
    let data = sample();
    let before = interrupted(&data, "dcmm-cos", home.path());
    let files = || ["run.json", "history.jsonl", "model.safetensors"].map(|file| fs::read(home.path().join(file)).ok());
    let untouched = files();

    let mut reworded = data.clone();
    let mut dataset = (*data.dataset).clone();
    dataset.queries[0].text.push_str(" again");
    reworded.dataset = dataset.into();
    let mut fewer = (*data.vectors).clone();
    fewer.row_of_image[0] = None;
    let fewer = data.with_vectors(data.vector_names.clone(), fewer.into());
    for (other, what) in [
        (judged_otherwise(&data, Split::Train), "judgements"),
        (judged_otherwise(&data, Split::Test), "judgements"),
        (reworded, "queries"),
        (fewer, "visual vectors"),
    ] {
        let error = train::resume(&other, home.path(), Continuation::default(), &mut Quiet).err().expect("refused");
        assert!(matches!(&error, TrainError::Changed { what: found, .. } if found == what), "{error}");
        assert_eq!(files(), untouched);
    }

    let other = judged_otherwise(&data, Split::Train);
    let adopt = Continuation { adopt: true, ..Continuation::default() };
    let record = train::resume(&other, home.path(), adopt, &mut Quiet).expect("accepted").record;
    let [resumption] = &record.resumptions[..] else { panic!("{:?}", record.resumptions) };
    assert_eq!((resumption.after, &resumption.adopted[..]), (3, &["judgements".to_owned()][..]));
    let fingerprints = [&before.fingerprint, &record.fingerprint].map(|one| one.as_ref().expect("a fingerprint"));
    assert_eq!(fingerprints[0].differences(fingerprints[1]), ["judgements"]);
    let saved = read_run_record(home.path()).expect("the record");
    assert_eq!((saved.fingerprint, saved.resumptions), (record.fingerprint.clone(), record.resumptions.clone()));
    assert_eq!(train::changes(&other, &record).expect("its signals"), Vec::<String>::new());
}

#[test]
fn an_export_names_everything_that_has_changed_and_reads_the_run_s_vectors() {
    let home = tempfile::tempdir().expect("a folder");
    let (run, out) = (home.path().join("run"), home.path().join("out"));
    let data = sample();
    train::run(&data, &experiment("dcmm-cos"), RunRecord::default(), Some(&run), &mut Until(1)).expect("a run");
    let export = |data: &RunData, adopt: bool| export_run(&run, &out, DataNow { data: Some(data), adopt }, Part::All);
    export(&data.without_vectors(), false).expect("other vectors in use are no change");
    fs::remove_dir_all(&out).expect("removed");
    let mut vectors = (*data.vectors).clone();
    vectors.row_of_image[0] = None;
    let other = judged_otherwise(&data, Split::Train).with_vectors(data.vector_names.clone(), vectors.into());
    let error = export(&other, false).expect_err("refused").to_string();
    assert!(error.contains("the judgements, visual vectors of the data set") && !out.exists(), "{error}");
    export(&other, true).expect("accepted");
    // Vectors that cannot be read are no reason to refuse: an export has none.
    let record = RunRecord { vector_files: Vec::new(), ..read_run_record(&run).expect("a run") };
    fs::write(run.join("run.json"), serde_json::to_string(&record).expect("JSON")).expect("written");
    let mut dataset = (*data.dataset).clone();
    dataset.vectors.clear();
    let mut gone = data.without_vectors();
    gone.dataset = dataset.into();
    let left_out = export(&gone, false).expect("exported").left_out;
    assert!(left_out.iter().any(|line| line.starts_with("comparison of the visual vectors")), "{left_out:?}");
}

#[test]
fn judgements_of_images_that_are_no_candidates_are_part_of_the_judgements() {
    let folder = tempfile::tempdir().expect("a folder");
    let hash = |other: &str| {
        fs::write(folder.path().join("run.txt"), "q Q0 a 1 2 t\nq Q0 b 2 1 t\n").expect("written");
        fs::write(folder.path().join("qrels.txt"), format!("q 0 a 1\n{other}")).expect("written");
        let data = train::open(folder.path(), &[]).expect("a data set").data;
        assert_eq!(data.judgements.others(0).count(), usize::from(!other.is_empty()));
        train::judgements_hash(&data)
    };
    let hashes = [hash(""), hash("q 0 elsewhere 1\n"), hash("q 0 elsewhere 2\n"), hash("q 0 nowhere 1\n")];
    assert_eq!(hashes.iter().collect::<std::collections::BTreeSet<_>>().len(), 4, "{hashes:?}");
    assert_eq!(hashes[1], hash("q 0 elsewhere 1\n"));
}

#[test]
fn vectors_matter_only_to_runs_that_use_them() {
    let home = tempfile::tempdir().expect("a folder");
    let data = sample();
    interrupted(&data, "mlp", home.path());
    train::resume(&data.without_vectors(), home.path(), Continuation::default(), &mut Quiet).expect("it goes on");
}

#[test]
fn runs_measured_by_different_judgements_are_not_compared() {
    let data = sample();
    let measures = |data: &RunData| {
        let result = train::run(data, &experiment("initial"), RunRecord::default(), None, &mut Quiet).expect("a run");
        QueryMeasures::of(data, &result.scores)
    };
    let one = |name: &str, measures| Configuration { name: name.into(), runs: vec![measures] };
    let same = [one("a", measures(&data)), one("b", measures(&data))];
    compare(&same, 0, &[], Some(Split::Test)).expect("the same judgements");
    let other = [one("a", measures(&data)), one("b", measures(&judged_otherwise(&data, Split::Test)))];
    let error = compare(&other, 0, &[], Some(Split::Test)).expect_err("other judgements");
    assert_eq!(error, ComparisonError::OtherJudgements("a".into(), "b".into()));
}

#[test]
fn the_command_line_asks_for_adopt_and_the_record_names_the_program() {
    let home = tempfile::tempdir().expect("a folder");
    let (set, run) = (home.path().join("set"), home.path().join("run"));
    let write = |qrels: &str| {
        fs::create_dir_all(&set).expect("a folder");
        let lines = |query: &str| (0..6).map(|i| format!("{query} i{i} {}\n", i + 1)).collect::<String>();
        let run = ["a", "b", "c", "d", "e"].map(|query| {
            let line = |line: &str| {
                let parts: Vec<&str> = line.split(' ').collect();
                format!(
                    "{} Q0 {}{} {} {} t\n",
                    parts[0],
                    parts[0],
                    parts[1],
                    parts[2],
                    1.0 / f64::from(parts[2].len() as u32)
                )
            };
            lines(query).lines().map(line).collect::<String>()
        });
        fs::write(set.join("run.txt"), run.concat()).expect("written");
        fs::write(set.join("qrels.txt"), qrels).expect("written");
    };
    let qrels = |first: i32| {
        let of =
            |query: &str| (0..6).map(|i| format!("{query} 0 {query}i{i} {}\n", i32::from(i % 2 == first))).collect();
        ["a", "b", "c", "d", "e"].map(|query: &str| -> String { of(query) }).concat()
    };
    let program = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crossrank"));
        let done = command.env("CROSSRANK_HOME", home.path()).arg("train").arg(&set).args(arguments).output();
        let done = done.expect("it starts");
        (done.status.success(), String::from_utf8_lossy(&done.stderr).into_owned())
    };
    write(&qrels(0));
    let folder = run.to_str().expect("a path");
    let (trained, text) = program(&["--model", "linear", "--components", "0", "--epochs", "3", "--out", folder]);
    assert!(trained, "{text}");
    let record = read_run_record(&run).expect("a run");
    assert_eq!((record.version.as_str(), record.commit.is_some()), (env!("CARGO_PKG_VERSION"), in_checkout()));
    let again = ["--resume", folder, "--epochs", "5"];
    let [out, export] = ["out", "export"].map(|name| home.path().join(name));
    let exported = |options: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crossrank"));
        let command = command.env("CROSSRANK_HOME", home.path()).arg("export").arg(&run).arg("--out").arg(&out);
        let done = command.args(options).output().expect("it starts");
        (done.status.success(), String::from_utf8_lossy(&done.stderr).into_owned())
    };
    let (done, text) = exported(&[]);
    assert!(done, "nothing has changed: {text}");
    fs::rename(&out, &export).expect("moved");
    write(&qrels(1));
    let (done, text) = exported(&[]);
    assert!(!done && text.contains("judgements") && text.contains("--adopt"), "{text}");
    assert!(!out.exists(), "nothing is written before");
    let (done, text) = exported(&["--adopt"]);
    assert!(done, "{text}");
    let changed = |folder: &Path| {
        let text = fs::read_to_string(folder.join("manifest.json")).expect("a manifest");
        serde_json::from_str::<serde_json::Value>(&text).expect("JSON")["changed"].clone()
    };
    assert_eq!((changed(&export), changed(&out)), (serde_json::Value::Null, serde_json::json!(["judgements"])));
    let (resumed, text) = program(&again);
    assert!(!resumed && text.contains("judgements") && text.contains("--adopt"), "{text}");
    let (resumed, text) = program(&[&again[..], &["--adopt"]].concat());
    assert!(resumed, "{text}");
    assert_eq!(read_run_record(&run).expect("a run").resumptions[0].adopted, ["judgements"]);
}

/// Whether this is built from a checkout with git installed.
fn in_checkout() -> bool {
    let root = env!("CARGO_MANIFEST_DIR");
    Command::new("git").args(["-C", root, "rev-parse", "HEAD"]).output().is_ok_and(|done| done.status.success())
}
