//! Files truncated, flipped, repeated or replaced at random: nothing panics.

use std::path::{Path, PathBuf};

use crossrank::base::Rng;
use crossrank::dataset::{attach_qrels, attach_run, open, read_vectors, summary, write_embeddings, write_npy};

use super::Fixture;

/// Number of damaged files per format. Each opens the set once.
const ROUNDS: usize = 300;

fn folder() -> Fixture {
    let fixture = Fixture::new(&[
        (
            "images.csv",
            "id,file,title,tags,date,popularity,latitude,longitude\na,a.jpg,\"A, \"\"mill\"\"\",x;y,2019-07-31,3,50,4\nb,,é,x,1999,2,,\n",
        ),
        ("queries.csv", "id,text,split\nq1,old mill,train\nq2,bird,test\n"),
        ("candidates.csv", "query,image,rank,cluster,bm25_feature\nq1,a,1,1,0.5\nq1,b,2,w,1.5\nq2,b,1,,2\n"),
        ("clusters.csv", "query,cluster,name\nq1,1,front\n"),
        ("qrels.txt", "q1 0 a 2\nq1 0 b 0\nq2 0 b 1\n"),
        ("runs/dense.txt", "q1 Q0 a 1 0.75 x\nq2 Q0 b 1 0.5 x\n"),
    ]);
    fixture.pictures(&["a.jpg"]);
    write_embeddings(&fixture.path("embeddings.safetensors"), &["a", "b"], 2, &[1.0, 2.0, 3.0, 4.0], &[]).unwrap();
    write_embeddings(&fixture.path("embeddings-2.npy"), &["a", "b"], 1, &[1.0, 2.0], &[]).unwrap();
    fixture
}

fn mediaeval() -> Fixture {
    let photos = "<photos monument=\"x\">\n<photo id=\"1\" title=\"a &amp;amp; b\" rank=\"1\" latitude=\"3\" longitude=\"4\" date_taken=\"2010-08-14 18:23:36\"/>\n<photo id=\"2\" description=\"&lt;b&gt;\" rank=\"2\"/>\n</photos>\n";
    Fixture::new(&[
        (
            "devset/devset_topics.xml",
            "<topics><topic><number>1</number><title>Old &amp; Mill</title><latitude>1</latitude><longitude>2</longitude></topic></topics>",
        ),
        ("devset/poiNameCorrespondences.txt", "Old & Mill\told_mill\n"),
        ("devset/xml/old_mill.xml", photos),
        ("devset/gt/rGT/old_mill rGT.txt", "1,1\n2,0\n"),
        ("devset/gt/dGT/old_mill dGT.txt", "1,1\n"),
        ("devset/gt/dGT/old_mill dclusterGT.txt", "1,front\n"),
        ("devset/descvis/img/old_mill CN.csv", "1,0.5,0.25\n2,1,2\n"),
    ])
}

fn naver() -> Fixture {
    let fixture = Fixture::new(&[
        ("interactions_train.csv", "query_id,img_id,rel,bm25_feature\nq1,a,1,2\nq1,b,0,1\nq2,a,1,2\n"),
        ("train_qrels.json", "{\"q1\": {\"a\": 1}}"),
        ("train_queries.json", "{\"q1\": \"old mill\"}"),
        ("DeepFeatures/train/imlist/q1_imlist.txt", "b\na\n"),
        ("DeepFeatures/train/imlist/q2_imlist.txt", "a\n"),
        ("DeepFeatures/train/net/readme", ""),
    ]);
    write_npy(&fixture.path("DeepFeatures/train/net/q1_PreLogits.npy"), 2, &[3.0, 4.0, 1.0, 2.0]).unwrap();
    write_npy(&fixture.path("DeepFeatures/train/net/q2_PreLogits.npy"), 2, &[1.0, 2.5]).unwrap();
    fixture
}

fn trec() -> Fixture {
    Fixture::new(&[("qrels.txt", "q1 0 a 1\nq1 0 b 0\n"), ("run.txt", "q1 Q0 a 1 2.5 x\nq1 Q0 b 2 1.5 x\n")])
}

#[test]
fn a_damaged_folder_never_panics() {
    damage(&folder(), 11);
}

#[test]
fn a_damaged_mediaeval_set_never_panics() {
    damage(&mediaeval(), 12);
}

#[test]
fn a_damaged_naver_set_never_panics() {
    damage(&naver(), 13);
}

#[test]
fn damaged_trec_files_never_panic() {
    damage(&trec(), 14);
}

fn damage(fixture: &Fixture, seed: u64) {
    let mut rng = Rng::new(seed);
    let mut files = Vec::new();
    list(fixture.root(), &mut files);
    let mut opened = 0;
    for _ in 0..ROUNDS {
        let path = &files[rng.below(files.len())];
        let good = std::fs::read(path).unwrap();
        std::fs::write(path, damaged(&good, &mut rng)).unwrap();
        opened += usize::from(use_everything(fixture));
        std::fs::write(path, good).unwrap();
    }
    assert!(use_everything(fixture), "the set is intact again");
    assert!(opened > ROUNDS / 3, "most damage leaves something to open: {opened} of {ROUNDS}");
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            list(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// A copy damaged in one to four places.
pub(crate) fn damaged(good: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..1 + rng.below(4) {
        let at = rng.below(bytes.len() + 1);
        match rng.below(6) {
            0 => bytes.truncate(at),
            1 if at < bytes.len() => bytes[at] = rng.next_u64() as u8,
            2 if at < bytes.len() => bytes[at] ^= 1 << rng.below(8),
            3 => {
                let piece = bytes[at..bytes.len().min(at + 40)].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => drop(bytes.drain(at..bytes.len().min(at + 12))),
            _ => {
                let nasty: [&[u8]; 8] =
                    [b"\"", b"<", b"\xff\xfe", b"\n,\n", b"&#xFFFFFFFF;", b"-99999999999999999999", b"NaN", b"\0"];
                let piece = nasty[rng.below(nasty.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
        }
    }
    bytes
}

/// Whether the set opened; everything readable is read, and must be consistent.
fn use_everything(fixture: &Fixture) -> bool {
    let Ok(mut loaded) = open(fixture.root()) else { return false };
    let dataset = &loaded.dataset;
    assert_eq!(loaded.judgements.len(), dataset.queries.len());
    for (index, query) in dataset.queries.iter().enumerate() {
        assert_eq!(loaded.judgements.of(index).len(), query.candidates.len());
        assert!(loaded.judgements.of(index).iter().flatten().all(|grade| grade.is_judged()));
        for candidate in &query.candidates {
            assert!(candidate.image < dataset.images.len());
            assert_eq!(candidate.features.len(), dataset.feature_names.len());
        }
    }
    let names: Vec<String> = dataset.vectors.iter().map(|source| source.name.clone()).collect();
    for name in &names {
        if let Ok(table) = read_vectors(dataset, &[name], &mut |warning| drop(warning.to_string())) {
            assert!(
                (0..dataset.images.len())
                    .filter_map(|image| table.get(image))
                    .all(|row| row.iter().all(|x| x.is_finite()))
            );
        }
    }
    let _ = read_vectors(dataset, &names.iter().map(String::as_str).collect::<Vec<_>>(), &mut |_| {});
    let _ = summary(dataset, &loaded.judgements);
    let mut files = Vec::new();
    list(fixture.root(), &mut files);
    for path in &files {
        let _ = open(path);
        let _ = attach_qrels(&loaded.dataset, &mut loaded.judgements, path);
        let _ = attach_run(&mut loaded.dataset, &mut loaded.judgements, path);
    }
    true
}
