//! `crossrank judge import` and `export`.

use super::args::{ExportArgs, ImportArgs};
use super::opened::open_judges;
use crate::base::shown;
use crate::cli::labels::places;
use crate::cli::output::{fault, note, print, print_json};
use crate::cli::table::grouped;
use crate::judge::aggregate::{Method, aggregate};
use crate::judge::exchange::{self, Form, export_aggregate, export_judges};
use crate::judge::{Counted, Protocol, Table, check_name};
use anyhow::Result;
use serde_json::json;

/// Adds a file's judgements to a judge's journal, all or none.
///
/// # Errors
/// If the file has a fault, which is found before anything is written, or the journal cannot be written.
pub(super) fn import(args: &ImportArgs) -> Result<()> {
    check_name(&args.judge)?;
    let (loaded, judges) = open_judges(&args.dataset, args.follow, args.json)?;
    let import = exchange::import(&args.file, &loaded.dataset, &judges, &args.judge)?;
    let mut journal = judges.places().journal(&args.judge)?;
    let lines = import.lines.len();
    journal.append_json(import.lines)?;
    if journal.is_elsewhere() {
        note(&format!("the data set's folder cannot be written; the journal is {}", shown(journal.path())));
    }
    if args.json {
        return print_json(&json!({
            "judge": args.judge, "journal": journal.path().display().to_string(), "lines": lines, "new": import.new,
            "changed": import.changed, "unchanged": import.unchanged, "strays": import.strays,
        }));
    }
    let mut text = format!(
        "{} new, {} changed, {} unchanged labels of {}: {}\n",
        grouped(import.new),
        grouped(import.changed),
        grouped(import.unchanged),
        args.judge,
        shown(journal.path()),
    );
    if import.strays > 0 {
        text += &format!("{} are of queries or images that the data set does not have\n", grouped(import.strays));
    }
    print(&text)
}

/// Writes judgements as a file.
///
/// # Errors
/// If the path's ending is unknown, there is no such judge or nothing to write, or a file cannot be written.
pub(super) fn export(args: &ExportArgs) -> Result<()> {
    let form = Form::of(&args.out)
        .ok_or_else(|| fault("OUT must be a folder or end in .txt, .qrels, .csv or .jsonl", &args.out))?;
    let (loaded, judges) = open_judges(&args.dataset, args.follow, args.json)?;
    let names = judges.names();
    if names.is_empty() {
        return Err(fault("nothing is judged", &args.dataset));
    }
    let method = match (&args.judge, args.aggregate, form) {
        (Some(_), ..) => None,
        (None, Some(method), _) => Some(method),
        (None, None, Form::Qrels | Form::MediaEval) => {
            let choice = Protocol::read(&places(&loaded.dataset))?.labels;
            Some(choice.method().unwrap_or(Method::Majority))
        }
        (None, None, Form::Csv | Form::JsonLines) => None,
    };
    let (count, what, undecided) = match method {
        Some(method) => {
            let table = Table::of(&judges, &names, Counted::default());
            let aggregate = aggregate(&table, method);
            let count = export_aggregate(&table, &aggregate, form, &args.out)?;
            (count, format!("{method} of {}", names.join(", ")), aggregate.undecided())
        }
        None => {
            let one = args.judge.as_deref().map(|judge| judges.known(judge)).transpose()?;
            let names = one.map_or(names, |judge| vec![judge]);
            (export_judges(&judges, &names, form, &args.out)?, names.join(", "), 0)
        }
    };
    if args.json {
        return print_json(&json!({
            "file": args.out.display().to_string(), "aggregate": method.map(Method::name), "judge": args.judge,
            "judgements": count, "undecided": undecided,
        }));
    }
    let left = if undecided > 0 { format!("; {} undecided are left out", grouped(undecided)) } else { String::new() };
    print(&format!("{} judgements ({what}{left}): {}\n", grouped(count), shown(&args.out)))
}
