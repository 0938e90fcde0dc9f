//! Neighbour graphs and layout on hand-placed points.
