//! What a study says before it starts, and its tables as files.

use crate::cli::{errors, folder, object, program, sample};
use std::fs;
use std::path::Path;
use std::process::Output;

const SMALL: [&str; 6] = ["--set", "training.epochs=1", "--set", "training.retrain=false", "--set", "model.hidden=4"];

fn study(home: &Path, command: &str, options: &[&str]) -> Output {
    let mut program = program(home);
    program.args([command, &sample()]).args(SMALL).args(options).output().expect("the program runs")
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", errors(output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn cv_trains_one_configuration_on_every_fold_and_a_sweep_without_parameters_refers_to_it() {
    let home = folder();
    let out = home.path().join("cv").display().to_string();
    let table = text(&study(home.path(), "cv", &["--folds", "3", "--seeds", "2", "--out", &out]));
    assert!(table.contains("1 configuration × 3 folds × 2 seeds") && table.contains("\nvalidation  0."), "{table}");
    assert!(table.contains("\ntest        0.") && table.contains(" ± "), "{table}");
    let trials = fs::read_dir(home.path().join("cv/trials")).expect("trials").count();
    assert_eq!(trials, 6);

    let none = ["sweep", &sample(), "--out", &home.path().join("new").display().to_string()].map(str::to_owned);
    let refused = program(home.path()).args(none).output().expect("the program runs");
    assert!(!refused.status.success() && errors(&refused).contains("use crossrank cv"), "{}", errors(&refused));
    assert!(!home.path().join("new").exists());
}

#[test]
fn a_cross_validation_that_sweep_began_is_continued_by_both() {
    let home = folder();
    let out = home.path().join("old").display().to_string();
    // As a version without cv left it.
    text(&study(home.path(), "cv", &["--preset", "reference", "--split", "files", "--seeds", "1", "--out", &out]));
    let file = home.path().join("base.toml");
    let base = "preset = \"reference\"\nfolds = \"files\"\n[base]\n";
    let base = format!("{base}training.epochs = 1\ntraining.retrain = false\nmodel.hidden = 4\n");
    fs::write(&file, base).expect("written");
    let mut sweep = program(home.path());
    sweep.arg("sweep").arg(&file).args(["--dataset", &sample(), "--out", &out]);
    let again = sweep.output().expect("the program runs");
    assert!(text(&again).contains("base"), "{again:?}");
    assert!(errors(&again).contains("1 of 1 trials are finished"), "{}", errors(&again));
    assert_eq!(fs::read_dir(home.path().join("old/trials")).expect("trials").count(), 1);
}

#[test]
fn every_study_says_what_it_will_train_and_a_dry_run_does_nothing_else() {
    let home = folder();
    let out = home.path().join("out").display().to_string();
    let few = ["--folds", "2", "--seeds", "3", "--out", &out, "--dry-run"];
    for (command, options, words) in [
        ("cv", &[][..], "cross-validation on stamps-and-places: 1 configuration × 2 folds × 3 seeds, 6 trials"),
        (
            "sweep",
            &["--set", "graph.k=3,5"],
            "sweep on stamps-and-places: 2 configurations × 2 folds × 3 seeds, 12 trials",
        ),
        ("ablate", &[], "ablation on stamps-and-places: "),
        (
            "benchmark",
            &["--models", "mlp,gat"],
            "benchmark on stamps-and-places: 2 models × 2 folds × 3 seeds, 12 trials",
        ),
    ] {
        let planned = text(&study(home.path(), command, &[options, &few].concat()));
        assert!(planned.starts_with(words), "{command}: {planned}");
        assert!(planned.contains("2-fold cross-validation") && planned.contains("seeds 1 to 3"), "{planned}");
        assert!(!home.path().join("out").exists(), "{command} trained");
    }
    let halving =
        ["--set", "graph.k=2,3,4,5", "--method", "halving", "--eta", "2", "--min-epochs", "1", "--max-epochs", "3"];
    let planned = object(&study(home.path(), "sweep", &[&halving[..], &few, &["--json"]].concat()));
    assert_eq!((&planned["trials"], &planned["finished"]), (&((4 + 2 + 1) * 6).into(), &0.into()), "{planned}");
    assert_eq!(planned["rounds"][1], serde_json::json!({ "epochs": 2, "configurations": 2 }));
}

