//! EfficientNet-Lite0 against PyTorch.

use crossrank::vision::{
    Architecture, Backend, ComputePrecision, DeviceChoice, Encoder, EncoderSpec, Feature, Pooling, Preprocess,
    VisionError,
};

use super::FeatureGolden;
use super::backends::{OURS, agree, embed, inputs};
use super::resnets::{Pooled, formula_input};

#[derive(serde::Deserialize)]
struct Golden {
    #[serde(flatten)]
    photos: FeatureGolden,
    formula: Pooled,
}

fn golden() -> Golden {
    super::fixture("efficientnet_lite0_features.json")
}

fn spec() -> EncoderSpec {
    EncoderSpec::find(Some(Architecture::EfficientNetLite0), None).expect("its weights are bundled")
}

fn load(backend: Backend) -> Encoder {
    Encoder::load_with(&spec(), DeviceChoice::Cpu, backend).expect("the bundled weights load")
}

#[test]
fn kernels_agree_with_pytorch_on_photos_and_the_formula_input() {
    let (golden, encoder) = (golden(), load(Backend::Fastest));
    golden.formula.check("our kernels", &encoder.embed(&[formula_input()]).unwrap());
    let Some(folder) = super::photos() else { return };
    golden.photos.check(&encoder, &folder);
}

#[test]
fn candles_operations_agree_with_pytorch_on_photos_and_the_formula_input() {
    let (golden, encoder) = (golden(), load(Backend::Folded(ComputePrecision::F32)));
    golden.formula.check("candle's operations", &encoder.embed(&[formula_input()]).unwrap());
    let Some(folder) = super::photos() else { return };
    golden.photos.check(&encoder, &folder);
}

#[test]
fn every_stage_and_pooling_agrees_across_backends_for_pictures_of_any_size() {
    // At an odd side, the zeros around a window of stride 2 are as many before as after.
    for side in [97, 64] {
        let inputs = inputs(2, side);
        for (stage, dim) in [(1, 24), (2, 40), (3, 112), (4, 1280)] {
            for pooling in Pooling::ALL {
                let spec = EncoderSpec { feature: Feature::new(stage, pooling).unwrap(), ..spec() };
                assert_eq!(spec.dim(), dim);
                let expected = embed(&spec, Backend::Folded(ComputePrecision::F32), &inputs);
                assert!(expected.iter().any(|number| *number != 0.0));
                for backend in &OURS[..3] {
                    agree(&spec, &inputs, &expected, *backend);
                }
            }
        }
    }
}

#[test]
fn a_picture_has_the_same_vector_bit_for_bit_in_any_batch() {
    let (all, encoder) = (inputs(21, 48), load(Backend::Fastest));
    let together = encoder.embed(&all).unwrap();
    for index in [0, 16, 20] {
        assert_eq!(encoder.embed(&all[index..=index]).unwrap(), together[index * 1280..(index + 1) * 1280]);
    }
}

#[test]
fn pictures_of_any_size_have_a_vector() {
    let encoder = load(Backend::Fastest);
    for side in [1, 2, 3, 7, 31, 33] {
        let vector = encoder.embed(&inputs(1, side)).unwrap();
        assert!(vector.len() == 1280 && vector.iter().all(|x| (0.0..=6.0).contains(x)), "{side}");
    }
    assert!(matches!(encoder.embed(&inputs(1, 0)), Err(VisionError::TooSmall(0))));
}

#[test]
fn it_is_an_encoder_of_its_own_with_its_own_preprocessing() {
    let (ours, usual) = (spec(), EncoderSpec::bundled());
    assert_eq!((ours.name().as_str(), ours.dim()), ("efficientnet-lite0", 1280));
    assert_ne!(ours.key().unwrap(), usual.key().unwrap());
    assert_eq!(load(Backend::Fastest).key(), ours.key().unwrap());
    assert_eq!(ours.preprocess, Preprocess::lite());
    let shown = ours.preprocess.to_string();
    assert!(shown.contains("bicubic, RGB in 0..255 less 127, 127, 127 over 128, 128, 128"), "{shown}");
    let pixel = image::RgbImage::from_pixel(9, 9, image::Rgb([255, 127, 0]));
    let input = ours.preprocess.apply(&pixel).unwrap();
    let plane = 224 * 224;
    assert_eq!([0, plane, 2 * plane].map(|at| input.data[at]), [1.0, 0.0, -127.0 / 128.0]);
    // Both counted by hand; the manual has them.
    let counts = Architecture::BUNDLED.map(|network| network.multiplications(224, Feature::STAGES));
    assert_eq!(counts, [1_068_548_096, 383_907_552]);
}
