//! Comparing two embeddings and drawing maps, on hand-placed points.

use crossrank::base::Rng;
use crossrank::dataset::Relevance;
use crossrank::graph::{
    Similarities, agreement, at_unit_density, homophily, perplexity_within, principal_components, principal_plane,
    tsne, unit_rows,
};
use proptest::prelude::*;
use std::ops::ControlFlow;

/// Directions in the plane, in degrees.
fn directions(degrees: &[f32]) -> Similarities {
    let rows: Vec<f32> =
        degrees.iter().flat_map(|degrees| [degrees.to_radians().cos(), degrees.to_radians().sin()]).collect();
    Similarities::new(&unit_rows(&rows, 2), 2)
}

/// The nearest, by A, of image 0: 1 2 3 4, of 1: 0 2 3 4, of 2: 1 0 3 4, of 3: 4 2 1 0, of 4: 3 2 1 0.
fn a() -> Similarities {
    directions(&[0.0, 10.0, 30.0, 70.0, 80.0])
}

/// The nearest, by B, of image 0: 3 2 1 4, of 1: 4 2 3 0, of 2: 3 0 1 4, of 3: 0 2 1 4, of 4: 1 2 3 0.
fn b() -> Similarities {
    directions(&[0.0, 50.0, 20.0, 5.0, 70.0])
}

fn random(n: usize, dim: usize, seed: u64) -> Vec<f32> {
    let mut rng = Rng::new(seed);
    (0..n * dim).map(|_| rng.normal() as f32).collect()
}

fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() < 1e-9
}

#[test]
fn overlap_and_jaccard_count_the_neighbours_in_common() {
    let found = agreement(&a(), &b(), 6);
    let overlap: Vec<f64> = found.iter().map(|at| at.expect("five images").overlap).collect();
    let jaccard: Vec<f64> = found.iter().map(|at| at.expect("five images").jaccard).collect();
    // k = 3: all three of images 0, 2 and 4, two of images 1 and 3; beyond 4 every image is a neighbour.
    for (k, (overlap_at, jaccard_at)) in
        [(0.0, 0.0), (0.5, 1.0 / 3.0), (13.0 / 15.0, 0.8), (1.0, 1.0), (1.0, 1.0), (1.0, 1.0)].into_iter().enumerate()
    {
        assert!(near(overlap[k], overlap_at) && near(jaccard[k], jaccard_at), "k {}: {:?}", k + 1, found[k]);
    }
}

#[test]
fn images_that_one_embedding_lacks_are_left_out_of_both() {
    let rows = [1.0, 0.0, 0.9, 0.1, 0.0, 1.0, 0.1, 0.9];
    let mut fewer = rows;
    fewer[2..4].fill(0.0);
    let (all, fewer) = (Similarities::new(&unit_rows(&rows, 2), 2), Similarities::new(&unit_rows(&fewer, 2), 2));
    // Images 0, 2 and 3 remain, and both agree on them.
    let found = agreement(&all, &fewer, 2);
    assert!(found.iter().all(|at| at.is_some_and(|at| near(at.overlap, 1.0) && near(at.jaccard, 1.0))), "{found:?}");
    let none = Similarities::new(&[0.0; 8], 2);
    assert_eq!(agreement(&all, &none, 2), [None, None]);
}

#[test]
fn homophily_is_the_share_of_relevant_neighbours_and_chance_that_of_all_others() {
    let relevance = [1, 1, 1, 0, 0].map(|grade| Some(Relevance(grade)));
    let shares = |similarities: &Similarities| -> Vec<f64> {
        homophily(similarities, &relevance, 5).iter().map(|at| at.expect("judged").share).collect()
    };
    for (found, expected) in
        [(shares(&a()), [1.0, 1.0, 2.0 / 3.0, 0.5, 0.5]), (shares(&b()), [0.0, 0.5, 5.0 / 9.0, 0.5, 0.5])]
    {
        assert!(found.iter().zip(expected).all(|(found, expected)| near(*found, expected)), "{found:?} {expected:?}");
    }
    // Two of the four others are relevant; with every image as a neighbour there is no gain over chance.
    let at = homophily(&a(), &relevance, 4);
    assert!(at.iter().flatten().all(|at| near(at.chance, 0.5)));
    assert!(near(at[3].expect("judged").lift(), 0.0) && near(at[0].expect("judged").lift(), 0.5));
}

