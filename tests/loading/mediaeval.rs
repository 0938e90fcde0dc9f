//! MediaEval's layouts over the years.

use crossrank::dataset::{Format, Split, WarningKind, read_vectors, recognise, text_descriptor_files};

use super::{Fixture, assert_silent, assert_warns, grades, ids, only, query};

const TOPICS: &str = "<?xml version=\"1.0\"?>\n<topics>\n<topic>\n<number>1</number>\n<title>Acropolis Athens</title>\n\
    <latitude>37.97</latitude><longitude>23.72</longitude><wiki>http://x</wiki>\n</topic>\n<topic>\n<number>2</number>\n\
    <title>Tom &amp;amp; Jerry&apos;s</title>\n<latitude></latitude>\n<longitude/>\n</topic>\n</topics>\n";

fn photos(of: &str, body: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<photos monument=\"{of}\">\n{body}</photos>\n")
}

fn photo(id: &str, rank: u32) -> String {
    format!("<photo id=\"{id}\" rank=\"{rank}\" title=\"t{id}\" views=\"3\"/>\n")
}

/// The layout of 2014 to 2017: folder names in lower case with underscores, and a file of correspondences.
fn later_year() -> Fixture {
    let fixture = Fixture::new(&[
        ("devset/devset_topics.xml", TOPICS),
        ("devset/poiNameCorrespondences.txt", "Acropolis Athens\tacropolis_athens\nTom & Jerry's\ttom_jerry\n"),
        ("devset/xml/acropolis_athens.xml", &photos("Acropolis Athens", &(photo("12", 2) + &photo("11", 1)))),
        ("devset/xml/tom_jerry.xml", &photos("x", &photo("21", 1))),
        ("devset/gt/rGt/acropolis_athens rGT.txt", "11,1\n12,-1\n"),
        ("devset/gt/rGt/tom_jerry rGT.txt", "21,0\n"),
        ("devset/gt/dGt/acropolis_athens dGT.txt", "11,2\n11,1\n"),
        ("devset/gt/dGt/acropolis_athens dclusterGT.txt", "1,front, left\n2,back\n"),
        ("devset/descvis/descvis/img/acropolis_athens CN.csv", "11,1,0\n12,0,1\n"),
        ("devset/descvis/descvis/img/tom_jerry CN.csv", "21,1,1\n"),
        ("devset/desctxt/devset_textTermsPerImage.txt", "11 \"acropolis\" 1 2 0.5\n"),
        ("credibilityset/xml/someone.xml", &photos("someone", &photo("99", 1))),
    ]);
    fixture.pictures(&["devset/img/acropolis_athens/11.jpg", "devset/img/acropolis_athens/12.jpg"]);
    fixture.pictures(&["devset/img/tom_jerry/21.jpg"]);
    fixture
}

#[test]
fn later_years_find_their_folders_through_the_correspondences() {
    let fixture = later_year();
    assert_eq!(recognise(fixture.root()), Some(Format::MEDIAEVAL));
    let loaded = fixture.open();
    assert_silent(&loaded.warnings);
    let dataset = &loaded.dataset;
    assert_eq!(dataset.queries.len(), 2, "the credibility set has no topics");
    let acropolis = query(dataset, "1");
    assert_eq!((acropolis.text.as_str(), acropolis.location), ("Acropolis Athens", Some((37.97, 23.72))));
    assert_eq!(ids(dataset, "1"), ["11", "12"]);
    assert_eq!(grades(&loaded, "1"), [Some(1), None], "−1 is not a judgement");
    assert_eq!(acropolis.candidates[0].clusters, [1, 2]);
    assert_eq!(acropolis.clusters.get(&1).map(String::as_str), Some("front, left"));
    assert_eq!(query(dataset, "2").text, "Tom & Jerry's");
    assert_eq!(query(dataset, "2").location, None);
    assert_eq!(dataset.images[0].file, Some(fixture.path("devset/img/acropolis_athens/12.jpg")));
    assert_eq!(text_descriptor_files(dataset), [fixture.path("devset/desctxt/devset_textTermsPerImage.txt")]);
    let table = read_vectors(dataset, &["CN"], &mut |warning| panic!("{warning}")).unwrap();
    assert_eq!((table.dim, table.count()), (2, 3));
}

