//! Connects the images of one query to those that look most like them, and follows a path through the graph.
//!
//! `cargo run --example similarity_graph [DATASET]`

use std::error::Error;
use std::path::PathBuf;

use crossrank::dataset::{Relevance, demo_sample};
use crossrank::graph::{GraphRequest, Similarities, SimilarityGraph, statistics, visual_rows};
use crossrank::train;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).map_or_else(demo_sample, PathBuf::from);
    let data = train::open(&path, &[])?.data;
    let query = &data.dataset.queries[0];
    let judgements = data.judgements.of(0);
    let similarities = Similarities::new(&visual_rows(&data.dataset, &data.vectors, 0), data.vectors.dim);

    println!("“{}”: {} images", query.text, similarities.n());
    for k in [2, 5, 10, 20] {
        let graph = SimilarityGraph::build(&similarities, GraphRequest { k, ..GraphRequest::default() });
        let numbers = statistics(&graph, judgements);
        let homophily = numbers.homophily.map_or("–".to_owned(), |share| format!("{share:.3}"));
        let (edges, components, cosine) = (numbers.edges, numbers.components, numbers.mean_weight);
        println!(
            "k = {k:2}: {edges:4} edges, {components:2} components, mean cosine {cosine:.3}, homophily {homophily}"
        );
    }

    // How far apart are relevant images, stepping from look-alike to look-alike?
    let graph = SimilarityGraph::build(&similarities, GraphRequest { k: 5, ..GraphRequest::default() });
    let relevant: Vec<usize> = (0..graph.n()).filter(|&i| judgements[i].is_some_and(Relevance::is_relevant)).collect();
    let pairs = relevant.iter().flat_map(|&from| relevant.iter().map(move |&to| (from, to)));
    let paths = pairs.filter(|(from, to)| from < to).filter_map(|(from, to)| graph.path(from, to));
    if let Some(longest) = paths.max_by(|a, b| a.cost.total_cmp(&b.cost)) {
        println!(
            "\nThe two relevant images that are furthest apart: {} steps, cost {:.3}",
            longest.steps(),
            longest.cost
        );
        for &candidate in &longest.images {
            let image = &data.dataset.images[query.candidates[candidate].image];
            let grade = judgements[candidate].map_or("not judged".to_owned(), |grade| format!("grade {}", grade.0));
            println!("  {} ({grade})", image.title);
        }
    }
    Ok(())
}
