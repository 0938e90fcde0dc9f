//! What tables say of pictures: their rows, by picture.

mod coco;
mod columnar;
mod delimited;
mod flat;
mod guess;
mod join;
mod json;
mod json_lines;

mod page;
mod preview;
mod row;
mod rows;
mod stream;

pub(super) use join::Joined;
pub use join::RowCounts;
pub(super) use preview::look;
pub use preview::{ColumnPreview, TablePreview};
