//! EfficientNet-Lite0 (Tan and Le, 2019, arXiv 1905.11946; its Lite variants have ReLU6 and no squeeze-and-excitation).

use super::backbone::{Backbone, Block, Shortcut};
use super::kernel::{Activation, Padding, Window};
use super::layers::{BatchNorm, ConvLayer};

/// Added to a batch norm's variance.
const EPSILON: f64 = 1e-3;
/// Channels after the first convolution.
const STEM: usize = 32;
/// Channels after the last one.
const HEAD: usize = 1280;

/// Blocks of one shape: how many, the window's side, the first one's stride, the ratio of inner to input channels, and
/// output channels.
type Group = (usize, usize, usize, usize, usize);

/// The blocks by stage; maps have half the side from stage to stage.
const STAGES: [&[Group]; 4] = [
    &[(1, 3, 1, 1, 16), (2, 3, 2, 6, 24)],
    &[(2, 5, 2, 6, 40)],
    &[(3, 3, 2, 6, 80), (3, 5, 1, 6, 112)],
    &[(4, 5, 2, 6, 192), (1, 3, 1, 6, 320)],
];

/// Channels after a stage (1 to 4). The last stage ends with the head, a convolution of 1×1.
pub(super) fn dim(stage: usize) -> usize {
    match STAGES[stage - 1] {
        [.., (.., output)] if stage < STAGES.len() => *output,
        _ => HEAD,
    }
}

/// The network by the tensor names of the PyTorch ports that follow TensorFlow's (`_blocks.0._depthwise_conv.weight`).
pub(super) fn layers() -> Backbone<ConvLayer> {
    let (mut input, mut index) = (STEM, 0);
    let mut stages = Vec::new();
    for groups in STAGES {
        let mut blocks = Vec::new();
        for &(count, kernel, stride, ratio, output) in groups {
            for repeat in 0..count {
                let stride = if repeat == 0 { stride } else { 1 };
                blocks.push(block(index, [input, output], ratio, [kernel, stride]));
                (input, index) = (output, index + 1);
            }
        }
        stages.push(blocks);
    }
    let head = conv("_conv_head", "_bn1", [input, HEAD], [1, 1], false);
    if let Some(last) = stages.last_mut() {
        last.push(Block { convs: vec![head], shortcut: Shortcut::None, activation: Activation::Relu6 });
    }
    let stem = conv("_conv_stem", "_bn0", [3, STEM], [3, 2], false);
    Backbone { stem, pool: None, stages, activation: Activation::Relu6 }
}

/// An inverted residual block (Sandler et al., 2018, arXiv 1801.04381): 1×1 to more channels, depthwise, 1×1 to fewer.
fn block(index: usize, [input, output]: [usize; 2], ratio: usize, [kernel, stride]: [usize; 2]) -> Block<ConvLayer> {
    let inner = input * ratio;
    let named = |name: &str, norm: &str, channels, window, depthwise| {
        let (name, norm) = (format!("_blocks.{index}.{name}"), format!("_blocks.{index}.{norm}"));
        conv(&name, &norm, channels, window, depthwise)
    };
    let mut convs = Vec::new();
    if ratio != 1 {
        convs.push(named("_expand_conv", "_bn0", [input, inner], [1, 1], false));
    }
    convs.push(named("_depthwise_conv", "_bn1", [inner, inner], [kernel, stride], true));
    convs.push(named("_project_conv", "_bn2", [inner, output], [1, 1], false));
    let shortcut = if input == output && stride == 1 { Shortcut::Input } else { Shortcut::None };
    Block { convs, shortcut, activation: Activation::None }
}

fn conv(
    name: &str,
    norm: &str,
    [inputs, outputs]: [usize; 2],
    [kernel, stride]: [usize; 2],
    depthwise: bool,
) -> ConvLayer {
    let norm = Some(BatchNorm { name: norm.to_owned(), epsilon: EPSILON });
    let window = Window { kernel, stride, padding: Padding::Same };
    ConvLayer { name: name.to_owned(), norm, inputs, outputs, window, depthwise }
}
