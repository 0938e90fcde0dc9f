//! Settings show the digits that were typed, and what was saved before is still recognised.

use crate::cli::{folder, program, sample};
use crossrank::train::{Experiment, Preset};
use std::fs;
use std::path::Path;

/// A sweep of one small trial.
fn sweep(home: &Path, out: &Path) -> serde_json::Value {
    let typed = ["graph.min_weight=0.3", "model.hidden=2", "model.conv_size=2", "training.epochs=1"];
    let mut command = program(home);
    command.args(["sweep", &sample(), "--preset", "reference", "--split", "files", "--json", "--out"]).arg(out);
    typed.iter().for_each(|change| {
        command.args(["--set", change]);
    });
    crate::cli::object(&command.output().expect("the program runs"))
}

#[test]
fn json_and_toml_have_the_digits_that_were_typed() {
    let mut experiment = Preset::Reference.experiment();
    (experiment.model.dropout, experiment.graph.min_weight) = (0.2, 0.3);
    let tree = serde_json::to_value(&experiment).expect("plain values").to_string();
    let text = serde_json::to_string(&experiment).expect("plain values");
    let shown = crossrank::study::parameters(&experiment);
    let lines: Vec<String> = shown.iter().map(ToString::to_string).collect();
    assert!(lines.contains(&"model.dropout=0.2".to_owned()) && lines.contains(&"graph.min_weight=0.3".to_owned()));
    assert_eq!(tree, text);
    assert!(text.contains("\"dropout\":0.2") && text.contains("\"min_weight\":0.3"), "{text}");
    // Absent settings have no form in TOML.
    experiment.features = Some(vec!["rank".to_owned()]);
    let toml = toml::to_string(&experiment.model).expect("plain values");
    assert!(toml.contains("dropout = 0.2\n"), "{toml}");
    let old: Experiment = serde_json::from_str(&text.replace("0.2", "0.20000000298023224")).expect("an experiment");
    assert_eq!(old.model.dropout, 0.2, "files that have the long form still mean the same");
}

#[test]
fn a_manifest_has_the_digits_that_were_typed() {
    let home = folder();
    let (run, out) = (home.path().join("run"), home.path().join("out"));
    let mut train = program(home.path());
    train
        .args(["train", &sample(), "--preset", "reference", "--epochs", "1", "--min-weight", "0.3", "--out"])
        .arg(&run);
    assert!(train.output().expect("the program runs").status.success());
    let exported = program(home.path()).arg("export").arg(&run).arg("--out").arg(&out).output();
    assert!(exported.expect("the program runs").status.success());
    let manifest = fs::read_to_string(out.join("manifest.json")).expect("written");
    assert!(manifest.contains("\"dropout\": 0.2\n") && manifest.contains("\"min_weight\": 0.3\n"), "{manifest}");
}

#[test]
fn an_ablation_names_its_rows_by_the_digits_that_were_typed() {
    let data = crossrank::train::open(Path::new(&sample()), &[]).expect("the sample").data;
    let rows = crossrank::study::ablations(&Preset::Best.experiment(), &data.signals).expect("an ablation");
    assert!(rows.iter().any(|row| row.name == "model.dropout=0.2"), "{:?}", rows.iter().map(|row| &row.name));
}

/// The hash of this trial as version 0.1.0 wrote it: studies begun before are continued.
#[test]
fn the_identity_of_a_trial_is_what_it_was() {
    let home = folder();
    let out = home.path().join("sweep");
    sweep(home.path(), &out);
    let trial = fs::read_to_string(out.join("trials/base,fold-1,seed-1/trial.json")).expect("a trial");
    assert!(trial.contains("\"identity\": \"33238af6512aafeb\""), "{trial}");
}

#[test]
fn a_trial_is_recognised_whatever_its_folder_is_called() {
    let home = folder();
    let out = home.path().join("sweep");
    let first = sweep(home.path(), &out);
    let trials = out.join("trials");
    let old = trials.join("dropout=0.20000000298023224,fold-1,seed-1");
    fs::rename(trials.join("base,fold-1,seed-1"), &old).expect("renamed");
    let again = sweep(home.path(), &out);
    assert_eq!(fs::read_dir(&trials).expect("trials").count(), 1, "it is not trained again");
    let configuration = |study: &serde_json::Value| study["results"]["configurations"][0].clone();
    assert_eq!(configuration(&again)["trials"][0], "dropout=0.20000000298023224,fold-1,seed-1");
    assert_eq!(configuration(&again)["test"], configuration(&first)["test"]);
}
