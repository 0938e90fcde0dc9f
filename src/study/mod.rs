//! Several runs as one piece of work.
//!
//! [`comparison`] holds runs against a baseline, query by query.

pub mod comparison;
