//! Ranks with ties.

/// The rank of each value from 1, least first; equal values share the mean of their ranks. Also the size of each group
/// of equal values.
pub(super) fn ranks(values: &[f64]) -> (Vec<f64>, Vec<usize>) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let (mut ranks, mut groups) = (vec![0.0; values.len()], Vec::new());
    let mut before = 0;
    for group in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let shared = before as f64 + (group.len() + 1) as f64 / 2.0;
        group.iter().for_each(|&index| ranks[index] = shared);
        before += group.len();
        groups.push(group.len());
    }
    (ranks, groups)
}