#[test]
fn unjudged_neighbours_count_neither_way() {
    let relevance = [Some(Relevance(1)), Some(Relevance(1)), None, Some(Relevance(0))];
    // Image 4 has no entry at all; of image 0's neighbours 1 2 3 only 1 and 3 are judged, of image 1's 0 and 3.
    let found: Vec<f64> = homophily(&a(), &relevance, 4).iter().map(|at| at.expect("judged").share).collect();
    assert!(found.iter().zip([1.0, 1.0, 0.5, 0.5]).all(|(found, expected)| near(*found, expected)), "{found:?}");
    assert!(near(homophily(&a(), &relevance, 1)[0].expect("judged").chance, 0.5), "one of the two others");
    assert_eq!(homophily(&a(), &[Some(Relevance(0)); 5], 2), [None, None], "nothing is relevant");
    assert_eq!(homophily(&a(), &[], 1), [None]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn comparing_is_symmetric_and_independent_of_the_images_order(seed in 0_u64..1000, n in 3_usize..30) {
        let (x, y) = (random(n, 6, seed), random(n, 9, seed + 1000));
        let mut order: Vec<usize> = (0..n).collect();
        Rng::new(seed).shuffle(&mut order);
        let shuffled = |rows: &[f32], dim: usize| -> Vec<f32> {
            order.iter().flat_map(|&i| rows[i * dim..(i + 1) * dim].to_vec()).collect()
        };
        let side = |rows: &[f32], dim: usize| Similarities::new(&unit_rows(rows, dim), dim);
        let (a, b) = (side(&x, 6), side(&y, 9));
        let (c, d) = (side(&shuffled(&x, 6), 6), side(&shuffled(&y, 9), 9));
        let relevance: Vec<Option<Relevance>> = (0..n).map(|i| [None, Some(Relevance(1)), Some(Relevance(0))][i % 3]).collect();
        let moved: Vec<Option<Relevance>> = order.iter().map(|&i| relevance[i]).collect();
        let (here, back, there) = (agreement(&a, &b, 8), agreement(&b, &a, 8), agreement(&c, &d, 8));
        for ((here, back), there) in here.iter().zip(&back).zip(&there) {
            let (here, back, there) = (here.unwrap(), back.unwrap(), there.unwrap());
            prop_assert!(near(here.overlap, back.overlap) && near(here.overlap, there.overlap));
            prop_assert!((0.0..=1.0).contains(&here.overlap) && here.jaccard <= here.overlap + 1e-12);
        }
        let ours = homophily(&a, &relevance, 8);
        for (ours, theirs) in ours.iter().zip(homophily(&c, &moved, 8)) {
            prop_assert_eq!(ours.is_some(), theirs.is_some());
            if let (Some(ours), Some(theirs)) = (ours, theirs) {
                prop_assert!(near(ours.share, theirs.share) && near(ours.chance, theirs.chance));
            }
        }
        let itself = agreement(&a, &a, 8);
        prop_assert!(itself.iter().flatten().all(|at| near(at.overlap, 1.0) && near(at.jaccard, 1.0)));
    }
}

#[test]
fn principal_components_of_points_on_a_line_are_their_positions_on_it() {
    // Steps of length 3 along (1, 2, 2), at 0, 1, 2 and 5: 6 and 3 before the mean, 0 and 9 after it.
    let rows: Vec<f32> = [0.0f32, 1.0, 2.0, 5.0].iter().flat_map(|t| [*t, 2.0 * t, 2.0 * t]).collect();
    let found = principal_components(&rows, 3, 2);
    assert_eq!(found.dim, 2);
    for (point, expected) in principal_plane(&found).into_iter().zip([-6.0, -3.0, 0.0, 9.0]) {
        assert!((point[0] - expected).abs() < 1e-4 && point[1].abs() < 1e-3, "{point:?} {expected}");
    }
    assert!((found.explained[0] - 1.0).abs() < 1e-6 && found.explained[1] < 1e-6, "{:?}", found.explained);
}

#[test]
fn principal_components_of_many_rows_are_uncorrelated_and_the_strongest() {
    let (n, dim) = (400, 120);
    let mut rows = random(n, dim, 7);
    // Three directions stand out, each in its own column.
    for row in rows.chunks_mut(dim) {
        (row[5], row[40], row[99]) = (12.0 * row[5], 9.0 * row[40] + 3.0, 6.0 * row[99]);
    }
    let found = principal_components(&rows, dim, 3);
    let mean = |column: usize| rows.chunks(dim).map(|row| f64::from(row[column])).sum::<f64>() / n as f64;
    for (component, column) in [5, 40, 99].into_iter().enumerate() {
        let (mut products, mut own, mut theirs) = (0.0, 0.0, 0.0);
        for (row, point) in rows.chunks(dim).zip(found.coordinates.chunks(3)) {
            let (x, y) = (f64::from(row[column]) - mean(column), f64::from(point[component]));
            (products, own, theirs) = (products + x * y, own + x * x, theirs + y * y);
        }
        let correlation = (products / (own * theirs).sqrt()).abs();
        assert!(correlation > 0.98, "component {component} and column {column}: {correlation}");
        assert!(theirs > 0.95 * own, "{theirs} of {own}");
    }
    assert!(found.explained.windows(2).all(|pair| pair[0] > pair[1]), "{:?}", found.explained);
    assert_eq!(found, principal_components(&rows, dim, 3), "the same rows, the same bits");
}

/// Three clusters of 15 in 8 dimensions.
fn clusters() -> Vec<f32> {
    let mut rows = random(45, 8, 3);
    for (i, row) in rows.chunks_mut(8).enumerate() {
        row[i % 3] += 12.0;
    }
    rows
}

#[test]
fn t_sne_keeps_clusters_together_and_is_the_same_every_time() {
    let rows = clusters();
    let mut rounds = 0;
    let mut watch = |done: usize| {
        rounds = done;
        ControlFlow::Continue(())
    };
    let points = tsne(&rows, 8, 10.0, &mut watch).expect("not stopped");
    assert_eq!((points.len(), rounds), (45, crossrank::graph::TSNE_EPOCHS));
    let distance = |i: usize, j: usize| (points[i][0] - points[j][0]).hypot(points[i][1] - points[j][1]);
    for i in 0..45 {
        let nearest = (0..45).filter(|&j| j != i).min_by(|&a, &b| distance(i, a).total_cmp(&distance(i, b)));
        assert_eq!(nearest.expect("another") % 3, i % 3, "image {i}");
    }
    let again = tsne(&rows, 8, 10.0, &mut |_| ControlFlow::Continue(())).expect("not stopped");
    assert_eq!(points, again);
}

#[test]
fn t_sne_stops_on_request_and_handles_few_or_equal_rows() {
    let mut calls = 0;
    let stopped = tsne(&clusters(), 8, 10.0, &mut |_| {
        calls += 1;
        if calls == 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((stopped, calls), (None, 5));
    let proceed = |_: usize| ControlFlow::Continue(());
    for n in 0..7 {
        let points = tsne(&random(n, 5, 1), 5, 30.0, &mut { proceed }).expect("not stopped");
        assert!(points.len() == n && points.iter().flatten().all(|x| x.is_finite()), "{n}: {points:?}");
    }
    let equal = tsne(&[0.5; 5 * 9], 5, 30.0, &mut { proceed }).expect("not stopped");
    assert!(equal.len() == 9 && equal.iter().flatten().all(|x| x.is_finite()), "{equal:?}");
    assert_eq!(
        (perplexity_within(30.0, 10), perplexity_within(30.0, 2), perplexity_within(30.0, 1000)),
        (3.0, 1.0, 30.0)
    );
}

#[test]
fn a_map_is_scaled_to_one_point_per_unit_area() {
    let mut points = vec![[100.0, 7.0], [300.0, 7.0], [100.0, 207.0], [300.0, 207.0]];
    at_unit_density(&mut points);
    // Four points fill a disc of area 4, whose mean squared radius is 4 / 2π.
    let square = points.iter().flatten().map(|x| x * x).sum::<f32>() / 4.0;
    assert!((square - 4.0 / std::f32::consts::TAU).abs() < 1e-5, "{square}");
    assert!((points[0][0] + points[1][0]).abs() < 1e-5);
    let mut point = vec![[3.0, 4.0]];
    at_unit_density(&mut point);
    assert_eq!(point, [[0.0, 0.0]]);
}
