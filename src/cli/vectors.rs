//! Where visual vectors come from: the data set's files, the cache, or a network.

use super::data::{fault, tell};
use super::encoder::EncoderArgs;
use super::output::note;
use super::progress::Progress;
use crate::dataset::{self, Dataset, VectorTable};
use crate::model::ModelKind;
use crate::vision::{self, DeviceChoice, EmbedReport, EmbeddingCache, EncoderSpec};
use crate::workspace::{Store, VectorChoice};
use anyhow::Result;
use std::ops::ControlFlow;

/// The device that was asked for, or the CPU where that one is not there, which is told.
pub(super) fn device(args: &EncoderArgs, progress: &mut Progress) -> DeviceChoice {
    let (device, instead) = args.device.or_cpu();
    if let Some(why) = instead {
        progress.finish();
        note(&why);
    }
    device
}

/// The vectors of all pictures, from the user's cache where they are there.
///
/// # Errors
/// If there is no picture that can be read, or the network cannot be used.
pub(super) fn embed(
    dataset: &Dataset,
    spec: &EncoderSpec,
    device: DeviceChoice,
    progress: &mut Progress,
) -> Result<(VectorTable, EmbedReport)> {
    let cache = EmbeddingCache::at(Store::of_user().cache());
    let (table, report) = vision::embed(dataset, spec, device, &cache, &mut |step| {
        let rate = step.images_per_second;
        let mut more = if rate > 0.0 { format!("{rate:.1} images/s") } else { String::new() };
        if let Some(left) = step.eta.filter(|left| *left > 0.0) {
            more += &format!(", {} left", clock(left));
        }
        progress.step(step.stage, step.done, step.total, &more);
        ControlFlow::Continue(())
    })?;
    if table.count() == 0 {
        let why = report.failed.first().map_or("the data set has no pictures", |(_, reason)| reason);
        return Err(fault(format!("nothing to embed, {why}"), &dataset.root));
    }
    Ok((table, report))
}

/// The vectors a training is to use: those asked for by name or encoder, else the preset of the data set's files, else
/// those of its pictures. A network without a graph does without.
///
/// # Errors
/// If what was asked for is not there, or there is nothing.
pub(super) fn choose(
    dataset: &Dataset,
    kind: ModelKind,
    descriptors: Option<&[String]>,
    encoder_args: &EncoderArgs,
    progress: &mut Progress,
) -> Result<VectorTable> {
    if encoder_args.is_given() {
        let spec = encoder_args.spec(progress)?;
        return Ok(embed(dataset, &spec, device(encoder_args, progress), progress)?.0);
    }
    let names = sources(dataset, descriptors, encoder_args);
    if !names.is_empty() {
        progress.stage("Reading visual vectors");
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut warnings = Vec::new();
        let table = dataset::read_vectors(dataset, &names, &mut |warning| warnings.push(warning))?;
        tell(&warnings, progress);
        return Ok(table);
    }
    if dataset.images.iter().any(|image| image.file.is_some()) {
        return Ok(embed(dataset, &EncoderSpec::bundled(), device(encoder_args, progress), progress)?.0);
    }
    match kind {
        kind if !kind.looks() => Ok(VectorTable::none(dataset.images.len())),
        _ => {
            let message =
                format!("{kind} needs visual vectors or pictures, and there are none (--model mlp does without)");
            Err(fault(message, &dataset.root))
        }
    }
}

/// The names of the files' vectors that [`choose`] takes, with which it takes the same again; none where it computes
/// them from pictures.
pub(super) fn sources(dataset: &Dataset, descriptors: Option<&[String]>, encoder_args: &EncoderArgs) -> Vec<String> {
    match descriptors {
        _ if encoder_args.is_given() => Vec::new(),
        Some(names) => names.iter().map(|name| spelling(dataset, name)).collect(),
        None => VectorChoice::preset(dataset).names,
    }
}

/// What is used: what was named, and then the files that were given.
pub(super) fn with_files(named: Option<&[String]>, files: &[String]) -> Option<Vec<String>> {
    if files.is_empty() {
        return named.map(<[String]>::to_vec);
    }
    let mut names = named.unwrap_or_default().to_vec();
    for file in files {
        if !names.iter().any(|name| name.trim().eq_ignore_ascii_case(file)) {
            names.push(file.clone());
        }
    }
    Some(names)
}

/// The files' own spelling of a source's name, whatever the case it was typed in.
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
