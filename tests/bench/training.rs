//! Seconds per training epoch (forward, BPR, backward, step) of DCMM-edge on random data; one line per case: name,
//! value, unit.
//!
//! `cargo bench --bench training -- [--peer FILE] [--stream QUERIES]`
//!
//! The first shape is that of the authors' WebQ experiment, reduced to 88 queries; k counts the image itself, as in the
//! authors' code. FILE has lines `k=10 dim=1536: 2.90 s per epoch of 88 queries …` that another program printed for the
//! same shape; each gives a line `ratio …`, its seconds over ours. `--stream` trains on a tenth of this many queries
//! and then on all, with vectors in a scratch file.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use crossrank::base::Rng;
use crossrank::dataset::{ImageId, Relevance, Split, VectorTable};
use crossrank::graph::{Csr, GraphRequest, Similarities, unit_rows};
use crossrank::model::{Network, NetworkConfig, RankingInput, Visual};
use crossrank::train::{EpochReport, Observer, TrainConfig, TrainData, train};

#[derive(Clone, Copy)]
struct Shape {
    queries: usize,
    images: usize,
    dim: usize,
}

fn rows(index: usize, shape: Shape) -> Vec<f32> {
    let mut rng = Rng::new(index as u64);
    unit_rows(&(0..shape.images * shape.dim).map(|_| rng.uniform() as f32).collect::<Vec<f32>>(), shape.dim)
}

fn query(index: usize, shape: Shape, similarities: &Similarities, k: usize, visual: Visual) -> RankingInput {
    let mut rng = Rng::new(!(index as u64));
    let n = shape.images;
    RankingInput {
        query: index,
        n,
        features: (0..n * 4).map(|_| rng.normal() as f32).collect(),
        feature_count: 4,
        visual,
        dim: shape.dim,
        graph: Csr::nearest(similarities, GraphRequest { k: k - 1, ..GraphRequest::default() }),
        relevance: (0..n).map(|_| Some(Relevance(i32::from(rng.uniform() < 0.5)))).collect(),
        others: Vec::new(),
        ids: (0..n).map(|i| ImageId::from(i.to_string().as_str())).collect(),
    }
}

/// Times each epoch, and its training part.
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

    fn epoch(&mut self, report: &EpochReport, _: &Network) -> ControlFlow<()> {
        self.whole.push(report.seconds);
        ControlFlow::Continue(())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn timed(data: &TrainData, shape: Shape, epochs: usize) -> Times {
    let model = NetworkConfig { feature_count: 4, visual_dim: shape.dim, ..NetworkConfig::default() };
    let mut times = Times::default();
    let config = TrainConfig { epochs, ..TrainConfig::default() };
    train(data, &model, &config, &mut times).expect("random data can be trained on");
    times
}

/// This process's peak memory in MB, where the system reports it.
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kibibytes| kibibytes * 1024.0 / 1e6)
}

fn print_memory(name: &str) {
    if let Some(memory) = peak_memory() {
        println!("peak memory, {name}\t{memory:.0}\tMB");
    }
}

/// Seconds per epoch that another program printed for this k and dim.
fn peer(text: &str, k: usize, dim: usize) -> Option<f64> {
    let line = text.lines().find(|line| line.starts_with(&format!("k={k} dim={dim}: ")))?;
    line.split_once(": ")?.1.split_whitespace().next()?.parse().ok()
}

fn in_memory(peers: &str) {
    for (name, shape, ks) in [
        ("88 queries × 300 images × 1536", Shape { queries: 88, images: 300, dim: 1536 }, vec![10, 100]),
        ("20 queries × 100 images × 1024", Shape { queries: 20, images: 100, dim: 1024 }, vec![10]),
    ] {
        let vectors: Vec<Vec<f32>> = (0..shape.queries).map(|i| rows(i, shape)).collect();
        let alike: Vec<Similarities> = vectors.iter().map(|rows| Similarities::new(rows, shape.dim)).collect();
        let visual: Vec<Visual> = vectors.into_iter().map(Visual::from).collect();
        for k in ks {
            let inputs: Vec<RankingInput> =
                (0..shape.queries).map(|i| query(i, shape, &alike[i], k, visual[i].clone())).collect();
            let data = TrainData { split: vec![Split::Train; inputs.len()], inputs, ..TrainData::default() };
            let times = timed(&data, shape, 7);
            let training = median(times.training);
            println!("training epoch, {name}, k = {k}\t{training:.4}\ts");
            println!("training epoch and evaluation, {name}, k = {k}\t{:.4}\ts", median(times.whole));
            let same_shape = shape.queries == 88;
            if let Some(theirs) = peer(peers, k, shape.dim).filter(|_| same_shape) {
                println!("ratio training epoch, {name}, k = {k}\t{:.1}\ttimes as fast", theirs / training);
            }
        }
        print_memory(name);
    }
}

/// Queries whose vectors are read from disk on every pass.
fn streamed(queries: usize) {
    let all = Shape { queries, images: 300, dim: 1536 };
    let mut table = VectorTable::within(0, "scratch", all.dim, all.queries * all.images);
    let mut inputs = Vec::with_capacity(queries);
    for index in 0..queries {
        let rows = rows(index, all);
        for (i, row) in rows.chunks(all.dim).enumerate() {
            table.set(index * all.images + i, row).expect("the scratch file can be written");
        }
        let images = index * all.images..(index + 1) * all.images;
        let visual = Visual::Stored { rows: table.stored(images).expect("a scratch file"), whitening: None };
        inputs.push(query(index, all, &Similarities::new(&rows, all.dim), 10, visual));
    }
    for part in [queries / 10, queries] {
        let some = inputs[..part].to_vec();
        let data = TrainData { split: vec![Split::Train; part], inputs: some, ..TrainData::default() };
        let name = format!("{part} streamed queries × {} images × {}, k = 10", all.images, all.dim);
        println!("training epoch, {name}\t{:.2}\ts", median(timed(&data, all, 1).training));
        print_memory(&name);
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let read =
        |path: String| std::fs::read_to_string(Path::new(&path)).unwrap_or_else(|error| panic!("{error}: {path}"));
    in_memory(&value("--peer").map(read).unwrap_or_default());
    if let Some(queries) = value("--stream") {
        streamed(queries.parse().unwrap_or_else(|_| panic!("--stream takes a number, not {queries}")));
    }
}
