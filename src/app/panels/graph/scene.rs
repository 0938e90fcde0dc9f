//! Builds the scene of a query's graph, and so decides what colours, widths, marks and badges mean.

use super::edges::{compose_contributions, compose_edges};
use super::parts::{DIMMED_BY_FILTER, GraphParts};
use crate::app::kit::mark::{Mark, Shape};
use crate::app::kit::scene::{Edge, Key, Scene};
use crate::app::kit::theme::Palette;
use crate::app::kit::widgets;
use crate::dataset::Relevance;
use crate::graph::GraphStatistics;
use crate::workspace::{NODE_RADIUS, Ranking};
use std::cmp::Reverse;
use std::fmt::Write;

/// A node's side in layout units, so that the largest nodes fill the disc that the layout reserves for each.
const NODE: f32 = 1.44 * NODE_RADIUS;

/// Builds the scene, reusing the memory of an earlier one.
pub(super) fn compose(scene: &mut Scene, parts: &GraphParts<'_>, palette: &Palette) {
    let GraphStatistics { nodes, edges, .. } = *parts.statistics;
    let by = parts.name.map_or(String::new(), |name| format!(" by {name}"));
    scene.label = format!("Graph of “{}”{by}: {nodes} images, {edges} edges", parts.query.text);
    scene.ground = palette.ground;
    scene.side = NODE;
    scene.pictures = parts.look.thumbnails;
    scene.corner = statistics_line(parts.statistics);
    let key = |relevance: Option<Relevance>| Key {
        mark: Mark::of(relevance, parts.scale, palette),
        text: parts.scale.judged(relevance),
    };
    let grades = parts.scale.grades().iter().rev().map(|grade| Some(Relevance(grade.grade)));
    scene.legend = grades.chain([None]).map(key).collect();
    if parts.contributing().is_some() {
        let key = |colour, text: &str| Key { mark: Mark { shape: Shape::Plain, colour }, text: text.to_owned() };
        scene.legend.push(key(palette.accent, "raises the selected score"));
        scene.legend.push(key(palette.curves[1], "lowers it"));
    }
    let focus = parts.focus();
    let ranking = parts.ranking.filter(|ranking| ranking.scores.len() == parts.positions.len());
    compose_nodes(scene, parts, ranking, palette);
    scene.order.clear();
    scene.order.extend(0..scene.nodes.len());
    // The best ranked are drawn over the rest, the focus over everything.
    let rank = |node: usize| ranking.map_or(0, |ranking| ranking.ranks[node]);
    let nodes = &scene.nodes;
    scene.order.sort_by_key(|&node| (Some(node) == focus, nodes[node].alpha >= 1.0, Reverse(rank(node))));
    scene.edges.clear();
    if parts.look.edges {
        compose_edges(&mut scene.edges, parts, palette);
        compose_contributions(&mut scene.edges, parts, palette);
        let is_filtered = |edge: &&mut Edge| !parts.passes(edge.from) || !parts.passes(edge.to);
        scene
            .edges
            .iter_mut()
            .filter(is_filtered)
            .for_each(|edge| edge.colour = edge.colour.gamma_multiply(DIMMED_BY_FILTER));
    }
}

fn statistics_line(statistics: &GraphStatistics) -> String {
    let mut parts = vec![format!("{} images", statistics.nodes), format!("{} edges", statistics.edges)];
    if statistics.components > 1 {
        parts.push(format!("{} components", statistics.components));
    }
    if let Some(homophily) = statistics.homophily {
        parts.push(format!("homophily {}", widgets::decimal(homophily)));
    }
    parts.join("  ·  ")
}

