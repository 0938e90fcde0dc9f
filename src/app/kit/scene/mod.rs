//! A graph ready for drawing: plain values, independent of data set, session and network.
//!
//! The code that builds a [`Scene`] decides what colours, widths and marks mean and takes them from the palette;
//! [`canvas::SceneCanvas`] draws it, pans, zooms, and reports which node is under the pointer. Nodes are identified by
//! their index in [`Scene::nodes`]: edges, drawing order and responses all use it, so no separate ids are needed.
//!
//! # Design
//! - Whatever depends on the data is decided once, by the builder, and only when a small request value has changed.
//!   Whatever depends on the camera (dots or pictures, their size, whether a sign fits) is decided by the canvas in
//!   every frame.
//! - Scenes are shared as `Arc<Scene>`. A new pointer means a new scene, so the canvas reuses the mesh of the edges for
//!   as long as scene and camera stay the same.
//!
//! # Extending it
//! - Signed contributions, interpolated weights, dimmed parts: different colours, widths and alphas, nothing new here.
//! - Direction: a field of [`Edge`]; its arrow head belongs in the edge mesh.
//! - What moves in every frame (sizes, badges, pulses along edges) is a [`Motion`] beside the scene, so that an animated
//!   frame does not rebuild the edge mesh.
//! - Lasso selection, pinning by dragging: more fields of [`canvas::SceneResponse`], in units of the plane; only the
//!   builder moves nodes.

mod camera;
pub mod canvas;
mod edges;
mod motion;
mod nodes;
mod overlay;

pub use camera::Camera;
pub use motion::{Motion, Pulse};

use super::mark::Mark;
use egui::Color32;
use std::path::PathBuf;

/// A graph ready for drawing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// Its accessible label.
    pub label: String,
    /// The background colour.
    pub ground: Color32,
    /// Side of a node of size 1, in units of the plane.
    pub side: f32,
    /// Whether nodes show pictures once they are large enough; otherwise all are dots.
    pub pictures: bool,
    /// The nodes, by index.
    pub nodes: Vec<Node>,
    /// Node indices in drawing order: the last is on top.
    pub order: Vec<usize>,
    /// The edges in drawing order, all of them below the nodes.
    pub edges: Vec<Edge>,
    /// A line of text in the upper left corner.
    pub corner: String,
    /// The legend in the lower left corner.
    pub legend: Vec<Key>,
}

/// One node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// Its centre in the plane.
    pub at: [f32; 2],
    /// Its side as a multiple of [`Scene::side`].
    pub size: f32,
    /// Its picture's key in the thumbnail cache.
    pub image: usize,
    /// The picture's file, if there is one.
    pub path: Option<PathBuf>,
    /// Its dot when zoomed out, its frame and sign when zoomed in.
    pub mark: Mark,
    /// A short text in its lower left corner; empty for none.
    pub badge: String,
    /// Its opacity, between 0 and 1. Below 1 it has neither sign nor badge.
    pub alpha: f32,
    /// The colour of its outline.
    pub outline: Option<Color32>,
}

/// One edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// Index of its first node.
    pub from: usize,
    /// Index of its second node.
    pub to: usize,
    /// Width in points, independent of zoom.
    pub width: f32,
    /// Colour, including transparency.
    pub colour: Color32,
}

/// One entry of a legend.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The mark it explains.
    pub mark: Mark,
    /// Its meaning.
    pub text: String,
}