#[test]
fn dev_and_test_open_together_with_distinct_ids() {
    let fixture = later_year();
    fixture.write("testset/testset_topics.xml", TOPICS.replace("Acropolis Athens", "Angel Falls").as_bytes());
    fixture.write("testset/xml/Angel Falls.xml", photos("Angel Falls", &(photo("31", 1) + &photo("11", 2))).as_bytes());
    let loaded = fixture.open();
    let dataset = &loaded.dataset;
    let names: Vec<_> = dataset.queries.iter().map(|query| (query.id.as_str(), query.split)).collect();
    use Split::{Test, Train};
    assert_eq!(names, [("dev-1", Some(Train)), ("dev-2", Some(Train)), ("1", Some(Test)), ("2", Some(Test))]);
    assert_eq!(ids(dataset, "1"), ["31", "11"]);
    assert_eq!(dataset.images.len(), 4, "photo 11 of both halves is one image");
    let missing: Vec<&str> = loaded.warnings.iter().map(|warning| warning.message.as_str()).collect();
    assert!(missing.iter().any(|m| m.contains("no xml file with the photos of topic 'Tom & Jerry's'")), "{missing:?}");
    assert!(missing.iter().any(|m| m.contains("no relevance (rGT) for 2 test topics")), "{missing:?}");
    assert_warns(&loaded.warnings, WarningKind::MissingPicture, "Angel Falls.xml", Some(3), "'31'");
}

#[test]
fn the_keyword_halves_of_2013_are_dev_and_test() {
    let topics = |number: u32, title: &str| {
        format!("<topics><topic><number>{number}</number><title>{title}</title></topic></topics>")
    };
    let fixture = Fixture::new(&[
        ("devset/keywords/devsetkeywords_topics.xml", &topics(1, "Leaning Tower of Pisa")),
        ("devset/keywords/xml/Leaning Tower of Pisa.xml", &photos("x", &photo("1", 1))),
        ("devset/keywords/GT/RGT/Leaning Tower of Pisa rGT.txt", "1,1\n"),
        ("testset/keywordsGPS/testsetkeywordsGPS_topics.xml", &topics(7, "Devils  Tower")),
        ("testset/keywordsGPS/xml/Devils Tower.xml", &photos("x", &photo("2", 1))),
        ("testset/keywordsGPS/gt/rGT/Devils Tower rGT.txt", "2,0\n"),
    ]);
    let loaded = fixture.open();
    let dataset = &loaded.dataset;
    let found: Vec<_> = dataset.queries.iter().map(|query| (query.text.as_str(), query.split)).collect();
    assert_eq!(found, [("Leaning Tower of Pisa", Some(Split::Train)), ("Devils Tower", Some(Split::Test))]);
    assert_eq!((grades(&loaded, "1"), grades(&loaded, "7")), (vec![Some(1)], vec![Some(0)]));
}

#[test]
fn texts_come_out_plain_and_unknown_values_stay_unknown() {
    let body = "<photo id=\"1\" title=\"Tom &amp;amp; Jerry\" description=\"&lt;b&gt;a&lt;/b&gt; &amp;quot;b&amp;quot;\"\n\
        tags=\"old mill\" date_taken=\"2010-08-14 18:23:36\" latitude=\"0\" longitude=\"0.0\" nbComments=\"2\" \
        license=\"3\" rank=\"1\" views=\"\"/>\n";
    let fixture = Fixture::new(&[("xml/mill.xml", &photos("x", body)), ("gt/rGT/mill rGT.txt", "1,1\n")]);
    let loaded = fixture.open();
    let image = &loaded.dataset.images[0];
    assert_eq!((image.title.as_str(), image.description.as_str()), ("Tom & Jerry", "a \"b\""));
    assert_eq!(image.tags, ["old", "mill"]);
    assert_eq!((image.date, image.location, image.comments), (Some(1_281_810_216), None, Some(2.0)));
    assert_eq!((image.popularity, image.columns.get("license").map(String::as_str)), (None, Some("3")));
    assert_eq!(only(&loaded.warnings, WarningKind::Missing).message, "no pictures of the photos in this copy");
}

