//! Values that are chosen by name.

use anyhow::{Result, anyhow, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Takes one of `all` by its name (in any case where the option ignores case); anything else is refused with the list
/// of names.
pub(super) fn one_of<T, const N: usize>(all: [T; N], name: fn(T) -> &'static str) -> impl TypedValueParser<Value = T>
where
    T: Copy + Send + Sync + 'static,
{
    PossibleValuesParser::new(all.map(name)).try_map(move |text| {
        all.into_iter()
            .find(|value| name(*value).eq_ignore_ascii_case(&text))
            .ok_or_else(|| anyhow!("“{text}” is not among them"))
    })
}

/// A count from 1.
pub(super) fn count(text: &str) -> Result<usize> {
    match text.parse() {
        Ok(0) => bail!("must be at least 1"),
        Ok(count) => Ok(count),
        Err(_) => bail!("must be a whole number from 1"),
    }
}

/// A picture's size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Size {
    pub width: u16,
    pub height: u16,
}

/// The smallest window that shows anything, and the largest that a graphics card is sure to draw.
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
