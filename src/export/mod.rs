//! Runs and comparisons as files for other programs and papers.
//!
//! [`Table`] is a table as a value, written as Markdown, CSV, JSON or LaTeX; [`chart::Chart`] is a chart as a value,
//! drawn as SVG or PNG; [`events`] writes TensorBoard's event files; [`manifest::Manifest`] says what results are based
//! on. [`export_run`] writes all of them for one run.

pub mod chart;
pub mod comparison;
mod data_now;
mod error;
pub mod events;
mod latex;
pub mod manifest;
mod part;
mod rows;
mod run;
mod run_table;
mod seeds;
mod studies;
mod table;

pub use crate::base::csv_line;
pub use data_now::DataNow;
pub use error::ExportError;
pub use latex::latex_text;
pub use part::Part;
pub use rows::{history_csv, queries_csv};
pub use run::{Exported, export_run};
pub use run_table::run_table;
pub use seeds::{export_seeds, runs_to_export};
pub use studies::{ablation_table, benchmark_table, sweep_table};
pub use table::{Cell, Row, Table, Value};
