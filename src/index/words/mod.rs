//! The words of a folder of pictures, one file a source.
//!
//! | source | file |
//! |---|---|
//! | tables: CSV, TSV, JSON lines, Parquet, JSON, HTML pages | `tables` |
//! | tar archives of pictures | `shards` |
//! | files beside a picture: text, JSON, XMP | `sidecar`, `xmp` |
//! | EXIF, IPTC, XMP and comments in a picture | `inside`, `xmp` |
//! | names of files and folders | `names` |
//!
//! Of several titles, descriptions, dates and so on the first counts, in the order tables, files beside the picture,
//! the picture itself, names; a further title or description becomes a caption, so that it is found all the same.

mod fields;
mod inside;
mod known;
mod list;
mod listing;
mod lookup;
mod mapping;
mod moved;
mod names;
mod one;
mod picture;
mod read;
mod shards;
mod sidecar;
mod tables;
mod xmp;

pub use fields::{Origin, Tally, Words};
pub use known::Known;
pub use list::list;
pub use listing::{Listed, Listing, Table, TableKind};
pub use mapping::{Column, Mapping, Role, TableMapping};
pub use moved::Moved;
pub(in crate::index) use moved::content_of;
pub use picture::{Part, Picture, Stamp, picture_bytes};
pub use read::{Batch, Outcome, preview, read};
pub use tables::{ColumnPreview, RowCounts, TablePreview};
