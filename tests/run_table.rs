//! Saved runs as a table: the filter, columns, groups, pivots, and what lies on disk.

use crossrank::dataset::Split;
use crossrank::eval::{Measure, Measures, STANDARD};
use crossrank::study::runs::{
    Column, Entry, Filter, Listing, Objective, ParamValue, Pivot, RunFacts, RunTable, SavedRun, asked, best, date,
    entries, groups, varying, with_term,
};
use crossrank::train::{Comparison, RunFolder, RunRecord, RunSplit};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// A run that was never trained, with invented measures: for what only looks at records.
pub(crate) fn made_up(name: &str, k: usize, layers: usize, seed: u64, map: f64) -> RunFacts {
    let mut record = RunRecord { name: format!("run-{name}"), started: 1_000 + seed, ..RunRecord::default() };
    record.experiment.graph.k = k;
    record.experiment.model.conv_layers = layers;
    record.experiment.training.seed = seed;
    let all = |value| Measures::new(&STANDARD, [value; 5]);
    let figures = |map: f64| Comparison { initial: all(0.1), text: all(0.5), model: all(map) };
    record.validation = figures(map - 0.1);
    record.test = figures(map);
    RunFacts::of(SavedRun { path: Path::new("/runs").join(name), record, ..SavedRun::default() })
}

fn six() -> Vec<RunFacts> {
    vec![
        made_up("a", 5, 1, 1, 0.60),
        made_up("b", 5, 1, 2, 0.64),
        made_up("c", 10, 1, 1, 0.70),
        made_up("d", 10, 2, 1, 0.80),
        made_up("e", 10, 2, 2, 0.70),
        made_up("f", 20, 2, 1, 0.50),
    ]
}

fn found(filter: &str) -> String {
    let filter = Filter::parse(filter);
    six()
        .iter()
        .filter(|run| filter.matches(run))
        .map(|run| run.saved.record.name.trim_start_matches("run-").to_owned())
        .collect()
}

#[test]
fn the_filter_compares_settings_and_figures_and_looks_for_words() {
    assert_eq!(found(""), "abcdef");
    assert_eq!(found("k=10"), "cde");
    assert_eq!(found("K=10 layers=2"), "de");
    assert_eq!(found("k=5,20"), "abf");
    assert_eq!(found("k=5..10 seed=1"), "acd");
    assert_eq!(found("graph.k!=10"), "abf");
    assert_eq!(found("k>5 k<20"), "cde");
    assert_eq!(found("map>=.7"), "cde");
    assert_eq!(found("test.map=.6...64"), "ab");
    assert_eq!(found("val.map>.6"), "d");
    assert_eq!(found("lr=1e-3 seed<=1"), "acdf");
    assert_eq!(found("bpr run-f"), "f", "words look in settings and in names");
    assert_eq!(found("nonsense=3"), "");
    assert_eq!(found("k="), "", "half a term is a word that no run holds");
}

#[test]
fn a_term_is_put_into_the_line_and_taken_out_again() {
    let line = with_term("best lr<1e-3", "k", Some("10"));
    assert_eq!(line, "best lr<1e-3 k=10");
    assert_eq!(asked(&line, "k").as_deref(), Some("10"));
    assert_eq!(with_term(&line, "k", Some("5,10")), "best lr<1e-3 k=5,10");
    assert_eq!(with_term(&line, "k", None), "best lr<1e-3");
    assert_eq!(with_term("", "signals", Some("two words")), "\"signals=two words\"");
}

#[test]
fn parameters_that_differ_are_found_and_written_as_they_were_set() {
    let runs = six();
    assert_eq!(varying(runs.iter().map(|run| &run.parameters)), ["graph.k", "model.conv_layers", "training.seed"]);
    let dropout = runs[0].parameters.get("model.dropout").expect("a setting");
    assert_eq!(*dropout, ParamValue::Number(0.2), "0.2 in 32 bits is still 0.2");
    assert_eq!(runs[0].parameters.get("training.learning_rate").expect("a setting").to_string(), "1e-3");
}

