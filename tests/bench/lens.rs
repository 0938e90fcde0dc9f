//! What it costs to keep epochs and to measure a run against the number of neighbours, on the sample and on 124 queries of
//! 300 images; one line per case: name, value, unit.
//!
//! `cargo bench --bench lens -- [EPOCHS]` (12 by default)

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use crossrank::base::{Lock, Rng};
use crossrank::dataset::{VectorTable, demo_sample};
use crossrank::model::{Network, RankingInput};
use crossrank::study::{neighbour_grid, sensitivity};
use crossrank::train::{
    EpochReport, Experiment, Preset, Quiet, RunData, RunObserver, RunRecord, SavedRun, open, prepare_run, run,
    run_prepared,
};

/// As many queries and images as Div400's.
const QUERIES: usize = 124;
const IMAGES: usize = 300;
const DIM: usize = 512;

/// Random images of which every third is relevant and lies nearer to the others that are.
fn large(folder: &Path) -> RunData {
    let mut rng = Rng::new(7);
    let (mut images, mut candidates) =
        ("id,title\n".to_owned(), "query,image,rank,relevance,x_feature,y_feature\n".to_owned());
    let mut queries = "id,text\n".to_owned();
    for query in 0..QUERIES {
        queries += &format!("q{query},word\n");
        for image in 0..IMAGES {
            let relevant = u8::from(image.is_multiple_of(3));
            let features = [rng.normal() + f64::from(relevant), rng.normal()];
            images += &format!("q{query}i{image},word {image}\n");
            candidates +=
                &format!("q{query},q{query}i{image},{},{relevant},{:.4},{:.4}\n", image + 1, features[0], features[1]);
        }
    }
    for (name, text) in [("images.csv", &images), ("candidates.csv", &candidates), ("queries.csv", &queries)] {
        fs::write(folder.join(name), text).expect("written");
    }
    let data = open(folder, &[]).expect("opened").data;
    let mut table = VectorTable::new("random", DIM, data.dataset.images.len());
    for at in 0..data.dataset.images.len() {
        let nearer = if (at % IMAGES).is_multiple_of(3) { 0.4 } else { 0.0 };
        let row: Vec<f32> = (0..DIM).map(|_| (rng.normal() + nearer) as f32).collect();
        table.set(at, &row).expect("held in memory");
    }
    data.with_vectors(vec!["random".to_owned()], Arc::new(table))
}

/// The time from one epoch's end to the next.
#[derive(Default)]
struct Times(Vec<Instant>);

impl RunObserver for Times {
    fn epoch(&mut self, _: &EpochReport, _: &Network, _: &[RankingInput]) -> ControlFlow<()> {
        self.0.push(Instant::now());
        ControlFlow::Continue(())
    }
}

impl Times {
    fn median(&self) -> f64 {
        let mut times: Vec<f64> = self.0.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    }
}

fn report(name: &str, data: &RunData, experiment: &Experiment, home: &Path) {
    let (with, without) = (home.join(format!("{name} with")), home.join(format!("{name} without")));
    let mut rounds = [Vec::new(), Vec::new()];
    for _ in 0..3 {
        let mut times = Times::default();
        let inputs = prepare_run(data, experiment, &mut Quiet).expect("prepared");
        let lock = Lock::acquire(&without).expect("locked").0;
        run_prepared(data, &inputs, experiment, RunRecord::default(), Some(&lock), &mut times).expect("trained");
        rounds[0].push(times.median());
        let mut times = Times::default();
        run(data, experiment, RunRecord::default(), Some(&with), &mut times).expect("trained");
        rounds[1].push(times.median());
    }
    let [plain, kept] = rounds.map(|times| times.into_iter().fold(f64::INFINITY, f64::min));
    println!("epoch of DCMM-PRF, {name}, saved\t{plain:.4}\ts");
    println!("the same with its epochs kept\t{kept:.4}\ts");
    let size = fs::metadata(with.join("epochs.bin")).map_or(0, |metadata| metadata.len());
    println!("kept of {name}\t{:.2}\tMB", size as f64 / 1e6);
    let saved = SavedRun::open(&with).expect("a run");
    let most = data.dataset.queries.iter().map(|query| query.candidates.len()).max().unwrap_or(1) - 1;
    let begun = Instant::now();
    sensitivity(data, &saved, None, &mut Quiet).expect("measured");
    let ks = neighbour_grid(most, &[experiment.graph.k]).len();
    println!("{name} over {ks} numbers of neighbours\t{:.2}\ts", begun.elapsed().as_secs_f64());
}

fn main() {
    let epochs = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(12);
    let home = tempfile::tempdir().expect("a folder");
    let mut experiment = Preset::Best.experiment();
    experiment.choose.clear();
    experiment.training.retrain = false;
    experiment.training.epochs = epochs;
    let sample = open(&demo_sample(), &[]).expect("the sample").data;
    report("the sample", &sample, &experiment, home.path());
    let folder = home.path().join("large");
    fs::create_dir(&folder).expect("a folder");
    report("124 queries × 300 images", &large(&folder), &experiment, home.path());
}
