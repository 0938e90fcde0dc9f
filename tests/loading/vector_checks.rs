//! Checks on a file of vectors: shape, order, duplicates, numbers, ids.

use std::io::Write;

use crossrank::dataset::{
    Dataset, VectorTable, Warning, WarningKind, attach_vectors, read_vectors, write_embeddings, write_npy,
};

use super::{Fixture, assert_warns, only};

fn three() -> Fixture {
    Fixture::new(&[("images.csv", "id\na\nb\nc\n"), ("queries.csv", "query\nq\n")])
}

fn attach(fixture: &Fixture, name: &str) -> Result<(Dataset, String), String> {
    let mut dataset = fixture.open().dataset;
    let name = attach_vectors(&mut dataset, &fixture.path(name)).map_err(|error| error.to_string())?;
    Ok((dataset, name))
}

fn read(fixture: &Fixture, name: &str) -> (VectorTable, Vec<Warning>) {
    let (dataset, name) = attach(fixture, name).expect("it is attached");
    let mut warnings = Vec::new();
    let table = read_vectors(&dataset, &[&name], &mut |warning| warnings.push(warning)).expect("it is read");
    (table, warnings)
}

#[test]
fn rows_without_ids_are_taken_in_order_only_if_they_match_the_number_of_images() {
    let fixture = three();
    write_npy(&fixture.path("v.npy"), 2, &[1.0; 6]).unwrap();
    let (table, warnings) = read(&fixture, "v.npy");
    assert_eq!(table.count(), 3);
    assert_warns(&warnings, WarningKind::Missing, "v.npy", None, "3 vectors have no ids; they are taken in the order");
    write_npy(&fixture.path("v.npy"), 2, &[1.0; 8]).unwrap();
    let error = attach(&fixture, "v.npy").unwrap_err();
    assert!(error.starts_with("4 vectors without ids for 3 images") && error.ends_with("v.npy"), "{error}");
}

#[test]
fn different_numbers_of_ids_and_rows_are_an_error_that_names_the_file_of_ids() {
    let fixture = three();
    write_npy(&fixture.path("v.npy"), 1, &[1.0, 2.0, 3.0]).unwrap();
    for (name, content) in [("v.csv", "id,x\na,1\nb,2\n"), ("v.txt", "a\nb\nc\nd\n"), ("v.ids.txt", "a\n")] {
        fixture.write(name, content.as_bytes());
        let error = attach(&fixture, "v.npy").unwrap_err();
        assert!(error.contains("ids for 3 vectors of v.npy") && error.ends_with(name), "{error}");
    }
}

#[test]
fn a_table_of_ids_may_have_a_heading_or_not() {
    for content in ["id\nc\na\nb\n", "c\na\nb\n", "n;image id\n1;c\n2;a\n3;b\n"] {
        let fixture = three();
        write_npy(&fixture.path("v.npy"), 1, &[3.0, 1.0, 2.0]).unwrap();
        fixture.write("v.csv", content.as_bytes());
        let (table, warnings) = read(&fixture, "v.npy");
        let found: Vec<f32> = (0..3).map(|image| table.get(image).expect("a vector")[0]).collect();
        assert_eq!((found, warnings.len()), (vec![1.0, 2.0, 3.0], 0), "{content}");
    }
}

