//! Every kind of graph network against its formula written out plainly, and its gradients against differences.

mod trace;

use std::sync::Arc;

use candle_core::{Device, Tensor};
use crossrank::base::Rng;
use crossrank::dataset::Relevance;
use crossrank::graph::{Csr, GraphRequest, Similarities, unit_rows};
use crossrank::model::{Activation, Degree, ModelKind, Network, NetworkConfig, Prepared, RankingInput, Weights};
use crossrank::train::{Gradients, Loss, Targets};

const N: usize = 9;
const DIM: usize = 6;
const SIGNALS: usize = 3;

type Rows = Vec<Vec<f64>>;

fn input() -> RankingInput {
    sized(N, DIM, 3)
}

fn sized(n: usize, dim: usize, k: usize) -> RankingInput {
    let mut rng = Rng::new(5);
    let mut values = |count: usize| (0..count).map(|_| rng.normal() as f32).collect::<Vec<f32>>();
    let visual = unit_rows(&values(n * dim), dim);
    let graph = Csr::nearest(&Similarities::new(&visual, dim), GraphRequest { k, ..Default::default() });
    RankingInput {
        query: 0,
        n,
        features: values(n * SIGNALS),
        feature_count: SIGNALS,
        visual: visual.into(),
        dim,
        graph,
        relevance: (0..n as i32).map(|i| Some(Relevance(i % 3 - i % 2))).collect(),
        others: Vec::new(),
        ids: (0..n).map(|i| format!("i{i}").as_str().into()).collect(),
    }
}

fn config(kind: ModelKind) -> NetworkConfig {
    NetworkConfig {
        kind,
        feature_count: SIGNALS,
        visual_dim: DIM,
        mlp: vec![4],
        conv: vec![4, 4],
        heads: 2,
        dropout: 0.0,
        seed: 3,
        ..NetworkConfig::default()
    }
}

/// `x Wᵀ + b` with W of `rows` rows starting at the column `from` of each.
fn linear(x: &Rows, weights: &Weights, name: &str) -> Rows {
    let (weight, bias) = (&weights[&format!("{name}.weight")], &weights[&format!("{name}.bias")]);
    let width = weight.len() / bias.len();
    let row = |x: &Vec<f64>| {
        let product = |o: usize| bias[o] + (0..width).map(|c| weight[o * width + c] * x[c]).sum::<f64>();
        (0..bias.len()).map(product).collect()
    };
    x.iter().map(row).collect()
}

fn neighbours(csr: &Csr, i: usize) -> Vec<usize> {
    csr.row(i).map(|edge| csr.targets[edge] as usize).collect()
}

fn cos(input: &RankingInput, i: usize, j: usize) -> f64 {
    let rows = input.visual.load(input.dim).unwrap();
    let row = |i: usize| &rows[i * input.dim..(i + 1) * input.dim];
    row(i).iter().zip(row(j)).map(|(x, y)| f64::from(x * y)).sum()
}

