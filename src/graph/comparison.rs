//! Agreement of two embeddings of the same images, and their relevance homophily.

use super::similarity::{Nearest, Similarities};
use crate::dataset::Relevance;

/// How far two embeddings agree on the neighbours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Neighbour overlap@k: the mean over images of `|N_A(i) ∩ N_B(i)| / k`.
    pub overlap: f64,
    /// The mean over images of `|N_A(i) ∩ N_B(i)| / |N_A(i) ∪ N_B(i)|` (Jaccard).
    pub jaccard: f64,
}

/// How often the neighbours of relevant images are relevant themselves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Homophily {
    /// The share of relevant images among the judged ones of a relevant image's k neighbours; the mean over the
    /// relevant images.
    pub share: f64,
    /// The expected share for random neighbours: that of relevant images among the other judged ones, `(R − 1) / (J −
    /// 1)` for R relevant of J judged images.
    pub chance: f64,
}

impl Homophily {
    /// The share minus that of chance: 0 for random neighbours, at most `1 − chance`.
    pub fn lift(&self) -> f64 {
        self.share - self.chance
    }
}

/// Agreement of two embeddings of the same images for k = 1 … `most` (at `[k − 1]`).
///
/// Images with a vector in only one embedding are left out. If fewer than k other images remain, all of them are
/// neighbours and k is their number. `None` if no image has a neighbour.
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
    // Images in only one of them may rank before those that are compared.
    let reach = most + a.n() - nodes.len();
    let (nearest_a, nearest_b) = (a.nearest(reach), b.nearest(reach));
    // The 0-based ranks of a pair in both lists, which determine the k at which it counts.
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
/// 2002.05287, section 3.1) over the directed k-NN graph, taken over the relevant images alone, as those are what a
/// ranking should gather. Unjudged neighbours are ignored, and a relevant image whose k neighbours are all unjudged is
/// left out.
///
/// `relevance` holds one judgement per image (missing ones count as unjudged). `None` if fewer than two judged
/// images have a vector, or no relevant image has a judged neighbour.
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
