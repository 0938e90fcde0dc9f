//! Runs against a baseline: the values, and `crossrank compare`.

use crossrank::dataset::Split;
use crossrank::eval::significance::Outcomes;
use crossrank::eval::{Measure, Measures};
use crossrank::export::comparison as tables;
use crossrank::study::comparison::{ComparisonError, Configuration, RunComparison, compare};
use crossrank::train::{QueryMeasures, QueryRow};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const MEASURES: [Measure; 2] = [Measure::Map, Measure::NdcgAt(20)];

/// MAP as given and nDCG@20 half of it; the query `v` is a validation query.
pub(crate) fn measures(map: &[(&str, f64)]) -> QueryMeasures {
    let row = |(id, value): &(&str, f64)| QueryRow {
        id: (*id).to_owned(),
        split: if *id == "v" { Split::Validation } else { Split::Test },
        measures: Measures::new(&MEASURES, [*value, value / 2.0]),
    };
    QueryMeasures { queries: map.iter().map(row).collect(), ..QueryMeasures::default() }
}

pub(crate) fn configuration(name: &str, runs: Vec<QueryMeasures>) -> Configuration {
    Configuration { name: name.to_owned(), runs }
}

/// A baseline and two runs over six test queries: one better on all of them, one on some.
pub(crate) fn three() -> RunComparison {
    let of = |values: [f64; 6]| {
        let names = ["a", "b", "c", "d", "e", "f"];
        measures(&names.into_iter().zip(values).chain([("v", 0.9)]).collect::<Vec<_>>())
    };
    let configurations = [
        configuration("text", vec![of([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])]),
        configuration("better", vec![of([0.2, 0.31, 0.42, 0.53, 0.64, 0.75])]),
        configuration("mixed_up", vec![of([0.1, 0.1, 0.4, 0.3, 0.6, 0.5])]),
    ];
    compare(&configurations, 0, &MEASURES, Some(Split::Test)).expect("they share six queries")
}

#[test]
fn a_run_is_compared_with_the_baseline_query_by_query() {
    let found = three();
    assert_eq!(found.queries, ["a", "b", "c", "d", "e", "f"], "validation queries are not compared");
    let rows = found.of(Measure::Map).expect("it was compared");
    assert!(rows[0].against.is_none() && (rows[0].mean - 0.35).abs() < 1e-12);
    let better = rows[1].against.as_ref().expect("it is not the baseline");
    assert!((better.difference - 0.125).abs() < 1e-12);
    assert_eq!(better.outcomes, Outcomes { wins: 6, ties: 0, losses: 0 });
    assert_eq!(better.randomisation.p, Some(2.0 / 64.0));
    assert_eq!(better.randomisation.holm, Some(4.0 / 64.0), "the lesser of two");
    assert!(better.t.p < Some(0.001) && better.effect > Some(3.0), "{better:?}");
    assert!(better.interval.low > 0.1 && better.interval.high < 0.16, "{:?}", better.interval);
    let mixed = rows[2].against.as_ref().expect("it is not the baseline");
    assert_eq!(mixed.outcomes, Outcomes { wins: 2, ties: 1, losses: 3 });
    assert_eq!(mixed.randomisation.holm, mixed.randomisation.p, "the greatest is not adjusted");
    let halves = found.of(Measure::NdcgAt(20)).expect("it was compared");
    assert!((halves[1].mean - rows[1].mean / 2.0).abs() < 1e-12);
    let text = serde_json::to_string(&found).expect("plain values");
    let back: RunComparison = serde_json::from_str(&text).expect("it reads back");
    let difference = |one: &RunComparison| one.measures[0].rows[1].against.as_ref().map_or(0.0, |a| a.difference);
    assert!((difference(&back) - difference(&found)).abs() < 1e-12 && back.queries == found.queries);
}

#[test]
fn seeds_are_averaged_per_query_and_folds_are_joined() {
    let seeds = vec![measures(&[("a", 0.2), ("b", 0.4)]), measures(&[("a", 0.4), ("b", 0.4)])];
    let folds = vec![measures(&[("a", 0.5)]), measures(&[("b", 0.7), ("c", 0.1)])];
    let found = compare(&[configuration("s", seeds), configuration("f", folds)], 0, &MEASURES[..1], Some(Split::Test))
        .expect("they share two queries");
    let rows = found.of(Measure::Map).expect("it was compared");
    let near = |found: &[f64], expected: [f64; 2]| found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12);
    assert!(near(&rows[0].values, [0.3, 0.4]) && near(&rows[1].values, [0.5, 0.7]), "{rows:?}");
    assert_eq!((found.left_out, found.run_counts), (vec!["c".to_owned()], vec![2, 2]));
}

