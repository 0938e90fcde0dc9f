//! `crossrank explain`.

use super::{errors, folder, object, program, sample};
use serde_json::Value;
use std::path::Path;
use std::process::Output;

/// A short run on the sample.
fn trained(home: &Path, model: &str) -> String {
    let run = home.join(model).to_str().expect("a path").to_owned();
    let sample = sample();
    let mut train = program(home);
    train.args(["train", &sample, "--preset", "reference", "--model", model, "--epochs", "1", "--out", &run]);
    let output = train.output().expect("it runs");
    assert!(output.status.success(), "{}", errors(&output));
    run
}

fn explain(home: &Path, run: &str, more: &[&str]) -> Output {
    let mut command = program(home);
    command.args(["explain", run, "--query", "bird", "--image", "stamp-animals-birds-pelican"]).args(more);
    command.output().expect("it runs")
}

fn sum(parts: &Value) -> f64 {
    parts.as_array().expect("parts").iter().map(|part| part["value"].as_f64().expect("a number")).sum()
}

#[test]
fn the_values_of_the_parts_sum_to_the_score_and_changes_are_ranked() {
    let home = folder();
    let run = trained(home.path(), "dcmm-cos");
    let output = explain(home.path(), &run, &["--json"]);
    assert!(output.status.success(), "{}", errors(&output));
    let plain = object(&output);
    let score = plain["score"].as_f64().expect("a score");
    assert!((sum(&plain["parts"]) - score).abs() < 1e-4, "{plain}");
    assert_eq!(plain["exact"], Value::Bool(true));
    assert!(plain["rank"].as_u64().is_some_and(|rank| rank >= 1) && plain["average_precision"].is_number());
    assert!(plain.get("changed").is_none() && plain.get("above").is_none());
    let of = |kind: &str| plain["parts"].as_array().unwrap().iter().filter(|part| part["kind"] == kind).count();
    assert!(of("feature") > 3 && of("neighbour") > 3 && of("bias") == 1, "{plain}");
    let neighbour = plain["parts"].as_array().unwrap().iter().find(|part| part["kind"] == "neighbour").unwrap();
    let other = neighbour["name"].as_str().expect("an id");
    let output = explain(
        home.path(),
        &run,
        &["--json", "--above", other, "--without-image", other, "--without-feature", "bm25", "--k", "5"],
    );
    assert!(output.status.success(), "{}", errors(&output));
    let more = object(&output);
    assert_eq!(more["parts"], plain["parts"], "changes have a rank of their own");
    let difference = more["above"]["difference"].as_f64().expect("a number");
    assert!((sum(&more["above"]["parts"]) - difference).abs() < 1e-4);
    assert!((score - more["above"]["score"].as_f64().unwrap() - difference).abs() < 1e-9);
    assert_eq!(more["changed"]["without_images"][0], other);
    assert_eq!(more["changed"]["without_features"][0], "bm25");
    assert_eq!((&more["changed"]["k"], &more["changed"]["of"]), (&5.into(), &99.into()));
    let output = explain(home.path(), &run, &["--without-edge", other, "--above", other]);
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains(" of 100 for bird") && text.contains("\nscore "), "{text}");
    assert!(text.contains(&format!("Without the edge to {other}: rank ")), "{text}");
    assert!(text.contains(" more ") && text.contains("\nWhy "), "{text}");
}

#[test]
fn what_is_not_there_is_refused_with_what_is() {
    let home = folder();
    let run = trained(home.path(), "mlp");
    let refused = |arguments: &[&str]| {
        let output = program(home.path()).arg("explain").arg(&run).args(arguments).output().expect("it runs");
        assert!(!output.status.success(), "{arguments:?}");
        errors(&output)
    };
    let image = "stamp-animals-birds-pelican";
    let query = refused(&["--query", "unicorn", "--image", image]);
    assert!(query.contains("no query “unicorn”; it has ") && query.contains("bird"), "{query}");
    let none = refused(&["--query", "bird", "--image", "unicorn"]);
    assert!(none.contains("the query “bird” has no image “unicorn”; it has ") && none.contains(" more"), "{none}");
    let signal = refused(&["--query", "bird", "--image", image, "--without-feature", "shine"]);
    assert!(signal.contains("no signal “shine”; it has ") && signal.contains("bm25"), "{signal}");
    let edges = refused(&["--query", "bird", "--image", image, "--k", "5"]);
    assert!(edges.contains("the model has no edges"), "{edges}");
    let own = refused(&["--query", "bird", "--image", image, "--without-image", image]);
    assert!(own.contains("cannot be without itself"), "{own}");
}
