//! Response times of the window: `cargo bench --bench interface`, or `-- table` for one case (sample, large, crowd,
//! player, table).
//!
//! Prints `name<TAB>value<TAB>unit` per case. The large graph has 300 of the sample's photos, k = 10; the crowded one
//! has 1,000 images, most photos twice, k = 15. The propagation player runs over 300 and over 3,000 images, k = 10, in the
//! whole window; its frames are those of one walk through all stages of a trained DCMM-PRF. Times are from a user action to the finished list of triangles, without
//! drawing on the GPU.

use crossrank::app::{App, Panel, Shot, headless, settle};
use crossrank::dataset::{read_embeddings, write_embeddings};
use crossrank::model::ModelKind;
use crossrank::workspace::{Action, PropagationAction, SelectionAction, SettingsAction, Store, TrainingAction};
use egui_kittest::Harness;
use std::fs;
use std::path::Path;
use std::time::Instant;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");

/// Images of the large queries.
const LARGE: usize = 300;

/// Images of the crowded query.
const CROWD: usize = 1000;

/// Runs in the table.
const RUNS: usize = 1000;

/// A case by its name.
type Case = (&'static str, fn(&Path));

fn main() {
    let home = tempfile::tempdir().expect("a folder");
    let cases: [Case; 5] =
        [("sample", sample), ("large", large), ("crowd", crowd), ("player", player), ("table", run_table)];
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    for (name, case) in cases {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            case(home.path());
        }
    }
    if let Some(peak) = peak_memory() {
        println!("peak memory, everything loaded\t{peak:.0}\tMB");
    }
}

