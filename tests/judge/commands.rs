//! `crossrank judge`: import, export and agreement as scripts use them.

use crate::cli::{errors, object, program, sample};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::{TempDir, tempdir};

/// A copy of the sample's tables, without its pictures, and a home of its own.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempdir().expect("a folder");
        fs::create_dir(folder.path().join("data")).expect("a folder");
        for entry in fs::read_dir(sample()).expect("the sample").flatten().filter(|entry| entry.path().is_file()) {
            fs::copy(entry.path(), folder.path().join("data").join(entry.file_name())).expect("copied");
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, content: &str) -> String {
        fs::write(self.path(name), content).expect("written");
        self.path(name).display().to_string()
    }

    fn run(&self, command: &str, arguments: &[&str]) -> Output {
        let data = self.path("data").display().to_string();
        let home = self.path("home");
        program(&home).args(["judge", command, &data]).args(arguments).output().expect("the program runs")
    }

    fn journal(&self, judge: &str) -> String {
        fs::read_to_string(self.path("data/judgements").join(format!("{judge}.jsonl"))).expect("a journal")
    }
}

/// Some query of the sample and its first images.
fn ids() -> (String, Vec<String>) {
    let dataset = crossrank::dataset::open(Path::new(&sample())).expect("the sample").dataset;
    let query = &dataset.queries[0];
    let images = query.candidates.iter().take(10).map(|one| dataset.images[one.image].id.to_string()).collect();
    (query.id.to_string(), images)
}

fn qrels(query: &str, images: &[String], grades: &[i32]) -> String {
    images.iter().zip(grades).map(|(image, grade)| format!("{query} 0 {image} {grade}\n")).collect()
}

#[test]
fn judgements_survive_import_and_export_in_every_form() {
    let (desk, (query, images)) = (Desk::new(), ids());
    let file = desk.file("ann.qrels", &qrels(&query, &images, &[1, 0, 3, -1]));
    let found = object(&desk.run("import", &[&file, "--judge", "Ann Lee", "--json"]));
    assert_eq!([&found["new"], &found["changed"], &found["unchanged"]], [4, 0, 0]);
    let again = object(&desk.run("import", &[&file, "--judge", "Ann Lee", "--json"]));
    assert_eq!([&again["new"], &again["unchanged"], &again["lines"]], [0, 4, 0], "a second time changes nothing");
    let line: Value = serde_json::from_str(desk.journal("Ann%20Lee").lines().nth(2).expect("a line")).expect("JSON");
    let expected = [Value::from("Ann Lee"), Value::from(images[2].as_str()), Value::from(3)];
    assert_eq!([&line["judge"], &line["image"], &line["grade"]], expected.each_ref());

    for name in ["out.txt", "out.csv", "out.jsonl"] {
        let out = desk.path(name).display().to_string();
        object(&desk.run("export", &[&out, "--judge", "Ann Lee", "--json"]));
        let other = format!("by {name}");
        let back = object(&desk.run("import", &[&out, "--judge", &other, "--json"]));
        assert_eq!((&back["new"], &back["strays"]), (&Value::from(4), &Value::from(0)), "{name}");
        let pair = ["--judge", "Ann Lee", "--judge", &other, "--json", "--cant-tell"];
        let agreement = object(&desk.run("agreement", &pair));
        assert_eq!(agreement["cohen"][0]["plain"], 1.0, "{name}: {agreement}");
        assert_eq!(agreement["cohen"][0]["images"], 4);
    }
    let folder = desk.path("rGT").display().to_string();
    object(&desk.run("export", &[&folder, "--judge", "Ann Lee", "--json"]));
    let text = fs::read_to_string(desk.path("rGT").join(format!("{query} rGT.txt"))).expect("a file a query");
    assert_eq!(text.lines().count(), 4);
}

#[test]
fn a_newer_journals_fields_survive_import_and_export() {
    let (desk, (query, images)) = (Desk::new(), ids());
    let line = format!(
        r#"{{"at":"2030-01-01T00:00:00.000Z","judge":"x","query":"{query}","image":"{}","grade":2,"gaze":[1,2]}}"#,
        images[0]
    );
    let file = desk.file("x.jsonl", &(line.clone() + "\n"));
    object(&desk.run("import", &[&file, "--judge", "x", "--json"]));
    assert_eq!(desk.journal("x"), line.clone() + "\n");
    let out = desk.path("out.jsonl").display().to_string();
    object(&desk.run("export", &[&out, "--judge", "x", "--json"]));
    assert_eq!(fs::read_to_string(out).expect("written"), line + "\n");
}

