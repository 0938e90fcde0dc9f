//! Data sets on disk, loaded as plain values.
//!
//! A loader returns a [`Loaded`]: a [`Dataset`], its [`Judgements`] and warnings. A bad row loses only itself and gives
//! a [`Warning`].
//!
//! [`open`] recognises the format; each has its module and a row of the table below. TREC judgements and rankings can
//! be attached to any of them, and so can vector files made by other tools ([`attach_vectors`]). Visual vectors are
//! only listed on opening and read by [`read_vectors`].
//!
//! ```
//! use crossrank::dataset::{demo_sample, open, read_vectors, summary};
//!
//! let loaded = open(&demo_sample())?;
//! let counts = summary(&loaded.dataset, &loaded.judgements);
//! assert_eq!((counts.queries, counts.images, counts.unjudged), (33, 598, 0));
//!
//! let vectors = read_vectors(&loaded.dataset, &["embeddings"], &mut |warning| println!("{warning}"))?;
//! assert_eq!((vectors.count(), vectors.dim), (598, 1024));
//! # Ok::<(), crossrank::dataset::DatasetError>(())
//! ```

mod array_fault;
mod attach;
mod bare_trec;
mod build;
mod collection;
mod embeddings;
mod folder;
mod ids;
mod import;
mod judgements;
mod label_source;
mod loaded;
mod markup;
mod mediaeval;
mod metadata;
mod naver;
mod npy;
mod open;
mod overlay;
mod pieces;
mod preset_vectors;
mod reach;
mod reader;
mod rows;
mod sample;
mod shards;
mod sources;
mod split;
mod statistics;
mod strict;
mod summary;
pub mod synthetic;
mod table;
mod text;
pub mod trec;
mod types;
pub(crate) mod values;
mod vectors;
pub(crate) mod walk;
mod warnings;

pub use array_fault::ArrayFault;
pub use attach::{attach_qrels, attach_run};
pub(crate) use collection::{
    CHOICE, PixelStamp, RowOf, RowWriter, Rows, lock_queries, note_moves, preferred_set, remove_rows, rename_images,
};
pub use collection::{
    Initial, MOVED, Move, Moves, NewQuery, STATISTICS, TEXT_FEATURE, add_query, empty_collection, follow_moves,
    keep_query, pictures_folder,
};
pub use embeddings::{Embeddings, encoder_of, read_embeddings, write_embeddings};
pub use ids::{ImageId, QueryId};
pub(crate) use import::TextColumns;
pub(crate) use import::numbers::{Float, read_at};
pub use import::{attach_vectors, is_vector_file, single_files};
pub use judgements::{Judgements, RecallBase};
pub use label_source::{LabelKind, LabelSource};
pub use loaded::Loaded;
pub(crate) use markup::{tolerant, web_text};
pub use mediaeval::text_descriptor_files;
pub use metadata::Image;
pub(crate) use npy::{Header as NpyHeader, Kind as NpyKind};
pub use npy::{Matrix, npy_shape, read_npy, write_npy};
pub use open::{bare_pictures, open, open_or_pictures, open_within, recognise};
pub use overlay::{OVERLAY, QueryEdit};
pub use preset_vectors::preset_vectors;
pub use reach::Reach;
pub(crate) use rows::visit_rows;
pub use sample::demo_sample;
pub(crate) use shards::{Section, open_part, visit_members};
pub use sources::{check_vectors, read_vectors};
pub use split::{SPLIT_SEED, assign_splits};
pub use statistics::{COUNTED_FIELDS, TermCounts, TextStatistics};
pub use strict::{StrictTable, read_qrels_lines, read_table, whole_number};
pub use summary::{Summary, VectorSummary, summary};
pub(crate) use table::plain;
pub(crate) use text::decode_text;
pub use trec::{Qrels, Run, qrels_of, read_qrels, read_run, run_text, trec_name, write_qrels, write_run};
pub use types::*;
pub(crate) use vectors::scratch;
pub use vectors::*;
pub(crate) use warnings::Warnings;

/// All formats, in the order in which they are tried: our own would also recognise NAVER's tables.
static READERS: [reader::Reader; 5] =
    [collection::READER, naver::READER, folder::READER, mediaeval::READER, bare_trec::READER];
