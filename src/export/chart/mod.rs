//! Figures for papers and reports: a [`Chart`] is a plain value, [`render_svg`] and [`render_png`] draw it.
//!
//! Everything is laid out once in points on a surface; SVG keeps text as text, PNG is drawn several times larger
//! and averaged, so that thin lines are smooth. Colours are Okabe and Ito's, told apart by anybody; curves also have
//! markers of different shapes, so that they survive a black-and-white printer.

mod axes;
mod colour;
mod font;
mod heat;
mod parallel;
mod plot;
mod ready;
mod render;
mod runs;
mod scale;
mod surface;

pub use colour::Theme;
pub use render::{render_png, render_svg, write_chart};
pub use runs::{Curve, curves_chart, differences_chart, heat_chart, matrix_chart, parallel_chart};

use serde::{Deserialize, Serialize};

/// A figure: one or more panels side by side under a title.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// What it shows; may be empty where a caption says so.
    pub title: String,
    /// From left to right, equally wide.
    pub panels: Vec<Panel>,
    /// Width and height in points (1/72 inch in print, one pixel of a screen at scale 1).
    pub size: (u32, u32),
}

/// One panel of a figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Panel {
    /// Curves, points and bars over two axes.
    Plot(Plot),
    /// Figures of two parameters as coloured cells.
    Heat(HeatMap),
    /// One upright axis a parameter, one line a run.
    Parallel(Parallel),
}

/// One axis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Axis {
    /// What is measured, with its unit.
    pub label: String,
    /// From where to where; by the data where not given.
    pub range: Option<(f64, f64)>,
    /// Whether equal factors are equally far apart; needs values above 0.
    pub logarithmic: bool,
    /// Names instead of numbers: the value i stands at name i.
    pub names: Vec<String>,
}

impl Axis {
    /// An axis of numbers.
    pub fn labelled(label: &str) -> Self {
        Self { label: label.to_owned(), ..Self::default() }
    }
}

/// How a series is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Joined by a line, with a marker here and there.
    #[default]
    Line,
    /// A marker each.
    Points,
    /// A bar each from 0, gains and losses in different colours.
    Bars,
}

/// One value, and from where to where it could lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Across.
    pub x: f64,
    /// Upwards.
    pub y: f64,
    /// The ends of its interval.
    pub interval: Option<(f64, f64)>,
}

impl Point {
    /// A value without interval.
    pub fn new(x: f64, y: f64) -> Self {
        Self { x, y, interval: None }
    }
}

/// Values that belong together. What is not finite is left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Series {
    /// Its name in the legend; without one it is not listed.
    pub name: String,
    /// How it is drawn.
    pub mark: Mark,
    /// By growing x where they are joined.
    pub points: Vec<Point>,
    /// Which of the palette's colours; by its place among the series where not given.
    pub colour: Option<usize>,
    /// Whether it is only the ground for another one, and drawn pale.
    pub pale: bool,
}

/// Series over two axes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Plot {
    /// Above the panel; may be empty.
    pub title: String,
    /// Across.
    pub x: Axis,
    /// Upwards.
    pub y: Axis,
    /// Drawn in this order.
    pub series: Vec<Series>,
    /// Upright lines with a word each, such as the best epoch.
    pub rules: Vec<(f64, String)>,
}

/// Figures of two parameters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HeatMap {
    /// Above the panel; may be empty.
    pub title: String,
    /// What the columns are.
    pub x_label: String,
    /// What the rows are.
    pub y_label: String,
    /// What the colours are.
    pub value_label: String,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Names of the rows, from top to bottom.
    pub rows: Vec<String>,
    /// By row, by column; `None` where nothing is known.
    pub values: Vec<Vec<Option<f64>>>,
    /// Decimals of the figures written into the cells.
    pub decimals: usize,
    /// Whether 0 is the middle: losses in one colour, gains in another.
    pub diverging: bool,
}

/// One upright axis a parameter, one line a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parallel {
    /// Above the panel; may be empty.
    pub title: String,
    /// From left to right; the last one colours the lines.
    pub axes: Vec<Axis>,
    /// One value per axis and line; `None` where a run has no such parameter.
    pub lines: Vec<Vec<Option<f64>>>,
}
