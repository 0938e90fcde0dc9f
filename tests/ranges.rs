//! Values out of range are refused before any work, with the range, however they are given.

use crate::cli::{errors, folder, program, sample};
use std::fs;
use std::path::Path;

/// Settings by path and option, each with a value out of range and what it must be.
const CASES: [(&str, &str, &str, &str); 8] = [
    ("graph.k", "--k", "5000", "a whole number from 0 to 1000"),
    ("model.conv_layers", "--layers", "40", "a whole number from 0 to 16"),
    ("model.conv_layers", "--layers", "2147483648", "a whole number from 0 to 16"),
    ("model.mlp_layers", "--mlp-layers", "17", "a whole number from 0 to 16"),
    ("visual.components", "--components", "5000", "a whole number from 0 to 512"),
    ("training.loss_settings.sinkhorn", "--sinkhorn", "1000000", "a whole number from 0 to 1000"),
    ("training.schedule.warm_up", "--warm-up", "50", "a whole number from 0 to 40, the number of epochs"),
    ("model.dropout", "--dropout", "1.5", "a number from 0 to below 1"),
];

/// Runs a command that must fail at once and name the range.
fn refused(home: &Path, arguments: &[&str], range: &str) {
    let output = program(home).args(arguments).output().expect("the program runs");
    let message = errors(&output);
    assert!(!output.status.success(), "{arguments:?}");
    // Lines are wrapped at the width of a terminal.
    let words = message.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(range), "{arguments:?}: {message}");
    assert!(!message.contains("Reading files") && !message.contains("panicked"), "{arguments:?}: {message}");
    assert!(!home.join("out").exists(), "{arguments:?}");
}

#[test]
fn settings_out_of_range_are_refused_on_the_command_line_in_toml_and_in_json() {
    let (home, data) = (folder(), sample());
    let (home, out) = (home.path(), home.path().join("out").display().to_string());
    let file = |name: &str, text: &str| {
        let path = home.join(name);
        fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    for (path, option, value, range) in CASES {
        let set = format!("{path}={value}");
        refused(home, &["train", &data, option, value, "--out", &out], range);
        refused(home, &["sweep", &data, "--set", &set, "--out", &out], range);
        refused(home, &["ablate", &data, "--set", &set, "--out", &out], range);
        refused(home, &["benchmark", &data, "--set", &set, "--out", &out], range);

        let (above, name) = path.rsplit_once('.').expect("a path");
        let json = above
            .split('.')
            .rev()
            .fold(format!("{{\"{name}\": {value}}}"), |inner, part| format!("{{\"{part}\": {inner}}}"));
        // The default has more epochs than the presets.
        let range = range.replace("40", "100");
        let json = file("a.json", &json.replace("50}", "101}"));
        let toml = file("a.toml", &format!("{}\n", set.replace("=50", "=101")));
        refused(home, &["train", &data, "--config", &json, "--out", &out], &range);
        refused(home, &["train", &data, "--config", &toml, "--out", &out], &range);
        for part in ["base", "parameters"] {
            let value = if path.ends_with("warm_up") { "101" } else { value };
            let toml = file("sweep.toml", &format!("[{part}]\n{path} = {value}\n"));
            refused(home, &["sweep", &toml, "--dataset", &data, "--out", &out], &range);
        }
    }
}

#[test]
fn the_numbers_of_the_authors_files_have_the_same_ranges() {
    let (home, data) = (folder(), sample());
    let (home, out) = (home.path(), home.path().join("out").display().to_string());
    let path = home.join("params.json");
    for (key, value, range) in [
        ("nb_layers", "40", "nb_layers must be a whole number from 0 to 16, not 40"),
        ("nb_layers", "2147483648", "nb_layers must be a whole number from 0 to 16"),
        ("nb_conv_layers", "[1, 17]", "nb_conv_layers must be a whole number from 0 to 16, not 17"),
        ("top_k", "5000", "top_k without the image itself must be a whole number from 0 to 1000"),
        ("dropout", "1.5", "dropout must be a number from 0 to below 1, not 1.5"),
        ("nb_epochs", "1000000", "nb_epochs must be a whole number from 1 to 100000"),
    ] {
        fs::write(&path, format!("{{\"params\":\n{{\"{key}\": {value}}}}}")).expect("written");
        let file = path.display().to_string();
        refused(home, &["train", &data, "--config", &file, "--out", &out], range);
        refused(home, &["train", &data, "--config", &file, "--out", &out], "params.json:2");
    }
}

#[test]
fn numbers_of_seeds_samples_and_trials_are_limited() {
    let (home, data) = (folder(), sample());
    let (home, out) = (home.path(), home.path().join("out").display().to_string());
    let many = "1000000000000";
    for command in ["train", "sweep", "ablate", "benchmark"] {
        refused(home, &[command, &data, "--seeds", many, "--out", &out], "a whole number from 1 to 10000");
    }
    let axis = "graph.k=1,2,3";
    let sweep = ["sweep", &data, "--set", axis, "--out", &out];
    let random = |number: &str, value: &str, range: &str| {
        refused(home, &[&sweep[..], &["--method", "halving", number, value]].concat(), range);
    };
    random("--samples", many, "a whole number from 1 to 100000");
    random("--max-epochs", many, "a whole number from 1 to 100000");
    random("--folds", many, "a whole number from 2 to 10000");
    refused(home, &[&sweep[..], &["--jobs", many]].concat(), "a whole number from 1 to 1024");
    refused(home, &[&sweep[..], &["--seeds", "10000", "--folds", "10000"]].concat(), "more than 1000000 trials");
    let warm_up = ["--set", "training.schedule.warm_up=10", "--method", "halving"];
    refused(home, &[&sweep[..], &warm_up].concat(), "from 0 to 5, the first round's epochs");
    let file = home.join("a.toml").display().to_string();
    for (line, range) in [
        (format!("seeds = {many}"), "from 1 to 10000"),
        (format!("method = \"random\"\nsamples = {many}"), "from 1 to 100000"),
        (format!("folds = {many}"), "from 2 to 10000"),
        (format!("method = \"halving\"\nmax_epochs = {many}"), "from 1 to 100000"),
    ] {
        fs::write(&file, format!("{line}\n[parameters]\ngraph.k = [1, 2]\n")).expect("written");
        refused(home, &["sweep", &file, "--dataset", &data, "--out", &out], range);
    }
}

#[test]
fn a_parameter_is_set_once() {
    let (home, data) = (folder(), sample());
    let out = home.path().join("out").display().to_string();
    for command in ["sweep", "ablate", "benchmark"] {
        let twice = [command, &data, "--set", "graph.k=3", "--set", " graph.k = 5", "--out", &out];
        refused(home.path(), &twice, "“graph.k” is set twice");
    }
    refused(home.path(), &["train", &data, "--k", "3", "--k", "5"], "cannot be used multiple times");
    refused(home.path(), &["train", &data, "--lr", "0.1", "--learning-rate", "0.2"], "cannot be used multiple times");
}

#[test]
fn an_option_that_does_not_matter_to_the_model_is_reported() {
    let (home, data) = (folder(), sample());
    let train = |model: &str| {
        let options = ["train", &data, "--model", model, "--heads", "2", "--epochs", "1", "--conv-size", "4"];
        errors(&program(home.path()).args(options).output().expect("the program runs"))
    };
    let message = train("mlp");
    assert!(message.contains("--heads has no effect with mlp") && message.contains("--conv-size has no effect"));
    assert!(!train("gat").contains("no effect"));
}
