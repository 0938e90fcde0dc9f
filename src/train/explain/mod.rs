//! Why an image has its rank under a saved run, with names; and what its rank would be if something were otherwise.

mod candidates;
mod changes;
mod explainer;
mod named;
mod place;
mod scored;

pub use changes::Changes;
pub use explainer::Explainer;
pub use named::{NamedExplanation, NamedPart, PartKind, difference, score_terms};
pub use place::Place;
