//! Vectors from other tools, from a file to a run and back: in a session, in the window, on the command line.

use crate::workspace::wait;
use crossrank::app::{Shot, headless, settle};
use crossrank::dataset::{self, Dataset, VectorTable};
use crossrank::vision::{Precision, write_vectors};
use crossrank::workspace::{DataAction, Order, RunsAction, SettingsAction, Store, TrainingAction, Workspace};
use egui_kittest::kittest::Queryable;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/datasets/stamps-and-places");
/// The sources among its files.
const SHIPPED: [&str; 2] = ["embeddings-efficientnet-lite0", "embeddings"];

/// Vectors by formula for every image of the sample but the last.
fn write(path: &Path, dim: usize) -> Dataset {
    let dataset = dataset::open(Path::new(SAMPLE)).expect("the sample").dataset;
    let ids: Vec<&str> = dataset.images.iter().rev().skip(1).map(|image| image.id.as_str()).collect();
    let number = |index: usize| ((index * 37) % 101) as f32 / 50.0 - 1.0;
    let data: Vec<f32> = (0..ids.len() * dim).map(number).collect();
    dataset::write_embeddings(path, &ids, dim, &data, &[]).expect("written");
    dataset
}

fn open(home: &Path) -> Workspace {
    let mut workspace = Workspace::new(Store::at(home));
    workspace.apply(DataAction::Open(SAMPLE.into()));
    wait(&mut workspace, "the data set", |workspace| workspace.session().is_some() && !workspace.is_busy());
    workspace
}

fn names(workspace: &Workspace) -> Vec<String> {
    workspace.session().expect("a session").data.vector_names.clone()
}

fn listed(workspace: &Workspace) -> Vec<String> {
    let sources = &workspace.session().expect("a session").data.dataset.vectors;
    sources.iter().map(|source| source.name.clone()).collect()
}

fn train(workspace: &mut Workspace) {
    let mut experiment = workspace.settings().experiment.clone();
    experiment.training.epochs = 1;
    workspace.apply(SettingsAction::SetExperiment(Box::new(experiment)));
    workspace.apply(TrainingAction::Start);
    wait(workspace, "training", |workspace| !workspace.training().is_running() && !workspace.is_busy());
}

fn has_ranking(workspace: &Workspace) -> bool {
    workspace.session().is_some_and(|session| session.ranking(Order::Model).is_some())
}

#[test]
fn a_file_of_vectors_is_used_at_once_returns_with_its_run_and_can_be_removed() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("mine.safetensors");
    write(&file, 8);
    let mut first = open(home.path());
    first.apply(DataAction::AttachVectors(file.clone()));
    wait(&mut first, "the vectors", |workspace| !workspace.is_busy());
    assert_eq!(names(&first), ["mine"]);
    assert_eq!(listed(&first), [&SHIPPED[..], &["mine"]].concat());
    let session = first.session().expect("a session");
    assert_eq!(session.vectors().map(|table| (table.dim, table.count())), Some((8, 597)));
    assert_eq!(session.warnings.len(), 1, "the image without a vector is reported: {:?}", session.warnings);
    assert_eq!(session.summary.vectors.len(), 3);
    train(&mut first);
    let run = first.training().run().expect("a run").clone();
    assert_eq!((run.record.vector_sources, run.record.vector_files), (vec!["mine".to_owned()], vec![file.clone()]));
    drop(first);

    let mut second = open(home.path());
    wait(&mut second, "the run", |workspace| workspace.training().run().is_some() && !workspace.is_busy());
    assert_eq!(names(&second), ["mine"]);
    assert!(second.is_attached("mine") && !second.is_attached("embeddings") && has_ranking(&second));
    second.apply(DataAction::DetachVectors("mine".to_owned()));
    wait(&mut second, "the others", |workspace| !workspace.is_busy());
    assert_eq!(names(&second), ["embeddings"]);
    assert_eq!(listed(&second), SHIPPED);
    // The run records where its vectors are, so it can still be opened.
    second.apply(RunsAction::Open(run.path));
    wait(&mut second, "the run", |workspace| !workspace.is_busy());
    assert!(has_ranking(&second), "{:?}", second.messages());
    assert_eq!(names(&second), ["mine"]);
}

#[test]
fn an_unusable_file_is_reported_and_changes_nothing() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("others.npy");
    dataset::write_embeddings(&file, &["no such image"], 2, &[1.0, 2.0], &[]).expect("written");
    let mut workspace = open(home.path());
    let before = (names(&workspace), listed(&workspace));
    workspace.apply(DataAction::AttachVectors(file));
    wait(&mut workspace, "the message", |workspace| !workspace.is_busy());
    let message = &workspace.messages().last().expect("a message").text;
    assert!(message.starts_with("Could not add: none of its 1 ids") && message.ends_with("others.npy"), "{message}");
    assert_eq!((names(&workspace), listed(&workspace)), before);
    assert!(workspace.settings().attached.values().all(Vec::is_empty), "nothing is remembered");
}

