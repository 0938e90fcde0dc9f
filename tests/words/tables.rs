//! Words in tables.

use std::collections::BTreeMap;

use crossrank::dataset::WarningKind;
use crossrank::index::{Column, Mapping, Origin, Role, TableMapping, TablePreview, preview};

use super::{Folder, Read};

/// Three pictures, two of them of one name, and a file.
fn with(name: &str, content: &[u8]) -> Folder {
    let folder = Folder::new(&[("a/1.jpg", "x"), ("b/1.jpg", "x"), ("mill.jpg", "x")]);
    folder.write(name, content);
    folder
}

fn roles(table: &TablePreview) -> String {
    let role = |column: &crossrank::index::ColumnPreview| format!("{}={}", column.heading, column.role.name());
    table.columns.iter().map(role).collect::<Vec<_>>().join(" ")
}

fn captions(read: &Read, path: &str) -> String {
    read.words(path).captions.join("|")
}

#[test]
fn a_table_is_joined_by_path_name_or_stem_and_its_columns_are_guessed() {
    let csv = "File Name;Titel;Beschreibung;tags;album;year;lat;lng;photographer;licence;width;score\n\
        mill.jpg;Old mill;\"Am Abend;\nim Sommer\";water, wheel;Rome;2019;50.5;4.25;Ann;CC0;640;0.51\n\
        a\\1.jpg;One;;;Paris;2020;;;;;640;0.25\nnowhere.jpg;x;;;;;;;;;1;0.1\n1.jpg;y;;;;;;;;;1;0.2\n";
    let folder = with("list.csv", csv.as_bytes());
    let table = &preview(&folder.list(), &Mapping::default())[0];
    assert_eq!(
        roles(table),
        "File Name=picture Titel=title Beschreibung=facet tags=tags album=facet year=facet lat=latitude lng=longitude \
         photographer=author licence=license width=ignored score=ignored"
    );
    assert_eq!((table.rows, table.is_whole, table.named, table.ambiguous), (4, true, 2, 1));
    assert_eq!(table.columns[1].values, ["Old mill", "One", "x", "y"]);
    let read = folder.read();
    let words = read.words("mill.jpg");
    assert_eq!((words.title.as_str(), words.tags.join("|").as_str()), ("Old mill", "water|wheel"));
    assert_eq!((words.author.as_str(), words.license.as_str(), words.location), ("Ann", "CC0", Some((50.5, 4.25))));
    let column = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert!(words.columns.contains(&column("album", "Rome")) && words.columns.contains(&column("year", "2019")));
    assert!(words.columns.contains(&column("Beschreibung", "Am Abend; im Sommer")), "{:?}", words.columns);
    assert_eq!(words.origins, [Origin::Table("list.csv".to_owned()), Origin::Names]);
    assert_eq!((read.words("a/1.jpg").title.as_str(), read.words("b/1.jpg").title.as_str()), ("One", ""));
    let rows = read.outcome.rows;
    assert_eq!((rows.read, rows.without_picture, rows.ambiguous), (4, 1, 1));
    let reported: Vec<&str> = read.warnings.iter().map(|warning| warning.message.as_str()).collect();
    assert!(reported.iter().any(|text| text.contains("1 of 4 rows name no picture") && text.contains("nowhere.jpg")));
    assert!(reported.iter().any(|text| text.contains("by a name that several have, such as '1.jpg'")), "{reported:?}");
}

#[test]
fn several_rows_an_image_collect_their_captions() {
    let flickr8k = "mill.jpg#0\tA child , climbing .\nmill.jpg#1\tA girl goes in .\na/1.jpg#0\tA dog runs .\n";
    let kaggle = "image,caption\nmill.jpg,\"A child , climbing .\"\nmill.jpg,A girl goes in .\na/1.jpg,A dog runs .\n";
    let flickr30k = "image_name| comment_number| comment\nmill.jpg| 0| A child , climbing .\n\
        mill.jpg| 1| A girl goes in .\na/1.jpg| 0| A dog runs .\n";
    let unquoted = "image,caption\nmill.jpg,A child , climbing .\nmill.jpg,A girl goes in .\na/1.jpg,A dog runs .\n";
    for (name, text) in [
        ("tokens.txt", flickr8k),
        ("captions.csv", kaggle),
        ("captions.txt", kaggle),
        ("results.csv", flickr30k),
        ("unquoted.csv", unquoted),
    ] {
        let read = with(name, text.as_bytes()).read();
        assert_eq!(captions(&read, "mill.jpg"), "A child , climbing .|A girl goes in .", "{name}");
        assert_eq!(captions(&read, "a/1.jpg"), "A dog runs .", "{name}");
        assert!(read.words("mill.jpg").columns.is_empty(), "{name}: {:?}", read.words("mill.jpg").columns);
    }
}

