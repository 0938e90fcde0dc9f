//! Training that starts from the weights of an earlier run.

use crate::cli::{errors, object, program, sample};
use crossrank::dataset::demo_sample;
use crossrank::model::{ModelKind, Network, RankingInput};
use crossrank::train::{
    Continuation, EpochReport, Experiment, Quiet, RunData, RunObserver, RunRecord, RunState, WarmStart, open,
    read_run_folder, read_run_record, resume, run, run_from,
};
use crossrank::workspace::{DataAction, SettingsAction, Store, TrainingAction, Workspace};
use std::ops::ControlFlow;
use std::path::Path;

fn data() -> RunData {
    open(&demo_sample(), &[]).expect("the sample").data
}

fn experiment(epochs: usize) -> Experiment {
    let mut experiment = Experiment::default();
    experiment.model.kind = ModelKind::Mlp;
    experiment.training.epochs = epochs;
    experiment.training.patience = None;
    experiment
}

fn record(name: &str) -> RunRecord {
    RunRecord { name: name.to_owned(), ..RunRecord::default() }
}

/// The curve to the bit, without times.
fn bits(history: &[EpochReport]) -> Vec<(u64, String)> {
    let line = |report: &EpochReport| {
        (report.train_loss.to_bits(), serde_json::to_string(&report.validation).expect("numbers"))
    };
    history.iter().map(line).collect()
}

/// Stops after an epoch.
struct Until(usize);

impl RunObserver for Until {
    fn epoch(&mut self, report: &EpochReport, _: &Network, _: &[RankingInput]) -> ControlFlow<()> {
        if report.epoch == self.0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[test]
fn it_goes_on_from_the_parents_weights_and_records_it_and_resumes_to_the_bit() {
    let (data, home) = (data(), tempfile::tempdir().expect("a folder"));
    let path = |name: &str| home.path().join(name);
    let parent = run(&data, &experiment(4), record("parent"), Some(&path("parent")), &mut Quiet).expect("trained");
    let start = WarmStart::read(&path("parent")).expect("weights");
    let mut retrained = experiment(3);
    retrained.training.retrain = true;
    let train = |folder: &str, observer: &mut dyn RunObserver| {
        let folder = path(folder);
        run_from(&data, &retrained, record("child"), (Some(&folder), Some(&start)), observer).expect("trained")
    };
    let whole = train("whole", &mut Quiet);
    assert!(whole.history[0].train_loss < parent.history[0].train_loss, "it does not start over");
    assert_eq!(whole.history.len(), 3 + whole.record.best_epoch, "and trains again on train and validation");
    let again = whole.history.iter().find(|report| report.retraining).expect("a second training");
    assert!(again.train_loss < parent.history[0].train_loss, "which starts from the parent, too");
    let found = whole.record.parent.expect("it is recorded");
    assert_eq!((found.run.as_str(), found.epoch), ("parent", parent.record.best_epoch));
    assert_eq!(read_run_record(&path("whole")).expect("a run").parent, Some(found));

    // Without the parent, which may be deleted meanwhile.
    for epochs in [2, 3 + 1] {
        let part = train(&format!("part-{epochs}"), &mut Until(epochs));
        assert_eq!(part.record.state, RunState::Interrupted);
    }
    std::fs::remove_dir_all(path("parent")).expect("removed");
    for epochs in [2, 3 + 1] {
        let folder = path(&format!("part-{epochs}"));
        resume(&data, &folder, Continuation::default(), &mut Quiet).expect("resumed");
        let (record, history) = read_run_folder(&folder).expect("a run");
        let (whole, expected) = read_run_folder(&path("whole")).expect("a run");
        assert_eq!(bits(&history), bits(&expected), "after {epochs} epochs");
        assert_eq!((record.test, record.parent.map(|parent| parent.run)), (whole.test, Some("parent".into())));
    }
}

#[test]
fn weights_that_do_not_fit_are_refused_with_the_reason() {
    let (data, home) = (data(), tempfile::tempdir().expect("a folder"));
    let folder = home.path().join("parent");
    run(&data, &experiment(1), record("parent"), Some(&folder), &mut Quiet).expect("trained");
    let start = WarmStart::read(&folder).expect("weights");
    let refused = |change: &dyn Fn(&mut Experiment)| {
        let mut other = experiment(1);
        change(&mut other);
        let out = home.path().join("child");
        let tried = run_from(&data, &other, record("child"), (Some(&out), Some(&start)), &mut Quiet);
        assert!(!out.join("run.json").exists());
        tried.err().expect("it does not fit").to_string()
    };
    let shape = refused(&|other| other.model.hidden += 1);
    assert!(shape.contains("in the network to train") && shape.ends_with(&folder.display().to_string()), "{shape}");
    assert!(refused(&|other| other.model.kind = ModelKind::Linear).contains("its network is mlp, not linear"));
    assert!(refused(&|other| other.features = Some(vec!["bm25".into()])).contains("its signals are others"));
    assert!(refused(&|other| other.model.kind = ModelKind::Initial).contains("has no weights"));
    assert!(WarmStart::read(Path::new("nowhere")).is_err());
}

#[test]
fn the_command_line_starts_from_a_run() {
    let home = tempfile::tempdir().expect("a folder");
    let path = |name: &str| home.path().join(name).display().to_string();
    let train = |options: &[&str]| {
        let mut command = program(home.path());
        command.args(["train", &sample(), "--json", "--model", "mlp", "--epochs", "1"]).args(options);
        command.output().expect("the program runs")
    };
    object(&train(&["--out", &path("a")]));
    object(&train(&["--warm-start", &path("a"), "--out", &path("b")]));
    assert_eq!(read_run_record(&home.path().join("b")).expect("a run").parent.expect("recorded").run, "a");
    let refused = train(&["--warm-start", &path("a"), "--hidden", "9"]);
    assert!(errors(&refused).contains("cannot start from this run"), "{}", errors(&refused));
}

#[test]
fn the_window_starts_from_the_open_run_if_that_is_switched_on() {
    let home = tempfile::tempdir().expect("a folder");
    let mut workspace = Workspace::new(Store::at(home.path()));
    let wait = |workspace: &mut Workspace| {
        let start = std::time::Instant::now();
        while workspace.is_busy() {
            assert!(start.elapsed().as_secs() < 120, "still busy");
            workspace.poll();
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        workspace.poll();
    };
    workspace.apply(DataAction::Open(demo_sample()));
    wait(&mut workspace);
    workspace.apply(SettingsAction::SetExperiment(Box::new(experiment(1))));
    workspace.apply(SettingsAction::SetWarmStart(true));
    let mut names = Vec::new();
    for _ in 0..2 {
        workspace.apply(TrainingAction::Start);
        wait(&mut workspace);
        let record = &workspace.training().run().expect("a run").record;
        names.push((record.name.clone(), record.parent.as_ref().map(|parent| parent.run.clone())));
    }
    assert_eq!(names[0].1, None, "no run was open");
    assert_eq!(names[1].1.as_ref(), Some(&names[0].0));
    let mut other = experiment(1);
    other.model.hidden += 1;
    workspace.apply(SettingsAction::SetExperiment(Box::new(other)));
    workspace.apply(TrainingAction::Start);
    wait(&mut workspace);
    assert!(workspace.messages().iter().any(|message| message.text.contains("cannot start from this run")));
}
