//! Our own folder format.

use crossrank::base::FileError;
use crossrank::dataset::{DatasetError, Format, Split, WarningKind, open, recognise};

use super::{Fixture, assert_silent, assert_warns, grades, ids, query};

fn complete() -> Fixture {
    let fixture = Fixture::new(&[
        (
            "images.csv",
            "ID,File,Title,Description,Tags,Date,Popularity,Comments,Latitude,Longitude,Licence\n\
             a,pics/a.jpg,\"A mill, old\",\"By \"\"them\"\"\",old mill;water,2019-07-31,12,3,50.5,4.25,CC0\n\
             b,pics/b.png,A pelican,,bird pelican,,,,,,GPL-2.0\n",
        ),
        ("queries.csv", "id,text,split,latitude,longitude\nq1,old windmill,train,50,4\nq2,bird,test,,\n"),
        (
            "candidates.csv",
            "query,image,rank,cluster,bm25_feature,Page_Rank_feature\n\
             q1,b,2,,0.5,\nq1,a,1,1;2,1.5,0.25\nq2,b,1,4,2,1\n",
        ),
        ("clusters.csv", "query,cluster,name\nq1,1,front\nq1,2,\"back, with water\"\n"),
        ("qrels.txt", "q1 0 a 2\nq1 0 b 0\nq2 0 b -1\n"),
        ("runs/dense.txt", "q1 Q0 a 1 0.75 x\nq2 Q0 b 1 0.5 x\n"),
    ]);
    fixture.pictures(&["pics/a.jpg", "pics/b.png"]);
    fixture
}

#[test]
fn a_complete_set_is_read_with_every_field() {
    let fixture = complete();
    let loaded = fixture.open();
    assert_silent(&loaded.warnings);
    let dataset = &loaded.dataset;
    assert_eq!(dataset.format, Format::FOLDER);
    let mill = &dataset.images[0];
    assert_eq!(mill.title, "A mill, old");
    assert_eq!(mill.description, "By \"them\"");
    assert_eq!(mill.tags, ["old mill", "water"]);
    assert_eq!(mill.date, Some(1_564_531_200));
    assert_eq!((mill.popularity, mill.comments, mill.location), (Some(12.0), Some(3.0), Some((50.5, 4.25))));
    assert_eq!(mill.columns.get("Licence").map(String::as_str), Some("CC0"));
    assert_eq!(mill.file, Some(fixture.path("pics/a.jpg")));
    assert_eq!(dataset.images[1].tags, ["bird", "pelican"]);

    let first = query(dataset, "q1");
    assert_eq!(
        (first.text.as_str(), first.split, first.location),
        ("old windmill", Some(Split::Train), Some((50.0, 4.0)))
    );
    assert_eq!(ids(dataset, "q1"), ["a", "b"], "by rank");
    assert_eq!(dataset.feature_names, ["bm25", "Page_Rank", "dense"]);
    assert_eq!(first.candidates[0].features, [1.5, 0.25, 0.75]);
    assert_eq!(first.candidates[1].features[0], 0.5);
    assert!(first.candidates[1].features[1].is_nan() && first.candidates[1].features[2].is_nan());
    assert_eq!(first.candidates[0].clusters, [1, 2]);
    assert_eq!(first.clusters.get(&2).map(String::as_str), Some("back, with water"));
    assert_eq!(grades(&loaded, "q1"), [Some(2), Some(0)]);
    assert_eq!(grades(&loaded, "q2"), [None], "a negative grade is not a judgement");
}

#[test]
fn the_hash_of_a_set_changes_only_with_the_fields_that_are_read() {
    let loaded = complete().open();
    let hash = crossrank::export::manifest::dataset_hash(&loaded.dataset, &loaded.judgements);
    assert_eq!(hash, "e7887ae3ba363c637f8eadd996e35b0b02f6817d291a463c82f2b3ca2442ebc3");
}

#[test]
fn a_folder_of_no_format_is_refused_with_the_files_that_each_format_needs() {
    let fixture = Fixture::new(&[("notes.md", "nothing of interest")]);
    assert_eq!(recognise(fixture.root()), None);
    let error = open(fixture.root()).expect_err("no data set").to_string();
    let reason = "no queries.csv, no MediaEval topics, no interactions_train.csv and no TREC qrels or run in it";
    assert_eq!(error, format!("not a data set: {reason}: {}", fixture.root().display()));
}

