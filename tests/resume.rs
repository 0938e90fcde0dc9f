//! Going on with a run to the same bits.

use crate::training::{bits, config, data, map, model};
use crossrank::dataset::Split;
use crossrank::model::{ModelKind, Network, NetworkConfig};
use crossrank::train::{
    Decay, EpochReport, Observer, Outcome, Schedule, Standing, Stop, TrainConfig, TrainData, TrainState, measure,
    retrain, train, train_from,
};
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Keeps every state in a file and breaks where it is told.
struct Keeper<'a> {
    file: &'a Path,
    batches: usize,
    at_batch: Option<usize>,
    at_epoch: Option<usize>,
}

impl Observer for Keeper<'_> {
    fn batch(&mut self, done: usize, _: usize) -> ControlFlow<()> {
        self.batches += usize::from(done > 0);
        if self.at_batch == Some(self.batches) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn epoch(&mut self, report: &EpochReport, _: &Network) -> ControlFlow<()> {
        if self.at_epoch == Some(report.epoch) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn standing(&mut self, standing: &Standing<'_>) -> ControlFlow<()> {
        let state = TrainState { note: "a note".into(), ..standing.state().unwrap() };
        state.write(self.file).unwrap();
        assert_eq!(TrainState::read(self.file).unwrap(), state);
        ControlFlow::Continue(())
    }
}

fn keeper(file: &Path) -> Keeper<'_> {
    Keeper { file, batches: 0, at_batch: None, at_epoch: None }
}

fn network() -> NetworkConfig {
    NetworkConfig { dropout: 0.3, ..model(ModelKind::DcmmEdge, 12) }
}

fn eight() -> TrainConfig {
    let schedule = Schedule { decay: Decay::Cosine, warm_up: 2, ..Schedule::default() };
    TrainConfig { schedule, weight_decay: 0.01, clip: Some(1.0), ..config(8) }
}

fn without_times(outcome: &Outcome) -> Vec<EpochReport> {
    outcome.history.iter().map(|report| EpochReport { seconds: 0.0, ..report.clone() }).collect()
}

#[test]
fn an_interrupted_training_goes_on_to_the_bits_of_one_that_was_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.safetensors");
    let data = data(24, 12);
    let whole = train(&data, &network(), &eight(), &mut keeper(&file)).unwrap();
    assert_eq!((whole.history.len(), whole.stopped), (8, Stop::Finished));
    // Six batches an epoch: in the middle of epoch 4, at its first batch's end, and after epoch 3.
    for (at_batch, at_epoch) in [(Some(21), None), (Some(19), None), (Some(18), None), (None, Some(3))] {
        let mut breaks = Keeper { at_batch, at_epoch, ..keeper(&file) };
        let part = train(&data, &network(), &eight(), &mut breaks).unwrap();
        assert_eq!(part.stopped, Stop::Interrupted);
        let state = TrainState::read(&file).unwrap();
        assert_eq!(state.history.len(), if at_batch == Some(18) { 2 } else { 3 });
        let rest = train_from(&data, &network(), &eight(), Some(&state), &mut keeper(&file)).unwrap();
        assert_eq!(bits(&rest), bits(&whole), "{at_batch:?} {at_epoch:?}");
        assert_eq!(without_times(&rest), without_times(&whole));
        assert_eq!((rest.best_epoch, rest.stopped), (whole.best_epoch, whole.stopped));
    }
}

#[test]
fn more_epochs_go_on_where_fewer_ended_and_patience_counts_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.safetensors");
    let data = data(12, 12);
    let all = TrainConfig { learning_rate: 0.2, patience: Some(4), ..config(60) };
    let whole = train(&data, &network(), &all, &mut keeper(&file)).unwrap();
    assert_eq!(whole.stopped, Stop::EarlyStopped);
    let few = TrainConfig { epochs: whole.best_epoch + 2, ..all.clone() };
    assert_eq!(train(&data, &network(), &few, &mut keeper(&file)).unwrap().stopped, Stop::Finished);
    let state = TrainState::read(&file).unwrap();
    let rest = train_from(&data, &network(), &all, Some(&state), &mut keeper(&file)).unwrap();
    assert_eq!((bits(&rest), rest.stopped), (bits(&whole), Stop::EarlyStopped));
    // What has ended ends at once.
    let state = TrainState::read(&file).unwrap();
    let mut counts = keeper(&file);
    assert_eq!(train_from(&data, &network(), &all, Some(&state), &mut counts).unwrap().stopped, Stop::EarlyStopped);
    assert_eq!(counts.batches, 0);
}

#[test]
fn a_state_of_another_network_or_a_damaged_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.safetensors");
    let data = data(8, 12);
    train(&data, &network(), &config(2), &mut keeper(&file)).unwrap();
    let state = TrainState::read(&file).unwrap();
    for other in [model(ModelKind::DcmmCos, 12), NetworkConfig { mlp: vec![9, 8], ..network() }] {
        let error = train_from(&data, &other, &config(4), Some(&state), &mut keeper(&file)).unwrap_err().to_string();
        assert!(error.contains("another network"), "{error}");
    }
    let bytes = fs::read(&file).unwrap();
    for damaged in [&bytes[..0], &bytes[..9], &bytes[..bytes.len() / 2], &vec![0; bytes.len()][..]] {
        fs::write(&file, damaged).unwrap();
        let message = TrainState::read(&file).unwrap_err().to_string();
        assert!(message.ends_with("state.safetensors"), "{message}");
    }
}

