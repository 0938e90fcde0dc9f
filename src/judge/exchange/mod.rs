//! Judgements from and to other programs' files.

mod export;
mod import;
mod names;

pub use export::{Form, export_aggregate, export_judges};
pub use import::{Import, import};
