//! Values that are chosen by name.

use anyhow::{Result, anyhow};
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Parses one of `all` by name (in any case if the option ignores case); anything else is rejected with the list of
/// names.
pub(super) fn one_of<T, const N: usize>(all: [T; N], name: fn(T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    PossibleValuesParser::new(all.map(name)).try_map(move |text| {
        all.into_iter()
            .find(|value| name(*value).eq_ignore_ascii_case(&text))
            .ok_or_else(|| anyhow!("“{text}” is not one of them"))
    })
}

/// A count from 1 to `MOST`.
pub(super) fn count<const MOST: usize>(text: &str) -> Result<usize> {
    from_to(text, 1, MOST)
}

/// A whole number from `least` to `most`.
pub(super) fn from_to(text: &str, least: usize, most: usize) -> Result<usize> {
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| anyhow!("must be a whole number from {least} to {most}"))
}

/// A picture's size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Size {
    pub width: u16,
    pub height: u16,
}

/// From the smallest window that shows anything to the largest that any graphics card can draw.
const SIDES: std::ops::RangeInclusive<u16> = 64..=8192;

/// `WIDTHxHEIGHT`.
pub(super) fn size(text: &str) -> Result<Size> {
    let sides = text.split_once(['x', 'X', '×']).and_then(|(width, height)| {
        Some(Size { width: width.trim().parse().ok()?, height: height.trim().parse().ok()? })
    });
    sides
        .filter(|size| SIDES.contains(&size.width) && SIDES.contains(&size.height))
        .ok_or_else(|| anyhow!("must be WIDTHxHEIGHT, as in 1480x920, each from {} to {}", SIDES.start(), SIDES.end()))
}
