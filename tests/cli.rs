//! The command line as scripts use it: the built program, its exit codes and its JSON.

pub(crate) mod embed;
mod explain;
mod export;
mod train;
mod window;

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The program with settings, runs and cache in the test's own folder.
pub(crate) fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossrank"));
    command.env("CROSSRANK_HOME", home).stdin(Stdio::null());
    command
}

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn run(arguments: &[&str]) -> Output {
    let home = folder();
    program(home.path()).args(arguments).output().expect("the program runs")
}

pub(crate) fn sample() -> String {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("datasets/stamps-and-places").display().to_string()
}

pub(crate) fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Standard output, which must be exactly one JSON object.
pub(crate) fn object(output: &Output) -> Value {
    assert!(output.status.success(), "{}", errors(output));
    let value: Value = serde_json::from_slice(&output.stdout).expect("one JSON value");
    assert!(value.is_object(), "{value}");
    value
}

/// Expects code 1 and a last line on standard error that contains each of `words` once.
fn rejected(arguments: &[&str], words: &[&str]) {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", errors(&output));
    assert!(output.stdout.is_empty(), "{arguments:?}");
    let message = errors(&output);
    let last = message.lines().last().unwrap_or_default();
    assert!(last.starts_with("crossrank: "), "{message}");
    for word in words {
        assert_eq!(last.matches(word).count(), 1, "“{word}” once in: {last}");
    }
}

#[test]
fn info_counts_the_sample() {
    let info = object(&run(&["info", &sample(), "--json"]));
    let count = |name: &str| info[name].as_u64().unwrap_or_else(|| panic!("{name}: {info}"));
    assert_eq!([count("queries"), count("images"), count("pictures")], [33, 598, 598]);
    assert_eq!(info["splits"], serde_json::json!({ "train": 20, "validation": 5, "test": 8, "open": 0 }));
    assert_eq!([count("candidates"), count("unjudged")], [3300, 0]);
    let judged = |grade: &str| info["judgements"][grade].as_u64().unwrap_or_default();
    assert_eq!(judged("0") + judged("1"), 3300);
    assert!(judged("1") > 300, "{info}");
    let features = info["features"].as_array().expect("a list");
    assert!(
        ["bm25", "rank", "popularity", "freshness"].iter().all(|name| features.contains(&(*name).into())),
        "{info}"
    );
    assert_eq!(
        info["descriptors"],
        serde_json::json!([
            { "name": "embeddings-efficientnet-lite0", "dim": 1280 },
            { "name": "embeddings", "dim": 1024 },
        ])
    );
    assert_eq!(info["warnings"], serde_json::json!([]));
}

#[test]
fn info_lists_problems_with_file_and_line() {
    let broken = folder();
    fs::write(broken.path().join("images.csv"), "id,title,popularity\na,A,3\nb,B,many\na,A,3\n").expect("written");
    fs::write(broken.path().join("candidates.csv"), "query,image,rank\nq,a,1\nq,b,2\n").expect("written");
    let path = broken.path().display().to_string();
    let info = object(&run(&["info", &path, "--json"]));
    let warnings = info["warnings"].as_array().expect("a list");
    let at = |kind: &str, line: u64| {
        warnings.iter().any(|warning| {
            let file = warning["file"].as_str().unwrap_or_default();
            warning["kind"] == kind && warning["line"] == line && file.ends_with("images.csv")
        })
    };
    assert!(at("Bad number", 3) && at("Duplicate id", 4), "{info}");
    let text = run(&["info", &path]);
    assert!(String::from_utf8_lossy(&text.stdout).contains("images.csv:3"), "{text:?}");
}

/// Two queries in both files and one that is only judged. q1 ranks relevant, not, relevant, out of three relevant
/// images; q2 ranks not (ties go to the greater id), relevant.
fn trec_files() -> (TempDir, String, String) {
    let folder = folder();
    let qrels = "q1 0 a 1\nq1 0 b 0\nq1 0 c 1\nq1 0 d 1\nq2 0 a 1\nq2 0 b 0\nq3 0 a 1\n";
    let run = "q1 Q0 a 1 3.0 t\nq1 Q0 b 2 2.0 t\nq1 Q0 c 3 1.0 t\nq2 Q0 a 1 0.5 t\nq2 Q0 b 2 0.5 t\n";
    let (qrels_path, run_path) = (folder.path().join("q.txt"), folder.path().join("r.txt"));
    fs::write(&qrels_path, qrels).expect("written");
    fs::write(&run_path, run).expect("written");
    (folder, qrels_path.display().to_string(), run_path.display().to_string())
}

fn near(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap_or(f64::NAN);
    assert!((value - expected).abs() < 1e-9, "{value}, not {expected}");
}

#[test]
fn evaluate_gives_the_measures_computed_by_hand() {
    let (_folder, qrels, run_file) = trec_files();
    let measured = object(&run(&["evaluate", &qrels, &run_file, "--measures", "map,P_2,ndcg@3", "--json"]));
    let of = |query: &str, measure: &str| measured["per_query"][query][measure].clone();
    near(&of("q1", "map"), (1.0 + 2.0 / 3.0) / 3.0);
    near(&of("q2", "map"), 0.5);
    near(&of("q1", "p@2"), 0.5);
    let third = 1.0 / 4.0_f64.log2();
    let second = 1.0 / 3.0_f64.log2();
    near(&of("q1", "ndcg@3"), (1.0 + third) / (1.0 + second + third));
    near(&of("q2", "ndcg@3"), second);
    near(&measured["all"]["map"], ((1.0 + 2.0 / 3.0) / 3.0 + 0.5) / 2.0);
    assert_eq!(measured["all"].as_object().map(|all| all.len()), Some(3), "{measured}");
    assert_eq!((measured["per_query"]["q3"].is_null(), &measured["averaging"]), (true, &"both".into()));
    assert_eq!(measured["ties"]["per_query"], serde_json::json!({ "q1": 0, "q2": 2 }));
    assert_eq!((&measured["ties"]["images"], &measured["ties"]["queries"]), (&2.into(), &1.into()));
    assert!(measured["ties"]["rule"].as_str().is_some_and(|rule| rule.contains("descending")), "{measured}");
}

