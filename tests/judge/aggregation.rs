//! Aggregation by hand, against crowd-kit, and on judges of known quality.

use crossrank::base::Rng;
use crossrank::dataset::{Relevance, demo_sample, open};
use crossrank::judge::aggregate::{ITERATIONS, Method, aggregate, dawid_skene};
use crossrank::judge::{Table, Unit};

#[derive(serde::Deserialize)]
struct Fixture {
    cases: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    tasks: usize,
    judges: usize,
    grades: usize,
    judgements: Vec<(usize, usize, usize)>,
    probabilities: Vec<Vec<f64>>,
    labels: Vec<usize>,
}

/// After how many iterations ours equals theirs. In the second and third case the likelihood still grows from there, and
/// the probabilities move with it.
const THEIR_ITERATIONS: [usize; 3] = [174, 6, 6];

#[test]
fn dawid_skene_equals_an_independent_implementation_step_by_step_and_goes_on_to_the_same_labels() {
    let fixture: Fixture = serde_json::from_str(include_str!("../fixtures/dawid_skene.json")).expect("the fixture");
    assert_eq!(fixture.cases.len(), THEIR_ITERATIONS.len());
    for (case, theirs) in fixture.cases.into_iter().zip(THEIR_ITERATIONS) {
        let mut labels = vec![vec![None; case.judges]; case.tasks];
        case.judgements.iter().for_each(|&(task, judge, grade)| labels[task][judge] = Some(grade));
        let model = dawid_skene(&labels, case.grades, theirs);
        for (task, (found, expected)) in model.probabilities.iter().zip(&case.probabilities).enumerate() {
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-6, "task {task}: {found}, not {expected}");
            }
        }
        let settled = dawid_skene(&labels, case.grades, ITERATIONS);
        assert!(settled.is_settled && settled.likelihood > model.likelihood);
        for (task, (found, label)) in settled.probabilities.iter().zip(case.labels).enumerate() {
            let best = (0..case.grades).max_by(|&a, &b| found[a].total_cmp(&found[b]));
            assert_eq!(best, Some(label), "task {task}");
        }
    }
}

/// Two good judges, a careless one, and one who calls half of the relevant images not relevant.
#[test]
fn dawid_skene_finds_the_quality_of_simulated_judges_and_beats_the_majority() {
    // Probability of saying 1 where 0 and where 1 is true.
    let judges = [(0.03, 0.95), (0.05, 0.93), (0.45, 0.55), (0.02, 0.5), (0.4, 0.6)];
    let mut rng = Rng::new(5);
    let (mut table, mut truth) = (Table::of_rows(&vec![vec![]; 5]), Vec::new());
    for image in 0..2000 {
        let relevant = rng.uniform() < 0.3;
        truth.push(Some(i32::from(relevant)));
        let says = |&(of_0, of_1): &(f64, f64)| Some(i32::from(rng.uniform() < if relevant { of_1 } else { of_0 }));
        let grades = judges.iter().map(says).collect();
        table.units.push(Unit { query: 0, image: image.to_string().into(), grades, adjudicated: None });
    }
    let right = |method| {
        let found = aggregate(&table, method).grades;
        found.iter().zip(&truth).filter(|(found, truth)| found == truth).count()
    };
    let (estimated, majority) = (right(Method::DawidSkene), right(Method::Majority));
    println!("right of 2000: Dawid-Skene {estimated}, majority {majority}");
    assert!(estimated > majority + 50 && estimated > 1850, "{estimated}, {majority}");
    let model = aggregate(&table, Method::DawidSkene).model.expect("a model");
    for (judge, (of_0, of_1)) in judges.iter().enumerate() {
        let errors = &model.errors[judge];
        assert!((errors[0][1] - of_0).abs() < 0.06 && (errors[1][1] - of_1).abs() < 0.06, "judge {judge}: {errors:?}");
    }
    assert!((model.prevalence[1] - 0.3).abs() < 0.05);
}

fn unit(grades: &[Option<i32>], adjudicated: Option<i32>) -> Unit {
    Unit { query: 0, image: "a".into(), grades: grades.to_vec(), adjudicated }
}

#[test]
fn ties_and_conflicts_are_undecided_and_an_adjudicator_settles_them() {
    let mut table = Table::of_rows(&vec![vec![]; 3]);
    table.units = vec![
        unit(&[Some(1), Some(1), Some(0)], None),
        unit(&[Some(1), Some(0), None], None),
        unit(&[Some(2), None, Some(-1)], None),
        unit(&[None, Some(-1), None], None),
        unit(&[Some(1), Some(0), Some(0)], Some(3)),
    ];
    let grades = |method| aggregate(&table, method).grades;
    assert_eq!(grades(Method::Majority), [Some(1), None, Some(2), None, Some(0)]);
    assert_eq!(grades(Method::Unanimous), [None, None, Some(2), None, None]);
    assert_eq!(grades(Method::Adjudicated), [None, None, Some(2), None, Some(3)]);
    assert_eq!(aggregate(&table, Method::DawidSkene).grades[3], None, "nobody could tell");
    assert_eq!(aggregate(&table, Method::Majority).undecided(), 2);
}

#[test]
fn an_aggregate_becomes_a_data_sets_judgements() {
    let loaded = open(&demo_sample()).expect("the sample");
    let query = &loaded.dataset.queries[2];
    let image = loaded.dataset.images[query.candidates[7].image].id.as_str();
    let mut table = Table::of_rows(&[vec![]]);
    table.queries = vec!["no such query".into(), query.id.to_string()];
    for (query, image) in [(0, "x"), (1, image), (1, "stray")] {
        table.units.push(Unit { query, image: image.into(), grades: vec![Some(2)], adjudicated: None });
    }
    let judgements = aggregate(&table, Method::Majority).judgements(&table, &loaded.dataset);
    assert_eq!(judgements.get(2, 7), Some(Relevance(2)));
    assert_eq!(judgements.others(2).collect::<Vec<_>>(), [("stray", Relevance(2))]);
    assert_eq!((0..judgements.len()).filter(|&query| judgements.is_judged(query)).count(), 1);
}