fn compose_nodes(scene: &mut Scene, parts: &GraphParts<'_>, ranking: Option<&Ranking>, palette: &Palette) {
    let mut shares = ranking.filter(|_| parts.look.size_by_score).map(Ranking::shares);
    let count = parts.positions.len().min(parts.query.candidates.len());
    scene.nodes.resize_with(count, Default::default);
    for (index, node) in scene.nodes.iter_mut().enumerate() {
        node.at = parts.positions[index];
        node.size = shares.as_mut().and_then(Iterator::next).map_or(1.0, |share| 0.72 + 0.5 * share);
        node.image = parts.query.candidates[index].image;
        node.path.clone_from(&parts.images[node.image].file);
        node.mark = Mark::of(parts.grades.get(index).copied().flatten(), parts.scale, palette);
        node.alpha = parts.alpha(index);
        node.outline = (parts.selected == Some(index)).then_some(palette.accent);
        node.badge.clear();
        if let Some(ranking) = ranking.filter(|_| parts.look.ranks) {
            let _ = write!(node.badge, "{}", ranking.ranks[index] + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parts::{DIMMED_BY_HOVER, DIMMED_BY_SELECTION};
    use super::*;
    use crate::app::kit::theme;
    use crate::dataset::{Candidate, Image, ImageId, Query, QueryId};
    use crate::eval::Measures;
    use crate::judge::Scale;
    use crate::workspace::GraphLook;
    use std::collections::BTreeMap;
    use std::path::Path;

    /// Four images in a row, 0–1–2 joined and 3 alone; 2 is ranked best.
    struct Row {
        images: Vec<Image>,
        query: Query,
        ranking: Ranking,
        statistics: GraphStatistics,
        scale: Scale,
    }

    const POSITIONS: [[f32; 2]; 4] = [[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [9.0, 0.0]];
    const EDGES: [(usize, usize, f32); 2] = [(0, 1, 0.2), (1, 2, 0.8)];
    const GRADES: [Option<Relevance>; 3] = [Some(Relevance(2)), Some(Relevance(0)), Some(Relevance(-1))];

    fn row() -> Row {
        let image = |index: usize| Image {
            file: (index != 3).then(|| format!("{index}.jpg").into()),
            ..Image::new(ImageId::from(format!("image {index}").as_str()))
        };
        let candidate = |image| Candidate { image, rank: None, features: Vec::new(), clusters: Vec::new() };
        let query = Query {
            id: QueryId::from("q"),
            text: "owl".to_owned(),
            narrative: String::new(),
            split: None,
            location: None,
            // In reverse, so that candidate and image indices differ.
            candidates: (0..4).rev().map(candidate).collect(),
            clusters: BTreeMap::new(),
        };
        let ranking = Ranking {
            scores: vec![0.0, 2.0, 4.0, 1.0],
            order: vec![2, 1, 3, 0],
            ranks: vec![3, 1, 0, 2],
            measures: Measures::new(&[], []),
        };
        let statistics = GraphStatistics {
            nodes: 4,
            edges: 3,
            mean_degree: 0.75,
            components: 2,
            isolated: 1,
            mean_weight: 0.6,
            homophily: Some(0.25),
        };
        Row { images: (0..4).map(image).collect(), query, ranking, statistics, scale: Scale::default() }
    }

    impl Row {
        fn parts(&self) -> GraphParts<'_> {
            GraphParts {
                images: &self.images,
                query: &self.query,
                grades: &GRADES,
                scale: &self.scale,
                ranking: Some(&self.ranking),
                positions: &POSITIONS,
                edges: &EDGES,
                by_strength: false,
                only: None,
                statistics: &self.statistics,
                look: GraphLook::default(),
                selected: None,
                hovered: None,
                near: None,
                passing: None,
                contributions: None,
                name: None,
            }
        }
    }

    fn palette() -> &'static Palette {
        theme::palette(&egui::Visuals::dark())
    }

    fn scene(parts: &GraphParts<'_>) -> Scene {
        let mut scene = Scene::default();
        compose(&mut scene, parts, palette());
        scene
    }

    #[test]
    fn every_candidate_is_a_node_with_its_picture_mark_size_and_rank() {
        let row = row();
        let scene = scene(&row.parts());
        assert_eq!((scene.nodes.len(), scene.edges.len()), (4, 2));
        assert_eq!(scene.nodes.iter().map(|node| node.at).collect::<Vec<_>>(), POSITIONS);
        assert_eq!(scene.nodes.iter().map(|node| node.image).collect::<Vec<_>>(), [3, 2, 1, 0]);
        assert_eq!((scene.nodes[0].path.as_deref(), scene.nodes[1].path.as_deref()), (None, Some(Path::new("2.jpg"))));
        let marks: Vec<_> = scene.nodes.iter().map(|node| (node.mark.shape, node.mark.colour)).collect();
        let (yes, no, open) = (palette().relevant, palette().irrelevant, palette().unjudged);
        assert_eq!(marks, [(Shape::Tick, yes), (Shape::Cross, no), (Shape::Open, open), (Shape::Open, open)]);
        assert_eq!(scene.nodes.iter().map(|node| node.badge.as_str()).collect::<Vec<_>>(), ["4", "2", "1", "3"]);
        let sizes: Vec<f32> = scene.nodes.iter().map(|node| node.size).collect();
        assert!((sizes[0] - 0.72).abs() < 1e-6 && (sizes[1] - 0.97).abs() < 1e-6 && (sizes[2] - 1.22).abs() < 1e-6);
        assert_eq!(scene.order, [0, 3, 1, 2], "the best ranked is on top");
        assert!(scene.nodes.iter().all(|node| node.alpha == 1.0 && node.outline.is_none()));
        assert_eq!(scene.label, "Graph of “owl”: 4 images, 3 edges");
        assert_eq!(scene.corner, "4 images  ·  3 edges  ·  2 components  ·  homophily .250");
    }

    #[test]
    fn nodes_away_from_the_focus_are_dimmed() {
        let row = row();
        let alphas = |scene: &Scene| scene.nodes.iter().map(|node| node.alpha).collect::<Vec<_>>();
        let near = Some(vec![Some(0), Some(1), None, None]);
        let hovered = scene(&GraphParts { hovered: Some(0), selected: Some(3), near, ..row.parts() });
        assert_eq!(
            alphas(&hovered),
            [1.0, 1.0, DIMMED_BY_HOVER, DIMMED_BY_HOVER],
            "hovering takes precedence over the selection"
        );
        assert_eq!(hovered.nodes[3].outline, Some(palette().accent));
        assert_eq!(hovered.order, [3, 2, 1, 0], "dimmed nodes first, the focus last");
        let edges: Vec<_> = hovered.edges.iter().map(|edge| (edge.from, edge.to, edge.width)).collect();
        assert_eq!(edges, [(1, 2, 0.8), (0, 1, 1.2)], "its own edges are in front");
        let near = Some(vec![None, None, None, Some(0)]);
        let selected = scene(&GraphParts { selected: Some(3), near, ..row.parts() });
        assert_eq!(alphas(&selected), [DIMMED_BY_SELECTION, DIMMED_BY_SELECTION, DIMMED_BY_SELECTION, 1.0]);
    }

    #[test]
    fn images_that_do_not_pass_the_filter_are_hardly_there() {
        let row = row();
        let plain = scene(&row.parts());
        let filtered = scene(&GraphParts { passing: Some(&[true, true, false, true]), ..row.parts() });
        let alphas: Vec<f32> = filtered.nodes.iter().map(|node| node.alpha).collect();
        assert_eq!(alphas, [1.0, 1.0, DIMMED_BY_FILTER, 1.0]);
        assert_eq!(filtered.edges[0].colour, plain.edges[0].colour);
        assert!(filtered.edges[1].colour.a() < plain.edges[1].colour.a());
        assert_eq!(filtered.order[0], 2, "they are behind the others");
    }

    #[test]
    fn edges_widen_with_weight_and_everything_can_be_switched_off() {
        let row = row();
        let all = scene(&row.parts());
        assert!((all.edges[0].width - 0.7).abs() < 1e-6 && (all.edges[1].width - 2.2).abs() < 1e-6);
        assert!(all.edges[0].colour.a() < all.edges[1].colour.a());
        let look = GraphLook { thumbnails: false, edges: false, ranks: false, size_by_score: false };
        let mut bare = all.clone();
        compose(&mut bare, &GraphParts { look, ..row.parts() }, palette());
        assert!(bare.edges.is_empty() && !bare.pictures);
        assert!(
            bare.nodes.iter().all(|node| node.badge.is_empty() && node.size == 1.0),
            "nothing is left of the earlier scene"
        );
        assert_eq!(bare, scene(&GraphParts { look, ..row.parts() }));
    }

    #[test]
    fn what_adds_to_the_selected_score_takes_the_place_of_its_edges() {
        let row = row();
        let contributions = [0.0, 0.5, -1.0, 0.001];
        let parts = GraphParts { selected: Some(0), contributions: Some(&contributions), ..row.parts() };
        let explained = scene(&parts);
        let edges: Vec<_> = explained.edges.iter().map(|edge| (edge.from, edge.to)).collect();
        assert_eq!(edges, [(1, 2), (1, 0), (2, 0)], "the weakest is left out, the strongest in front");
        assert!(explained.edges[2].width > explained.edges[1].width);
        assert_ne!(explained.edges[1].colour.to_array()[..3], explained.edges[2].colour.to_array()[..3]);
        assert_eq!(explained.legend.len(), scene(&row.parts()).legend.len() + 2);
        let pointing = scene(&GraphParts { hovered: Some(3), ..parts });
        assert!(
            pointing.edges.iter().all(|edge| (edge.from, edge.to) != (2, 0)),
            "pointing shows that image's own edges"
        );
    }

    #[test]
    fn a_ranking_of_other_candidates_is_ignored() {
        let row = row();
        let other = Ranking { scores: vec![1.0], order: vec![0], ranks: vec![0], ..row.ranking.clone() };
        let scene = scene(&GraphParts { ranking: Some(&other), ..row.parts() });
        assert!(scene.nodes.iter().all(|node| node.badge.is_empty() && node.size == 1.0));
        assert_eq!(scene.order, [0, 1, 2, 3]);
    }
}
