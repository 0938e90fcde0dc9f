//! Every reader on damaged files: a bounded, seeded run of what `tests/fuzz` does without end.

mod readers;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use crossrank::base::Rng;
use crossrank::dataset::Reach;
use crossrank::graph::{VisualSettings, Whitening};
use crossrank::index::{Collection, Packing};
use crossrank::model::ModelKind;
use crossrank::train::Experiment;
use crossrank::vision::EncoderSpec;
use image::{ImageFormat, RgbImage};
use readers::READERS;

use crate::encoder_golden::{files::encoded, weights};
use crate::kept_epochs::{data, trained};
use crate::loading::mutation::damaged;

/// Damaged files per reader.
const ROUNDS: usize = 150;
/// Longest time for one of them.
const PATIENCE: Duration = Duration::from_secs(10);

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{error}: {}", path.display()))
}

fn fixtures(names: &[&str]) -> Vec<Vec<u8>> {
    names.iter().map(|name| fixture(name)).collect()
}

fn vectors(ending: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/vectors");
    let entries = std::fs::read_dir(folder).expect("fixtures").flatten().map(|entry| entry.path());
    let mut paths: Vec<_> = entries.filter(|path| path.extension().is_some_and(|found| found == ending)).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).expect("a fixture")).collect()
}

fn learned() -> Vec<u8> {
    let rows: Vec<f32> = (0..40).map(|i| (i * i % 17) as f32).collect();
    let row = |i: usize| Some(rows[4 * i..4 * i + 4].into());
    let images: Vec<usize> = (0..10).collect();
    let settings = VisualSettings { whiten: true, ..VisualSettings::default() };
    let learned = Whitening::learn(&images, row, 4, settings, &mut || ControlFlow::Continue(()));
    learned.expect("it is learned").to_bytes().expect("bytes")
}

/// The kept epochs of a small run.
fn kept() -> Vec<u8> {
    let out = tempfile::tempdir().expect("a folder");
    let mut experiment = Experiment::default();
    experiment.model.kind = ModelKind::Linear;
    experiment.training.epochs = 3;
    trained(&data(), &experiment, out.path());
    std::fs::read(out.path().join("epochs.bin")).expect("read")
}

fn pictures() -> Vec<Vec<u8>> {
    let picture = RgbImage::from_fn(40, 30, |x, y| image::Rgb([x as u8 * 6, y as u8 * 8, (x * y) as u8]));
    use ImageFormat::{Bmp, Gif, Jpeg, Png, Pnm, Tga, Tiff, WebP};
    [Bmp, Gif, Jpeg, Png, Pnm, Tga, Tiff, WebP].map(|format| encoded(&picture, format)).to_vec()
}

/// A packed collection of one picture, without words.
fn packed() -> Vec<u8> {
    let home = tempfile::tempdir().expect("a folder");
    let (pictures, own, out) = (home.path().join("photos"), home.path().join("own"), home.path().join("x.tar"));
    std::fs::create_dir(&pictures).expect("a folder");
    std::fs::write(pictures.join("a.jpg"), "x").expect("written");
    let collection = Collection::create(&own, &pictures, Reach::Folder).expect("a collection");
    let packing = Packing { pictures: true, replace: false };
    collection.pack(&out, packing, &mut |_| ControlFlow::Continue(())).expect("packed");
    std::fs::read(&out).expect("read")
}

