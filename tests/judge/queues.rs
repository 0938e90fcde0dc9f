//! Queues: what is in them, in which order, and how well suspicious labels are found.

use crossrank::base::{Rng, mean};
use crossrank::dataset::{Candidate, Dataset, ImageId, Judgements, QueryId, Relevance, demo_sample, open};
use crossrank::graph::{Csr, GraphRequest, Similarities, visual_rows};
use crossrank::judge::queues::{
    Item, Kind, Neighbours, Order, Queue, Reason, audit, disagreements, near_duplicates, of_query, pool, suspicious,
    uncertain, with_controls, with_repeats,
};
use crossrank::judge::{Table, Unit};
use crossrank::train::{self, RunData};
use std::collections::{BTreeSet, HashSet};

fn images(queue: &Queue) -> Vec<&str> {
    queue.items.iter().map(|item| item.image.as_str()).collect()
}

fn sample() -> Dataset {
    open(&demo_sample()).expect("the sample").dataset
}

#[test]
fn a_querys_images_are_all_there_shuffled_by_the_seed_or_as_retrieved() {
    let dataset = sample();
    let retrieved = of_query(&dataset, 4, &[], Order::Retrieved);
    let first = &dataset.images[dataset.queries[4].candidates[0].image];
    assert_eq!((images(&retrieved)[0], retrieved.seed), (first.id.as_str(), None));
    let shuffled = of_query(&dataset, 4, &[], Order::Shuffled(7));
    assert_eq!(shuffled, of_query(&dataset, 4, &[], Order::Shuffled(7)));
    assert_ne!(images(&shuffled), images(&of_query(&dataset, 4, &[], Order::Shuffled(8))));
    assert_eq!(shuffled.seed, Some(7));
    let sorted = |queue: &Queue| images(queue).into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!((sorted(&shuffled), shuffled.items.len()), (sorted(&retrieved), 100));
    assert_eq!(retrieved.new_in(&shuffled), 0);
    assert_eq!(Queue { items: vec![], ..retrieved }.new_in(&shuffled), 100);
    assert!(of_query(&dataset, 10_000, &[], Order::Retrieved).items.is_empty());
}

#[test]
fn a_long_list_is_shuffled_in_blocks_by_the_best_rank() {
    let mut dataset = sample();
    dataset.queries[0].candidates =
        (0..300).map(|image| Candidate { image, rank: None, features: vec![], clusters: vec![] }).collect();
    let queries = dataset.queries.len();
    let rank = |ranking: Vec<usize>| {
        let mut all = vec![Vec::new(); queries];
        all[0] = ranking;
        all
    };
    let rankings = [rank((280..300).rev().collect()), rank((275..285).collect())];
    let queue = of_query(&dataset, 0, &rankings, Order::Shuffled(3));
    let known: Vec<&str> = dataset.images[..300].iter().map(|image| image.id.as_str()).collect();
    let at: Vec<usize> =
        images(&queue).iter().map(|id| known.iter().position(|one| one == id).expect("known")).collect();
    assert_eq!(at.iter().copied().collect::<BTreeSet<_>>().len(), 300);
    let first: BTreeSet<usize> = at[..20].iter().copied().collect();
    assert!((295..300).chain(275..280).all(|image| first.contains(&image)), "the first five of both: {first:?}");
    assert!(first.iter().filter(|image| **image < 275).count() >= 6, "and others: {first:?}");
    assert!((275..300).all(|image| at[..60].contains(&image)), "what is ranked comes early");
    assert!(!at[..10].iter().all(|image| *image >= 275), "they are mixed");
    assert_eq!(images(&of_query(&dataset, 0, &rankings, Order::Retrieved)), known);
    dataset.queries[0].candidates.truncate(200);
    let whole = of_query(&dataset, 0, &[rank((0..10).collect())], Order::Shuffled(3));
    let first: Vec<&str> = images(&whole)[..10].to_vec();
    assert!(first.iter().any(|id| !known[..10].contains(id)), "a short list is shuffled as a whole");
}

#[test]
fn a_pool_holds_the_unjudged_top_of_every_ranking_with_its_depth() {
    let dataset = sample();
    let none = vec![Vec::new(); dataset.queries.len()];
    let ranking = |order: &[usize]| {
        let mut ranking = none.clone();
        ranking[0] = order.to_vec();
        ranking
    };
    let id = |candidate: usize| dataset.images[dataset.queries[0].candidates[candidate].image].id.clone();
    let judged = id(2);
    let is_judged = |_: &QueryId, image: &ImageId| *image == judged;
    let rankings = [ranking(&[5, 2, 9]), ranking(&[9, 5, 7])];
    let pooled = pool(&dataset, &rankings, 2, &is_judged, Order::Retrieved);
    let found: Vec<(ImageId, Reason)> =
        pooled.items.iter().map(|item| (item.image.clone(), item.reason.clone())).collect();
    let reason = |rank, rankings| Reason::Pooled { rank, rankings };
    assert_eq!(found, [(id(5), reason(1, 2)), (id(9), reason(1, 1))]);
}

