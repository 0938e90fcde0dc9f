//! Saved runs as a table: finding them on disk, filtering, sorting, grouping by configuration, and pivoting.
//!
//! [`Listing`] finds the runs; [`RunFacts`] adds to each what tables and plots need, above all its configuration as a
//! flat list of [`Parameters`]. [`RunTable`] determines the [`Entry`]s (rows) and their order: a [`Filter`] over
//! parameters and measures, a [`Column`] to sort by, seeds separate or merged. [`Pivot`] tabulates a measure over two
//! parameters. The window and the command line share all of it.

mod cell;
mod column;
mod date;
mod facts;
mod filter;
mod label;
mod parameter_list;
mod parameters;
mod pivot;
mod relisted;
mod saved;
mod shared;
mod stamp;
mod table;
mod terms;
mod value;

pub use cell::Cell;
pub use column::Column;
pub use date::date;
pub use facts::{Objective, RunFacts, state_name};
pub use filter::{Filter, FilterError};
pub use label::RunLabel;
pub use parameter_list::Parameters;
pub use parameters::{flat, places, short_name, varying};
pub use pivot::{Pivot, PivotCell};
pub use relisted::relist;
pub use saved::{Listing, SavedRun};
pub use table::{Entry, RunTable, best, entries, groups, scope};
pub use terms::{TermError, asked, with_term};
pub use value::ParamValue;
