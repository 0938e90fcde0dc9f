//! Undo and redo, and lines of several processes.

use super::mark as at;
use crossrank::judge::{Label, Line, Mark, Record};

fn mark(image: &str, grade: i32) -> Mark {
    at("q", image, grade)
}

fn grades(record: &Record) -> Vec<(String, i32)> {
    let label = |label: Label<'_>| (label.image.to_owned(), label.judgement.grade.unwrap_or(99));
    let mut all: Vec<_> = record.labels().map(label).collect();
    all.sort();
    all
}

/// The labels and depths of a record that reads these lines from a file.
fn reread(lines: &[Line]) -> Record {
    let mut record = Record::new("ann");
    for line in lines {
        record.read(line.clone());
    }
    record
}

#[test]
fn undo_and_redo_go_on_after_a_restart() {
    let mut record = Record::new("ann");
    let mut file = record.judge(vec![mark("a", 1)]);
    file.extend(record.judge(vec![mark("a", 2), mark("b", 0)]));
    file.extend(record.judge(vec![mark("b", 3)]));
    assert_eq!(record.depth(), (3, 0));
    file.extend(record.undo());
    let mut record = reread(&file);
    assert_eq!((record.depth(), record.pending()), ((2, 1), 0));
    assert_eq!(record.last("q", "b").and_then(|label| label.judgement.batch), Some(2), "the judgement as it was");
    file.extend(record.undo());
    assert_eq!(grades(&record), [("a".into(), 1)], "a batch is one step");
    let mut record = reread(&file);
    file.extend(record.redo());
    file.extend(record.redo());
    assert_eq!(grades(&record), [("a".into(), 2), ("b".into(), 3)]);
    assert!(record.redo().is_empty());
    let mut record = reread(&file);
    assert_eq!(record.depth(), (3, 0));
    for _ in 0..3 {
        file.extend(record.undo());
    }
    assert!(grades(&record).is_empty() && record.undo().is_empty());
    file.extend(record.judge(vec![mark("c", 1)]));
    assert_eq!(reread(&file).depth(), (1, 0), "a new judgement forgets what was undone");
    assert_eq!(record.history("q", "a").count(), 6);
}

#[test]
fn lines_of_another_process_come_before_those_that_are_not_in_the_file_yet() {
    let (mut here, mut there) = (Record::new("ann"), Record::new("ann"));
    let first = there.judge(vec![mark("a", 1), mark("b", 1)]);
    let second = here.judge(vec![mark("a", 2)]);
    let third = here.undo();
    let fourth = here.judge(vec![mark("c", 3)]);
    for line in [first, second, third, fourth].concat() {
        here.read(line.clone());
        there.read(line);
    }
    assert_eq!((here.pending(), there.pending()), (0, 0));
    assert_eq!(grades(&here), grades(&there));
    assert_eq!(here.depth(), there.depth());
    assert_eq!(here.depth(), (2, 0));
}

#[test]
fn a_judgement_counts_at_once_and_is_pending_until_it_is_read_back() {
    let mut record = Record::new("ann");
    let lines = record.judge(vec![mark("a", 1)]);
    assert!(record.is_pending("q", "a") && record.last("q", "a").is_some());
    for line in lines {
        record.read(line);
    }
    assert!(!record.is_pending("q", "a") && record.last("q", "a").is_some());
}
