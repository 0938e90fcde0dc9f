//! What to judge next: frozen lists of images, made by pure functions of plain values.
//!
//! A [`Queue`] never changes by itself while it is worked on; [`Queue::new_in`] says how many images another one made
//! later has more. [`Kind::name`] and [`Queue::seed`] are recorded with each judgement
//! ([`super::Judgement::queue`], [`super::Judgement::seed`]).

mod boundary;
mod calibrate;
mod conflicts;
mod plain;
mod suspicious;
mod unannounced;

pub use boundary::{Scores, uncertain};
pub use conflicts::{adjudication, adjudication_of, disagreements, near_duplicates};
pub use plain::{Ranking, WHOLE, audit, of_query, pool};
pub use suspicious::{Neighbours, suspicious};
pub use unannounced::{with_controls, with_repeats};

use std::collections::HashSet;

use crate::base::{Rng, named};
use crate::dataset::{Dataset, ImageId, QueryId};

/// The kinds of queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A query's images.
    Query,
    /// Unjudged images near the top of several rankings.
    Pool,
    /// Images on which judges disagree.
    Disagreements,
    /// Labels that neighbours and the model contradict.
    Suspicious,
    /// Images near the boundary between relevant and not.
    Uncertain,
    /// Nearly equal images with different labels.
    NearDuplicates,
    /// A random sample of what is judged.
    Audit,
    /// Images that come up again unannounced.
    Repeats,
    /// Images whose grade is known, unannounced among others.
    Controls,
    /// Conflicts that one judge settles.
    Adjudication,
}

named!(
    Kind,
    "queue": Query = "query",
    Pool = "pool",
    Disagreements = "disagreements",
    Suspicious = "suspicious",
    Uncertain = "uncertain",
    NearDuplicates = "near-duplicates",
    Audit = "audit",
    Repeats = "repeats",
    Controls = "controls",
    Adjudication = "adjudication",
);

/// The order of a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// At random, from a seed. Judges agree less if they see images by decreasing relevance, so this is the default.
    Shuffled(u64),
    /// As retrieved.
    Retrieved,
}

/// Why an image is in a queue. It may bias the judge: a desk shows it after the judgement.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// It is one of the images asked for.
    Member,
    /// Its best rank, from 1, and in how many of the rankings it is within the depth.
    Pooled {
        /// The best rank.
        rank: usize,
        /// How many rankings.
        rankings: usize,
    },
    /// The grades that judges gave, by judge.
    Grades(Vec<(String, i32)>),
    /// The log-odds that the label is wrong, and the neighbours that say so, most similar first.
    Contradicted {
        /// The log-odds.
        odds: f64,
        /// Neighbours with another label.
        by: Vec<ImageId>,
    },
    /// The distance from the boundary, or how far seeds disagree.
    Doubt(f64),
    /// A nearly equal image with another label.
    Twin {
        /// The image.
        image: ImageId,
        /// The similarity of the two.
        similarity: f32,
    },
    /// It was in the queue before.
    Again,
    /// Its grade is known.
    Control,
}

/// An image to judge.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The query.
    pub query: QueryId,
    /// The image.
    pub image: ImageId,
    /// Why.
    pub reason: Reason,
}

/// A frozen list of images to judge.
#[derive(Clone, Debug, PartialEq)]
pub struct Queue {
    /// Its kind.
    pub kind: Kind,
    /// The seed of its order or its sample, where it has one.
    pub seed: Option<u64>,
    /// The images in order.
    pub items: Vec<Item>,
}

impl Queue {
    /// How many images of a queue that was made later are not in this one.
    pub fn new_in(&self, later: &Queue) -> usize {
        let known: HashSet<(&QueryId, &ImageId)> = self.items.iter().map(|item| (&item.query, &item.image)).collect();
        later.items.iter().filter(|item| !known.contains(&(&item.query, &item.image))).count()
    }

    /// The kind that stands in the journal for an image: that of the queue, unless it is among the others unannounced.
    pub fn kind_of(kind: Kind, reason: &Reason) -> Kind {
        match reason {
            Reason::Again => Kind::Repeats,
            Reason::Control => Kind::Controls,
            _ => kind,
        }
    }

    fn arranged(kind: Kind, mut items: Vec<Item>, order: Order) -> Self {
        let seed = match order {
            Order::Shuffled(seed) => {
                Rng::new(seed).shuffle(&mut items);
                Some(seed)
            }
            Order::Retrieved => None,
        };
        Self { kind, seed, items }
    }
}

/// An item of a query's candidate, both by position.
fn item(dataset: &Dataset, query: usize, candidate: usize, reason: Reason) -> Option<Item> {
    let query = dataset.queries.get(query)?;
    let image = dataset.images.get(query.candidates.get(candidate)?.image)?;
    Some(Item { query: query.id.clone(), image: image.id.clone(), reason })
}
