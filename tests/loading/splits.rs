//! Which queries train, validate and test.

use crossrank::dataset::{Split, assign_splits};

use super::{Fixture, assert_silent};

fn splits_of(given: &[&str], seed: u64) -> Vec<Split> {
    let rows: String = given.iter().enumerate().map(|(index, split)| format!("q{index},{split}\n")).collect();
    let fixture = Fixture::new(&[("queries.csv", &format!("query,split\n{rows}"))]);
    fixture.pictures(&["a.jpg"]);
    let loaded = fixture.open();
    assert_silent(&loaded.warnings);
    assign_splits(&loaded.dataset, seed)
}

fn counts(splits: &[Split]) -> [usize; 3] {
    Split::ALL.map(|split| splits.iter().filter(|&&given| given == split).count())
}

#[test]
fn without_any_split_queries_are_divided_60_20_20_by_the_seed() {
    let given = [""; 30];
    assert_eq!(counts(&splits_of(&given, 1)), [18, 6, 6]);
    assert_eq!(splits_of(&given, 1), splits_of(&given, 1));
    assert_ne!(splits_of(&given, 1), splits_of(&given, 2));
}

#[test]
fn given_splits_are_kept() {
    let splits = splits_of(&["train", "test", "validation", "train"], 3);
    assert_eq!(splits, [Split::Train, Split::Test, Split::Validation, Split::Train]);
}

#[test]
fn a_fifth_of_train_validates_if_no_validation_is_given() {
    let given: Vec<&str> = [["train"; 10], ["test"; 10]].concat();
    let splits = splits_of(&given, 4);
    assert_eq!(counts(&splits), [8, 2, 10]);
    assert!(splits[10..].iter().all(|&split| split == Split::Test));
}

#[test]
fn a_set_that_is_all_train_or_all_test_is_divided_like_one_without_splits() {
    assert_eq!(counts(&splits_of(&["test"; 10], 5)), [6, 2, 2]);
    assert_eq!(counts(&splits_of(&["train"; 10], 5)), [6, 2, 2]);
}

#[test]
fn small_sets_keep_something_to_train_on() {
    assert_eq!(counts(&splits_of(&[""], 6)), [1, 0, 0]);
    assert_eq!(counts(&splits_of(&["", ""], 6)), [1, 1, 0]);
    assert_eq!(counts(&splits_of(&["", "", ""], 6)), [1, 1, 1]);
}