/// A file dropped on the window.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn a_file_dropped_on_the_window_or_typed_into_its_dialog_joins_the_sources() {
    let home = tempfile::tempdir().expect("a folder");
    let (dropped, typed) = (home.path().join("dropped.npy"), home.path().join("typed.safetensors"));
    write(&dropped, 4);
    write(&typed, 3);
    let mut harness = headless(&Shot::of(SAMPLE), Store::at(home.path()));
    settle(&mut harness).expect("the sample opens");
    harness.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(dropped)));
    settle(&mut harness).expect("the vectors are read");
    assert_eq!(names(harness.state().workspace()), ["dropped"]);

    harness.state_mut().show_panel(crossrank::app::Panel::Data);
    harness.run_steps(3);
    harness.get_by_label_contains("Add visual vectors").click();
    harness.run_steps(3);
    harness.get_by_label("Path").type_text(&typed.display().to_string());
    harness.run_steps(2);
    harness.get_by_label("Open").click();
    settle(&mut harness).expect("the vectors are read");
    assert_eq!(listed(harness.state().workspace()), [&SHIPPED[..], &["dropped", "typed"]].concat());
    harness.get_by_label_contains("Remove dropped from").click();
    settle(&mut harness).expect("it is removed");
    assert_eq!(listed(harness.state().workspace()), [&SHIPPED[..], &["typed"]].concat());
}

fn program(home: &Path, arguments: &[&str]) -> Result<Value, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossrank"));
    let output = command.env("CROSSRANK_HOME", home).args(arguments).arg("--json").output().expect("the program runs");
    match output.status.success() {
        true => Ok(serde_json::from_slice(&output.stdout).expect("JSON")),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

fn record(run: &str) -> Value {
    let text = std::fs::read_to_string(Path::new(run).join("run.json")).expect("a record");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn the_command_line_checks_trains_on_and_resumes_with_files_of_vectors() {
    let home = tempfile::tempdir().expect("a folder");
    let paths = ["mine.npy", "b.npy", "run", "joined"].map(|name| home.path().join(name).display().to_string());
    let [file, other, out, joined] = paths.each_ref().map(String::as_str);
    write(Path::new(file), 8);
    write(Path::new(other), 2);
    let info = program(home.path(), &["info", SAMPLE, "--vectors", file]).expect("info");
    assert_eq!(info["descriptors"][SHIPPED.len()], serde_json::json!({ "name": "mine", "dim": 8 }));
    assert!(info["warnings"][0]["message"].as_str().is_some_and(|text| text.contains("1 images without a vector")));

    let train = ["train", SAMPLE, "--epochs", "1", "--vectors", file];
    program(home.path(), &[&train[..], &["--out", out]].concat()).expect("training");
    let run = record(out);
    assert_eq!((&run["vectors"], &run["vector_sources"][0]), (&"mine".into(), &"mine".into()));
    assert_eq!(run["vector_files"][0], file);
    program(home.path(), &["train", SAMPLE, "--resume", out, "--epochs", "2"]).expect("it resumes");
    assert_eq!(record(out)["vectors"], "mine");

    let both = ["--vectors", other, "--descriptors", "embeddings,MINE", "--out", joined];
    program(home.path(), &[&train[..], &both].concat()).expect("training");
    assert_eq!(record(joined)["vectors"], "embeddings+mine+b");
    let refused = program(home.path(), &[&train[..], &["--vectors", "nothing.npz"]].concat()).unwrap_err();
    assert!(refused.trim_end().ends_with("nothing.npz"), "{refused}");
    assert!(program(home.path(), &[&train[..], &["--encoder", "resnet50-thin"]].concat()).is_err(), "one or the other");
}

#[test]
fn what_embed_writes_is_read_back_in_either_format_and_precision() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut dataset = dataset::open(Path::new(SAMPLE)).expect("the sample").dataset;
    let mut table = VectorTable::new("made", 3, dataset.images.len());
    for image in (0..dataset.images.len()).filter(|image| image % 5 != 2) {
        table.set(image, &[image as f32 / 4.0, -0.5, 1.0]).expect("set");
    }
    for name in ["a.safetensors", "b.npy"] {
        for precision in [Precision::F32, Precision::F16] {
            let path = folder.path().join(format!("{precision:?}-{name}"));
            write_vectors(&path, &dataset, &table, precision).expect("written");
            let source = dataset::attach_vectors(&mut dataset, &path).expect("attached");
            let mut warnings = Vec::new();
            let read = dataset::read_vectors(&dataset, &[&source], &mut |warning| warnings.push(warning));
            let read = read.expect("read");
            assert!((0..dataset.images.len()).all(|image| read.get(image) == table.get(image)), "{source}");
            assert_eq!(warnings.len(), 1, "only the images without a vector: {warnings:?}");
        }
    }
}
