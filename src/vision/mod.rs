//! Pixels to vectors: decoding, preprocessing, ResNet, the embedding cache.
//!
//! A picture is decoded ([`decode()`]), brought to the network's input ([`Preprocess`]) and turned into a vector by an
//! [`Encoder`]. [`embed()`] does so for a whole data set, with everything it has computed kept in an
//! [`EmbeddingCache`], so that it can be stopped at any moment and never computes a vector twice.

mod architecture;
mod cache;
mod decode;
mod device;
mod embed;
mod encoder;
mod epilogue;
mod error;
mod feature;
mod file_hashes;
pub mod hub;
mod lanes;
mod preprocess;
mod shard;
mod source;
mod spec;
mod thin;
mod weights;
mod write;

pub use architecture::{Architecture, TensorShape};
pub use cache::{CachedVectors, EmbeddingCache, EncoderKey};
pub use decode::{MAX_PIXELS, Thumbnail, decode, decode_bytes, thumbnail, thumbnail_of};
pub use device::{DeviceChoice, DeviceInfo, available};
pub use embed::{EmbedProgress, EmbedReport, embed, lookup};
pub use encoder::Encoder;
pub use error::VisionError;
pub use feature::{Feature, Pooling};
pub use preprocess::{Interpolation, NetworkInput, Preprocess};
pub use spec::EncoderSpec;
pub use weights::{WeightsFile, WeightsReader, WeightsSource, bundled_weights};
pub use write::{Precision, write_vectors};
