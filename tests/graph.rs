//! Neighbour graphs and layout on hand-placed points.

mod neighbours;
mod shown;

use std::ops::ControlFlow;
use std::time::Instant;

use crossrank::base::Rng;
use crossrank::dataset::Relevance;
use crossrank::graph::{
    DEFAULT_RADIUS, GraphRequest, Neighbourhood, Similarities, SimilarityGraph, initial_positions, layout, statistics,
    unit_rows,
};

/// Five directions in the plane, in degrees: 0 and 10 close together, 50 between, 90 and 95 close together.
fn fan() -> Similarities {
    let rows: Vec<f32> = [0.0f32, 10.0, 50.0, 90.0, 95.0]
        .iter()
        .flat_map(|degrees| [3.0 * degrees.to_radians().cos(), 3.0 * degrees.to_radians().sin()])
        .collect();
    Similarities::new(&unit_rows(&rows, 2), 2)
}

fn request(k: usize, neighbourhood: Neighbourhood) -> GraphRequest {
    GraphRequest { k, neighbourhood, ..GraphRequest::default() }
}

fn edges(graph: &SimilarityGraph) -> Vec<(usize, usize)> {
    graph.edges().map(|(i, j, _)| (i, j)).collect()
}

/// `n` random directions around `clusters` centres.
fn clustered(n: usize, dim: usize, clusters: usize, seed: u64) -> Vec<f32> {
    let mut rng = Rng::new(seed);
    let centres: Vec<f64> = (0..clusters * dim).map(|_| rng.normal()).collect();
    let at = |i: usize, d: usize| centres[(i % clusters) * dim + d];
    let rows: Vec<f32> = (0..n)
        .flat_map(|i| (0..dim).map(move |d| (i, d)))
        .map(|(i, d)| (at(i, d) + 0.7 * rng.normal()) as f32)
        .collect();
    unit_rows(&rows, dim)
}

fn silent() -> impl FnMut(&[[f32; 2]], f32) -> ControlFlow<()> {
    |_, _| ControlFlow::Continue(())
}

fn distance(a: [f32; 2], b: [f32; 2]) -> f32 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

#[test]
fn directed_edges_go_to_the_k_most_similar_most_similar_first() {
    let graph = SimilarityGraph::build(&fan(), request(2, Neighbourhood::Directed));
    assert_eq!(
        edges(&graph),
        [(0, 1), (0, 2), (1, 0), (1, 2), (2, 1), (2, 3), (3, 4), (3, 2), (4, 3), (4, 2)],
        "50° is 40° from both 10° and 90°; the tie goes to the smaller index"
    );
    let (neighbour, weight) = graph.neighbours(0).next().unwrap();
    assert_eq!(neighbour, 1);
    assert!((weight - 10f32.to_radians().cos()).abs() < 1e-5);
}

#[test]
fn mutual_keeps_edges_chosen_by_both_ends_and_union_those_chosen_by_either() {
    let mutual = SimilarityGraph::build(&fan(), request(1, Neighbourhood::Mutual));
    assert_eq!(edges(&mutual), [(0, 1), (1, 0), (3, 4), (4, 3)]);
    let union = SimilarityGraph::build(&fan(), request(1, Neighbourhood::Union));
    assert_eq!(edges(&union), [(0, 1), (1, 0), (1, 2), (2, 1), (3, 4), (4, 3)]);
    assert_eq!(union.undirected_edges().map(|(i, j, _)| (i, j)).collect::<Vec<_>>(), [(0, 1), (1, 2), (3, 4)]);
}

#[test]
fn k_beyond_the_number_of_others_takes_all_and_k_zero_none() {
    let all = SimilarityGraph::build(&fan(), request(99, Neighbourhood::Directed));
    assert!((0..5).all(|i| all.neighbours(i).count() == 4 && all.neighbours(i).all(|(j, _)| j != i)));
    assert_eq!(SimilarityGraph::build(&fan(), request(0, Neighbourhood::Union)).edge_count(), 0);
}

#[test]
fn edges_below_the_minimum_weight_are_left_out() {
    let graph = SimilarityGraph::build(
        &fan(),
        GraphRequest { k: 4, neighbourhood: Neighbourhood::Directed, min_weight: 41f32.to_radians().cos() },
    );
    assert_eq!(edges(&graph), [(0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 4), (3, 2), (4, 3)]);
}

#[test]
fn an_image_without_a_vector_has_no_neighbours() {
    let rows = unit_rows(&[1.0, 0.0, 0.0, 0.0, -1.0, 0.1, f32::NAN, 1.0], 2);
    assert!(rows.iter().all(|x| x.is_finite()));
    let graph = SimilarityGraph::build(&Similarities::new(&rows, 2), request(3, Neighbourhood::Directed));
    assert_eq!(edges(&graph), [(0, 2), (2, 0)]);
    let numbers = statistics(&graph, &[]);
    assert_eq!((numbers.isolated, numbers.components, numbers.homophily), (2, 3, None));
}