#[test]
fn a_damaged_photo_loses_only_itself() {
    let body = photo("1", 1)
        + "<photo title=\"no id\"/>\n"
        + "<photo id=\"2\" rank=\"x\" views=\"7\"/>\n"
        + "<photo <broken id='x\n"
        + &photo("3", 3)
        + &photo("1", 4)
        + "<photo id=\"4\" rank=\"5\" title=\"R&B\"/>\n";
    let fixture = Fixture::new(&[("devset_topics.xml", TOPICS), ("xml/Acropolis Athens.xml", &photos("x", &body))]);
    fixture.write("gt/rGT/Acropolis Athens rGT.txt", b"1,1\nghost,1\n3,yes\nnothing\n4,0\n1,0\n");
    let loaded = fixture.open();
    let found = ids(&loaded.dataset, "1");
    assert!(["1", "2", "4"].iter().all(|id| found.contains(id)), "{found:?} {:#?}", loaded.warnings);
    assert_warns(&loaded.warnings, WarningKind::OrphanLabel, "Acropolis Athens rGT.txt", Some(2), "ghost");
    let reported = |kind, line| loaded.warnings.iter().any(|w| w.kind == kind && w.line == Some(line));
    assert!(reported(WarningKind::BadRow, 4), "no id: {:#?}", loaded.warnings);
    assert!(reported(WarningKind::BadNumber, 5), "rank x: {:#?}", loaded.warnings);
    assert!(reported(WarningKind::BadNumber, 3) && reported(WarningKind::BadRow, 4), "rGT: {:#?}", loaded.warnings);
    assert!(reported(WarningKind::DuplicateId, 6), "judged twice: {:#?}", loaded.warnings);
}

#[test]
fn a_truncated_xml_file_keeps_what_came_before() {
    let fixture = later_year();
    let whole = photos("x", &(photo("11", 1) + &photo("12", 2)));
    fixture.write("devset/xml/acropolis_athens.xml", whole.split_at(whole.find("t12").unwrap()).0.as_bytes());
    let loaded = fixture.open();
    assert_eq!(ids(&loaded.dataset, "1"), ["11"]);
    assert_warns(&loaded.warnings, WarningKind::BadRow, "acropolis_athens.xml", Some(4), "damaged XML");
    assert_warns(&loaded.warnings, WarningKind::OrphanLabel, "acropolis_athens rGT.txt", Some(2), "'12'");
}

#[test]
fn stray_bytes_in_the_xml_are_read_as_their_letters() {
    let fixture = later_year();
    let mut body = photos("x", &photo("21", 1)).replace("t21", "caf_").into_bytes();
    let at = body.windows(4).position(|four| four == b"caf_").unwrap() + 3;
    body[at] = 0xe9;
    fixture.write("devset/xml/tom_jerry.xml", &body);
    let loaded = fixture.open();
    let image = loaded.dataset.images.iter().find(|image| image.id.as_str() == "21").unwrap();
    assert_eq!(image.title, "café");
    assert_warns(&loaded.warnings, WarningKind::StrayBytes, "tom_jerry.xml", Some(3), "1 stray");
}

#[test]
fn bad_descriptors_are_reported_and_the_others_stay() {
    let fixture = later_year();
    fixture.write("devset/descvis/descvis/img/acropolis_athens CN.csv", b"11,1,0,5\n12,0,x\n");
    let dataset = fixture.open().dataset;
    let mut warnings = Vec::new();
    fixture.write("devset/descvis/descvis/img/tom_jerry CN.csv", b"21,1,1\n21,2,2\n12,3,3\n");
    let table = read_vectors(&dataset, &["CN"], &mut |warning| warnings.push(warning)).unwrap();
    assert_eq!(table.count(), 2);
    assert_warns(&warnings, WarningKind::BadNumber, "acropolis_athens CN.csv", Some(2), "'x'");
    assert_warns(&warnings, WarningKind::DuplicateId, "tom_jerry CN.csv", Some(2), "'21'");
    let bad: Vec<_> = warnings.iter().filter(|w| w.kind == WarningKind::BadVector).map(|w| w.line).collect();
    assert_eq!(bad, [Some(1), None], "one of the wrong size, and a list of those missing at the end");
}
