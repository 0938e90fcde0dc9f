//! Preprocessing and networks against reference values of torchvision, onnxruntime and PyTorch.

mod backends;
pub(crate) mod devices;
mod efficientnet;
mod embedding;
pub(crate) mod files;
mod hub;
mod pickles;
mod recognition;
mod resnets;
mod server;
mod settings;
pub(crate) mod weights;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crossrank::vision::{DeviceChoice, Encoder, EncoderSpec, Preprocess, decode};

#[derive(serde::Deserialize)]
struct PreprocessGolden {
    photos: BTreeMap<String, PhotoGolden>,
}

#[derive(serde::Deserialize)]
struct PhotoGolden {
    mean: [f64; 3],
    std: [f64; 3],
    /// Per channel the pixels at y, x = 7, 21, …, 217.
    grid16: Vec<Vec<f32>>,
}

#[derive(serde::Deserialize)]
struct FeatureGolden {
    features: BTreeMap<String, Vec<f32>>,
}

impl FeatureGolden {
    /// Compares an encoder's vectors of the eight photos with these.
    fn check(&self, encoder: &Encoder, photos: &Path) {
        assert_eq!(self.features.len(), 8);
        let inputs: Vec<_> = self
            .features
            .keys()
            .map(|id| decode(&photos.join(format!("{id}.jpg"))).unwrap())
            .map(|picture| encoder.spec().preprocess.apply(&picture).unwrap())
            .collect();
        let vectors = encoder.embed(&inputs).unwrap();
        for ((id, expected), vector) in self.features.iter().zip(vectors.chunks_exact(encoder.dim())) {
            let cosine = cosine(vector, expected);
            assert!(cosine > 0.999, "{id}: cosine {cosine}");
            let ratio = vector.iter().sum::<f32>() / expected.iter().sum::<f32>();
            assert!((ratio - 1.0).abs() < 0.02, "{id}: the sums' ratio is {ratio}");
        }
    }
}

/// Reads a fixture.
fn fixture<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{error}: {}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {}", path.display()))
}

/// The sample's photos: in the repository, or in `shared/` next to the checkout. `None`, with a message, if neither
/// exists.
fn photos() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["datasets/stamps-and-places/photos", "shared/sample/photos", "../shared/sample/photos"];
    let found = folders.iter().map(|folder| root.join(folder)).find(|folder| folder.is_dir());
    if found.is_none() {
        crate::skipped(&format!("no photos of the sample under {}", root.display()));
    }
    found
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(&x, &y)| f64::from(x) * f64::from(y)).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[test]
fn preprocessing_agrees_with_torchvision_pixel_by_pixel() {
    let Some(folder) = photos() else { return };
    let golden: PreprocessGolden = fixture("preprocess.json");
    assert_eq!(golden.photos.len(), 8);
    for (id, expected) in &golden.photos {
        let picture = decode(&folder.join(format!("{id}.jpg"))).unwrap();
        let input = Preprocess::imagenet().apply(&picture).unwrap();
        assert_eq!(input.side, 224);
        for (channel, plane) in input.data.chunks_exact(224 * 224).enumerate() {
            let difference: f32 = expected.grid16[channel]
                .iter()
                .enumerate()
                .map(|(at, value)| (plane[(7 + 14 * (at / 16)) * 224 + 7 + 14 * (at % 16)] - value).abs())
                .sum();
            let difference = difference / 256.0;
            assert!(difference < 0.02, "{id}, channel {channel}: mean absolute difference {difference}");
            let mean = plane.iter().map(|&x| f64::from(x)).sum::<f64>() / plane.len() as f64;
            let variance = plane.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / plane.len() as f64;
            // JPEG decoders differ in how they round colours, which shifts a whole channel by a fraction of a level.
            assert!((mean - expected.mean[channel]).abs() < 0.01, "{id}: mean {mean}");
            assert!((variance.sqrt() - expected.std[channel]).abs() < 0.01, "{id}: deviation {}", variance.sqrt());
        }
    }
}

#[test]
fn the_bundled_encoder_agrees_with_onnxruntime() {
    let Some(folder) = photos() else { return };
    let golden: FeatureGolden = fixture("resnet50_thin_features.json");
    let encoder = Encoder::load(&EncoderSpec::bundled(), DeviceChoice::Cpu).unwrap();
    assert_eq!(encoder.dim(), 1024);
    golden.check(&encoder, &folder);
}
