//! `crossrank pack` and `crossrank unpack`: a collection as one file, and back.

use super::interrupt::Interrupt;
use super::output::{fault, print, print_json};
use super::progress::Progress;
use super::table::grouped;
use crate::base::{self, size_text};
use crate::index::{Collection, Packing, unpack};
use anyhow::Result;
use serde_json::json;
use std::ops::ControlFlow;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct PackArgs {
    /// A collection's folder.
    pub collection: PathBuf,
    /// The file to write, a tar archive.
    #[arg(long, value_name = "FILE.tar")]
    pub out: PathBuf,
    /// Also pack the pictures, and the texts and tables that speak of them.
    #[arg(long)]
    pub with_pictures: bool,
    /// Replace the file if there is one.
    #[arg(long)]
    pub force: bool,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct UnpackArgs {
    /// A file that `crossrank pack` wrote.
    #[arg(value_name = "FILE.tar")]
    pub file: PathBuf,
    /// The collection's folder to make; it must be new or empty.
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// Write one JSON object to standard output.
    #[arg(long)]
    pub json: bool,
}

/// Shows how far the work is, until Ctrl-C.
fn follow<'a>(
    progress: &'a mut Progress,
    interrupt: &'a Interrupt,
) -> impl FnMut(base::Progress) -> ControlFlow<()> + 'a {
    |at| {
        match at.unit {
            base::Unit::Bytes => progress.bytes(&at.stage, at.done as u64, at.total as u64),
            base::Unit::Steps => progress.step(&at.stage, at.done, at.total, ""),
        }
        if interrupt.is_requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Runs `pack`.
///
/// # Errors
/// If the collection cannot be read, or the file cannot be written or is there already, and after Ctrl-C.
pub(super) fn pack(args: &PackArgs) -> Result<()> {
    let (interrupt, mut progress) = (Interrupt::listen(), Progress::new(args.json));
    if args.out.is_file() && !args.force {
        return Err(fault("there is such a file already; --force replaces it", &args.out));
    }
    let collection = Collection::open(&args.collection)?;
    let packing = Packing { pictures: args.with_pictures, replace: args.force };
    let packed = collection.pack(&args.out, packing, &mut follow(&mut progress, &interrupt))?;
    progress.finish();
    progress.warn(&packed.warnings);
    let out = args.out.display();
    match args.json {
        true => print_json(&json!({
            "out": out.to_string(), "files": packed.files, "bytes": packed.bytes, "with_pictures": args.with_pictures,
            "pictures": collection.count(), "problems": packed.warnings.len(),
        })),
        false => print(&format!("{} files, {}: {out}\n", grouped(packed.files), size_text(packed.bytes))),
    }
}

/// Runs `unpack`.
///
/// # Errors
/// If the file is none of a collection or damaged, or the folder cannot be made or is not empty, and after Ctrl-C.
pub(super) fn run_unpack(args: &UnpackArgs) -> Result<()> {
    let (interrupt, mut progress) = (Interrupt::listen(), Progress::new(args.json));
    let done = unpack(&args.file, &args.out, &mut follow(&mut progress, &interrupt))?;
    progress.finish();
    let folder = done.folder.display();
    if args.json {
        return print_json(&json!({
            "out": folder.to_string(), "files": done.files, "bytes": done.bytes, "pictures": done.pictures,
            "has_pictures": done.has_pictures,
        }));
    }
    let mut text = format!("a collection of {} pictures: {folder}\n", grouped(done.pictures));
    if !done.has_pictures {
        text += &format!("its pictures are elsewhere: crossrank collect THEIR_FOLDER --out {folder} --relink\n");
    }
    print(&text)
}
