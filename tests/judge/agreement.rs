//! Agreement against scikit-learn's, statsmodels' and krippendorff's numbers, and by hand.

use super::{mark, read};
use crossrank::judge::agreement::{Coefficients, JUDGES_TO_RESAMPLE, agreement, confusion, consistency, intervals};
use crossrank::judge::{Counted, Judgement, Mark, Record, Table, Unit};
use tempfile::tempdir;

type Rows = Vec<Vec<Option<i32>>>;

#[derive(serde::Deserialize)]
struct Case {
    complete: Rows,
    with_missing: Rows,
    cohen: f64,
    cohen_linear: f64,
    cohen_quadratic: f64,
    fleiss: f64,
    krippendorff_nominal_with_missing: f64,
    krippendorff_ordinal_with_missing: f64,
    krippendorff_interval_with_missing: f64,
}

fn near(found: Option<f64>, expected: f64, what: &str) {
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{what}: {found:?}, not {expected}");
}

fn of(rows: &[Vec<Option<i32>>]) -> Coefficients<Option<f64>> {
    agreement(&Table::of_rows(rows)).coefficients
}

#[test]
fn every_coefficient_equals_the_reference() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../fixtures/agreement.json")).expect("the fixture");
    assert_eq!(cases.len(), 2);
    for case in cases {
        let complete = of(&case.complete);
        near(complete.cohen[0].plain, case.cohen, "κ");
        near(complete.cohen[0].linear, case.cohen_linear, "linear κ");
        near(complete.cohen[0].quadratic, case.cohen_quadratic, "quadratic κ");
        near(complete.fleiss, case.fleiss, "Fleiss' κ");
        let missing = of(&case.with_missing).krippendorff;
        near(missing.nominal, case.krippendorff_nominal_with_missing, "nominal α");
        near(missing.ordinal, case.krippendorff_ordinal_with_missing, "ordinal α");
        near(missing.interval, case.krippendorff_interval_with_missing, "interval α");
    }
}

/// Krippendorff's own example (2011, section D), 4 observers and 12 units.
#[test]
fn alpha_is_that_of_krippendorffs_paper() {
    let row = |text: &str| text.split(' ').map(|grade| grade.parse().ok()).collect::<Vec<Option<i32>>>();
    let rows = [
        row("1 2 3 3 2 1 4 1 2 . . ."),
        row("1 2 3 3 2 2 4 1 2 5 . 3"),
        row(". 3 3 3 2 3 4 2 2 5 1 ."),
        row("1 2 3 3 2 4 4 1 2 5 1 ."),
    ];
    let alpha = of(&rows).krippendorff;
    for (found, expected) in [(alpha.nominal, 0.743), (alpha.ordinal, 0.815), (alpha.interval, 0.849)] {
        assert!(found.is_some_and(|found| (found - expected).abs() < 5e-4), "{found:?}, not {expected}");
    }
}

/// Two judges, 100 + 3 images alike and 5 + 2 not, by hand: AC1 stays high where κ falls.
#[test]
fn ac1_and_agreement_by_grade_follow_their_formulas() {
    let pairs = [((0, 0), 100), ((1, 1), 3), ((0, 1), 5), ((1, 0), 2)];
    let column = |pick: fn((i32, i32)) -> i32| -> Vec<Option<i32>> {
        pairs.iter().flat_map(|(pair, count)| vec![Some(pick(*pair)); *count]).collect()
    };
    let found = agreement(&Table::of_rows(&[column(|pair| pair.0), column(|pair| pair.1)]));
    let (observed, share) = (103.0 / 110.0, (5.0 + 8.0) / 220.0);
    let chance = 2.0 * share * (1.0 - share);
    near(found.coefficients.gwet.ac1, (observed - chance) / (1.0 - chance), "AC1");
    near(found.coefficients.gwet.ac2_linear, (observed - chance) / (1.0 - chance), "AC2 of two grades");
    near(found.coefficients.raw, observed, "raw");
    near(found.grades[0].agreement, 200.0 / 207.0, "on grade 0");
    near(found.grades[1].agreement, 6.0 / 13.0, "on grade 1");
    assert!((found.grades[1].prevalence - share).abs() < 1e-12);
    assert!(found.coefficients.gwet.ac1 > found.coefficients.cohen[0].plain);
    let crossed = confusion(&Table::of_rows(&[column(|pair| pair.0), column(|pair| pair.1)]), 0, 1);
    assert_eq!((crossed.counts[0][1], crossed.units[1][0].len()), (5, 2));
}

#[test]
fn what_is_undefined_is_none() {
    let all_alike = of(&[vec![Some(1); 4], vec![Some(1); 4]]);
    assert_eq!(all_alike.raw, Some(1.0));
    assert_eq!((all_alike.cohen[0].plain, all_alike.fleiss, all_alike.krippendorff.nominal), (None, None, None));
    let disjoint = of(&[vec![Some(1), None], vec![None, Some(0)]]);
    assert!(disjoint.values_are_none());
    assert_eq!(agreement(&Table::default()).coefficients, Coefficients::default());
    let unordered = of(&[vec![Some(-1), Some(0), Some(1)], vec![Some(-1), Some(1), Some(1)]]);
    assert!(unordered.cohen[0].plain.is_some() && unordered.krippendorff.nominal.is_some());
    assert_eq!((unordered.cohen[0].linear, unordered.krippendorff.ordinal), (None, None), "no place on a scale");
}

trait AllNone {
    fn values_are_none(&self) -> bool;
}

