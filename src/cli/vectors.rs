//! Where visual vectors come from: the data set's files, the cache, or a network.

use super::encoder::EncoderArgs;
use super::output::{fault, note};
use super::progress::Progress;
use super::temporary::TemporaryFolder;
use crate::dataset::{self, Dataset, VectorTable};
use crate::train::{Experiment, NamedVectors, read_named};
use crate::vision::{self, DeviceChoice, EmbedReport, EmbeddingCache, EncoderSpec};
use crate::workspace::Store;
use anyhow::Result;
use std::ops::ControlFlow;

/// The requested device, or the CPU with a note if it is not available.
pub(super) fn device(args: &EncoderArgs, progress: &mut Progress) -> DeviceChoice {
    let (device, instead) = args.device.or_cpu();
    if let Some(why) = instead {
        progress.finish();
        note(&why);
    }
    device
}

/// The user's cache; if it cannot be written, with a note, and new vectors in a folder that lives as long as the command.
fn cache(progress: &mut Progress) -> Result<(EmbeddingCache, Option<TemporaryFolder>)> {
    let cache = EmbeddingCache::at(Store::of_user().cache());
    let Err(why) = cache.check_writable() else { return Ok((cache, None)) };
    progress.finish();
    note(&format!("vectors are not cached: {why}"));
    let folder = TemporaryFolder::new()?;
    Ok((cache.adding_to(folder.path()), Some(folder)))
}

/// The vectors of all pictures, from the user's cache where available.
///
/// # Errors
/// If no picture can be read, or the network cannot be used.
pub(super) fn embed(
    dataset: &Dataset,
    spec: &EncoderSpec,
    device: DeviceChoice,
    progress: &mut Progress,
) -> Result<(VectorTable, EmbedReport)> {
    let (cache, _folder) = cache(progress)?;
    let (table, report) = vision::embed(dataset, spec, device, &cache, &mut |step| {
        let rate = step.images_per_second;
        let mut detail = if rate > 0.0 { format!("{rate:.1} images/s") } else { String::new() };
        if let Some(left) = step.eta.filter(|left| *left > 0.0) {
            detail += &format!(", {} left", clock(left));
        }
        progress.step(step.stage, step.done, step.total, &detail);
        ControlFlow::Continue(())
    })?;
    if table.count() == 0 {
        let why = report.failed.first().map_or("the data set has no pictures", |(_, reason)| reason);
        return Err(fault(format!("nothing to embed, {why}"), &dataset.root));
    }
    Ok((table, report))
}

/// The requested visual vectors.
pub(super) struct WantedVectors<'a> {
    /// Names of the data set's sources.
    pub names: Option<&'a [String]>,
    /// The encoder.
    pub encoder: &'a EncoderArgs,
    /// The experiment to run, or the first of several that needs vectors.
    pub experiment: &'a Experiment,
}

impl WantedVectors<'_> {
    /// The vectors: those requested by name, file or encoder, else the data set's preset, else those of its pictures.
    /// A network that needs none may get none.
    ///
    /// # Errors
    /// If the requested vectors do not exist, or there are none.
    pub fn choose(&self, dataset: &Dataset, added: &[String], progress: &mut Progress) -> Result<NamedVectors> {
        if self.encoder.is_given() {
            let spec = self.encoder.spec(progress)?;
            return Ok((Vec::new(), embed(dataset, &spec, device(self.encoder, progress), progress)?.0));
        }
        let mut warnings = Vec::new();
        if let Some(named) = read_named(dataset, self.sources(dataset, added), &mut warnings)? {
            progress.warn(&warnings);
            return Ok(named);
        }
        if dataset.images.iter().any(|image| image.file.is_some()) {
            let table = embed(dataset, &EncoderSpec::bundled(), device(self.encoder, progress), progress)?.0;
            return Ok((Vec::new(), table));
        }
        if !self.experiment.needs_vectors() {
            return Ok((Vec::new(), VectorTable::none(dataset.images.len())));
        }
        let what = if self.experiment.model.kind.needs_vectors() { "" } else { " with components" };
        let message = format!(
            "{}{what} needs visual vectors or pictures, and the data set has neither (--model mlp --components 0 needs \
             none)",
            self.experiment.model.kind
        );
        Err(fault(message, &dataset.root))
    }

    /// Names of the sources to read: the named ones, then the added files.
    fn sources(&self, dataset: &Dataset, added: &[String]) -> Vec<String> {
        if self.names.is_none() && added.is_empty() {
            return dataset::preset_vectors(dataset);
        }
        let mut names: Vec<String> =
            self.names.unwrap_or_default().iter().map(|name| spelling(dataset, name)).collect();
        for file in added {
            if !names.iter().any(|name| name.eq_ignore_ascii_case(file)) {
                names.push(file.clone());
            }
        }
        names
    }
}

/// The data set's own spelling of a source's name, given in any case.
fn spelling(dataset: &Dataset, name: &str) -> String {
    let name = name.trim();
    let exact = dataset.vectors.iter().find(|source| source.name == name);
    let found = exact.or_else(|| dataset.vectors.iter().find(|source| source.name.eq_ignore_ascii_case(name)));
    found.map_or(name, |source| &source.name).to_owned()
}

/// Seconds as `1:05` or `42 s`.
pub(super) fn clock(seconds: f64) -> String {
    let seconds = seconds.ceil() as u64;
    if seconds < 60 { format!("{seconds} s") } else { format!("{}:{:02} min", seconds / 60, seconds % 60) }
}
