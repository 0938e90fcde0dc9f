//! Recognising the network whose weights a file holds.

use crossrank::vision::{Architecture, DeviceChoice, Encoder, EncoderSpec, TensorShape, VisionError};

use super::resnets::{formula_input, formula_tensors, write};
use super::weights::sparse;

#[test]
fn every_architecture_is_recognised_by_its_tensors() {
    let folder = tempfile::tempdir().unwrap();
    for architecture in Architecture::ALL {
        let path = folder.path().join("weights.safetensors");
        let mut tensors = architecture.tensors();
        tensors.push(("fc.weight".to_string(), vec![10, 4]));
        tensors.push(("bn1.num_batches_tracked".to_string(), vec![]));
        sparse(&path, &tensors, &[]);
        assert_eq!(EncoderSpec::of_file(&path).unwrap(), EncoderSpec::from_file(architecture, &path));
        for (name, _) in &mut tensors {
            *name = format!("state_dict.module.{name}");
        }
        tensors.push(("optimiser.step".to_string(), vec![1]));
        sparse(&path, &tensors, &[]);
        assert_eq!(EncoderSpec::of_file(&path).unwrap().architecture, architecture);
    }
}

#[test]
fn a_residual_network_wrapped_in_sequential_is_recognised_and_loaded_and_the_rest_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    let children = [("conv1", "0"), ("bn1", "1"), ("layer1", "4"), ("layer2", "5"), ("layer3", "6"), ("layer4", "7")];
    let plain = formula_tensors(Architecture::Resnet18);
    write(&path, &plain);
    let inputs = [formula_input()];
    let embed = || {
        let spec = EncoderSpec::of_file(&path).unwrap();
        assert_eq!(spec.architecture, Architecture::Resnet18);
        (Encoder::load(&spec, DeviceChoice::Cpu).unwrap().embed(&inputs).unwrap(), spec.ignored_tensors().unwrap())
    };
    let (expected, ignored) = embed();
    assert_eq!(ignored, [""; 0]);
    for prefix in ["", "backbone.", "encoder.model."] {
        let numbered = |name: &str| {
            let (child, rest) = name.split_once('.').unwrap();
            let number = children.iter().find(|(own, _)| *own == child).unwrap().1;
            format!("{prefix}{number}.{rest}")
        };
        let mut tensors: Vec<_> =
            plain.iter().map(|(name, shape, bytes)| (numbered(name), shape.clone(), bytes.clone())).collect();
        tensors.push((format!("{prefix}1.num_batches_tracked"), vec![1], vec![0; 4]));
        for name in ["head.weight".to_owned(), format!("{prefix}10.weight")] {
            tensors.push((name, vec![3], vec![0; 12]));
        }
        write(&path, &tensors);
        let (found, ignored) = embed();
        assert!(found == expected, "{prefix}: the vectors differ");
        let mut beside = [format!("{prefix}10.weight"), "head.weight".to_owned()];
        beside.sort();
        assert_eq!(ignored, beside, "{prefix}");
    }
}

#[test]
fn relatives_of_the_residual_networks_are_rejected_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    type Change = fn(&mut Vec<TensorShape>);
    let cases: [(Change, &str); 7] = [
        (|tensors| tensors[0].0 = "conv1.0.weight".to_string(), "resnet50d"),
        (|tensors| tensors.push(("layer1.0.se.fc1.weight".to_string(), vec![1])), "seresnet50"),
        (|tensors| tensors.iter_mut().filter(|t| t.0.contains("conv2")).for_each(|t| t.1[1] /= 8), "resnext50"),
        (|tensors| tensors.iter_mut().filter(|t| t.0.contains("conv3")).for_each(|t| t.1[1] *= 2), "wide_resnet50_2"),
        (|tensors| tensors.retain(|t| !t.0.contains("running")), "resnet50_gn"),
        (|tensors| tensors.retain(|t| !t.0.starts_with("layer3.5")), "3, 4, 5 and 3 blocks"),
        (|tensors| tensors.retain(|t| t.0 != "layer3.5.bn1.bias"), "without \"layer3.5.bn1.bias\""),
    ];
    for (change, word) in cases {
        let mut tensors = Architecture::Resnet50.tensors();
        change(&mut tensors);
        sparse(&path, &tensors, &[]);
        let message = EncoderSpec::of_file(&path).unwrap_err().to_string();
        assert!(message.contains(word) && message.ends_with(&path.display().to_string()), "{word}: {message}");
    }
    let wider = Architecture::EfficientNetLite0.tensors().into_iter().map(|(name, shape)| match name.as_str() {
        "_conv_head.weight" => (name, vec![1536, 320, 1, 1]),
        _ => (name, shape),
    });
    let with = |name: &str| [Architecture::EfficientNetLite0.tensors(), vec![(name.to_owned(), vec![8])]].concat();
    for (tensors, word) in [
        (wider.collect(), "another size than efficientnet-lite0"),
        (with("_blocks.0._se_reduce.bias"), "efficientnet-b0"),
        (vec![("blocks.0.0.conv_dw.weight".to_owned(), vec![32, 1, 3, 3])], "tf_efficientnet_lite0"),
    ] {
        sparse(&path, &tensors, &[]);
        let message = EncoderSpec::of_file(&path).unwrap_err().to_string();
        assert!(message.contains(word), "{word}: {message}");
    }
    sparse(&path, &[("h.0.attn.weight".to_string(), vec![2, 2])], &[]);
    assert!(EncoderSpec::of_file(&path).unwrap_err().to_string().contains("no supported network"));
}

#[test]
fn weights_of_a_depth_other_than_the_chosen_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    for (held, chosen) in
        [(Architecture::Resnet34, Architecture::Resnet18), (Architecture::Resnet50, Architecture::Resnet101)]
    {
        sparse(&path, &held.tensors(), &[]);
        let found = EncoderSpec::find(Some(chosen), Some(&path));
        let loaded = Encoder::load(&EncoderSpec::from_file(chosen, &path), DeviceChoice::Cpu).map(|_| ());
        for error in [found.map(|_| ()).unwrap_err(), loaded.unwrap_err()] {
            assert!(matches!(error, VisionError::OtherArchitecture { found, .. } if found == held), "{error}");
        }
        assert_eq!(EncoderSpec::find(Some(held), Some(&path)).unwrap().architecture, held);
    }
    assert!(matches!(EncoderSpec::find(Some(Architecture::Resnet18), None), Err(VisionError::NotBundled(_))));
    assert_eq!(EncoderSpec::find(None, None).unwrap(), EncoderSpec::bundled());
}
