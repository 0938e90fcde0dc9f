//! Studies: folds, parameters by name, trials that are taken up again, sweeps, ablations and benchmarks.

mod command;
mod planned;
mod plans;
mod trials;

use crossrank::dataset::{Candidate, Dataset, Format, Image, Judgements, Query, Relevance, Split};
use crossrank::study::{Folds, cross_validation};
use crossrank::train::{RunData, open};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The built-in sample with its vectors.
struct Sample(RunData);

impl Sample {
    fn open() -> Self {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("datasets/stamps-and-places");
        Self(open(&path, &[]).expect("the sample opens").data)
    }

    fn data(&self) -> RunData {
        self.0.clone()
    }
}

/// Queries of one candidate each, judged or not.
fn queries(judged: &[bool]) -> (Dataset, Judgements) {
    let query = |at: usize| Query {
        id: format!("q{at}").as_str().into(),
        text: String::new(),
        narrative: String::new(),
        split: None,
        location: None,
        candidates: vec![Candidate { image: 0, rank: None, features: Vec::new(), clusters: Vec::new() }],
        clusters: BTreeMap::new(),
    };
    let dataset = Dataset {
        name: "made up".to_owned(),
        root: PathBuf::new(),
        reach: Default::default(),
        format: Format::FOLDER,
        images: vec![Image::new("a".into())],
        queries: (0..judged.len()).map(query).collect(),
        feature_names: Vec::new(),
        vectors: Vec::new(),
        statistics: None,
    };
    let mut judgements = Judgements::unjudged(&dataset);
    for (query, _) in judged.iter().enumerate().filter(|(_, judged)| **judged) {
        judgements.set(query, 0, Some(Relevance(0)));
    }
    (dataset, judgements)
}

proptest! {
    #[test]
    fn every_judged_query_is_tested_exactly_once_and_no_query_plays_two_parts(
        judged in prop::collection::vec(any::<bool>(), 0..60),
        count in 2usize..8,
        seed in any::<u64>(),
    ) {
        let (_, judgements) = queries(&judged);
        let total = judged.iter().filter(|judged| **judged).count();
        let folds = cross_validation(&judgements, count, seed);
        if total < count {
            prop_assert!(folds.is_err());
            return Ok(());
        }
        let folds = folds.expect("enough queries");
        prop_assert_eq!(folds.len(), count);
        for (query, &judged) in judged.iter().enumerate() {
            let parts: Vec<Split> = folds.iter().map(|fold| fold[query]).collect();
            let times = |part: Split| parts.iter().filter(|other| **other == part).count();
            prop_assert_eq!(times(Split::Test), usize::from(judged));
            prop_assert!(times(Split::Validation) <= usize::from(judged));
            if !judged {
                prop_assert_eq!(times(Split::Train), count);
            } else if count > 2 {
                prop_assert_eq!(times(Split::Validation), 1);
            }
        }
        let size = |fold: &Vec<Split>, part: Split| fold.iter().filter(|other| **other == part).count();
        for fold in &folds {
            prop_assert!((total / count..=total.div_ceil(count)).contains(&size(fold, Split::Test)));
            if total > count + 1 {
                prop_assert!(size(fold, Split::Validation) > 0);
                prop_assert!(size(fold, Split::Train) > 0);
            }
        }
        prop_assert_eq!(&folds, &cross_validation(&judgements, count, seed).expect("the same"));
    }
}

#[test]
fn another_seed_deals_the_queries_out_in_another_way() {
    let (dataset, judgements) = queries(&[true; 30]);
    let folds = |seed| Folds::Cross { count: 5, seed }.splits(&dataset, &judgements).expect("enough queries");
    assert_ne!(folds(1), folds(2));
    assert!(Folds::cross(1).splits(&dataset, &judgements).is_err());
}
