//! Every backend against the others: our kernels with each instruction set, candle's operations,
//! candle-transformers' networks.

use crossrank::vision::{
    Architecture, Backend, ComputePrecision, DeviceChoice, Encoder, EncoderSpec, Feature, Instructions, NetworkInput,
    Pooling, UnknownStage, VisionError,
};

use super::resnets::{formula_tensors, uniform, write};

pub(super) const OURS: [Backend; 4] = [
    Backend::Kernels(Instructions::Best),
    Backend::Kernels(Instructions::Avx2),
    Backend::Kernels(Instructions::Plain),
    Backend::Folded(ComputePrecision::F32),
];

pub(super) fn inputs(count: u64, side: usize) -> Vec<NetworkInput> {
    let value = |i: u64| (2.0 * uniform(i) - 1.0) as f32;
    let picture = |n: u64| (0..3 * (side * side) as u64).map(|i| value((n << 32) + i)).collect();
    (0..count).map(|n| NetworkInput { side, data: picture(n) }).collect()
}

pub(super) fn embed(spec: &EncoderSpec, backend: Backend, inputs: &[NetworkInput]) -> Vec<f32> {
    Encoder::load_with(spec, DeviceChoice::Cpu, backend).unwrap().embed(inputs).unwrap()
}

pub(super) fn agree(spec: &EncoderSpec, inputs: &[NetworkInput], expected: &[f32], backend: Backend) {
    let found = embed(spec, backend, inputs);
    assert_eq!(found.len(), inputs.len() * spec.dim());
    for (index, (found, expected)) in found.chunks(spec.dim()).zip(expected.chunks(spec.dim())).enumerate() {
        let length = expected.iter().map(|x| x * x).sum::<f32>().sqrt();
        let distance = found.iter().zip(expected).map(|(x, y)| (x - y).powi(2)).sum::<f32>().sqrt();
        let case = format!("{}, {backend:?}, picture {index}", spec.name());
        assert!(distance < 1e-4 * length, "{case}: distance {distance} for length {length}");
    }
}

fn standard_networks_agree(architecture: Architecture) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    write(&path, &formula_tensors(architecture));
    let spec = EncoderSpec::from_file(architecture, &path);
    let inputs = inputs(3, 96);
    let expected = embed(&spec, Backend::Library, &inputs);
    for backend in OURS {
        agree(&spec, &inputs, &expected, backend);
    }
}

#[test]
fn every_backend_gives_the_vectors_of_candle_transformers_resnet18() {
    standard_networks_agree(Architecture::Resnet18);
}

#[test]
fn every_backend_gives_the_vectors_of_candle_transformers_resnet50() {
    standard_networks_agree(Architecture::Resnet50);
}

#[test]
fn every_stage_and_pooling_agrees_across_backends_for_pictures_of_any_size() {
    for side in [97, 64] {
        let inputs = inputs(2, side);
        for stage in 1..=Feature::STAGES {
            for pooling in Pooling::ALL {
                let feature = Feature::new(stage, pooling).unwrap();
                let spec = EncoderSpec { feature, ..EncoderSpec::bundled() };
                let expected = embed(&spec, Backend::Folded(ComputePrecision::F32), &inputs);
                for backend in &OURS[..3] {
                    agree(&spec, &inputs, &expected, *backend);
                }
            }
        }
    }
}

#[test]
fn stages_and_poolings_differ_and_have_the_documented_dimension() {
    let inputs = inputs(1, 64);
    let mut seen: Vec<Vec<f32>> = Vec::new();
    for (stage, dim) in [(1, 128), (2, 256), (3, 512), (4, 1024)] {
        for pooling in Pooling::ALL {
            let feature = Feature::new(stage, pooling).unwrap();
            let spec = EncoderSpec { feature, ..EncoderSpec::bundled() };
            let vector = embed(&spec, Backend::Fastest, &inputs);
            assert_eq!(vector.len(), dim);
            assert!(!seen.contains(&vector));
            seen.push(vector);
        }
    }
    assert!(matches!(Feature::new(0, Pooling::Mean), Err(UnknownStage(0))));
    assert!(matches!(Feature::new(5, Pooling::Mean), Err(UnknownStage(5))));
    let keys: std::collections::BTreeSet<String> = (1..=4)
        .flat_map(|stage| Pooling::ALL.map(|pooling| Feature { stage, pooling }))
        .map(|feature| EncoderSpec { feature, ..EncoderSpec::bundled() }.key().unwrap().to_string())
        .collect();
    assert_eq!(keys.len(), 8, "each layer has its own vectors in the cache");
}

#[test]
fn a_picture_has_the_same_vector_bit_for_bit_in_any_batch() {
    let all = inputs(37, 64);
    let encoder = Encoder::load(&EncoderSpec::bundled(), DeviceChoice::Cpu).unwrap();
    let together = encoder.embed(&all).unwrap();
    for index in [0, 16, 36] {
        let alone = encoder.embed(&all[index..=index]).unwrap();
        assert_eq!(alone, together[index * 1024..(index + 1) * 1024]);
    }
}

#[test]
fn a_stop_takes_effect_within_the_network() {
    let encoder = Encoder::load(&EncoderSpec::bundled(), DeviceChoice::Cpu).unwrap();
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let keep_going = || calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 5;
    let stopped = encoder.embed_while(&inputs(32, 224), &keep_going);
    assert!(matches!(stopped, Err(VisionError::Cancelled)));
    // 16 blocks for 32 pictures: without the stop it would have been called far more often.
    assert!(calls.into_inner() < 40);
    assert_eq!(encoder.embed(&inputs(1, 64)).unwrap().len(), 1024);
}

#[test]
fn pictures_too_small_for_the_network_are_rejected_or_have_a_vector_but_never_panic() {
    for side in 1..40 {
        let encoder = Encoder::load(&EncoderSpec::bundled(), DeviceChoice::Cpu).unwrap();
        match encoder.embed(&inputs(1, side)) {
            Ok(vector) => assert!(vector.len() == 1024 && vector.iter().all(|x| x.is_finite()), "{side}"),
            Err(error) => assert!(matches!(error, VisionError::TooSmall(_)), "{side}: {error}"),
        }
    }
}
