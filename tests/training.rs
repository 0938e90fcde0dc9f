//! The optimisation loop.

mod leaks;
mod network;

use std::ops::ControlFlow;
use std::process::Command;

use crossrank::base::Rng;
use crossrank::dataset::{ImageId, Relevance, Split};
use crossrank::eval::{Measure, Measures};
use crossrank::graph::{Csr, GraphRequest, Similarities, unit_rows};
use crossrank::model::{ModelKind, Network, NetworkConfig, RankingInput};
use crossrank::train::{
    EpochReport, Loss, Observer, Outcome, Stop, TrainConfig, TrainData, TrainError, measure, train,
};

/// A query whose relevant images look alike, and whose signals tell only half of the truth.
pub(crate) fn query(index: usize, n: usize, dim: usize, seed: u64) -> RankingInput {
    let mut rng = Rng::new(seed.wrapping_add(index as u64 * 1000));
    let relevant: Vec<bool> = (0..n).map(|i| i % 3 == 0).collect();
    let mut rows = Vec::new();
    let mut features = Vec::new();
    for &relevant in &relevant {
        rows.extend((0..dim).map(|d| (rng.normal() + f64::from(u8::from(relevant && d < dim / 2)) * 1.5) as f32));
        features.extend([(rng.normal() + f64::from(u8::from(relevant))) as f32, rng.normal() as f32]);
    }
    let visual = unit_rows(&rows, dim);
    let graph = Csr::nearest(&Similarities::new(&visual, dim), GraphRequest { k: 5, ..Default::default() });
    RankingInput {
        query: index,
        n,
        features,
        feature_count: 2,
        visual: visual.into(),
        dim,
        graph,
        relevance: relevant.iter().map(|&relevant| Some(Relevance(i32::from(relevant)))).collect(),
        others: Vec::new(),
        ids: (0..n).map(|i| ImageId::from(format!("{index}-{i}").as_str())).collect(),
    }
}

/// Queries of several sizes, the last of each four for validation, one for test.
pub(crate) fn data(queries: usize, dim: usize) -> TrainData {
    let split = |i: usize| [Split::Train, Split::Train, Split::Test, Split::Validation][i % 4];
    TrainData {
        inputs: (0..queries).map(|i| query(i, 12 + 7 * (i % 3), dim, 5)).collect(),
        split: (0..queries).map(split).collect(),
        ..TrainData::default()
    }
}

pub(crate) fn model(kind: ModelKind, dim: usize) -> NetworkConfig {
    NetworkConfig {
        kind,
        feature_count: 2,
        visual_dim: dim,
        mlp: vec![8, 8],
        conv: vec![8, 8],
        ..NetworkConfig::default()
    }
}

pub(crate) fn config(epochs: usize) -> TrainConfig {
    TrainConfig { learning_rate: 1e-2, batch: 2, epochs, patience: None, ..TrainConfig::default() }
}

/// Lets a run go on until a batch or an epoch, and counts.
#[derive(Default)]
struct Watcher {
    batches: usize,
    epochs: usize,
    break_at_batch: Option<usize>,
    break_at_epoch: Option<usize>,
}

