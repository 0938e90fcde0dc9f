//! Making a collection as a job: words first, vectors after them.

use super::encoders::CollectionEncoders;
use super::{Collected, Step};
use crate::base::Progress;
use crate::dataset::Reach;
use crate::index::{Collection, Embedded, IndexError, Mapping, Updated};
use crate::jobs::{JobError, Worker};
use crate::vision::{DeviceChoice, EncoderSpec};
use crate::workspace::EncoderSettings;
use crate::workspace::embedding::resolve;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a job waits for the one before it to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is to be made.
#[derive(Default)]
pub(super) struct Wanted {
    pub(super) pictures: PathBuf,
    pub(super) folder: PathBuf,
    pub(super) follow: bool,
    /// Whether the pictures of a collection that is there have moved to this folder.
    pub(super) relink: bool,
    /// Whether pictures that are gone are removed even if they are most of them.
    pub(super) without_missing: bool,
    /// The encoder of the vectors, if any are wanted and the collection has none of its own yet, and its device.
    pub(super) encoder: Option<EncoderSettings>,
    /// What the columns of tables mean, if a person has said so.
    pub(super) mapping: Option<Mapping>,
}

/// The encoder whose vectors are to be computed.
pub(super) enum Computing {
    /// As the settings describe it; a model of the hub is fetched.
    Settings(Box<EncoderSettings>),
    /// This one, on the settings' device.
    Spec(Box<EncoderSpec>, String),
}

/// Reads the words of the pictures, says so, compares the encoders, says so, and computes vectors.
pub(super) fn collect(wanted: &Wanted, worker: &Worker<Step, Collected>) -> Result<Collected, JobError> {
    let observe = &mut observer(worker);
    let mut collection = match wanted.relink {
        true => Collection::open(&wanted.folder)?,
        false => Collection::create(&wanted.folder, &wanted.pictures, Reach::following(wanted.follow))?,
    };
    if wanted.relink {
        worker.stage("Looking for the pictures", 0, 0)?;
        collection.relink(&wanted.pictures)?;
    }
    if wanted.follow {
        collection.follow()?;
    }
    if let Some(mapping) = &wanted.mapping {
        collection.set_mapping(mapping.clone())?;
    }
    let updated = match wanted.without_missing {
        true => collection.update_without_missing(observe),
        false => collection.update(observe),
    };
    if matches!(updated, Err(IndexError::Missing { .. })) {
        worker.update(Step::Missing);
    }
    let updated = updated?;
    let folder = collection.folder().to_owned();
    worker.update(Step::Readable(folder.clone()));
    let mut summary = summary(&collection, &updated);
    if let Some(settings) = &wanted.encoder {
        // Only weights that are here: the dialog promises that nothing goes to the network.
        let here = |settings: &EncoderSettings| resolve(settings, &mut |_| ControlFlow::Break(()));
        let (spec, device) = match collection.choice() {
            Some(choice) => (choice.encoder, settings.device.parse()?),
            None => here(settings)?,
        };
        if collection.choice().is_none() {
            collection.choose(&spec, false)?;
        }
        let (device, instead) = device.or_cpu();
        if collection.wants_comparison(&spec) {
            summary += &compare(&collection, &spec, device, worker)?;
        }
        summary += &embedded(&spec, &collection.embed(&spec, device, observe)?);
        summary += &instead.map(|why| format!(" {why}")).unwrap_or_default();
    }
    Ok(Collected { folder, summary, warnings: updated.warnings, is_shown: true })
}

/// Computes the vectors of all pictures of a collection by an encoder, chosen beforehand if that is wanted.
pub(super) fn compute(
    folder: &Path,
    computing: &Computing,
    chooses: bool,
    worker: &Worker<Step, Collected>,
) -> Result<Collected, JobError> {
    let observe = &mut observer(worker);
    let (spec, device) = match computing {
        Computing::Settings(settings) => resolve(settings, observe)?,
        Computing::Spec(spec, device) => ((**spec).clone(), device.parse()?),
    };
    let collection = Collection::open(folder)?;
    if chooses {
        collection.choose(&spec, true)?;
        worker.update(Step::Encoders(collection.folder().to_owned(), CollectionEncoders::read(&collection)?));
    }
    let (device, instead) = device.or_cpu();
    let start = Instant::now();
    let done = loop {
        match collection.embed(&spec, device, observe) {
            // The job before this one may not have ended yet.
            Err(IndexError::Busy { .. }) if start.elapsed() < PATIENCE => {
                worker.stage("Waiting for the vectors being computed", 0, 0)?;
                let _ = worker.wait(Duration::from_millis(50));
            }
            done => break done?,
        }
    };
    let mut summary = embedded(&spec, &done).trim_start().to_owned();
    if collection.wants_comparison(&spec) {
        summary += &compare(&collection, &spec, device, worker)?;
    }
    summary += &instead.map(|why| format!(" {why}")).unwrap_or_default();
    worker.update(Step::Encoders(collection.folder().to_owned(), CollectionEncoders::read(&collection)?));
    let is_shown = collection.key_in_use() == Some(spec.key()?.to_string());
    Ok(Collected { folder: collection.folder().to_owned(), summary, warnings: Vec::new(), is_shown })
}

fn observer(worker: &Worker<Step, Collected>) -> impl FnMut(Progress) -> ControlFlow<()> {
    move |progress| {
        worker.progress(progress);
        worker.flow()
    }
}

/// Compares the encoders, and says what came of it.
fn compare(
    collection: &Collection,
    encoder: &EncoderSpec,
    device: DeviceChoice,
    worker: &Worker<Step, Collected>,
) -> Result<String, JobError> {
    match collection.compare_encoders(encoder, device, &mut observer(worker)) {
        Ok(compared) => {
            let encoders = CollectionEncoders::read(collection)?;
            worker.update(Step::Encoders(collection.folder().to_owned(), encoders));
            Ok(format!(" {}", compared.sentence()))
        }
        // Another program computes the vectors of one of them; the next time compares.
        Err(IndexError::Busy { .. }) => Ok(String::new()),
        Err(error) => Err(error.into()),
    }
}

/// What came of computing vectors, in a sentence.
fn embedded(spec: &EncoderSpec, embedded: &Embedded) -> String {
    let mut text = format!(" Vectors by {}: {} computed", spec.name(), embedded.embedded);
    if !embedded.failed.is_empty() {
        text += &format!(", {} pictures could not be read", embedded.failed.len());
    }
    text + "."
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
        text += " Words are indexed otherwise than before: all were indexed anew.";
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
pub(super) fn beside(pictures: &Path) -> PathBuf {
    let name = pictures.file_name().map_or_else(|| "pictures".into(), |name| name.to_string_lossy().into_owned());
    pictures.with_file_name(format!("{name}.collection"))
}
