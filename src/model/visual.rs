//! The visual vectors of one query.

use std::io;
use std::sync::Arc;

use crate::dataset::StoredRows;
use crate::graph::{Whitening, make_unit};

/// One query's unit vectors: in memory, or read on every pass of the query through the network.
///
/// # Shapes
/// n × d, row-major.
#[derive(Clone, Debug, PartialEq)]
pub enum Visual {
    /// Unit rows in memory.
    Held(Arc<Vec<f32>>),
    /// Raw rows of a table too large for memory.
    Stored {
        /// The rows in the scratch file.
        rows: StoredRows,
        /// The whitening to apply, if any.
        whitening: Option<Arc<Whitening>>,
    },
}

impl Visual {
    /// No vectors, for models that need none.
    pub fn none() -> Self {
        Visual::Held(Arc::default())
    }

    /// Bytes of memory they take; rows of one allocation count once for all that share it.
    pub fn held_bytes(&self) -> usize {
        match self {
            Visual::Held(rows) => size_of_val(&rows[..]),
            Visual::Stored { .. } => 0,
        }
    }

    /// Whether both are the same rows in memory.
    pub fn shares(&self, other: &Visual) -> bool {
        matches!((self, other), (Visual::Held(one), Visual::Held(other)) if Arc::ptr_eq(one, other))
    }

    /// The unit rows.
    ///
    /// # Errors
    /// If the scratch file that holds them cannot be read.
    pub fn load(&self, dim: usize) -> io::Result<Arc<Vec<f32>>> {
        match self {
            Visual::Held(rows) => Ok(rows.clone()),
            Visual::Stored { rows, whitening: None } => {
                let mut rows = rows.read()?;
                make_unit(&mut rows, dim);
                Ok(Arc::new(rows))
            }
            Visual::Stored { rows, whitening: Some(whitening) } => {
                Ok(Arc::new(whitening.whitened(&whitening.project(&rows.read()?))))
            }
        }
    }
}

impl From<Vec<f32>> for Visual {
    fn from(rows: Vec<f32>) -> Self {
        Visual::Held(Arc::new(rows))
    }
}
