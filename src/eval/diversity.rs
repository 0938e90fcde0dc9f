//! Measures of diversity.

/// Cluster recall CR@k, MediaEval's official measure of diversity: the clusters that the first k images belong to, over
/// all clusters of the query. 0 for a query without clusters.
///
/// `ranked_clusters` holds the clusters of each image in rank order (none for an image that is not relevant);
/// `cluster_total` is the number of clusters of the query.
pub fn measure_diversity(k: usize, ranked_clusters: &[&[u32]], cluster_total: usize) -> f64 {
    if cluster_total == 0 {
        return 0.0;
    }
    let mut met: Vec<u32> = ranked_clusters.iter().take(k).flat_map(|clusters| clusters.iter().copied()).collect();
    met.sort_unstable();
    met.dedup();
    met.len().min(cluster_total) as f64 / cluster_total as f64
}

/// The harmonic mean of a precision and a cluster recall; 0 if both are 0.
pub fn f1(precision: f64, cluster_recall: f64) -> f64 {
    let sum = precision + cluster_recall;
    if sum > 0.0 { 2.0 * precision * cluster_recall / sum } else { 0.0 }
}
