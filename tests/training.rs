//! The optimisation loop.
