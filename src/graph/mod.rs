//! Vectors to neighbours: exact k-NN graphs, their statistics and layout.
