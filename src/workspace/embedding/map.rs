//! Maps of embeddings in the plane.

use super::source::{EmbeddingSource, Held, Known, Shelf};
use crate::base::Progress;
use crate::base::Rng;
use crate::dataset::{Dataset, VectorTable};
use crate::graph::{TSNE_EPOCHS, at_unit_density, principal_components, principal_plane, tsne, unit_rows};
use crate::jobs::{Event, JobError, Slot, Wake, Worker};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

/// Images on a map at the most; of more a sample is shown.
pub const MOST_POINTS: usize = 5000;

/// Decides which images are in the sample.
const SAMPLE_SEED: u64 = 5;

/// Most maps that are kept.
const KEPT: usize = 6;

/// Which images a map shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapScope {
    /// The candidates of one query.
    Query(usize),
    /// Every image of the data set.
    All,
}

/// How vectors become places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MapMethod {
    /// The two directions in which the vectors differ most.
    Pca,
    /// t-SNE: who is near whom.
    Tsne {
        /// About how many neighbours each image keeps.
        perplexity: f32,
    },
}

/// What decides a map; two that are equal need no new one.
#[derive(Clone, Debug, PartialEq)]
pub struct MapRequest {
    /// The embedding.
    pub source: EmbeddingSource,
    /// Which images.
    pub scope: MapScope,
    /// How.
    pub method: MapMethod,
}

/// One image on a map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapPoint {
    /// Index into the data set's images.
    pub image: usize,
    /// A query it is a candidate of, and its place among that query's candidates; the first such query on a map of
    /// everything.
    pub candidate: Option<(usize, usize)>,
}

/// Images in the plane.
#[derive(Clone, Debug, PartialEq)]
pub struct EmbeddingMap {
    /// The embedding's name.
    pub name: String,
    /// The images.
    pub points: Vec<MapPoint>,
    /// Where each lies: about one point per unit of area, around the origin.
    pub places: Vec<[f32; 2]>,
    /// Images with a vector among those asked for, shown or not.
    pub there: usize,
    /// Images without a vector among those asked for.
    pub without: usize,
    /// The share of the variance that the two directions hold, for principal components.
    pub explained: Option<f64>,
}

impl EmbeddingMap {
    fn compute(worker: &Worker<(), Drawn>, request: &MapRequest, shelf: &Shelf) -> Result<Drawn, JobError> {
        worker.stage("Reading embeddings", 0, 0)?;
        let table = shelf.take(&request.source, &mut |progress| {
            worker.progress(progress);
            worker.flow()
        })?;
        let asked = points(&shelf.data.dataset, request.scope);
        let count = asked.len();
        let mut points: Vec<MapPoint> = asked.into_iter().filter(|point| has_vector(&table, point.image)).collect();
        let there = points.len();
        if there == 0 {
            return Err("none of the images has a vector".to_owned().into());
        }
        if there > MOST_POINTS {
            Rng::new(SAMPLE_SEED).shuffle(&mut points);
            points.truncate(MOST_POINTS);
            points.sort_by_key(|point| point.image);
        }
        let rows: Vec<f32> =
            points.iter().filter_map(|point| table.get(point.image)).flat_map(|row| row.to_vec()).collect();
        // The graphs join by cosine, so that lengths count for nothing here either.
        let rows = unit_rows(&rows, table.dim);
        let (mut places, explained) = match request.method {
            MapMethod::Pca => {
                worker.stage("Finding the principal components", 0, 0)?;
                let found = principal_components(&rows, table.dim, 2);
                (principal_plane(&found), Some(found.explained.iter().sum()))
            }
            MapMethod::Tsne { perplexity } => {
                worker.stage("Finding neighbours", 0, 0)?;
                let mut observe = |done: usize| match done.is_multiple_of(10) {
                    true if worker.stage("Arranging (t-SNE)", done, TSNE_EPOCHS).is_err() => ControlFlow::Break(()),
                    _ => ControlFlow::Continue(()),
                };
                let places = tsne(&rows, table.dim, perplexity, &mut observe);
                (places.ok_or(JobError::Cancelled)?, None)
            }
        };
        at_unit_density(&mut places);
        let name = table.name.clone();
        Ok((Arc::new(Self { name, points, places, there, without: count - there, explained }), table))
    }