#[test]
fn a_heat_map_holds_means_and_its_own_filter_leaves_it_whole() {
    let (runs, scope) = (six(), [0, 1, 2, 3, 4, 5]);
    let objective = Objective { split: Split::Test, measure: Measure::Map };
    let whole = Pivot::of(&runs, &scope, "", ["graph.k", "model.conv_layers"], objective);
    assert_eq!(whole.xs, [5.0, 10.0, 20.0].map(ParamValue::Number));
    assert_eq!(whole.ys, [1.0, 2.0].map(ParamValue::Number));
    let cell = whole.cells[1][1].as_ref().expect("two runs");
    assert_eq!((cell.spread.n, &cell.runs[..]), (2, &[3, 4][..]));
    assert!((cell.spread.mean - 0.75).abs() < 1e-12 && (cell.spread.deviation - 0.005f64.sqrt()).abs() < 1e-12);
    assert!(whole.cells[0][2].is_none() && whole.cells[1][0].is_none());
    assert_eq!(Pivot::of(&runs, &scope, "k=10 layers=2", ["graph.k", "model.conv_layers"], objective), whole);
    let seed = Pivot::of(&runs, &scope, "seed=1", ["graph.k", "model.conv_layers"], objective);
    assert_eq!(seed.cells[1][1].as_ref().map(|cell| cell.spread.n), Some(1));
}

#[test]
fn a_date_is_written_as_people_read_it() {
    assert_eq!(date(951_827_696), "2000-02-29 12:34");
    assert_eq!(date(1_767_225_599), "2025-12-31 23:59");
    assert_eq!(date(1), "1970-01-01 00:00");
}

/// What is wrong with a filter.
fn fault(filter: &str) -> String {
    Filter::read(filter, &six()).expect_err(filter).to_string()
}

#[test]
fn a_complete_filter_selects_what_one_still_being_typed_does() {
    for filter in
        ["", "k=10 layers=2", "\"stopped early\"", "lr<1e-3 val.map>=.7", "study!=x data=\"\" best", "train=1"]
    {
        match Filter::read(filter, &six()) {
            Ok(read) => assert_eq!(read, Filter::parse(filter), "{filter}"),
            Err(error) => assert!(filter.starts_with("train") || filter.contains("data"), "{error}"),
        }
    }
}

#[test]
fn what_is_wrong_in_a_filter_is_named_with_its_place() {
    let cases = [
        ("best lr<small", "at character 6, “lr<small”: “small” is not a number, which “<” needs"),
        ("k=", "at character 1, “k=”: no value after “=”"),
        ("k=10   =5", "at character 8, “=5”: no setting or measure before “=”"),
        ("k=20..5", "“20..5” is not a range"),
        ("k=5..", "“5..” is not a range"),
        ("map>nan", "“nan” is not a number"),
        ("é \"two words", "at character 3, “two words”: the quotation mark is never closed"),
        ("layer=2", "did you mean “layers”?"),
        ("val.mop>.5", "did you mean"),
        ("ndcg@7>.5", "ndcg@7 is not saved with runs; these measures are: map, p@10"),
    ];
    for (filter, words) in cases {
        let told = fault(filter);
        assert!(told.starts_with("in the filter at character") && told.contains(words), "{filter}: {told}");
    }
    assert!(Filter::read("name=run..5 vectors=a..b", &six()).is_ok(), "names may hold dots");
}

#[test]
fn a_half_typed_term_is_replaced_like_a_whole_one() {
    assert_eq!(with_term("best k= k=5..", "k", Some("10")), "best k=10");
}

#[test]
fn a_column_is_found_by_its_name_in_settings_and_by_its_title() {
    for column in Column::ALL {
        assert_eq!(Column::find(&column.id()), Ok(column));
        assert_eq!(Column::find(&column.name().to_uppercase()), Ok(column));
    }
    assert_eq!(
        ["k", "lr", "test.map", "val.p@20", "gain"].map(|name| Column::find(name).ok()),
        [
            Some(Column::Neighbours),
            Some(Column::LearningRate),
            Some(Column::TestMap),
            Some(Column::ValidationPrecision),
            Some(Column::Gain),
        ]
    );
    let told = Column::find("charm").expect_err("no column").to_string();
    assert!(told.contains("\"charm\"") && told.contains("test_map"), "{told}");
}

#[test]
fn a_table_of_settings_from_before_is_still_read() {
    let text = r#"{"grouped": true, "sort": "test_ndcg", "hidden": ["seconds", "validation_map"],
        "objective": {"split": "test", "measure": "ndcg@20"}}"#;
    let table: RunTable = serde_json::from_str(text).expect("it is read");
    assert_eq!((table.grouped, table.sort, table.hidden.len()), (true, Column::TestNdcg, 2));
    assert_eq!(table.objective, Objective { split: Split::Test, measure: Measure::NdcgAt(20) });
    assert_eq!(table.columns().len(), Column::ALL.len() - 2);
}

