//! `crossrank judge agreement`: how far the judges agree.

use super::args::AgreementArgs;
use super::opened::open_judges;
use crate::cli::output::{fault, print, print_json};
use crate::cli::table::{columns, grouped};
use crate::eval::significance::Interval;
use crate::judge::agreement::{Agreement, Coefficients, Intervals, LEVEL, Pair, agreement, confusion, intervals};
use crate::judge::{Counted, Table};
use anyhow::Result;
use serde::Serialize;
use serde_json::{Value, json};

/// Runs the command.
///
/// # Errors
/// If the data set or a journal cannot be read, there is no such judge, or there are fewer than two.
pub(super) fn run(args: &AgreementArgs) -> Result<()> {
    let (_, judges) = open_judges(&args.dataset, args.follow, args.json)?;
    let mut names = judges.names();
    if !args.judges.is_empty() {
        names = args.judges.iter().map(|judge| judges.known(judge)).collect::<Result<_, _>>()?;
        names.dedup();
    }
    if names.len() < 2 {
        let found = if names.is_empty() { "nobody has judged".to_owned() } else { format!("only {} has", names[0]) };
        return Err(fault(format!("agreement needs two judges; {found}"), &args.dataset));
    }
    let counted = Counted {
        cant_tell: args.cant_tell,
        without_batch: args.without_batch,
        without_revealed: args.without_revealed,
    };
    let table = Table::of(&judges, &names, counted);
    let (found, sure) = (agreement(&table), intervals(&table));
    match args.json {
        true => {
            let mut object = object(&table, &found.coefficients, &sure);
            if args.details {
                object["gwet"] = json!(found.coefficients.gwet);
                object["raw"] = json!(found.coefficients.raw);
                object["grades"] = json!(found.grades);
                object["by_judge"] = json!(found.judges);
                object["by_query"] = json!(found.queries);
            }
            print_json(&object)
        }
        false => print(&text(&table, &found, &sure)),
    }
}

fn object(table: &Table, one: &Coefficients<Option<f64>>, sure: &Intervals) -> Value {
    json!({
        "judges": table.judges,
        "krippendorff": one.krippendorff,
        "fleiss": one.fleiss,
        "cohen": pairs(table, one),
        "intervals": {
            "level": LEVEL,
            "method": sure.method,
            "queries": of_coefficients(table, &sure.over_queries),
            "judges": sure.over_judges.as_ref().map(|all| of_coefficients(table, all)),
            "without": sure.left_out.iter().map(|left| json!({
                "judge": left.judge,
                "krippendorff": left.coefficients.krippendorff,
                "fleiss": left.coefficients.fleiss,
            })).collect::<Vec<_>>(),
        },
    })
}

fn of_coefficients<T: Serialize + Copy>(table: &Table, all: &Coefficients<T>) -> Value {
    json!({
        "krippendorff": all.krippendorff, "fleiss": all.fleiss, "cohen": pairs(table, all), "gwet": all.gwet,
        "raw": all.raw,
    })
}

fn pairs<T: Serialize + Copy>(table: &Table, all: &Coefficients<T>) -> Vec<Value> {
    let object = |pair: &Pair<T>| {
        json!({
            "a": table.judges[pair.judges.0], "b": table.judges[pair.judges.1], "plain": pair.plain,
            "linear": pair.linear, "quadratic": pair.quadratic, "images": pair.images,
        })
    };
    all.cohen.iter().map(object).collect()
}

fn text(table: &Table, found: &Agreement, sure: &Intervals) -> String {
    let mut text = format!("{}\n\n", columns(&coefficient_rows(table, found, sure)));
    if let [_, _] = table.judges[..] {
        text += &crossed(table);
    }
    text += &columns(&grade_rows(found));
    text.push('\n');
    text += &columns(&judge_rows(found));
    for left in &sure.left_out {
        let alpha = number(left.coefficients.krippendorff.nominal);
        text += &format!("without {}: nominal alpha {alpha}\n", left.judge);
    }
    let several = found.queries.iter().filter(|query| query.images > 0).count();
    let least = found.queries.iter().filter(|query| query.agreement.is_some());
    let least = least.min_by(|a, b| a.agreement.partial_cmp(&b.agreement).unwrap_or(std::cmp::Ordering::Equal));
    text += &format!("\n{} queries with images of several judges", grouped(several));
    if let Some(query) = least {
        text += &format!("; least agreement: {} ({})", query.query, number(query.agreement));
    }
    text + &format!("\nIntervals of {:.0} %: {}\n", LEVEL * 100.0, sure.method)
}

