//! Hubs: images that are among the nearest of many others.

use super::Csr;

/// Hubness: the skewness of the k-occurrences N_k, the numbers of edges that lead to each node, in a graph of directed
/// edges to the k nearest: `E[(N_k − μ)³] / σ³` over all nodes (Radovanović, Nanopoulos and Ivanović, JMLR 11, 2010). 0 where
/// occurrences are spread evenly around their mean; the larger, the more a few hubs are neighbours of everyone. `None` if
/// all occur equally often.
pub fn hubness(nearest: &Csr) -> Option<f64> {
    let n = nearest.n() as f64;
    let mut occurrences = vec![0.0_f64; nearest.n()];
    nearest.targets.iter().for_each(|&target| occurrences[target as usize] += 1.0);
    let mean = occurrences.iter().sum::<f64>() / n;
    let moment = |power: i32| occurrences.iter().map(|count| (count - mean).powi(power)).sum::<f64>() / n;
    let variance = moment(2);
    (variance > 1e-12).then(|| moment(3) / variance.powf(1.5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_has_a_hub_and_a_ring_has_none() {
        let edges = |to: &[u32]| Csr::of_rows(&to.iter().map(|&to| vec![(to, 0.5)]).collect::<Vec<_>>());
        assert_eq!(hubness(&edges(&[1, 2, 3, 0])), None);
        assert_eq!(hubness(&Csr::without_edges(0)), None);
        // Occurrences 3, 1, 0, 0: mean 1, second moment 6/4, third 6/4.
        let star = hubness(&edges(&[1, 0, 0, 0])).expect("a hub");
        assert!((star - 1.5 / 1.5_f64.powf(1.5)).abs() < 1e-12, "{star}");
    }
}
