//! Pixels to vectors: decoding, preprocessing, ResNet, the embedding cache.
