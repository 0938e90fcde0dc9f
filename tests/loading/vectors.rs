//! Visual vectors: `.npy`, safetensors, and reading them for a data set.

use crossrank::dataset::{
    Matrix, Warning, WarningKind, npy_shape, read_embeddings, read_npy, read_vectors, write_embeddings, write_npy,
};

use super::{Fixture, assert_silent};

/// A version 1 file with this dictionary and these numbers.
fn npy(dictionary: &str, numbers: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((dictionary.len() as u16).to_le_bytes());
    bytes.extend(dictionary.as_bytes());
    bytes.extend(numbers);
    bytes
}

fn three() -> Fixture {
    let fixture = Fixture::new(&[("images.csv", "id\na\nb\nc\n"), ("queries.csv", "query\nq\n")]);
    fixture.pictures(&["a.jpg", "b.jpg", "c.jpg"]);
    fixture
}

#[test]
fn a_matrix_that_is_written_reads_back_to_the_bit() {
    let fixture = Fixture::new(&[]);
    let path = fixture.path("m.npy");
    let data = [1.5, -0.0, f32::MIN_POSITIVE, 1e30, 0.1, 7.0];
    write_npy(&path, 3, &data).expect("written");
    assert_eq!(npy_shape(&path).expect("shape"), (2, 3));
    let back = read_npy(&path).expect("read");
    assert_eq!(back.data.iter().map(|x| x.to_bits()).collect::<Vec<_>>(), data.map(f32::to_bits));
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!((bytes.len() - data.len() * 4) % 64, 0, "the numbers start at a multiple of 64");
}

#[test]
fn doubles_vectors_and_big_endian_numbers_are_read() {
    let fixture = Fixture::new(&[]);
    let numbers: Vec<u8> = [1.25f64, -3.0].iter().flat_map(|x| x.to_le_bytes()).collect();
    fixture.write("d.npy", &npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }\n", &numbers));
    assert_eq!(read_npy(&fixture.path("d.npy")).unwrap(), Matrix { rows: 1, columns: 2, data: vec![1.25, -3.0] });
    fixture.write("v.npy", &npy("{'descr':'>f4','fortran_order':False,'shape':(1,)}", &2.5f32.to_be_bytes()));
    assert_eq!(read_npy(&fixture.path("v.npy")).unwrap(), Matrix { rows: 1, columns: 1, data: vec![2.5] });
}

#[test]
fn other_arrays_are_refused_with_their_reason() {
    let fixture = Fixture::new(&[]);
    let cases = [
        ("{'descr': '<i8', 'fortran_order': False, 'shape': (1, 1), }", "'<i8'"),
        ("{'descr': '|O', 'fortran_order': False, 'shape': (1, 2), }", "pickle"),
        ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1, 2), }", "'records'"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 2), }", "3 dimensions"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (9, 9), }", "truncated"),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999, 9999999999), }", "too large"),
        ("{'fortran_order': False, 'shape': (9, 9), }", "'descr'"),
    ];
    for (dictionary, reason) in cases {
        fixture.write("x.npy", &npy(dictionary, &[0; 8]));
        let error = read_npy(&fixture.path("x.npy")).expect_err(dictionary).to_string();
        assert!(error.contains(reason) && error.ends_with("x.npy"), "{error}");
    }
    fixture.write("x.npy", b"PK\x03\x04 something else");
    assert!(read_npy(&fixture.path("x.npy")).unwrap_err().to_string().contains("not a .npy"));
}

#[test]
fn embeddings_keep_their_ids_in_both_forms() {
    let fixture = Fixture::new(&[]);
    for name in ["e.safetensors", "e.npy"] {
        let path = fixture.path(name);
        write_embeddings(&path, &["x", "é 2"], 2, &[1.0, 2.0, 3.0, 4.0], &[("encoder", "thin")]).expect(name);
        let back = read_embeddings(&path).expect(name);
        assert_eq!(back.ids.as_deref(), Some(&["x".to_owned(), "é 2".to_owned()][..]), "{name}");
        assert_eq!(back.matrix, Matrix { rows: 2, columns: 2, data: vec![1.0, 2.0, 3.0, 4.0] });
        if name.ends_with("safetensors") {
            assert_eq!(back.metadata.get("encoder").map(String::as_str), Some("thin"));
        }
    }
    assert!(write_embeddings(&fixture.path("e.npy"), &["x"], 2, &[1.0], &[]).is_err());
    fixture.write("e.ids.txt", b"only one\n");
    assert!(read_embeddings(&fixture.path("e.npy")).unwrap_err().to_string().contains("1 ids for 2 vectors"));
}

