//! Charts for papers and reports: a [`Chart`] is a plain value that [`render_svg`] and [`render_png`] draw.
//!
//! Everything is laid out in points on a surface; SVG keeps text as text, PNG is drawn several times larger and
//! averaged, so that thin lines are smooth. Colours are Okabe and Ito's, safe for colour-blind readers; curves also
//! have markers of different shapes, so that they survive a black-and-white printer.

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
pub use runs::{Curve, Lines, curves_chart, differences_chart, heat_chart, matrix_chart, parallel_chart};

use serde::{Deserialize, Serialize};

/// A chart: one or more panels side by side under a title.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// What it shows; may be left to a caption.
    pub title: String,
    /// From left to right, equally wide.
    pub panels: Vec<Panel>,
    /// Width and height in points (1/72 inch in print, one pixel of a screen at scale 1).
    pub size: (u32, u32),
}

/// One panel of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Panel {
    /// Curves, points and bars over two axes.
    Plot(Plot),
    /// A measure over two parameters, as coloured cells.
    Heat(HeatMap),
    /// One vertical axis per parameter, one line per run.
    Parallel(Parallel),
}

/// One axis.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Axis {
    /// What is measured, with its unit.
    pub label: String,
    /// Its limits; those of the data if not given.
    pub range: Option<(f64, f64)>,
    /// Whether it is logarithmic; needs values above 0.
    pub logarithmic: bool,
    /// Names instead of numbers: value i is labelled with name i.
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
    /// Joined by a line, with occasional markers.
    #[default]
    Line,
    /// One marker per point.
    Points,
    /// One bar per point, from 0, with gains and losses in different colours.
    Bars,
}

/// One value and its interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Horizontal.
    pub x: f64,
    /// Vertical.
    pub y: f64,
    /// Low and high end of its interval, for example a confidence interval.
    pub interval: Option<(f64, f64)>,
}

impl Point {
    /// A value without an interval.
    pub fn new(x: f64, y: f64) -> Self {
        Self { x, y, interval: None }
    }
}

/// A series of values. Non-finite ones are left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Series {
    /// Its name in the legend; not listed if empty.
    pub name: String,
    /// How it is drawn.
    pub mark: Mark,
    /// Sorted by x if they are joined.
    pub points: Vec<Point>,
    /// Index of its colour in the palette; its index among the series if not given.
    pub colour: Option<usize>,
    /// Whether it is drawn pale, as background for another series.
    pub pale: bool,
    /// Whether its line is dashed, without markers.
    pub dashed: bool,
}

/// Series over two axes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Plot {
    /// Above the panel; may be empty.
    pub title: String,
    /// Horizontal.
    pub x: Axis,
    /// Vertical.
    pub y: Axis,
    /// Drawn in this order.
    pub series: Vec<Series>,
    /// Vertical lines with a label each, such as the best epoch.
    pub rules: Vec<(f64, String)>,
    /// Shaded from one x to another, with a label each.
    pub bands: Vec<((f64, f64), String)>,
}

/// A measure over two parameters.
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
    /// By row, then column; `None` if unknown.
    pub values: Vec<Vec<Option<f64>>>,
    /// Decimals of the values in the cells.
    pub decimals: usize,
    /// Whether the colours diverge from 0: losses in one colour, gains in another.
    pub diverging: bool,
}

/// One vertical axis per parameter, one line per run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parallel {
    /// Above the panel; may be empty.
    pub title: String,
    /// From left to right; the last one colours the lines.
    pub axes: Vec<Axis>,
    /// One value per line and axis; `None` if a run lacks the parameter.
    pub lines: Vec<Vec<Option<f64>>>,
}
