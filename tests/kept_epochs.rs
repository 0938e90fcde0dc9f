//! The epochs that a run keeps.

use crossrank::dataset::{Split, demo_sample};
use crossrank::eval::Measure;
use crossrank::model::{ModelKind, Network, RankingInput};
use crossrank::train::{
    Continuation, EpochReport, EpochScores, Experiment, Keep, KeptEpochs, Preset, Quiet, RunData, RunObserver,
    RunRecord, RunResult, data_of_run, epoch_scores, mean_measures, open, prepare_run, read_run_record, resume, run,
    score_again,
};
use std::ops::ControlFlow;
use std::path::Path;

pub(crate) fn data() -> RunData {
    open(&demo_sample(), &[]).expect("the sample").data
}

pub(crate) fn trained(data: &RunData, experiment: &Experiment, folder: &Path) -> RunResult {
    run(data, experiment, RunRecord::default(), Some(folder), &mut Quiet).expect("trained")
}

fn experiment(kind: ModelKind, epochs: usize) -> Experiment {
    let mut experiment = Preset::Best.experiment();
    experiment.choose = Vec::new();
    experiment.model.kind = kind;
    experiment.model.members = 2;
    experiment.model.mlp_layers = 1;
    experiment.model.hidden = 4;
    experiment.visual.components = 4;
    experiment.training.epochs = epochs;
    experiment.training.keep = Keep::Best;
    experiment
}

fn shown(data: &RunData, folder: &Path) -> EpochScores {
    let record = read_run_record(folder).expect("a run");
    let data = data_of_run(data, &record).expect("its data");
    epoch_scores(&data, folder, &record, &mut Quiet).expect("they can be read").expect("some were kept")
}

#[test]
fn the_weights_of_a_kept_epoch_give_its_scores_and_the_last_epoch_of_retraining_is_the_run() {
    let (data, folder) = (data(), tempfile::tempdir().expect("a folder"));
    let experiment = experiment(ModelKind::DcmmPrf, 5);
    let result = trained(&data, &experiment, folder.path());
    let kept = KeptEpochs::read(folder.path()).expect("read").expect("kept");
    let numbers: Vec<usize> = kept.epochs.iter().map(|kept| kept.epoch).collect();
    assert_eq!(numbers, (1..=result.history.len()).collect::<Vec<_>>(), "all of them fit");
    let inputs = prepare_run(&data, &experiment, &mut Quiet).expect("prepared");
    let config = result.model.as_ref().expect("a network").config();
    for epoch in &kept.epochs {
        let network = Network::from_weights(config, &kept.weights_of(epoch)).expect("its weights");
        for (input, own) in inputs.inputs.iter().zip(kept.scores_of(epoch)) {
            assert_eq!(network.score(input).expect("scored").total, own, "epoch {}", epoch.epoch);
        }
    }
    let shown = shown(&data, folder.path());
    assert_eq!((shown.stride, shown.epochs.len()), (1, numbers.len()));
    assert_eq!(shown.epochs.last().map(|(_, scores)| scores), Some(&result.scores));
    // An epoch's means are those of the curve.
    for ((epoch, scores), report) in shown.epochs.iter().zip(&result.history) {
        let queries = data.queries_of(Split::Test);
        let means = mean_measures(&data, &queries, |query| scores[query].clone());
        let (now, then) = (means.get(Measure::Map), report.test.as_ref().and_then(|test| test.get(Measure::Map)));
        assert!((now.expect("MAP") - then.expect("MAP")).abs() < 1e-12, "epoch {epoch}");
    }
}

#[test]
fn the_best_epoch_is_the_run_whatever_adds_feedback_to_its_network() {
    let data = data();
    for kind in [ModelKind::DcmmEdge, ModelKind::LtrCm] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut experiment = experiment(kind, 6);
        experiment.training.retrain = false;
        let result = trained(&data, &experiment, folder.path());
        let shown = shown(&data, folder.path());
        let best = shown.epochs.iter().find(|(epoch, _)| *epoch == result.record.best_epoch);
        assert_eq!(best.map(|(_, scores)| scores), Some(&result.scores), "{kind}");
        let record = read_run_record(folder.path()).expect("a run");
        let again = score_again(&data, folder.path(), &record, &mut Quiet).expect("scored");
        assert_eq!(best.map(|(_, scores)| scores), Some(&again), "{kind}");
    }
}

/// Stops after an epoch.
struct Until(usize);

impl RunObserver for Until {
    fn epoch(&mut self, report: &EpochReport, _: &Network, _: &[RankingInput]) -> ControlFlow<()> {
        if report.epoch == self.0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[test]
fn a_resumed_run_keeps_what_an_uninterrupted_one_does() {
    let (data, home) = (data(), tempfile::tempdir().expect("a folder"));
    let experiment = experiment(ModelKind::Mlp, 6);
    let path = |name: &str| home.path().join(name);
    trained(&data, &experiment, &path("whole"));
    let kept = |name: &str| KeptEpochs::read(&path(name)).expect("read").expect("kept");
    let best = read_run_record(&path("whole")).expect("a run").best_epoch;
    // In the first training, and in the second.
    for (name, end) in [("early", 3), ("late", 6 + best.min(2) - 1)] {
        let record = RunRecord::default();
        run(&data, &experiment, record, Some(&path(name)), &mut Until(end)).expect("interrupted");
        assert_eq!(kept(name).epochs.last().map(|kept| kept.epoch), Some(end), "{name}");
        resume(&data, &path(name), Continuation::default(), &mut Quiet).expect("resumed");
        assert_eq!(kept(name), kept("whole"), "{name}");
    }
    // With more epochs the second training starts over, and so do its epochs.
    resume(&data, &path("whole"), Continuation { epochs: Some(8), adopt: false }, &mut Quiet).expect("resumed");
    let more = kept("whole");
    let history = crossrank::train::read_run_folder(&path("whole")).expect("a run").1;
    assert_eq!(more.epochs.len(), history.len());
}

#[test]
fn a_run_without_them_says_so_and_data_that_have_changed_are_told() {
    let (data, folder) = (data(), tempfile::tempdir().expect("a folder"));
    let result = trained(&data, &experiment(ModelKind::Mlp, 2), folder.path());
    let file = folder.path().join("epochs.bin");
    let reads = |data: &RunData| epoch_scores(data, folder.path(), &result.record, &mut Quiet);
    let mut other = data.clone();
    std::sync::Arc::make_mut(&mut other.dataset).queries[3].candidates.pop();
    let mut signals = (*other.signals).clone();
    let width = signals.infos.len();
    let values = signals.queries[3].len();
    signals.queries[3].truncate(values - width);
    other.signals = signals.into();
    let error = reads(&other).expect_err("other candidates").to_string();
    assert!(error.contains("candidates") && error.ends_with(&folder.path().display().to_string()), "{error}");
    std::fs::write(&file, "crossrank epochs 2\n").expect("written");
    let error = reads(&data).expect_err("another format").to_string();
    assert!(error.ends_with("epochs.bin"), "{error}");
    std::fs::write(&file, vec![0; 8_000_001]).expect("written");
    assert!(reads(&data).expect_err("too large").to_string().contains("8000001 bytes"));
    std::fs::remove_file(&file).expect("removed");
    assert_eq!(reads(&data).expect("no fault"), None);
}