#[test]
fn evaluate_and_compare_report_the_highest_grade_of_err() {
    let (folder, qrels, run_file) = trec_files();
    let graded = fs::read_to_string(&qrels).expect("the judgements").replace("q3 0 a 1", "q3 0 a 3");
    fs::write(&qrels, graded).expect("written");
    let measured = |measures: &str| object(&run(&["evaluate", &qrels, &run_file, "--measures", measures, "--json"]));
    let found = measured("err@1,map");
    assert_eq!(found["highest_grade"], 3, "q3 is judged, though not ranked: {found}");
    near(&found["per_query"]["q1"]["err@1"], 1.0 / 8.0);
    assert!(measured("map").get("highest_grade").is_none(), "no other measure depends on it");
    let text = run(&["evaluate", &qrels, &run_file, "--measures", "err"]);
    let text = String::from_utf8_lossy(&text.stdout);
    assert!(text.contains("ERR with a highest grade of 3"), "{text}");

    let other = folder.path().join("other.txt").display().to_string();
    fs::copy(&run_file, &other).expect("a copy");
    let compared = |arguments: &[&str]| {
        let both = ["compare", &run_file, &other, "--qrels", &qrels, "--measure", "err,map"];
        run(&[&both[..], arguments].concat())
    };
    assert_eq!(object(&compared(&["--json"]))["highest_grade"], 3);
    let text = compared(&[]);
    let text = String::from_utf8_lossy(&text.stdout);
    assert!(text.contains("ERR with a highest grade of 3"), "{text}");
}

#[test]
fn evaluate_over_all_judged_queries_counts_the_one_missing_from_the_run() {
    let (_folder, qrels, run_file) = trec_files();
    let measured =
        object(&run(&["evaluate", &qrels, &run_file, "--measures", "map", "--averaging", "all-qrels", "--json"]));
    near(&measured["per_query"]["q3"]["map"], 0.0);
    near(&measured["all"]["map"], ((1.0 + 2.0 / 3.0) / 3.0 + 0.5) / 3.0);
}

#[test]
fn evaluate_prints_a_row_per_query_only_when_asked() {
    let (_folder, qrels, run_file) = trec_files();
    let printed = |extra: &[&str]| {
        let output = run(&[&["evaluate", &qrels, &run_file][..], extra].concat());
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let (plain, each) = (printed(&[]), printed(&["--per-query"]));
    assert!(plain.contains("nDCG@20") && plain.contains("all") && !plain.contains("q1"), "{plain}");
    assert!(each.contains("q1") && each.contains("q2") && each.contains("over the queries in both"), "{each}");
}

#[test]
fn missing_files_and_unknown_names_are_reported_with_the_path() {
    rejected(&["info", "no/such/folder"], &["no/such/folder"]);
    rejected(&["train", "no/such/folder", "--json"], &["no/such/folder"]);
    rejected(&["no-such-command"], &["no-such-command", "neither a command nor a data set"]);
    rejected(&["train", &sample(), "--features", "bm25,charm"], &["charm", "popularity", &sample()]);
    rejected(&["train", &sample(), "--descriptors", "HOG"], &["HOG", "embeddings-efficientnet-lite0", &sample()]);
    rejected(&["embed", &sample(), "--encoder", "resnet18"], &["resnet18", "--weights"]);
    rejected(&["embed", &sample(), "--out", "vectors.txt"], &["vectors.txt", ".safetensors"]);
    rejected(&["screenshot", &sample(), "picture.jpg"], &["picture.jpg", ".png"]);
    let (_folder, qrels, run_file) = trec_files();
    rejected(&["evaluate", &qrels, "no-run.txt"], &["no-run.txt"]);
    rejected(&["evaluate", &qrels, &run_file, "--measures", "cr@20"], &["cr@20", "clusters", &qrels]);
}

#[test]
fn an_invalid_option_is_rejected_with_the_valid_values() {
    let cases: [(&[&str], &str); 9] = [
        (&["train", "x", "--model", "cnn"], "dcmm-cos"),
        (&["train", "x", "--epochs", "0"], "from 1 to"),
        (&["train", "x", "--dropout", "1.5"], "from 0 to below 1"),
        (&["train", "x", "--k", "-3"], "from 0 to 1000"),
        (&["train", "x", "--layers", "2147483648"], "from 0 to 16"),
        (&["train", "x", "--stop-on", "charm"], "ndcg@20"),
        (&["embed", "x", "--device", "abacus"], "cuda"),
        (&["evaluate", "x", "y", "--measures", "ndcg@zero"], "ndcg@20"),
        (&["screenshot", "x", "y.png", "--size", "big"], "1480x920"),
    ];
    for (arguments, word) in cases {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && errors(&output).contains(word), "{arguments:?}: {}", errors(&output));
    }
}

#[test]
fn a_closed_pipe_does_not_cause_a_panic() {
    let home = folder();
    let mut command = program(home.path());
    let mut child = command
        .args(["info", &sample()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it exits");
    assert!(output.status.success() && !errors(&output).contains("panicked"), "{output:?}");
}
