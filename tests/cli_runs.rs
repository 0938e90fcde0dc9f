//! `crossrank runs` and `crossrank compare --filter`.

use crate::cli::{errors, folder, object, program, sample};
use crossrank::dataset::Split;
use crossrank::eval::{Measures, STANDARD};
use crossrank::train::{Comparison, QueryMeasures, QueryRow, RunFolder, RunRecord, RunState};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

/// Saves a finished run with these measures on every one of six test queries.
fn save(folder: &Path, k: usize, seed: u64, value: f64) {
    let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
    let mut record = RunRecord { name, started: 86_400 + seed, state: RunState::Finished, ..RunRecord::default() };
    (record.dataset, record.best_epoch) = ("stamps".to_owned(), 3);
    (record.experiment.graph.k, record.experiment.training.seed) = (k, seed);
    let of = |value: f64| Measures::new(&STANDARD, [value; STANDARD.len()]);
    record.test = Comparison { initial: of(0.25), text: of(0.5), model: of(value) };
    record.validation = Comparison { model: of(value - 0.125), ..record.test.clone() };
    RunFolder::create(folder, &record).expect("written");
    let row = |query: usize| QueryRow {
        id: format!("q{query}"),
        split: Split::Test,
        measures: of(value + (query * k) as f64 / 1000.0),
    };
    let measures = QueryMeasures { queries: (0..6).map(row).collect(), ..QueryMeasures::default() };
    measures.write(folder).expect("written");
}

/// Four runs and a study's trial in the window's folders, and one damaged run.
fn home() -> TempDir {
    let home = folder();
    for (name, k, seed, value) in [("a", 5, 1, 0.5), ("b", 5, 2, 0.75), ("c", 10, 1, 0.875), ("d", 20, 1, 0.625)] {
        save(&home.path().join("runs").join(name), k, seed, value);
    }
    save(&home.path().join("studies/edges/trials/full"), 10, 3, 0.8125);
    fs::create_dir_all(home.path().join("runs/broken")).expect("a folder");
    fs::write(home.path().join("runs/broken/run.json"), "{\"name\": ").expect("written");
    home
}

fn call(home: &TempDir, arguments: &[&str]) -> Output {
    program(home.path()).args(arguments).output().expect("the program runs")
}

fn printed(home: &TempDir, arguments: &[&str]) -> String {
    let output = call(home, arguments);
    assert!(output.status.success(), "{}", errors(&output));
    String::from_utf8(output.stdout).expect("text")
}

/// The names in the first column, in order.
fn names(home: &TempDir, arguments: &[&str]) -> String {
    let text = printed(home, &[&["runs", "--csv", "--columns", "name"], arguments].concat());
    text.lines().skip(1).collect::<Vec<_>>().join(" ")
}

