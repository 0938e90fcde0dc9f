//! Making a collection as a job: words first, vectors after them.

use super::{Collected, Readable};
use crate::base::Progress;
use crate::dataset::Reach;
use crate::index::{Collection, Mapping, Updated};
use crate::jobs::{JobError, Worker};
use crate::workspace::EncoderSettings;
use crate::workspace::embedding::resolve;
use std::ops::ControlFlow;
use std::path::Path;

/// What is to be made.
pub(super) struct Wanted {
    pub(super) pictures: std::path::PathBuf,
    pub(super) folder: std::path::PathBuf,
    pub(super) follow: bool,
    /// Whether the pictures of a collection that is there have moved to this folder.
    pub(super) relink: bool,
    /// The encoder of the vectors, if any are wanted.
    pub(super) encoder: Option<EncoderSettings>,
    /// What the columns of tables mean, if a person has said so.
    pub(super) mapping: Option<Mapping>,
}

/// Reads the words of the pictures, says so, and computes vectors.
pub(super) fn collect(wanted: &Wanted, worker: &Worker<Readable, Collected>) -> Result<Collected, JobError> {
    let mut observe = |progress: Progress| {
        worker.progress(progress);
        worker.flow()
    };
    let mut collection = match wanted.relink {
        true => Collection::open(&wanted.folder)?,
        false => Collection::create(&wanted.folder, &wanted.pictures, Reach::following(wanted.follow))?,
    };
    if wanted.relink {
        worker.stage("Looking for the pictures", 0, 0)?;
        collection.relink(&wanted.pictures)?;
    }
    if let Some(mapping) = &wanted.mapping {
        collection.set_mapping(mapping.clone())?;
    }
    let updated = collection.update(&mut observe)?;
    let folder = collection.folder().to_owned();
    worker.update(Readable(folder.clone()));
    let mut summary = summary(&collection, &updated);
    if let Some(settings) = &wanted.encoder {
        // Only weights that are here: the dialog promises that nothing goes to the network.
        let (spec, device) = resolve(settings, &mut |_| ControlFlow::Break(()))?;
        let (device, instead) = device.or_cpu();
        let embedded = collection.embed(&spec, device, &mut observe)?;
        summary += &format!(" Vectors by {}: {} computed", spec.name(), embedded.embedded);
        if !embedded.failed.is_empty() {
            summary += &format!(", {} pictures could not be read", embedded.failed.len());
        }
        summary += ".";
        summary += &instead.map(|why| format!(" {why}")).unwrap_or_default();
    }
    Ok(Collected { folder, summary, warnings: updated.warnings })
}

/// What was found, in a sentence or two.
fn summary(collection: &Collection, updated: &Updated) -> String {
    let outcome = &updated.outcome;
    let mut text = format!(
        "{} pictures: {} read, {} unchanged, {} removed.",
        collection.count(),
        outcome.read,
        outcome.unchanged,
        outcome.removed
    );
    if updated.is_anew {
        text += " Texts are split into words otherwise than before: all were indexed anew.";
    }
    if !updated.moved.is_empty() {
        let (from, to) = &updated.moved[0];
        let more = updated.moved.len() - 1;
        text += &format!(" Moved, with all that was judged and kept: {from} to {to}");
        text += &if more > 0 { format!(", and {more} more.") } else { ".".to_owned() };
    }
    let unread: Vec<String> = updated.unread.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    if !unread.is_empty() {
        text += &format!(" Not read: {}.", unread.join(", "));
    }
    text
}

/// Where the collection of a folder of pictures is made if nothing else is said: beside it.
pub(super) fn beside(pictures: &Path) -> std::path::PathBuf {
    let name = pictures.file_name().map_or_else(|| "pictures".into(), |name| name.to_string_lossy().into_owned());
    pictures.with_file_name(format!("{name}.collection"))
}
