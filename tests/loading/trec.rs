//! TREC qrels and runs.

use crossrank::base::FileError;
use crossrank::dataset::{
    DatasetError, Format, Qrels, Run, WarningKind, attach_qrels, attach_run, open, read_qrels, read_run, write_qrels,
    write_run,
};

use super::{Fixture, assert_silent, assert_warns, grades, ids, query};

#[test]
fn a_written_run_reads_back_bit_for_bit() {
    let fixture = Fixture::new(&[]);
    let mut run = Run::new();
    let scores = [("a", 0.1 + 0.2), ("b", -1e-300), ("c", 12345.678901234567), ("d", 0.1 + 0.2)];
    run.insert("q1".into(), scores.iter().map(|&(image, score)| (image.to_owned(), score)).collect());
    let path = fixture.path("run.txt");
    write_run(&path, &run, "my run").expect("written");
    let (back, warnings) = read_run(&path).expect("read");
    assert_silent(&warnings);
    assert_eq!(back, run);
    let text = std::fs::read_to_string(&path).unwrap();
    let order: Vec<&str> = text.lines().map(|line| line.split(' ').nth(2).unwrap()).collect();
    assert_eq!(order, ["c", "d", "a", "b"], "score descending, ties by id descending");
    assert!(text.lines().all(|line| line.split_whitespace().count() == 6 && line.ends_with(" my%20run")));
}

#[test]
fn written_judgements_read_back() {
    let fixture = Fixture::new(&[]);
    let mut qrels = Qrels::new();
    qrels.insert("q1".into(), [("a".to_owned(), 2), ("b".to_owned(), -1)].into());
    write_qrels(&fixture.path("qrels.txt"), &qrels).expect("written");
    assert_eq!(read_qrels(&fixture.path("qrels.txt")).expect("read"), (qrels, Vec::new()));
}

#[test]
fn bad_lines_lose_only_themselves() {
    let fixture = Fixture::new(&[
        ("qrels.txt", "q 0 a 1\n\nq 0 b\nq 0 c high\nq 0 a 0\nq\t0\td\t0\r\n"),
        ("run.txt", "q Q0 a 1 0.5 x\nq Q0 b 2 NaN x\nq Q0 c 3\nq Q0 d 4 0.25 x\n"),
    ]);
    let (qrels, warnings) = read_qrels(&fixture.path("qrels.txt")).expect("some lines are good");
    assert_eq!(qrels["q"], [("a".to_owned(), 1), ("d".to_owned(), 0)].into());
    assert_warns(&warnings, WarningKind::BadRow, "qrels.txt", Some(3), "3 fields");
    assert_warns(&warnings, WarningKind::BadNumber, "qrels.txt", Some(4), "high");
    assert_warns(&warnings, WarningKind::DuplicateId, "qrels.txt", Some(5), "'a'");
    let (run, warnings) = read_run(&fixture.path("run.txt")).expect("some lines are good");
    assert_eq!(run["q"].len(), 2);
    assert_warns(&warnings, WarningKind::BadNumber, "run.txt", Some(2), "NaN");
    assert_warns(&warnings, WarningKind::BadRow, "run.txt", Some(3), "4 fields");
}

#[test]
fn a_file_of_another_kind_is_an_error_that_names_it() {
    let fixture = Fixture::new(&[("notes.txt", "to be\nor not\n")]);
    let error = read_run(&fixture.path("notes.txt")).expect_err("not a run");
    assert!(matches!(error, DatasetError::File(FileError::Malformed { line: Some(1), .. })));
    assert!(error.to_string().ends_with("notes.txt:1"), "{error}");
    assert!(matches!(read_qrels(&fixture.path("gone.txt")), Err(DatasetError::File(FileError::Io { .. }))));
}

#[test]
fn bare_qrels_and_run_make_a_data_set() {
    let fixture = Fixture::new(&[
        ("qrels.txt", "q1 0 a 1\nq1 0 b 0\nq1 0 never 1\n"),
        ("bm25.run", "q1 Q0 b 1 2.5 x\nq1 Q0 a 2 1.5 x\nq2 Q0 a 1 1 x\n"),
    ]);
    for path in [fixture.root().to_path_buf(), fixture.path("qrels.txt"), fixture.path("bm25.run")] {
        let loaded = open(&path).expect("recognised");
        assert_eq!(loaded.dataset.format, Format::TREC);
        assert_eq!(ids(&loaded.dataset, "q1"), ["b", "a"]);
        assert_eq!(grades(&loaded, "q1"), [Some(0), Some(1)]);
        assert_eq!(query(&loaded.dataset, "q1").candidates[0].rank, Some(1));
        assert_eq!(loaded.dataset.feature_names, ["bm25"]);
        assert_warns(&loaded.warnings, WarningKind::OrphanLabel, "qrels.txt", Some(3), "never");
    }
}

#[test]
fn judgements_and_runs_attach_to_any_set() {
    let fixture = Fixture::new(&[
        ("queries.csv", "query,image,rank,relevance\nold mill,a,1,1\nold mill,b,2,\nbird,b,,\nbird,a,,\n"),
        ("elsewhere/new.qrels", "old%20mill 0 a 0\nold%20mill 0 b 3\nnobody 0 a 1\n"),
        ("elsewhere/dense.txt", "bird Q0 a 1 0.9 x\nbird Q0 b 2 0.4 x\nold%20mill Q0 zzz 1 1 x\n"),
    ]);
    fixture.pictures(&["a.jpg", "b.jpg"]);
    let mut loaded = fixture.open();
    let warnings =
        attach_qrels(&loaded.dataset, &mut loaded.judgements, &fixture.path("elsewhere/new.qrels")).expect("qrels");
    assert_eq!(grades(&loaded, "old mill"), [Some(0), Some(3)]);
    assert_warns(&warnings, WarningKind::OrphanLabel, "new.qrels", Some(3), "nobody");
    let warnings =
        attach_run(&mut loaded.dataset, &mut loaded.judgements, &fixture.path("elsewhere/dense.txt")).expect("run");
    assert_warns(&warnings, WarningKind::Missing, "dense.txt", Some(3), "zzz");
    assert_eq!(loaded.dataset.feature_names, ["dense"]);
    assert_eq!(ids(&loaded.dataset, "bird"), ["a", "b"], "the run ranks the unranked");
    assert_eq!(ids(&loaded.dataset, "old mill"), ["a", "b"], "given ranks are kept");
    assert!(query(&loaded.dataset, "old mill").candidates[0].features[0].is_nan());
    attach_run(&mut loaded.dataset, &mut loaded.judgements, &fixture.path("elsewhere/dense.txt")).expect("run");
    assert_eq!(loaded.dataset.feature_names, ["dense", "dense-2"]);
}
