//! The five standard ResNets against torchvision's float64 figures, with weights made up by a formula.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crossrank::vision::{Architecture, DeviceChoice, Encoder, EncoderSpec, NetworkInput, VisionError};
use safetensors::tensor::{Dtype, TensorView};

#[derive(serde::Deserialize)]
struct Golden {
    pooled: BTreeMap<String, Pooled>,
}

#[derive(serde::Deserialize)]
struct Pooled {
    dim: usize,
    norm: f64,
    mean: f64,
    first16: Vec<f64>,
    last4: Vec<f64>,
}

/// The fixture's numbers in [0, 1): SplitMix64 of a state, the upper 24 bits.
pub(super) fn uniform(state: u64) -> f64 {
    const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut z = state.wrapping_mul(GAMMA).wrapping_add(GAMMA);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 40) as f64 / f64::from(1 << 24)
}

/// The fixture's weights for an architecture, as little-endian f32 in `state_dict` order.
pub(super) fn formula_tensors(architecture: Architecture) -> Vec<(String, Vec<usize>, Vec<u8>)> {
    let tensor = |(index, (name, shape)): (usize, (String, Vec<usize>))| {
        let fan_in = shape.iter().skip(1).product::<usize>() as f64;
        let value = |u: f64| match name.rsplit('.').next() {
            Some("weight") if shape.len() == 4 => (u - 0.5) * 2.0 * (6.0 / fan_in).sqrt(),
            Some("weight") => 0.3 * (0.5 + u),
            Some("running_var") => 0.5 + u,
            _ => (u - 0.5) * 0.2,
        };
        let count = shape.iter().product::<usize>() as u64;
        let number = |i: u64| (value(uniform(((index as u64) << 32) + i)) as f32).to_le_bytes();
        let bytes = (0..count).flat_map(number).collect();
        (name, shape, bytes)
    };
    architecture.tensors().into_iter().enumerate().map(tensor).collect()
}

pub(super) fn write(path: &Path, tensors: &[(String, Vec<usize>, Vec<u8>)]) {
    let views = tensors
        .iter()
        .map(|(name, shape, bytes)| (name.as_str(), TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap()));
    safetensors::serialize_to_file(views, None, path).unwrap();
}

fn agrees_with_torchvision(architecture: Architecture) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    write(&path, &formula_tensors(architecture));
    let encoder = Encoder::load(&EncoderSpec::from_file(architecture, &path), DeviceChoice::Cpu).unwrap();
    let data = (0..3 * 224 * 224).map(|i| (2.0 * uniform((0xABCDEF << 32) + i) - 1.0) as f32).collect();
    let vector = encoder.embed(&[NetworkInput { side: 224, data }]).unwrap();

    let golden: Golden = super::fixture("resnet_formula.json");
    let expected = &golden.pooled[architecture.name()];
    assert_eq!((vector.len(), encoder.dim()), (expected.dim, expected.dim));
    let near = |what: &str, found: f64, expected: f64, scale: f64| {
        let error = (found - expected).abs() / scale;
        assert!(error < 1e-3, "{architecture}, {what}: {found} where torchvision has {expected}");
    };
    let norm = vector.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    near("norm", norm, expected.norm, expected.norm);
    let mean = vector.iter().map(|&x| f64::from(x)).sum::<f64>() / vector.len() as f64;
    near("mean", mean, expected.mean, expected.mean);
    // Single features may be all but 0, so they are held against a feature's usual size.
    let usual = expected.norm / (expected.dim as f64).sqrt();
    let checked = vector.iter().take(16).zip(&expected.first16);
    for (&found, &expected) in checked.chain(vector[expected.dim - 4..].iter().zip(&expected.last4)) {
        near("a feature", f64::from(found), expected, expected.max(usual));
    }
}

#[test]
fn resnet18_agrees_with_torchvision() {
    agrees_with_torchvision(Architecture::Resnet18);
}

#[test]
fn resnet34_agrees_with_torchvision() {
    agrees_with_torchvision(Architecture::Resnet34);
}

#[test]
fn resnet50_agrees_with_torchvision() {
    agrees_with_torchvision(Architecture::Resnet50);
}

#[test]
fn resnet101_agrees_with_torchvision() {
    agrees_with_torchvision(Architecture::Resnet101);
}

#[test]
fn resnet152_agrees_with_torchvision() {
    agrees_with_torchvision(Architecture::Resnet152);
}

