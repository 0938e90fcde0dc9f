//! Files of vectors that numpy, safetensors and pyarrow wrote (tests/fixtures/vectors), read by id.

use std::path::{Path, PathBuf};

use crossrank::base::Rng;
use crossrank::dataset::{
    Dataset, VectorTable, Warning, WarningKind, attach_vectors, open, read_embeddings, read_vectors, write_embeddings,
};

use super::{Fixture, assert_silent, assert_warns, damaged};

/// The order of the files' rows.
const ROWS: [&str; 5] = ["b", "d", "a", "e", "c"];
const DIM: usize = 6;

fn value(row: usize, column: usize) -> f32 {
    (row as f32 + 1.0) * 0.5 - column as f32 * 0.25
}

/// Five images in another order than the files' rows, with the names of these pictures.
fn five(ids: &str, pictures: bool) -> Fixture {
    let lines: String = ids.chars().map(|id| format!("{id}\n")).collect();
    let fixture = Fixture::new(&[("images.csv", &format!("id\n{lines}")), ("queries.csv", "query\nq\n")]);
    if pictures {
        for id in ids.chars() {
            fixture.pictures(&[&format!("{id}.jpg")]);
        }
    }
    fixture
}

/// A fixture's file, and the files next to it.
fn copy(fixture: &Fixture, name: &str) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/vectors");
    let stem = name.split('.').next().unwrap();
    for entry in std::fs::read_dir(&from).unwrap() {
        let other = entry.unwrap().file_name().into_string().unwrap();
        let beside = [".ids.txt", ".txt", ".csv"].map(|ending| format!("{stem}{ending}"));
        if other == name || beside.contains(&other) {
            fixture.write(&format!("elsewhere/{other}"), &std::fs::read(from.join(&other)).unwrap());
        }
    }
    fixture.path(&format!("elsewhere/{name}"))
}

fn read(dataset: &mut Dataset, path: &Path) -> (VectorTable, Vec<Warning>) {
    let name = attach_vectors(dataset, path).unwrap_or_else(|error| panic!("{error}"));
    let mut warnings = Vec::new();
    let table = read_vectors(dataset, &[&name], &mut |warning| warnings.push(warning));
    (table.unwrap_or_else(|error| panic!("{error}")), warnings)
}

/// That every image has the vector of its row.
#[track_caller]
fn assert_formula(dataset: &Dataset, table: &VectorTable, ids: &[&str; 5]) {
    assert_eq!((table.dim, table.count()), (DIM, 5));
    for (row, id) in ids.iter().enumerate() {
        let image = dataset.images.iter().position(|image| image.id.as_str() == *id).expect("an image");
        let expected: Vec<f32> = (0..DIM).map(|column| value(row, column)).collect();
        assert_eq!(table.get(image).as_deref(), Some(&expected[..]), "image {id}");
    }
}

#[test]
fn every_form_gives_each_image_its_own_vector() {
    let files = [
        "plain.npy",
        "half-fortran.npy",
        "big.npy",
        "names.npz",
        "deflated.npz",
        "swapped.npz",
        "metadata.safetensors",
        "each.safetensors",
        "bf16.safetensors",
        "list-snappy.parquet",
        "wide-lz4.parquet",
        "bytes-plain.parquet",
    ];
    for name in files {
        let fixture = five("abcde", false);
        let mut dataset = fixture.open().dataset;
        println!("{name}");
        let (table, warnings) = read(&mut dataset, &copy(&fixture, name));
        assert_silent(&warnings);
        assert_formula(&dataset, &table, &ROWS);
    }
}

#[test]
fn ids_may_be_whole_numbers() {
    for name in ["numbers.npz", "numbers.safetensors", "half-gzip.parquet"] {
        let fixture = five("12345", false);
        let mut dataset = fixture.open().dataset;
        println!("{name}");
        let (table, warnings) = read(&mut dataset, &copy(&fixture, name));
        assert_silent(&warnings);
        assert_formula(&dataset, &table, &["2", "4", "1", "5", "3"]);
    }
}

#[test]
fn ids_that_are_paths_of_pictures_are_matched_by_file_name_with_a_warning() {
    let fixture = five("abcde", true);
    let mut dataset = fixture.open().dataset;
    let path = copy(&fixture, "fixed-zstd.parquet");
    let (table, warnings) = read(&mut dataset, &path);
    assert_formula(&dataset, &table, &ROWS);
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    assert_warns(&warnings, WarningKind::Missing, "fixed-zstd.parquet", None, "5 of 5 were matched by file name");
}

#[test]
fn a_name_that_two_images_bear_matches_neither() {
    let fixture = Fixture::new(&[("images.csv", "id\nx/a.jpg\ny/a.jpg\nx/b.jpg\n"), ("queries.csv", "query\nq\n")]);
    let path = fixture.path("v.npy");
    write_embeddings(&path, &["z/a.jpg", "z/b.png"], 1, &[1.0, 2.0], &[]).unwrap();
    let mut dataset = fixture.open().dataset;
    let (table, warnings) = read(&mut dataset, &path);
    assert_eq!((table.get(0), table.get(1), table.get(2).as_deref()), (None, None, Some(&[2.0][..])));
    assert!(warnings.iter().any(|warning| warning.message.contains("1 ids are not in the data set: z/a.jpg")));
}