#[test]
fn statistics_count_components_and_the_share_of_edges_between_equal_grades() {
    let graph = SimilarityGraph::build(&fan(), request(1, Neighbourhood::Directed));
    let grades = [Some(1), Some(2), Some(0), Some(-1), None].map(|grade| grade.map(Relevance));
    let numbers = statistics(&graph, &grades);
    assert_eq!((numbers.nodes, numbers.edges, numbers.components, numbers.isolated), (5, 5, 2, 0));
    assert_eq!(numbers.mean_degree, 1.0);
    assert_eq!(
        numbers.homophily,
        Some(2.0 / 3.0),
        "0→1 and 1→0 join relevant ones, 2→1 does not, the rest is unjudged"
    );
}

#[test]
fn graphs_and_layouts_of_no_image_and_of_one_exist() {
    for n in [0, 1] {
        let unit = unit_rows(&vec![1.0; 3 * n], 3);
        let graph = SimilarityGraph::build(&Similarities::new(&unit, 3), GraphRequest::default());
        assert_eq!((graph.n(), graph.edge_count()), (n, 0));
        assert_eq!(statistics(&graph, &[]).components, n);
        let start = initial_positions(&unit, 3, 1);
        let end = layout(&graph, &start, &[], 20, &mut silent());
        assert_eq!(end.len(), n);
        assert!(end.iter().flatten().all(|x| x.is_finite()));
    }
    assert_eq!(Similarities::new(&[], 0).n(), 0);
}

#[test]
fn cosines_agree_with_the_definition_for_any_size() {
    for (n, dim) in [(1, 1), (5, 3), (9, 17), (23, 100), (6, 515)] {
        let unit = clustered(n, dim, 3, dim as u64);
        let similarities = Similarities::new(&unit, dim);
        for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
            let row = |i: usize| &unit[i * dim..(i + 1) * dim];
            let expected: f64 = row(i).iter().zip(row(j)).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
            assert!((f64::from(similarities.get(i, j)) - expected).abs() < 1e-5, "{n} × {dim}: {i}, {j}");
            assert_eq!(similarities.get(i, j).to_bits(), similarities.get(j, i).to_bits());
        }
    }
}

#[test]
fn equal_vectors_are_equally_similar_at_any_position() {
    let mut unit = clustered(11, 37, 4, 5);
    let twin = unit[37..74].to_vec();
    unit[9 * 37..10 * 37].copy_from_slice(&twin);
    let similarities = Similarities::new(&unit, 37);
    assert!((0..11).filter(|i| ![1, 9].contains(i)).all(|i| similarities.get(i, 1) == similarities.get(i, 9)));
}

#[test]
fn no_two_discs_overlap_in_the_final_layout() {
    for (n, clusters, radius) in [(60, 1, 0.5f32), (300, 8, DEFAULT_RADIUS), (300, 300, 0.8), (900, 12, DEFAULT_RADIUS)]
    {
        let unit = clustered(n, 16, clusters, 3);
        let graph = SimilarityGraph::build(&Similarities::new(&unit, 16), GraphRequest::default());
        let end = layout(&graph, &initial_positions(&unit, 16, 7), &vec![radius; n], 100, &mut silent());
        for (i, j) in (0..n).flat_map(|i| (0..i).map(move |j| (i, j))) {
            assert!(distance(end[i], end[j]) >= 2.0 * radius, "{n} nodes: {i} and {j} overlap");
        }
    }
}

#[test]
fn even_identical_images_are_separated() {
    let unit = unit_rows(&[1.0; 40 * 4], 4);
    let graph = SimilarityGraph::build(&Similarities::new(&unit, 4), GraphRequest::default());
    let end = layout(&graph, &[], &[], 50, &mut silent());
    for (i, j) in (0..40).flat_map(|i| (0..i).map(move |j| (i, j))) {
        assert!(distance(end[i], end[j]) >= 2.0 * DEFAULT_RADIUS);
    }
}

