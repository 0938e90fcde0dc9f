//! Whether lists that end at a promised precision keep the promise: calibrated on the training and validation queries of a data
//! set, looked at on its test queries.
//!
//! `cargo run --release --example where_to_stop [DATASET]`

use std::error::Error;
use std::path::PathBuf;

use crossrank::base::mean;
use crossrank::dataset::{Relevance, Split, demo_sample};
use crossrank::eval::calibration::{Calibration, ScoredQuery};
use crossrank::eval::significance::bootstrap;
use crossrank::signals::text_only;
use crossrank::train::{self, Preset, Quiet, RunData, RunRecord};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).map_or_else(demo_sample, PathBuf::from);
    let data = train::open(&path, &[])?.data;
    let text: Vec<Vec<f32>> = (0..data.dataset.queries.len()).map(|query| text_only(&data.signals, query)).collect();
    report("text only", &data, &text)?;
    let result = train::run(&data, &Preset::Best.experiment(), RunRecord::default(), None, &mut Quiet)?;
    report("the preset", &data, &result.scores)
}

/// Prints what lists at each precision hold.
fn report(name: &str, data: &RunData, scores: &[Vec<f32>]) -> Result<(), Box<dyn Error>> {
    let queries = 0..data.dataset.queries.len();
    let (test, others): (Vec<usize>, Vec<usize>) = queries.partition(|&query| data.splits[query] == Split::Test);
    let scored = |query: usize| ScoredQuery {
        scores: scores[query].iter().map(|score| f64::from(*score)).collect(),
        is_relevant: data.judgements.of(query).iter().map(|grade| grade.map(Relevance::is_relevant)).collect(),
    };
    let calibration = Calibration::fit(&others.into_iter().map(scored).collect::<Vec<_>>())?;
    println!(
        "{name}: {} of {}, expected calibration error {:.3}",
        calibration.shape, calibration.scale, calibration.error
    );
    println!("promised  left out         test queries            recall   kept of");
    for promise in &calibration.promises {
        let (mut precisions, mut recalls) = (Vec::new(), Vec::new());
        for &query in &test {
            let own = scored(query);
            let unjudged = ScoredQuery { is_relevant: vec![None; own.scores.len()], ..own.clone() };
            let probabilities = calibration.probabilities(&unjudged);
            let mut order: Vec<usize> = (0..own.scores.len()).collect();
            order.sort_by(|a, b| own.scores[*b].total_cmp(&own.scores[*a]));
            let end = Calibration::end(&order, &probabilities, promise.precision);
            let right = order[..end].iter().filter(|at| own.is_relevant[**at] == Some(true)).count() as f64;
            let all = own.is_relevant.iter().filter(|grade| **grade == Some(true)).count() as f64;
            if end > 0 {
                precisions.push(right / end as f64);
            }
            if all > 0.0 {
                recalls.push(right / all);
            }
        }
        let interval = bootstrap(&precisions, 0.95).unwrap_or_default();
        let (precision, left_out) = (if precisions.is_empty() { f64::NAN } else { mean(&precisions) }, promise.kept);
        println!(
            "{:8.2}  {:8.3}  {:8.3} [{:.3}, {:.3}]  {:8.3}   {} of {}",
            promise.precision,
            left_out.unwrap_or(f64::NAN),
            precision,
            interval.low,
            interval.high,
            if recalls.is_empty() { f64::NAN } else { mean(&recalls) },
            precisions.len(),
            test.len()
        );
    }
    Ok(())
}