#[test]
fn missing_vectors_and_numbers_cost_their_images_alone() {
    let fixture = five("abcde", false);
    let mut dataset = fixture.open().dataset;
    let (table, warnings) = read(&mut dataset, &copy(&fixture, "nulls.parquet"));
    assert_eq!((table.dim, table.count()), (DIM, 2));
    let expected: Vec<f32> = (0..DIM).map(|column| value(4, column)).collect();
    assert_eq!(table.get(2).as_deref(), Some(&expected[..]));
    let told: Vec<(Option<usize>, &str)> = warnings.iter().map(|w| (w.line, w.message.as_str())).collect();
    let expected = [
        (Some(4), "1 vectors are skipped, as their length is not the usual 6: e"),
        (Some(3), "1 vectors are skipped, as they hold NaN or infinite numbers: a"),
        (Some(2), "1 ids have no vector: d"),
        (Some(6), "1 ids are not in the data set: "),
        (None, "3 images without a vector in 'nulls': a, d, e"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn pickles_and_unknown_compressions_are_refused_with_the_reason_and_the_file() {
    let fixture = five("abcde", false);
    let mut dataset = fixture.open().dataset;
    for (name, reason) in [
        ("objects.npy", "pickle"),
        ("objects.npz", "array 'ids': an array of Python objects"),
        ("split-brotli.parquet", "brotli"),
    ] {
        let path = copy(&fixture, name);
        let error = attach_vectors(&mut dataset, &path).expect_err(name).to_string();
        assert!(error.contains(reason) && error.ends_with(name), "{error}");
    }
    assert!(dataset.vectors.is_empty(), "nothing was added");
}

#[test]
fn several_matrices_without_a_usual_name_are_not_guessed_at() {
    let fixture = five("abcde", false);
    let mut both = std::fs::read(copy(&fixture, "metadata.safetensors")).unwrap();
    let place = both.windows(12).position(|bytes| bytes == b"\"embeddings\"").unwrap();
    both[place..place + 12].copy_from_slice(b"\"sometensor\"");
    fixture.write("two.safetensors", &both);
    let error = attach_vectors(&mut fixture.open().dataset, &fixture.path("two.safetensors")).unwrap_err().to_string();
    assert!(error.contains("more than one tensor") && error.contains("sometensor, other"), "{error}");
}

#[test]
fn attached_files_keep_names_of_their_own_and_join_with_the_others() {
    let fixture = five("abcde", false);
    write_embeddings(&fixture.path("embeddings.npy"), &["a", "b", "c", "d", "e"], 1, &[1.0; 5], &[]).unwrap();
    let mut dataset = fixture.open().dataset;
    let first = attach_vectors(&mut dataset, &copy(&fixture, "plain.npy")).unwrap();
    let again = attach_vectors(&mut dataset, &fixture.path("elsewhere/../elsewhere/plain.npy")).unwrap();
    std::fs::rename(copy(&fixture, "names.npz"), fixture.path("plain.npz")).unwrap();
    let other = attach_vectors(&mut dataset, &fixture.path("plain.npz")).unwrap();
    assert_eq!((first.as_str(), again.as_str(), other.as_str()), ("plain", "plain", "plain-2"));
    let table = read_vectors(&dataset, &["embeddings", "plain"], &mut |warning| panic!("{warning}")).unwrap();
    assert_eq!((table.name.as_str(), table.dim), ("embeddings+plain", 7));
    let dims: Vec<_> = dataset.vectors.iter().map(|source| (source.name.as_str(), source.dim)).collect();
    assert_eq!(dims, [("embeddings", Some(1)), ("plain", Some(6)), ("plain-2", Some(6))]);
}

#[test]
fn a_folder_lists_every_form_of_embeddings() {
    let fixture = five("abcde", false);
    for name in ["names.npz", "list-snappy.parquet", "plain.npy"] {
        let path = copy(&fixture, name);
        std::fs::create_dir_all(fixture.path("embeddings")).unwrap();
        std::fs::copy(&path, fixture.path(&format!("embeddings/{name}"))).unwrap();
    }
    std::fs::copy(fixture.path("elsewhere/plain.ids.txt"), fixture.path("embeddings/plain.ids.txt")).unwrap();
    let dataset = open(&fixture.path("embeddings/list-snappy.parquet")).expect("it opens its folder").dataset;
    let names: Vec<&str> = dataset.vectors.iter().map(|source| source.name.as_str()).collect();
    assert_eq!(names, ["list-snappy", "names", "plain"]);
    for name in names {
        let table = read_vectors(&dataset, &[name], &mut |warning| panic!("{warning}")).unwrap();
        assert_formula(&dataset, &table, &ROWS);
    }
}

/// Whatever comes, nothing panics, nothing is set aside for what a file only claims, and what is read is finite.
#[test]
fn damaged_files_of_vectors_never_panic() {
    const ROUNDS: usize = 60;
    let fixture = five("abcde", false);
    let dataset = fixture.open().dataset;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/vectors");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| crossrank::dataset::is_vector_file(path));
    files.sort();
    let mut rng = Rng::new(21);
    let mut survived = 0;
    for from in &files {
        let good = std::fs::read(from).unwrap();
        let path = copy(&fixture, &from.file_name().unwrap().to_string_lossy());
        for _ in 0..ROUNDS {
            std::fs::write(&path, damaged(&good, &mut rng)).unwrap();
            let _ = read_embeddings(&path);
            let mut changed = dataset.clone();
            let Ok(name) = attach_vectors(&mut changed, &path) else { continue };
            if let Ok(table) = read_vectors(&changed, &[&name], &mut |warning| drop(warning.to_string())) {
                survived += 1;
                let rows = (0..changed.images.len()).filter_map(|image| table.get(image));
                assert!(rows.flat_map(|row| row.to_vec()).all(f32::is_finite));
            }
        }
    }
    assert!(survived > files.len(), "some damage leaves something to read: {survived}");
}
