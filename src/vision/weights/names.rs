//! Tensor names: Hugging Face's to torchvision's, and prefixes added by programs.

use std::collections::BTreeMap;

use super::fault::WeightsFault;
use super::listing::Stored;

/// Conventional prefixes of the network to use.
const USUAL: [&str; 4] = ["state_dict.", "model.", "model_state_dict.", "module."];

/// How the tensors of a network are named after their prefix.
#[derive(Clone, Copy)]
enum Naming {
    /// As ours.
    Own,
    /// torchvision's residual networks whose children are wrapped in `nn.Sequential`, and so numbered.
    Sequential,
}

/// For each naming, a name shared by all variants of a kind of network, and only by them.
const MARKS: [(&str, Naming); 3] = [
    ("layer1.0.conv1.weight", Naming::Own),
    ("_blocks.0._depthwise_conv.weight", Naming::Own),
    ("4.0.conv1.weight", Naming::Sequential),
];

/// The tensors of a file.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    /// Those of its network, by our names.
    pub network: BTreeMap<String, Stored>,
    /// The names of the others.
    pub ignored: Vec<String>,
}

/// The tensors of the one network in a file: translated from Hugging Face's names and `nn.Sequential`'s numbers, and
/// without their prefix (`module.`, `state_dict.`, `model.backbone.`, …). Of a file without a supported network, all.
///
/// # Errors
/// If there are several networks and none has a conventional prefix.
pub(super) fn of_network(tensors: BTreeMap<String, Stored>) -> Result<Sorted, WeightsFault> {
    let tensors: BTreeMap<String, Stored> =
        tensors.into_iter().map(|(name, tensor)| (translated(&name).unwrap_or(name), tensor)).collect();
    let networks: Vec<(String, Naming)> = tensors.keys().filter_map(|name| marked(name)).collect();
    let usual = |network: &&(String, Naming)| USUAL.iter().any(|usual| network.0.starts_with(usual));
    let network = match networks.as_slice() {
        [] => return Ok(Sorted { network: tensors, ignored: Vec::new() }),
        [only] => only,
        several => match several.iter().find(|(prefix, _)| prefix.is_empty()) {
            Some(bare) => bare,
            None => {
                let mut likely = several.iter().filter(usual);
                match (likely.next(), likely.next()) {
                    (Some(one), None) => one,
                    _ => {
                        let prefixes: Vec<&str> = several.iter().map(|(prefix, _)| prefix.as_str()).collect();
                        return Err(WeightsFault::SeveralNetworks(prefixes.join(" and ")));
                    }
                }
            }
        },
    };
    let mut sorted = Sorted::default();
    for (name, tensor) in tensors {
        let own = name.strip_prefix(&network.0).and_then(|rest| match network.1 {
            Naming::Own => Some(rest.to_owned()),
            Naming::Sequential => numbered(rest),
        });
        match own {
            Some(own) => _ = sorted.network.insert(own, tensor),
            None => sorted.ignored.push(name),
        }
    }
    Ok(sorted)
}

/// The prefix and the naming of the network that a name is the mark of.
fn marked(name: &str) -> Option<(String, Naming)> {
    MARKS.into_iter().find_map(|(mark, naming)| {
        let prefix = name.strip_suffix(mark)?;
        // `layer4.0.conv1.weight` is no fourth child.
        let is_whole = matches!(naming, Naming::Own) || prefix.is_empty() || prefix.ends_with('.');
        is_whole.then(|| (prefix.to_owned(), naming))
    })
}

/// torchvision's name for a tensor of a residual network's numbered children. The second and third have no tensors.
fn numbered(name: &str) -> Option<String> {
    let (child, rest) = name.split_once('.')?;
    let module = match child {
        "0" => "conv1",
        "1" => "bn1",
        "4" => "layer1",
        "5" => "layer2",
        "6" => "layer3",
        "7" => "layer4",
        _ => return None,
    };
    Some(format!("{module}.{rest}"))
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

    const MARK: &str = MARKS[0].0;

    fn sorted(names: &[&str]) -> Result<Sorted, WeightsFault> {
        let stored = Stored::dense(vec![1], Err("Long".to_string()), None, 0);
        of_network(names.iter().map(|name| ((*name).to_string(), stored.clone())).collect())
    }

    fn found(names: &[&str]) -> Result<Vec<String>, WeightsFault> {
        sorted(names).map(|sorted| sorted.network.into_keys().collect())
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
            let ignored: &[&str] = if prefix.is_empty() { &[] } else { &["head.bias", "optimiser.conv1.weight"] };
            assert_eq!(sorted(&names).unwrap().ignored, ignored, "{prefix}");
        }
    }

    #[test]
    fn numbered_children_get_their_names_back_and_what_comes_after_them_is_ignored() {
        for prefix in ["", "backbone.", "encoder.model.", "0."] {
            let names = ["0.weight", "1.running_mean", "4.0.conv1.weight", "7.1.downsample.0.weight", "9.weight"]
                .map(|name| format!("{prefix}{name}"));
            let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
            names.push("head.bias");
            let sorted = sorted(&names).unwrap();
            let own: Vec<&String> = sorted.network.keys().collect();
            assert_eq!(own, ["bn1.running_mean", "conv1.weight", MARK, "layer4.1.downsample.0.weight"], "{prefix}");
            assert_eq!(sorted.ignored, [format!("{prefix}9.weight"), "head.bias".to_owned()], "{prefix}");
        }
    }

    #[test]
    fn a_fourth_stage_is_no_fourth_child() {
        assert!(marked("layer4.0.conv1.weight").is_none());
        assert!(marked("encoder.layer4.0.conv1.weight").is_none());
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
