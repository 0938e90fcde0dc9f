//! One function for each reader of files: it is given any bytes, and must neither panic nor hang nor allocate without
//! bound. The targets of `tests/fuzz` and the seeded runs of `tests/fuzz.rs` call the same functions.

#[path = "vector_sets.rs"]
mod vector_sets;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use crossrank::dataset::{
    self, Moves, Reach, TextStatistics, open_within, read_embeddings, read_npy, read_qrels, read_run, read_vectors,
};
use crossrank::graph::Whitening;
use crossrank::index::{self, Mapping, Stamp, list, preview};
use crossrank::judge::Protocol;
use crossrank::model::Network;
use crossrank::study::SweepPlan;
use crossrank::study::runs::Listing;
use crossrank::train::{KeptEpochs, QueryMeasures, TrainState, read_config, read_reference, read_run_folder};
use crossrank::vision::{WeightsFile, decode_bytes, decode_for};
use crossrank::workspace::StudyResult;

pub use vector_sets::{ROWS, set_json, vector_rows, vector_set};

/// A reader by its name.
pub type Reader = (&'static str, fn(&[u8]));

/// Every reader.
pub const READERS: [Reader; 32] = [
    ("npy", npy),
    ("npz", npz),
    ("safetensors", safetensors),
    ("parquet", parquet),
    ("qrels", qrels),
    ("run", run),
    ("table", table),
    ("naver_json", naver_json),
    ("topics_xml", topics_xml),
    ("photos_xml", photos_xml),
    ("descriptors", descriptors),
    ("run_record", run_record),
    ("history", history),
    ("queries_json", queries_json),
    ("network", network),
    ("state", state),
    ("whitening", whitening),
    ("config_toml", config_toml),
    ("config_json", config_json),
    ("sweep", sweep),
    ("study", study),
    ("weights", weights),
    ("picture", picture),
    ("protocol", protocol),
    ("words_table", words_table),
    ("shard", shard),
    ("packed", packed),
    ("moves", moves),
    ("statistics", statistics),
    ("epochs", epochs),
    ("vector_set", vector_set),
    ("vector_rows", vector_rows),
];

/// Calls `read` with a folder that holds the bytes under this name, and other files.
fn with_files(files: &[(&str, &[u8])], read: impl FnOnce(&Path)) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        std::fs::write(path, bytes).expect("the file is written");
    }
    read(folder.path());
}

fn with_file(name: &str, bytes: &[u8], read: impl FnOnce(&Path)) {
    with_files(&[(name, bytes)], |folder| read(&folder.join(name)));
}

/// Opens a data set and reads everything in it.
fn set(files: &[(&str, &[u8])]) {
    with_files(files, |folder| {
        let Ok(loaded) = open_within(folder, Reach::Folder) else { return };
        let _ = dataset::summary(&loaded.dataset, &loaded.judgements);
        for source in &loaded.dataset.vectors {
            let checked = dataset::check_vectors(&loaded.dataset, source, &mut |_| {});
            let read = read_vectors(&loaded.dataset, &[&source.name], &mut |_| {});
            assert!(checked.is_ok() || read.is_err(), "what the check refuses cannot be read");
        }
        loaded.warnings.iter().for_each(|warning| drop(warning.to_string()));
    });
}

const TWO_IMAGES: (&str, &[u8]) = ("candidates.csv", b"query,image\nq,a\nq,b\n");

fn vectors(name: &str, bytes: &[u8]) {
    set(&[TWO_IMAGES, (name, bytes), ("embeddings.ids.txt", b"a\nb\n")]);
    with_file(name, bytes, |path| drop(read_embeddings(path)));
}

/// NumPy's `.npy`.
pub fn npy(bytes: &[u8]) {
    with_file("x.npy", bytes, |path| drop(read_npy(path)));
    vectors("embeddings.npy", bytes);
}

/// NumPy's `.npz`.
pub fn npz(bytes: &[u8]) {
    vectors("embeddings.npz", bytes);
}

