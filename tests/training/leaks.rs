//! Nothing that is learned or chosen looks at how the test queries are judged.

use super::{config, data, model};
use crossrank::base::Rng;
use crossrank::dataset::{Relevance, Split, demo_sample};
use crossrank::eval::{Judged, Measure, rank_and_measure};
use crossrank::model::{ModelKind, Network};
use crossrank::train::{
    EpochReport, Experiment, Keep, Loss, Observer, Preset, Quiet, RunData, RunRecord, Standing, TrainConfig, TrainData,
    open, run as run_all, train,
};
use std::ops::ControlFlow;

/// The same queries, the test queries' grades shuffled among their images and one of them higher than any other.
fn judged_otherwise(data: &TrainData) -> TrainData {
    let mut data = data.clone();
    for at in data.of(Split::Test) {
        let grades = &mut data.inputs[at].relevance;
        Rng::new(at as u64).shuffle(grades);
        grades[0] = Some(Relevance(9));
    }
    data
}

/// Grades 0 to 2, so that losses and measures with gains have something to tell apart.
fn graded(queries: usize) -> TrainData {
    let mut data = data(queries, 12);
    for input in &mut data.inputs {
        input.relevance.iter_mut().step_by(6).for_each(|grade| *grade = Some(Relevance(2)));
    }
    data
}

/// All that a training comes to but for its measures on the test queries, to the bit.
fn learned(data: &TrainData, kind: ModelKind, config: &TrainConfig) -> (usize, Vec<u64>) {
    let outcome = train(data, &model(kind, 12), config, &mut Quiet).unwrap();
    let report = |report: &EpochReport| {
        let losses = [report.train_loss, report.validation_loss];
        losses.into_iter().chain(report.validation.values()).chain([report.best_epoch as f64]).collect::<Vec<_>>()
    };
    let weights = outcome.model.weights().unwrap().into_values().flatten();
    let numbers = outcome.history.iter().flat_map(report).chain(weights);
    (outcome.best_epoch, numbers.map(f64::to_bits).collect())
}

#[test]
fn test_judgements_change_no_bit_of_a_training_whatever_is_minimised_and_whatever_learns() {
    let data = graded(4);
    let other = judged_otherwise(&data);
    let kinds = ModelKind::ALL.into_iter().filter(|kind| kind.network() == Some(*kind));
    let mut tried = 0;
    for kind in kinds {
        for loss in Loss::ALL {
            let config = TrainConfig { loss, stop_on: Measure::Err, ..config(2) };
            assert!(learned(&data, kind, &config) == learned(&other, kind, &config), "{kind}, {loss}");
            tried += 1;
        }
    }
    assert_eq!(tried, 8 * Loss::ALL.len());
    // What differs where judgements do count: the same change among the training queries.
    let mut taught = data.clone();
    taught.inputs[0].relevance[1] = Some(Relevance(9));
    let config = TrainConfig { loss: Loss::BinaryCrossEntropy, ..config(2) };
    assert_ne!(learned(&data, ModelKind::Mlp, &config), learned(&taught, ModelKind::Mlp, &config));
}

/// What each epoch reached of the measure that the training stops on; with [`Keep::Last`] the best epoch is always the
/// last.
#[derive(Default)]
struct Reached {
    values: Vec<f64>,
    models: Vec<Network>,
}

impl Observer for Reached {
    fn standing(&mut self, standing: &Standing<'_>) -> ControlFlow<()> {
        self.values.push(standing.best.value);
        self.models.push(standing.model.snapshot().unwrap());
        ControlFlow::Continue(())
    }
}

#[test]
fn stopping_on_err_takes_the_highest_grade_of_the_train_and_validation_queries() {
    let data = judged_otherwise(&graded(16));
    assert_eq!(data.highest_grade(), 2, "the test queries' 9 is not among them");
    let config = TrainConfig { stop_on: Measure::Err, keep: Keep::Last, ..config(3) };
    let mut reached = Reached::default();
    train(&data, &model(ModelKind::DcmmCos, 12), &config, &mut reached).unwrap();
    let err = |network: &Network, highest_grade: i32| {
        let of = |at: usize| {
            let input = &data.inputs[at];
            let ids: Vec<&str> = input.ids.iter().map(|id| id.as_str()).collect();
            let judged = Judged { relevance: &input.relevance, highest_grade, ..Judged::default() };
            rank_and_measure(&network.score(input).unwrap().total, &ids, &judged, &[Measure::Err]).values[0]
        };
        let queries = data.judged(Split::Validation);
        queries.iter().map(|&at| of(at)).sum::<f64>() / queries.len() as f64
    };
    assert_eq!(reached.values.len(), 3);
    for (value, network) in reached.values.iter().zip(&reached.models) {
        assert!((value - err(network, 2)).abs() < 1e-12, "{value} is not {}", err(network, 2));
        assert!((value - err(network, 9)).abs() > 0.01, "another highest grade would have given the same");
    }
}

/// The sample with its test queries judged otherwise.
fn sample_judged_otherwise(data: &RunData) -> RunData {
    let mut other = data.clone();
    for query in data.queries_of(Split::Test) {
        let mut grades = data.judgements.of(query).to_vec();
        Rng::new(query as u64).shuffle(&mut grades);
        grades[0] = Some(Relevance(9));
        grades.into_iter().enumerate().for_each(|(candidate, grade)| {
            other.judgements.set(query, candidate, grade);
        });
    }
    other
}

#[test]
fn test_judgements_change_neither_the_choices_nor_the_scores_of_a_run() {
    let data = open(&demo_sample(), &[]).unwrap().data;
    let other = sample_judged_otherwise(&data);
    for kind in ModelKind::ALL {
        let mut experiment = Experiment::default();
        experiment.model.kind = kind;
        experiment.training = TrainConfig { epochs: 1, stop_on: Measure::Err, ..experiment.training };
        let run = |data: &RunData| run_all(data, &experiment, RunRecord::default(), None, &mut Quiet).unwrap();
        let (before, after) = (run(&data), run(&other));
        assert_eq!(before.scores, after.scores, "{kind}");
        assert_eq!(before.record.feedback, after.record.feedback, "{kind}");
        assert_eq!(before.record.validation, after.record.validation, "{kind}");
        assert_ne!(before.record.test, after.record.test, "{kind}: the test queries are judged otherwise");
    }
}

#[test]
fn feedback_is_chosen_by_the_network_that_has_not_seen_the_validation_queries() {
    let data = open(&demo_sample(), &[]).unwrap().data;
    let record = |retrain: bool| {
        let mut experiment = Preset::Reference.experiment();
        experiment.model.kind = ModelKind::LtrCm;
        experiment.training = TrainConfig { epochs: 3, seed: 3, retrain, ..experiment.training };
        run_all(&data, &experiment, RunRecord::default(), None, &mut Quiet).unwrap().record
    };
    let (first, both) = (record(false), record(true));
    assert_eq!((first.retrained, both.retrained), (None, Some(first.best_epoch)));
    assert!(first.feedback.is_some());
    assert_eq!(both.feedback, first.feedback);
    assert_eq!(both.validation, first.validation);
}
