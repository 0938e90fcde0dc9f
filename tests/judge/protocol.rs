//! The protocol beside the journals: reading, writing, and whose labels count.

use super::{mark, places, read};
use crossrank::dataset::{Dataset, Judgements, LabelKind, Reach, Relevance, demo_sample, open};
use crossrank::judge::{
    Colour, Grade, Judgement, Judges, LabelChoice, Mark, Places, Protocol, Scale, counted, counted_alone,
};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::tempdir;

fn parse(text: &str) -> Result<Protocol, String> {
    Protocol::parse(text, Path::new("protocol.json")).map_err(|error| error.to_string())
}

fn scale() -> Scale {
    let yes = Grade { colour: Colour::Sky, key: "Y".into(), ..Grade::new(1, "Yes") };
    Scale::new(vec![Grade::new(0, "No"), yes]).expect("a scale")
}

#[test]
fn a_protocol_survives_the_disk_with_fields_of_newer_versions() {
    let folder = tempdir().expect("a folder");
    let places = places(folder.path());
    assert_eq!(Protocol::read(&places).expect("none is none"), Protocol::default());
    fs::create_dir(folder.path().join("judgements")).expect("a folder");
    let path = folder.path().join("judgements/protocol.json");
    let newer =
        r#"{"schema": 9, "grades": [{"grade": 1, "name": "Yes", "hint": "?"}, {"grade": 0}], "labels": "majority"}"#;
    fs::write(&path, newer).expect("written");
    let mut protocol = Protocol::read(&places).expect("understood as far as possible");
    assert_eq!(protocol.scale.as_ref().map(|scale| scale.name(0)), Some("Grade 0".to_owned()));
    protocol.scale = Some(scale());
    protocol.labels = LabelChoice { without_batch: true, ..LabelChoice::of(LabelKind::DawidSkene) };
    protocol.guidelines = "Look twice.\n\"Maybe\" is no.".to_owned();
    assert_eq!(protocol.write(&places).expect("written"), path);
    let again = Protocol::read(&places).expect("readable");
    assert_eq!(
        (&again.scale, &again.labels, &again.guidelines),
        (&protocol.scale, &protocol.labels, &protocol.guidelines)
    );
    let value: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).expect("a file")).expect("JSON");
    assert_eq!((&value["schema"], &value["grades"][1]["hint"]), (&9.into(), &"?".into()));
    assert_eq!((&value["grades"][1]["colour"], &value["grades"][1]["key"]), (&"sky".into(), &"Y".into()));
}

