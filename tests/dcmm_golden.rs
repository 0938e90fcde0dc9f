//! DCMM against PyTorch's float64 results.

use std::collections::BTreeMap;
use std::sync::Arc;

use candle_core::Tensor;
use crossrank::dataset::{ImageId, Relevance};
use crossrank::graph::{Csr, GraphRequest, Neighbourhood, Similarities, unit_rows};
use crossrank::model::{Activation, ModelKind, Network, NetworkConfig, Prepared, RankingInput, Weights};
use crossrank::train::{Gradients, Loss, Optimiser, Targets, TrainConfig};
use serde_json::Value;

/// Largest error allowed, relative to the largest value of the same tensor (or to 1 if all are small).
const TOLERANCE: f64 = 1e-4;

struct Case(Value);

fn cases() -> Vec<Case> {
    let text = include_str!("fixtures/dcmm.json");
    let Value::Array(cases) = serde_json::from_str(text).unwrap() else { panic!("an array of cases") };
    assert_eq!(cases.len(), 6);
    cases.into_iter().map(Case).collect()
}

/// All numbers of nested arrays, in order.
fn flat(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(items) => items.iter().flat_map(flat).collect(),
        other => vec![other.as_f64().unwrap()],
    }
}

fn narrow(values: &[f64]) -> Vec<f32> {
    values.iter().map(|&x| x as f32).collect()
}

impl Case {
    fn numbers(&self, key: &str) -> Vec<f64> {
        flat(&self.0[key])
    }

    fn number(&self, key: &str) -> usize {
        self.0[key].as_u64().unwrap() as usize
    }

    /// A table's columns.
    fn columns(&self, key: &str) -> usize {
        self.0[key][0].as_array().unwrap().len()
    }

    fn shape(&self, weight: &str) -> Vec<usize> {
        let value = &self.0["params"][weight];
        let rows = value.as_array().unwrap_or_else(|| panic!("no {weight}"));
        match rows[0].as_array() {
            Some(row) => vec![rows.len(), row.len()],
            None => vec![rows.len()],
        }
    }

    fn config(&self) -> NetworkConfig {
        let widths = |prefix: &str, layers: usize| {
            (0..layers).map(|layer| self.shape(&format!("{prefix}.{layer}.weight"))[0]).collect()
        };
        NetworkConfig {
            kind: if self.0["conv"] == "edge" { ModelKind::DcmmEdge } else { ModelKind::DcmmCos },
            feature_count: self.columns("features"),
            visual_dim: self.columns("visual"),
            mlp: widths("mlp", self.number("mlp_layers")),
            conv: widths("conv", self.number("conv_layers")),
            activation: self.0["conv_activation"].as_str().unwrap().parse().unwrap(),
            dropout: 0.0,
            seed: 0,
            ..NetworkConfig::default()
        }
    }

    fn weights(&self, key: &str) -> Weights {
        let params = self.0[key].as_object().unwrap();
        params.iter().map(|(name, value)| (name.clone(), flat(value))).collect()
    }

    fn model(&self) -> Network {
        Network::from_weights(&self.config(), &self.weights("params")).unwrap()
    }

    fn unit(&self) -> Vec<f32> {
        unit_rows(&narrow(&self.numbers("raw_visual")), self.columns("raw_visual"))
    }

    fn graph(&self) -> Csr {
        let k = self.number("top_k_counting_self") - 1;
        let request = GraphRequest { k, neighbourhood: Neighbourhood::Directed, min_weight: -1.0 };
        Csr::nearest(&Similarities::new(&self.unit(), self.columns("raw_visual")), request)
    }

    fn input(&self) -> RankingInput {
        let n = self.number("n");
        RankingInput {
            query: 0,
            n,
            features: standardised(&self.numbers("raw_features"), self.columns("raw_features")),
            feature_count: self.columns("raw_features"),
            visual: self.unit().into(),
            dim: self.columns("raw_visual"),
            graph: self.graph(),
            relevance: self.numbers("relevance").iter().map(|&grade| Some(Relevance(grade as i32))).collect(),
            others: Vec::new(),
            ids: (0..n).map(|i| ImageId::from(format!("image {i}").as_str())).collect(),
        }
    }

    fn prepared(&self) -> Prepared {
        Prepared::new(&self.input(), &self.config()).unwrap()
    }

    /// The mean of `−log σ(s⁺ − s⁻)` over all pairs.
    fn loss(&self, model: &Network) -> Tensor {
        let targets = Arc::new(Targets::new(&self.input().relevance));
        let sum = Loss::Bpr.sum(&model.forward(&self.prepared(), None).unwrap().total, &targets).unwrap();
        (sum / Loss::Bpr.weight(&targets)).unwrap()
    }
}

