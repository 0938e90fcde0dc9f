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