#[test]
fn runs_that_cannot_be_compared_say_why() {
    let a = || configuration("a", vec![measures(&[("q", 0.5)])]);
    let b = |id: &'static str| configuration("b", vec![measures(&[(id, 0.5)])]);
    let fault = |all: &[Configuration], baseline, measure| {
        compare(all, baseline, &[measure], Some(Split::Test)).expect_err("not comparable").to_string()
    };
    assert_eq!(fault(&[a(), b("r")], 0, Measure::Map), "the runs share no test query");
    assert_eq!(fault(&[a()], 0, Measure::Map), ComparisonError::TooFew.to_string());
    assert_eq!(fault(&[a(), a()], 0, Measure::Map), "two runs are called “a”");
    assert_eq!(fault(&[a(), b("q")], 2, Measure::Map), ComparisonError::NoBaseline.to_string());
    let twice = configuration("b", vec![measures(&[("q", 0.5), ("q", 0.6)])]);
    assert_eq!(fault(&[a(), twice], 0, Measure::Map), "the run “b” has the query “q” twice");
    let err = |highest_grade| {
        let measures = Measures::new(&[Measure::Err], [0.5]);
        let queries = vec![QueryRow { id: "q".into(), split: Split::Test, measures }];
        vec![QueryMeasures { highest_grade: Some(highest_grade), queries, ..QueryMeasures::default() }]
    };
    let scales = fault(&[configuration("a", err(1)), configuration("b", err(3))], 0, Measure::Err);
    assert_eq!(scales, "the runs computed ERR with different highest grades: 1 and 3");
    let missing = fault(&[a(), b("q")], 0, Measure::Bpref);
    assert_eq!(missing, "the run “a” was not measured by bpref; it has map, ndcg@20");
}

#[test]
fn a_comparison_s_tables_mark_best_and_significant_values() {
    let comparison = three();
    let summary = tables::summary(&comparison, false);
    assert!(summary.rows[1].cells.iter().all(|cell| cell.best) && !summary.rows[0].cells[0].best);
    let text = summary.markdown();
    assert!(text.contains("| text (baseline) | 0.3500 |") && text.contains("| better | **0.4750** |"), "{text}");
    assert!(text.contains("descending by bytes") && text.contains("Holm"), "{text}");
    let details = tables::details(&comparison, Measure::Map).expect("it was compared");
    assert!(details.csv().lines().next().is_some_and(|head| head.starts_with("run,mean,mean low,mean high,Δ,")));
    let each = tables::per_query(&comparison, Measure::Map).expect("it was compared");
    assert_eq!((each.rows.len(), each.columns.len()), (6, 5));
}

fn program(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crossrank"));
    command.args(arguments).stdin(Stdio::null()).output().expect("the program runs")
}

fn folder(path: &Path, measures: &QueryMeasures) -> String {
    fs::create_dir_all(path).expect("a folder");
    measures.write(path).expect("written");
    path.display().to_string()
}

#[test]
fn the_command_compares_folders_of_seeds_and_writes_tables() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| home.path().join(name);
    let base = folder(&at("base"), &measures(&[("a", 0.1), ("b", 0.3)]));
    folder(&at("net/seed-1"), &measures(&[("a", 0.3), ("b", 0.5)]));
    folder(&at("net/seed-2"), &measures(&[("a", 0.5), ("b", 0.5)]));
    let (net, out) = (at("net").display().to_string(), at("t.csv").display().to_string());
    let output = program(&["compare", &net, "--baseline", &base, "--measure", "map", "--json", "--out", &out]);
    assert!(output.status.success(), "{output:?}");
    let object: Value = serde_json::from_slice(&output.stdout).expect("one JSON value");
    assert_eq!(object["runs"], serde_json::json!(["base", "net"]));
    let difference = object["measures"][0]["rows"][1]["against"]["difference"].as_f64().expect("a number");
    assert!((difference - 0.25).abs() < 1e-12, "{object}");
    assert!(object["ties"].is_string() && object["averaging"].is_string(), "{object}");
    let table = fs::read_to_string(&out).expect("the table");
    assert!(table.starts_with("run,MAP,MAP low,MAP high,MAP Δ,MAP Δ low,"), "{table}");
    assert!(
        table.contains("\r\nbase (baseline),0.2,") && table.contains("\r\nnet,0.45,0.4,0.5,0.25,0.2,0.3,"),
        "{table}"
    );
    let text = program(&["compare", &base, &net, "--per-query", "--measure", "map"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.contains("Δ net") && text.contains("wins") && text.contains("0.2500"), "{text}");
}

#[test]
fn the_command_compares_trec_runs_by_any_measure_and_rejects_invalid_input() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str, text: &str| {
        let path = home.path().join(name);
        fs::write(&path, text).expect("written");
        path.display().to_string()
    };
    let qrels = file("q.txt", "q 0 a 1\nq 0 b 0\n");
    let good = file("good.txt", "q Q0 a 1 2 t\nq Q0 b 2 1 t\n");
    let bad = file("bad.txt", "q Q0 b 1 2 t\nq Q0 a 2 1 t\n");
    let output = program(&["compare", &bad, &good, "--qrels", &qrels, "--measure", "rbp@0.5,err", "--json"]);
    assert!(output.status.success(), "{output:?}");
    let object: Value = serde_json::from_slice(&output.stdout).expect("one JSON value");
    let mean = |measure: usize, run: usize| object["measures"][measure]["rows"][run]["mean"].clone();
    assert_eq!(
        [mean(0, 0), mean(0, 1), mean(1, 0), mean(1, 1)],
        [0.25.into(), 0.5.into(), 0.25.into(), 0.5.into()] as [Value; 4]
    );
    for (arguments, words) in [
        (vec!["compare", &bad, &good], "needs --qrels"),
        (vec!["compare", &good, "--qrels", &qrels], "at least two runs"),
        (vec!["compare", "nowhere", &good], "nowhere"),
        (vec!["compare", &bad, &good, "--qrels", &qrels, "--measure", "cr@20"], "clusters"),
        (vec!["compare", &bad, &good, "--qrels", &qrels, "--out", "t.pdf"], "t.pdf"),
    ] {
        let output = program(&arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && error.contains(words), "{arguments:?}: {error}");
    }
}
