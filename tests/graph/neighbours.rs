//! The graph rows that a network sums over, against their definition.

use super::{clustered, fan, request};
use crossrank::graph::{Csr, GraphRequest, Neighbourhood, Similarities, SimilarityGraph, unit_rows};
use proptest::prelude::*;

/// The k-NN graph by definition: every row sorted, then truncated.
fn by_definition(similarities: &Similarities, request: GraphRequest) -> Csr {
    let n = similarities.n();
    let has_vector = |i: usize| similarities.get(i, i) > 0.0;
    let by_similarity = |i: usize, row: &mut Vec<usize>| {
        row.sort_by(|&a, &b| similarities.get(i, b).total_cmp(&similarities.get(i, a)).then(a.cmp(&b)));
    };
    let nearest: Vec<Vec<usize>> = (0..n)
        .map(|i| {
            let mut row: Vec<usize> = (0..n).filter(|&j| j != i && has_vector(i) && has_vector(j)).collect();
            by_similarity(i, &mut row);
            row.truncate(request.k);
            row
        })
        .collect();
    let mut csr = Csr { offsets: vec![0], ..Csr::default() };
    for i in 0..n {
        let joined = |j: usize| {
            let (out, back) = (nearest[i].contains(&j), nearest[j].contains(&i));
            match request.neighbourhood {
                Neighbourhood::Directed => out,
                Neighbourhood::Mutual => out && back,
                Neighbourhood::Union => out || back,
            }
        };
        let mut row: Vec<usize> = (0..n).filter(|&j| joined(j)).collect();
        by_similarity(i, &mut row);
        for j in row.into_iter().filter(|&j| similarities.get(i, j) >= request.min_weight) {
            csr.targets.push(j as u32);
            csr.weights.push(similarities.get(i, j));
        }
        csr.offsets.push(csr.targets.len() as u32);
    }
    csr
}

proptest! {
    /// Few distinct vectors, some of them zero, so that ties and images without a vector are common.
    #[test]
    fn the_rows_match_the_definition_bit_for_bit(
        values in prop::collection::vec(-2_i8..=2, 0..120),
        dim in 1_usize..4,
        k in 0_usize..12,
        neighbourhood in prop::sample::select(Neighbourhood::ALL.to_vec()),
        min_weight in prop::sample::select(vec![-1.0_f32, 0.0, 0.7]),
    ) {
        let values: Vec<f32> = values.into_iter().map(f32::from).collect();
        let rows = unit_rows(&values[..values.len() / dim * dim], dim);
        let similarities = Similarities::new(&rows, dim);
        let request = GraphRequest { k, neighbourhood, min_weight };
        let (found, wanted) = (Csr::nearest(&similarities, request), by_definition(&similarities, request));
        prop_assert_eq!(&found.offsets, &wanted.offsets);
        prop_assert_eq!(&found.targets, &wanted.targets);
        let bits = |csr: &Csr| csr.weights.iter().map(|weight| weight.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&found), bits(&wanted));
    }
}

#[test]
fn a_graph_of_many_images_matches_the_definition_too() {
    let similarities = Similarities::new(&clustered(300, 24, 7, 9), 24);
    for neighbourhood in Neighbourhood::ALL {
        for k in [1, 10, 100, 299] {
            let request = request(k, neighbourhood);
            assert_eq!(Csr::nearest(&similarities, request), by_definition(&similarities, request), "{request:?}");
        }
    }
}

#[test]
fn the_displayed_graph_has_the_rows_that_training_sums_over() {
    for neighbourhood in Neighbourhood::ALL {
        let request = request(3, neighbourhood);
        let (shown, rows) = (SimilarityGraph::build(&fan(), request), Csr::nearest(&fan(), request));
        let of_rows = (0..rows.n()).flat_map(|i| rows.row(i).map(move |edge| (i, edge)));
        let of_rows: Vec<_> = of_rows.map(|(i, e)| (i, rows.targets[e] as usize, rows.weights[e])).collect();
        assert_eq!(shown.edges().collect::<Vec<_>>(), of_rows);
        assert_eq!(shown.edge_count(), of_rows.len());
    }
}

#[test]
fn neighbours_that_share_a_label_are_counted_among_those_that_have_one() {
    use crossrank::graph::{ImageLabels, shared_labels};
    // On a line from the left: bird, bird, without a label, fish, bird.
    let labels = ImageLabels::new([vec!["bird"], vec!["bird"], vec![], vec!["fish"], vec!["bird"]]);
    let angles = [0.0_f32, 0.1, 0.15, 0.3, 0.6];
    let rows: Vec<f32> = angles.iter().flat_map(|angle| [angle.cos(), angle.sin()]).collect();
    let found = shared_labels(&Similarities::new(&unit_rows(&rows, 2), 2), &labels, &[0, 1, 2, 3, 4], 3);
    // With one neighbour: 0 and 1 are each other's, 3's is 1, 4's is 3. The third: all others that have a label.
    let shares: Vec<f64> = found.iter().map(|at| at.expect("labelled").share).collect();
    assert_eq!(shares, [0.5, (0.5 + 0.5 + 0.0 + 0.5) / 4.0, 0.5]);
    assert!(found.iter().all(|at| at.is_some_and(|at| at.chance == 0.5)));
    let alone = shared_labels(&Similarities::new(&unit_rows(&rows, 2), 2), &labels, &[2, 2, 2, 2, 0], 2);
    assert_eq!(alone, [None, None]);
    // What most images say is no label, and a word is one in any image.
    let words = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let mut images: Vec<Vec<String>> = (0..18).map(|_| words(&["photo"])).collect();
    images.extend([words(&["photo", "bear"]), words(&["bear"])]);
    assert_eq!(ImageLabels::of_words(images).labelled(), 2);
}
