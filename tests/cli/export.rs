//! `crossrank export`, and other programs reading what it wrote.

use super::{folder, object, program, sample};
use crossrank::dataset::{read_qrels, read_run};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// The means that `crossrank evaluate` prints.
fn evaluated(qrels: &Path, run: &Path) -> Value {
    let home = folder();
    let mut command = program(home.path());
    object(&command.arg("evaluate").args([qrels, run]).arg("--json").output().expect("the program runs"))["all"].take()
}

#[test]
fn evaluating_the_exported_pair_gives_the_run_s_test_measures_and_any_part_can_be_exported() {
    let home = folder();
    let run = home.path().join("run");
    let call = |arguments: &[&str]| {
        let mut command = program(home.path());
        object(&command.args(arguments).arg("--json").output().expect("the program runs"))
    };
    let out = run.display().to_string();
    let trained = call(&["train", &sample(), "--model", "linear", "--epochs", "2", "--out", &out]);
    let mut queries = Vec::new();
    for part in ["test", "validation", "train", "all"] {
        let to = home.path().join(part);
        let target = to.display().to_string();
        let more: &[&str] = if part == "test" { &[] } else { &["--part", part] };
        let done = call(&[&["export", &out, "--out", &target], more].concat());
        assert_eq!((&done["part"], &done["left_out"]), (&part.into(), &serde_json::json!([])));
        let (qrels, ranking) = (to.join("qrels.txt"), to.join("run.txt"));
        if part == "test" {
            let all = evaluated(&qrels, &ranking);
            for (measure, value) in trained["test"]["model"].as_object().expect("measures") {
                let (reported, found) = (value.as_f64().expect("a number"), all[measure].as_f64().expect("a number"));
                assert!((reported - found).abs() < 1e-9, "{measure}: {reported}, {found}");
            }
            let text = fs::read_to_string(&ranking).expect("a ranking");
            assert!(text.lines().all(|line| line.split_whitespace().count() == 6), "TREC's six columns");
        }
        let ids = |path: &Path| read_run(path).expect("a ranking").0.into_keys().collect::<Vec<_>>();
        assert!(read_qrels(&qrels).expect("judgements").0.into_keys().eq(ids(&ranking)), "{part}");
        let manifest: Value =
            serde_json::from_str(&fs::read_to_string(to.join("manifest.json")).expect("a manifest")).expect("JSON");
        assert_eq!(manifest["part"], part);
        let listed = fs::read_to_string(to.join("queries.csv")).expect("queries");
        for id in ids(&ranking).iter().filter(|_| part != "all") {
            let known = manifest["split"][part].as_array().expect("a list");
            assert!(known.iter().any(|known| crossrank::dataset::trec_name(known.as_str().expect("an id")) == *id));
        }
        assert_eq!(listed.lines().count(), 34, "every query with its part");
        queries.push(ids(&ranking).len());
    }
    assert_eq!(queries, [8, 5, 20, 33]);
    assert_eq!(read_run(&run.join("run.txt")).expect("a ranking").0.len(), 33, "the run's own file has every query");
}
