//! Pixels to vectors: decoding, preprocessing, networks, the embedding cache.
//!
//! A picture is decoded ([`decode()`]), converted to the network's input ([`Preprocess`]) and turned into a vector by
//! an [`Encoder`]. [`embed()`] does so for a whole data set, storing every vector in an [`EmbeddingCache`], so it can
//! be stopped at any moment and never computes a vector twice.
//!
//! ```
//! use crossrank::dataset::demo_sample;
//! use crossrank::vision::{DeviceChoice, Encoder, EncoderSpec, decode};
//!
//! let photo = demo_sample().join("photos/gcompris-categorization-fishes-fish1.jpg");
//! let spec = EncoderSpec::bundled();
//! let encoder = Encoder::load(&spec, DeviceChoice::Cpu)?;
//! let vector = encoder.embed(&[spec.preprocess.apply(&decode(&photo)?)?])?;
//! assert_eq!(vector.len(), encoder.dim());
//! # Ok::<(), crossrank::vision::VisionError>(())
//! ```

mod architecture;
mod backbone;
mod cache;
mod conv;
#[cfg(test)]
mod conv_tests;
#[cfg(feature = "cuda")]
mod cuda;
mod decode;
mod device;
mod efficientnet;
mod embed;
mod encoder;
mod error;
mod fast;
mod feature;
mod file_hashes;
mod folded;
pub mod hub;
mod kernel;
mod layers;
mod pipeline;
mod pixels;
mod preprocess;
mod progress;
mod resnet;
mod shard;
mod source;
mod spec;
mod thumbnail_cache;
mod weights;
mod write;

pub use architecture::Architecture;
pub use cache::{CachedVectors, EmbeddingCache, EncoderKey};
pub use decode::{MAX_PIXELS, Thumbnail, decode, decode_bytes, decode_for, thumbnail_of};
pub use device::{DeviceChoice, DeviceError, DeviceFault, DeviceInfo, available};
pub use embed::{EmbedReport, embed, lookup};
pub use encoder::{Backend, ComputePrecision, Encoder};
pub use error::VisionError;
pub use feature::{Feature, Pooling, UnknownStage};
pub use kernel::Instructions;
pub use layers::TensorShape;
pub use pipeline::{EmbedEvent, PictureSource, embed_pictures};
pub use pixels::Pixels;
pub use preprocess::{Interpolation, NetworkInput, Preprocess};
pub use progress::{EmbedMeter, EmbedProgress};
pub use spec::{EncoderSpec, network_name};
pub use thumbnail_cache::ThumbnailCache;
pub use weights::{
    PickleError, SettingsFault, WeightsFault, WeightsFile, WeightsReader, WeightsSource, bundled_weights,
};
pub use write::{Precision, write_vectors};
