//! The encoders of a collection: whose vectors it has, and which suits it.

use crate::index::{Collection, EncoderComparison, IndexError, VectorSet};
use crate::vision::EncoderSpec;
use std::sync::Arc;

/// An encoder that has vectors of a collection, or is bundled and could compute them.
#[derive(Clone, Debug, PartialEq)]
pub struct CollectionEncoder {
    /// The encoder.
    pub encoder: EncoderSpec,
    /// Its key.
    pub key: String,
    /// What its vectors are called.
    pub name: String,
    /// Numbers of a vector.
    pub dim: usize,
    /// Pictures that have a vector.
    pub count: usize,
    /// Whether all pictures have been through it once, rather than a sample of them.
    pub is_whole: bool,
    /// The share of a picture's nearest others that have a word in common with it, where that was measured.
    pub share: Option<f64>,
    /// Whether its vectors are used.
    pub is_in_use: bool,
    /// Whether it is to be used as soon as it has the vectors.
    pub is_chosen: bool,
    /// Whether it suits the pictures better than the others.
    pub is_recommended: bool,
}

/// The encoders of a collection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CollectionEncoders {
    /// The bundled ones, then others that have vectors.
    pub list: Vec<CollectionEncoder>,
    /// How they compare, if that is known.
    pub compared: Option<EncoderComparison>,
    /// Whether a person chose the one that is used.
    pub is_by_hand: bool,
}

impl CollectionEncoders {
    /// What is known of a collection's sets of vectors, of which one is in use.
    ///
    /// # Errors
    /// If bundled weights cannot be read.
    pub(super) fn of(
        collection: &Collection,
        sets: &[Arc<VectorSet>],
        in_use: Option<&str>,
    ) -> Result<Self, IndexError> {
        let (compared, choice) = (collection.compared(), collection.choice());
        let recommended = compared.as_ref().and_then(EncoderComparison::recommended).map(|best| best.key.clone());
        let row = |encoder: EncoderSpec, key: String, set: Option<&VectorSet>| CollectionEncoder {
            name: set.map_or_else(|| encoder.name(), |set| set.info().name.clone()),
            dim: set.map_or_else(|| encoder.dim(), |set| set.info().dim),
            count: set.map_or(0, VectorSet::count),
            is_whole: set.is_some_and(|set| set.info().whole),
            share: compared.as_ref().and_then(|compared| compared.share(&key)),
            is_in_use: in_use == Some(key.as_str()),
            is_chosen: choice.as_ref().is_some_and(|choice| choice.key == key),
            is_recommended: recommended.as_ref() == Some(&key),
            encoder,
            key,
        };
        let mut list = Vec::new();
        for encoder in EncoderSpec::all_bundled() {
            let key = encoder.key()?.to_string();
            let set = sets.iter().find(|set| set.info().key == key);
            list.push(row(encoder, key, set.map(|set| &**set)));
        }
        let is_new = |set: &&Arc<VectorSet>| list.iter().all(|known| known.key != set.info().key);
        let mut others: Vec<&Arc<VectorSet>> = sets.iter().filter(is_new).collect();
        others.sort_by(|one, other| one.info().name.cmp(&other.info().name));
        let others = others.into_iter().map(|set| row(set.info().encoder.clone(), set.info().key.clone(), Some(set)));
        let list = list.iter().cloned().chain(others).collect();
        Ok(Self { list, compared, is_by_hand: choice.is_some_and(|choice| choice.by_hand) })
    }

    /// Reads what is known.
    ///
    /// # Errors
    /// If the sets of vectors cannot be read.
    pub(super) fn read(collection: &Collection) -> Result<Self, IndexError> {
        let sets: Vec<_> = collection.vector_sets()?.into_iter().map(Arc::new).collect();
        Self::of(collection, &sets, collection.key_in_use().as_deref())
    }

    /// The one that suits the pictures better than what is used, unless that was chosen by a person.
    pub fn suggestion(&self) -> Option<&CollectionEncoder> {
        let is_open = |row: &&CollectionEncoder| row.is_recommended && !row.is_chosen && !row.is_in_use;
        self.list.iter().find(is_open).filter(|_| !self.is_by_hand)
    }
}
