//! `crossrank collect`: a folder of pictures as a collection that can be searched.

use super::columns::{Columns, columns};
use super::encoder::EncoderArgs;
use super::encoders;
use super::interrupt::Interrupt;
use super::output::{note, print, print_json};
use super::progress::Progress;
use super::table::grouped;
use super::vectors;
use crate::base;
use crate::dataset::Reach;
use crate::index::{Collection, Embedded, Mapping, Relinked, Updated};
use crate::signals::splitting;
use crate::vision::{DeviceChoice, EncoderSpec};
use anyhow::Result;
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Pictures without a vector, or that moved, to list one by one.
const SHOWN: usize = 10;

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
    #[command(flatten)]
    pub encoder: EncoderArgs,
    /// Compute no visual vectors.
    #[arg(long)]
    pub no_vectors: bool,
    /// The collection's pictures have moved to FOLDER as a whole.
    #[arg(long, requires = "out", conflicts_with = "columns")]
    pub relink: bool,
    /// Also read files outside the pictures' folder that its links and paths lead to, from now on.
    #[arg(long)]
    pub follow: bool,
    /// Take pictures that are gone out of the collection even if they are most of it, as when a disk is not mounted.
    #[arg(long, conflicts_with = "columns")]
    pub remove_missing: bool,
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
    let Some(out) = args.out.as_ref().filter(|_| !args.columns) else {
        let (folder, out, captions) = (&*args.folder, args.out.as_deref(), &*args.text);
        return columns(&Columns { folder, out, captions, follow: args.follow, json: args.json });
    };
    splitting().faults.iter().for_each(|fault| note(fault));
    let interrupt = Interrupt::listen();
    let mut progress = Progress::new(args.json);
    let start = Instant::now();
    let mut collection = match args.relink {
        true => relinked(out, &args.folder)?,
        false => Collection::create(out, &args.folder, Reach::following(args.follow))?,
    };
    if args.follow {
        collection.follow()?;
    }
    if !args.text.is_empty() {
        let mapping = Mapping { captions: args.text.clone(), ..collection.manifest().mapping.clone() };
        collection.set_mapping(mapping)?;
    }
    let observe = &mut |at: base::Progress| {
        progress.step(&at.stage, at.done, at.total, "");
        if interrupt.is_requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let updated = match args.remove_missing {
        true => collection.update_without_missing(observe)?,
        false => collection.update(observe)?,
    };
    progress.finish();
    progress.warn(&updated.warnings);
    note_moved(&updated.moved);
    if updated.is_anew {
        note("words are indexed otherwise than before: all were indexed anew");
    }
    let seconds = start.elapsed().as_secs_f64();
    let wanted = if args.no_vectors { None } else { Some(wanted(args, &collection, &mut progress)?) };
    let device = vectors::device(&args.encoder, &mut progress);
    let is_stopped = &|| interrupt.is_requested();
    let compared = match &wanted {
        Some(spec) => encoders::compare(&collection, spec, device, &mut progress, is_stopped)?,
        None => None,
    };
    let done = wanted.map(|spec| embed(&collection, &spec, device, &mut progress, &interrupt)).transpose()?;
    progress.finish();
    match args.json {
        true => {
            let mut report = collected(&collection, &updated, done.as_ref(), seconds);
            report["encoders"] = encoders::value(compared.as_ref());
            print_json(&report)
        }
        false => {
            let mut text = collected_text(&collection, &updated, done.as_ref(), seconds);
            text += &encoders::text(&collection, compared.as_ref(), args.no_vectors);
            print(&text)
        }
    }
}

/// The encoder of the vectors: the one given, which is the collection's from then on, else the collection's own, else the
/// default.
fn wanted(args: &CollectArgs, collection: &Collection, progress: &mut Progress) -> Result<EncoderSpec> {
    match collection.choice() {
        Some(choice) if !args.encoder.is_given() => Ok(choice.encoder),
        _ => {
            let spec = args.encoder.spec(progress)?;
            collection.choose(&spec, args.encoder.is_given())?;
            Ok(spec)
        }
    }
}

