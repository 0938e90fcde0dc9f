//! Threads and nothing else.
