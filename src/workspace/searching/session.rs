//! From a collection and what is asked of it to a data set that is open.

use super::{AtHand, CollectionEncoders, OpenCollection, Stranger};
use crate::dataset::{Dataset, Loaded, Split, TEXT_FEATURE, Warning};
use crate::graph::GraphRequest;
use crate::index::{Asked, Candidates, Collection, Example, IndexError, VectorSet};
use crate::jobs::{JobError, Worker};
use crate::train::{self, NamedVectors, RunData};
use crate::workspace::loading::{Found, OpenedCollection, measure};
use crate::workspace::looks::{Looks, Wanted};
use crate::workspace::view::ViewRequest;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

/// Opens a collection with the vectors in use.
pub(super) fn open(folder: &Path) -> Result<OpenCollection, IndexError> {
    let collection = Collection::open(folder)?;
    let sets: Vec<Arc<VectorSet>> = collection.vector_sets()?.into_iter().map(Arc::new).collect();
    let in_use = collection.key_in_use();
    let is_in_use = |set: &&Arc<VectorSet>| in_use.as_ref() == Some(&set.info().key) && set.count() > 0;
    let vectors = sets.iter().find(is_in_use).cloned();
    let encoders = CollectionEncoders::of(&collection, &sets, vectors.as_ref().map(|set| set.info().key.as_str()))?;
    let count = collection.count();
    let has_pictures = collection.has_pictures_folder();
    let (collection, encoders) = (Arc::new(collection), Arc::new(encoders));
    Ok(OpenCollection { collection, vectors, count, has_pictures, encoders })
}

/// What is asked, and the picture that was given for it, if it is none of the collection.
#[derive(Clone)]
pub(super) struct Query {
    pub(super) asked: Asked,
    pub(super) stranger: Option<Stranger>,
}

impl Query {
    /// With the vector that the collection's encoder gives to the picture.
    pub(super) fn embedded(mut self, open: &OpenCollection) -> Result<Self, JobError> {
        if let Some(stranger) = self.stranger.take() {
            let vectors = open.vectors.as_ref();
            let vectors = vectors.ok_or_else(|| IndexError::NoVectors("to compare pictures by".to_owned()))?;
            let stranger = stranger.fetched()?;
            self.asked.example = Some(Example::Vector(stranger.vector(vectors)?));
            self.stranger = Some(stranger);
        }
        Ok(self)
    }

    /// The same by words alone where the picture is gone; `None` if nothing is then asked.
    pub(super) fn embedded_or_words(self, open: &OpenCollection) -> Option<Self> {
        let words = Asked { example: None, ..self.asked.clone() };
        let alone = || (!words.text.trim().is_empty()).then(|| Self { asked: words.clone(), stranger: None });
        self.embedded(open).ok().or_else(alone)
    }
}

/// The name of a query by what it asks for.
pub(super) fn name(asked: &Asked) -> String {
    let like = match &asked.example {
        None => String::new(),
        Some(Example::Own(path)) => format!("like {path}"),
        Some(Example::Vector(_)) => "like a picture".to_owned(),
    };
    match asked.text.trim() {
        "" if like.is_empty() => "pictures".to_owned(),
        "" => like,
        text if like.is_empty() => text.to_owned(),
        text => format!("{text}, {like}"),
    }
}

/// The data set of the kept queries and what is asked for; without anything asked, of the kept queries alone, or of the
/// first pictures where there are none.
pub(super) fn gather(
    open: OpenCollection,
    query: Option<Query>,
    graph: GraphRequest,
    worker: &Worker<(), Found>,
) -> Result<Found, JobError> {
    worker.stage("Searching", 0, 0)?;
    let memory = train::memory_bound(None).map_err(JobError::Failed)?;
    let collection = &open.collection;
    let mut loaded = collection.kept()?;
    let has_queries = !loaded.dataset.queries.is_empty();
    let at_hand = match query {
        None if has_queries => None,
        None => {
            let nothing = Query { asked: Asked::default(), stranger: None };
            Some(at_hand(nothing, collection.first(Asked::MOST)?, &loaded))
        }
        Some(query) => {
            let asked = &query.asked;
            let candidates = collection.candidates(asked, open.vectors.as_deref())?;
            let has_no_match = asked.example.is_none() && candidates.matching == 0;
            if has_no_match || candidates.list.is_empty() {
                return Ok(Found::Nothing(format!("No picture matches “{}”.", name(asked))));
            }
            Some(at_hand(query, candidates, &loaded))
        }
    };
    if let Some(at_hand) = &at_hand {
        // What is only asked must not change which of the kept queries are learned from.
        let split = match loaded.dataset.query_index(&at_hand.id) {
            Some(kept) => loaded.dataset.queries[kept].split,
            None => has_queries.then_some(Split::Test),
        };
        let query = collection.query(&at_hand.id, &at_hand.asked.text, split, &at_hand.candidates);
        crate::dataset::add_query(&mut loaded, &query);
    }
    if loaded.dataset.images.is_empty() {
        return Err(JobError::Failed("This collection has no pictures yet.".to_owned()));
    }
    let choose = &mut |dataset: &Dataset, _: &mut Vec<Warning>| -> Result<Option<NamedVectors>, _> {
        let Some(set) = &open.vectors else { return Ok(None) };
        let table = collection.table(dataset, Some(set))?;
        Ok(Some((vec![set.info().name.clone()], table)))
    };
    let mut stage = |name: &str| match worker.stage(name, 0, 0) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    };
    let opened = train::open_loaded(loaded, memory, choose, &mut stage).map_err(JobError::from)?;
    let looks = at_hand.as_ref().and_then(|at_hand| looks(&opened.data, &open, &at_hand.id, graph));
    let measured = measure(collection.folder(), opened);
    Ok(Found::Collection(Box::new(OpenedCollection { open, at_hand, measured, looks })))
}

/// The images of the query at hand, compared, so that its rankings are shown with it; `None` if they are so many that the
/// list should not wait for them.
fn looks(data: &RunData, open: &OpenCollection, id: &str, graph: GraphRequest) -> Option<Looks> {
    const MOST: usize = 2_000;
    let query = data.dataset.query_index(id)?;
    if !data.has_vectors() || data.dataset.queries[query].candidates.len() > MOST {
        return None;
    }
    let view = ViewRequest { query, vectors: data.vectors.name.clone(), graph };
    let ranks = data.signals.index(TEXT_FEATURE).is_some();
    let wanted = Wanted { view, set: open.vectors.clone(), ranks };
    // What fails here is tried again, and reported, where it is shown.
    Looks::of(data, wanted, &mut |_, _| ControlFlow::Continue(())).ok()
}

fn at_hand(Query { asked, stranger }: Query, candidates: Candidates, kept: &Loaded) -> AtHand {
    let id = name(&asked);
    let is_kept = kept.dataset.query_index(&id).is_some();
    AtHand { id, asked, candidates: Arc::new(candidates), is_kept, stranger }
}