#[test]
fn every_main_file_opens_its_folder() {
    let fixture = complete();
    for file in ["images.csv", "queries.csv", "candidates.csv", "qrels.txt", "runs/dense.txt"] {
        let loaded = open(&fixture.path(file)).expect(file);
        assert_eq!((loaded.dataset.format, loaded.dataset.queries.len()), (Format::FOLDER, 2), "{file}");
    }
}

#[test]
fn a_folder_of_pictures_and_one_csv_are_enough() {
    let fixture = Fixture::new(&[("my searches.csv", "Query\nbird\nold windmill\n")]);
    fixture.pictures(&["x/one.jpg", "x/y/two.PNG", "three.webp"]);
    let loaded = fixture.open();
    assert_silent(&loaded.warnings);
    assert_eq!(ids(&loaded.dataset, "bird"), ["three", "one", "two"]);
    assert_eq!(ids(&loaded.dataset, "old windmill").len(), 3);
    assert_eq!(query(&loaded.dataset, "old windmill").text, "old windmill");
}

#[test]
fn of_several_tables_the_one_opened_has_the_queries() {
    let fixture = Fixture::new(&[("mine.csv", "query\nbird\n"), ("yours.csv", "query\nfish\n")]);
    fixture.pictures(&["a.jpg"]);
    assert!(open(fixture.root()).is_err());
    let loaded = open(&fixture.path("yours.csv")).expect("a table of queries");
    assert_eq!(ids(&loaded.dataset, "fish"), ["a"]);
}

#[test]
fn folders_named_like_queries_contain_their_images() {
    let fixture = Fixture::new(&[("queries.csv", "query,text\nq1,Old Windmill\nbird,a bird\nfish,a fish\n")]);
    fixture.pictures(&["old_windmill/1.jpg", "bird/2.jpg", "bird/more/3.jpg"]);
    let loaded = fixture.open();
    assert_eq!(ids(&loaded.dataset, "q1"), ["1"]);
    assert_eq!(ids(&loaded.dataset, "bird"), ["2", "3"]);
    assert_eq!(query(&loaded.dataset, "bird").text, "a bird");
    assert!(ids(&loaded.dataset, "fish").is_empty());
    assert_eq!(loaded.warnings.len(), 1);
    assert_warns(&loaded.warnings, WarningKind::Missing, "", None, "fish");
}

#[test]
fn one_table_may_contain_queries_images_ranks_and_grades() {
    let fixture = Fixture::new(&[(
        "searches.tsv",
        "query\ttext\tfile\trank\trelevance\nq1\tbird\tb/pelican.jpg\t2\t1\nq1\tbird\tkite.jpg\t1\t0\nq2\tfish\tkite\t1\t\n",
    )]);
    fixture.pictures(&["b/pelican.jpg", "kite.jpg"]);
    let loaded = fixture.open();
    assert_silent(&loaded.warnings);
    assert_eq!(ids(&loaded.dataset, "q1"), ["kite", "pelican"]);
    assert_eq!(grades(&loaded, "q1"), [Some(0), Some(1)]);
    assert_eq!(grades(&loaded, "q2"), [None]);
    assert_eq!(query(&loaded.dataset, "q2").text, "fish");
    assert!(loaded.dataset.images.iter().all(|image| image.file.is_some()));
}

#[test]
fn pictures_of_the_same_name_in_two_folders_stay_two_images() {
    let fixture = Fixture::new(&[("queries.csv", "query\nbird\nfish\n")]);
    fixture.pictures(&["bird/1.jpg", "fish/1.jpg"]);
    let loaded = fixture.open();
    assert_eq!(loaded.dataset.images.len(), 2);
    assert_eq!(ids(&loaded.dataset, "bird"), ["1"]);
    assert_eq!(ids(&loaded.dataset, "fish"), ["fish/1"]);
}

#[test]
fn runs_give_the_candidates_if_no_table_does() {
    let fixture = Fixture::new(&[
        ("queries.csv", "id,text\nq1,bird\n"),
        ("images.csv", "id\na\nb\nc\n"),
        ("runs/bm25.txt", "q1 Q0 b 1 3.5 x\nq1 Q0 a 2 1.5 x\n"),
    ]);
    let loaded = fixture.open();
    assert_eq!(ids(&loaded.dataset, "q1"), ["b", "a"]);
    assert_eq!(query(&loaded.dataset, "q1").candidates[0].rank, Some(1));
    assert_eq!(loaded.dataset.feature_names, ["bm25"]);
}