/// A collection whose pictures have moved, with them.
fn relinked(collection: &Path, pictures: &Path) -> Result<Collection> {
    let mut collection = Collection::open(collection)?;
    let Relinked { folder, found, missing } = collection.relink(pictures)?;
    let (found, all) = (grouped(found), grouped(found + missing));
    note(&format!("{found} of {all} pictures are in their new folder: {}", folder.display()));
    Ok(collection)
}

fn note_moved(moved: &[(String, String)]) {
    moved.iter().take(SHOWN).for_each(|(from, to)| note(&format!("moved: {from} is now {to}")));
    if moved.len() > SHOWN {
        note(&format!("… and {} more that moved", grouped(moved.len() - SHOWN)));
    }
}

/// What came of computing vectors, by the encoder of this name, and the time it took.
struct Vectors {
    name: String,
    outcome: Embedded,
    seconds: f64,
}

fn embed(
    collection: &Collection,
    spec: &EncoderSpec,
    device: DeviceChoice,
    progress: &mut Progress,
    interrupt: &Interrupt,
) -> Result<Vectors> {
    let start = Instant::now();
    let outcome = embed_into(collection, spec, device, progress, &|| interrupt.is_requested())?;
    Ok(Vectors { name: spec.name(), outcome, seconds: start.elapsed().as_secs_f64() })
}

/// Computes the vectors of a collection that are missing, with a bar and notes of pictures that cannot be read.
///
/// # Errors
/// As [`Collection::embed`].
pub(super) fn embed_into(
    collection: &Collection,
    spec: &EncoderSpec,
    device: DeviceChoice,
    progress: &mut Progress,
    is_stopped: &dyn Fn() -> bool,
) -> Result<Embedded> {
    let outcome = collection.embed(spec, device, &mut |at| {
        let mut detail = at.rate.map_or_else(String::new, |rate| format!("{rate:.1} images/s"));
        if let Some(left) = at.left.filter(|left| !left.is_zero()) {
            detail += &format!(", {} left", vectors::clock(left.as_secs_f64()));
        }
        progress.step(&at.stage, at.done, at.total, &detail);
        if is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    progress.finish();
    outcome.failed.iter().take(SHOWN).for_each(|(path, reason)| note(&format!("no vector for {path}: {reason}")));
    if outcome.failed.len() > SHOWN {
        note(&format!("… and {} more without a vector", outcome.failed.len() - SHOWN));
    }
    Ok(outcome)
}

fn collected(collection: &Collection, updated: &Updated, vectors: Option<&Vectors>, seconds: f64) -> Value {
    let outcome = &updated.outcome;
    let sources: serde_json::Map<String, Value> =
        outcome.sources.rows().into_iter().map(|(name, count)| (name.to_owned(), count.into())).collect();
    json!({
        "collection": collection.folder().display().to_string(),
        "pictures": collection.count(),
        "read": outcome.read,
        "unchanged": outcome.unchanged,
        "removed": outcome.removed,
        "indexed_anew": updated.is_anew,
        "moved": updated.moved.iter().map(|(from, to)| json!({"from": from, "to": to})).collect::<Vec<_>>(),
        "words_from": sources,
        "without_words": outcome.without_words,
        "rows": outcome.rows,
        "unread": updated.unread,
        "problems": updated.warnings.len() + outcome.more_warnings,
        "seconds": seconds,
        "vectors": vectors.map(|vectors| json!({
            "encoder": vectors.name,
            "embedded": vectors.outcome.embedded,
            "unchanged": vectors.outcome.unchanged,
            "carried": vectors.outcome.carried,
            "removed": vectors.outcome.removed,
            "failed": vectors.outcome.failed.len(),
            "seconds": vectors.seconds,
        })),
    })
}

fn collected_text(collection: &Collection, updated: &Updated, vectors: Option<&Vectors>, seconds: f64) -> String {
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
        (outcome.moved, "pictures found again under another path"),
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
    if let Some(Vectors { name, outcome, seconds }) = vectors {
        text += &format!(
            "vectors by {name}: {} computed, {} unchanged, {} removed, {} pictures without, in {seconds:.1} s\n",
            grouped(outcome.embedded),
            grouped(outcome.unchanged),
            grouped(outcome.removed),
            grouped(outcome.failed.len()),
        );
    }
    text
}