#[test]
fn disagreements_come_by_their_size_and_settled_ones_do_not_come() {
    let unit = |image: &str, grades: [i32; 3], adjudicated| Unit {
        query: 0,
        image: image.into(),
        grades: grades.map(|grade| (grade != 9).then_some(grade)).to_vec(),
        adjudicated,
    };
    let mut table = Table::of_rows(&vec![vec![]; 3]);
    table.units = vec![
        unit("alike", [1, 1, 9], None),
        unit("small", [1, 2, 9], None),
        unit("large", [0, 3, 9], None),
        unit("settled", [0, 3, 3], Some(3)),
        unit("three", [1, 2, 2], None),
        unit("can't tell", [-1, 1, 9], None),
    ];
    let queue = disagreements(&table);
    assert_eq!(images(&queue), ["large", "three", "small"]);
    let Reason::Grades(grades) = &queue.items[0].reason else { panic!("{:?}", queue.items[0]) };
    assert_eq!(grades, &[("judge 1".to_owned(), 0), ("judge 2".to_owned(), 3)]);
}

#[test]
fn near_duplicates_with_different_labels_follow_each_other() {
    let dataset = sample();
    let mut judgements = Judgements::unjudged(&dataset);
    for (candidate, grade) in [(0, 1), (1, 0), (2, 1), (3, 1), (4, 0)] {
        judgements.set(0, candidate, Some(Relevance(grade)));
    }
    let mut neighbours: Neighbours = vec![vec![Vec::new(); 100]];
    neighbours[0][0] = vec![(1, 0.91), (3, 0.99)];
    neighbours[0][2] = vec![(4, 0.97), (50, 0.99)];
    neighbours[0][1] = vec![(2, 0.5)];
    let queue = near_duplicates(&dataset, &judgements, &neighbours, 0.9);
    let id = |candidate: usize| dataset.images[dataset.queries[0].candidates[candidate].image].id.as_str();
    assert_eq!(images(&queue), [id(2), id(4), id(0), id(1)]);
    assert!(matches!(&queue.items[0].reason, Reason::Twin { image, .. } if image.as_str() == id(4)));
}

#[test]
fn uncertain_images_are_near_the_boundary_or_where_seeds_disagree() {
    let dataset = sample();
    let mut judgements = Judgements::unjudged(&dataset);
    judgements.set(0, 0, Some(Relevance(1)));
    judgements.set(0, 1, Some(Relevance(0)));
    let mut scores = vec![Vec::new(); dataset.queries.len()];
    scores[0] = vec![1.0, 0.0, 0.9, 0.45, 0.2];
    let id = |candidate: usize| dataset.images[dataset.queries[0].candidates[candidate].image].id.as_str();
    let judged: HashSet<&str> = [id(0), id(1)].into();
    let is_judged = |_: &QueryId, image: &ImageId| judged.contains(image.as_str());
    let queue = uncertain(&dataset, &judgements, &[scores.clone()], &is_judged);
    assert_eq!(images(&queue), [id(3), id(4), id(2)]);
    let mut other = scores.clone();
    other[0] = vec![1.0, 0.0, 0.9, 0.45, 2.0];
    let queue = uncertain(&dataset, &judgements, &[scores, other], &is_judged);
    assert_eq!(images(&queue)[0], id(4));
}

