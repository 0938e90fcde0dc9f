//! A graph as it is to be drawn: plain values with no data set, session or network behind them.
//!
//! Whoever makes a [`Scene`] decides what colours, widths and marks mean and takes them from the palette;
//! [`canvas::SceneCanvas`] draws it, pans, zooms, and reports which node the pointer is on. A node is known by its index
//! in [`Scene::nodes`]: edges, the drawing order and the canvas's answers all use it, so the maker finds its own things
//! again without an id of their own.
//!
//! # Why it looks like this
//! - Whatever depends on the data is decided once, by the maker, and only when a small request value has changed.
//!   Whatever depends on the camera (dots or pictures, which size, whether there is room for a sign) is decided by the
//!   canvas in every frame.
//! - Scenes are shared as `Arc<Scene>`. A new pointer means a new picture, so the canvas keeps the mesh of the edges for
//!   as long as scene and camera stay the same.
//!
//! # Where additions go
//! - Signed contributions, weights between two states, dimmed parts: other colours, widths and alphas, nothing new here.
//! - Direction: a field of [`Edge`]; its arrow head belongs to the edges' mesh.
//! - Pulses along edges: a list of (edge, how far along, colour) in the scene, painted between edges and nodes, so that
//!   an animated frame leaves the mesh of the edges alone.
//! - Selecting with a lasso, pinning by dragging: further fields of [`canvas::SceneResponse`] in units of the plane; the
//!   maker alone moves nodes.

mod camera;
pub mod canvas;
mod edges;
mod nodes;
mod overlay;

use super::mark::Mark;
use egui::Color32;
use std::path::PathBuf;

/// A graph as it is to be drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// What a screen reader says of it.
    pub label: String,
    /// The colour behind everything.
    pub ground: Color32,
    /// Side of a node of size 1, in units of the plane.
    pub side: f32,
    /// Nodes large enough to show something show their pictures; else all are dots.
    pub pictures: bool,
    /// The nodes, by index.
    pub nodes: Vec<Node>,
    /// The nodes' indices in the order in which they are drawn: the last lies on top.
    pub order: Vec<usize>,
    /// The edges in the order in which they are drawn, all of them below the nodes.
    pub edges: Vec<Edge>,
    /// A line in the upper left corner.
    pub corner: String,
    /// What marks mean, in the lower left corner.
    pub legend: Vec<Key>,
}

/// One node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// Where its middle lies in the plane.
    pub at: [f32; 2],
    /// Its side as a multiple of [`Scene::side`].
    pub size: f32,
    /// The number by which the thumbnails know its picture.
    pub image: usize,
    /// The picture's file, if there is one.
    pub path: Option<PathBuf>,
    /// Its dot when far, its frame and sign when near.
    pub mark: Mark,
    /// A short text in its lower left corner; empty for none.
    pub badge: String,
    /// How much of its colour is left, between 0 and 1. Below 1 it has neither sign nor badge.
    pub alpha: f32,
    /// The colour of a line around it.
    pub outline: Option<Color32>,
}

/// One edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// Index of the node where it begins.
    pub from: usize,
    /// Index of the node where it ends.
    pub to: usize,
    /// Width in points, whatever the zoom.
    pub width: f32,
    /// Colour, with its transparency.
    pub colour: Color32,
}

/// One entry of a legend.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// What it explains.
    pub mark: Mark,
    /// What it means.
    pub text: &'static str,
}
