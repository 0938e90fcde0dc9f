//! Runs of several seeds: their export, and what a manifest says about how a run was made.

use crate::cli::{errors, folder, object, program, sample};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn train(home: &Path, options: &[&str]) -> String {
    let small = ["--preset", "reference", "--epochs", "2", "--hidden", "4", "--conv-size", "4"];
    let output = program(home).args(["train", &sample()]).args(small).args(options).output().expect("it runs");
    assert!(output.status.success(), "{}", errors(&output));
    errors(&output)
}

#[test]
fn a_folder_of_seeds_is_exported_run_by_run_with_a_table_of_means() {
    let home = folder();
    let (runs, out) = (home.path().join("runs"), home.path().join("out"));
    train(home.path(), &["--seeds", "2", "--out", &runs.display().to_string()]);
    let exported = object(
        &program(home.path()).arg("export").arg(&runs).arg("--out").arg(&out).arg("--json").output().expect("it runs"),
    );
    assert_eq!(exported["left_out"], serde_json::json!([]), "{exported}");
    for file in ["seed-1/manifest.json", "seed-2/queries.csv", "seed-2/qrels.txt", "table.tex"] {
        assert!(out.join(file).is_file(), "{file}: {exported}");
    }
    let table = fs::read_to_string(out.join("table.csv")).expect("written");
    let of = |seed: usize| -> f64 {
        let text = fs::read_to_string(out.join(format!("seed-{seed}/summary.json"))).expect("written");
        serde_json::from_str::<Value>(&text).expect("JSON")["test"]["model"]["map"].as_f64().expect("a number")
    };
    let row = table.lines().find(|line| line.starts_with("dcmm-edge,")).expect("the model");
    let mean: f64 = row.split(',').nth(1).and_then(|mean| mean.parse().ok()).expect("a number");
    assert!((mean - (of(1) + of(2)) / 2.0).abs() < 1e-12, "{table}");
    assert!(table.starts_with("ranking,MAP,MAP deviation,"), "{table}");

    let empty = home.path().join("empty");
    fs::create_dir(&empty).expect("a folder");
    let refused = program(home.path()).arg("export").arg(&empty).arg("--out").arg(&out).output().expect("it runs");
    assert!(errors(&refused).contains("neither a run nor a folder of runs: "), "{}", errors(&refused));
}

#[test]
fn a_manifest_says_who_made_the_run_and_when() {
    let home = folder();
    let (run, out) = (home.path().join("a run"), home.path().join("out"));
    train(home.path(), &["--out", &run.display().to_string()]);
    let exported = program(home.path()).arg("export").arg(&run).arg("--out").arg(&out).output().expect("it runs");
    assert!(exported.status.success(), "{}", errors(&exported));
    let manifest = fs::read_to_string(out.join("manifest.json")).expect("written");
    let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
    let command = manifest["command"].as_str().expect("a text");
    assert!(command.starts_with("crossrank train "), "{command}");
    assert!(command.ends_with(&format!("--out '{}'", run.display())), "{command}");
    let (started, ended) = (manifest["started"].as_u64(), manifest["ended"].as_u64());
    assert!(started > Some(1_700_000_000) && ended >= started, "{manifest}");
    assert_eq!(manifest["host"], crossrank::base::host_name());
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    let version = program(home.path()).arg("--version").output().expect("it runs");
    let commit = manifest["commit"].as_str().expect("a text");
    assert!(
        commit == "unknown" || String::from_utf8_lossy(&version.stdout).contains(&format!("({commit})")),
        "{commit}"
    );
}

#[test]
fn without_a_terminal_each_epoch_is_a_line() {
    let home = folder();
    let lines = train(home.path(), &["--patience", "none"]);
    let epochs: Vec<&str> = lines.lines().filter(|line| line.starts_with("Training, epoch ")).collect();
    assert_eq!(epochs.len(), 2, "{lines}");
    assert!(epochs[1].starts_with("Training, epoch 2 of 2: MAP 0."), "{lines}");
    assert!(!lines.contains('\r'), "{lines}");
}

#[test]
fn a_comparison_as_csv_has_differences_p_values_and_effect_sizes() {
    let home = folder();
    let path = |name: &str| home.path().join(name).display().to_string();
    for seed in ["1", "2"] {
        train(home.path(), &["--seed", seed, "--out", &path(seed)]);
    }
    let out = path("x.csv");
    let compare = ["compare", &path("1"), &path("2"), "--measure", "map,p@20", "--out", &out];
    let output = program(home.path()).args(compare).output().expect("it runs");
    assert!(output.status.success(), "{}", errors(&output));
    let csv = fs::read_to_string(&out).expect("written");
    let head: Vec<&str> = csv.lines().next().expect("a head").split(',').collect();
    for column in ["MAP", "MAP low", "MAP Δ", "MAP Δ low", "MAP p (t)", "MAP Holm", "P@20 d_z", "P@20 losses"] {
        assert!(head.contains(&column), "{column}: {head:?}");
    }
    let row: Vec<&str> = csv.lines().nth(2).expect("the second run").split(',').collect();
    let of = |column: &str| row[head.iter().position(|name| *name == column).expect("a column")];
    assert!(of("MAP Δ").parse::<f64>().is_ok() && of("P@20 p (t)").parse::<f64>().is_ok(), "{csv}");
    assert_eq!(row.len(), head.len());
}
