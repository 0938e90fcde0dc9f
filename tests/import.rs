//! Configurations from files.

use crossrank::eval::Measure;
use crossrank::model::ModelKind;
use crossrank::train::{Experiment, Loss, Method, RunRecord, read_config, read_reference};
use std::fs;
use std::path::PathBuf;

fn written(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    (folder, path)
}

const PARAMS: &str = r#"{
  "params": {
    "model": "DCMM-edge", "in_dim": 4, "visual_dim": 1536,
    "input_channels": 8, "conv_channels": 16, "nb_layers": 3, "nb_conv_layers": 2,
    "batch_size": 4, "lr": 1e-4, "l2_norm": 0.5, "dropout": 0, "nb_epochs": 20,
    "loss": "BPRLoss",
    "checkpoint_dir": "dev/",
    "monitoring_metric": "ndcg",
    "top_k": 10,
    "colour": "blue"
  }
}"#;

#[test]
fn params_of_the_authors_code_become_an_experiment_and_unknown_fields_are_reported() {
    let (_folder, path) = written("params.json", PARAMS);
    let (experiments, warnings) = read_reference(&path).unwrap();
    let [experiment] = experiments.as_slice() else { panic!("one") };
    let (model, training) = (&experiment.model, &experiment.training);
    assert_eq!((model.kind, model.hidden, model.mlp_layers), (ModelKind::DcmmEdge, 8, 3));
    assert_eq!((model.conv_size, model.conv_layers, model.dropout), (16, 2, 0.0));
    assert_eq!((training.batch, training.learning_rate, training.weight_decay), (4, 1e-4, 0.5));
    assert_eq!((training.epochs, training.loss, training.optimiser), (20, Loss::Bpr, Method::Adam));
    assert_eq!((training.stop_on, training.patience), (Measure::Ndcg, None));
    assert_eq!(experiment.graph.k, 9, "theirs counts the image itself");
    assert_eq!(warnings, [format!("unknown field colour: {}:10", path.display())]);
}

#[test]
fn lists_make_a_grid_of_every_combination() {
    let grid = r#"{"grid_params": {"input_channels": [16, 32], "lr": [1e-3, 1e-4, 1e-5], "model": ["DCMM-cos"],
        "early_stopping": ["ndcg"], "patience": [50], "top_k": [100], "nb_epochs": [100]}}"#;
    let (_folder, path) = written("grid.json", grid);
    let (experiments, warnings) = read_reference(&path).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    let all: Vec<(usize, f64)> = experiments.iter().map(|one| (one.model.hidden, one.training.learning_rate)).collect();
    assert_eq!(all, [(16, 1e-3), (16, 1e-4), (16, 1e-5), (32, 1e-3), (32, 1e-4), (32, 1e-5)]);
    assert!(experiments.iter().all(|one| one.training.patience == Some(50) && one.graph.k == 99));
}

#[test]
fn invalid_files_are_errors_with_field_and_line() {
    for (text, words) in [
        ("{\n\"params\": {\n\"lr\": \"fast\"}}", &["lr", "number", ":3"][..]),
        ("{\n\"params\": {\"top_k\": 0}}", &["top_k", ":2"]),
        ("{\"params\": {\"model\": \"VGG\"}}", &["model", "vgg", ":1"]),
        ("{\"params\": {\"loss\": \"Hinge\"}}", &["loss", "Hinge"]),
        ("{\"params\": {\"lr\": []}}", &["lr", "empty"]),
        ("{\"params\": 3}", &["fields"]),
        ("{\n\"params\": {,}}", &["line 2"]),
    ] {
        let (_folder, path) = written("params.json", text);
        let message = read_reference(&path).unwrap_err().to_string();
        assert!(message.contains("params.json"), "{message}");
        for word in words {
            assert!(message.contains(word), "“{word}” in: {message}");
        }
    }
}

#[test]
fn our_own_experiments_are_read_from_json_toml_and_saved_runs() {
    let mut experiment = Experiment::default();
    experiment.training.loss = Loss::ApproxNdcg;
    experiment.graph.k = 7;
    let json = serde_json::to_string(&experiment).unwrap();
    let run = serde_json::to_string(&RunRecord { experiment: experiment.clone(), ..RunRecord::default() }).unwrap();
    let toml = "[graph]\nk = 7\n[training]\nloss = \"approx-ndcg\"\n";
    for (name, text) in [("experiment.json", json.as_str()), ("run.json", &run), ("experiment.toml", toml)] {
        let (_folder, path) = written(name, text);
        assert_eq!(read_config(&path).unwrap(), (vec![experiment.clone()], Vec::new()), "{name}");
    }
    let (_folder, path) = written("e.toml", "[training]\nloss = \"bpr\"\nlearn_rate = 0.1\n");
    let error = read_config(&path).unwrap_err().to_string();
    assert!(error.starts_with("unknown setting \"training.learn_rate\" (expected one of model.kind, "), "{error}");
    assert!(error.contains("training.learning_rate") && error.ends_with("e.toml:3"), "{error}");
    let (_folder, path) = written("params.json", PARAMS);
    assert_eq!(read_config(&path).unwrap().0[0].graph.k, 9);
    for (name, text) in [("a.json", "[1]"), ("a.toml", "k = = 3"), ("a.json", "{\"training\": {\"loss\": 3}}")] {
        let (_folder, path) = written(name, text);
        assert!(read_config(&path).unwrap_err().to_string().contains(name));
    }
}