#[test]
fn byte_order_marks_semicolons_and_carriage_returns_are_handled() {
    let fixture = Fixture::new(&[]);
    fixture.write("queries.csv", b"\xef\xbb\xbfid;text\r\nq1;bird\r\nq2;\"fish; big\"\r\n");
    fixture.pictures(&["a.jpg"]);
    let loaded = fixture.open();
    assert_silent(&loaded.warnings);
    assert_eq!(query(&loaded.dataset, "q2").text, "fish; big");
}

#[test]
fn stray_bytes_are_read_as_their_letters_and_reported() {
    let fixture = Fixture::new(&[]);
    fixture.write("queries.csv", b"id,text\nq1,caf\xe9\nq2,bird\n").pictures(&["a.jpg"]);
    let loaded = fixture.open();
    assert_eq!(query(&loaded.dataset, "q1").text, "café");
    assert_eq!(query(&loaded.dataset, "q2").text, "bird");
    assert_warns(&loaded.warnings, WarningKind::StrayBytes, "queries.csv", Some(2), "1 stray");
}

#[test]
fn a_missing_picture_is_reported_and_the_image_stays() {
    let fixture = Fixture::new(&[("images.csv", "id,file\na,a.jpg\nb,gone.jpg\n"), ("queries.csv", "query\nq\n")]);
    fixture.pictures(&["a.jpg"]);
    let loaded = fixture.open();
    assert_warns(&loaded.warnings, WarningKind::MissingPicture, "images.csv", Some(3), "gone.jpg");
    assert_eq!(ids(&loaded.dataset, "q"), ["a", "b"]);
    assert_eq!(loaded.dataset.images[1].file, None);
}

#[test]
fn a_bad_row_or_number_loses_only_itself() {
    let fixture = Fixture::new(&[
        ("images.csv", "id,popularity,date,title\na,many,2019-02-31,A\nb,3,2019,B\n,1,,C\nc,1,,D,too,many\nd,2\n"),
        ("queries.csv", "query\nq\n"),
        ("candidates.csv", "query,image,rank,x_feature\nq,a,first,1\nq,b,2,nan\nq,d,3,4\n"),
    ]);
    let loaded = fixture.open();
    let reported: Vec<(WarningKind, Option<usize>)> = loaded
        .warnings
        .iter()
        .filter(|warning| warning.kind != WarningKind::Missing)
        .map(|warning| (warning.kind, warning.line))
        .collect();
    use WarningKind::{BadNumber, BadRow};
    let expected = [
        (BadRow, Some(5)),
        (BadRow, Some(6)),
        (BadNumber, Some(2)),
        (BadNumber, Some(2)),
        (BadRow, Some(4)),
        (BadNumber, Some(2)),
        (BadNumber, Some(3)),
    ];
    assert_eq!(reported, expected, "{:#?}", loaded.warnings);
    let titles: Vec<&str> = loaded.dataset.images.iter().map(|image| image.title.as_str()).collect();
    assert_eq!(titles, ["A", "B", ""]);
    assert_eq!(loaded.dataset.images[1].popularity, Some(3.0));
    let features: Vec<f32> = query(&loaded.dataset, "q").candidates.iter().map(|c| c.features[0]).collect();
    assert!(
        features[0].is_nan() && features[1] == 4.0 && features[2] == 1.0,
        "by rank, the rankless last: {features:?}"
    );
}

#[test]
fn repeated_ids_are_reported_and_the_first_counts() {
    let fixture = Fixture::new(&[
        ("images.csv", "id,title\na,first\na,second\n"),
        ("queries.csv", "id,text\nq,first\nq,second\n"),
        ("candidates.csv", "query,image,rank\nq,a,1\nq,a,2\n"),
        ("qrels.txt", "q 0 a 1\nq 0 a 0\n"),
    ]);
    let loaded = fixture.open();
    let repeated: Vec<(String, Option<usize>)> = loaded
        .warnings
        .iter()
        .filter(|warning| warning.kind == WarningKind::DuplicateId)
        .map(|warning| (warning.file.file_name().unwrap().to_string_lossy().into_owned(), warning.line))
        .collect();
    let expected = [("images.csv", 3), ("queries.csv", 3), ("candidates.csv", 3), ("qrels.txt", 2)];
    assert_eq!(repeated, expected.map(|(file, line)| (file.to_owned(), Some(line))));
    assert_eq!(loaded.dataset.images[0].title, "first");
    assert_eq!(query(&loaded.dataset, "q").text, "first");
    assert_eq!(grades(&loaded, "q"), [Some(1)]);
}