/// One convolution as its paper writes it.
fn convolve(input: &RankingInput, config: &NetworkConfig, weights: &Weights, layer: usize, h: &Rows) -> Rows {
    let name = format!("conv.{layer}");
    let nb = |i: usize| neighbours(&input.graph, i);
    let undirected = |i: usize, j: usize| i == j || nb(i).contains(&j) || nb(j).contains(&i);
    let sum = |of: &dyn Fn(usize) -> Vec<(usize, f64)>, z: &Rows| -> Rows {
        let row = |i: usize| {
            (0..z[0].len()).map(|c| of(i).iter().map(|&(j, alpha)| alpha * z[j][c]).sum()).collect::<Vec<f64>>()
        };
        (0..input.n).map(row).collect()
    };
    match config.kind {
        ModelKind::Gcn => {
            let degree = |i: usize| (0..input.n).filter(|&j| undirected(i, j)).count() as f64;
            let of = |i: usize| -> Vec<(usize, f64)> {
                let near = (0..input.n).filter(|&j| undirected(i, j));
                near.map(|j| (j, 1.0 / (degree(i) * degree(j)).sqrt())).collect()
            };
            sum(&of, &linear(h, weights, &name))
        }
        ModelKind::Gat => {
            let z = linear(h, weights, &name);
            let (from, to) = (&weights[&format!("{name}.att_src")], &weights[&format!("{name}.att_dst")]);
            let width = z[0].len() / config.heads;
            let mut out = vec![Vec::new(); input.n];
            for head in 0..config.heads {
                let columns = head * width..(head + 1) * width;
                let part: Rows = z.iter().map(|row| row[columns.clone()].to_vec()).collect();
                let dot = |a: &[f64], i: usize| (0..width).map(|c| a[head * width + c] * part[i][c]).sum::<f64>();
                let of = |i: usize| -> Vec<(usize, f64)> {
                    let near: Vec<usize> = std::iter::once(i).chain(nb(i)).collect();
                    let raw = |j: usize| dot(from, i) + dot(to, j);
                    let e = |j: usize| (if raw(j) > 0.0 { raw(j) } else { 0.2 * raw(j) }).exp();
                    let total: f64 = near.iter().map(|&j| e(j)).sum();
                    near.iter().map(|&j| (j, e(j) / total)).collect()
                };
                for (out, row) in out.iter_mut().zip(sum(&of, &part)) {
                    out.extend(row);
                }
            }
            out
        }
        ModelKind::EdgeConv => {
            let edge = |i: usize, j: usize| -> Vec<f64> {
                let pair = h[i].iter().copied().chain(h[j].iter().zip(&h[i]).map(|(j, i)| j - i)).collect();
                linear(&vec![pair], weights, &name).remove(0).iter().map(|x| x.max(0.0)).collect()
            };
            let strongest = |i: usize| {
                let own = edge(i, i);
                nb(i).iter().fold(own, |most, &j| most.iter().zip(edge(i, j)).map(|(a, b)| a.max(b)).collect())
            };
            (0..input.n).map(strongest).collect()
        }
        kind => {
            let reached = |j: usize| (0..input.n).filter(|&i| nb(i).contains(&j)).count() as f64;
            let scale = |i: usize, j: usize| match config.degree {
                Degree::None => 1.0,
                Degree::Mean => 1.0 / nb(i).len() as f64,
                Degree::Symmetric => 1.0 / (nb(i).len() as f64 * reached(j)).sqrt(),
            };
            let rows = input.visual.load(input.dim).unwrap();
            let learned = |i: usize, j: usize| {
                let a = &weights[&format!("{name}.a")];
                (0..input.dim).map(|c| a[c] * f64::from(rows[i * input.dim + c] * rows[j * input.dim + c])).sum::<f64>()
            };
            let g = |i: usize, j: usize| if kind == ModelKind::DcmmEdge { learned(i, j) } else { cos(input, i, j) };
            let of = |i: usize| nb(i).into_iter().map(|j| (j, scale(i, j) * g(i, j))).collect();
            sum(&of, &linear(h, weights, &name))
        }
    }
}

/// `s₁ + Σ_l Âˡ W_l [h ‖ s₁] + γ standardise(V Vᵀ softmax(β s₁))`.
fn feedback(input: &RankingInput, config: &NetworkConfig, weights: &Weights, h: &Rows, text: &[f64]) -> Vec<f64> {
    let n = input.n;
    let share = |i: usize, j: usize| {
        let sum: f64 = neighbours(&input.graph, i).iter().map(|&j| cos(input, i, j).max(0.0)).sum();
        cos(input, i, j).max(0.0) / sum
    };
    let mut total = text.to_vec();
    for hop in 0..config.conv.len() {
        let weight = &weights[&format!("hop.{hop}.weight")];
        let said = |i: usize| weight.iter().zip(h[i].iter().chain([&text[i]])).map(|(w, x)| w * x).sum::<f64>();
        let mut message: Vec<f64> = (0..n).map(said).collect();
        for _ in 0..=hop {
            let heard = |i: usize| neighbours(&input.graph, i).iter().map(|&j| share(i, j) * message[j]).sum::<f64>();
            message = (0..n).map(heard).collect();
        }
        total.iter_mut().zip(message).for_each(|(total, message)| *total += message);
    }
    if config.feedback {
        let (beta, gamma) = (weights["feedback.beta"][0], weights["feedback.gamma"][0]);
        let sum: f64 = text.iter().map(|s| (beta * s).exp()).sum();
        let like = |i: usize| (0..n).map(|j| (beta * text[j]).exp() / sum * cos(input, i, j)).sum::<f64>();
        let like: Vec<f64> = (0..n).map(like).collect();
        let mean = like.iter().sum::<f64>() / n as f64;
        let deviation = (like.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n as f64 + 1e-6).sqrt();
        total.iter_mut().zip(like).for_each(|(total, like)| *total += gamma * (like - mean) / deviation);
    }
    total
}

