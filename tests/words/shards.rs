//! Pictures and words in tar archives.

use std::collections::BTreeMap;
use std::time::Instant;

use crossrank::base::Rng;
use crossrank::dataset::Reach;
use crossrank::index::{Mapping, Origin, Picture, Stamp, picture_bytes};

use super::{Folder, photos};
use crate::loading::mutation::damaged;

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, *content).unwrap();
    }
    archive.into_inner().unwrap()
}

fn shard() -> Vec<u8> {
    let photo = std::fs::read(&photos()[0]).unwrap();
    archive(&[
        ("000.jpg", &photo),
        ("000.txt", b"An old mill"),
        ("000.json", b"{\"title\": \"Mill\", \"tags\": [\"water\"]}"),
        ("000.cls", b"7\n"),
        ("deep/brown_bear.png", b"no picture at all"),
        ("deep/brown_bear.cls", b"bear"),
        ("deep/._brown_bear.png", b"x"),
        ("readme.md", b"x"),
        (&format!("{}/crane.jpg", "long_name".repeat(20)), &photo),
    ])
}

#[test]
fn pictures_in_a_shard_have_the_words_of_their_key() {
    let folder = Folder::new(&[("a/b.jpg", "x")]);
    let read = folder.write("zoo/shard-000.tar", &shard()).read();
    let long = format!("zoo/shard-000.tar/{}/crane.jpg", "long_name".repeat(20));
    assert_eq!(read.paths(), ["a/b.jpg", "zoo/shard-000.tar/000.jpg", "zoo/shard-000.tar/deep/brown_bear.png", &long]);
    let words = read.words("zoo/shard-000.tar/000.jpg");
    assert_eq!((words.title.as_str(), words.captions.join("|").as_str()), ("Mill", "An old mill"));
    assert_eq!(words.columns, [("class".to_owned(), "7".to_owned())]);
    assert_eq!((words.tags.join("|").as_str(), words.folders.join("|").as_str()), ("water", "zoo"));
    assert!(words.origins.contains(&Origin::Text) && words.origins.contains(&Origin::Json));
    let words = read.words("zoo/shard-000.tar/deep/brown_bear.png");
    assert_eq!((words.name.as_str(), words.tags.join("|").as_str()), ("brown bear", "bear"));
    let bytes =
        |picture: &Picture| picture_bytes(folder.root(), Reach::Folder, &picture.path, picture.part.as_ref()).unwrap();
    assert_eq!(bytes(&read.pictures[1]), std::fs::read(&photos()[0]).unwrap());
    assert_eq!(bytes(&read.pictures[2]), b"no picture at all");
}

#[test]
fn a_table_may_speak_of_pictures_in_shards() {
    let folder = Folder::new(&[("list.csv", "image,caption\n000.jpg,From a table\nnothing.jpg,x\n")]);
    let read = folder.write("shard.tar", &shard()).read();
    assert_eq!(read.words("shard.tar/000.jpg").captions, ["From a table", "An old mill"]);
}

#[test]
fn a_rescan_of_shards_reads_what_changed() {
    let folder = Folder::new(&[("b.jpg", "x")]);
    folder.write("one.tar", &shard()).write("two.tar", &archive(&[("a.jpg", b"x"), ("a.txt", b"A mill")]));
    let mut known: BTreeMap<String, Stamp> = folder.read().stamps();
    assert_eq!(known.len(), 5);
    assert_eq!(folder.read_after(&known, &Mapping::default()).outcome.unchanged, 5);
    folder.write("two.tar", &archive(&[("a.jpg", b"x"), ("a.txt", b"A wheel!"), ("c.jpg", b"x")]));
    let changed = folder.read_after(&known, &Mapping::default());
    assert_eq!(changed.paths(), ["two.tar/a.jpg", "two.tar/c.jpg"]);
    known.extend(changed.stamps());
    std::fs::remove_file(folder.path("one.tar")).unwrap();
    assert_eq!(folder.read_after(&known, &Mapping::default()).removed.len(), 3);
}

#[test]
fn a_shard_that_is_cut_off_gives_what_is_whole_and_a_warning() {
    let good = archive(&[("a.jpg", b"first"), ("a.txt", b"A mill"), ("b.jpg", &[7; 4000]), ("b.txt", b"A dog")]);
    for length in [0, 1, 511, 1024, 2048, 3000, 5000, 6656, 7168] {
        let read = Folder::new(&[("c.jpg", "x")]).write("x.tar", &good[..length]).read();
        let seen = read.paths().iter().filter(|path| path.starts_with("x.tar")).count();
        assert!(seen <= 2 && read.paths()[0] == "c.jpg", "{length}");
        assert_eq!(seen > 0, length >= 1024, "{length}");
        let is_reported = read.warnings.iter().any(|warning| warning.file.ends_with("x.tar"));
        assert_eq!(is_reported, ![0, 1024, 2048, 6656].contains(&length), "{length}: {:?}", read.warnings);
    }
    let folder = Folder::new(&[]);
    let mut rng = Rng::new(3);
    for _ in 0..300 {
        folder.write("x.tar", &damaged(&good, &mut rng)).read();
    }
}

#[test]
fn only_the_headers_of_a_large_shard_are_read() {
    let folder = Folder::new(&[]);
    let path = folder.path("large.tar");
    let file = std::fs::File::create(&path).unwrap();
    let mut header = tar::Header::new_gnu();
    header.set_path("a.jpg").unwrap();
    header.set_size(6 << 30);
    header.set_cksum();
    use std::io::{Seek, SeekFrom, Write};
    // Six gigabytes, of which the disk holds none.
    (&file).write_all(header.as_bytes()).unwrap();
    (&file).seek(SeekFrom::Start(512 + (6 << 30))).unwrap();
    (&file).write_all(&archive(&[("b.jpg", b"x"), ("b.txt", b"A mill")])).unwrap();
    let started = Instant::now();
    let read = folder.read();
    assert_eq!(read.paths(), ["large.tar/a.jpg", "large.tar/b.jpg"]);
    assert!(started.elapsed().as_secs() < 2);
    // A name of gigabytes is not read into memory.
    let mut header = tar::Header::new_gnu();
    header.set_path("././@LongLink").unwrap();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(6 << 30);
    header.set_cksum();
    (&file).seek(SeekFrom::Start(0)).unwrap();
    (&file).write_all(header.as_bytes()).unwrap();
    let read = folder.read();
    assert!(read.paths().is_empty() && read.warnings[0].message.contains("16 MB"), "{:?}", read.warnings);
}