/// Good files for a reader.
fn seeds(reader: &str) -> Vec<Vec<u8>> {
    let text = |text: &str| vec![text.as_bytes().to_vec()];
    match reader {
        "npy" | "npz" | "safetensors" | "parquet" => vectors(reader),
        "qrels" => text("q 0 a 1\nq 0 b 0\nq2 0 a -1\n"),
        "run" => text("q Q0 a 1 0.75 x\nq Q0 b 2 0.5 x\n"),
        "table" => text("id,query,image,rank,relevance,file,title,x_feature\n1,q,a,1,1,a.jpg,\"A, \"\"b\"\"\",0.5\n"),
        "naver_json" => text("{\"q1\": {\"a\": 1, \"b\": 0}}"),
        "topics_xml" => text("<topics><topic><number>1</number><title>old &amp; mill</title></topic></topics>"),
        "photos_xml" => {
            text("<photos monument=\"x\"><photo id=\"1\" title=\"a &amp; b\" rank=\"1\" views=\"3\"/></photos>")
        }
        "descriptors" => text("1,0.5,0.25\n2,1,2\n"),
        "run_record" => fixtures(&["runs-0.1.0/mlp/run.json"]),
        "history" => fixtures(&["runs-0.1.0/mlp/history.jsonl"]),
        "queries_json" => fixtures(&["runs-0.1.0/mlp/queries.json"]),
        "network" => fixtures(&["runs-0.1.0/mlp/model.safetensors", "runs-0.1.0/dcmm-cos/model.safetensors"]),
        "state" => fixtures(&["runs-0.1.0/mlp/state.safetensors", "runs-0.1.0/dcmm-cos/state.safetensors"]),
        "whitening" => vec![learned()],
        "epochs" => vec![kept()],
        "config_toml" => text("[graph]\nk = 5\n[training]\nepochs = 3\nlearning_rate = 0.001\n"),
        "config_json" => text("{\"graph\": {\"k\": 5}, \"lr\": [0.001, 0.01], \"top_k\": 10, \"num_epochs\": 3}"),
        "sweep" => fixtures(&["sweep.toml"]),
        "study" => fixtures(&["runs-0.1.0/sweep/study.json"]),
        "weights" => weights::samples(),
        "picture" => pictures(),
        "protocol" => text(
            "{\"grades\": [{\"grade\": 0, \"name\": \"No\", \"colour\": \"sky\", \"key\": \"E\"}, {\"grade\": 1}], \"labels\": \"judge:ann\", \"without_batch\": true}",
        ),
        "words_table" => [
            "image,caption,tags\nmill.jpg,\"A \"\"mill\"\"\nat noon\",x;y\n",
            "{\"image\": \"mill.jpg\", \"caption\": [\"A mill\"]}\n{\"image\": \"x\"}\n",
            "{\"images\": [{\"id\": 1, \"file_name\": \"mill.jpg\"}], \"annotations\": [{\"image_id\": 1, \"caption\": \"x\"}]}",
            "<figure><a href='x.jpg'><img src=\"mill.jpg\" alt=x></a><figcaption>A <b>mill</b></figcaption></figure>",
            "https://example.org/a.jpg\nmill.jpg a mill\n",
        ]
        .map(|text| text.as_bytes().to_vec())
        .to_vec(),
        "shard" => {
            let mut archive = tar::Builder::new(Vec::new());
            for (name, content) in [("a.jpg", b"x".as_slice()), ("a.txt", b"A mill"), ("a.json", b"{\"title\": \"x\"}")] {
                let mut header = tar::Header::new_gnu();
                header.set_size(content.len() as u64);
                archive.append_data(&mut header, name, content).expect("appended");
            }
            vec![archive.into_inner().expect("an archive")]
        }
        "packed" => vec![packed()],
        "moves" => text(
            "{\"at\":5,\"from\":\"a.jpg\",\"to\":\"b/a.jpg\",\"bytes\":9,\"was\":1,\"is\":1}\n{\"at\":6,\"from\":\"b/a.jpg\",\"to\":\"b.jpg\",\"bytes\":9,\"was\":1,\"is\":2}\n",
        ),
        "statistics" => text("#words-1\t3\t10\t2\t1\nbear\t2\t3\t1\t1\t0\t0\nmill\t1\t1\t0\t0\t0\t0\n"),
        "vector_set" => {
            let key = EncoderSpec::bundled().key().expect("its weights");
            vec![readers::set_json(&key.to_string()).into_bytes()]
        }
        "vector_rows" => text(readers::ROWS),
        other => panic!("no seeds for the reader {other}"),
    }
}

#[test]
fn no_reader_panics_or_hangs_on_damaged_files() {
    for (number, (name, read)) in READERS.into_iter().enumerate() {
        let mut rng = Rng::new(number as u64);
        let seeds = seeds(name);
        seeds.iter().for_each(|good| read(good));
        for round in 0..ROUNDS {
            let bytes = damaged(&seeds[rng.below(seeds.len())], &mut rng);
            let started = Instant::now();
            read(&bytes);
            assert!(started.elapsed() < PATIENCE, "{name}, round {round}: {:?}", started.elapsed());
        }
    }
}

#[test]
fn every_reader_has_a_target() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz");
    let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).expect("the manifest");
    let entries = std::fs::read_dir(folder.join("targets")).expect("the targets").flatten();
    let targets: BTreeSet<String> =
        entries.filter_map(|entry| Some(entry.path().file_stem()?.to_string_lossy().into_owned())).collect();
    let readers: BTreeSet<String> = READERS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(targets, readers);
    for name in readers {
        let body = std::fs::read_to_string(folder.join("targets").join(format!("{name}.rs"))).expect("a target");
        assert!(body.contains(&format!("readers::{name}(bytes)")), "{name}");
        assert!(manifest.contains(&format!("path = \"targets/{name}.rs\"")), "{name}");
    }
}