fn plainly(input: &RankingInput, config: &NetworkConfig, weights: &Weights) -> Vec<f64> {
    let x: Rows = input.features.chunks(SIGNALS).map(|row| row.iter().copied().map(f64::from).collect()).collect();
    let mut h = if config.mlp.is_empty() { x } else { linear(&x, weights, "mlp.0") };
    let text = linear(&h, weights, "head_text");
    if !config.kind.uses_graph() {
        return text.concat();
    }
    if config.kind == ModelKind::DcmmPrf {
        let said = if config.mlp.is_empty() { SIGNALS - config.component_count } else { h[0].len() };
        h.iter_mut().for_each(|row| row.truncate(said));
        return feedback(input, config, weights, &h, &text.concat());
    }
    for layer in 0..config.conv.len() {
        let mut out = convolve(input, config, weights, layer, &h);
        if config.activation == Activation::Relu {
            out.iter_mut().flatten().for_each(|x| *x = x.max(0.0));
        }
        if config.residual {
            out.iter_mut().zip(&h).for_each(|(out, h)| out.iter_mut().zip(h).for_each(|(out, h)| *out += h));
        }
        h = out;
    }
    linear(&h, weights, "head_conv").iter().zip(&text).map(|(conv, text)| conv[0] + text[0]).collect()
}

/// Every network there is, with the options that change its formula.
fn networks() -> Vec<NetworkConfig> {
    let kinds = ModelKind::ALL.into_iter().filter(|kind| kind.network() == Some(*kind));
    let mut all: Vec<NetworkConfig> = kinds.map(config).collect();
    for kind in [ModelKind::DcmmCos, ModelKind::DcmmEdge] {
        for degree in [Degree::Mean, Degree::Symmetric] {
            all.push(NetworkConfig { degree, residual: true, activation: Activation::Relu, ..config(kind) });
        }
    }
    all.push(NetworkConfig { mlp: Vec::new(), ..config(ModelKind::Linear) });
    let prf = config(ModelKind::DcmmPrf);
    all.push(NetworkConfig { mlp: Vec::new(), component_count: 1, ..prf.clone() });
    all.push(NetworkConfig { feedback: false, conv: vec![1], ..prf.clone() });
    all.push(NetworkConfig { mlp: Vec::new(), conv: Vec::new(), ..prf });
    all
}

/// A network whose every weight says something, zero at first or not.
fn started(config: &NetworkConfig) -> Network {
    let mut rng = Rng::new(11);
    let mut weights = config.init().unwrap().weights().unwrap();
    weights.values_mut().flatten().filter(|weight| **weight == 0.0).for_each(|weight| *weight = 0.5 * rng.normal());
    Network::from_weights(config, &weights).unwrap()
}

#[test]
fn each_network_computes_its_formula() {
    let input = input();
    for config in networks() {
        let model = started(&config);
        let expected = plainly(&input, &config, &model.weights().unwrap());
        let scores = model.score(&input).unwrap().total;
        for (i, (score, expected)) in scores.iter().zip(&expected).enumerate() {
            assert!((f64::from(*score) - expected).abs() < 1e-5, "{config:?}: image {i}: {score} {expected}");
        }
    }
}

#[test]
fn each_network_s_gradient_is_the_slope_of_its_loss() {
    let input = input();
    let targets = Arc::new(Targets::new(&input.relevance));
    for config in networks() {
        let config = NetworkConfig { members: 2, ..config };
        let loss = |model: &Network| {
            let output = model.forward(&Prepared::new(&input, &config).unwrap(), None).unwrap();
            let members = output.members.iter().map(|member| Loss::Bpr.sum(&member.total, &targets).unwrap());
            members.reduce(|sum, loss| (sum + loss).unwrap()).unwrap()
        };
        let model = started(&config);
        let gradients = Gradients::of(&model, &loss(&model)).unwrap();
        let weights = model.weights().unwrap();
        for ((name, _), gradient) in model.vars().iter().zip(gradients.values()) {
            let at = gradient.len() / 2;
            let moved = |step: f64| {
                let mut weights = weights.clone();
                weights.get_mut(name).unwrap()[at] += step;
                loss(&Network::from_weights(&config, &weights).unwrap()).to_scalar::<f64>().unwrap()
            };
            let step = 1e-4;
            let slope = (moved(step) - moved(-step)) / (2.0 * step);
            // The learned similarity is computed in f32.
            let tolerance = if config.kind == ModelKind::DcmmEdge { 2e-2 } else { 1e-5 };
            assert!((slope - gradient[at]).abs() <= tolerance * slope.abs().max(1.0), "{config:?}: {name}");
        }
    }
}

