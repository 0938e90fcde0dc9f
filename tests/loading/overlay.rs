//! Queries that were edited by hand.

use crossrank::dataset::{OVERLAY, QueryEdit, Reach, Relevance, Split, demo_sample, open, open_or_pictures};
use crossrank::judge::edit_queries;
use std::fs;
use std::path::Path;
use tempfile::tempdir;

fn edit(query: &str) -> QueryEdit {
    QueryEdit { query: query.to_owned(), ..QueryEdit::default() }
}

fn write(folder: &Path, edits: &[QueryEdit]) {
    edit_queries(folder, Reach::Folder, edits).expect("a writable folder");
}

/// A small data set of TREC files: three queries with two images each.
fn trec() -> tempfile::TempDir {
    let folder = tempdir().expect("a folder");
    let qrels = "q1 0 a 1\nq1 0 b 0\nq2 0 a 0\nq2 0 c 1\nq3 0 b 1\nq3 0 c 1\n";
    fs::write(folder.path().join("qrels.txt"), qrels).expect("written");
    folder
}

#[test]
fn queries_are_added_edited_deleted_and_split_for_a_format_without_any_table_of_them() {
    let folder = trec();
    let before = open(folder.path()).expect("a data set");
    write(
        folder.path(),
        &[
            QueryEdit { deleted: Some(true), ..edit("q1") },
            QueryEdit { text: Some("second".into()), split: Some(Some(Split::Test)), ..edit("q2") },
            QueryEdit {
                narrative: Some("only mills".into()),
                images: Some(vec!["a".into(), "b".into()]),
                ..edit("q3")
            },
            QueryEdit { text: Some("new one".into()), ..edit("q4") },
            QueryEdit { split: Some(Some(Split::Train)), ..edit("q2") },
            QueryEdit { images: Some(vec!["c".into(), "zzz".into()]), ..edit("q5") },
        ],
    );
    let after = open(folder.path()).expect("a data set");
    let ids: Vec<&str> = after.dataset.queries.iter().map(|query| query.id.as_str()).collect();
    assert_eq!(ids, ["q2", "q3", "q4", "q5"]);
    let [second, third, fourth, fifth] = &after.dataset.queries[..] else { panic!("{ids:?}") };
    assert_eq!((second.text.as_str(), second.split), ("second", Some(Split::Train)), "the last edit counts");
    assert_eq!((third.narrative.as_str(), third.candidates.len()), ("only mills", 3));
    assert_eq!((fourth.text.as_str(), fourth.candidates.len()), ("new one", 3), "all images are its candidates");
    assert_eq!((fifth.text.as_str(), fifth.candidates.len()), ("q5", 1));
    assert_eq!(after.judgements.len(), 4);
    assert_eq!(after.judgements.of(0), before.judgements.of(1), "grades stay with their query");
    assert_eq!(after.judgements.of(1), [Some(Relevance(1)), Some(Relevance(1)), None]);
    let warned: Vec<_> = after.warnings.iter().filter(|warning| warning.file.ends_with(OVERLAY)).collect();
    assert!(warned.len() == 1 && warned[0].line == Some(6) && warned[0].message.contains("zzz"), "{warned:?}");

    write(folder.path(), &[QueryEdit { deleted: Some(false), ..edit("q1") }]);
    let again = open(folder.path()).expect("a data set").dataset;
    assert_eq!(again.queries[0], before.dataset.queries[0], "brought back");
}

#[test]
fn a_folder_of_pictures_with_added_queries_is_a_data_set() {
    let folder = tempdir().expect("a folder");
    let pictures = fs::read_dir(demo_sample().join("photos")).expect("pictures").flatten().take(5);
    for picture in pictures {
        fs::copy(picture.path(), folder.path().join(picture.file_name())).expect("copied");
    }
    assert!(open(folder.path()).is_err());
    write(folder.path(), &[QueryEdit { text: Some("a stamp".into()), ..edit("stamp") }]);
    for loaded in [open(folder.path()), open_or_pictures(folder.path(), Reach::Folder)] {
        let dataset = loaded.expect("a data set").dataset;
        assert_eq!((dataset.queries.len(), dataset.queries[0].candidates.len()), (1, 5));
    }
}

#[test]
fn a_faulty_line_loses_only_itself_and_is_named() {
    let folder = trec();
    let text = "{\"query\":\"q1\",\"text\":\"x\"}\n{\"query\":\"q2\",\"split\":\"sometimes\"}\n{\"text\":\"y\"}\n{\"query\":\" \"}\n";
    fs::write(folder.path().join(OVERLAY), text).expect("written");
    let loaded = open(folder.path()).expect("a data set");
    let lines: Vec<_> =
        loaded.warnings.iter().filter(|warning| warning.file.ends_with(OVERLAY)).map(|warning| warning.line).collect();
    assert_eq!((lines, loaded.dataset.queries[0].text.as_str()), (vec![Some(2), Some(3), Some(4)], "x"));
}