impl Observer for Watcher {
    fn batch(&mut self, done: usize, total: usize) -> ControlFlow<()> {
        assert!(done <= total);
        self.batches += usize::from(done > 0);
        if self.break_at_batch == Some(self.batches) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn epoch(&mut self, report: &EpochReport, _: &Network) -> ControlFlow<()> {
        self.epochs += 1;
        assert_eq!(report.epoch, self.epochs);
        if self.break_at_epoch == Some(self.epochs) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

pub(crate) fn run(data: &TrainData, model: &NetworkConfig, config: &TrainConfig) -> Outcome {
    train(data, model, config, &mut Watcher::default()).unwrap()
}

/// Mean average precision.
pub(crate) fn map(measures: &Measures) -> f64 {
    measures.get(Measure::Map).expect("it is measured")
}

/// Every number of a curve, to the bit, but for the times.
pub(crate) fn bits(outcome: &Outcome) -> Vec<u64> {
    let report = |report: &EpochReport| {
        let mut numbers = vec![report.train_loss, report.validation_loss];
        numbers.extend(report.validation.values());
        numbers.extend(report.test.iter().flat_map(Measures::values));
        numbers
    };
    let weights = outcome.model.weights().unwrap();
    outcome.history.iter().flat_map(report).chain(weights.into_values().flatten()).map(f64::to_bits).collect()
}

#[test]
fn a_tiny_set_is_learned_by_heart() {
    for (kind, loss) in [
        (ModelKind::DcmmEdge, Loss::Bpr),
        (ModelKind::DcmmEdge, Loss::SoftmaxCrossEntropy),
        (ModelKind::DcmmCos, Loss::Bpr),
    ] {
        let data = TrainData {
            inputs: vec![query(0, 15, 12, 1), query(1, 12, 12, 1)],
            split: vec![Split::Train; 2],
            ..TrainData::default()
        };
        let model = NetworkConfig { dropout: 0.0, mlp: vec![16, 16], ..model(kind, 12) };
        let outcome = run(&data, &model, &TrainConfig { loss, ..config(250) });
        let first = outcome.history[0].train_loss;
        let last = outcome.history.last().unwrap();
        assert!(last.train_loss < 0.7 * first, "{kind} {loss}: {first} → {}", last.train_loss);
        let best = map(&measure(&outcome.model, &data.inputs, &[0, 1]).unwrap());
        assert!(best > 0.97, "{kind} {loss}: MAP {best}");
    }
}

#[test]
fn the_graph_helps_where_relevant_images_look_alike() {
    let data = data(16, 12);
    let test = data.of(Split::Test);
    let trained = |kind| {
        let outcome = run(&data, &model(kind, 12), &config(40));
        map(&measure(&outcome.model, &data.inputs, &test).unwrap())
    };
    let (graph, alone) = (trained(ModelKind::DcmmCos), trained(ModelKind::Mlp));
    assert!(graph > alone + 0.05, "{graph} with neighbours, {alone} without");
}

#[test]
fn the_same_seed_gives_the_same_curve_to_the_bit_and_another_seed_another() {
    let data = data(8, 12);
    let curve = |seed| bits(&run(&data, &model(ModelKind::DcmmEdge, 12), &TrainConfig { seed, ..config(4) }));
    assert_eq!(curve(3), curve(3));
    assert_ne!(curve(3), curve(4));
    let with = |seed| NetworkConfig { seed, ..model(ModelKind::DcmmEdge, 12) }.init().unwrap().weights().unwrap();
    assert_ne!(with(1), with(2));
}

/// The work whose bits must not depend on threads: wide layers and many images, so that every product is split.
fn big_run() -> Vec<u64> {
    let inputs: Vec<_> = (0..12).map(|i| query(i, 150 + 20 * (i % 4), 260, 9)).collect();
    let split = (0..12).map(|i| [Split::Train, Split::Train, Split::Validation, Split::Test][i % 4]).collect();
    let model = NetworkConfig { mlp: vec![96, 64], conv: vec![64, 48], ..model(ModelKind::DcmmEdge, 260) };
    bits(&run(&TrainData { inputs, split, ..TrainData::default() }, &model, &TrainConfig { batch: 4, ..config(2) }))
}

#[test]
#[ignore = "run by the test below, with several numbers of threads"]
fn prints_the_bits_of_a_run() {
    println!("bits {:?}", big_run());
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let with = |threads: &str| {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["training::prints_the_bits_of_a_run", "--exact", "--ignored", "--nocapture"])
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let found = text.split("bits ").nth(1).and_then(|rest| rest.lines().next()).map(str::to_owned);
        found.unwrap_or_else(|| panic!("no bits: {text}"))
    };
    let one = with("1");
    assert!(one.len() > 1000);
    assert_eq!(one, format!("{:?}", big_run()), "one thread against this process's");
    for threads in ["2", "3", "7"] {
        assert!(one == with(threads), "{threads} threads give other bits than one");
    }
}

#[test]
fn a_run_ends_within_one_batch_of_the_wish() {
    let data = data(24, 12);
    for at in [0, 1, 8] {
        let mut watcher = Watcher { break_at_batch: Some(at), ..Watcher::default() };
        let outcome = train(&data, &model(ModelKind::DcmmEdge, 12), &config(50), &mut watcher).unwrap();
        assert_eq!(outcome.stopped, Stop::Interrupted);
        assert_eq!(watcher.batches, at, "not one batch more");
        assert_eq!(outcome.history.len(), at / 6);
        assert_eq!(outcome.best_epoch, at / 6);
    }
    let mut watcher = Watcher { break_at_epoch: Some(3), ..Watcher::default() };
    let outcome = train(&data, &model(ModelKind::DcmmEdge, 12), &config(50), &mut watcher).unwrap();
    assert_eq!((outcome.stopped, outcome.history.len()), (Stop::Interrupted, 3));
}

#[test]
fn early_stopping_waits_out_the_patience_and_restores_the_best_epoch() {
    let data = data(12, 12);
    // A large step makes the curve jump, so that the best epoch is not the last.
    let config = TrainConfig { learning_rate: 0.2, patience: Some(6), stop_on: Measure::Map, ..config(200) };
    let outcome = run(&data, &model(ModelKind::DcmmEdge, 12), &config);
    assert_eq!(outcome.stopped, Stop::EarlyStopped);
    let maps: Vec<f64> = outcome.history.iter().map(|report| map(&report.validation)).collect();
    let best = maps.iter().copied().fold(0.0, f64::max);
    assert_eq!(maps.iter().position(|&map| map == best), Some(outcome.best_epoch - 1), "the first of the best");
    assert_eq!(outcome.history.len(), outcome.best_epoch + 6);
    let restored = map(&measure(&outcome.model, &data.inputs, &data.of(Split::Validation)).unwrap());
    assert!((restored - best).abs() < 1e-9, "{} is not {best}", restored);
    let last = maps.last().unwrap();
    assert!((restored - last).abs() > 1e-6, "the last epoch's weights would have been another network");
}

#[test]
fn queries_with_one_image_or_without_relevant_ones_do_no_harm() {
    let mut data = data(8, 12);
    data.inputs[0] = query(0, 1, 12, 1);
    data.inputs[1].relevance.fill(Some(Relevance(0)));
    data.inputs[3].relevance.fill(None);
    data.inputs[4].relevance.fill(Some(Relevance(1)));
    data.inputs[2] = query(2, 0, 12, 1);
    for loss in Loss::ALL {
        let outcome = run(&data, &model(ModelKind::DcmmEdge, 12), &TrainConfig { loss, batch: 1, ..config(3) });
        let figures = outcome.history.iter().flat_map(|report| [report.train_loss, report.validation_loss]);
        assert!(figures.chain(outcome.history[2].validation.values()).all(f64::is_finite));
        assert_eq!(outcome.model.score(&data.inputs[0]).unwrap().total.len(), 1);
        assert_eq!(outcome.model.score(&data.inputs[2]).unwrap().total.len(), 0);
    }
}

#[test]
fn unjudged_images_are_scored_and_teach_nothing() {
    let whole = data(4, 12);
    let mut masked = whole.clone();
    // Image 1 is judged not relevant; as "can't tell" it must weigh as much as without any judgement.
    let curve = |data: &TrainData| bits(&run(data, &model(ModelKind::Mlp, 12), &config(2)));
    masked.inputs.iter_mut().for_each(|input| input.relevance[1] = Some(Relevance(-1)));
    let cannot_tell = curve(&masked);
    masked.inputs.iter_mut().for_each(|input| input.relevance[1] = None);
    assert_eq!(cannot_tell, curve(&masked));
    assert_ne!(cannot_tell, curve(&whole));
}

#[test]
fn what_cannot_be_trained_is_an_error_that_says_why() {
    let good = data(4, 12);
    let fails = |data: &TrainData, model: &NetworkConfig, config: &TrainConfig| {
        train(data, model, config, &mut Watcher::default()).unwrap_err()
    };
    let edge = model(ModelKind::DcmmEdge, 12);
    let mut unjudged = good.clone();
    unjudged.inputs.iter_mut().for_each(|input| input.relevance.fill(None));
    assert!(matches!(fails(&unjudged, &edge, &config(1)), TrainError::NothingToLearn));
    assert!(matches!(fails(&TrainData::default(), &edge, &config(1)), TrainError::NothingToLearn));
    for bad in [
        TrainConfig { learning_rate: f64::NAN, ..config(1) },
        TrainConfig { batch: 0, ..config(1) },
        TrainConfig { stop_on: Measure::F1At(20), ..config(1) },
        config(0),
    ] {
        assert!(matches!(fails(&good, &edge, &bad), TrainError::Config(_)), "{bad:?}");
    }
    for bad in [
        NetworkConfig { visual_dim: 13, ..edge.clone() },
        NetworkConfig { feature_count: 3, ..edge.clone() },
        NetworkConfig { dropout: 1.0, ..edge.clone() },
        NetworkConfig { conv: vec![], ..edge.clone() },
        NetworkConfig { mlp: vec![usize::MAX, usize::MAX], ..edge.clone() },
    ] {
        assert!(matches!(fails(&good, &bad, &config(1)), TrainError::Model(_)), "{bad:?}");
    }
    let mut broken = good.clone();
    broken.inputs[1].features[3] = f32::NAN;
    let message = fails(&broken, &edge, &config(1)).to_string();
    assert_eq!(message, "query 1: signal 1 of image 1 is not a finite number");
}

#[test]
fn a_run_that_diverges_says_in_which_epoch() {
    let config = TrainConfig { learning_rate: 1e300, ..config(20) };
    let error = train(&data(8, 12), &model(ModelKind::DcmmEdge, 12), &config, &mut Watcher::default()).unwrap_err();
    assert!(matches!(error, TrainError::Diverged { epoch: 1, .. }), "{error}");
}
