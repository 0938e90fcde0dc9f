//! The readers of a collection's vectors.

use std::ops::ControlFlow;
use std::path::Path;

use crossrank::dataset::Reach;
use crossrank::index::Collection;
use crossrank::vision::EncoderSpec;

/// The description of a collection's vectors.
pub fn vector_set(bytes: &[u8]) {
    with_vectors("set.json", bytes);
}

/// The list of a collection's vectors.
pub fn vector_rows(bytes: &[u8]) {
    with_vectors("rows-0.jsonl", bytes);
}

/// Reads the vectors of a collection after one of their files was written.
fn with_vectors(file: &str, bytes: &[u8]) {
    let home = tempfile::tempdir().expect("a folder");
    let own = home.path().join("photos.collection/own");
    let collection = Collection::create(&own, Path::new("."), Reach::Folder).expect("a collection");
    let encoder = EncoderSpec::bundled();
    let key = encoder.key().expect("its weights").to_string();
    let folder = own.join("vectors").join(&key);
    std::fs::create_dir_all(&folder).expect("a folder");
    let rows: Vec<u8> = (0..2 * encoder.dim()).flat_map(|at| (at as f32).sin().to_le_bytes()).collect();
    let all = [("set.json", set_json(&key).into_bytes()), ("rows-0.f32", rows), ("rows-0.jsonl", ROWS.into())];
    for (name, good) in all {
        std::fs::write(folder.join(name), if name == file { bytes } else { &good }).expect("written");
    }
    for set in collection.vector_sets().expect("the folder is there") {
        let query = [vec![1.0; set.info().dim]];
        let _ = (set.get("a.jpg"), set.nearest(&query, 3), set.similarities(&query[0], ["a.jpg"].into_iter()));
        let _ = set.graph_among(&["a.jpg", "b.jpg"], 2, &mut |_, _| ControlFlow::Continue(()));
    }
    let _ = collection.take_vectors(&encoder, &mut std::iter::empty(), &mut |_| ControlFlow::Continue(()));
}

/// A list of two vectors.
pub const ROWS: &str = "[\"a.jpg\",9,1]\n[\"b.jpg\",9,1,\"000000000000000000000000000000ff\"]\n";

/// The description of vectors by the bundled encoder, with an index of neighbours that is not there.
pub fn set_json(key: &str) -> String {
    let encoder = EncoderSpec::bundled();
    serde_json::json!({
        "version": 1, "name": encoder.name(), "key": key, "weights": "", "layer": "", "dim": encoder.dim(),
        "encoder": encoder, "rows": 0, "whole": true,
        "near": { "file": 1, "rows": 2, "recall": { "share": 1.0, "k": 10, "pictures": 2 }, "seconds": 0.1 },
    })
    .to_string()
}