#[test]
fn runs_and_trials_are_listed_newest_first_and_a_damaged_one_is_skipped_with_a_note() {
    let home = home();
    let output = call(&home, &["runs"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let first: Vec<&str> = text.lines().map(|line| line.split_whitespace().next().unwrap_or_default()).collect();
    assert_eq!(first, ["Name", "full", "b", "d", "c", "a", "", "5"], "{text}");
    assert!(text.contains("1970-01-02 00:00") && text.contains(".875") && text.contains("+.375"), "{text}");
    assert!(text.ends_with("\n5 of 5 runs\n"), "{text}");
    let notes = errors(&output);
    assert!(notes.starts_with("skipped: not a run") && notes.trim_end().ends_with("run.json"), "{notes}");
}

#[test]
fn the_filter_and_the_order_are_those_of_the_window() {
    let home = home();
    assert_eq!(names(&home, &["--filter", "k=5..10 seed=1"]), "c a");
    assert_eq!(names(&home, &["--filter", "k=5..10 seed=1", "--sort", "name"]), "a c");
    assert_eq!(names(&home, &["--sort", "test.map"]), "c full b d a");
    assert_eq!(names(&home, &["--sort", "Test MAP", "--reverse"]), "a d b full c");
    assert_eq!(names(&home, &["--filter", "study=edges"]), "full");
    assert_eq!(names(&home, &["--filter", "test.map>.7 finished"]), "full b c");
    assert_eq!(names(&home, &["--filter", "data=elsewhere"]), "");
    assert_eq!(printed(&home, &["runs", "--filter", "data=elsewhere"]), "0 of 5 runs\n");
}

#[test]
fn a_folder_may_be_a_run_a_study_or_contain_either() {
    let home = home();
    let path = |name: &str| home.path().join(name).display().to_string();
    assert_eq!(names(&home, &[&path("runs/a")]), "a");
    assert_eq!(names(&home, &[&path("studies/edges")]), "full");
    assert_eq!(names(&home, &[&path("studies/edges/trials"), &path("runs/b")]), "full b");
    assert_eq!(names(&home, &[&path("runs")]), "b d c a");
    assert_eq!(names(&home, &[&path(""), &path("runs")]), "full b d c a", "each run once");
    for (name, words) in [("runs/z", "No such file"), ("studies/edges/trials/full/run.json", "not a folder")] {
        let output = call(&home, &["runs", &path(name)]);
        assert_eq!(output.status.code(), Some(1));
        assert!(errors(&output).contains(words) && errors(&output).trim_end().ends_with(&path(name)));
    }
}

#[test]
fn seeds_make_one_row_with_means_and_deviations() {
    let home = home();
    let text = printed(
        &home,
        &["runs", "--group", "--filter", "study!=edges", "--sort", "k", "--csv", "--columns", "k,test.map"],
    );
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "k,Test MAP,Test MAP deviation,runs");
    assert_eq!(lines[1..3], ["20,0.625,0,1", "10,0.875,0,1"]);
    assert!(lines[3].starts_with("5,0.625,0.1767766952966369,2") && lines.len() == 4, "{text}");
    let text = printed(&home, &["runs", "--group", "--filter", "k=5,20"]);
    assert!(text.contains("k 5  × 2") && text.contains(".625 ±.177") && text.ends_with("3 of 5 runs\n"), "{text}");
}

#[test]
fn markdown_and_json_hold_the_same_rows() {
    let home = home();
    let text = printed(&home, &["runs", "--markdown", "--filter", "k=10", "--columns", "name,k,test.map"]);
    assert_eq!(text, "| Name | k | Test MAP |\n|---|---:|---:|\n| full | 10 | 0.812 |\n| c | 10 | 0.875 |\n");
    let all = object(&call(&home, &["runs", "--json", "--sort", "test.map", "--group"]));
    let rows = all["rows"].as_array().expect("rows");
    assert_eq!((rows.len(), &all["runs"], all["skipped"].as_array().map(Vec::len)), (4, &Value::from(5), Some(1)));
    let best = &rows[0];
    assert_eq!((&best["name"], &best["neighbours"], &best["test_map"]), (&"c".into(), &10.into(), &0.875.into()));
    assert_eq!((&best["gain"], &best["study"], &best["data"]), (&0.375.into(), &Value::Null, &"stamps".into()));
    assert_eq!((&best["parameters"]["graph.k"], best["folders"].as_array().map(Vec::len)), (&10.into(), Some(1)));
    let pair = rows.iter().find(|row| row["neighbours"] == 5).expect("a group");
    assert_eq!((&pair["seed"], pair["folders"].as_array().map(Vec::len)), (&Value::Null, Some(2)));
    assert!(pair["test_map_deviation"].as_f64().is_some_and(|value| (value - 0.1767766953).abs() < 1e-9), "{pair}");
}

#[test]
fn an_invalid_filter_or_column_is_rejected_with_the_reason() {
    let home = home();
    let cases = [
        (["--filter", "best lr<small"], 1, "at character 6, “lr<small”: “small” is not a number"),
        (["--filter", "neighbors=5"], 1, "did you mean “graph.neighbour"),
        (["--filter", "cr@20>.5"], 1, "cr@20 is not saved with runs"),
        (["--sort", "charm"], 2, "unknown column"),
        (["--columns", "k,charm"], 2, "unknown column"),
    ];
    for (arguments, code, words) in cases {
        let output = call(&home, &[&["runs"][..], &arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(output.stdout.is_empty() && errors(&output).contains(words), "{arguments:?}: {}", errors(&output));
    }
    let help = printed(&home, &["runs", "--help"]);
    assert!(help.contains("k=5..20") && help.contains("validation_ndcg"), "{help}");
}

#[test]
fn a_filter_selects_the_configurations_that_are_compared() {
    let home = home();
    let compared = object(&call(&home, &["compare", "--filter", "k=5,10 study!=edges", "--measure", "map", "--json"]));
    assert_eq!(
        (&compared["runs"], &compared["run_counts"]),
        (&serde_json::json!(["k 5  × 2", "c"]), &serde_json::json!([2, 1]))
    );
    let rows = &compared["measures"][0]["rows"];
    let mean = |row: usize| rows[row]["mean"].as_f64().expect("a mean");
    assert!((mean(0) - 0.6375).abs() < 1e-12 && (mean(1) - 0.9).abs() < 1e-12, "{compared}");
    let baseline = home.path().join("runs/d").display().to_string();
    let compared =
        object(&call(&home, &["compare", "--filter", "k=10", "--baseline", &baseline, "--measure", "map", "--json"]));
    assert_eq!((&compared["runs"][0], compared["runs"].as_array().map(Vec::len)), (&"d".into(), Some(3)));
    for (arguments, words) in [(&["--filter", "k=20"][..], "at least two configurations"), (&[], "RUN")] {
        let output = call(&home, &[&["compare"], arguments].concat());
        assert!(!output.status.success() && errors(&output).contains(words), "{}", errors(&output));
    }
}

#[test]
fn trained_runs_are_listed_with_what_training_printed() {
    let home = folder();
    for seed in ["1", "2"] {
        let out = home.path().join("saved").join(format!("mlp-{seed}")).display().to_string();
        let arguments =
            ["train", &sample(), "--model", "mlp", "--epochs", "1", "--seed", seed, "--json", "--out", &out];
        object(&call(&home, &arguments));
    }
    let saved = home.path().join("saved").display().to_string();
    let listed = object(&call(&home, &["runs", &saved, "--json", "--sort", "seed", "--reverse"]));
    let names: Vec<&Value> = listed["rows"].as_array().expect("rows").iter().map(|row| &row["name"]).collect();
    assert_eq!(names, ["mlp-1", "mlp-2"]);
    let grouped = object(&call(&home, &["runs", &saved, "--json", "--group", "--filter", "model=mlp"]));
    assert_eq!(grouped["rows"].as_array().map(Vec::len), Some(1));
    assert!(grouped["rows"][0]["test_map"].as_f64().is_some_and(|map| (0.3..1.0).contains(&map)), "{grouped}");
}
