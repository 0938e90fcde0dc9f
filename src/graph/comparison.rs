//! What two embeddings of the same images have in common, and how well each gathers what is relevant.

use super::similarity::{Nearest, Similarities};
use crate::dataset::Relevance;

/// How far two embeddings agree on who the neighbours are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Neighbour overlap@k: the mean over images of `|N_A(i) ∩ N_B(i)| / k`.
    pub overlap: f64,
    /// The mean over images of `|N_A(i) ∩ N_B(i)| / |N_A(i) ∪ N_B(i)|` (Jaccard).
    pub jaccard: f64,
}

/// How much the neighbours of relevant images are relevant themselves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Homophily {
    /// Of the judged ones among a relevant image's k neighbours, the share that is relevant; the mean over the relevant
    /// images.
    pub share: f64,
    /// What neighbours drawn at random would give: the share of the relevant among an image's judged fellows,
    /// `(R − 1) / (J − 1)` for R relevant of J judged images.
    pub chance: f64,
}

impl Homophily {
    /// The share less what chance gives: 0 for neighbours drawn at random, at the most `1 − chance`.
    pub fn lift(&self) -> f64 {
        self.share - self.chance
    }
}

/// Agreement of two embeddings of the same images for k = 1 … `most` (at `[k − 1]`).
///
/// Images of which only one embedding has a vector are left out of both. Where fewer than k images are left beside an
/// image, all of them are its neighbours and k is their number. `None` where no image has a neighbour.
///
/// # Panics
/// If the two hold different numbers of images.
pub fn agreement(a: &Similarities, b: &Similarities, most: usize) -> Vec<Option<Agreement>> {
    assert_eq!(a.n(), b.n(), "two embeddings of the same images");
    let there: Vec<bool> = (0..a.n()).map(|i| a.get(i, i) > 0.0 && b.get(i, i) > 0.0).collect();
    let nodes: Vec<usize> = (0..a.n()).filter(|&i| there[i]).collect();
    let fellows = nodes.len().saturating_sub(1);
    if fellows == 0 {
        return vec![None; most];
    }
    let mut sums = vec![(0.0, 0.0); most];
    // Images that only one of them has may stand before those that are compared.
    let reach = most + a.n() - nodes.len();
    let (nearest_a, nearest_b) = (a.nearest(reach), b.nearest(reach));
    // At which k a pair comes in: its place, from 0, in one list and in the other.
    let mut places = vec![usize::MAX; a.n()];
    for &i in &nodes {
        let shared = |nearest: &Nearest| -> Vec<usize> {
            nearest.of(i).iter().map(|&j| j as usize).filter(|&j| there[j]).take(most).collect()
        };
        let (of_a, of_b) = (shared(&nearest_a), shared(&nearest_b));
        of_a.iter().enumerate().for_each(|(place, &j)| places[j] = place);
        let mut entering = vec![0usize; most];
        for (place, &j) in of_b.iter().enumerate().filter(|(_, j)| places[**j] != usize::MAX) {
            entering[place.max(places[j])] += 1;
        }
        of_a.iter().for_each(|&j| places[j] = usize::MAX);
        let mut common = 0;
        for (index, (overlap, jaccard)) in sums.iter_mut().enumerate() {
            common += entering[index];
            let k = (index + 1).min(fellows);
            *overlap += common as f64 / k as f64;
            *jaccard += common as f64 / (2 * k - common) as f64;
        }
    }
    let count = nodes.len() as f64;
    sums.into_iter()
        .map(|(overlap, jaccard)| Some(Agreement { overlap: overlap / count, jaccard: jaccard / count }))
        .collect()
}

/// Relevance homophily@k for k = 1 … `most` (at `[k − 1]`): the node homophily of Pei et al. (ICLR 2020, arXiv
/// 2002.05287, section 3.1) over the directed k-NN graph, taken over the relevant images alone, since it is they that a
/// ranking is to gather. A neighbour that is not judged counts neither way, and a relevant image whose k neighbours are
/// all unjudged is left out.
///
/// `relevance` holds one judgement an image (missing ones count as unjudged). `None` where fewer than two judged images
/// have a vector, or no relevant image has a judged neighbour.
pub fn homophily(similarities: &Similarities, relevance: &[Option<Relevance>], most: usize) -> Vec<Option<Homophily>> {
    let judged = |i: usize| {
        let there = similarities.get(i, i) > 0.0;
        relevance.get(i).copied().flatten().filter(|grade| there && grade.is_judged()).map(Relevance::is_relevant)
    };
    let known: Vec<Option<bool>> = (0..similarities.n()).map(judged).collect();
    let count = known.iter().flatten().count();
    let relevant: Vec<usize> = (0..known.len()).filter(|&i| known[i] == Some(true)).collect();
    if count < 2 || relevant.is_empty() {
        return vec![None; most];
    }
    let chance = (relevant.len() - 1) as f64 / (count - 1) as f64;
    let mut sums = vec![(0.0, 0usize); most];
    let nearest = similarities.nearest(most);
    for &i in &relevant {
        let mut neighbours = nearest.of(i).iter();
        let (mut same, mut seen) = (0usize, 0usize);
        for (sum, nodes) in &mut sums {
            if let Some(kind) = neighbours.next().and_then(|&j| known[j as usize]) {
                seen += 1;
                same += usize::from(kind);
            }
            if seen > 0 {
                *sum += same as f64 / seen as f64;
                *nodes += 1;
            }
        }
    }
    let mean = |(sum, nodes): (f64, usize)| (nodes > 0).then(|| Homophily { share: sum / nodes as f64, chance });
    sums.into_iter().map(mean).collect()
}
