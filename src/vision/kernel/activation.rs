//! What follows a convolution.

/// The function applied to each number of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::vision) enum Activation {
    /// The identity.
    None,
    /// `max(0, x)`.
    Relu,
    /// `min(max(0, x), 6)`.
    Relu6,
}

impl Activation {
    /// The least and the greatest result: all of these are clamps.
    pub(in crate::vision) fn limits(self) -> [f32; 2] {
        match self {
            Activation::None => [f32::NEG_INFINITY, f32::INFINITY],
            Activation::Relu => [0.0, f32::INFINITY],
            Activation::Relu6 => [0.0, 6.0],
        }
    }
}
