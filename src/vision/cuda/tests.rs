//! The card against the CPU. Without a card these tests say so and check nothing.

use crate::vision::{
    Architecture, Backend, ComputePrecision, DeviceChoice, Encoder, EncoderSpec, Feature, NetworkInput, Pooling,
};

fn pictures(count: usize, side: usize) -> Vec<NetworkInput> {
    let value = |at: usize| (at as f32 * 0.37).sin() + (at as f32 * 0.011).cos();
    (0..count)
        .map(|picture| NetworkInput { side, data: (0..3 * side * side).map(|at| value(at + 977 * picture)).collect() })
        .collect()
}

/// The least cosine of rows of `dim` numbers.
fn least_cosine(a: &[f32], b: &[f32], dim: usize) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    let cosine = |(a, b): (&[f32], &[f32])| dot(a, b) / (dot(a, a) * dot(b, b)).sqrt();
    a.chunks(dim).zip(b.chunks(dim)).map(cosine).fold(1.0, f64::min)
}

#[test]
fn a_card_agrees_with_the_cpu_in_every_precision_and_for_any_number_of_pictures() {
    if let (_, Some(why)) = DeviceChoice::Cuda.or_cpu() {
        eprintln!("skipped: {why}");
        return;
    }
    for architecture in [Architecture::Resnet50Thin, Architecture::EfficientNetLite0] {
        let Ok(mut spec) = EncoderSpec::find(Some(architecture), None) else { panic!("no weights of {architecture}") };
        for (feature, side, count) in [
            (Feature::default(), 224, 3),
            (Feature::default(), 224, 300),
            (Feature::default(), 320, 70),
            (Feature { stage: 2, pooling: Pooling::Gem }, 96, 40),
        ] {
            spec.feature = feature;
            let inputs = pictures(count, side);
            let embed = |device, backend| Encoder::load_with(&spec, device, backend).and_then(|it| it.embed(&inputs));
            let expected = embed(DeviceChoice::Cpu, Backend::Fastest).expect("the CPU embeds");
            use ComputePrecision::{Bf16, F16, F32, Tf32};
            for (precision, least) in [(F32, 0.999_999_9), (Tf32, 0.9999), (F16, 0.9999), (Bf16, 0.99)] {
                let rows = embed(DeviceChoice::Cuda, Backend::Card(precision)).expect("the card embeds");
                let cosine = least_cosine(&rows, &expected, spec.dim());
                assert!(cosine > least, "{architecture}, {feature}, {side}, {count}, {precision:?}: {cosine}");
            }
        }
    }
}

#[test]
fn a_card_refuses_pictures_that_are_too_small() {
    if let (_, Some(why)) = DeviceChoice::Cuda.or_cpu() {
        eprintln!("skipped: {why}");
        return;
    }
    let encoder = Encoder::load(&EncoderSpec::bundled(), DeviceChoice::Cuda).expect("the network is loaded");
    let error = encoder.embed(&pictures(1, 2)).expect_err("two pixels are too few");
    assert!(error.to_string().contains('2'), "{error}");
}
