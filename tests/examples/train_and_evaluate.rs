//! Trains a graph network and compares it with the search engine's order and with text alone, query by query.
//!
//! `cargo run --example train_and_evaluate [DATASET]`

use std::error::Error;
use std::ops::ControlFlow;
use std::path::PathBuf;

use crossrank::dataset::{Split, demo_sample};
use crossrank::eval::significance::{bootstrap, randomisation};
use crossrank::eval::{Measure, evaluate_scores};
use crossrank::model::{ModelKind, Network, RankingInput};
use crossrank::signals::{initial_order, text_only};
use crossrank::train::{self, EpochReport, Experiment, RunObserver, RunRecord};

/// Prints every fifth epoch.
struct Printer;

impl RunObserver for Printer {
    fn epoch(&mut self, report: &EpochReport, _: &Network, _: &[RankingInput]) -> ControlFlow<()> {
        if report.epoch.is_multiple_of(5) {
            let map = report.validation.get(Measure::Map).unwrap_or_default();
            let (epoch, loss) = (report.epoch, report.train_loss);
            println!("epoch {epoch:2}: loss {loss:.4}, MAP on validation {map:.4}");
        }
        ControlFlow::Continue(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).map_or_else(demo_sample, PathBuf::from);
    let data = train::open(&path, &[])?.data;
    let mut experiment = Experiment::default();
    experiment.model.kind = ModelKind::DcmmCos;
    experiment.training.epochs = 30;
    let result = train::run(&data, &experiment, RunRecord::default(), None, &mut Printer)?;

    let test = data.queries_of(Split::Test);
    let measures = [Measure::Map, Measure::PrecisionAt(10), Measure::NdcgAt(20)];
    let evaluate =
        |scores: &dyn Fn(usize) -> Vec<f32>| evaluate_scores(&data.dataset, &data.judgements, &test, scores, &measures);
    let initial = evaluate(&|query| initial_order(&data.dataset, query));
    let text = evaluate(&|query| text_only(&data.signals, query));
    let network = evaluate(&|query| result.scores[query].clone());

    let [map, precision, ndcg] = measures.map(|measure| measure.to_string());
    println!("\n{:14}{map:>8}{precision:>8}{ndcg:>8}", "");
    for (name, evaluation) in [("initial order", &initial), ("text alone", &text), ("network", &network)] {
        let [map, precision, ndcg] = measures.map(|measure| evaluation.get(measure).unwrap_or_default());
        println!("{name:14}{map:8.4}{precision:8.4}{ndcg:8.4}");
    }

    let gain = |id: &String| Some(network.of(id, Measure::Map)? - text.of(id, Measure::Map)?);
    let gains: Vec<f64> = network.per_query.keys().filter_map(gain).collect();
    if let (Some(interval), Some(tested)) = (bootstrap(&gains, 0.95), randomisation(&gains)) {
        let (gain, low, high) = (tested.statistic, interval.low, interval.high);
        println!(
            "\nMAP over text alone on {} queries: {gain:+.4} [{low:+.4}, {high:+.4}], p = {:.3}",
            gains.len(),
            tested.p
        );
    }
    Ok(())
}
