//! `crossrank collect` and `crossrank search`: a folder of pictures as a collection that can be searched by words.

use super::interrupt::Interrupt;
use super::output::{print, print_json};
use super::progress::Progress;
use super::table::{aligned, grouped};
use crate::dataset::Reach;
use crate::index::text::Found;
use crate::index::{Collection, Updated};
use anyhow::Result;
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

#[derive(Debug, clap::Args)]
pub(super) struct CollectArgs {
    /// The folder of the pictures, with any folders below it.
    pub folder: PathBuf,
    /// The collection's own folder: a new one, or that of an earlier reading of the same pictures, of which only what
    /// has changed is read again.
    #[arg(long, value_name = "COLLECTION")]
    pub out: PathBuf,
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
    let interrupt = Interrupt::listen();
    let mut progress = Progress::new(args.json);
    let start = Instant::now();
    let mut collection = Collection::create(&args.out, &args.folder, Reach::following(args.follow))?;
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
    for (kind, count) in &updated.unread {
        text += &format!("{} files not read: {kind}\n", grouped(*count));
    }
    text
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
