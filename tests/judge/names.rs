//! Names of judges as names of files.

use crossrank::judge::{Judgement, Record, file_stem};
use proptest::prelude::*;
use std::fs;
use std::path::{Component, Path};

proptest! {
    #[test]
    fn no_two_names_share_a_file_and_none_leaves_the_folder(a in "\\PC{1,90}", b in "[.~%a-c]{1,4}") {
        let (first, second) = (file_stem(&a), file_stem(&b));
        prop_assert_eq!(first == second, a == b);
        for stem in [first, second] {
            let parts: Vec<Component> = Path::new(&stem).components().collect();
            prop_assert!(matches!(parts[..], [Component::Normal(_)]), "{}", stem);
            prop_assert!(stem.len() <= 120 && !stem.contains(['/', '\\', ':']));
        }
    }
}

#[test]
fn a_name_that_differs_only_in_case_gets_a_file_of_its_own() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let places = super::places(folder.path());
    for judge in ["ann", "Ann", "ANN", "Ann"] {
        let mark = super::mark("q", judge, 1);
        assert_eq!(mark.judgement, Judgement::blind(1));
        let lines = Record::new(judge).judge(vec![mark]);
        places.journal(judge).expect("a name").append(&lines).expect("a writable folder");
    }
    let names: Vec<String> = fs::read_dir(places.folder())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().to_lowercase())
        .collect();
    let mut distinct = names.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!((names.len(), distinct.len()), (3, 3), "{names:?}");
    let judges = super::read(folder.path());
    assert_eq!(judges.names(), ["ANN", "Ann", "ann"]);
}