#[test]
fn the_same_seed_gives_a_bit_identical_layout() {
    let unit = clustered(120, 24, 5, 1);
    let graph = SimilarityGraph::build(&Similarities::new(&unit, 24), GraphRequest::default());
    let run = |seed| layout(&graph, &initial_positions(&unit, 24, seed), &[], 80, &mut silent());
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn neighbours_are_drawn_nearer_than_others_and_about_one_unit_apart() {
    let unit = clustered(200, 32, 6, 2);
    let graph = SimilarityGraph::build(&Similarities::new(&unit, 32), GraphRequest::default());
    let end = layout(&graph, &initial_positions(&unit, 32, 1), &[], 150, &mut silent());
    let mut nearest: Vec<f32> = (0..200)
        .map(|i| (0..200).filter(|&j| j != i).map(|j| distance(end[i], end[j])).fold(f32::MAX, f32::min))
        .collect();
    nearest.sort_by(f32::total_cmp);
    assert!((0.75..1.6).contains(&nearest[100]), "typical distance {}", nearest[100]);
    let linked: Vec<f32> = graph.edges().map(|(i, j, _)| distance(end[i], end[j])).collect();
    let all: Vec<f32> =
        (0..200).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| distance(end[i], end[j])).collect();
    let mean = |x: &[f32]| x.iter().sum::<f32>() / x.len() as f32;
    assert!(mean(&linked) < 0.5 * mean(&all), "{} against {}", mean(&linked), mean(&all));
}

#[test]
fn nodes_stay_about_where_they_were_when_k_changes() {
    let unit = clustered(300, 32, 8, 4);
    let similarities = Similarities::new(&unit, 32);
    let build = |k| SimilarityGraph::build(&similarities, request(k, Neighbourhood::Directed));
    let before = layout(&build(10), &initial_positions(&unit, 32, 1), &[], 150, &mut silent());
    for k in [9, 11, 12] {
        let after = layout(&build(k), &before, &[], 60, &mut silent());
        let mut moved: Vec<f32> = before.iter().zip(&after).map(|(&a, &b)| distance(a, b)).collect();
        moved.sort_by(f32::total_cmp);
        let width = before.iter().flatten().fold(0.0f32, |max, x| max.max(x.abs()));
        assert!(moved[150] < 1.0 && moved[299] < 0.5 * width, "k {k}: median {}, maximum {}", moved[150], moved[299]);
    }
}

#[test]
fn images_without_neighbours_stay_near_the_others() {
    let mut rows = clustered(80, 16, 4, 3);
    rows.extend([0.0; 3 * 16]);
    let graph = SimilarityGraph::build(&Similarities::new(&rows, 16), request(8, Neighbourhood::Directed));
    let positions = layout(&graph, &initial_positions(&rows, 16, 1), &[], 200, &mut silent());
    let from_centre = |i: usize| positions[i][0].hypot(positions[i][1]);
    let farthest = (0..80).map(from_centre).fold(0.0, f32::max);
    for isolated in 80..83 {
        assert_eq!(graph.neighbours(isolated).count(), 0);
        assert!(from_centre(isolated) < 1.6 * farthest, "{}, farthest {farthest}", from_centre(isolated));
    }
}

#[test]
fn a_layout_stops_where_its_observer_breaks() {
    let unit = clustered(50, 8, 2, 4);
    let graph = SimilarityGraph::build(&Similarities::new(&unit, 8), GraphRequest::default());
    let mut seen = 0;
    let mut last = Vec::new();
    let end = layout(&graph, &initial_positions(&unit, 8, 1), &[], 100, &mut |positions, done| {
        seen += 1;
        last = positions.to_vec();
        assert!((0.0..=1.0).contains(&done));
        if seen == 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((seen, end), (5, last));
}

#[test]
fn positions_that_are_not_finite_are_harmless() {
    let unit = clustered(20, 8, 2, 4);
    let graph = SimilarityGraph::build(&Similarities::new(&unit, 8), GraphRequest::default());
    let end = layout(&graph, &[[f32::NAN, f32::INFINITY]; 20], &[f32::NAN; 20], 30, &mut silent());
    assert!(end.iter().flatten().all(|x| x.is_finite()));
}

#[test]
#[ignore = "prints times: cargo test --release graph::times -- --ignored --nocapture"]
fn times() {
    let unit = clustered(300, 1536, 10, 1);
    let started = Instant::now();
    let similarities = Similarities::new(&unit, 1536);
    println!("similarities of 300 × 1536\t{:.2}\tms", started.elapsed().as_secs_f64() * 1e3);
    for k in [10, 100] {
        let started = Instant::now();
        let graph = SimilarityGraph::build(&similarities, request(k, Neighbourhood::Directed));
        println!("graph, k = {k}\t{:.2}\tms", started.elapsed().as_secs_f64() * 1e3);
        let started = Instant::now();
        let start = initial_positions(&unit, 1536, 1);
        println!("start positions\t{:.2}\tms", started.elapsed().as_secs_f64() * 1e3);
        let started = Instant::now();
        layout(&graph, &start, &[], 150, &mut silent());
        println!("layout, k = {k}, 150 iterations\t{:.2}\tms", started.elapsed().as_secs_f64() * 1e3);
    }
}
