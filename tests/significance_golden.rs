//! Tests of significance against SciPy's figures.

use crossrank::base::mean;
use crossrank::eval::significance::{
    Interval, Outcomes, bootstrap, differences, effect_size, holm, kendall_tau_b, outcomes, paired_t, randomisation,
    spearman, wilcoxon,
};
use proptest::prelude::*;

#[derive(serde::Deserialize)]
struct Statistic {
    statistic: f64,
    p: f64,
}

#[derive(serde::Deserialize)]
struct Holm {
    p: Vec<f64>,
    adjusted: Vec<f64>,
}

#[derive(serde::Deserialize)]
struct Case {
    a: Vec<f64>,
    b: Vec<f64>,
    paired_t: Statistic,
    wilcoxon: Statistic,
    sign_flip_exact_p: Option<f64>,
    holm: Holm,
    kendall_tau_b: f64,
    spearman: f64,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("fixtures/significance.json")).expect("the fixture is valid")
}

fn near(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() < 1e-9, "{what}: {found}, not {expected}");
}

#[test]
fn every_test_and_correlation_equals_scipy() {
    let cases = cases();
    assert_eq!(cases.len(), 3);
    for case in cases {
        let d = differences(&case.a, &case.b);
        let (t, w) = (paired_t(&d).expect("they vary"), wilcoxon(&d).expect("they vary"));
        near(t.statistic, case.paired_t.statistic, "t");
        near(t.p, case.paired_t.p, "p of t");
        near(w.statistic, case.wilcoxon.statistic, "W");
        near(w.p, case.wilcoxon.p, "p of W");
        near(kendall_tau_b(&case.a, &case.b).expect("they vary"), case.kendall_tau_b, "τ");
        near(spearman(&case.a, &case.b).expect("they vary"), case.spearman, "ρ");
        for (found, expected) in holm(&case.holm.p).iter().zip(&case.holm.adjusted) {
            near(*found, *expected, "Holm");
        }
        let flipped = randomisation(&d).expect("there are pairs");
        near(flipped.statistic, mean(&d), "the mean difference");
        match case.sign_flip_exact_p {
            Some(p) => near(flipped.p, p, "p of the randomisation"),
            // Drawn, so only near Student's; both look at the same mean.
            None => assert!((flipped.p - t.p).abs() < 0.3 * t.p + 1e-4, "{} beside {}", flipped.p, t.p),
        }
    }
}

#[test]
fn holm_multiplies_the_least_by_all_and_never_falls() {
    let found = holm(&[0.04, 0.01, 0.03, 0.5]);
    for (found, expected) in found.iter().zip([0.09, 0.04, 0.09, 0.5]) {
        near(*found, expected, "Holm");
    }
    assert_eq!(holm(&[]), Vec::<f64>::new());
}

#[test]
fn runs_that_do_not_differ_have_no_effect_and_a_p_of_one() {
    let same = [0.0; 6];
    assert_eq!(paired_t(&same).map(|t| t.p), Some(1.0));
    assert_eq!(wilcoxon(&same).map(|t| t.p), Some(1.0));
    assert_eq!(randomisation(&same).map(|t| t.p), Some(1.0));
    assert_eq!(effect_size(&same), Some(0.0));
    assert_eq!(bootstrap(&same, 0.95), Some(Interval { low: 0.0, high: 0.0 }));
    assert_eq!(outcomes(&same), Outcomes { wins: 0, ties: 6, losses: 0 });
}

#[test]
fn what_cannot_be_tested_has_no_figure_instead_of_a_false_one() {
    assert!(paired_t(&[]).is_none() && wilcoxon(&[]).is_none() && randomisation(&[]).is_none());
    assert!(bootstrap(&[], 0.95).is_none() && effect_size(&[1.0]).is_none() && paired_t(&[1.0]).is_none());
    assert!(paired_t(&[0.5; 4]).is_none() && effect_size(&[0.5; 4]).is_none(), "there is no deviation");
    assert_eq!(randomisation(&[0.5; 4]).map(|t| t.p), Some(2.0 / 16.0));
    assert_eq!(kendall_tau_b(&[1.0, 1.0], &[1.0, 2.0]), None);
    assert_eq!(spearman(&[1.0, 1.0], &[1.0, 2.0]), None);
}

#[test]
fn ties_among_differences_and_pairs_without_difference_take_the_normal_approximation() {
    // By hand: ranks of |d| 1.5 1.5 3 4 5.5 5.5, up = 21 − 1.5; variance (6·7·13 − 6)/24 = 22.5.
    let found = wilcoxon(&[0.1, -0.1, 0.2, 0.3, 0.4, 0.4, 0.0]).expect("there are pairs");
    near(found.statistic, 1.5, "W");
    // z = 9 / √22.5 = 1.897366…, whose two tails hold 0.05778…
    assert!((found.p - 0.057_779_6).abs() < 1e-6, "{}", found.p);
}

#[test]
fn the_bootstrap_interval_is_about_two_standard_errors_each_side_and_follows_the_seed() {
    let values: Vec<f64> = (0..200).map(|i| f64::from(i % 20)).collect();
    let found = bootstrap(&values, 0.95).expect("there are values");
    let error = (values.iter().map(|v| (v - 9.5).powi(2)).sum::<f64>() / 200.0 / 200.0).sqrt();
    assert!((found.low - (9.5 - 1.96 * error)).abs() < 0.05, "{found:?}, {error}");
    assert!((found.high - (9.5 + 1.96 * error)).abs() < 0.05, "{found:?}, {error}");
    assert_eq!(bootstrap(&values, 0.95), Some(found));
    let narrow = bootstrap(&values, 0.5).expect("there are values");
    assert!(found.low < narrow.low && narrow.high < found.high);
}

proptest! {
    #[test]
    fn p_values_lie_between_zero_and_one_and_do_not_know_the_direction(
        d in prop::collection::vec(prop_oneof![4 => -1.0..1.0_f64, 1 => Just(0.0), 1 => Just(0.25)], 1..14)
    ) {
        let turned: Vec<f64> = d.iter().map(|d| -d).collect();
        for test in [paired_t, wilcoxon, randomisation] {
            let (p, other) = (test(&d).map(|t| t.p), test(&turned).map(|t| t.p));
            prop_assert!(p.is_none_or(|p| (0.0..=1.0).contains(&p)), "{p:?}");
            prop_assert!(p.zip(other).is_none_or(|(p, other)| (p - other).abs() < 1e-9), "{p:?} {other:?}");
        }
        let counts = outcomes(&d);
        prop_assert_eq!(counts.wins + counts.ties + counts.losses, d.len());
    }

    #[test]
    fn an_adjusted_p_is_never_below_the_plain_one_and_keeps_the_order(p in prop::collection::vec(0.0..=1.0_f64, 1..10)) {
        let adjusted = holm(&p);
        for i in 0..p.len() {
            prop_assert!(adjusted[i] >= p[i] && adjusted[i] <= 1.0);
            for j in 0..p.len() {
                prop_assert!(p[i] > p[j] || adjusted[i] <= adjusted[j]);
            }
        }
    }
}