#[test]
fn a_fault_is_named_with_file_and_line() {
    for (text, fault) in [
        ("{\n\"labels\": }", "expected value: protocol.json:2"),
        ("[]", "invalid type: sequence, expected a map: protocol.json:1"),
        ("{\n\"guidelines\": 3}", "invalid type: integer `3`, expected a string: protocol.json:2"),
        (
            "{\n\n\"labels\": \"ann\"}",
            "unknown labels \"ann\" (expected one of own, files, judge:NAME, majority, unanimous, adjudicated, dawid-skene): protocol.json:3",
        ),
        ("{\"grades\": [{\"grade\": 0}]}", "a scale needs at least two grades: protocol.json:1"),
        (
            "{\n\"grades\": [{\"grade\": 0}, {\"grade\": 1, \"key\": \"x\"}]}",
            "grade 1: the key X is for can't tell: protocol.json:2",
        ),
    ] {
        assert_eq!(parse(text), Err(fault.to_owned()));
    }
    let error = parse("{\"grades\": [{\"grade\": 0, \"colour\": \"pink\"}]}").expect_err("no such colour");
    assert!(error.contains("unknown variant `pink`") && error.ends_with("protocol.json:1"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_protocol_goes_where_journals_go() {
    let folder = tempdir().expect("a folder");
    // A link that leads out of the data set's folder is neither read nor written.
    let (root, out) = (folder.path().join("set"), folder.path().join("out"));
    fs::create_dir(&root).expect("a folder");
    fs::create_dir(&out).expect("a folder");
    fs::write(out.join("protocol.json"), "{\"labels\": \"majority\"}").expect("written");
    std::os::unix::fs::symlink(&out, root.join("judgements")).expect("a link");
    let places = Places::new(&root, Reach::Folder, &folder.path().join("app"));
    assert_eq!(Protocol::read(&places).expect("none is none").labels, LabelChoice::default());
    let path = Protocol::default().write(&places).expect("written");
    assert!(path.starts_with(folder.path().join("app")), "{}", path.display());
    let sample = Places::new(&demo_sample(), Reach::Folder, &folder.path().join("app"));
    let path = Protocol::default().write(&sample).expect("written");
    assert!(path.starts_with(folder.path().join("app")), "the program's own folder stays as it is");
}

/// The sample's first query with the first images' labels of three judges.
struct Judged {
    dataset: Dataset,
    files: Judgements,
    judges: Judges,
    images: Vec<String>,
    _folder: tempfile::TempDir,
}

/// Each image's grades by ann, bob and cat; −1 is can't tell, `None` is no judgement.
const LABELS: [[Option<i32>; 3]; 6] = [
    [Some(1), Some(1), Some(0)],
    [Some(0), Some(0), Some(0)],
    [Some(1), Some(0), None],
    [Some(-1), Some(1), Some(1)],
    [None, None, Some(1)],
    [Some(-1), None, None],
];

fn judged() -> Judged {
    let loaded = open(&demo_sample()).expect("the sample");
    let query = &loaded.dataset.queries[0];
    let images: Vec<String> =
        query.candidates.iter().take(6).map(|one| loaded.dataset.images[one.image].id.to_string()).collect();
    let folder = tempdir().expect("a folder");
    let places = places(folder.path());
    for (judge, name) in ["ann", "bob", "cat"].into_iter().enumerate() {
        let mut record = crossrank::judge::Record::new(name);
        let mut marks: Vec<Mark> = (images.iter().zip(LABELS))
            .filter_map(|(image, grades)| Some(mark(query.id.as_str(), image, grades[judge]?)))
            .collect();
        // One that is no candidate, and one of a query that is not there.
        marks.push(mark(query.id.as_str(), "elsewhere", 1));
        marks.push(mark("no such query", "x", 1));
        let lines = record.take_over(marks);
        places.journal(name).expect("a journal").append(&lines).expect("written");
    }
    // Cat's third image, of one that was judged with others at once.
    let batch = Judgement { batch: Some(9), ..Judgement::blind(1) };
    let lines = crossrank::judge::Record::new("cat")
        .take_over(vec![Mark { judgement: batch, ..mark(query.id.as_str(), &images[2], 1) }]);
    places.journal("cat").expect("a journal").append(&lines).expect("written");
    let mut judges = read(folder.path());
    let files = Judgements::unjudged(&loaded.dataset);
    judges.set_files(&loaded.dataset, &files);
    Judged { files, judges, images, dataset: loaded.dataset, _folder: folder }
}

#[test]
fn every_choice_counts_what_it_says_and_one_image_alone_counts_alike() {
    let mut judged = judged();
    judged.files.set(0, 1, Some(Relevance(3)));
    judged.files.set(0, 5, Some(Relevance(2)));
    judged.files.set(0, 9, Some(Relevance(1)));
    let files = judged.files.clone();
    let own = LabelChoice::default().by("ann");
    let batch = |choice: &str| LabelChoice { without_batch: true, ..choice.parse().expect("a choice") };
    for (choice, expected, others) in [
        (own, [Some(1), Some(0), Some(1), None, None, None, Some(1)], 0),
        (LabelChoice::default(), [None, Some(3), None, None, None, Some(2), Some(1)], 0),
        ("judge:cat".parse().expect("a choice"), [Some(0), Some(0), Some(1), Some(1), Some(1), None, None], 1),
        (batch("judge:cat"), [Some(0), Some(0), None, Some(1), Some(1), None, None], 1),
        ("majority".parse().expect("a choice"), [Some(1), Some(0), Some(1), Some(1), Some(1), None, None], 1),
        (batch("majority"), [Some(1), Some(0), None, Some(1), Some(1), None, None], 1),
        ("unanimous".parse().expect("a choice"), [None, Some(0), None, Some(1), Some(1), None, None], 1),
    ] {
        let found = counted(&judged.judges, &choice, &judged.dataset, &files).expect("labels");
        let at = [0, 1, 2, 3, 4, 5, 9].map(|candidate| found.get(0, candidate).map(|grade| grade.0));
        assert_eq!(at, expected, "{choice}");
        assert_eq!(found.others(0).count(), others, "{choice}");
        let query = judged.dataset.queries[0].id.as_str();
        for (candidate, image) in judged.images.iter().enumerate() {
            let of_files = files.get(0, candidate).map(|grade| grade.0);
            let alone = counted_alone(&judged.judges, &choice, (query, image), of_files);
            assert_eq!(alone, Some(found.get(0, candidate).map(|grade| grade.0)), "{choice}, {candidate}");
        }
    }
    let choice: LabelChoice = "dawid-skene".parse().expect("a choice");
    let found = counted(&judged.judges, &choice, &judged.dataset, &files).expect("labels");
    assert_eq!((found.get(0, 1), found.source().judges.len()), (Some(Relevance(0)), 3));
    assert_eq!(counted_alone(&judged.judges, &choice, ("q", "i"), None), None);
    let error = counted(&judged.judges, &"judge:dan".parse().expect("a choice"), &judged.dataset, &files);
    assert_eq!(error.expect_err("no such judge").to_string(), "no judge \"dan\" (there are ann, bob, cat)");
}

#[test]
fn lines_read_back_are_no_news() {
    let folder = tempdir().expect("a folder");
    let mut judges = read(folder.path());
    let mut journal = places(folder.path()).journal("ann").expect("a journal");
    let lines = judges.record_mut("ann").expect("a name").judge(vec![mark("q", "a", 1)]);
    journal.append(&lines).expect("written");
    assert!(judges.look().expect("readable").changed.values().all(|queries| queries.is_empty()));
    let other = crossrank::judge::Record::new("ann").take_over(vec![mark("q2", "b", 0)]);
    journal.append(&other).expect("written");
    let look = judges.look().expect("readable");
    let changed: Vec<PathBuf> = look.changed["ann"].iter().map(|query| PathBuf::from(&**query)).collect();
    assert_eq!(changed, [PathBuf::from("q2")]);
}
