//! `crossrank embed`: visual vectors of a data set's pictures.

use super::args::EmbedArgs;
use super::output::{fault, note, print, print_json};
use super::progress::Progress;
use super::table::grouped;
use super::vectors;
use crate::base::some_of;
use crate::dataset::{self, Dataset, Reach, VectorTable};
use crate::graph::{Projection, project};
use crate::vision::{self, DeviceChoice, EmbedReport, EmbeddingCache, EncoderSpec, VisionError};
use crate::workspace::Store;
use anyhow::Result;
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::path::Path;

/// Failed pictures to list individually.
const SHOWN: usize = 10;

/// Runs the command.
///
/// # Errors
/// If the data set or the encoder cannot be used, no picture can be read, or FILE cannot be written, nor the cache without
/// one.
pub(super) fn run(args: &EmbedArgs) -> Result<()> {
    match &args.out {
        Some(out) => check_extension(out)?,
        // Nothing would be left of the work.
        None => EmbeddingCache::at(Store::of_user().cache()).check_writable()?,
    }
    let mut progress = Progress::new(args.json);
    let spec = args.encoder.spec(&mut progress)?;
    let ignored = spec.ignored_tensors()?;
    progress.stage("Reading files");
    let loaded = dataset::open_or_pictures(&args.dataset, Reach::following(args.follow))?;
    progress.warn(&loaded.warnings);
    let dataset = loaded.dataset;
    let device = vectors::device(&args.encoder, &mut progress);
    let (table, report) = vectors::embed(&dataset, &spec, device, &mut progress)?;
    let projection = Projection { l2: args.l2, whiten: args.whiten.map(usize::from) };
    let table =
        project(table, projection, &mut || ControlFlow::Continue(())).map_err(|reason| fault(reason, &args.dataset))?;
    if let Some(out) = &args.out {
        vision::write_vectors(out, &dataset, &table, args.precision)?;
    }
    progress.finish();
    note_failed(&dataset, &report);
    if args.json {
        let mut object = object(args, device, &spec, &dataset, &table, &report)?;
        object["ignored_tensors"] = json!(ignored);
        print_json(&object)
    } else {
        print(&text(args, &spec, &ignored, &table, &report))
    }
}

/// Rejects an unsupported format before minutes of work rather than after.
fn check_extension(out: &Path) -> Result<(), VisionError> {
    let extension = out.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    match extension.as_deref() {
        Some("safetensors" | "npy") => Ok(()),
        _ => Err(VisionError::VectorFormat(out.to_owned())),
    }
}

fn note_failed(dataset: &Dataset, report: &EmbedReport) {
    for (image, reason) in report.failed.iter().take(SHOWN) {
        note(&format!("no vector for {}: {reason}", dataset.images[*image].id));
    }
    if report.failed.len() > SHOWN {
        note(&format!("… and {} more without a vector", report.failed.len() - SHOWN));
    }
}

fn object(
    args: &EmbedArgs,
    device: DeviceChoice,
    spec: &EncoderSpec,
    dataset: &Dataset,
    table: &VectorTable,
    report: &EmbedReport,
) -> Result<Value> {
    let failed =
        |(image, reason): &(usize, String)| json!({ "image": dataset.images[*image].id.as_str(), "reason": reason });
    // Via text, so that an f32 such as 0.485 stays short.
    let preprocess: Value = serde_json::from_str(&serde_json::to_string(&spec.preprocess)?)?;
    Ok(json!({
        "encoder": table.name,
        "architecture": spec.architecture.name(),
        "stage": spec.feature.stage,
        "pooling": spec.feature.pooling.name(),
        "preprocess": preprocess,
        "device": device.name(),
        "dim": table.dim,
        "images": table.count(),
        "embedded": report.embedded,
        "cached": report.cached,
        "failed": report.failed.iter().map(failed).collect::<Vec<_>>(),
        "seconds": report.seconds,
        "out": args.out.as_ref().map(|out| out.display().to_string()),
    }))
}

fn text(args: &EmbedArgs, spec: &EncoderSpec, ignored: &[String], table: &VectorTable, report: &EmbedReport) -> String {
    let mut text = format!(
        "{} vectors of {} numbers by {}: {} computed, {} from the cache, {} pictures without, in {:.1} s\n",
        grouped(table.count()),
        grouped(table.dim),
        table.name,
        grouped(report.embedded),
        grouped(report.cached),
        grouped(report.failed.len()),
        report.seconds,
    );
    text += &format!("network: {}, {}\npreprocessing: {}\n", spec.architecture, spec.feature, spec.preprocess);
    if !ignored.is_empty() {
        text += &format!("not of the network and ignored: {}\n", some_of(ignored));
    }
    if let Some(out) = &args.out {
        text += &format!("written as {}: {}\n", args.precision, out.display());
    }
    text
}
