//! `crossrank train`.

use super::{folder, near, object, program, run, sample};
use serde_json::Value;
use std::fs;

/// The output of a short training run, without times.
fn trained(threads: Option<&str>, extra: &[&str]) -> String {
    let home = folder();
    let mut command = program(home.path());
    command.args(["train", &sample(), "--json", "--epochs", "2"]).args(extra);
    if let Some(threads) = threads {
        command.env("RAYON_NUM_THREADS", threads);
    }
    let mut object = object(&command.output().expect("the program runs"));
    assert!(object["seconds_per_epoch"].as_f64().is_some_and(|seconds| seconds > 0.0), "{object}");
    object["seconds_per_epoch"].take();
    object.to_string()
}

#[test]
fn train_prints_five_measures_of_three_rankings_on_two_splits() {
    let object: Value = serde_json::from_str(&trained(None, &[])).expect("JSON");
    for split in ["test", "validation"] {
        for ranking in ["initial", "text", "model"] {
            for measure in ["map", "p@10", "p@20", "ndcg@20", "ndcg"] {
                let value = object[split][ranking][measure].as_f64();
                assert!(
                    value.is_some_and(|value| (0.0..=1.0).contains(&value)),
                    "{split} {ranking} {measure}: {object}"
                );
            }
        }
        assert!(object[split]["text"]["map"].as_f64() > Some(0.4), "{object}");
    }
    assert!((1..=2).contains(&object["best_epoch"].as_u64().unwrap_or(0)), "{object}");
    assert!(object["parameters"].as_u64().is_some_and(|count| count > 50) && object["out"].is_null(), "{object}");
}

#[test]
fn the_same_seed_gives_the_same_measures_for_any_number_of_threads() {
    let first = trained(None, &[]);
    assert_eq!(trained(None, &[]), first);
    assert_eq!(trained(Some("1"), &[]), first);
    assert_eq!(trained(Some("2"), &[]), first);
    assert_ne!(trained(None, &["--seed", "2"]), first);
}

#[test]
fn several_seeds_give_means_deviations_and_each_seed_s_measures() {
    let of = |object: &Value| object["test"]["model"]["map"].as_f64().expect("a number");
    let both: Value = serde_json::from_str(&trained(None, &["--seed", "4", "--seeds", "2"])).expect("JSON");
    let each = both["seeds"].as_array().expect("a list");
    assert_eq!((&each[0]["seed"], &each[1]["seed"], each.len()), (&4.into(), &5.into(), 2));
    let alone: Value = serde_json::from_str(&trained(None, &["--seed", "5"])).expect("JSON");
    assert_eq!(each[1]["test"], alone["test"]);
    let (a, b) = (of(&each[0]), of(&each[1]));
    assert!((of(&both) - (a + b) / 2.0).abs() < 1e-12, "{both}");
    assert!((of(&both["deviation"]) - (a - b).abs() / 2.0_f64.sqrt()).abs() < 1e-12, "{both}");
}

#[test]
fn a_run_is_saved_where_requested_and_its_ranking_evaluates_to_the_same_measures() {
    let parent = folder();
    let out = parent.path().join("first");
    let shown = out.display().to_string();
    let trained = object(&run(&["train", &sample(), "--json", "--epochs", "2", "--model", "mlp", "--out", &shown]));
    assert_eq!(trained["out"], shown.as_str());
    for name in ["run.json", "history.jsonl", "model.safetensors", "run.txt"] {
        assert!(out.join(name).is_file(), "{name}");
    }
    let (qrels, ranking) = (format!("{}/qrels.txt", sample()), format!("{shown}/run.txt"));
    let evaluated = object(&run(&["evaluate", &qrels, &ranking, "--json", "--measures", "map"]));
    let queries = fs::read_to_string(format!("{}/queries.tsv", sample())).expect("the sample's queries");
    let test: Vec<&str> = queries
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|row| row[2] == "test")
        .map(|row| row[0])
        .collect();
    let sum: f64 = test.iter().filter_map(|query| evaluated["per_query"][*query]["map"].as_f64()).sum();
    near(&trained["test"]["model"]["map"], sum / 8.0);
}