/// (x − mean) / (unbiased deviation + 1e-6) by column.
fn standardised(raw: &[f64], columns: usize) -> Vec<f32> {
    let n = (raw.len() / columns) as f64;
    let column = |c: usize| raw.iter().skip(c).step_by(columns);
    let moments: Vec<(f64, f64)> = (0..columns)
        .map(|c| {
            let mean = column(c).sum::<f64>() / n;
            (mean, (column(c).map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt())
        })
        .collect();
    let standard = |(at, x): (usize, &f64)| ((x - moments[at % columns].0) / (moments[at % columns].1 + 1e-6)) as f32;
    raw.iter().enumerate().map(standard).collect()
}

fn assert_close<T: Copy + Into<f64>>(what: &str, actual: &[T], expected: &[f64]) {
    assert_eq!(actual.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(0.0f64, |max, x| max.max(x.abs()));
    let scale = if scale > 1e-3 { scale } else { 1.0 };
    for (at, (&a, &e)) in actual.iter().zip(expected).enumerate() {
        let a: f64 = a.into();
        assert!((a - e).abs() <= TOLERANCE * scale, "{what}[{at}]: {a}, not {e}");
    }
}

fn values(tensor: &Tensor) -> Vec<f64> {
    tensor.flatten_all().unwrap().to_vec1().unwrap()
}

#[test]
fn standardised_signals_and_unit_vectors_match_pytorch() {
    for case in cases() {
        assert_close("features", &case.input().features, &case.numbers("features"));
        assert_close("visual", &case.unit(), &case.numbers("visual"));
    }
}

#[test]
fn neighbours_match_pytorch_even_if_k_exceeds_the_number_of_others() {
    for case in cases() {
        let graph = case.graph();
        for (i, expected) in case.0["neighbours"].as_array().unwrap().iter().enumerate() {
            let mut expected: Vec<usize> = flat(expected).into_iter().map(|j| j as usize).collect();
            let mut actual: Vec<usize> = graph.targets[graph.row(i)].iter().map(|&j| j as usize).collect();
            // If all others are neighbours, the fixture lists them by index.
            if expected.len() == case.number("n") - 1 {
                actual.sort_unstable();
                expected.sort_unstable();
            }
            assert_eq!(actual, expected, "neighbours of {i} of {}", case.number("n"));
        }
    }
}

#[test]
fn text_and_final_scores_match_pytorch() {
    for case in cases() {
        let scores = case.model().score(&case.input()).unwrap();
        assert_close("text scores", &scores.text, &case.numbers("text_scores"));
        assert_close("scores", &scores.total, &case.numbers("scores"));
    }
}

#[test]
fn the_loss_and_every_gradient_match_pytorch() {
    for case in cases() {
        let model = case.model();
        let loss = case.loss(&model);
        assert_close("loss", &[loss.to_scalar::<f64>().unwrap()], &case.numbers("bpr_loss"));
        let gradients = loss.backward().unwrap();
        let expected = case.0["grads"].as_object().unwrap();
        assert_eq!(model.vars().len(), expected.len());
        for (name, var) in model.vars() {
            assert_close(name, &values(gradients.get(var).unwrap()), &flat(&expected[name]));
        }
    }
}

#[test]
fn five_steps_of_adam_match_pytorch() {
    for case in cases() {
        let model = case.model();
        let rate = case.0["adam_lr"].as_f64().unwrap();
        let config = TrainConfig { learning_rate: rate, weight_decay: 0.0, ..TrainConfig::default() };
        let mut optimiser = Optimiser::new(&model, &config).unwrap();
        let mut losses = Vec::new();
        for _ in 0..5 {
            let loss = case.loss(&model);
            losses.push(loss.to_scalar::<f64>().unwrap());
            optimiser.step(&Gradients::of(&model, &loss).unwrap()).unwrap();
        }
        assert_close("losses", &losses, &case.numbers("adam_losses"));
        let after: BTreeMap<String, Vec<f64>> = model.weights().unwrap();
        for (name, expected) in case.0["params_after_5_adam_steps"].as_object().unwrap() {
            assert_close(name, &after[name], &flat(expected));
        }
    }
}

#[test]
fn parameters_are_counted_as_in_pytorch() {
    for case in cases() {
        let expected: usize = case.0["params"].as_object().unwrap().values().map(|value| flat(value).len()).sum();
        assert_eq!(case.config().parameter_count(), expected);
    }
}

#[test]
fn losses_and_their_gradients_match_pytorch() {
    let cases: Value = serde_json::from_str(include_str!("fixtures/losses.json")).unwrap();
    for case in cases.as_array().unwrap() {
        let scores = flat(&case["scores"]);
        let grades: Vec<_> = flat(&case["relevance"]).iter().map(|&grade| Some(Relevance(grade as i32))).collect();
        let targets = Arc::new(Targets::new(&grades));
        for (loss, name) in [
            (Loss::Bpr, "bpr"),
            (Loss::BinaryCrossEntropy, "bce_pointwise"),
            (Loss::SoftmaxCrossEntropy, "softmax_cross_entropy"),
            (Loss::ApproxNdcg, "approx_ndcg_temperature_0.1"),
            (Loss::LambdaNdcg, "lambda_ndcg_sum_over_pairs"),
        ] {
            let expected = &case["losses"][name];
            let scores = candle_core::Var::new(scores.as_slice(), &candle_core::Device::Cpu).unwrap();
            let value = (loss.sum(&scores, &targets).unwrap() / loss.weight(&targets)).unwrap();
            assert_close(name, &[value.to_scalar::<f64>().unwrap()], &flat(&expected["value"]));
            let gradients = value.backward().unwrap();
            assert_close(name, &values(gradients.get(&scores).unwrap()), &flat(&expected["grad"]));
        }
    }
}

#[test]
fn activations_are_read_by_name() {
    assert_eq!("relu".parse(), Ok(Activation::Relu));
    assert!("tanh".parse::<Activation>().unwrap_err().to_string().contains("tanh"));
}
