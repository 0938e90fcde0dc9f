//! A network as a value: its first weights, its copies, its file.

use super::{config, data, model, query};
use crossrank::base::{FileError, Rng};
use crossrank::graph::{Csr, GraphRequest, Similarities};
use crossrank::model::{Activation, Metadata, ModelError, ModelKind, Network, NetworkConfig, RankingInput};
use crossrank::train::{Loss, Quiet, TrainConfig, TrainData, train};

#[test]
fn the_order_of_the_images_changes_no_score() {
    let (n, dim) = (20, 12);
    let input = query(0, n, dim, 3);
    let mut order: Vec<usize> = (0..n).collect();
    Rng::new(8).shuffle(&mut order);
    let rows = |values: &[f32], width: usize| -> Vec<f32> {
        order.iter().flat_map(|&i| values[i * width..(i + 1) * width].to_vec()).collect()
    };
    let visual = rows(&input.visual.load(dim).unwrap(), dim);
    let similarities = Similarities::new(&visual, dim);
    let shuffled = RankingInput {
        features: rows(&input.features, 2),
        graph: Csr::nearest(&similarities, GraphRequest { k: 5, ..Default::default() }),
        visual: visual.into(),
        ..input.clone()
    };
    for kind in ModelKind::ALL.into_iter().filter(|kind| kind.network() == Some(*kind)) {
        let model = NetworkConfig { activation: Activation::Relu, ..model(kind, dim) }.init().unwrap();
        let (before, after) = (model.score(&input).unwrap(), model.score(&shuffled).unwrap());
        for (to, &from) in order.iter().enumerate() {
            assert!((after.total[to] - before.total[from]).abs() < 1e-5, "{kind}: image {from}");
        }
    }
}

#[test]
fn a_saved_network_scores_as_before_and_a_damaged_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let input = query(0, 20, 12, 3);
    let model = model(ModelKind::DcmmEdge, 12).init().unwrap();
    let note = Metadata::from([("dataset".to_string(), "stamps".to_string())]);
    model.save(&path, &note).unwrap();
    let (loaded, metadata) = Network::load(&path).unwrap();
    assert_eq!((loaded.config(), &metadata), (model.config(), &note));
    assert_eq!(loaded.score(&input).unwrap(), model.score(&input).unwrap());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    let bytes = std::fs::read(&path).unwrap();
    for damaged in [&bytes[..0], &bytes[..7], &bytes[..100], &bytes[..bytes.len() - 1]] {
        std::fs::write(&path, damaged).unwrap();
        let message = Network::load(&path).unwrap_err().to_string();
        assert!(message.ends_with("model.safetensors"), "{message}");
    }
    let mut other = bytes.clone();
    let at = bytes.windows(16).position(|window| window == b"visual_dim\\\":12,").unwrap();
    other[at + 14] = b'3';
    std::fs::write(&path, &other).unwrap();
    assert!(Network::load(&path).unwrap_err().to_string().contains("conv.0.a"));
    assert!(matches!(Network::load(&folder.path().join("none")), Err(ModelError::File(FileError::Io { .. }))));
}

#[test]
fn a_snapshot_keeps_its_weights_while_training_goes_on() {
    let model = model(ModelKind::DcmmCos, 12).init().unwrap();
    let input = query(0, 20, 12, 3);
    let (snapshot, before) = (model.snapshot().unwrap(), model.score(&input).unwrap());
    let (_, var) = &model.vars()[0];
    var.set(&var.zeros_like().unwrap()).unwrap();
    assert_ne!(model.score(&input).unwrap(), before);
    assert_eq!(snapshot.score(&input).unwrap(), before);
    fn is_send<T: Send>(_: &T) {}
    is_send(&snapshot);
}

#[test]
fn initial_weights_lie_within_pytorchs_bounds_and_fill_them() {
    let config = NetworkConfig { feature_count: 4, mlp: vec![64], conv: vec![64], ..model(ModelKind::DcmmEdge, 300) };
    let weights = config.init().unwrap().weights().unwrap();
    let span = |name: &str| {
        let values = &weights[name];
        values.iter().fold((f64::MAX, f64::MIN), |(low, high), &x| (low.min(x), high.max(x)))
    };
    for (name, bound) in [("mlp.0.weight", 0.5), ("mlp.0.bias", 0.5), ("conv.0.weight", 0.125), ("conv.0.bias", 0.125)]
    {
        let (low, high) = span(name);
        assert!(-bound <= low && low < -0.9 * bound && 0.9 * bound < high && high <= bound, "{name}: {low} to {high}");
    }
    let (low, high) = span("conv.0.a");
    assert!((0.0..0.05).contains(&low) && (0.95..1.0).contains(&high), "a: {low} to {high}");
}

#[test]
fn the_order_of_candidates_in_the_file_changes_no_lambda_training_beyond_rounding() {
    let mut data = data(6, 12);
    // Half of the images have the same signals, and so the same score.
    for input in &mut data.inputs {
        input.features.iter_mut().step_by(4).for_each(|x| *x = 0.25);
        input.features.iter_mut().skip(1).step_by(4).for_each(|x| *x = -0.5);
    }
    let mut reversed = data.clone();
    for input in &mut reversed.inputs {
        input.features = input.features.chunks(2).rev().flatten().copied().collect();
        input.relevance.reverse();
        input.ids.reverse();
    }
    for loss in [Loss::LambdaNdcg, Loss::LambdaMap] {
        let config = TrainConfig { loss, ..config(4) };
        let losses = |data: &TrainData| -> Vec<f64> {
            let network = NetworkConfig { dropout: 0.0, ..model(ModelKind::Linear, 12) };
            let outcome = train(data, &network, &config, &mut Quiet).unwrap();
            outcome.history.iter().map(|report| report.train_loss).collect()
        };
        for (before, after) in losses(&data).into_iter().zip(losses(&reversed)) {
            assert!((before - after).abs() < 1e-9, "{loss}: {before}, {after}");
        }
    }
}
