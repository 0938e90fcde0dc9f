//! Connectivity of the displayed graph.

use super::{clustered, fan, request};
use crossrank::graph::{Neighbourhood, Similarities, SimilarityGraph, unit_rows};
use proptest::prelude::*;

/// Directions in the plane, in degrees.
fn directions(degrees: &[f32]) -> Similarities {
    let rows: Vec<f32> = degrees.iter().flat_map(|x| [x.to_radians().cos(), x.to_radians().sin()]).collect();
    Similarities::new(&unit_rows(&rows, 2), 2)
}

#[test]
fn a_path_goes_from_look_alike_to_look_alike_and_costs_the_sum_of_its_steps() {
    // Each is connected to its two nearest, so 0 and 2 are neighbours; the path through 1 is still shorter.
    let graph = SimilarityGraph::build(&directions(&[0.0, 20.0, 40.0, 60.0]), request(2, Neighbourhood::Directed));
    assert!(graph.neighbours(0).any(|(image, _)| image == 2));
    let path = graph.path(0, 3).expect("all four are connected");
    assert_eq!((path.images.as_slice(), path.steps()), (&[0, 1, 2, 3][..], 3));
    assert!((path.cost - 3.0 * (1.0 - 20f32.to_radians().cos())).abs() < 1e-5, "{}", path.cost);
    let back = graph.path(3, 0).expect("edges lead both ways");
    assert_eq!(back.images, [3, 2, 1, 0]);
}

#[test]
fn there_is_no_path_between_components_or_to_a_missing_image() {
    let graph = SimilarityGraph::build(&directions(&[0.0, 5.0, 90.0, 95.0]), request(1, Neighbourhood::Directed));
    assert_eq!((graph.components(), graph.isolated()), (2, 0));
    assert_eq!(graph.path(0, 2), None);
    assert_eq!((graph.path(0, 9), graph.path(9, 0)), (None, None));
    let here = graph.path(1, 1).expect("an image leads to itself");
    assert_eq!((here.images, here.cost), (vec![1], 0.0));
}

#[test]
fn hops_count_edges_whichever_way_they_point_up_to_a_limit() {
    let graph = SimilarityGraph::build(&fan(), request(1, Neighbourhood::Directed));
    // 0 ↔ 1 ← 2 and 3 ↔ 4.
    assert_eq!(graph.hops(0, 9), [Some(0), Some(1), Some(2), None, None]);
    assert_eq!(graph.hops(0, 1), [Some(0), Some(1), None, None, None]);
    assert_eq!(graph.hops(2, 0), [None, None, Some(0), None, None]);
    assert_eq!(graph.hops(7, 3), [None; 5]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn paths_components_and_hops_agree(n in 1_usize..24, k in 0_usize..4, seed in 0_u64..1000) {
        let similarities = Similarities::new(&clustered(n, 6, 3, seed), 6);
        let graph = SimilarityGraph::build(&similarities, request(k, Neighbourhood::Directed));
        let joined: Vec<(usize, usize)> = graph.undirected_edges().map(|(i, j, _)| (i, j)).collect();
        let mut starts = 0;
        for from in 0..n {
            let hops = graph.hops(from, n);
            starts += usize::from((0..from).all(|to| hops[to].is_none()));
            for (to, hops) in hops.iter().enumerate() {
                let path = graph.path(from, to);
                prop_assert_eq!(path.is_some(), hops.is_some());
                let (Some(path), Some(hops)) = (path, *hops) else { continue };
                prop_assert!(path.steps() >= hops, "no path has fewer steps than the minimum");
                prop_assert_eq!((path.images.first(), path.images.last()), (Some(&from), Some(&to)));
                let cost: f32 = path.images.windows(2).map(|s| 1.0 - similarities.get(s[0], s[1])).sum();
                prop_assert!((path.cost - cost).abs() < 1e-4);
                for step in path.images.windows(2) {
                    prop_assert!(joined.contains(&(step[0].min(step[1]), step[0].max(step[1]))));
                }
            }
        }
        prop_assert_eq!(starts, graph.components(), "one first image per component");
    }
}
