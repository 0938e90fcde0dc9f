//! What the scene of a query's graph is made of.

use super::only::Only;
use crate::dataset::{Image, Query, Relevance};
use crate::graph::GraphStatistics;
use crate::judge::Scale;
use crate::workspace::{GraphLook, Ranking};

/// Opacity of nodes outside the neighbourhood of the hovered node, and of the selected one. Hovering is momentary; a
/// selection lasts, so the rest must remain legible.
pub const DIMMED_BY_HOVER: f32 = 0.16;
pub const DIMMED_BY_SELECTION: f32 = 0.38;

/// Opacity of nodes that do not pass the filter, and of their edges.
pub const DIMMED_BY_FILTER: f32 = 0.1;

/// Share of the strongest contribution below which none is drawn.
const LEAST: f64 = 0.02;

/// What a scene is made of.
pub struct GraphParts<'a> {
    pub images: &'a [Image],
    pub query: &'a Query,
    /// Judgements of the query's candidates; missing ones count as not judged.
    pub grades: &'a [Option<Relevance>],
    pub scale: &'a Scale,
    pub ranking: Option<&'a Ranking>,
    pub positions: &'a [[f32; 2]],
    /// Each pair of neighbours once with its weight, weakest first; or with its strength from −1 to 1, if that is known.
    pub edges: &'a [(usize, usize, f32)],
    /// Whether it is the strength.
    pub by_strength: bool,
    /// The pairs that a graph beside it lacks.
    pub only: Option<Only<'a>>,
    pub statistics: &'a GraphStatistics,
    pub look: GraphLook,
    pub selected: Option<usize>,
    pub hovered: Option<usize>,
    /// Distance in edges of each image near the focus, `None` for those that are not; `None` without a focus.
    pub near: Option<Vec<Option<usize>>>,
    /// Whether each image passes the filter; `None` without one.
    pub passing: Option<&'a [bool]>,
    /// What each image adds to the score of the selected one, if its explanation is at hand.
    pub contributions: Option<&'a [f64]>,
    /// The graph's name, to distinguish graphs of the same query.
    pub name: Option<&'a str>,
}

impl GraphParts<'_> {
    /// The hovered image, else the selected one.
    pub fn focus(&self) -> Option<usize> {
        self.hovered.or(self.selected)
    }

    /// The images that add to the selected one's score, with what they add as a share of the most that one does, least first;
    /// `None` where that is not shown. Pointing at another image asks for that one's neighbours.
    pub fn contributing(&self) -> Option<Vec<(usize, f64)>> {
        let (contributions, selected) = (self.contributions?, self.selected?);
        if self.hovered.is_some_and(|hovered| hovered != selected) {
            return None;
        }
        let count = self.positions.len();
        let others =
            || contributions.iter().copied().enumerate().filter(|&(image, _)| image != selected && image < count);
        let most = others().map(|(_, value)| value.abs()).fold(0.0, f64::max);
        let strong = others().filter(|(_, value)| value.abs() > LEAST * most);
        let mut shares: Vec<(usize, f64)> = strong.map(|(image, value)| (image, value / most)).collect();
        shares.sort_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        Some(shares)
    }

    /// Whether an image is in focus or near the focus; without a focus, all are.
    pub fn is_near(&self, index: usize) -> bool {
        self.near.as_ref().is_none_or(|near| near.get(index).is_some_and(Option::is_some))
    }

    /// Whether an image passes the filter.
    pub fn passes(&self, index: usize) -> bool {
        self.passing.is_none_or(|passing| passing.get(index).copied().unwrap_or(false))
    }

    /// How opaque an image is: those that do not pass the filter are hardly there.
    pub fn alpha(&self, index: usize) -> f32 {
        let faded = if self.hovered.is_some() { DIMMED_BY_HOVER } else { DIMMED_BY_SELECTION };
        let alpha = if self.is_near(index) { 1.0 } else { faded };
        if self.passes(index) { alpha } else { alpha.min(DIMMED_BY_FILTER) }
    }
}