#[test]
fn rows_are_sorted_with_what_has_no_value_at_the_end_and_named_by_what_tells_them_apart() {
    let mut runs = six();
    Arc::make_mut(&mut runs[0].saved).record.test = Comparison::default();
    let all: Vec<usize> = (0..runs.len()).collect();
    let order = |ascending: bool| -> String {
        let table = RunTable { sort: Column::TestMap, ascending, ..RunTable::default() };
        entries(&runs, &all, &table).iter().map(|entry| entry.name(&runs).replace("run-", "")).collect()
    };
    assert_eq!((order(false), order(true)), ("dcebfa".to_owned(), "fbceda".to_owned()));
    let table = RunTable { grouped: true, sort: Column::Neighbours, ascending: true, ..RunTable::default() };
    let rows = entries(&runs, &all, &table);
    assert_eq!(rows.iter().map(|row| row.runs.len()).collect::<Vec<_>>(), [2, 1, 2, 1]);
    let varying = varying(runs.iter().map(|run| &run.parameters));
    let label = |row: &Entry| row.label(&runs, &varying);
    assert_eq!((label(&rows[0]), label(&rows[1])), ("k 5, layers 1  × 2".to_owned(), "run-c".to_owned()));
}

/// Saves a run that was never trained.
fn save(folder: &Path, started: u64) {
    let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
    RunFolder::create(folder, &RunRecord { name, started, ..RunRecord::default() }).expect("written");
}

fn names(listing: &Listing) -> Vec<&str> {
    listing.runs.iter().map(|run| run.record.name.as_str()).collect()
}

#[test]
fn runs_are_found_in_the_folders_of_a_user_and_below_any_folder_newest_first() {
    let home = tempfile::tempdir().expect("a folder");
    let at = |path: &str| home.path().join(path);
    for (path, started) in [("runs/a-9", 5), ("runs/a-10", 5), ("studies/s/trials/t", 9), ("runs/deep/er/b", 1)] {
        save(&at(path), started);
    }
    fs::create_dir_all(at("runs/empty")).expect("a folder");
    fs::write(at("runs/note.txt"), "no run").expect("written");
    let listing = Listing::of_user(&at("runs"), &at("studies"), &[]);
    assert_eq!(names(&listing), ["t", "a-10", "a-9"]);
    assert_eq!(Listing::of_user(&at("nothing"), &at("here"), &[at("nowhere")]).runs.len(), 0);
    assert_eq!(names(&Listing::below(&[home.path().to_owned()])), ["t", "a-10", "a-9", "b"]);
    assert_eq!(names(&Listing::below(&[at("studies/s/trials"), at("runs/a-9"), at("studies")])), ["t", "a-9"]);
    let trial = RunFacts::of(Listing::below(&[at("studies/s")]).runs.remove(0));
    assert_eq!(trial.study.as_deref(), Some("s"));
}

