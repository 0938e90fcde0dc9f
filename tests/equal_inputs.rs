//! Every network can have the same inputs, so that only the model differs.

use crossrank::graph::VisualSettings;
use crossrank::train::{self, Experiment, Preset, Quiet, RunData, RunRecord, prepare_run, score_again};
use std::path::Path;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");

fn sample() -> RunData {
    train::open(Path::new(SAMPLE), &[]).expect("the sample").data
}

/// The default preset with another model.
fn preset(kind: &str) -> Experiment {
    let mut experiment = Preset::Best.experiment();
    experiment.model.kind = kind.parse().expect("a model");
    experiment.training.epochs = 3;
    experiment.choose.clear();
    experiment
}

#[test]
fn every_network_reads_the_same_signals_and_components() {
    let data = sample();
    let inputs = |kind| prepare_run(&data, &preset(kind), &mut Quiet).expect("inputs").inputs;
    let expected = inputs("dcmm-prf");
    assert_eq!(expected[0].feature_count, data.signals.infos.len() + 64);
    for kind in ["linear", "mlp", "ltr-cm", "gcn", "gat", "edge-conv", "dcmm-cos", "dcmm-edge"] {
        for (own, expected) in inputs(kind).iter().zip(&expected) {
            assert_eq!((own.feature_count, &own.features), (expected.feature_count, &expected.features), "{kind}");
        }
    }
}

#[test]
fn a_model_without_a_graph_learns_from_components_and_is_scored_again_alike() {
    let data = sample();
    for kind in ["linear", "mlp", "ltr-cm"] {
        let home = tempfile::tempdir().expect("a folder");
        let run = |experiment: &Experiment| {
            train::run(&data, experiment, RunRecord::default(), Some(home.path()), &mut Quiet).expect("a run")
        };
        let mut plain = preset(kind);
        plain.visual.components = 0;
        let (plain, with) = (run(&plain), run(&preset(kind)));
        assert!(with.record.parameters > plain.record.parameters, "{kind}");
        assert_ne!(with.scores, plain.scores, "{kind}");
        assert_eq!(score_again(&data, home.path(), &with.record, &mut Quiet).expect("scores"), with.scores, "{kind}");
    }
}

#[test]
fn feedback_compares_whitened_vectors_where_the_graph_would() {
    let data = sample();
    let scores = |whiten: bool| {
        let mut experiment = preset("cm");
        experiment.visual = VisualSettings { whiten, components: 0, ..experiment.visual };
        train::run(&data, &experiment, RunRecord::default(), None, &mut Quiet).expect("a run").scores
    };
    assert_ne!(scores(true), scores(false));
}

#[test]
fn vectors_are_needed_by_whatever_reads_them() {
    let mut experiment = preset("mlp");
    assert!(experiment.needs_vectors() && experiment.whitens());
    experiment.visual.components = 0;
    assert!(!experiment.needs_vectors() && !experiment.whitens(), "whitening alone changes nothing without comparing");
    for kind in ["initial", "signal"] {
        assert!(!preset(kind).needs_vectors(), "{kind}");
    }
}
