//! The layers of a network before it has any weights: names, sizes and windows.

use super::kernel::Window;

/// Name and size of a tensor.
pub type TensorShape = (String, Vec<usize>);

/// A convolution of a network.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ConvLayer {
    /// The name of its tensors without `.weight`.
    pub(super) name: String,
    /// The batch norm that follows; without one, the convolution has a bias.
    pub(super) norm: Option<BatchNorm>,
    /// Input channels.
    pub(super) inputs: usize,
    /// Output channels.
    pub(super) outputs: usize,
    pub(super) window: Window,
    /// Whether each channel has a window of its own.
    pub(super) depthwise: bool,
}

/// A batch norm of a network.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BatchNorm {
    /// The name of its tensors without `.weight`, `.bias`, ….
    pub(super) name: String,
    /// Added to the variance.
    pub(super) epsilon: f64,
}

impl ConvLayer {
    /// The shape of its weights.
    pub(super) fn shape(&self) -> [usize; 4] {
        let Window { kernel, .. } = self.window;
        [self.outputs, if self.depthwise { 1 } else { self.inputs }, kernel, kernel]
    }

    /// Its tensors and those of its batch norm.
    pub(super) fn tensors(&self) -> Vec<TensorShape> {
        let mut list = vec![(format!("{}.weight", self.name), self.shape().to_vec())];
        let each = vec![self.outputs];
        match &self.norm {
            None => list.push((format!("{}.bias", self.name), each)),
            Some(norm) => list.extend(
                ["weight", "bias", "running_mean", "running_var"]
                    .map(|part| (format!("{}.{part}", norm.name), each.clone())),
            ),
        }
        list
    }
}