#[test]
fn json_lines_are_rows_with_lists_and_inner_objects() {
    let lines = "{\"file\": {\"path\": \"mill.jpg\"}, \"sentences\": [{\"raw\": \"A mill\"}, {\"raw\": \"A wheel\"}], \
        \"tags\": [\"water, deep\", \"old\"], \"meta\": {\"album\": \"Rome\"}, \"n\": null}\n\nnot json\n[1]\n\
        {\"later\": \"A dog runs.\", \"file\": {\"path\": \"a/1.jpg\"}}\n";
    let folder = with("rows.jsonl", lines.as_bytes());
    let read = folder.read();
    assert_eq!(captions(&read, "mill.jpg"), "A mill|A wheel");
    let words = read.words("mill.jpg");
    assert_eq!(words.columns, [("meta.album".to_owned(), "Rome".to_owned())]);
    assert_eq!(words.tags, ["water", "deep", "old"]);
    assert_eq!(read.words("a/1.jpg").columns, [("later".to_owned(), "A dog runs.".to_owned())]);
    let bad: Vec<_> = read.warnings.iter().filter(|warning| warning.kind == WarningKind::BadRow).collect();
    assert_eq!((bad.len(), bad[0].line), (1, Some(3)), "{bad:?}");
}

/// A Parquet file of two row groups, with a list of texts, a date and bytes.
fn parquet_table() -> Vec<u8> {
    use parquet::data_type::{ByteArray, ByteArrayType, Int32Type};
    use parquet::file::writer::SerializedFileWriter;
    let schema = "message s { OPTIONAL group image { OPTIONAL BYTE_ARRAY bytes; OPTIONAL BYTE_ARRAY path (UTF8); }
        OPTIONAL group captions (LIST) { REPEATED group list { OPTIONAL BYTE_ARRAY element (UTF8); } }
        OPTIONAL INT32 date (DATE); REQUIRED BYTE_ARRAY album (UTF8); }";
    let schema = std::sync::Arc::new(parquet::schema::parser::parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Default::default()).unwrap();
    let texts = |texts: &[&str]| texts.iter().map(|text| ByteArray::from(*text)).collect::<Vec<_>>();
    for (path, captions, album) in
        [("mill.jpg", ["A mill", "A wheel"], "Rome"), ("a/1.jpg", ["A dog", "A cat"], "Oslo")]
    {
        let mut group = writer.next_row_group().unwrap();
        let mut column = |write: &mut dyn FnMut(&mut parquet::file::writer::SerializedColumnWriter<'_>)| {
            let mut column = group.next_column().unwrap().unwrap();
            write(&mut column);
            column.close().unwrap();
        };
        column(&mut |c| {
            assert!(c.typed::<ByteArrayType>().write_batch(&texts(&["\u{1}"]), Some(&[2, 0]), None).unwrap() > 0)
        });
        column(&mut |c| {
            assert!(c.typed::<ByteArrayType>().write_batch(&texts(&[path]), Some(&[2, 0]), None).unwrap() > 0)
        });
        column(&mut |c| {
            let levels: (&[i16], &[i16]) = (&[3, 3, 0], &[0, 1, 0]);
            c.typed::<ByteArrayType>().write_batch(&texts(&captions), Some(levels.0), Some(levels.1)).unwrap();
        });
        column(&mut |c| assert!(c.typed::<Int32Type>().write_batch(&[18_108], Some(&[1, 0]), None).unwrap() > 0));
        column(&mut |c| {
            assert!(c.typed::<ByteArrayType>().write_batch(&texts(&[album, "none"]), None, None).unwrap() > 0)
        });
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

#[test]
fn parquet_is_read_with_lists_and_dates_and_without_bytes() {
    let table = parquet_table();
    let folder = with("rows.parquet", &table);
    assert_eq!(
        roles(&preview(&folder.list(), &Mapping::default())[0]),
        "image.path=picture captions=caption date=date album=facet"
    );
    let read = folder.read();
    let words = read.words("mill.jpg");
    assert_eq!((words.captions.join("|").as_str(), words.date), ("A mill|A wheel", Some(1_564_531_200)));
    assert_eq!(words.columns, [("album".to_owned(), "Rome".to_owned())]);
    assert_eq!(captions(&read, "a/1.jpg"), "A dog|A cat");
    assert_eq!((read.outcome.rows.read, read.outcome.rows.without_picture), (4, 2));
    let mut rng = crossrank::base::Rng::new(5);
    for _ in 0..300 {
        let damaged = crate::loading::mutation::damaged(&table, &mut rng);
        assert_eq!(folder.write("rows.parquet", &damaged).read().paths().len(), 3);
    }
}

#[test]
fn damaged_tables_cost_only_themselves() {
    let csv: &[u8] = b"image,caption,tags\nmill.jpg,\"A \"\"mill\"\"\nat noon\",x;y\na/1.jpg,A dog,\n";
    let lines: &[u8] =
        b"{\"image\": \"mill.jpg\", \"caption\": [\"A mill\"]}\n{\"image\": \"a/1.jpg\", \"tags\": \"x\"}\n";
    let mut rng = crossrank::base::Rng::new(6);
    for (name, good) in [("list.csv", csv), ("list.tsv", csv), ("rows.jsonl", lines)] {
        let folder = with(name, good);
        for _ in 0..300 {
            let damaged = crate::loading::mutation::damaged(good, &mut rng);
            assert_eq!(folder.write(name, &damaged).read().paths().len(), 3);
        }
    }
}

#[test]
fn a_rescan_reads_only_pictures_whose_rows_changed() {
    let folder = with("list.csv", b"image,caption\nmill.jpg,A mill\na/1.jpg,A dog\n");
    let known = folder.read().stamps();
    assert_eq!(folder.read_after(&known, &Mapping::default()).paths(), Vec::<&str>::new());
    folder.write("list.csv", b"image,caption\na/1.jpg,A dog\nmill.jpg,A mill\nb/1.jpg,A cat\n");
    let changed = folder.read_after(&known, &Mapping::default());
    assert_eq!(changed.paths(), ["b/1.jpg"], "another order is no change");
    std::fs::remove_file(folder.path("list.csv")).unwrap();
    let gone = folder.read_after(&known, &Mapping::default());
    assert_eq!(gone.paths(), ["a/1.jpg", "mill.jpg"]);
    assert_eq!(captions(&gone, "mill.jpg"), "", "its words have gone with the table");
}

#[test]
fn tables_that_have_not_changed_are_not_opened_again() {
    struct After(BTreeMap<String, crossrank::index::Stamp>, u64);
    impl crossrank::index::Known for After {
        fn stamp(&self, path: &str) -> Option<crossrank::index::Stamp> {
            self.0.get(path).copied()
        }
        fn paths(&self, visit: &mut dyn FnMut(&str)) {
            self.0.keys().for_each(|path| visit(path));
        }
        fn tables(&self) -> Option<u64> {
            Some(self.1)
        }
    }
    let folder = with("list.csv", b"image,caption\nmill.jpg,A mill\n");
    let first = folder.read();
    let known = After(first.stamps(), first.outcome.tables);
    let again = folder.read_after(&known, &Mapping::default());
    assert_eq!((again.outcome.unchanged, again.outcome.rows.read, again.outcome.guesses.is_none()), (3, 0, true));
    let mapping = Mapping { captions: vec!["Caption".to_owned()], ..Mapping::default() };
    assert_eq!(folder.read_after(&known, &mapping).outcome.rows.read, 1, "another meaning");
    folder.write("new.jpg", b"x");
    assert_eq!(folder.read_after(&known, &Mapping::default()).paths(), ["new.jpg"]);
}

#[test]
fn what_columns_mean_can_be_set() {
    let folder = with("list.csv", b"image,words,album\nmill.jpg,A mill,Rome\n");
    let column = |heading: &str, role| Column { heading: heading.to_owned(), role };
    let columns = vec![column("words", Role::Title), column("album", Role::Ignored)];
    let table = TableMapping { path: "list.csv".to_owned(), has_headings: true, columns, guessed: None };
    let read = folder.read_after(&BTreeMap::new(), &Mapping { tables: vec![table], captions: Vec::new() });
    let words = read.words("mill.jpg");
    assert_eq!((words.title.as_str(), words.columns.len()), ("A mill", 0));
    let mapping = Mapping { captions: vec!["Album".to_owned(), "none".to_owned()], ..Mapping::default() };
    let read = folder.read_after(&BTreeMap::new(), &mapping);
    assert_eq!(captions(&read, "mill.jpg"), "Rome");
    assert!(read.warnings.iter().any(|warning| warning.message == "no table has a column 'none'"));
    // A guess that was edited is no guess any more.
    let guess = &read.outcome.guesses.unwrap()[0];
    assert!(guess.is_guessed());
    let mut edited = guess.clone();
    edited.columns[1].role = Role::Description;
    assert!(!edited.is_guessed());
    let read = folder.read_after(&BTreeMap::new(), &Mapping { tables: vec![edited], captions: Vec::new() });
    assert_eq!(read.words("mill.jpg").description, "A mill");
}

#[test]
fn a_table_that_speaks_mostly_of_other_pictures_is_joined_all_the_same() {
    let mut text = "id,label,text\n".to_owned();
    (0..5000).for_each(|row| text += &format!("p{row},{},row {row} of the table\n", row % 3));
    let folder = with("list.csv", text.as_bytes());
    folder.write("p4500.jpg", b"x").write("0.jpg", b"x");
    assert_eq!(roles(&preview(&folder.list(), &Mapping::default())[0]), "id=picture label=tag text=caption");
    std::fs::remove_file(folder.path("0.jpg")).unwrap();
    let read = folder.read();
    assert_eq!(captions(&read, "p4500.jpg"), "row 4500 of the table");
    assert_eq!(read.outcome.rows.without_picture, 4999);
}

#[test]
fn odd_tables_cost_only_themselves() {
    let wide: String = (0..10_000).map(|column| format!(",n{column}")).collect();
    let values: String = (0..10_000).map(|column| format!(",{column}")).collect();
    let folder = with("wide.csv", format!("image{wide},caption\nmill.jpg{values},A mill\n").as_bytes());
    folder
        .write("latin.csv", b"image,caption\nmill.jpg,Caf\xe9 at noon\n")
        .write(
            "utf16.csv",
            &"\u{feff}image,caption\nmill.jpg,東京 station\n"
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect::<Vec<u8>>(),
        )
        .write("bomb.jsonl", "[".repeat(2 << 20).as_bytes())
        .write(
            "deep.jsonl",
            format!(
                "{{\"image\":\"mill.jpg\",\"caption\":\"Not lost\",\"x\":{}1{}}}\n",
                "[".repeat(60),
                "]".repeat(60)
            )
            .as_bytes(),
        )
        .write("empty.csv", b"")
        .write("damaged.parquet", b"PAR1 no")
        .write("unrelated.csv", b"city,people\nRome,3\n");
    let read = folder.read();
    assert_eq!(read.paths().len(), 3);
    let found = captions(&read, "mill.jpg");
    for text in ["A mill", "Café at noon", "東京 station", "Not lost"] {
        assert!(found.contains(text), "{text} in {found}");
    }
    assert!(read.words("mill.jpg").columns.is_empty());
    let about = |name: &str| read.warnings.iter().any(|warning| warning.file.ends_with(name));
    assert!(about("latin.csv") && about("bomb.jsonl") && about("damaged.parquet") && about("unrelated.csv"));
    assert!(!about("wide.csv"), "{:?}", read.warnings);
}