#[test]
fn labels_without_an_image_are_reported() {
    let fixture =
        Fixture::new(&[("queries.csv", "query,image\nq,a\n"), ("qrels.txt", "q 0 a 1\nq 0 ghost 1\nq 0 spook 0\n")]);
    fixture.pictures(&["a.jpg"]);
    let loaded = fixture.open();
    assert_warns(&loaded.warnings, WarningKind::OrphanLabel, "qrels.txt", Some(2), "ghost, spook");
    assert_eq!(grades(&loaded, "q"), [Some(1)]);
}

#[test]
fn a_file_that_cannot_be_read_is_reported_and_the_rest_opens() {
    let fixture = Fixture::new(&[
        ("queries.csv", "query,image\nq,a\n"),
        ("qrels.txt", "this is no\njudgement at all\n"),
        ("images.csv", "colour,size\nred,3\n"),
    ]);
    fixture.pictures(&["a.jpg"]);
    let loaded = fixture.open();
    assert_eq!(ids(&loaded.dataset, "q"), ["a"]);
    let bad: Vec<String> = loaded
        .warnings
        .iter()
        .filter(|warning| warning.kind == WarningKind::BadFile)
        .map(|warning| warning.file.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(bad, ["images.csv", "qrels.txt"]);
}

#[test]
fn clusters_may_be_words() {
    let fixture = Fixture::new(&[("searches.csv", "query,image,cluster\nq,a,front\nq,b,back;front\n")]);
    fixture.pictures(&["a.jpg", "b.jpg"]);
    let loaded = fixture.open();
    let q = query(&loaded.dataset, "q");
    assert_eq!(q.clusters.values().collect::<Vec<_>>(), ["front", "back"]);
    assert_eq!((q.candidates[0].clusters.as_slice(), q.candidates[1].clusters.as_slice()), (&[1][..], &[1, 2][..]));
}

#[test]
fn what_is_not_a_data_set_is_rejected_with_what_to_add() {
    let reason = |fixture: &Fixture| match open(fixture.root()) {
        Err(DatasetError::Unrecognised { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    assert!(reason(&Fixture::new(&[])).contains("empty"));
    let pictures = Fixture::new(&[]);
    pictures.pictures(&["a.jpg"]);
    assert!(reason(&pictures).contains("queries.csv"));
    assert_eq!(recognise(pictures.root()), None);
    assert!(reason(&Fixture::new(&[("notes.txt", "hello there\n")])).contains("no queries.csv"));
    assert!(matches!(open(std::path::Path::new("/no/such/folder")), Err(DatasetError::File(FileError::Io { .. }))));
}

#[test]
fn a_fractional_grade_is_refused_with_file_and_line_in_any_table() {
    let own = Fixture::new(&[("candidates.csv", "query,image,relevance\nq1,a,1\nq1,b,0.5\nq2,a,2.0\n")]);
    let naver = Fixture::new(&[("interactions_train.csv", "query_id,img_id,rel\nq1,a,1\nq1,b,0.5\n")]);
    own.pictures(&["a.jpg", "b.jpg"]);
    for (fixture, file) in [(&own, "candidates.csv"), (&naver, "interactions_train.csv")] {
        let error = open(fixture.root()).expect_err("half a grade is not cut to 0").to_string();
        assert!(error.contains("grade '0.5' is not a whole number"), "{error}");
        assert!(error.ends_with(&format!("{}:3", fixture.path(file).display())), "{error}");
    }
    own.write("candidates.csv", b"query,image,relevance\nq1,a,1\nq1,b,\nq2,a,2.0\nq2,b,?\n");
    let loaded = own.open();
    assert_eq!((grades(&loaded, "q1"), grades(&loaded, "q2")), (vec![Some(1), None], vec![Some(2), None]));
    assert_warns(&loaded.warnings, WarningKind::BadNumber, "candidates.csv", Some(5), "'?'");
}
