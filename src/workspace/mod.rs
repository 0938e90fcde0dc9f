//! One session's state.
