//! The embeddings of one data set that can be looked at side by side.

use super::encoder::{project, resolve};
use crate::dataset::{self, VectorTable};
use crate::jobs::JobError;
use crate::train::RunData;
use crate::vision::{EmbeddingCache, lookup};
use crate::workspace::{EncoderSettings, Session, Settings};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

/// Embeddings of one data set, by where they come from.
#[derive(Clone, Debug, PartialEq)]
pub enum EmbeddingSource {
    /// The visual vectors in use.
    InUse,
    /// A source of the data set's files, by its name.
    File(String),
    /// What an encoder has computed before.
    Encoder(Box<EncoderSettings>),
}

impl EmbeddingSource {
    /// For lists and headings.
    pub fn name(&self, session: &Session) -> String {
        match self {
            EmbeddingSource::InUse => {
                let name = session.vectors().map_or("none yet", |vectors| &vectors.name);
                format!("In use: {name}")
            }
            EmbeddingSource::File(name) => name.clone(),
            EmbeddingSource::Encoder(encoder) => encoder.name(),
        }
    }

    /// All of them: in use, from files, computed.
    pub(super) fn all(session: &Session, settings: &Settings) -> Vec<Self> {
        let in_use = session.vectors().map(|_| EmbeddingSource::InUse).into_iter();
        let files = session.data.dataset.vectors.iter().map(|source| EmbeddingSource::File(source.name.clone()));
        let computed = settings.embedded.get(&session.path).into_iter().flatten();
        let computed = computed.map(|encoder| EmbeddingSource::Encoder(Box::new(encoder.clone())));
        in_use.chain(files).chain(computed).collect()
    }
}

/// Vectors compared by identity, so that a change of the vectors in use is noticed without comparing numbers.
#[derive(Clone)]
pub(super) struct Held(Arc<VectorTable>);

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// What is in use now.
pub(super) fn in_use(data: &RunData) -> Option<Held> {
    data.has_vectors().then(|| Held(data.vectors.clone()))
}

/// Embeddings that were read before.
pub(super) type Known = (EmbeddingSource, Arc<VectorTable>);

/// Everything a job needs to read embeddings.
#[derive(Clone)]
pub(super) struct Shelf {
    pub(super) data: RunData,
    cache: PathBuf,
    known: Vec<Known>,
}

impl Shelf {
    pub(super) fn new(session: &Session, cache: PathBuf, known: Vec<Known>) -> Self {
        Self { data: session.data.clone(), cache, known }
    }

    /// The vectors in use.
    pub(super) fn in_use(&self) -> Option<Held> {
        in_use(&self.data)
    }

    /// Reads embeddings from memory, files or the cache; only the projection is computed.
    ///
    /// # Errors
    /// If the embeddings are missing.
    pub(super) fn take(&self, source: &EmbeddingSource) -> Result<Arc<VectorTable>, JobError> {
        let known = self.known.iter().find(|(known, _)| known == source).map(|(_, table)| table.clone());
        match (source, known) {
            (EmbeddingSource::InUse, _) => {
                let missing = || JobError::Failed("no visual vectors are in use".to_owned());
                self.in_use().map(|held| held.0).ok_or_else(missing)
            }
            (_, Some(table)) => Ok(table),
            (EmbeddingSource::File(name), None) => {
                Ok(Arc::new(dataset::read_vectors(&self.data.dataset, &[name], &mut |_| {})?))
            }
            (EmbeddingSource::Encoder(encoder), None) => {
                let (spec, _) = resolve(encoder, &mut |_| ControlFlow::Break(()))?;
                let found = lookup(&self.data.dataset, &spec, &EmbeddingCache::at(&self.cache))?;
                let missing = || format!("not all pictures have been embedded yet by {}", encoder.name());
                Ok(Arc::new(project(found.ok_or_else(missing)?, encoder, &mut || ControlFlow::Continue(()))?))
            }
        }
    }
}