/// Each coefficient with its interval, and the one over judges if there is one.
fn coefficient_rows(table: &Table, found: &Agreement, sure: &Intervals) -> Vec<Vec<String>> {
    let (one, over) = (&found.coefficients, &sure.over_queries);
    let wide = sure.over_judges.as_ref();
    let mut rows = vec![vec![String::new(), "value".into(), "interval".into()]];
    if wide.is_some() {
        rows[0].push("over judges".into());
    }
    let mut row = |name: String, value: Option<f64>, interval: Option<Interval>, wider: Option<Option<Interval>>| {
        let mut row = vec![name, number(value), range(interval)];
        row.extend(wider.map(range));
        rows.push(row);
    };
    macro_rules! add {
        ($name:expr, $($field:ident).+) => {
            row($name.into(), one.$($field).+, over.$($field).+, wide.map(|wide| wide.$($field).+))
        };
    }
    add!("Raw agreement", raw);
    add!("Krippendorff's alpha, nominal", krippendorff.nominal);
    add!("  ordinal", krippendorff.ordinal);
    add!("  interval", krippendorff.interval);
    add!("Fleiss' kappa", fleiss);
    add!("Gwet's AC1", gwet.ac1);
    add!("  AC2, linear", gwet.ac2_linear);
    add!("  AC2, quadratic", gwet.ac2_quadratic);
    for (index, pair) in one.cohen.iter().enumerate() {
        let [a, b] = [pair.judges.0, pair.judges.1].map(|judge| &table.judges[judge]);
        let name = format!("Cohen's kappa, {a} and {b} ({} images)", grouped(pair.images));
        let (sure, wider) = (over.cohen.get(index), wide.map(|wide| wide.cohen.get(index)));
        for (name, value, pick) in [
            (name, pair.plain, (|pair| pair.plain) as fn(&Pair<Option<Interval>>) -> Option<Interval>),
            ("  linear".into(), pair.linear, |pair| pair.linear),
            ("  quadratic".into(), pair.quadratic, |pair| pair.quadratic),
        ] {
            row(name, value, sure.and_then(pick), wider.map(|wider| wider.and_then(pick)));
        }
    }
    rows
}

/// The confusion matrix of two judges.
fn crossed(table: &Table) -> String {
    let found = confusion(table, 0, 1);
    let mut rows = vec![vec![format!("{} \\ {}", table.judges[0], table.judges[1])]];
    rows[0].extend(found.grades.iter().map(ToString::to_string));
    for (grade, counts) in found.grades.iter().zip(&found.counts) {
        rows.push(std::iter::once(grade.to_string()).chain(counts.iter().map(|count| grouped(*count))).collect());
    }
    columns(&rows) + "\n"
}

fn grade_rows(found: &Agreement) -> Vec<Vec<String>> {
    let mut rows = vec![vec!["Grade".to_owned(), "share".into(), "agreement".into()]];
    for one in &found.grades {
        let grade = if one.grade < 0 { "can't tell".to_owned() } else { one.grade.to_string() };
        rows.push(vec![grade, number(Some(one.prevalence)), number(one.agreement)]);
    }
    rows
}

fn judge_rows(found: &Agreement) -> Vec<Vec<String>> {
    let head = ["Judge", "images", "agreement", "mean grade", "alpha without"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for one in &found.judges {
        let numbers = [one.agreement, one.mean_grade, one.alpha_without].map(number);
        rows.push([one.judge.clone(), grouped(one.images)].into_iter().chain(numbers).collect());
    }
    rows
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

fn range(interval: Option<Interval>) -> String {
    interval.map_or_else(|| "–".to_owned(), |interval| format!("{:.3} to {:.3}", interval.low, interval.high))
}
