//! Listing runs again reads only those that have changed, and what many have in common is in memory once.

use crossrank::study::runs::{ParamValue, RunFacts, RunLabel, relist};
use crossrank::train::{RunFolder, RunRecord, RunState};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

fn write(runs: &Path, name: &str, started: u64, state: RunState) {
    let record = RunRecord { name: name.to_owned(), started, state, dataset: "set".to_owned(), ..RunRecord::default() };
    let path = runs.join(name);
    RunFolder::create(&path, &record).expect("a run");
    age(&path.join("run.json"), 60);
}

/// Makes a file look unchanged for so many seconds.
fn age(path: &Path, seconds: u64) {
    let then = SystemTime::now() - Duration::from_secs(seconds);
    File::options().append(true).open(path).and_then(|file| file.set_modified(then)).expect("aged");
}

fn names(runs: &[RunFacts]) -> Vec<&str> {
    runs.iter().map(RunFacts::name).collect()
}

#[test]
fn only_runs_that_have_changed_are_read_again() {
    let home = tempfile::tempdir().expect("a folder");
    let (runs, studies) = (home.path().join("runs"), home.path().join("studies"));
    for (number, state) in [RunState::Finished, RunState::EarlyStopped, RunState::Interrupted].into_iter().enumerate() {
        write(&runs, &format!("run-{number}"), number as u64, state);
    }
    let list = |before: &[RunFacts]| relist(&runs, &studies, &[], before);
    let first = list(&[]);
    assert_eq!(names(&first), ["run-2", "run-1", "run-0"]);
    let second = list(&first);
    let is_same = |a: &RunFacts, b: &RunFacts| Arc::ptr_eq(&a.saved, &b.saved);
    let same: Vec<bool> = first.iter().zip(&second).map(|(a, b)| is_same(a, b)).collect();
    assert_eq!(same, [false, true, true], "one that did not finish may change in other files");

    write(&runs, "run-0", 9, RunState::Finished);
    age(&runs.join("run-0/run.json"), 30);
    let label = RunLabel { name: "a good one".to_owned(), ..RunLabel::default() };
    label.write(&runs.join("run-1")).expect("written");
    std::fs::remove_dir_all(runs.join("run-2")).expect("removed");
    let third = list(&second);
    assert_eq!(names(&third), ["run-0", "a good one"], "the newest first");
    let fourth = list(&third);
    assert!(!is_same(&third[1], &fourth[1]), "its label was written a moment ago, and could be again without a sign");
    age(&runs.join("run-1/label.json"), 30);
    let fifth = list(&fourth);
    assert!(is_same(&fifth[1], &list(&fifth)[1]));
}

#[test]
fn names_and_texts_of_many_runs_are_in_memory_once() {
    let home = tempfile::tempdir().expect("a folder");
    let runs = home.path().join("runs");
    for number in 0..3 {
        write(&runs, &format!("run-{number}"), number, RunState::Finished);
    }
    let mut listed = relist(&runs, home.path(), &[], &[]);
    write(&runs, "run-9", 9, RunState::Finished);
    listed = relist(&runs, home.path(), &[], &listed);
    let text = |run: &RunFacts| match run.parameters.get("training.loss") {
        Some(ParamValue::Text(text)) => Arc::as_ptr(text).cast::<u8>(),
        other => panic!("{other:?}"),
    };
    let name = |run: &RunFacts| run.parameters.names().next().map(str::as_ptr);
    for run in &listed[1..] {
        assert_eq!((text(run), name(run)), (text(&listed[0]), name(&listed[0])));
        assert!(Arc::ptr_eq(&run.protocol, &listed[0].protocol));
    }
}