/// Vectors as safetensors.
pub fn safetensors(bytes: &[u8]) {
    vectors("embeddings.safetensors", bytes);
}

/// Vectors as Parquet.
pub fn parquet(bytes: &[u8]) {
    vectors("embeddings.parquet", bytes);
}

/// TREC judgements.
pub fn qrels(bytes: &[u8]) {
    with_file("qrels.txt", bytes, |path| drop(read_qrels(path)));
    set(&[TWO_IMAGES, ("qrels.txt", bytes)]);
    set(&[("qrels.txt", bytes)]);
}

/// A TREC run.
pub fn run(bytes: &[u8]) {
    with_file("run.txt", bytes, |path| drop(read_run(path)));
    set(&[TWO_IMAGES, ("runs/x.txt", bytes)]);
    set(&[("run.txt", bytes)]);
}

/// A CSV table in each of its roles.
pub fn table(bytes: &[u8]) {
    set(&[("candidates.csv", bytes)]);
    set(&[TWO_IMAGES, ("images.csv", bytes), ("clusters.csv", bytes)]);
    set(&[("anything.tsv", bytes)]);
}

/// NAVER's judgements and queries.
pub fn naver_json(bytes: &[u8]) {
    let interactions: (&str, &[u8]) =
        ("interactions_train.csv", b"query_id,img_id,rel,x_feature\nq1,a,1,2\nq1,b,0,1\n");
    set(&[interactions, ("train_qrels.json", bytes), ("train_queries.json", bytes)]);
}

const PHOTOS: &[u8] = b"<photos><photo id=\"1\" rank=\"1\"/><photo id=\"2\" rank=\"2\"/></photos>";
const TOPICS: &[u8] = b"<topics><topic><number>1</number><title>mill</title></topic></topics>";

/// MediaEval's topics.
pub fn topics_xml(bytes: &[u8]) {
    set(&[("devset_topics.xml", bytes), ("xml/mill.xml", PHOTOS)]);
}

/// MediaEval's photos.
pub fn photos_xml(bytes: &[u8]) {
    set(&[("devset_topics.xml", TOPICS), ("xml/mill.xml", bytes)]);
}

/// MediaEval's visual descriptors.
pub fn descriptors(bytes: &[u8]) {
    set(&[("devset_topics.xml", TOPICS), ("xml/mill.xml", PHOTOS), ("descvis/img/mill CN.csv", bytes)]);
}

/// A run's record.
pub fn run_record(bytes: &[u8]) {
    with_files(&[("run/run.json", bytes)], |folder| {
        let _ = read_run_folder(&folder.join("run"));
        let _ = Listing::below(&[folder.to_owned()]);
    });
    config_json(bytes);
}

/// A run's epochs.
pub fn history(bytes: &[u8]) {
    with_files(&[("run.json", b"{}"), ("history.jsonl", bytes)], |folder| drop(read_run_folder(folder)));
}

/// A run's measures by query.
pub fn queries_json(bytes: &[u8]) {
    with_files(&[("queries.json", bytes)], |folder| drop(QueryMeasures::read(folder)));
}

/// A network's weights.
pub fn network(bytes: &[u8]) {
    with_file("model.safetensors", bytes, |path| drop(Network::load(path)));
}

/// The state of a training.
pub fn state(bytes: &[u8]) {
    with_file("state.safetensors", bytes, |path| drop(TrainState::read(path)));
}

/// A run's kept epochs.
pub fn epochs(bytes: &[u8]) {
    with_files(&[("epochs.bin", bytes)], |folder| drop(KeptEpochs::read(folder)));
}

/// A whitening.
pub fn whitening(bytes: &[u8]) {
    let _ = Whitening::from_bytes(bytes);
}

fn config(name: &str, bytes: &[u8]) {
    with_file(name, bytes, |path| {
        for experiments in [read_config(path), read_reference(path)] {
            for experiment in experiments.into_iter().flat_map(|(experiments, _)| experiments) {
                let _ = experiment.check();
            }
        }
    });
}