impl AllNone for Coefficients<Option<f64>> {
    fn values_are_none(&self) -> bool {
        let alpha = &self.krippendorff;
        let cohen = self.cohen.iter().flat_map(|pair| [pair.plain, pair.linear, pair.quadratic]);
        let gwet = [self.gwet.ac1, self.gwet.ac2_linear, self.gwet.ac2_quadratic];
        let others = [alpha.nominal, alpha.ordinal, alpha.interval, self.fleiss, self.raw];
        cohen.chain(gwet).chain(others).all(|value| value.is_none())
    }
}

/// Judges who err at random on images of queries of unlike difficulty.
fn simulated(judges: usize, queries: usize) -> Table {
    let mut rng = crossrank::base::Rng::new(3);
    let mut table = Table { judges: (0..judges).map(|judge| judge.to_string()).collect(), ..Table::default() };
    for query in 0..queries {
        table.queries.push(query.to_string());
        let error = if query % 2 == 0 { 0.02 } else { 0.4 };
        for image in 0..20 {
            let truth = i32::from(rng.uniform() < 0.5);
            let mut grade = || Some(if rng.uniform() < error { 1 - truth } else { truth });
            let grades = (0..judges).map(|_| grade()).collect();
            table.units.push(Unit { query, image: image.to_string().into(), grades, adjudicated: None });
        }
    }
    table
}

#[test]
fn intervals_hold_the_value_and_are_wider_over_queries_and_over_judges() {
    let table = simulated(3, 12);
    let (found, sure) = (agreement(&table).coefficients, intervals(&table));
    let alpha = found.krippendorff.nominal.expect("defined");
    let over_queries = sure.over_queries.krippendorff.nominal.expect("defined");
    assert!(over_queries.low < alpha && alpha < over_queries.high, "{alpha} in {over_queries:?}");
    let mut one_query = table.clone();
    one_query.units.iter_mut().for_each(|unit| unit.query = 0);
    let over_images = intervals(&one_query).over_queries.krippendorff.nominal.expect("defined");
    assert!(over_queries.high - over_queries.low > 1.3 * (over_images.high - over_images.low));
    assert_eq!(intervals(&table), sure, "seeded");
    assert!(sure.over_judges.is_none() && sure.left_out.len() == 3 && sure.method.contains("resamples of queries"));

    let many = intervals(&simulated(JUDGES_TO_RESAMPLE, 12));
    let over_judges = many.over_judges.and_then(|all| all.krippendorff.nominal).expect("defined");
    let as_they_are = many.over_queries.krippendorff.nominal.expect("defined");
    assert!(over_judges.high - over_judges.low > as_they_are.high - as_they_are.low);
    assert!(many.left_out.is_empty());
}

#[test]
fn labels_are_left_out_as_asked_and_adjudications_are_no_votes() {
    let folder = tempdir().expect("a folder");
    let mut judges = read(folder.path());
    let with = |image: &str, judgement: Judgement| Mark { query: "q".into(), image: image.into(), judgement };
    let ann = judges.record_mut("ann").expect("a name");
    ann.judge(vec![mark("q", "a", 0), mark("q", "b", 1)]);
    ann.judge(vec![with("c", Judgement { revealed: vec!["ranks".into()], ..Judgement::blind(2) })]);
    ann.judge(vec![mark("q", "d", -1)]);
    ann.judge(vec![mark("q", "e", 0)]);
    let settled = Judgement { queue: Some("adjudication".into()), note: Some("clear".into()), ..Judgement::blind(3) };
    ann.judge(vec![with("e", settled)]);
    let grades = |counted: Counted| -> Vec<(String, Option<i32>)> {
        let table = Table::of(&judges, &["ann"], counted);
        table.units.iter().map(|unit| (unit.image.to_string(), unit.grades[0])).collect()
    };
    let expected = |pairs: &[(&str, i32)]| -> Vec<(String, Option<i32>)> {
        pairs.iter().map(|(image, grade)| ((*image).to_owned(), Some(*grade))).collect()
    };
    assert_eq!(grades(Counted::default()), expected(&[("a", 0), ("b", 1), ("c", 2), ("e", 0)]));
    let all = Counted { cant_tell: true, without_batch: true, without_revealed: true };
    assert_eq!(grades(all), expected(&[("d", -1), ("e", 0)]));
    let table = Table::of(&judges, &["ann"], Counted::default());
    assert_eq!(table.units.last().and_then(|unit| unit.adjudicated), Some(3));
}

#[test]
fn hidden_repeats_show_how_consistent_a_judge_is() {
    let mut record = Record::new("ann");
    let again = |image: &str, grade| {
        let judgement = Judgement { queue: Some("repeats".into()), ..Judgement::blind(grade) };
        Mark { query: "q".into(), image: image.into(), judgement }
    };
    for image in ["a", "b", "c"] {
        record.judge(vec![mark("q", image, 1)]);
    }
    record.judge(vec![again("a", 1)]);
    record.judge(vec![again("b", 0)]);
    // What is said once the reason is known is no second opinion.
    let revealed = |image: &str, grade| {
        let Mark { query, image, judgement } = again(image, grade);
        Mark { query, image, judgement: Judgement { blind: Some(false), ..judgement } }
    };
    record.judge(vec![revealed("b", 1)]);
    record.judge(vec![revealed("c", 0)]);
    let found = consistency(&record, &["audit", "repeats"]);
    assert_eq!((found.images, found.same, found.share()), (2, 1, Some(0.5)));
    assert_eq!(consistency(&record, &["audit"]).share(), None);
}