/// Loads ResNet-18 from a file made of these tensors and returns what is wrong with it.
fn refusal(tensors: &[(String, Vec<usize>, Vec<u8>)]) -> (VisionError, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    write(&path, tensors);
    let loaded = Encoder::load(&EncoderSpec::from_file(Architecture::Resnet18, &path), DeviceChoice::Cpu);
    (loaded.err().expect("the file should be refused"), path)
}

#[test]
fn a_missing_tensor_is_named_with_its_file() {
    let mut tensors = formula_tensors(Architecture::Resnet18);
    tensors.retain(|(name, ..)| name != "layer2.0.bn1.running_var");
    let (error, path) = refusal(&tensors);
    assert!(matches!(&error, VisionError::MissingTensor { missing: 1, .. }), "{error}");
    let message = error.to_string();
    assert!(message.contains("\"layer2.0.bn1.running_var\""), "{message}");
    assert!(message.ends_with(&path.display().to_string()), "{message}");
}

#[test]
fn a_tensor_of_another_network_is_named_with_its_file() {
    let mut tensors = formula_tensors(Architecture::Resnet18);
    tensors.push(("layer1.2.conv1.weight".to_string(), vec![1], vec![0; 4]));
    let (error, path) = refusal(&tensors);
    assert!(matches!(&error, VisionError::ExtraTensor { extra: 1, .. }), "{error}");
    let message = error.to_string();
    assert!(message.contains("\"layer1.2.conv1.weight\""), "{message}");
    assert!(message.ends_with(&path.display().to_string()), "{message}");
}

#[test]
fn a_tensor_of_the_wrong_size_is_named_with_both_sizes() {
    let mut tensors = formula_tensors(Architecture::Resnet18);
    let (name, shape, bytes) = &mut tensors[0];
    (*shape, *bytes) = (vec![32, 3, 7, 7], vec![0; 4 * 32 * 3 * 7 * 7]);
    let name = name.clone();
    let message = refusal(&tensors).0.to_string();
    for part in [name.as_str(), "[32, 3, 7, 7]", "[64, 3, 7, 7]"] {
        assert!(message.contains(part), "{part} is not in: {message}");
    }
}

#[test]
fn a_classifier_and_batch_counters_in_the_file_do_not_matter() {
    let mut tensors = formula_tensors(Architecture::Resnet18);
    tensors.push(("fc.weight".to_string(), vec![10, 512], vec![0; 4 * 5120]));
    tensors.push(("bn1.num_batches_tracked".to_string(), vec![1], vec![0; 4]));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    write(&path, &tensors);
    let loaded = Encoder::load(&EncoderSpec::from_file(Architecture::Resnet18, &path), DeviceChoice::Cpu);
    assert!(loaded.is_ok(), "{:?}", loaded.err());
}

#[test]
fn a_weights_file_that_is_none_is_an_error_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    for bytes in [&b""[..], b"not a network", &[0xFF; 64]] {
        std::fs::write(&path, bytes).unwrap();
        let loaded = Encoder::load(&EncoderSpec::from_file(Architecture::Resnet50Thin, &path), DeviceChoice::Cpu);
        let message = loaded.err().expect("the file should be refused").to_string();
        assert!(message.ends_with(&path.display().to_string()), "{message}");
    }
}

#[test]
fn the_encoder_and_device_names_are_read_as_they_are_written() {
    for architecture in Architecture::ALL {
        assert_eq!(architecture.to_string().parse::<Architecture>().unwrap(), architecture);
    }
    for device in DeviceChoice::ALL {
        assert_eq!(device.to_string().parse::<DeviceChoice>().unwrap(), device);
    }
    assert!("resnet51".parse::<Architecture>().unwrap_err().to_string().contains("resnet50-thin"));
    assert!("tpu".parse::<DeviceChoice>().is_err());
}

#[test]
fn the_processor_is_always_ready_and_an_absent_device_says_why() {
    let devices = crossrank::vision::available();
    assert_eq!(devices.iter().map(|device| device.choice).collect::<Vec<_>>(), DeviceChoice::ALL);
    assert_eq!(devices[0].ready, Ok(()));
    for device in &devices {
        if let Err(reason) = &device.ready {
            assert!(!reason.to_string().is_empty());
            let loaded = Encoder::load(&EncoderSpec::bundled(), device.choice);
            assert!(loaded.err().expect("the device is not ready").to_string().contains(&reason.to_string()));
        }
    }
}
