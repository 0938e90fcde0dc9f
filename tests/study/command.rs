//! `crossrank sweep`, `ablate` and `benchmark` as scripts use them.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossrank"));
    command.env("CROSSRANK_HOME", home).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    let home = tempfile::tempdir().expect("a temporary folder");
    program(home.path()).args(arguments).output().expect("the program runs")
}

fn sample() -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("datasets/stamps-and-places").display().to_string()
}

fn object(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

/// The trials that have ended, with the time of their mark.
fn marks(out: &Path) -> Vec<(PathBuf, SystemTime)> {
    let entries: Vec<_> =
        fs::read_dir(out.join("trials")).map(|entries| entries.flatten().collect()).unwrap_or_default();
    let mark = |entry: fs::DirEntry| {
        let path = entry.path().join("trial.json");
        let modified = fs::metadata(&path).and_then(|data| data.modified()).ok()?;
        Some((path, modified))
    };
    entries.into_iter().filter_map(mark).collect()
}

const SWEEP: [&str; 14] = [
    "--set",
    "graph.k=3,5,8,12",
    "--set",
    "training.epochs=25",
    "--set",
    "training.patience=none",
    "--set",
    "model.hidden=8",
    "--folds",
    "3",
    "--jobs",
    "1",
    "--objective",
    "ndcg@20",
];

#[test]
fn a_sweep_killed_in_the_middle_goes_on_where_it_was_and_ends_with_the_same_table() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    let data = sample();
    let arguments = |out: &Path| -> Vec<String> {
        let out = out.display().to_string();
        ["sweep", &data].iter().chain(&SWEEP).chain(&["--out", &out]).map(|part| (*part).to_owned()).collect()
    };
    let mut child = program(folder.path())
        .args(arguments(&killed))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    let patience = Instant::now();
    while marks(&killed).len() < 2 && patience.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().expect("it still runs");
    child.wait().expect("it is gone");
    let before = marks(&killed);
    assert!((2..12).contains(&before.len()), "{} of 12 trials had ended", before.len());
    assert!(!killed.join("study.json").exists());

    let table = |out: &Path| {
        let output = program(folder.path()).args(arguments(out)).output().expect("the program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).replace(&out.display().to_string(), "OUT")
    };
    let after = table(&killed);
    assert_eq!(after, table(&whole));
    assert!(after.contains("graph.k=12") && after.contains("validation nDCG@20"), "{after}");
    let now = marks(&killed);
    assert_eq!(now.len(), 12);
    assert!(before.iter().all(|mark| now.contains(mark)), "a trial that had ended was made again");
    let study = |out: &Path| fs::read_to_string(out.join("study.json")).expect("kept");
    assert_eq!(study(&killed), study(&whole));
}

#[test]
fn a_typo_in_a_parameter_is_answered_with_the_nearest_name_and_the_line() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (file, out) = (folder.path().join("a.toml"), folder.path().join("out").display().to_string());
    fs::write(&file, "folds = 3\n[parameters]\nmodel.conv_layer = [1, 2]\n").expect("written");
    let output = run(&["sweep", &file.display().to_string(), "--dataset", &sample(), "--out", &out]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("“model.conv_layers”") && told.trim_end().ends_with("a.toml:3"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    let output = run(&["sweep", &sample(), "--set", "grap.k=1", "--out", &out]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean “graph.k”"));
}

#[test]
fn the_example_file_runs_and_its_configurations_are_ranked() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("out").display().to_string();
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sweep.toml").display().to_string();
    let study = object(&run(&["sweep", &file, "--out", &out, "--json", "--seeds", "1"]));
    let rows = study["results"]["configurations"].as_array().expect("a list");
    let values: Vec<f64> =
        rows.iter().map(|row| row["validation"]["ndcg@20"]["mean"].as_f64().expect("a number")).collect();
    assert_eq!(values.len(), 4);
    assert!(values.windows(2).all(|pair| pair[0] >= pair[1]), "{values:?}");
    assert_eq!((&study["kind"], &study["facts"]["judged_queries"]), (&"sweep".into(), &33.into()));
    assert_eq!(study["facts"]["vectors"], "embeddings");
}

#[test]
fn a_benchmark_prints_a_table_of_models_and_names_its_baseline() {
    let data = sample();
    let asked = [
        "benchmark",
        &data,
        "--models",
        "mlp,dcmm-cos",
        "--split",
        "files",
        "--seeds",
        "1",
        "--set",
        "training.epochs=2",
    ];
    let study = object(&run(&[&asked[..], &["--json"]].concat()));
    assert_eq!(study["results"]["baseline"], "mlp");
    assert_eq!(study["results"]["rows"][1]["measures"]["map"]["against"]["queries"], 8);
    let output = run(&[&asked[..], &["--markdown"]].concat());
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(table.starts_with("| model | weights | MAP | P@20 | nDCG@20 | nDCG |\n|---|"), "{table}");
    let output = run(&["benchmark", &data, "--models", "mpl"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean “mlp”"));
}

#[test]
fn an_ablation_tells_what_each_part_is_worth() {
    let data = sample();
    let asked = ["ablate", &data, "--set", "training.epochs=1", "--split", "files", "--seeds", "1", "--json"];
    let study = object(&run(&asked));
    let rows = study["results"]["rows"].as_array().expect("a list");
    assert_eq!(rows[0]["name"], "full");
    let edges = rows.iter().find(|row| row["name"] == "without edges").expect("a graph network has edges");
    assert!(edges["against_full"]["map"]["delta"].is_number(), "{edges}");
}
