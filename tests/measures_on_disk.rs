//! Measures in files: by their names, and as they were before.

use crate::export::history;
use crate::old_runs::{data, json};
use crossrank::base::FileError;
use crossrank::dataset::{RecallBase, Relevance, Split};
use crossrank::eval::{Measure, Measures, STANDARD};
use crossrank::export::{DataNow, Part, export_run};
use crossrank::model::ModelKind;
use crossrank::train::{
    self, EpochReport, Experiment, QueryMeasures, QueryRow, Quiet, RunFolder, RunRecord, TrainState, read_run_folder,
    read_run_record,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn measure() -> impl Strategy<Value = Measure> {
    let plain = prop::sample::select(vec![Measure::Map, Measure::Ndcg, Measure::Rprec, Measure::Bpref, Measure::Err]);
    let cut: Vec<fn(usize) -> Measure> =
        vec![Measure::NdcgAt, Measure::PrecisionAt, Measure::RecallAt, Measure::ErrAt, Measure::ClusterRecallAt];
    prop_oneof![plain, (prop::sample::select(cut), 1..1000_usize).prop_map(|(make, k)| make(k))]
}

/// Numbers that a decimal fraction of few digits holds exactly, so that reading them back has no rounding to do.
fn value() -> impl Strategy<Value = f64> {
    (0..=4096_u32).prop_map(|share| f64::from(share) / 4096.0)
}

proptest! {
    #[test]
    fn measures_come_back_from_their_names_in_their_order(
        named in prop::collection::vec((measure(), prop::option::of(value())), 0..12),
    ) {
        let mut met = BTreeSet::new();
        let named: Vec<_> = named.into_iter().filter(|(measure, _)| met.insert(*measure)).collect();
        let measures: Measures = named.iter().map(|&(measure, value)| (measure, value.unwrap_or(f64::NAN))).collect();
        let text = serde_json::to_string(&measures).expect("plain values");
        let back: Measures = serde_json::from_str(&text).expect("it reads back");
        prop_assert!(back.measures().eq(named.iter().map(|(measure, _)| *measure)), "{}", text);
        for (measure, value) in named {
            prop_assert_eq!(back.get(measure).filter(|value| !value.is_nan()), value, "{}", &text);
        }
    }

    #[test]
    fn an_epoch_comes_back_from_its_line_and_from_one_of_before(
        validation in prop::array::uniform5(value()),
        test in prop::option::of(prop::array::uniform5(value())),
    ) {
        let of = |values| Measures::new(&STANDARD, values);
        let report = EpochReport { validation: of(validation), test: test.map(of), ..history(1)[0].clone() };
        let line = serde_json::to_string(&report).expect("plain values");
        prop_assert!(line.contains("\"validation\":{\"map\":"), "{}", line);
        prop_assert_eq!(&serde_json::from_str::<EpochReport>(&line).expect("it reads back"), &report);
        let mut before = serde_json::to_value(&report).expect("plain values");
        before["validation"] = serde_json::json!(validation);
        before["test"] = serde_json::json!(test);
        prop_assert_eq!(serde_json::from_value::<EpochReport>(before).expect("it is read"), report);
    }
}

#[test]
fn rows_of_queries_are_named_one_by_one_and_were_named_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let measures = Measures::new(&[Measure::NdcgAt(20), Measure::Map], [0.25, 0.5]);
    let queries = vec![QueryRow { id: "q".into(), split: Split::Test, measures }];
    let one = QueryMeasures { queries, ..QueryMeasures::default() };
    one.write(folder.path()).expect("written");
    let file = folder.path().join("queries.json");
    let text = fs::read_to_string(&file).expect("written");
    assert_eq!(
        text,
        r#"{"recall_base":"judged","queries":[{"id":"q","split":"test","measures":{"ndcg@20":0.25,"map":0.5}}]}"#
    );
    assert_eq!(QueryMeasures::read(folder.path()).expect("it reads back"), one);
    fs::write(&file, r#"{"measures":["ndcg@20","map"],"queries":[{"id":"q","split":"test","values":[0.25,0.5]}]}"#)
        .expect("written");
    // Versions that did not record the recall base counted only candidates.
    let old = QueryMeasures { recall_base: RecallBase::Candidates, ..one };
    assert_eq!(QueryMeasures::read(folder.path()).expect("it is read"), old);
}

/// What is said of a file in a folder once it holds `text`, if its path stands at the end of it.
fn fault<T: std::fmt::Debug>(
    folder: &Path,
    name: &str,
    text: &str,
    read: impl Fn(&Path) -> Result<T, FileError>,
) -> String {
    let file = folder.join(name);
    fs::write(&file, text).expect("written");
    let message = read(folder).expect_err("it is damaged").to_string();
    let (what, path) = message.split_at(message.len() - file.display().to_string().len());
    assert_eq!(path, file.display().to_string());
    what.to_owned()
}

#[test]
fn unknown_and_missing_measures_are_told_of_with_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let queries = |text: &str| fault(folder.path(), "queries.json", text, QueryMeasures::read);
    let row = |id: &str, measures: &str| format!(r#"{{"id":"{id}","split":"test","measures":{measures}}}"#);
    let rows = |rows: &[String]| format!(r#"{{"queries":[{}]}}"#, rows.join(","));
    let told = queries(&rows(&[row("a", r#"{"map":0.5,"mop":0.5}"#)]));
    assert!(told.contains("unknown measure “mop”"), "{told}");
    let told = queries(&rows(&[row("a", r#"{"map":0.5}"#), row("b", r#"{"ndcg":0.5}"#)]));
    assert!(told.contains("query “b” has different measures from the first"), "{told}");
    let told = queries(&rows(&[row("a", r#"{"map":0.5,"MAP":0.5}"#)]));
    assert!(told.contains("duplicate measure map"), "{told}");
    let told = queries(r#"{"measures":["map"],"queries":[{"id":"a","split":"test","values":[0.5,0.5]}]}"#);
    assert!(told.contains("query “a” does not have one value per measure"), "{told}");
    let told = queries(r#"{"measures":["map"],"queries":[{"id":"a","split":"test"}]}"#);
    assert!(told.contains("query “a” has no measures"), "{told}");

    let run = RunFolder::create(folder.path(), &RunRecord::default()).expect("a run");
    history(2).iter().for_each(|report| run.append(report).expect("an epoch"));
    let text = fs::read_to_string(folder.path().join("history.jsonl")).expect("a history");
    let epochs = |text: &str| fault(folder.path(), "history.jsonl", text, read_run_folder);
    let told = epochs(&text.replacen("ndcg@20", "ndcg@zwanzig", 1));
    assert!(told.starts_with("epoch 1: ") && told.contains("needs a cut-off"), "{told}");
    let told = epochs(&text.replace("\"p@10\"", "\"p@11\""));
    assert!(told.contains("no value of p@10"), "{told}");
    fs::write(folder.path().join("history.jsonl"), &text[..text.len() - 9]).expect("written");
    assert_eq!(read_run_folder(folder.path()).expect("a run").1, history(1), "a last line cut off is passed over");

    let record = |text: &str| fault(folder.path(), "run.json", text, read_run_record);
    let told = record(r#"{"test":{"initial":{},"text":{},"model":{"map":0.5}}}"#);
    assert!(told.contains("no value of p@10, p@20, ndcg@20, ndcg"), "{told}");
    let told = record(r#"{"test":{"initial":[],"text":[],"model":[0.5,0.5]}}"#);
    assert!(told.contains("an object by the names of measures, or 5 numbers"), "{told}");
}

#[test]
fn a_state_names_the_measures_of_its_epochs() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("state.safetensors");
    let state = TrainState { history: history(3), ..TrainState::default() };
    state.write(&file).expect("written");
    assert_eq!(TrainState::read(&file).expect("it reads back"), state);
    let bytes = fs::read(&file).expect("written");
    let names = b"map,p@10,p@20,ndcg@20,ndcg";
    let at = bytes.windows(names.len()).position(|part| part == names).expect("they are in the header");
    for (other, what) in
        [("map,p@10,p@20,ndcg@21,ndcg", "no value of ndcg@20"), ("map,p@10,p@20,mdcg@20,ndcg", "“mdcg@20”")]
    {
        let mut changed = bytes.clone();
        changed[at..at + names.len()].copy_from_slice(other.as_bytes());
        fs::write(&file, changed).expect("written");
        let told = TrainState::read(&file).expect_err("it is another's").to_string();
        assert!(told.contains(what) && told.ends_with("state.safetensors"), "{told}");
    }
}

#[test]
fn a_run_chosen_by_err_names_the_highest_grade_of_the_queries_that_choose() {
    let home = tempfile::tempdir().expect("a folder");
    let [folder, out] = ["run", "out"].map(|name| home.path().join(name));
    let mut data = data();
    // One image of a test query has a grade that no other query has.
    let test = data.queries_of(Split::Test)[0];
    data.judgements.set(test, 0, Some(Relevance(5)));
    let choosing = (0..data.splits.len()).filter(|&query| data.splits[query] != Split::Test);
    let highest = data.judgements.highest_grade(choosing);
    assert!((1..5).contains(&highest));
    let mut experiment = Experiment::default();
    experiment.model.kind = ModelKind::Mlp;
    (experiment.training.epochs, experiment.training.stop_on) = (1, Measure::ErrAt(10));
    let trained = train::run(&data, &experiment, RunRecord::default(), Some(&folder), &mut Quiet).expect("it trains");
    assert_eq!(trained.record.highest_grade, Some(highest));
    export_run(&folder, &out, DataNow::default(), Part::Test).expect("it is exported");
    for file in [folder.join("run.json"), out.join("summary.json"), out.join("manifest.json")] {
        assert_eq!(json(&file)["highest_grade"], highest, "{}", file.display());
    }
    experiment.training.stop_on = Measure::Map;
    let trained = train::run(&data, &experiment, RunRecord::default(), None, &mut Quiet).expect("it trains");
    assert_eq!(trained.record.highest_grade, None, "MAP does not depend on it");
}
