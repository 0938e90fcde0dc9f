//! Weak relevance signals of a candidate, and their normalisation.