#[test]
fn duplicates_are_distinguished_and_the_first_usable_one_counts() {
    let fixture = three();
    let ids = ["a", "b", "a", "b", "c", "c"];
    let data = [1.0, 2.0, 1.0, 5.0, f32::INFINITY, 3.0];
    write_embeddings(&fixture.path("v.safetensors"), &ids, 1, &data, &[]).unwrap();
    let (table, warnings) = read(&fixture, "v.safetensors");
    let found: Vec<f32> = (0..3).map(|image| table.get(image).expect("a vector")[0]).collect();
    assert_eq!(found, [1.0, 2.0, 3.0]);
    let found: Vec<(WarningKind, Option<usize>, &str)> =
        warnings.iter().map(|warning| (warning.kind, warning.line, warning.message.as_str())).collect();
    let expected = [
        (WarningKind::BadVector, Some(5), "1 vectors are skipped, as they hold NaN or infinite numbers: c"),
        (WarningKind::DuplicateId, Some(3), "1 duplicate ids with the same vector: a"),
        (WarningKind::DuplicateId, Some(4), "1 duplicate ids with another vector; the first counts: b"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn bad_rows_are_counted_in_one_warning_at_the_first_of_them() {
    let names: Vec<String> = (0..12).map(|number| format!("i{number}")).collect();
    let table: String = names.iter().map(|name| format!("{name}\n")).collect();
    let fixture = Fixture::new(&[("images.csv", &format!("id\n{table}")), ("queries.csv", "query\nq\n")]);
    let ids: Vec<&str> = names.iter().map(String::as_str).chain(["x", "y"]).collect();
    let number = |row: usize| match row {
        2..10 => f32::NAN,
        10 => 0.0,
        _ => 1.0,
    };
    let data: Vec<f32> = (0..ids.len()).map(number).collect();
    write_embeddings(&fixture.path("v.npy"), &ids, 1, &data, &[]).unwrap();
    let (table, warnings) = read(&fixture, "v.npy");
    assert_eq!(table.count(), 4, "zeros are kept");
    assert_eq!(warnings.len(), 4, "{warnings:#?}");
    let bad: Vec<_> = warnings.iter().filter(|warning| warning.kind == WarningKind::BadVector).collect();
    assert!(bad[0].message.starts_with("8 vectors are skipped, as they hold NaN"), "{}", bad[0]);
    assert!(bad[0].message.ends_with("i2, i3, i4, i5, i6 and 3 more") && bad[0].line == Some(3), "{}", bad[0]);
    assert!(bad[1].message == "1 vectors are all zeros: i10" && bad[1].line == Some(11), "{}", bad[1]);
    assert!(bad[2].message.starts_with("8 images without a vector in 'v': i2"), "{}", bad[2]);
    assert_eq!(only(&warnings, WarningKind::Missing).message, "2 ids are not in the data set: x, y");
}

#[test]
fn a_file_of_other_images_is_rejected_with_an_example_of_both() {
    let fixture = three();
    write_embeddings(&fixture.path("v.npy"), &["7", "8"], 1, &[1.0, 2.0], &[]).unwrap();
    let error = attach(&fixture, "v.npy").unwrap_err();
    assert!(error.starts_with("none of its 2 ids matches an image: they look like '7', images like 'a'"), "{error}");
}

/// Files of a few bytes that claim a huge size.
#[test]
fn claims_of_gigabytes_allocate_nothing() {
    let fixture = three();
    let mut npy = b"\x93NUMPY\x01\x00".to_vec();
    let head = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 99999999999), }";
    npy.extend((head.len() as u16).to_le_bytes());
    npy.extend(head.as_bytes());
    fixture.write("v.npy", &npy);
    assert!(attach(&fixture, "v.npy").unwrap_err().starts_with("truncated: 0 of 1199999999988 bytes"));
    let mut zip = zip_writer(&fixture, "v.npz");
    zip.start_file("embeddings.npy", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(&npy).unwrap();
    zip.finish().unwrap();
    assert!(attach(&fixture, "v.npz").unwrap_err().contains("array 'embeddings': truncated"));
    let head = "{\"v\": {\"dtype\": \"F32\", \"shape\": [3, 99999999999], \"data_offsets\": [0, 1199999999988]}}";
    let file = [&(head.len() as u64).to_le_bytes()[..], head.as_bytes()].concat();
    fixture.write("v.safetensors", &file);
    assert!(attach(&fixture, "v.safetensors").unwrap_err().contains("tensor 'v': truncated"));
    fixture.write("v.safetensors", &[&u64::MAX.to_le_bytes()[..], b"{}"].concat());
    assert!(attach(&fixture, "v.safetensors").unwrap_err().contains("longer than the file"));
}

fn zip_writer(fixture: &Fixture, name: &str) -> zip::ZipWriter<std::fs::File> {
    zip::ZipWriter::new(std::fs::File::create(fixture.path(name)).unwrap())
}
