//! Seconds per training epoch (forward, BPR, backward, step) on random data; one line a case: name, value, unit.
//!
//! `cargo bench --bench training`. The first shape is that of the authors' WebQ experiment, cut to 88 queries.

use std::ops::ControlFlow;
use std::time::Instant;

use crossrank::dataset::{ImageId, Relevance, Rng, Split};
use crossrank::graph::{GraphRequest, Similarities, SimilarityGraph, unit_rows};
use crossrank::model::{Dcmm, DcmmConfig, RankingInput};
use crossrank::train::{EpochReport, Observer, TrainConfig, TrainData, train};

struct Shape {
    queries: usize,
    images: usize,
    dim: usize,
}

fn query(index: usize, shape: &Shape) -> (Similarities, RankingInput) {
    let mut rng = Rng::new(index as u64);
    let (n, dim) = (shape.images, shape.dim);
    let rows: Vec<f32> = (0..n * dim).map(|_| rng.uniform() as f32).collect();
    let visual = unit_rows(&rows, dim);
    let input = RankingInput {
        query: index,
        n,
        features: (0..n * 4).map(|_| rng.normal() as f32).collect(),
        feature_count: 4,
        visual: visual.clone().into(),
        dim,
        graph: Default::default(),
        relevance: (0..n).map(|_| Some(Relevance(i32::from(rng.uniform() < 0.5)))).collect(),
        ids: (0..n).map(|i| ImageId::from(i.to_string().as_str())).collect(),
    };
    (Similarities::new(&visual, dim), input)
}

/// Times the training part of each epoch.
#[derive(Default)]
struct Times {
    start: Option<Instant>,
    training: Vec<f64>,
    whole: Vec<f64>,
}

impl Observer for Times {
    fn batch(&mut self, done: usize, total: usize) -> ControlFlow<()> {
        match (done, self.start) {
            (0, _) => self.start = Some(Instant::now()),
            (done, Some(start)) if done == total => self.training.push(start.elapsed().as_secs_f64()),
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn epoch(&mut self, report: &EpochReport, _: &Dcmm) -> ControlFlow<()> {
        self.whole.push(report.seconds);
        ControlFlow::Continue(())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    for (name, shape, ks) in [
        ("88 queries × 300 images × 1536", Shape { queries: 88, images: 300, dim: 1536 }, vec![10, 100]),
        ("20 queries × 100 images × 1024", Shape { queries: 20, images: 100, dim: 1024 }, vec![10]),
    ] {
        let queries: Vec<(Similarities, RankingInput)> = (0..shape.queries).map(|i| query(i, &shape)).collect();
        for k in ks {
            let input = |(similarities, input): &(Similarities, RankingInput)| RankingInput {
                graph: SimilarityGraph::build(similarities, GraphRequest { k, ..GraphRequest::default() }).csr(),
                ..input.clone()
            };
            let inputs: Vec<RankingInput> = queries.iter().map(input).collect();
            let data = TrainData { split: vec![Split::Train; inputs.len()], inputs, ..TrainData::default() };
            let model = DcmmConfig { feature_count: 4, visual_dim: shape.dim, ..DcmmConfig::default() };
            let config = TrainConfig { epochs: 5, ..TrainConfig::default() };
            let mut times = Times::default();
            match train(&data, &model, &config, &mut times) {
                Ok(_) => {
                    println!("training epoch, {name}, k = {k}\t{:.4}\ts", median(times.training));
                    println!("training epoch and evaluation, {name}, k = {k}\t{:.4}\ts", median(times.whole));
                }
                Err(error) => println!("training epoch, {name}, k = {k}\tfailed: {error}\t"),
            }
        }
    }
}
