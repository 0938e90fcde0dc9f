//! `crossrank judge`: judgements of several people.

mod agreement;
mod args;
mod comparison;
mod opened;
mod transfer;

use anyhow::Result;
use args::{AgreementArgs, ComparisonArgs, ExportArgs, ImportArgs};
use clap::Subcommand;

#[derive(Debug, clap::Args)]
pub(super) struct JudgeArgs {
    #[command(subcommand)]
    command: JudgeCommand,
}

#[derive(Debug, Subcommand)]
enum JudgeCommand {
    /// Add the judgements of a file to a judge's journal.
    Import(ImportArgs),
    /// Write judgements, of one judge or aggregated, as a file for other programs.
    Export(ExportArgs),
    /// Report how far the judges agree.
    Agreement(AgreementArgs),
    /// Report whether a ranking is better than another whoever judges.
    Comparison(ComparisonArgs),
}

/// Runs the command.
///
/// # Errors
/// If the data set or a journal cannot be read, or a file cannot be read or written.
pub(super) fn run(args: &JudgeArgs) -> Result<()> {
    match &args.command {
        JudgeCommand::Import(args) => transfer::import(args),
        JudgeCommand::Export(args) => transfer::export(args),
        JudgeCommand::Agreement(args) => agreement::run(args),
        JudgeCommand::Comparison(args) => comparison::run(args),
    }
}
