//! Pictures in shards of a collection: seen, embedded, kept and judged as those in files.

use crate::cli::{errors, folder, object, program, sample};
use crossrank::dataset::{self, Reach};
use crossrank::index::{Asked, Collection};
use crossrank::vision::{DeviceChoice, EncoderSpec, ThumbnailCache, decode};
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// The first photos of the sample.
fn photos(count: usize) -> Vec<Vec<u8>> {
    let mut photos: Vec<PathBuf> = fs::read_dir(Path::new(&sample()).join("photos"))
        .expect("photos")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "jpg"))
        .collect();
    photos.sort();
    photos.iter().take(count).map(|path| fs::read(path).expect("a photo")).collect()
}

fn shard(path: &Path, files: &[(&str, &[u8])]) {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content).expect("appended");
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, builder.into_inner().expect("an archive")).expect("written");
}

fn collected(home: &Path) -> Collection {
    let photos = photos(3);
    let pictures = home.join("photos");
    let [first, second, third] = &photos[..] else { panic!("three") };
    let files: [(&str, &[u8]); 4] =
        [("000.jpg", first), ("000.txt", b"a bear"), ("deep/001.jpg", second), ("deep/001.txt", b"a castle")];
    shard(&pictures.join("zoo/shard-000.tar"), &files);
    fs::write(pictures.join("plain bear.jpg"), third).expect("written");
    let mut collection = Collection::create(&home.join("own"), &pictures, Reach::Folder).expect("a collection");
    collection.update(&mut |_| ControlFlow::Continue(())).expect("read");
    assert_eq!(collection.count(), 3);
    collection
}

fn embed(collection: &Collection) -> crossrank::index::Embedded {
    let spec = EncoderSpec::bundled();
    collection.embed(&spec, DeviceChoice::Cpu, &mut |_| ControlFlow::Continue(())).expect("embedded")
}

#[test]
fn a_picture_in_a_shard_is_decoded_and_shown_and_never_another_ones_bytes() {
    let home = folder();
    let collection = collected(home.path());
    let cache = ThumbnailCache::at(home.path().join("thumbnails"));
    let picture = collection.picture("zoo/shard-000.tar/000.jpg").expect("read").expect("there");
    let file = collection.file(&picture);
    let [first, second, _] = &photos(3)[..] else { panic!("three") };
    let plain = |bytes: &[u8]| {
        let path = home.path().join("plain.jpg");
        fs::write(&path, bytes).expect("written");
        decode(&path).expect("a picture")
    };
    assert_eq!(decode(&file).expect("a picture"), plain(first));
    let small = cache.thumbnail(&file, 96).expect("small");
    assert_eq!(small.width.max(small.height), 96);
    // The archive changes: first the places in it, then what is in it.
    let path = home.path().join("photos/zoo/shard-000.tar");
    shard(&path, &[("new.jpg", second), ("000.jpg", first)]);
    assert_eq!(decode(&file).expect("found again"), plain(first));
    shard(&path, &[("new.jpg", second)]);
    let gone = decode(&file).expect_err("no longer there").to_string();
    assert!(gone.starts_with("the archive has no such file any more"), "{gone}");
    assert!(cache.thumbnail(&file, 96).is_err());
    fs::write(&path, b"no archive at all").expect("written");
    assert!(decode(&file).is_err());
    fs::remove_file(&path).expect("removed");
    assert!(decode(&file).is_err_and(|error| error.to_string().contains("No such file")));
}

#[test]
fn pictures_in_shards_have_vectors_and_are_candidates_of_kept_queries_like_any_other() {
    let home = folder();
    let collection = collected(home.path());
    let embedded = embed(&collection);
    assert_eq!((embedded.embedded, embedded.failed), (3, Vec::new()));
    let set = collection.vectors_of(&EncoderSpec::bundled()).expect("vectors");
    let found = collection.candidates(&Asked::words("bear"), Some(&set)).expect("found");
    collection.keep("bear", "bear", None, &found).expect("kept");
    let loaded = dataset::open(collection.folder()).expect("opened");
    assert_eq!(loaded.warnings, []);
    assert_eq!(loaded.dataset.images.len(), 3);
    for image in &loaded.dataset.images {
        let file = image.file.as_ref().expect("a file, or a part of one");
        assert!(decode(file).is_ok(), "{}", image.id);
    }
    // By the data set alone, as for training without the collection's vectors.
    let out = home.path().join("vectors.npy");
    let run = program(home.path()).arg("embed").arg(collection.folder()).arg("--json").arg("--out").arg(&out).output();
    let run = run.expect("it runs");
    let object = object(&run);
    assert_eq!((&object["images"], &object["failed"]), (&3.into(), &serde_json::json!([])), "{}", errors(&run));
    // A shard beyond the pictures' folder is none of it.
    fs::rename(home.path().join("photos/zoo"), home.path().join("outside")).expect("moved");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(home.path().join("outside"), home.path().join("photos/zoo")).expect("a link");
        let loaded = dataset::open(collection.folder()).expect("opened");
        assert_eq!(loaded.warnings.len(), 2, "{:?}", loaded.warnings);
        assert_eq!(loaded.dataset.images.iter().filter(|image| image.file.is_some()).count(), 1);
    }
}
