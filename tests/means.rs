//! What is printed where there is nothing to average.

use crate::cli::{errors, object, program};
use crossrank::dataset::Split;
use crossrank::train;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Ten queries ranked by something that is not text; the test queries and one validation query have no judgements.
fn files(folder: &Path) {
    let mut run = String::new();
    for query in 0..10 {
        for image in 0..6 {
            writeln!(run, "q{query} Q0 i{image} 1 {} x", (image * 5 + query) % 6).expect("memory");
        }
    }
    fs::write(folder.join("clicks.run"), run).expect("written");
    let data = train::open(folder, &[]).expect("a data set").data;
    let mut judged = data.queries_of(Split::Train);
    judged.extend(data.queries_of(Split::Validation).into_iter().skip(1));
    let mut qrels = String::new();
    for query in judged {
        for image in 0..6 {
            writeln!(qrels, "{} 0 i{image} {}", data.dataset.queries[query].id, image % 2).expect("memory");
        }
    }
    fs::write(folder.join("judged.qrels"), qrels).expect("written");
}

#[test]
fn a_mean_over_no_query_is_a_dash_and_null_and_there_is_no_text_only_without_text() {
    let folder = tempfile::tempdir().expect("a folder");
    files(folder.path());
    let home = tempfile::tempdir().expect("a folder");
    let train = |more: &[&str]| {
        let mut command = program(home.path());
        command
            .arg("train")
            .arg(folder.path())
            .args(["--preset", "reference", "--model", "linear", "--epochs", "2"])
            .args(more);
        command.output().expect("the program runs")
    };
    let object = object(&train(&["--json"]));
    for ranking in ["initial", "model"] {
        assert!(object["test"][ranking]["map"].is_null(), "{object}");
        assert!(object["validation"][ranking]["map"].is_number(), "{object}");
    }
    assert_eq!(object["validation"]["text"], serde_json::json!({}), "clicks are not text");
    let output = train(&[]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("validation (1 query)") && text.contains("test (0 queries)"), "{text}{}", errors(&output));
    let test = text.split("test (0 queries)").nth(1).expect("the test queries");
    assert!(test.contains('–') && !test.contains("0.0000"), "{text}");
    assert!(!text.contains("text only"), "{text}");
}
