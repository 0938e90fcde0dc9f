//! The preprocessing that comes with weights.

use crossrank::vision::{Architecture, EncoderSpec, Interpolation, Preprocess, VisionError};
use serde_json::json;

use super::weights::sparse;

/// The preprocessing of a ResNet-50 with these files beside it and this metadata in it.
fn found(beside: &[(&str, serde_json::Value)], note: Option<&str>) -> Result<Preprocess, VisionError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let notes: Vec<(&str, &str)> = note.iter().map(|note| ("preprocess", *note)).collect();
    sparse(&path, &Architecture::Resnet50.tensors(), &notes);
    for (name, value) in beside {
        std::fs::write(path.with_file_name(name), value.to_string()).unwrap();
    }
    EncoderSpec::of_file(&path).map(|spec| spec.preprocess)
}

/// The `config.json` of timm's resnet50.a1_in1k, without irrelevant parts.
fn timm() -> serde_json::Value {
    json!({
        "architecture": "resnet50", "num_classes": 1000, "num_features": 2048,
        "pretrained_cfg": {
            "tag": "a1_in1k", "input_size": [3, 224, 224], "test_input_size": [3, 288, 288],
            "interpolation": "bicubic", "crop_pct": 0.95, "test_crop_pct": 1.0, "crop_mode": "center",
            "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225],
        },
    })
}

/// The `preprocessor_config.json` of microsoft/resnet-50.
fn transformers() -> serde_json::Value {
    json!({
        "crop_pct": 0.875, "do_normalize": true, "do_resize": true, "feature_extractor_type": "ConvNextFeatureExtractor",
        "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225], "resample": 3, "size": 224,
    })
}

#[test]
fn timm_specifies_the_preprocessing_in_its_config() {
    let wanted = Preprocess { resize: 235, interpolation: Interpolation::Bicubic, ..Preprocess::imagenet() };
    assert_eq!(found(&[("config.json", timm())], None).unwrap(), wanted);
    let mut other = timm();
    other["pretrained_cfg"]["mean"] = json!([0.5, 0.5, 0.5]);
    other["pretrained_cfg"]["input_size"] = json!([3, 160, 160]);
    other["pretrained_cfg"]["interpolation"] = json!("bilinear");
    let read = found(&[("config.json", other), ("preprocessor_config.json", transformers())], None).unwrap();
    assert_eq!((read.mean, read.crop, read.resize), ([0.5; 3], 160, 168));
    assert_eq!(read.interpolation, Interpolation::Bilinear);
}

#[test]
fn transformers_specifies_it_in_a_separate_file() {
    let wanted = Preprocess { interpolation: Interpolation::Bicubic, ..Preprocess::imagenet() };
    let config = json!({ "model_type": "resnet", "downsample_in_bottleneck": false });
    let files = [("config.json", config), ("preprocessor_config.json", transformers())];
    assert_eq!(found(&files, None).unwrap(), wanted);
    let cropped = json!({
        "size": { "shortest_edge": 300 }, "do_center_crop": true, "crop_size": { "height": 280, "width": 280 },
        "resample": 2, "do_rescale": false, "do_normalize": false,
    });
    let read = found(&[("preprocessor_config.json", cropped)], None).unwrap();
    assert_eq!((read.resize, read.crop, read.scale, read.std), (300, 280, 1.0, [1.0; 3]));
}

#[test]
fn metadata_in_the_file_comes_first_and_the_default_last() {
    let own = Preprocess { resize: 300, bgr: true, ..Preprocess::imagenet() };
    let note = serde_json::to_string(&own).unwrap();
    assert_eq!(found(&[("config.json", timm())], Some(&note)).unwrap(), own);
    assert_eq!(found(&[], None).unwrap(), Preprocess::imagenet());
    // Files of these names that are about something else.
    let others = [("config.json", json!({ "port": 80 })), ("preprocessor_config.json", json!([1]))];
    assert_eq!(found(&others, None).unwrap(), Preprocess::imagenet());
}

#[test]
fn unsupported_settings_are_rejected_with_the_file_that_has_them() {
    let change = |key: &str, value: serde_json::Value| {
        let mut config = timm();
        config["pretrained_cfg"][key] = value;
        config
    };
    let named = |name: &str| {
        let mut config = timm();
        config["architecture"] = json!(name);
        config
    };
    let cases = [
        (change("crop_mode", json!("squash")), "squash"),
        (change("interpolation", json!("nearest")), "nearest"),
        (change("crop_pct", json!(0)), "crop of 0"),
        (change("input_size", json!([1, 28, 28])), "[1,28,28]"),
        (change("mean", json!([0.5])), "[0.5]"),
        (change("std", json!([1, 0, 1])), "deviation"),
        (named("resnetblur50"), "resnetblur50"),
        (named("resnet101"), "resnet101"),
        (json!({ "downsample_in_bottleneck": true }), "strides"),
    ];
    for (config, word) in cases {
        let message = found(&[("config.json", config)], None).unwrap_err().to_string();
        assert!(message.contains(word) && message.ends_with("config.json"), "{word}: {message}");
    }
    let square = json!({ "size": { "height": 224, "width": 224 } });
    assert!(found(&[("preprocessor_config.json", square)], None).is_err());
    assert!(found(&[], Some("{}")).unwrap_err().to_string().ends_with("model.safetensors"));
}

#[test]
fn invalid_settings_are_reported() {
    let usual = Preprocess::imagenet();
    assert!(usual.check().is_ok() && Preprocess::open_nsfw().check().is_ok());
    let bad = [
        Preprocess { crop: 300, ..usual.clone() },
        Preprocess { crop: 0, ..usual.clone() },
        Preprocess { resize: 5000, ..usual.clone() },
        Preprocess { scale: 0.0, ..usual.clone() },
        Preprocess { scale: f32::NAN, ..usual.clone() },
        Preprocess { mean: [0.0, f32::INFINITY, 0.0], ..usual.clone() },
        Preprocess { std: [1.0, -1.0, 1.0], ..usual.clone() },
    ];
    for preprocess in bad {
        let message = preprocess.check().expect_err("it is invalid").to_string();
        assert!(message.starts_with("preprocessing: "), "{message}");
    }
}

#[test]
fn the_preprocessing_is_shown_in_one_line_and_read_back_from_json() {
    let line = Preprocess::imagenet().to_string();
    let wanted =
        "256 pixels, the middle 224 × 224, bilinear, RGB in 0..1 less 0.485, 0.456, 0.406 over 0.229, 0.224, 0.225";
    assert_eq!(line, wanted);
    let line = Preprocess::open_nsfw().to_string();
    assert_eq!(line, "256 pixels, the middle 224 × 224, bilinear, BGR in 0..255 less 104, 117, 123");
    let text = serde_json::to_string(&Preprocess::open_nsfw()).unwrap();
    assert_eq!(serde_json::from_str::<Preprocess>(&text).unwrap(), Preprocess::open_nsfw());
    for filter in Interpolation::ALL {
        assert_eq!(filter.name().parse::<Interpolation>().unwrap(), filter);
    }
    assert!("cubic".parse::<Interpolation>().is_err());
}