fn sample(home: &Path) {
    let begun = Instant::now();
    let mut harness = headless(&Shot::of(SAMPLE), Store::at(&home.join("sample")));
    while harness.state().workspace().session().is_none_or(|session| session.view().is_none()) {
        harness.step();
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    println!("open the sample to its first graph\t{:.0}\tms", begun.elapsed().as_secs_f64() * 1e3);
    settle(&mut harness).expect("at rest");
    let queries = harness.state().workspace().session().map_or(0, |session| session.data.dataset.queries.len());
    let times = (1..queries).map(|query| act(&mut harness, SelectionAction::Query(query))).collect();
    report("switch query, 100 images", times);

    let mut experiment = harness.state().workspace().settings().experiment.clone();
    experiment.training.epochs = 30;
    harness.state_mut().workspace_mut().apply(SettingsAction::SetExperiment(Box::new(experiment)));
    harness.state_mut().workspace_mut().apply(TrainingAction::Start);
    settle(&mut harness).expect("at rest");
    let run = harness.state().workspace().training().run().expect("a run");
    println!("training epoch on the sample\t{:.4}\ts", run.record.seconds_per_epoch);
    if let Some(peak) = peak_memory() {
        println!("peak memory on the sample, trained\t{peak:.0}\tMB");
    }
}

fn large(home: &Path) {
    let folder = home.join("large");
    write_large(&folder).expect("the large set is written");
    let mut harness = headless(&Shot::of(&folder), Store::at(&home.join("large home")));
    settle(&mut harness).expect("at rest");
    let times = (0..12).map(|turn| act(&mut harness, SelectionAction::Query((turn + 1) % 2))).collect();
    report("switch query, 300 images", times);
    settle(&mut harness).expect("at rest");
    let times = (0..24)
        .map(|turn| {
            let mut experiment = harness.state().workspace().settings().experiment.clone();
            experiment.graph.k = 10 + turn % 5;
            act(&mut harness, SettingsAction::SetExperiment(Box::new(experiment)))
        })
        .collect();
    report("move k to the redrawn graph, 300 images", times);
    let mut experiment = harness.state().workspace().settings().experiment.clone();
    experiment.graph.k = 10;
    harness.state_mut().workspace_mut().apply(SettingsAction::SetExperiment(Box::new(experiment)));
    settle(&mut harness).expect("at rest");
    let edges = edges(&harness);
    let times = (0..60).map(|_| frame(&mut harness)).collect();
    report(&format!("frame of 300 thumbnails and {edges} edges"), times);
}

fn crowd(home: &Path) {
    let folder = home.join("crowd");
    write_crowd(&folder).expect("the crowded set is written");
    let shot = Shot { panel: Some(Panel::Graph), size: [1280.0, 800.0], ..Shot::of(&folder) };
    let mut harness = headless(&shot, Store::at(&home.join("crowd home")));
    while harness.state().workspace().session().is_none_or(|session| session.view().is_none()) {
        harness.step();
    }
    let mut experiment = harness.state().workspace().settings().experiment.clone();
    experiment.graph.k = 15;
    harness.state_mut().workspace_mut().apply(SettingsAction::SetExperiment(Box::new(experiment)));
    let mut times = Vec::new();
    while harness.state().is_busy() {
        times.push(frame(&mut harness));
    }
    let edges = edges(&harness);
    report(&format!("frame of {CROWD} moving thumbnails and {edges} edges"), times);
    settle(&mut harness).expect("at rest");
    let times = (0..60).map(|_| frame(&mut harness)).collect();
    report(&format!("frame of {CROWD} thumbnails and {edges} edges at rest"), times);
    let times = (0..60).map(|node| act(&mut harness, SelectionAction::Hover(Some(node)))).collect();
    report(&format!("point at one of {CROWD} thumbnails with {edges} edges"), times);
}

fn player(home: &Path) {
    for count in [LARGE, 10 * LARGE] {
        let folder = home.join(format!("player {count}"));
        write_images(&folder, count).expect("the set is written");
        let mut harness = headless(&Shot::of(&folder), Store::at(&home.join(format!("player home {count}"))));
        settle(&mut harness).expect("at rest");
        let mut experiment = harness.state().workspace().settings().experiment.clone();
        (experiment.model.kind, experiment.training.epochs) = (ModelKind::DcmmPrf, 2);
        experiment.choose.clear();
        harness.state_mut().workspace_mut().apply(SettingsAction::SetExperiment(Box::new(experiment)));
        harness.state_mut().workspace_mut().apply(TrainingAction::Start);
        settle(&mut harness).expect("it is trained");
        let begun = Instant::now();
        harness.state_mut().workspace_mut().apply(PropagationAction::Show(true));
        settle(&mut harness).expect("the steps are there");
        println!("steps of {count} images\t{:.0}\tms", begun.elapsed().as_secs_f64() * 1e3);
        let stages = harness.state().workspace().propagation().stages().expect("the steps").all.len();
        let at = |turn: usize| (stages - 1) as f32 * turn as f32 / 240.0;
        let times = (0..240).map(|turn| act(&mut harness, PropagationAction::Seek(at(turn)))).collect();
        report(&format!("frame of the player over {count} images"), times);
    }
}

fn run_table(home: &Path) {
    let store = || Store::at(&home.join("runs home"));
    let mut harness = headless(&Shot::of(SAMPLE), store());
    settle(&mut harness).expect("at rest");
    let mut experiment = harness.state().workspace().settings().experiment.clone();
    (experiment.model.kind, experiment.training.epochs) = (ModelKind::Mlp, 1);
    harness.state_mut().workspace_mut().apply(SettingsAction::SetExperiment(Box::new(experiment)));
    harness.state_mut().workspace_mut().apply(TrainingAction::Start);
    settle(&mut harness).expect("at rest");
    let run = harness.state().workspace().training().run().expect("a run").clone();
    for number in 0..RUNS {
        let folder = store().runs().join(format!("copy-{number}"));
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut record = run.record.clone();
        record.experiment.graph.k = 1 + number % 40;
        record.experiment.training.seed = (number / 40) as u64;
        let text = serde_json::to_vec(&record).expect("plain values");
        std::fs::write(folder.join("run.json"), text).expect("the run is written");
    }
    let shot = Shot { panel: Some(Panel::Experiments), size: [1280.0, 800.0], ..Shot::of(SAMPLE) };
    let mut harness = headless(&shot, store());
    while harness.state().workspace().experiments().entries().len() < RUNS {
        harness.step();
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    settle(&mut harness).expect("at rest");
    let times = (0..60).map(|_| frame(&mut harness)).collect();
    report(&format!("frame of a table of {RUNS} runs"), times);
}

/// Directed edges of the graph on the screen.
fn edges(harness: &Harness<'_, App>) -> usize {
    let session = harness.state().workspace().session();
    session.and_then(|session| session.view()).map_or(0, |view| view.graph().edge_count())
}

/// Milliseconds from an action to the finished frame that shows it.
fn act(harness: &mut Harness<'_, App>, action: impl Into<Action>) -> f64 {
    let begun = Instant::now();
    harness.state_mut().workspace_mut().apply(action);
    frame(harness);
    begun.elapsed().as_secs_f64() * 1e3
}

/// Milliseconds to build one frame, triangles included.
fn frame(harness: &mut Harness<'_, App>) -> f64 {
    let begun = Instant::now();
    harness.step();
    let shapes = harness.output().shapes.clone();
    std::hint::black_box(harness.ctx.tessellate(shapes, 1.0));
    begun.elapsed().as_secs_f64() * 1e3
}

fn report(name: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    println!("{name}, median\t{:.2}\tms", times[times.len() / 2]);
    println!("{name}, slowest\t{:.2}\tms", times[times.len() - 1]);
}

/// Two queries with the same 300 images of the sample, in our own format.
fn write_large(folder: &Path) -> std::io::Result<()> {
    let sample = Path::new(SAMPLE);
    fs::create_dir_all(folder.join("photos"))?;
    for entry in fs::read_dir(sample.join("photos"))?.flatten() {
        fs::copy(entry.path(), folder.join("photos").join(entry.file_name()))?;
    }
    for file in ["images.tsv", "embeddings.safetensors"] {
        fs::copy(sample.join(file), folder.join(file))?;
    }
    fs::write(folder.join("queries.tsv"), "id\ttext\tsplit\none\tbird\ttrain\ntwo\tfruit\ttest\n")?;
    let images = fs::read_to_string(sample.join("images.tsv"))?;
    let ids: Vec<&str> = images.lines().skip(1).filter_map(|line| line.split('\t').next()).collect();
    let (mut candidates, mut judgements) = (String::from("query\timage\trank\n"), String::new());
    for (query, skip) in [("one", 0), ("two", ids.len() - LARGE)] {
        for (rank, id) in ids.iter().skip(skip).take(LARGE).enumerate() {
            candidates += &format!("{query}\t{id}\t{}\n", rank + 1);
            judgements += &format!("{query} 0 {id} {}\n", u8::from(rank % 3 == 0));
        }
    }
    fs::write(folder.join("candidates.tsv"), candidates)?;
    fs::write(folder.join("qrels.txt"), judgements)
}

/// One query with 1,000 images: all of the sample's, and most of them again with slightly different vectors.
fn write_crowd(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    write_images(folder, CROWD)
}

/// One query with so many images: all of the sample's, and again with slightly different vectors.
fn write_images(folder: &Path, count: usize) -> Result<(), Box<dyn std::error::Error>> {
    let sample = Path::new(SAMPLE);
    fs::create_dir_all(folder.join("photos"))?;
    let known = read_embeddings(&sample.join("embeddings.safetensors"))?;
    let (names, columns) = (known.ids.ok_or("the sample's vectors have ids")?, known.matrix.columns);
    let (mut ids, mut vectors) = (Vec::new(), Vec::new());
    let (mut images, mut candidates) = (String::from("id\tfile\n"), String::from("query\timage\trank\n"));
    let mut judgements = String::new();
    for index in 0..count {
        let (round, row) = (index / names.len(), index % names.len());
        let (photo, id) = (format!("photos/{}.jpg", names[row]), format!("{}-{round}", names[row]));
        if round == 0 {
            fs::copy(sample.join(&photo), folder.join(&photo))?;
        }
        images += &format!("{id}\t{photo}\n");
        candidates += &format!("all\t{id}\t{}\n", index + 1);
        judgements += &format!("all 0 {id} {}\n", u8::from(index % 3 == 0));
        let vector = &known.matrix.data[row * columns..(row + 1) * columns];
        vectors.extend(
            vector.iter().enumerate().map(|(column, value)| value * (1.0 + 0.01 * ((column + round) % 7) as f32)),
        );
        ids.push(id);
    }
    fs::write(folder.join("images.tsv"), images)?;
    fs::write(folder.join("queries.tsv"), "id\ttext\tsplit\nall\teverything\ttrain\n")?;
    fs::write(folder.join("candidates.tsv"), candidates)?;
    fs::write(folder.join("qrels.txt"), judgements)?;
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    write_embeddings(&folder.join("embeddings.safetensors"), &ids, columns, &vectors, &[])?;
    Ok(())
}

/// The process's largest resident size so far, in MB, where the system reports it.
fn peak_memory() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kibibytes| kibibytes * 1024.0 / 1e6)
}
