//! How long a score takes to be taken apart, and ranks to be found otherwise: `cargo bench --bench explain [-- IMAGES]`
//! (300 without a number, with vectors of 2,048 numbers and 10 neighbours).
//!
//! Prints `name<TAB>value<TAB>unit<TAB>goal<TAB>met or missed`: medians over 15 images, in milliseconds on the clock.

use crossrank::base::{Rng, limit_memory_pools};
use crossrank::dataset::{VectorTable, demo_sample};
use crossrank::model::{ModelKind, Source};
use crossrank::train::{Changes, Experiment, Explainer, Quiet, RunData, RunRecord, SavedRun, open, run};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// Images of the query without a number on the command line.
const IMAGES: usize = 300;

/// Numbers of a vector, as ResNet-152 gives them.
const DIM: usize = 2048;

/// Images that are explained.
const EXPLAINED: usize = 15;

/// The most that a question about other circumstances may take.
const GOAL: f64 = 50.0;

fn main() {
    // As the program does.
    limit_memory_pools();
    let images = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(IMAGES);
    let home = tempfile::tempdir().expect("a folder");
    let data = data(images);
    for kind in [ModelKind::DcmmPrf, ModelKind::DcmmEdge, ModelKind::DcmmCos, ModelKind::LtrCm, ModelKind::Gat] {
        for whiten in [false, true] {
            if !whiten || kind == ModelKind::DcmmPrf {
                of_kind(&data, kind, whiten, home.path());
            }
        }
    }
}

/// The sample, with a first query of as many images and with vectors of noise.
fn data(images: usize) -> RunData {
    let sample = open(&demo_sample(), &[]).expect("the sample").data;
    let (mut dataset, mut signals) = ((*sample.dataset).clone(), (*sample.signals).clone());
    let mut judgements = sample.judgements.clone();
    let width = signals.infos.len();
    let mut rng = Rng::new(4);
    let all: Vec<usize> = (0..dataset.images.len()).collect();
    let query = dataset.queries[0].clone();
    for (at, &image) in all.iter().cycle().take(images).enumerate() {
        if at < query.candidates.len() {
            continue;
        }
        let mut more = dataset.images[image].clone();
        more.id = format!("more-{at}").as_str().into();
        dataset.images.push(more);
        let mut candidate = query.candidates[at % query.candidates.len()].clone();
        candidate.image = dataset.images.len() - 1;
        dataset.queries[0].candidates.push(candidate);
        signals.queries[0].extend((0..width).map(|_| rng.normal() as f32));
    }
    dataset.queries[0].candidates.truncate(images);
    signals.queries[0].truncate(images * width);
    judgements = crossrank::dataset::Judgements::unjudged(&dataset).with_source(judgements.source().clone());
    for query in 0..dataset.queries.len() {
        for candidate in 0..dataset.queries[query].candidates.len() {
            let grade = crossrank::dataset::Relevance(i32::from(rng.uniform() < 0.3));
            judgements.set(query, candidate, Some(grade));
        }
    }
    let mut vectors = VectorTable::new("noise", DIM, dataset.images.len());
    for image in 0..dataset.images.len() {
        let vector: Vec<f32> = (0..DIM).map(|_| rng.normal() as f32).collect();
        vectors.set(image, &vector).expect("memory");
    }
    RunData::new(dataset, judgements, signals, (vec!["noise".to_owned()], vectors), sample.memory)
}

fn of_kind(data: &RunData, kind: ModelKind, whiten: bool, home: &Path) {
    let mut experiment = Experiment::default();
    experiment.model.kind = kind;
    experiment.visual.whiten = whiten;
    experiment.visual.components = if whiten { 64 } else { 0 };
    experiment.training.epochs = 1;
    let folder = home.join(format!("{kind}-{whiten}"));
    run(data, &experiment, RunRecord::default(), Some(&folder), &mut Quiet).expect("it trains");
    let run = Arc::new(SavedRun::open(&folder).expect("a run"));
    let name = if whiten { format!("{kind}, whitened") } else { kind.to_string() };
    let mut opened = None;
    case(&format!("{name}: a query made ready"), None, |_| opened = Some(run.explainer(data, 0).expect("a query")));
    let explainer = opened.expect("a query");
    let goal = (kind != ModelKind::Gat).then_some(GOAL);
    case(&format!("{name}: a score taken apart"), goal, |image| {
        explainer.explain(&[image], &mut || ControlFlow::Continue(())).expect("an explanation");
    });
    let place = |what: &str, changes: &dyn Fn(usize) -> Changes| {
        case(&format!("{name}: rank {what}"), Some(GOAL), |image| {
            explainer.place_with(image, &changes(image)).expect("a rank");
        });
    };
    let other = |image: usize| BTreeSet::from([(image + 1) % explainer.n()]);
    place("without an image", &|image| Changes { images: other(image), ..Changes::default() });
    place("without a signal", &|_| Changes { inputs: BTreeSet::from([Source::Feature(0)]), ..Changes::default() });
    if kind.uses_graph() {
        place("without an edge", &|image| Changes { edges: edge(&explainer, image), ..Changes::default() });
        place("with another k", &|_| Changes { neighbours: Some(20), ..Changes::default() });
    }
}

fn edge(explainer: &Explainer, image: usize) -> BTreeSet<usize> {
    explainer.neighbours(image).into_iter().take(1).collect()
}

/// Measures one case and prints its line.
fn case(name: &str, goal: Option<f64>, mut work: impl FnMut(usize)) {
    let mut times: Vec<f64> = (0..EXPLAINED)
        .map(|image| {
            let begun = Instant::now();
            work(image);
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let median = times[EXPLAINED / 2];
    let verdict = match goal {
        Some(goal) => format!("{goal:.0}\t{}", if median <= goal { "met" } else { "missed" }),
        None => "\t".to_owned(),
    };
    println!("{name}\t{median:.1}\tms\t{verdict}");
}