#[test]
fn a_fault_is_named_with_file_and_line_and_nothing_is_written() {
    let (desk, (query, images)) = (Desk::new(), ids());
    let image = &images[0];
    for (name, content, line) in [
        ("bad.qrels", format!("{query} 0 {image} 1\n{query} 0 {image} high\n"), 2),
        ("twice.qrels", format!("{query} 0 {image} 1\n{query} 0 {image} 0\n"), 2),
        ("bad.csv", format!("query,image,grade\n{query},{image},1\n{query},,0\n"), 3),
        ("no.csv", format!("query,image\n{query},{image}\n"), 1),
        ("bad.jsonl", format!("{{\"query\":\"{query}\",\"image\":\"{image}\",\"grade\":1}}\n{{\"query\"\n"), 2),
    ] {
        let file = desk.file(name, &content);
        let output = desk.run("import", &[&file, "--judge", "ann"]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        let message = errors(&output);
        assert!(message.trim_end().ends_with(&format!("{name}:{line}")), "{message}");
    }
    assert!(!desk.path("data/judgements").exists());
    for (arguments, word) in [(["x.pdf", "--judge", "ann"], ".qrels"), (["x.txt", "--judge", "nobody"], "no judge")] {
        let output = desk.run("export", &arguments);
        assert!(output.status.code() == Some(1) && errors(&output).contains(word), "{}", errors(&output));
    }
    assert!(errors(&desk.run("agreement", &[])).contains("only files has"));
}

#[test]
fn agreement_prints_the_documented_object_and_a_table() {
    let (desk, (query, images)) = (Desk::new(), ids());
    for (judge, grades) in [("a", [1, 0, 3, 0, 2, 2]), ("b", [1, 1, 3, 0, 2, 1]), ("c", [0, 0, 2, 0, 2, 2])] {
        let file = desk.file("x.qrels", &qrels(&query, &images, &grades));
        object(&desk.run("import", &[&file, "--judge", judge, "--json"]));
    }
    let three = ["--judge", "a", "--judge", "b", "--judge", "c"];
    let found = object(&desk.run("agreement", &[&three[..], &["--json"]].concat()));
    let keys: Vec<&String> = found.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["judges", "krippendorff", "fleiss", "cohen", "intervals"]);
    assert_eq!(found["judges"], serde_json::json!(["a", "b", "c"]));
    assert!(["nominal", "ordinal", "interval"].iter().all(|metric| found["krippendorff"][metric].is_f64()));
    let pair = &found["cohen"][0];
    assert_eq!((&pair["a"], &pair["b"], &pair["images"]), (&"a".into(), &"b".into(), &6.into()));
    assert!(["plain", "linear", "quadratic"].iter().all(|weights| pair[weights].is_f64()));
    assert!(found["intervals"]["queries"]["krippendorff"]["nominal"]["low"].is_f64(), "{found}");
    let detailed = object(&desk.run("agreement", &[&three[..], &["--json", "--details"]].concat()));
    assert!(detailed["gwet"]["ac1"].is_f64() && detailed["by_query"].is_array());
    let text = desk.run("agreement", &three);
    let text = String::from_utf8_lossy(&text.stdout);
    assert!(text.contains("Krippendorff's alpha") && text.contains("without c"), "{text}");

    let out = desk.path("all.txt").display().to_string();
    let exported = object(&desk.run("export", &[&out, "--aggregate", "unanimous", "--json"]));
    assert_eq!(exported["aggregate"], "unanimous");
    assert!(exported["undecided"].as_u64() > Some(0) && exported["judgements"].as_u64() > Some(3000), "{exported}");
}