#[test]
fn the_learned_similarity_is_exact_for_every_length_and_density() {
    for (n, dim, k) in
        [(2, 1, 1), (5, 7, 4), (6, 16, 5), (9, 17, 8), (23, 63, 20), (23, 64, 2), (13, 65, 9), (31, 130, 30)]
    {
        let input = sized(n, dim, k);
        let config = NetworkConfig { visual_dim: dim, conv: vec![4], ..config(ModelKind::DcmmEdge) };
        let model = config.init().unwrap();
        let weights = model.weights().unwrap();
        for (score, expected) in model.score(&input).unwrap().total.iter().zip(plainly(&input, &config, &weights)) {
            assert!((f64::from(*score) - expected).abs() < 1e-5, "{n} × {dim}, k = {k}: {score} {expected}");
        }
        let prepared = Prepared::new(&input, &config).unwrap();
        let mix: Vec<f64> = (0..n).map(|i| ((i * 7) % 5) as f64 - 1.5).collect();
        let loss = (model.forward(&prepared, None).unwrap().total * Tensor::new(mix.as_slice(), &Device::Cpu).unwrap())
            .and_then(|products| products.sum_all())
            .unwrap();
        let gradients = Gradients::of(&model, &loss).unwrap();
        let at = model.vars().iter().position(|(name, _)| name == "conv.0.a").unwrap();
        for c in 0..dim {
            let moved = |step: f64| {
                let mut weights = weights.clone();
                weights.get_mut("conv.0.a").unwrap()[c] += step;
                plainly(&input, &config, &weights).iter().zip(&mix).map(|(score, mix)| score * mix).sum::<f64>()
            };
            // The score is linear in a, so the difference is exact but for rounding.
            let slope = moved(1.0) - moved(0.0);
            let found = gradients.values()[at][c];
            assert!((slope - found).abs() < 1e-5, "{n} × {dim}, k = {k}: ∂a_{c} is {slope}, not {found}");
        }
    }
}

#[test]
fn members_are_networks_of_their_own_and_the_score_is_their_mean() {
    let input = input();
    for config in networks() {
        let three = started(&NetworkConfig { members: 3, ..config.clone() });
        assert_eq!(three.config().parameter_count(), 3 * config.parameter_count());
        let weights = three.weights().unwrap();
        let scores = |member: usize| {
            let prefix = format!("member.{member}.");
            let own = |(name, values): (&String, &Vec<f64>)| Some((name.strip_prefix(&prefix)?.into(), values.clone()));
            let own: Weights = weights.iter().filter_map(own).collect();
            Network::from_weights(&config, &own).unwrap().score(&input).unwrap().total
        };
        let each: Vec<Vec<f32>> = (0..3).map(scores).collect();
        assert_ne!(each[0], each[1], "{config:?}");
        // The first member begins as what a single network of this seed is.
        let (single, first) = (config.init().unwrap(), NetworkConfig { members: 3, ..config.clone() }.init().unwrap());
        let first = first.weights().unwrap();
        for (name, values) in single.weights().unwrap() {
            assert_eq!(first[&format!("member.0.{name}")], values, "{name}");
        }
        for (i, score) in three.score(&input).unwrap().total.iter().enumerate() {
            let mean = (each[0][i] + each[1][i] + each[2][i]) / 3.0;
            assert!((score - mean).abs() < 1e-5, "{config:?}: {score} {mean}");
        }
    }
}

#[test]
fn what_has_no_network_or_uneven_heads_is_refused_by_name() {
    let refused = |config: NetworkConfig| config.init().unwrap_err().to_string();
    assert!(refused(config(ModelKind::Cm)).contains("cm has no network"));
    assert!(refused(NetworkConfig { heads: 3, ..config(ModelKind::Gat) }).contains("3 heads"));
    assert!(refused(NetworkConfig { members: 0, ..config(ModelKind::Gcn) }).contains("members"));
}