#[test]
fn vectors_reach_their_images_by_id_or_by_order() {
    let fixture = three();
    write_embeddings(&fixture.path("embeddings.safetensors"), &["c", "a", "b"], 1, &[3.0, 1.0, 2.0], &[]).unwrap();
    write_npy(&fixture.path("embeddings-plain.npy"), 2, &[1.0, 1.0, 2.0, 2.0, 3.0, 3.0]).unwrap();
    let loaded = fixture.open();
    assert_silent(&loaded.warnings);
    let sources: Vec<_> = loaded.dataset.vectors.iter().map(|s| (s.name.as_str(), s.dim)).collect();
    assert_eq!(sources, [("embeddings-plain", Some(2)), ("embeddings", Some(1))]);
    for (name, assumed) in [("embeddings", 0), ("embeddings-plain", 1)] {
        let mut warnings = Vec::new();
        let table = read_vectors(&loaded.dataset, &[name], &mut |warning| warnings.push(warning)).expect(name);
        assert_eq!(warnings.len(), assumed, "{warnings:#?}");
        assert!(warnings.iter().all(|warning| warning.message.contains("taken in the order")));
        for image in 0..3 {
            assert_eq!(table.get(image).expect("a vector")[0], image as f32 + 1.0);
        }
    }
    let both = read_vectors(&loaded.dataset, &["embeddings", "embeddings-plain"], &mut |_| {}).unwrap();
    let half = 0.5f32.sqrt();
    assert_eq!((both.dim, both.get(1).as_deref()), (3, Some(&[1.0, half, half][..])), "each part has length 1");
}

#[test]
fn bad_vectors_are_reported_and_the_others_stay() {
    let fixture = three();
    write_embeddings(&fixture.path("embeddings.npy"), &["a", "b", "b"], 1, &[1.0, f32::NAN, 2.0], &[]).unwrap();
    let dataset = fixture.open().dataset;
    let mut warnings: Vec<Warning> = Vec::new();
    let table = read_vectors(&dataset, &["embeddings"], &mut |warning| warnings.push(warning)).unwrap();
    assert_eq!(
        (table.get(0).as_deref(), table.get(1).as_deref(), table.get(2)),
        (Some(&[1.0][..]), Some(&[2.0][..]), None)
    );
    let told: Vec<(WarningKind, Option<usize>)> = warnings.iter().map(|w| (w.kind, w.line)).collect();
    assert_eq!(told, [(WarningKind::BadVector, Some(2)), (WarningKind::BadVector, None)], "{warnings:#?}");
    assert!(warnings[1].message.contains("1 images without a vector in 'embeddings': c"));
}

#[test]
fn a_source_of_which_nothing_can_be_used_is_an_error() {
    let fixture = three();
    fixture.write("embeddings.safetensors", b"not one");
    let dataset = fixture.open().dataset;
    let error = read_vectors(&dataset, &["embeddings"], &mut |warning| panic!("{warning}")).unwrap_err().to_string();
    assert!(error.starts_with("not a safetensors file") && error.ends_with("embeddings.safetensors"), "{error}");
    write_embeddings(&fixture.path("embeddings.safetensors"), &["a", "b"], 1, &[f32::NAN; 2], &[]).unwrap();
    let error = read_vectors(&dataset, &["embeddings"], &mut |_| {}).unwrap_err().to_string();
    assert!(error.starts_with("no usable vector for any image: 2 hold NaN"), "{error}");
    let error = read_vectors(&dataset, &["CN"], &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("no vectors named 'CN'; available: embeddings"), "{error}");
}