#[test]
fn retraining_learns_from_validation_queries_too_and_keeps_the_last_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.safetensors");
    let data = data(16, 12);
    let outcome = retrain(&data, &network(), &config(50), 6, None, &mut keeper(&file)).unwrap();
    assert_eq!((outcome.history.len(), outcome.best_epoch, outcome.stopped), (6, 6, Stop::Finished));
    assert!(outcome.history.iter().all(|report| report.retraining));
    // The same as training on data where the validation queries are training ones, for so many epochs.
    let split = data.split.iter().map(|&split| if split == Split::Validation { Split::Train } else { split }).collect();
    let joined = TrainData { split, ..data.clone() };
    let mut last = Vec::new();
    struct Last<'a>(&'a mut Vec<f64>);
    impl Observer for Last<'_> {
        fn epoch(&mut self, _: &EpochReport, model: &Network) -> ControlFlow<()> {
            *self.0 = model.weights().unwrap().into_values().flatten().collect();
            ControlFlow::Continue(())
        }
    }
    train(&joined, &network(), &TrainConfig { epochs: 6, ..config(50) }, &mut Last(&mut last)).unwrap();
    let kept: Vec<f64> = outcome.model.weights().unwrap().into_values().flatten().collect();
    assert_eq!(kept, last);
    assert!(map(&measure(&outcome.model, &data.inputs, &data.of(Split::Test)).unwrap()) > 0.0);
}

/// The program on the sample, with its own home.
fn program(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossrank"));
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/stamps-and-places");
    command.env("CROSSRANK_HOME", home).arg("train").arg(sample).args(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A run's history without its times, its weights, its ranking and its figures.
fn kept(folder: &Path) -> (Vec<serde_json::Value>, Vec<u8>, String, String) {
    let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let line = |line: &str| {
        let mut report: serde_json::Value = serde_json::from_str(line).unwrap();
        report["seconds"].take();
        report
    };
    let ranking = text("run.txt").lines().map(|line| line.rsplit_once(' ').unwrap().0.to_owned() + "\n").collect();
    let weights = fs::read(folder.join("model.safetensors")).unwrap();
    (text("history.jsonl").lines().map(line).collect(), weights, ranking, text("queries.json"))
}

fn wait_for_epochs(folder: &Path, epochs: usize) {
    let start = Instant::now();
    while fs::read_to_string(folder.join("history.jsonl")).map_or(0, |text| text.lines().count()) < epochs {
        assert!(start.elapsed() < Duration::from_secs(120), "no epoch {epochs} in two minutes");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_killed_run_is_resumed_to_the_same_files() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    let show = |name: &str| path(name).display().to_string();
    let settings = ["--epochs", "60", "--model", "mlp", "--patience", "none", "--retrain", "--out"];
    let whole = program(home.path(), &[&settings[..], &[&show("whole")]].concat()).output().unwrap();
    assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));
    let mut child = program(home.path(), &[&settings[..], &[&show("cut")]].concat()).spawn().unwrap();
    wait_for_epochs(&path("cut"), 9);
    child.kill().unwrap();
    child.wait().unwrap();
    let record: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(path("cut").join("run.json")).unwrap()).unwrap();
    assert_eq!(record["state"], "running", "it was cut off before its end");
    let resumed = program(home.path(), &["--resume", &show("cut"), "--json"]).output().unwrap();
    assert!(resumed.status.success(), "{}", String::from_utf8_lossy(&resumed.stderr));
    assert_eq!(kept(&path("cut")), kept(&path("whole")));
    let epochs = |name: &str| fs::read(path(name).join("epochs.bin")).unwrap();
    assert!(epochs("cut") == epochs("whole"), "the kept epochs differ");
    let record: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(path("cut").join("run.json")).unwrap()).unwrap();
    assert_eq!((&record["state"], &record["retrained"]), (&"finished".into(), &record["best_epoch"]));
    // It has come to its end, and says so; with more epochs it goes on; with other settings it does not.
    let refused = |arguments: &[&str], word: &str| {
        let output = program(home.path(), arguments).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && told.lines().last().unwrap().contains(word), "{told}");
    };
    let finished = program(home.path(), &["--resume", &show("cut")]).output().unwrap();
    let note = String::from_utf8_lossy(&finished.stderr);
    assert!(finished.status.success() && note.contains("has finished"), "{note}");
    refused(&["--out", &show("cut")], "--force");
    refused(&["--resume", &show("cut"), "--k", "3"], "its own settings");
    refused(&["--resume", &show("cut"), "--epochs", "5"], "already trained for 60 epochs");
    refused(&["--resume", &show("none")], "none");
    let more = program(home.path(), &["--resume", &show("cut"), "--epochs", "62"]).output().unwrap();
    assert!(more.status.success(), "{}", String::from_utf8_lossy(&more.stderr));
    let (history, ..) = kept(&path("cut"));
    assert_eq!(history.iter().filter(|report| report["retraining"].is_null()).count(), 62);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_run_after_its_batch_and_keeps_it() {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("run");
    let show = out.display().to_string();
    let mut child = program(home.path(), &["--epochs", "5000", "--model", "mlp", "--patience", "none", "--out", &show])
        .spawn()
        .unwrap();
    wait_for_epochs(&out, 3);
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(30), "it does not end");
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("interrupted; continue with --resume"), "{told}");
    let (history, weights, ranking, _) = kept(&out);
    assert!(history.len() >= 3 && !weights.is_empty() && !ranking.is_empty());
    let record: serde_json::Value = serde_json::from_str(&fs::read_to_string(out.join("run.json")).unwrap()).unwrap();
    assert_eq!(record["state"], "interrupted");
}