/// A configuration as TOML.
pub fn config_toml(bytes: &[u8]) {
    config("config.toml", bytes);
}

/// A configuration as JSON.
pub fn config_json(bytes: &[u8]) {
    config("params.json", bytes);
}

/// A sweep's plan.
pub fn sweep(bytes: &[u8]) {
    with_file("sweep.toml", bytes, |path| drop(SweepPlan::read(path)));
}

/// A study's results.
pub fn study(bytes: &[u8]) {
    with_files(&[("study.json", bytes)], |folder| drop(StudyResult::read(folder)));
}

/// An encoder's weights in any form: safetensors, `.npz`, PyTorch's zip archives and pickles.
pub fn weights(bytes: &[u8]) {
    with_file("weights.bin", bytes, |path| {
        let Ok(file) = WeightsFile::open(path) else { return };
        let names: Vec<String> = file.tensors().map(|(name, _)| name.to_owned()).collect();
        let Ok(mut reader) = file.reader() else { return };
        names.iter().take(20).for_each(|name| drop(reader.numbers(name)));
    });
}

/// A picture of any format.
pub fn picture(bytes: &[u8]) {
    for name in ["x.jpg", "x.tga"] {
        let _ = decode_bytes(bytes, Path::new(name));
        let _ = decode_for(bytes, Path::new(name), 32);
    }
}

/// A judging protocol.
pub fn protocol(bytes: &[u8]) {
    let _ = Protocol::parse(&String::from_utf8_lossy(bytes), Path::new("protocol.json"));
}

/// Reads the words of a folder with a picture and these files.
fn words(files: &[(&str, &[u8])]) {
    with_files(files, |folder| {
        std::fs::write(folder.join("mill.jpg"), b"x").expect("the file is written");
        let listing = list(folder, Reach::Folder, &mut |_| ControlFlow::Continue(())).expect("it is listed");
        let previews = preview(&listing, &Mapping::default());
        let known: BTreeMap<String, Stamp> = BTreeMap::new();
        let mut count = 0;
        let read = index::read(&listing, &Mapping::default(), &known, &mut |batch| {
            count += batch.pictures.len();
            ControlFlow::Continue(())
        });
        assert!(read.is_ok_and(|outcome| outcome.read == count) && count > 0);
        previews.iter().for_each(|table| drop(table.mapping()));
    });
}

/// A table of words of pictures, of each kind.
pub fn words_table(bytes: &[u8]) {
    for name in ["x.csv", "x.tsv", "x.jsonl", "x.json", "x.parquet", "x.txt", "x.html"] {
        words(&[(name, bytes)]);
    }
}

/// A tar archive of pictures.
pub fn shard(bytes: &[u8]) {
    words(&[("x.tar", bytes)]);
}

/// A packed collection.
pub fn packed(bytes: &[u8]) {
    with_file("x.tar", bytes, |path| {
        let folder = path.with_file_name("unpacked");
        let unpacked = index::unpack(path, &folder, &mut |_| ControlFlow::Continue(()));
        assert_eq!(unpacked.is_ok(), folder.exists(), "as a whole or not at all");
    });
}

/// Where pictures of a collection went.
pub fn moves(bytes: &[u8]) {
    with_file("moved.jsonl", bytes, |path| {
        let Ok(moves) = Moves::read(path.parent().expect("a folder")) else { return };
        for name in ["a.jpg", "b.jpg", "b/a.jpg"] {
            let _ = (moves.now(name, 0), moves.now(name, i64::MAX), moves.back(name).count());
        }
    });
}

/// How often words occur in a collection.
pub fn statistics(bytes: &[u8]) {
    with_file("statistics.tsv", bytes, |path| {
        if let Ok(Some(statistics)) = TextStatistics::read(path) {
            let _ = ["bear", "mill", "", "\u{10ffff}"].map(|term| statistics.counts(term));
        }
    });
}
