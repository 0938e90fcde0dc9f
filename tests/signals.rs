//! Relevance signals and their normalisation.
