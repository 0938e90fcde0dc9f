//! Chart colours.

use serde::{Deserialize, Serialize};

/// For a white or a dark background.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// For paper.
    #[default]
    Light,
    /// For dark slides and screens.
    Dark,
}

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colour(pub u8, pub u8, pub u8);

/// The colours of one theme.
#[derive(Debug)]
pub(super) struct Palette {
    pub background: Colour,
    pub text: Colour,
    pub weak: Colour,
    pub grid: Colour,
    pub axis: Colour,
    pub missing: Colour,
    /// Okabe and Ito's without yellow (invisible on white), darkened or lightened to suit the background.
    pub series: [Colour; 7],
    pub gain: Colour,
    pub loss: Colour,
}

const LIGHT: Palette = Palette {
    background: Colour(0xff, 0xff, 0xff),
    text: Colour(0x1b, 0x1f, 0x26),
    weak: Colour(0x5c, 0x66, 0x74),
    grid: Colour(0xe7, 0xea, 0xee),
    axis: Colour(0x8a, 0x93, 0x9f),
    missing: Colour(0xee, 0xf0, 0xf3),
    series: [
        Colour(0x00, 0x72, 0xb2),
        Colour(0xd5, 0x5e, 0x00),
        Colour(0x00, 0x8f, 0x68),
        Colour(0xb5, 0x5a, 0x94),
        Colour(0xc9, 0x8a, 0x00),
        Colour(0x3d, 0x9d, 0xd0),
        Colour(0x4a, 0x4f, 0x57),
    ],
    gain: Colour(0x00, 0x72, 0xb2),
    loss: Colour(0xd5, 0x5e, 0x00),
};

const DARK: Palette = Palette {
    background: Colour(0x14, 0x16, 0x1a),
    text: Colour(0xe4, 0xe7, 0xec),
    weak: Colour(0x9a, 0xa3, 0xb0),
    grid: Colour(0x2a, 0x2e, 0x35),
    axis: Colour(0x6b, 0x74, 0x80),
    missing: Colour(0x24, 0x28, 0x2e),
    series: [
        Colour(0x56, 0xb4, 0xe9),
        Colour(0xf0, 0x8a, 0x3c),
        Colour(0x2f, 0xbf, 0x8f),
        Colour(0xd8, 0x94, 0xbd),
        Colour(0xe6, 0xb4, 0x3c),
        Colour(0x7c, 0x9c, 0xff),
        Colour(0xb4, 0xbb, 0xc6),
    ],
    gain: Colour(0x56, 0xb4, 0xe9),
    loss: Colour(0xf0, 0x8a, 0x3c),
};

impl Theme {
    pub(super) fn palette(self) -> &'static Palette {
        match self {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }
}

impl Palette {
    pub fn series(&self, index: usize) -> Colour {
        self.series[index % self.series.len()]
    }

    /// A colour for a share of 0..=1 (viridis: perceptually uniform, also for colour-blind readers).
    pub fn sequential(&self, share: f64) -> Colour {
        between(&VIRIDIS, share)
    }

    /// A colour for a share of −1..=1, from losses through the background to gains.
    pub fn diverging(&self, share: f64) -> Colour {
        between(&[self.loss, self.background, self.gain], (share + 1.0) / 2.0)
    }
}

/// Nine stops of matplotlib's viridis (CC0).
const VIRIDIS: [Colour; 9] = [
    Colour(0x44, 0x01, 0x54),
    Colour(0x47, 0x2d, 0x7b),
    Colour(0x3b, 0x52, 0x8b),
    Colour(0x2c, 0x72, 0x8e),
    Colour(0x21, 0x91, 0x8c),
    Colour(0x28, 0xae, 0x80),
    Colour(0x5e, 0xc9, 0x62),
    Colour(0xad, 0xdc, 0x30),
    Colour(0xfd, 0xe7, 0x25),
];

fn between(stops: &[Colour], share: f64) -> Colour {
    let position = share.clamp(0.0, 1.0) * (stops.len() - 1) as f64;
    let low = (position as usize).min(stops.len() - 2);
    stops[low].mix(stops[low + 1], position - low as f64)
}

impl Colour {
    /// This colour, `share` of the way to another.
    pub fn mix(self, other: Colour, share: f64) -> Colour {
        let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share).round() as u8;
        Colour(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }

    /// Black or white, whichever is legible on this colour.
    pub fn readable(self) -> Colour {
        let luminance = 0.299 * f64::from(self.0) + 0.587 * f64::from(self.1) + 0.114 * f64::from(self.2);
        if luminance > 140.0 { Colour(0x14, 0x16, 0x1a) } else { Colour(0xff, 0xff, 0xff) }
    }
}
