//! The same work without a window.
//!
//! The arguments are one type (`args`); each command has a file that turns them into calls to the rooms below and
//! prints the results. With `--json` a command writes one object to standard output; everything else (progress,
//! warnings, errors) goes to standard error. The exit code is 0 only on success.

mod args;
mod collection;
mod columns;
mod compare;
mod cut_off;
mod data;
mod embed;
mod encoder;
mod encoders;
mod evaluate;
mod explain;
mod export;
mod info;
mod interrupt;
mod judge;
mod labels;
mod names;
mod output;
mod pack;
mod progress;
mod rank;
mod runs;
mod screenshot;
mod search;
mod seeds;
mod sensitivity;
mod settings;
mod studies;
mod study;
mod table;
mod table_file;
mod temporary;
mod train;
mod vectors;
mod window;

use crate::base::limit_memory_pools;
use args::{Args, Command};
use clap::Parser;
use std::process::ExitCode;

/// Runs the command line.
pub fn main() -> ExitCode {
    limit_memory_pools();
    let Args { dataset, follow, command } = Args::parse();
    let done = match command {
        None => window::run(dataset, follow),
        Some(Command::Info(args)) => info::run(&args),
        Some(Command::Embed(args)) => embed::run(&args),
        Some(Command::Train(args)) => train::run(&args),
        Some(Command::Cv(args)) => study::cv(&args),
        Some(Command::Sweep(args)) => study::sweep(&args),
        Some(Command::Ablate(args)) => study::ablate(&args),
        Some(Command::Benchmark(args)) => study::benchmark(&args),
        Some(Command::Evaluate(args)) => evaluate::run(&args),
        Some(Command::Compare(args)) => compare::run(&args),
        Some(Command::Runs(args)) => runs::run(&args),
        Some(Command::Studies(args)) => studies::run(&args),
        Some(Command::Export(args)) => export::run(&args),
        Some(Command::Judge(args)) => judge::run(&args),
        Some(Command::Collect(args)) => collection::collect(&args),
        Some(Command::Search(args)) => search::run(&args),
        Some(Command::Rank(args)) => rank::run(&args),
        Some(Command::Sensitivity(args)) => sensitivity::run(&args),
        Some(Command::Explain(args)) => explain::run(&args),
        Some(Command::Pack(args)) => pack::pack(&args),
        Some(Command::Unpack(args)) => pack::run_unpack(&args),
        Some(Command::Screenshot(args)) => screenshot::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // The reader closed the pipe (`crossrank info … | head`).
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::note(&format!("crossrank: {error}"));
            ExitCode::FAILURE
        }
    }
}
