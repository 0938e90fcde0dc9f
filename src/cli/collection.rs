//! `crossrank collect` and `crossrank search`: a folder of pictures as a collection that can be searched by words.

use super::interrupt::Interrupt;
use super::output::{print, print_json};
use super::progress::Progress;
use super::table::{aligned, grouped};
use crate::dataset::Reach;
use crate::index::text::Found;
use crate::index::{Collection, ColumnPreview, Mapping, TablePreview, Updated, list, preview};
use anyhow::Result;
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

/// Columns of a table that are listed, and characters of a value that are shown.
const MOST_COLUMNS: usize = 100;
const LONGEST_VALUE: usize = 40;

#[derive(Debug, clap::Args)]
pub(super) struct CollectArgs {
    /// The folder of the pictures, with any folders below it.
    pub folder: PathBuf,
    /// The collection's own folder: a new one, or that of an earlier reading of the same pictures, of which only what
    /// has changed is read again.
    #[arg(long, value_name = "COLLECTION", required_unless_present = "columns")]
    pub out: Option<PathBuf>,
    /// A column of tables, by its heading, whose texts are captions; may be given several times. Without it, what columns
    /// mean is guessed and can be edited in the collection's collection.json.
    #[arg(long, value_name = "COLUMN")]
    pub text: Vec<String>,
    /// Only list the columns of the folder's tables, with what they are taken to mean and their first values.
    #[arg(long)]
    pub columns: bool,
    /// Also read files outside the pictures' folder that its links and paths lead to.
    #[arg(long)]
    pub follow: bool,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct SearchArgs {
    /// A collection's folder.
    pub collection: PathBuf,
    /// Words; "words in quotes" follow each other, -word must not be there, field:word is looked for in one field only.
    pub words: String,
    /// How many pictures to list.
    #[arg(long, default_value = "20", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub top: u32,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

/// Runs `collect`.
///
/// # Errors
/// If the pictures' folder cannot be read or the collection cannot be written, and after Ctrl-C: what was read until
/// then is kept.
pub(super) fn collect(args: &CollectArgs) -> Result<()> {
    let Some(out) = args.out.as_ref().filter(|_| !args.columns) else { return columns(args) };
    let interrupt = Interrupt::listen();
    let mut progress = Progress::new(args.json);
    let start = Instant::now();
    let mut collection = Collection::create(out, &args.folder, Reach::following(args.follow))?;
    if !args.text.is_empty() {
        let mapping = Mapping { captions: args.text.clone(), ..collection.manifest().mapping.clone() };
        collection.set_mapping(mapping)?;
    }
    let updated = collection.update(&mut |at| {
        progress.step(&at.stage, at.done, at.total, "");
        if interrupt.is_requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    progress.finish();
    progress.warn(&updated.warnings);
    let seconds = start.elapsed().as_secs_f64();
    match args.json {
        true => print_json(&collected(&collection, &updated, seconds)),
        false => print(&collected_text(&collection, &updated, seconds)),
    }
}

fn collected(collection: &Collection, updated: &Updated, seconds: f64) -> Value {
    let outcome = &updated.outcome;
    let sources: serde_json::Map<String, Value> =
        outcome.sources.rows().into_iter().map(|(name, count)| (name.to_owned(), count.into())).collect();
    json!({
        "collection": collection.folder().display().to_string(),
        "pictures": collection.count(),
        "read": outcome.read,
        "unchanged": outcome.unchanged,
        "removed": outcome.removed,
        "words_from": sources,
        "without_words": outcome.without_words,
        "rows": outcome.rows,
        "unread": updated.unread,
        "problems": updated.warnings.len() + outcome.more_warnings,
        "seconds": seconds,
    })
}

fn collected_text(collection: &Collection, updated: &Updated, seconds: f64) -> String {
    let outcome = &updated.outcome;
    let mut text = format!(
        "{} pictures: {} read, {} unchanged, {} removed, in {seconds:.1} s\n",
        grouped(collection.count()),
        grouped(outcome.read),
        grouped(outcome.unchanged),
        grouped(outcome.removed),
    );
    for (name, count) in outcome.sources.rows() {
        text += &format!("words of {} pictures from {name}\n", grouped(count));
    }
    let rows = outcome.rows;
    let lines = [
        (outcome.without_words, "pictures without words"),
        (rows.read, "rows of tables"),
        (rows.without_picture, "rows that name no picture"),
        (rows.ambiguous, "rows that name one of several pictures"),
        (rows.remote, "links to pictures elsewhere"),
    ];
    for (count, what) in lines.into_iter().filter(|(count, _)| *count > 0) {
        text += &format!("{} {what}\n", grouped(count));
    }
    for (kind, count) in &updated.unread {
        text += &format!("{} files not read: {kind}\n", grouped(*count));
    }
    text
}

/// Lists the columns of tables.
fn columns(args: &CollectArgs) -> Result<()> {
    let known = args.out.as_ref().filter(|out| Collection::is_one(out)).map(|out| Collection::open(out)).transpose()?;
    let mut mapping = known.map(|known| known.manifest().mapping.clone()).unwrap_or_default();
    if !args.text.is_empty() {
        mapping.captions.clone_from(&args.text);
    }
    let listing = list(&args.folder, Reach::following(args.follow), &mut |_| ControlFlow::Continue(()))?;
    let tables = preview(&listing, &mapping);
    match args.json {
        true => print_json(&json!({ "pictures": listing.pictures.len(), "tables": tables })),
        false => print(&columns_text(listing.pictures.len(), &tables)),
    }
}

fn columns_text(pictures: usize, tables: &[TablePreview]) -> String {
    let mut text = format!("{} pictures, {} tables\n", grouped(pictures), grouped(tables.len()));
    for table in tables {
        let all = if table.is_whole { "all" } else { "the first" };
        text += &format!(
            "\n{}: of {all} {} rows, {} name a picture",
            table.path,
            grouped(table.rows),
            grouped(table.named)
        );
        if table.ambiguous > 0 {
            text += &format!(", {} one of several", grouped(table.ambiguous));
        }
        text.push('\n');
        if let Some(problem) = &table.problem {
            text += &format!("{problem}\n");
        }
        let row = |column: &ColumnPreview| {
            let values: Vec<String> = column.values.iter().take(3).map(|value| short(value)).collect();
            vec![column.heading.clone(), column.role.name().to_owned(), values.join(" · ")]
        };
        let rows: Vec<Vec<String>> = table.columns.iter().take(MOST_COLUMNS).map(row).collect();
        text += &aligned(&rows, &[true, true, true]);
        if table.columns.len() > MOST_COLUMNS {
            text += &format!("and {} more columns\n", grouped(table.columns.len() - MOST_COLUMNS));
        }
    }
    text
}

/// The start of a value, in one line.
fn short(value: &str) -> String {
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Runs `search`.
///
/// # Errors
/// If the collection cannot be read.
pub(super) fn search(args: &SearchArgs) -> Result<()> {
    let collection = Collection::open(&args.collection)?;
    let start = Instant::now();
    let found = collection.search(&args.words, args.top as usize)?;
    let milliseconds = start.elapsed().as_secs_f64() * 1e3;
    match args.json {
        true => print_json(&results(args, &found, milliseconds)),
        false => print(&results_text(&found)),
    }
}

fn results(args: &SearchArgs, found: &Found, milliseconds: f64) -> Value {
    let result = |(at, hit): (usize, &crate::index::text::Hit)| json!({ "rank": at + 1, "image": hit.picture.path, "score": hit.score, "text_rank": at + 1 });
    let instead: serde_json::Map<String, Value> =
        found.instead.iter().map(|(word, terms)| (word.clone(), terms.clone().into())).collect();
    json!({
        "query": args.words,
        "by": "text",
        "found": found.count,
        "instead": instead,
        "results": found.hits.iter().enumerate().map(result).collect::<Vec<_>>(),
        "ms": { "text": milliseconds },
    })
}

fn results_text(found: &Found) -> String {
    let mut text = String::new();
    for (word, terms) in &found.instead {
        text += &match terms.is_empty() {
            true => format!("no picture has “{word}”\n"),
            false => format!("no picture has “{word}”; instead: {}\n", terms.join(", ")),
        };
    }
    let row = |(at, hit): (usize, &crate::index::text::Hit)| {
        let words = &hit.picture.words;
        vec![(at + 1).to_string(), format!("{:.2}", hit.score), hit.picture.path.clone(), words.called().to_owned()]
    };
    let rows: Vec<Vec<String>> = found.hits.iter().enumerate().map(row).collect();
    text += &aligned(&rows, &[false, false, true, true]);
    text += &format!("{} pictures found\n", grouped(found.count));
    text
}
