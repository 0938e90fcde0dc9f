//! The embeddings of one data set that can be looked at side by side.

use super::encoder::{project, resolve};
use crate::base::Progress;
use crate::dataset::{self, VectorTable};
use crate::index::{Collection, IndexError};
use crate::jobs::JobError;
use crate::train::RunData;
use crate::vision::{DeviceChoice, EmbeddingCache, EncoderSpec, lookup};
use crate::workspace::{EncoderSettings, OpenCollection, Session, Settings};
use std::collections::HashSet;
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
    /// A set of vectors of the open collection. Those of the images of the data set are computed where they are missing, so
    /// that an encoder can be looked at before it has seen all pictures.
    Set {
        /// The encoder.
        encoder: Box<EncoderSpec>,
        /// Its key.
        key: String,
        /// What its vectors are called.
        name: String,
    },
}

impl EmbeddingSource {
    /// For lists and headings.
    pub fn name(&self, session: &Session) -> String {
        match self {
            EmbeddingSource::InUse => {
                let name = session.vectors().map_or("none yet", |vectors| &vectors.name);
                format!("In use: {name}")
            }
            EmbeddingSource::File(name) | EmbeddingSource::Set { name, .. } => name.clone(),
            EmbeddingSource::Encoder(encoder) => encoder.name(),
        }
    }

    /// All of them: in use, of the collection, from files, computed.
    pub(super) fn all(session: &Session, open: Option<&OpenCollection>, settings: &Settings) -> Vec<Self> {
        let in_use = session.vectors().map(|_| EmbeddingSource::InUse).into_iter();
        let sets = open.into_iter().flat_map(|open| &open.encoders.list).filter(|encoder| !encoder.is_in_use);
        let sets = sets.map(|set| EmbeddingSource::Set {
            encoder: Box::new(set.encoder.clone()),
            key: set.key.clone(),
            name: set.name.clone(),
        });
        // The files of a collection are its sets.
        let files = session.data.dataset.vectors.iter().filter(|_| open.is_none());
        let files = files.map(|source| EmbeddingSource::File(source.name.clone()));
        let computed = settings.embedded.get(&session.path).into_iter().flatten();
        let computed = computed.map(|encoder| EmbeddingSource::Encoder(Box::new(encoder.clone())));
        in_use.chain(sets).chain(files).chain(computed).collect()
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
    /// The open collection, and the device that encoders run on.
    collection: Option<(Arc<Collection>, String)>,
}

impl Shelf {
    pub(super) fn new(
        session: &Session,
        cache: PathBuf,
        known: Vec<Known>,
        collection: Option<(Arc<Collection>, String)>,
    ) -> Self {
        Self { data: session.data.clone(), cache, known, collection }
    }

    /// The vectors in use.
    pub(super) fn in_use(&self) -> Option<Held> {
        in_use(&self.data)
    }

    /// Reads embeddings from memory, files or the cache; only the projection is computed, and what is missing of a
    /// collection's set.
    ///
    /// # Errors
    /// If the embeddings are missing.
    pub(super) fn take(
        &self,
        source: &EmbeddingSource,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Arc<VectorTable>, JobError> {
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
            (EmbeddingSource::Set { encoder, key, .. }, None) => self.of_set(encoder, key, observe),
        }
    }

    /// The vectors of the data set's images by one of the collection's encoders.
    fn of_set(
        &self,
        encoder: &EncoderSpec,
        key: &str,
        observe: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Arc<VectorTable>, JobError> {
        let closed = || JobError::Failed("the collection is no longer open".to_owned());
        let (collection, device) = self.collection.as_ref().ok_or_else(closed)?;
        let dataset = &self.data.dataset;
        let known = collection.vectors(key).ok();
        let is_missing = |path: &&str| known.as_ref().is_none_or(|set| !set.has(path));
        let missing: HashSet<&str> = dataset.images.iter().map(|image| image.id.as_str()).filter(is_missing).collect();
        if !missing.is_empty() {
            let (device, _) = device.parse::<DeviceChoice>()?.or_cpu();
            match collection.embed_some(encoder, device, &missing, observe) {
                // Another job computes these very vectors: what is there is shown.
                Ok(_) | Err(IndexError::Busy { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Arc::new(collection.table(dataset, Some(&collection.vectors(key)?))?))
    }
}