#[test]
fn mediaevals_files_are_imported_one_by_one_or_as_a_folder() {
    let (desk, (query, images)) = (Desk::new(), ids());
    let folder = desk.path("gt");
    fs::create_dir(&folder).expect("a folder");
    let lines = format!("{},1\n{},0\n\n{},-1\n{},1\n", images[0], images[1], images[2], images[0]);
    fs::write(folder.join(format!("{query} rGT.txt")), lines).expect("written");
    fs::write(folder.join("elsewhere rGt.txt"), "x,1\n").expect("written");
    fs::write(folder.join("readme.txt"), "no judgements\n").expect("written");
    let found = object(&desk.run("import", &[&folder.display().to_string(), "--judge", "me", "--json"]));
    assert_eq!([&found["new"], &found["strays"]], [4, 1]);
    let file = folder.join(format!("{query} rGT.txt")).display().to_string();
    let again = object(&desk.run("import", &[&file, "--judge", "me", "--json"]));
    assert_eq!([&again["new"], &again["changed"], &again["lines"]], [0, 0, 0], "a second time changes nothing");
    let out = desk.path("out").display().to_string();
    object(&desk.run("export", &[&out, "--judge", "me", "--json"]));
    let back = object(&desk.run("import", &[&out, "--judge", "you", "--json"]));
    assert_eq!([&back["new"], &back["strays"]], [4, 1], "what is exported is imported");
    for (content, line) in [("a;1\n", 1), ("a,1\nb,high\n", 2), ("a,1\na,0\n", 2)] {
        fs::write(folder.join("bad rGT.txt"), content).expect("written");
        let output = desk.run("import", &[&folder.display().to_string(), "--judge", "me"]);
        assert!(errors(&output).trim_end().ends_with(&format!("bad rGT.txt:{line}")), "{}", errors(&output));
    }
    let empty = desk.path("data").display().to_string();
    assert!(errors(&desk.run("import", &[&empty, "--judge", "me"])).contains("rGT.txt"));
}

/// Two rankings of the sample's first queries, and five judges of whom the last disagrees with all others.
fn compared(desk: &Desk) -> [String; 2] {
    let loaded = crossrank::dataset::open(Path::new(&sample())).expect("the sample");
    let (mut good, mut bad, mut qrels, mut other) = (String::new(), String::new(), String::new(), String::new());
    for (index, query) in loaded.dataset.queries.iter().take(8).enumerate() {
        let id = query.id.to_string();
        let name = crossrank::dataset::trec_name(&id);
        for (candidate, grade) in query.candidates.iter().zip(loaded.judgements.of(index)).take(40) {
            let (image, grade) = (loaded.dataset.images[candidate.image].id.as_str(), grade.map_or(0, |grade| grade.0));
            let noise = f64::from(candidate.rank.unwrap_or(0) % 7) / 10.0;
            good += &format!("{name} Q0 {image} 1 {} x\n", f64::from(grade) + noise);
            bad += &format!("{name} Q0 {image} 1 {} x\n", noise);
            qrels += &format!("{name} 0 {image} {grade}\n");
            other += &format!("{name} 0 {image} {}\n", 1 - grade.min(1));
        }
    }
    for judge in ["a", "b", "c", "d", "e"] {
        let file = desk.file("labels.qrels", if judge == "e" { &other } else { &qrels });
        object(&desk.run("import", &[&file, "--judge", judge, "--json"]));
    }
    [desk.file("good.run", &good), desk.file("bad.run", &bad)]
}

#[test]
fn a_comparison_says_who_it_depends_on() {
    let desk = Desk::new();
    fs::remove_file(desk.path("data/qrels.txt")).expect("no labels of the files");
    let [good, bad] = compared(&desk);
    let found = object(&desk.run("comparison", &[&good, &bad, "--json"]));
    assert_eq!((&found["rankings"], &found["measure"]), (&serde_json::json!(["good.run", "bad.run"]), &"map".into()));
    let labels: Vec<&str> =
        found["labels"].as_array().expect("a list").iter().filter_map(|one| one["labels"].as_str()).collect();
    assert_eq!(labels, ["a", "b", "c", "d", "e", "majority"]);
    let difference = |one: &Value| one["difference"]["difference"].as_f64().expect("a number");
    let by = |at: usize| &found["labels"][at];
    assert_eq!(by(0)["queries"], 8);
    assert!(difference(by(0)) > 0.1 && difference(by(4)) < 0.0 && difference(by(5)) > 0.1, "{found}");
    assert!(
        (difference(by(0)) - (by(0)["means"][0].as_f64().unwrap() - by(0)["means"][1].as_f64().unwrap())).abs() < 1e-12
    );
    let width = |interval: &Value| interval["high"].as_f64().expect("high") - interval["low"].as_f64().expect("low");
    assert!(width(&found["over_judges"]["difference"]) > 2.0 * width(&by(0)["difference"]["interval"]), "{found}");
    let without: Vec<f64> = found["without"].as_array().expect("a list").iter().map(difference).collect();
    assert!(without.len() == 5 && without.iter().all(|one| *one > 0.1), "four of five agree: {without:?}");
    let text = String::from_utf8_lossy(&desk.run("comparison", &[&good, &bad]).stdout).into_owned();
    assert!(text.contains("good.run beats bad.run whoever is left out"), "{text}");
    let missing = desk.run("comparison", &[&good, "no.run"]);
    assert!(!missing.status.success() && errors(&missing).contains("no.run"));
}
