//! Judgements from and to other programs' files.

mod export;
mod found;
mod import;
mod names;
mod rgt;

pub use export::{Form, export_aggregate, export_judges};
pub use import::{Import, import};
