//! Tensor names: Hugging Face's to torchvision's, and prefixes added by programs.

use std::collections::BTreeMap;

use super::fault::WeightsFault;
use super::listing::Stored;

/// A name shared by all variants of residual networks, and only by them.
const MARK: &str = "layer1.0.conv1.weight";
/// Conventional prefixes of the network to use.
const USUAL: [&str; 4] = ["state_dict.", "model.", "model_state_dict.", "module."];

/// The tensors of the one network in a file, by torchvision's names: translated from Hugging Face's and without their
/// prefix (`module.`, `state_dict.`, `model.backbone.`, …). Other tensors are dropped; a file without a residual
/// network is left unchanged.
///
/// # Errors
/// If there are several networks and none has a conventional prefix.
pub(super) fn of_network(tensors: BTreeMap<String, Stored>) -> Result<BTreeMap<String, Stored>, WeightsFault> {
    let tensors: BTreeMap<String, Stored> =
        tensors.into_iter().map(|(name, tensor)| (translated(&name).unwrap_or(name), tensor)).collect();
    let prefixes: Vec<String> = tensors.keys().filter_map(|name| Some(name.strip_suffix(MARK)?.to_string())).collect();
    let usual = |prefix: &&String| USUAL.iter().any(|usual| prefix.starts_with(usual));
    let prefix = match prefixes.as_slice() {
        [] => return Ok(tensors),
        [only] => only,
        _ if prefixes.iter().any(String::is_empty) => "",
        several => {
            let mut likely = several.iter().filter(usual);
            match (likely.next(), likely.next()) {
                (Some(one), None) => one,
                _ => return Err(WeightsFault::SeveralNetworks(several.join(" and "))),
            }
        }
    };
    if prefix.is_empty() {
        return Ok(tensors);
    }
    let rest = |(name, tensor): (String, Stored)| Some((name.strip_prefix(prefix)?.to_string(), tensor));
    Ok(tensors.into_iter().filter_map(rest).collect())
}

/// torchvision's name for a tensor of the `transformers` library's ResNet; `None` for any other name.
fn translated(name: &str) -> Option<String> {
    let own = name.strip_prefix("resnet.").unwrap_or(name);
    let (path, part) = own.rsplit_once('.')?;
    let (path, kind) = path.rsplit_once('.')?;
    if !matches!(kind, "convolution" | "normalization") {
        return None;
    }
    let is_convolution = kind == "convolution";
    let module = |convolution: &str, norm: &str| if is_convolution { convolution } else { norm }.to_string();
    if path == "embedder.embedder" {
        return Some(format!("{}.{part}", module("conv1", "bn1")));
    }
    let words: Vec<&str> = path.split('.').collect();
    let (stage, block, rest) = match words.as_slice() {
        ["encoder", "stages", stage, "layers", block, rest @ ..] => (stage.parse::<usize>().ok()?, *block, rest),
        _ => return None,
    };
    let module = match rest {
        ["shortcut"] => module("downsample.0", "downsample.1"),
        ["layer", index] => {
            let index = index.parse::<usize>().ok()?.checked_add(1)?;
            module(&format!("conv{index}"), &format!("bn{index}"))
        }
        _ => return None,
    };
    Some(format!("layer{}.{block}.{module}.{part}", stage.checked_add(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str]) -> Result<Vec<String>, WeightsFault> {
        let stored = Stored::dense(vec![1], Err("Long".to_string()), None, 0);
        let tensors = names.iter().map(|name| ((*name).to_string(), stored.clone())).collect();
        of_network(tensors).map(|tensors| tensors.into_keys().collect())
    }

    #[test]
    fn a_common_prefix_is_removed_and_other_tensors_are_dropped() {
        for prefix in
            ["", "module.", "model.", "backbone.", "state_dict.module.", "model.module.backbone.", "encoder_q."]
        {
            let names = [MARK, "conv1.weight"].map(|name| format!("{prefix}{name}"));
            let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
            if !prefix.is_empty() {
                names.extend(["optimiser.conv1.weight", "head.bias"]);
            }
            assert_eq!(found(&names).unwrap(), ["conv1.weight", MARK], "{prefix}");
        }
    }

    #[test]
    fn of_several_networks_the_one_with_a_conventional_prefix_is_used() {
        let names = ["model_ema.layer1.0.conv1.weight", "model.layer1.0.conv1.weight", "model.x"];
        assert_eq!(found(&names).unwrap(), [MARK, "x"]);
        let message = found(&["student.layer1.0.conv1.weight", "teacher.layer1.0.conv1.weight"]).unwrap_err();
        assert!(message.to_string().contains("student. and teacher."), "{message}");
    }

    #[test]
    fn names_of_transformers_are_translated() {
        let pairs = [
            ("resnet.embedder.embedder.convolution.weight", "conv1.weight"),
            ("embedder.embedder.normalization.running_var", "bn1.running_var"),
            ("resnet.encoder.stages.0.layers.0.shortcut.convolution.weight", "layer1.0.downsample.0.weight"),
            ("resnet.encoder.stages.3.layers.2.shortcut.normalization.bias", "layer4.2.downsample.1.bias"),
            ("resnet.encoder.stages.1.layers.3.layer.2.convolution.weight", "layer2.3.conv3.weight"),
            ("encoder.stages.1.layers.3.layer.0.normalization.running_mean", "layer2.3.bn1.running_mean"),
        ];
        for (theirs, ours) in pairs {
            assert_eq!(translated(theirs).as_deref(), Some(ours));
        }
        for other in ["conv1.weight", "classifier.1.weight", "encoder.stages.x.layers.0.layer.0.convolution.weight"] {
            assert_eq!(translated(other), None);
        }
    }
}