#[test]
fn without_a_terminal_each_trial_is_a_line_and_finished_ones_foretell_the_rest() {
    let home = folder();
    let out = home.path().join("out").display().to_string();
    let sweep = |values: &str, extra: &[&str]| {
        let set = format!("graph.k={values}");
        study(home.path(), "sweep", &[&["--set", &set, "--split", "files", "--out", &out], extra].concat())
    };
    let first = sweep("3,5", &[]);
    let lines = errors(&first);
    assert!(lines.contains("\n1 of 2 trials, ") && lines.contains("\n2 of 2 trials, "), "{lines}");
    assert!(lines.contains("graph.k=5,fold-1,seed-1") && !lines.contains('\r'), "{lines}");
    let more = text(&sweep("3,5,7", &["--dry-run"]));
    assert!(more.contains("2 of 3 trials are finished; judging by them, the others take about "), "{more}");
}

#[test]
fn one_seed_has_no_deviation() {
    let home = folder();
    let one = ["--split", "files", "--seeds", "1"];
    for (command, options) in [("benchmark", &["--models", "mlp,linear"][..]), ("cv", &[]), ("ablate", &[])] {
        let table = text(&study(home.path(), command, &[&one, options].concat()));
        assert!(!table.contains('±'), "{command}: {table}");
    }
    let out = home.path().join("out").display().to_string();
    let sweep = ["--set", "graph.k=3,5", "--split", "files", "--out", &out];
    assert!(!text(&study(home.path(), "sweep", &sweep)).contains('±'));
}

#[test]
fn the_tables_of_all_studies_can_be_latex_or_csv() {
    let home = folder();
    let file = |name: &str| home.path().join(name).display().to_string();
    let few = ["--split", "files", "--seeds", "2"];
    for (command, options, head) in [
        ("cv", &[][..], "configuration,validation MAP,validation MAP deviation,test MAP,test MAP deviation,"),
        ("ablate", &[], "configuration,MAP,MAP deviation,Δ MAP,Δ MAP low,Δ MAP high,"),
        ("benchmark", &["--models", "mlp,linear"], "model,weights,MAP,MAP deviation,MAP low,MAP high,Δ MAP,"),
    ] {
        let csv = file(&format!("{command}.csv"));
        text(&study(home.path(), command, &[&few, options, &["--out", &csv]].concat()));
        let csv = fs::read_to_string(csv).expect("written");
        assert!(csv.starts_with(head), "{command}: {csv}");
        if command != "cv" {
            assert!(csv.contains(",p MAP,d_z MAP"), "{command}: {csv}");
        }
    }
    let (out, tex) = (file("sweep"), file("sweep.tex"));
    text(&study(home.path(), "sweep", &[&few[..], &["--set", "graph.k=3,5", "--out", &out, "--table", &tex]].concat()));
    let tex = fs::read_to_string(tex).expect("written");
    assert!(tex.contains("\\toprule") && tex.contains("graph.k=3 & 0.") && tex.contains(" $\\pm$ 0."), "{tex}");
    assert!(home.path().join("sweep/study.json").is_file() && !home.path().join("cv.csv/trials").exists());
    assert!(tex.contains("2 configurations, the split of the files, 2 seeds}"), "{tex}");
    let one = file("one.tex");
    text(&study(home.path(), "cv", &["--split", "files", "--seeds", "1", "--out", &one]));
    assert!(fs::read_to_string(one).expect("written").contains(", 1 seed}"));
    let wrong = study(home.path(), "cv", &["--table", &file("a.doc")]);
    assert!(errors(&wrong).contains(".md, .csv, .json or .tex"), "{}", errors(&wrong));
}
