//! Optimisers, schedules, clipping, weighting.

use crate::training::{bits, config, data, model, run};
use crossrank::dataset::Split;
use crossrank::model::{ModelKind, NetworkConfig};
use crossrank::train::{Decay, Gradients, Method, Objective, Optimiser, Schedule, Targets, TrainConfig, Weighting};
use std::sync::Arc;

fn schedule(decay: Decay, warm_up: usize) -> Schedule {
    Schedule { decay, warm_up, floor: 0.1, every: 3, factor: 0.5 }
}

#[test]
fn a_constant_step_stays_and_warming_up_rises_to_it_step_by_step() {
    let plain = schedule(Decay::Constant, 0);
    assert!((1..=10).all(|epoch| plain.share(epoch, 0, 4, 10) == 1.0));
    let warm = schedule(Decay::Constant, 2);
    let shares: Vec<f64> = (0..10).map(|step| warm.share(1 + step / 4, step % 4, 4, 10)).collect();
    let expected = [0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0, 1.0, 1.0];
    assert!(shares.iter().zip(expected).all(|(share, other)| (share - other).abs() < 1e-12), "{shares:?}");
}

#[test]
fn the_cosine_starts_whole_passes_the_middle_and_ends_at_its_floor() {
    let cosine = schedule(Decay::Cosine, 0);
    assert_eq!(cosine.share(1, 0, 4, 10), 1.0);
    assert!((cosine.share(6, 0, 4, 10) - 0.55).abs() < 1e-12);
    let last = cosine.share(10, 3, 4, 10);
    assert!((0.1..0.11).contains(&last), "{last}");
    let shares: Vec<f64> = (1..=10).map(|epoch| cosine.share(epoch, 0, 4, 10)).collect();
    assert!(shares.windows(2).all(|pair| pair[1] < pair[0]));
    // After warming up it begins from the whole step again.
    assert_eq!(schedule(Decay::Cosine, 2).share(3, 0, 4, 10), 1.0);
}

#[test]
fn the_step_schedule_falls_at_whole_epochs_after_warming_up() {
    let shares: Vec<f64> = (1..=8).map(|epoch| schedule(Decay::Step, 0).share(epoch, 1, 4, 8)).collect();
    assert_eq!(shares, [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25]);
    assert_eq!(schedule(Decay::Step, 2).share(5, 0, 4, 8), 1.0);
    assert_eq!(schedule(Decay::Step, 2).share(6, 0, 4, 8), 0.5);
}

/// The weights after steps along one gradient, and before.
fn stepped(config: &TrainConfig, steps: usize) -> (Vec<f64>, Vec<f64>, Gradients) {
    let data = data(4, 12);
    let model = NetworkConfig { dropout: 0.0, ..model(ModelKind::Mlp, 12) }.init().unwrap();
    let all = || -> Vec<f64> { model.weights().unwrap().into_values().flatten().collect() };
    let before = all();
    let targets = Arc::new(Targets::new(&data.inputs[0].relevance));
    let prepared = crossrank::model::Prepared::new(&data.inputs[0], model.config()).unwrap();
    let scores = model.forward(&prepared, None).unwrap().total;
    let loss = Objective::default().sum(&scores, &targets).unwrap();
    let gradients = Gradients::of(&model, &loss).unwrap();
    let mut optimiser = Optimiser::new(&model, config).unwrap();
    (0..steps).for_each(|_| optimiser.step(&gradients).unwrap());
    (before, all(), gradients)
}

#[test]
fn adam_and_adamw_differ_only_by_weight_decay_and_as_they_should() {
    let with = |optimiser, weight_decay| TrainConfig { optimiser, weight_decay, ..config(1) };
    assert_eq!(stepped(&with(Method::Adam, 0.0), 3).1, stepped(&with(Method::AdamW, 0.0), 3).1);
    // AdamW's first step is Adam's, from weights that are smaller by step size times decay.
    let (before, plain, _) = stepped(&with(Method::AdamW, 0.0), 1);
    let (_, decayed, _) = stepped(&with(Method::AdamW, 0.1), 1);
    for ((before, plain), decayed) in before.iter().zip(&plain).zip(&decayed) {
        assert!((plain - before * 1e-2 * 0.1 - decayed).abs() < 1e-14);
    }
    // Adam's first step has the length of the learning rate whatever is added to the gradient.
    let (_, coupled, _) = stepped(&with(Method::Adam, 0.1), 1);
    assert_ne!(coupled, plain);
    assert!(before.iter().zip(&coupled).all(|(a, b)| (a - b).abs() <= 1e-2 + 1e-12));
}

#[test]
fn a_long_gradient_is_shortened_to_the_limit_and_a_short_one_left_alone() {
    let (_, _, gradients) = stepped(&config(1), 0);
    let norm = gradients.norm();
    assert!(norm > 1.0);
    let mut clipped = gradients.clone();
    clipped.clip(2.0 * norm);
    assert_eq!(clipped, gradients);
    clipped.clip(0.25);
    assert!((clipped.norm() - 0.25).abs() < 1e-12);
}

#[test]
fn every_option_changes_the_curve_and_none_breaks_it() {
    let data = data(8, 12);
    let curve = |config: &TrainConfig| {
        let outcome = run(&data, &model(ModelKind::DcmmCos, 12), config);
        assert!(outcome.history.iter().all(|report| report.train_loss.is_finite()));
        bits(&outcome)
    };
    let plain = config(3);
    let base = curve(&plain);
    for other in [
        TrainConfig { schedule: schedule(Decay::Cosine, 0), ..plain.clone() },
        TrainConfig { schedule: schedule(Decay::Constant, 2), ..plain.clone() },
        TrainConfig { clip: Some(0.01), ..plain.clone() },
        TrainConfig { weighting: Weighting::PerQuery, ..plain.clone() },
        TrainConfig { weight_decay: 0.1, ..plain.clone() },
    ] {
        assert_ne!(curve(&other), base, "{other:?}");
    }
    assert_eq!(curve(&TrainConfig { optimiser: Method::Adam, ..plain.clone() }), base);
    assert!(data.of(Split::Train).len() > 2);
}

#[test]
fn values_out_of_range_are_refused_by_name() {
    let refused = |config: TrainConfig| config.check().unwrap_err().to_string();
    let bad = Schedule { floor: 1.5, ..Schedule::default() };
    assert!(refused(TrainConfig { schedule: bad, ..config(1) }).contains("floor"));
    let bad = Schedule { factor: 0.0, ..Schedule::default() };
    assert!(refused(TrainConfig { schedule: bad, ..config(1) }).contains("factor"));
    assert!(refused(TrainConfig { clip: Some(0.0), ..config(1) }).contains("clip"));
    let mut cold = config(1);
    cold.loss_settings.temperature = Some(0.0);
    assert!(refused(cold).contains("temperature"));
}
