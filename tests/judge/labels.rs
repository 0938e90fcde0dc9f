//! Whose labels a run is trained on: on the command line and in the window alike, and in every record.

use crate::cli::{errors, object, program, sample};
use crate::run_table::made_up;
use crossrank::dataset::{LabelKind, LabelSource, Relevance, open};
use crossrank::judge::{LabelChoice, Protocol};
use crossrank::study::runs::{Column, Filter, RunFacts};
use crossrank::train::{Experiment, read_run_folder, read_run_record};
use crossrank::workspace::{DataAction, JudgingAction, Store, TrainingAction, Workspace};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::{TempDir, tempdir};

/// A copy of the sample without its judgements and pictures, judged by two people who differ now and then.
struct Set {
    folder: TempDir,
}

impl Set {
    fn new() -> Self {
        let folder = tempdir().expect("a folder");
        let data = folder.path().join("data");
        fs::create_dir_all(data.join("judgements")).expect("a folder");
        for entry in fs::read_dir(sample()).expect("the sample").flatten().filter(|entry| entry.path().is_file()) {
            if entry.file_name() != "qrels.txt" {
                fs::copy(entry.path(), data.join(entry.file_name())).expect("copied");
            }
        }
        let loaded = open(Path::new(&sample())).expect("the sample");
        let mut journals = [String::new(), String::new()];
        let mut number = 0;
        for (index, query) in loaded.dataset.queries.iter().enumerate() {
            for (candidate, grade) in query.candidates.iter().zip(loaded.judgements.of(index)) {
                let Some(Relevance(grade)) = *grade else { continue };
                number += 1;
                let (query, image) = (query.id.as_str(), loaded.dataset.images[candidate.image].id.as_str());
                for (judge, journal) in ["ann", "bob"].into_iter().zip(&mut journals) {
                    let grade = if judge == "bob" && number % 7 == 0 { 1 - grade.min(1) } else { grade };
                    let line = serde_json::json!({"judge": judge, "query": query, "image": image, "grade": grade});
                    *journal += &format!("{line}\n");
                }
            }
        }
        fs::write(data.join("judgements/ann.jsonl"), &journals[0]).expect("written");
        fs::write(data.join("judgements/bob.jsonl"), &journals[1]).expect("written");
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> std::process::Output {
        let data = self.path("data").display().to_string();
        let arguments = arguments.iter().map(|argument| argument.replace("DATA", &data));
        program(&self.path("home")).args(arguments).output().expect("the program runs")
    }

    fn train(&self, out: &str, options: &[&str]) -> Value {
        let out = self.path(out).display().to_string();
        object(&self.run(&[&["train", "DATA", "--epochs", "2", "--json", "--out", &out], options].concat()))
    }

    fn protocol(&self, text: &str) {
        fs::write(self.path("data/judgements/protocol.json"), text).expect("written");
    }
}

#[test]
fn labels_of_two_judges_train_on_the_command_line_and_the_run_says_so() {
    let set = Set::new();
    let nothing = set.run(&["train", "DATA", "--epochs", "2"]);
    assert!(errors(&nothing).contains("nothing to learn from"), "{}", errors(&nothing));
    let trained = set.train("a", &["--labels", "majority"]);
    assert_eq!(trained["labels"]["kind"], "majority");
    let record = read_run_record(&set.path("a")).expect("a run");
    let labels = record.labels.expect("it says so");
    assert_eq!((labels.kind, labels.judges), (LabelKind::Majority, vec!["ann".to_owned(), "bob".to_owned()]));
    assert_ne!(set.train("b", &["--labels", "judge:bob"])["test"], trained["test"]);
    // What the protocol says is the default, and an option overrides it.
    set.protocol("{\"labels\": \"majority\"}");
    assert_eq!(set.train("c", &[])["test"], trained["test"]);
    let files = set.run(&["train", "DATA", "--epochs", "2", "--labels", "files"]);
    assert!(errors(&files).contains("nothing to learn from"));
    set.protocol("{\"labels\": \"judge:dan\"}");
    let info = set.run(&["info", "DATA"]);
    let text = String::from_utf8_lossy(&info.stdout);
    assert!(info.status.success() && text.contains("no judge \"dan\""), "one problem among several: {text}");
    for (labels, word) in [("own", "name a judge"), ("ann", "judge:NAME"), ("judge:dan", "no judge \"dan\"")] {
        let output = set.run(&["train", "DATA", "--labels", labels]);
        assert!(!output.status.success() && errors(&output).contains(word), "{}", errors(&output));
    }
    set.protocol("{\"labels\":\n 3}");
    let broken = set.run(&["train", "DATA", "--epochs", "2"]);
    assert!(errors(&broken).trim_end().ends_with("protocol.json:2"), "{}", errors(&broken));
}

#[test]
fn exports_and_info_say_whose_labels_count() {
    let set = Set::new();
    set.train("a", &["--labels", "majority"]);
    let (run, out) = (set.path("a").display().to_string(), set.path("out").display().to_string());
    object(&set.run(&["export", &run, "--out", &out, "--json"]));
    let read = |name: &str| fs::read_to_string(set.path("out").join(name)).expect("written");
    let manifest: Value = serde_json::from_str(&read("manifest.json")).expect("JSON");
    assert_eq!(manifest["labels"]["kind"], "majority");
    assert!(manifest["changed"].is_null(), "{manifest}");
    let summary: Value = serde_json::from_str(&read("summary.json")).expect("JSON");
    assert_eq!(summary["labels"]["judges"], serde_json::json!(["ann", "bob"]));
    assert!(read("table.md").contains("Labels: majority of ann and bob."), "{}", read("table.md"));
    assert!(read("qrels.txt").lines().count() > 100);
    let run = set.path("out/run.txt").display().to_string();
    let evaluated = object(&set.run(&["evaluate", "DATA", &run, "--labels", "majority", "--json"]));
    let map = evaluated["all"]["map"].as_f64().expect("a number");
    assert!((map - summary["test"]["model"]["map"].as_f64().expect("a number")).abs() < 1e-6, "{evaluated}");
    assert_eq!(evaluated["labels"]["kind"], "majority");
    let by_bob = object(&set.run(&["evaluate", "DATA", &run, "--labels", "judge:bob", "--json"]));
    assert_ne!(by_bob["all"]["map"], evaluated["all"]["map"]);
    let qrels = set.path("out/qrels.txt").display().to_string();
    assert!(errors(&set.run(&["evaluate", &qrels, &run, "--labels", "majority"])).contains("needs a data set"));
    set.protocol("{\"labels\": \"unanimous\"}");
    let info = object(&set.run(&["info", "DATA", "--json"]));
    assert_eq!((&info["labels"]["count"], &info["labels"]["judges"][1]["judge"]), (&"unanimous".into(), &"bob".into()));
    assert!(info["unjudged"].as_u64() > Some(100), "they differ on every seventh");
    let text = String::from_utf8_lossy(&set.run(&["info", "DATA"]).stdout).into_owned();
    assert!(text.contains("what counts: ann and bob where unanimous"), "{text}");
}

#[test]
fn a_run_resumes_with_its_own_kind_of_labels_and_refuses_changed_ones() {
    let set = Set::new();
    set.train("a", &["--labels", "judge:ann"]);
    set.protocol("{\"labels\": \"judge:bob\"}");
    let run = set.path("a").display().to_string();
    let resumed = object(&set.run(&["train", "DATA", "--resume", &run, "--epochs", "3", "--json"]));
    assert_eq!(resumed["labels"]["judges"][0], "ann");
    let journal = set.path("data/judgements/ann.jsonl");
    let text = fs::read_to_string(&journal).expect("a journal");
    let line = text.lines().next().expect("a line");
    let changed = if line.contains("\"grade\":0") { line.replace(":0", ":1") } else { line.replace(":1", ":0") };
    fs::write(&journal, format!("{text}{changed}\n")).expect("written");
    let refused = set.run(&["train", "DATA", "--resume", &run, "--epochs", "4"]);
    assert!(errors(&refused).contains("the judgements of the data set are not those"), "{}", errors(&refused));
    let adopted = object(&set.run(&["train", "DATA", "--resume", &run, "--epochs", "4", "--adopt", "--json"]));
    assert_eq!(adopted["labels"]["kind"], "judge");
}

fn wait(workspace: &mut Workspace) {
    let start = Instant::now();
    while workspace.is_busy() {
        assert!(start.elapsed() < Duration::from_secs(120), "still busy");
        workspace.poll();
        std::thread::sleep(Duration::from_millis(5));
    }
    workspace.poll();
}

#[test]
fn the_window_trains_on_the_same_labels_to_the_same_curve() {
    let set = Set::new();
    for labels in ["majority", "dawid-skene"] {
        let out = format!("cli-{labels}");
        set.train(&out, &["--labels", labels, "--seed", "5"]);
        let (record, expected) = read_run_folder(&set.path(&out)).expect("a run");
        let mut workspace = Workspace::new(Store::at(&set.path(&format!("window-{labels}"))));
        workspace.apply(DataAction::Open(set.path("data")));
        wait(&mut workspace);
        let mut protocol = Protocol::default();
        protocol.labels = labels.parse::<LabelChoice>().expect("a choice");
        workspace.apply(JudgingAction::SetProtocol(Box::new(protocol)));
        wait(&mut workspace);
        let experiment: Experiment = record.experiment.clone();
        workspace.apply(crossrank::workspace::SettingsAction::SetExperiment(Box::new(experiment)));
        workspace.apply(TrainingAction::Start);
        wait(&mut workspace);
        let run = workspace.training().run().expect("a run");
        assert_eq!(run.record.labels, record.labels);
        assert_eq!(run.record.fingerprint, record.fingerprint);
        let curve = |history: &[crossrank::train::EpochReport]| -> Vec<(u64, String)> {
            let bits = |report: &crossrank::train::EpochReport| {
                (report.train_loss.to_bits(), serde_json::to_string(&report.validation).expect("numbers"))
            };
            history.iter().map(bits).collect()
        };
        // Both from the disk, as text rounds.
        let (_, found) = read_run_folder(&run.path).expect("a run");
        assert_eq!(curve(&found), curve(&expected), "{labels}");
        fs::remove_file(set.path("data/judgements/protocol.json")).expect("removed");
    }
}

#[test]
fn the_table_says_whose_labels_a_run_learned_from() {
    let mut run = Arc::unwrap_or_clone(made_up("a", 5, 1, 1, 0.9).saved);
    let judges = vec!["ann".to_owned(), "bob".to_owned()];
    run.record.labels = Some(LabelSource { kind: LabelKind::Majority, judges, ..LabelSource::default() });
    let run = RunFacts::of(run);
    assert_eq!(Column::Labels.cell(&[&run]).text, "majority of ann and bob");
    for (filter, holds) in
        [("labels=majority", true), ("labels=files", false), ("\"labels=majority of ann and bob\"", true)]
    {
        assert_eq!(Filter::parse(filter).matches(&run), holds, "{filter}");
    }
}