    /// Whether only a sample of the images is shown.
    pub fn is_sample(&self) -> bool {
        self.points.len() < self.there
    }
}

fn has_vector(table: &VectorTable, image: usize) -> bool {
    table.get(image).is_some_and(|row| row.iter().any(|x| *x != 0.0))
}

fn points(dataset: &Dataset, scope: MapScope) -> Vec<MapPoint> {
    let of_query = |query: usize| {
        let candidates = dataset.queries[query].candidates.iter().enumerate();
        candidates.map(move |(place, known)| MapPoint { image: known.image, candidate: Some((query, place)) })
    };
    match scope {
        MapScope::Query(query) if query < dataset.queries.len() => of_query(query).collect(),
        MapScope::Query(_) => Vec::new(),
        MapScope::All => {
            let mut first: HashMap<usize, MapPoint> = HashMap::new();
            for point in (0..dataset.queries.len()).flat_map(of_query) {
                first.entry(point.image).or_insert(point);
            }
            let of_image = |image| first.get(&image).copied().unwrap_or(MapPoint { image, candidate: None });
            (0..dataset.images.len()).map(of_image).collect()
        }
    }
}

/// A map and the embedding it was drawn from.
type Drawn = (Arc<EmbeddingMap>, Arc<VectorTable>);

#[derive(Clone, PartialEq)]
struct Asked {
    request: MapRequest,
    in_use: Option<Held>,
}

/// The maps drawn and the running job.
#[derive(Default)]
pub struct MapState {
    asked: Option<Asked>,
    job: Slot<(), Drawn>,
    kept: Vec<(Asked, Arc<EmbeddingMap>)>,
    /// The embedding of the last map.
    known: Option<Known>,
    failure: Option<String>,
}

impl MapState {
    /// What is, or was last, to be drawn.
    pub fn request(&self) -> Option<&MapRequest> {
        self.asked.as_ref().map(|asked| &asked.request)
    }

    /// The map of that.
    pub fn map(&self) -> Option<&Arc<EmbeddingMap>> {
        let asked = self.asked.as_ref()?;
        self.kept.iter().find(|(known, _)| known == asked).map(|(_, map)| map)
    }

    /// Why there is none.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// How far it is, and for how long it has been at it.
    pub fn progress(&self) -> Option<(&Progress, Duration)> {
        self.job.worked()
    }

    pub(super) fn is_busy(&self) -> bool {
        self.job.is_running()
    }

    pub(super) fn start(&mut self, request: MapRequest, shelf: Shelf, wake: Wake) {
        self.cancel();
        self.failure = None;
        self.asked = Some(Asked { request: request.clone(), in_use: shelf.in_use() });
        if self.map().is_none() {
            self.job.start("map", wake, move |worker| EmbeddingMap::compute(worker, &request, &shelf));
        }
    }

    /// The request to draw again, if it shows the vectors in use and these have changed.
    pub(super) fn stale(&self, in_use: Option<Held>) -> Option<MapRequest> {
        let asked = self.asked.as_ref()?;
        (asked.request.source == EmbeddingSource::InUse && asked.in_use != in_use).then(|| asked.request.clone())
    }

    pub(super) fn cancel(&mut self) {
        if self.job.is_running() {
            self.job.retire();
            self.failure = Some("The map was cancelled.".to_owned());
        }
    }

    pub(super) fn retire(&mut self) {
        self.cancel();
        *self = Self::default();
    }

    /// The embedding at hand.
    pub(super) fn known(&self) -> Option<Known> {
        self.known.clone()
    }

    pub(super) fn poll(&mut self) -> bool {
        let mut changed = false;
        while let Some(event) = self.job.poll() {
            changed = true;
            match event {
                Event::Done((map, table)) => {
                    if let Some(asked) = self.asked.clone() {
                        self.known = Some((asked.request.source.clone(), table));
                        self.kept.insert(0, (asked, map));
                        self.kept.truncate(KEPT);
                    }
                }
                Event::Failed(error) => self.failure = Some(error.to_string()),
                Event::Progress(_) | Event::Update(()) => {}
            }
        }
        changed
    }
}
