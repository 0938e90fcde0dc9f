//! The visual vectors of one query.

use std::io;
use std::sync::Arc;

use crate::dataset::StoredRows;
use crate::graph::unit_rows;

/// One query's unit vectors: in memory, or read whenever the query goes through the network.
///
/// # Shapes
/// n × d, row-major.
#[derive(Clone, Debug, PartialEq)]
pub enum Visual {
    /// Unit rows in memory.
    Held(Arc<Vec<f32>>),
    /// Raw rows of a table too large for it.
    Stored(StoredRows),
}

impl Visual {
    /// No vectors, for what does without.
    pub fn none() -> Self {
        Visual::Held(Arc::default())
    }

    /// The unit rows.
    ///
    /// # Errors
    /// What the system says of the scratch file that holds them.
    pub fn load(&self, dim: usize) -> io::Result<Arc<Vec<f32>>> {
        match self {
            Visual::Held(rows) => Ok(rows.clone()),
            Visual::Stored(rows) => Ok(Arc::new(unit_rows(&rows.read()?, dim))),
        }
    }
}

impl From<Vec<f32>> for Visual {
    fn from(rows: Vec<f32>) -> Self {
        Visual::Held(Arc::new(rows))
    }
}