#[test]
fn a_record_that_is_no_record_is_skipped_with_its_reason() {
    let home = tempfile::tempdir().expect("a folder");
    let deep = "[".repeat(100_000);
    let hostile = [
        ("cut", r#"{"name": "x", "star"#),
        ("list", "[1, 2]"),
        ("type", r#"{"experiment": {"graph": {"k": "many"}}}"#),
        ("negative", r#"{"best_epoch": -1}"#),
        ("huge", r#"{"seconds_per_epoch": 1e999}"#),
        ("deep", &deep),
        ("empty", ""),
    ];
    for (name, text) in hostile {
        fs::create_dir_all(home.path().join(name)).expect("a folder");
        fs::write(home.path().join(name).join("run.json"), text).expect("written");
    }
    fs::create_dir_all(home.path().join("bytes")).expect("a folder");
    fs::write(home.path().join("bytes/run.json"), b"{\"name\": \"\xff\"}").expect("written");
    fs::create_dir_all(home.path().join("folder/run.json")).expect("a folder");
    save(&home.path().join("good"), 1);
    let listing = Listing::below(&[home.path().to_owned()]);
    assert_eq!(names(&listing), ["good"]);
    assert_eq!(listing.skipped.len(), hostile.len() + 1, "{:?}", listing.skipped);
    assert!(listing.skipped.iter().all(|reason| reason.ends_with("run.json")), "{:?}", listing.skipped);
}

#[test]
fn a_record_of_strange_values_is_shown_without_panic() {
    let text = r#"{"name": "é\u0000\n|,\"", "started": 18446744073709551615, "best_epoch": 18446744073709551615,
        "seconds_per_epoch": 1e308, "test": {"initial": [], "text": [1.0, 0, 0, 0, 0], "model": [1e308, 0, 0, 0, 0]},
        "validation": {"initial": [], "text": [], "model": []}, "features": ["\u001b[2J", ""],
        "experiment": {"training": {"seed": 18446744073709551615}}}"#;
    let home = tempfile::tempdir().expect("a folder");
    for (name, seed) in [("a", "18446744073709551615}}}"), ("b", "1}}}")] {
        let text = text.replace("18446744073709551615}}}", seed);
        fs::create_dir_all(home.path().join(name)).expect("a folder");
        fs::write(home.path().join(name).join("run.json"), text).expect("written");
    }
    let runs: Vec<RunFacts> = Listing::below(&[home.path().to_owned()]).runs.into_iter().map(RunFacts::of).collect();
    assert_eq!(runs.len(), 2);
    for sort in Column::ALL {
        for grouped in [false, true] {
            let table = RunTable { sort, grouped, filter: "map>1 best".to_owned(), ..RunTable::default() };
            entries(&runs, &[0, 1], &table);
            let all = entries(&runs, &[0, 1], &RunTable { filter: String::new(), ..table });
            assert_eq!(all.len(), if grouped { 1 } else { 2 });
            let table = crossrank::export::run_table(&runs, &all, &Column::ALL);
            assert!(table.markdown().lines().count() > 2 && table.csv().contains("\"é"));
        }
    }
}

/// A run with a split of its own, named by its test queries.
fn split(run: RunFacts, test: &[&str]) -> RunFacts {
    let test = test.iter().map(|id| (*id).to_owned()).collect();
    let mut saved = Arc::unwrap_or_clone(run.saved);
    saved.record.split = Some(RunSplit { test, ..RunSplit::default() });
    let run = RunFacts::of(saved);
    assert!(run.saved.record.split.is_none(), "the ids of every query would stay for every run");
    run
}

#[test]
fn the_best_is_one_of_the_runs_with_the_same_split() {
    let (easy, hard) = (["q1", "q2"], ["q3"]);
    let runs = vec![
        split(made_up("a", 5, 1, 1, 0.9), &easy),
        split(made_up("b", 10, 1, 1, 0.8), &easy),
        split(made_up("c", 5, 1, 1, 0.3), &hard),
        split(made_up("d", 10, 1, 1, 0.4), &hard),
        split(made_up("e", 10, 2, 1, 0.99), &["q4"]),
    ];
    let rows: Vec<Entry> = (0..5).map(|run| Entry { runs: vec![run] }).collect();
    assert_eq!(best(&runs, &rows, Column::TestMap), [true, false, false, true, false], "the last has no rival");
    assert_eq!(best(&runs, &rows, Column::Seconds), [false; 5], "not a measure");
    let names: Vec<String> = runs.iter().map(|run| Column::Split.cell(&[run]).text).collect();
    assert_eq!((&names[0], names[0].len()), (&names[1], 8));
    assert_ne!(names[0], names[2]);
    assert!(Filter::parse(&format!("split={}", names[2])).matches(&runs[3]));
    assert_eq!(groups(&runs, [0, 2].into_iter()).len(), 2, "seeds of different splits are no group");
}

#[test]
fn a_repeated_seed_is_not_another_seed() {
    let runs = vec![
        made_up("a", 5, 1, 1, 0.6),
        made_up("b", 5, 1, 2, 0.7),
        made_up("c", 5, 1, 1, 0.6),
        made_up("d", 5, 1, 3, 0.8),
    ];
    let rows = groups(&runs, 0..4);
    assert_eq!(rows.iter().map(|row| row.runs.clone()).collect::<Vec<_>>(), [vec![0, 1, 3], vec![2]]);
    assert_eq!(Column::Seed.cell(&rows[0].facts(&runs)).beside, "3 seeds");
}

#[test]
fn the_folds_of_a_study_share_a_row_that_counts_them() {
    let home = tempfile::tempdir().expect("a folder");
    let trial = |fold: usize, seed: u64| {
        let path = home.path().join(format!("sweep/trials/fold-{fold},seed-{seed}"));
        fs::create_dir_all(&path).expect("a folder");
        fs::write(path.join("trial.json"), format!("{{\"fold\":{fold},\"seed\":{seed}}}")).expect("written");
        let mut run = Arc::unwrap_or_clone(made_up("x", 5, 1, seed, 0.5).saved);
        run.path = path;
        split(RunFacts::of(run), [&["q1"], &["q2"]][fold - 1])
    };
    let runs = vec![trial(1, 1), trial(2, 1), trial(1, 2), trial(2, 2)];
    assert_eq!(runs[1].fold, Some(2));
    let rows = groups(&runs, 0..4);
    assert_eq!(rows.len(), 1);
    let facts = rows[0].facts(&runs);
    let cells = [Column::Study, Column::Fold, Column::Seed, Column::Split].map(|column| column.cell(&facts));
    assert_eq!(cells[0].text, "sweep");
    assert_eq!([&cells[1], &cells[2], &cells[3]].map(|cell| cell.beside.as_str()), ["2 folds", "2 seeds", "2 splits"]);
}
