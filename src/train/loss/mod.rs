//! Ranking losses with analytic gradients; one file per family.

mod approx;
mod kind;
mod lists;
mod neural;
mod objective;
mod op;
mod pairs;
mod pointwise;
mod targets;

pub use kind::Loss;
pub use objective::{LossSettings, Objective, Weighting};
pub use targets::Targets;