#[test]
fn audits_are_seeded_samples_and_repeats_are_far_apart() {
    let dataset = sample();
    let all = of_query(&dataset, 0, &[], Order::Shuffled(1));
    let judged: Vec<_> = all.items.iter().map(|item| (item.query.clone(), item.image.clone())).collect();
    let sampled = audit(&judged, 10, 3);
    assert_eq!((sampled.items.len(), sampled.kind, &sampled), (10, Kind::Audit, &audit(&judged, 10, 3)));
    assert_ne!(sampled, audit(&judged, 10, 4));

    let repeated = with_repeats(all.clone(), 15, 40, 9);
    assert_eq!(repeated.items.len(), 115);
    let is_again = |item: &&Item| item.reason == Reason::Again;
    assert_eq!(repeated.items.iter().filter(is_again).count(), 15);
    for (position, item) in repeated.items.iter().enumerate().filter(|(_, item)| is_again(item)) {
        let first = repeated.items.iter().position(|other| other.image == item.image).expect("its first time");
        assert!(position - first >= 40, "{first} and {position}");
    }
    let originals: Vec<&Item> = repeated.items.iter().filter(|item| !is_again(item)).collect();
    assert_eq!(originals, all.items.iter().collect::<Vec<_>>(), "the others stay in order");
    assert_eq!(with_repeats(of_query(&dataset, 0, &[], Order::Retrieved), 5, 1000, 1).items.len(), 100);

    let known: Vec<_> = all
        .items
        .iter()
        .chain(&of_query(&dataset, 1, &[], Order::Retrieved).items)
        .map(|item| (item.query.clone(), item.image.clone()))
        .collect();
    let controlled = with_controls(all.clone(), &known, 8, 9);
    let is_control = |item: &&Item| item.reason == Reason::Control;
    let controls: Vec<&Item> = controlled.items.iter().filter(is_control).collect();
    assert_eq!((controlled.items.len(), controls.len()), (108, 8));
    assert!(controls.iter().all(|item| item.query == dataset.queries[1].id), "only images that the list lacks");
    assert_eq!(controlled, with_controls(all.clone(), &known, 8, 9));
    assert_eq!(with_controls(all.clone(), &[], 8, 9), all);
}

fn neighbours(data: &RunData) -> Neighbours {
    let of_query = |query: usize| {
        let similarities = Similarities::new(&visual_rows(&data.dataset, &data.vectors, query), data.vectors.dim);
        let graph = Csr::nearest(&similarities, GraphRequest::default());
        let row = |i: usize| graph.row(i).map(|edge| (graph.targets[edge] as usize, graph.weights[edge])).collect();
        (0..graph.n()).map(row).collect()
    };
    (0..data.dataset.queries.len()).map(of_query).collect()
}

/// Flips 5 % of the sample's labels and returns the precision at the number flipped.
fn precision(data: &RunData, neighbours: &Neighbours, scores: Option<&[Vec<f32>]>, seed: u64) -> f64 {
    let mut all: Vec<(usize, usize)> = (0..data.judgements.len())
        .flat_map(|query| (0..data.judgements.of(query).len()).map(move |candidate| (query, candidate)))
        .filter(|&(query, candidate)| data.judgements.get(query, candidate).is_some())
        .collect();
    Rng::new(seed).shuffle(&mut all);
    all.truncate(all.len() / 20);
    let mut judgements = data.judgements.clone();
    for &(query, candidate) in &all {
        let relevant = judgements.get(query, candidate).is_some_and(|grade| grade.is_relevant());
        judgements.set(query, candidate, Some(Relevance(i32::from(!relevant))));
    }
    let flipped: HashSet<(String, String)> = all
        .iter()
        .map(|&(query, candidate)| {
            let query = &data.dataset.queries[query];
            let image = &data.dataset.images[query.candidates[candidate].image];
            (query.id.to_string(), image.id.to_string())
        })
        .collect();
    let queue = suspicious(&data.dataset, &judgements, neighbours, scores);
    let first = queue.items.iter().take(all.len());
    let hits = first.filter(|item| flipped.contains(&(item.query.to_string(), item.image.to_string()))).count();
    hits as f64 / all.len() as f64
}

/// The precision of "suspicious" on the sample with 5 % of its labels flipped, over ten seeds, against 5 % by chance.
#[test]
fn suspicious_labels_are_found_far_better_than_by_chance() {
    let data = train::open(&demo_sample(), &[]).expect("the sample").data;
    let neighbours = neighbours(&data);
    let text: Vec<Vec<f32>> =
        (0..data.dataset.queries.len()).map(|query| crossrank::signals::text_only(&data.signals, query)).collect();
    let over_seeds = |scores: Option<&[Vec<f32>]>| -> Vec<f64> {
        (0..10).map(|seed| precision(&data, &neighbours, scores, seed)).collect()
    };
    let (alone, with_text) = (over_seeds(None), over_seeds(Some(&text)));
    println!("precision at the number flipped, chance 0.05, ten seeds:");
    for (name, found) in [("neighbours", &alone), ("neighbours and text", &with_text)] {
        let (least, most) = (found.iter().copied().fold(1.0, f64::min), found.iter().copied().fold(0.0, f64::max));
        println!("{name:20} {:.3} ({least:.3} to {most:.3})", mean(found));
    }
    assert!(mean(&with_text) > 0.3 && mean(&alone) > 0.25, "{alone:?}, {with_text:?}");
}
