//! Losses and the optimisation loop.
