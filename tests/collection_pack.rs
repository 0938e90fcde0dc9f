//! Collections as one file: packed, unpacked, and never by halves.

use crate::cli::{errors, folder, object, program};
use crate::collection_vectors::{collected, embed};
use crossrank::base::Progress;
use crossrank::dataset::{self, Reach, Split};
use crossrank::index::{Asked, Collection, IndexError, Packing, unpack};
use crossrank::judge::{Judges, Places};
use crossrank::vision::EncoderSpec;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

fn go_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// A collection with words from files beside the pictures and a table, vectors, a kept query and judgements.
fn whole(home: &Path) -> Collection {
    let mut collection = collected(home);
    let table = "image,caption\nphoto05.jpg,Words from a table\n";
    fs::write(collection.pictures().join("list.csv"), table).expect("written");
    collection.update(&mut go_on).expect("read");
    embed(&collection);
    collection.keep("bear", "bear", Some(Split::Test), &found(&collection, "bear")).expect("kept");
    let qrels = home.join("qrels.txt");
    fs::write(&qrels, "bear 0 photo00.jpg 2\nbear 0 photo04.jpg 0\n").expect("written");
    let import = ["judge", "import", path(collection.folder()), path(&qrels), "--judge", "ann"];
    assert!(program(home).args(import).output().expect("it runs").status.success());
    collection
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}

fn found(collection: &Collection, words: &str) -> crossrank::index::Candidates {
    let set = collection.vectors_of(&EncoderSpec::bundled()).expect("vectors");
    collection.candidates(&Asked { most: 6, ..Asked::words(words) }, Some(&set)).expect("found")
}

/// Everything that a collection answers with.
fn answers(collection: &Collection) -> String {
    let set = collection.vectors_of(&EncoderSpec::bundled()).expect("vectors");
    let list = found(collection, "castle table").list;
    let list: Vec<_> = list.iter().map(|found| (&found.picture, found.score, found.similarity)).collect();
    let kept = dataset::open(collection.folder()).expect("opened").dataset;
    let query = &kept.queries[0];
    let kept: Vec<_> =
        query.candidates.iter().map(|candidate| (&kept.images[candidate.image].id, &candidate.features)).collect();
    let vector = set.get("photo03.jpg").expect("read");
    let places = Places::new(collection.folder(), Reach::Folder, Path::new("/nowhere"));
    let (judges, _) = Judges::read(places).expect("read");
    let labels = judges.labels("ann");
    format!("{} {list:?} {:?} {kept:?} {vector:?} {labels:?}", collection.count(), (query.id.as_str(), query.split))
}

#[test]
fn a_packed_collection_is_the_same_elsewhere_with_its_pictures() {
    let home = folder();
    let collection = whole(home.path());
    let (out, again) = (home.path().join("one.tar"), home.path().join("two.tar"));
    let packing = Packing { pictures: true, replace: false };
    let packed = collection.pack(&out, packing, &mut go_on).expect("packed");
    assert_eq!((packed.warnings, packed.bytes), (Vec::new(), out.metadata().expect("there").len()));
    collection.pack(&again, packing, &mut go_on).expect("packed");
    assert_eq!(fs::read(&out).expect("read"), fs::read(&again).expect("read"), "the same bytes again");
    let refused = collection.pack(&out, packing, &mut go_on).expect_err("it is there");
    assert!(refused.to_string().starts_with("there is such a file already"), "{refused}");
    collection.pack(&out, Packing { replace: true, ..packing }, &mut go_on).expect("replaced");
    let before = answers(&collection);
    drop(collection);
    for name in ["own", "photos"] {
        fs::remove_dir_all(home.path().join(name)).expect("removed");
    }
    let there = home.path().join("else/where");
    let unpacked = unpack(&out, &there, &mut go_on).expect("unpacked");
    assert_eq!((unpacked.pictures, unpacked.has_pictures, unpacked.files), (13, true, packed.files as u64));
    let mut collection = Collection::open(&there).expect("opened");
    assert_eq!(answers(&collection), before);
    assert_eq!(collection.pictures(), fs::canonicalize(there.join("pictures")).expect("there"));
    let again = collection.update(&mut go_on).expect("read").outcome;
    assert_eq!((again.read, again.unchanged, again.removed), (0, 13, 0), "times are the same to the nanosecond");
    assert_eq!((embed(&collection).embedded, answers(&collection)), (0, before));
    // And on to the next place, as both are moved together.
    drop(collection);
    fs::rename(&there, home.path().join("moved")).expect("moved");
    let moved = Collection::open(&home.path().join("moved")).expect("opened");
    assert_eq!(moved.pictures(), fs::canonicalize(home.path().join("moved/pictures")).expect("there"));
}

#[test]
fn without_its_pictures_it_answers_all_the_same_and_finds_them_where_they_are() {
    let home = folder();
    let collection = whole(home.path());
    let before = answers(&collection);
    let out = home.path().join("own.tar");
    let run = |arguments: &[&str]| program(home.path()).args(arguments).output().expect("it runs");
    let pack = ["pack", path(collection.folder()), "--out", path(&out), "--json"];
    let object_of = object(&run(&pack));
    assert_eq!((&object_of["with_pictures"], &object_of["pictures"]), (&false.into(), &13.into()), "{object_of}");
    let refused = run(&pack);
    assert!(!refused.status.success() && errors(&refused).contains("--force replaces it"), "{}", errors(&refused));
    let there = home.path().join("far/away/copy");
    let unpacked = object(&run(&["unpack", path(&out), "--out", path(&there), "--json"]));
    assert_eq!((&unpacked["pictures"], &unpacked["has_pictures"]), (&13.into(), &true.into()), "{unpacked}");
    let copy = Collection::open(&there).expect("opened");
    assert_eq!((answers(&copy), copy.pictures()), (before.clone(), collection.pictures()));
    let second = run(&["unpack", path(&out), "--out", path(&there)]);
    assert!(errors(&second).contains("there already, and not empty"), "{}", errors(&second));
    drop(copy);
    // Elsewhere: the pictures are not there.
    fs::rename(home.path().join("photos"), home.path().join("hidden")).expect("moved");
    let far = home.path().join("far/second");
    let text = run(&["unpack", path(&out), "--out", path(&far)]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.contains("its pictures are elsewhere") && text.contains("--relink"), "{text}");
    assert_eq!(answers(&Collection::open(&far).expect("opened")), before);
}

#[test]
fn nothing_is_left_of_what_was_stopped_and_nothing_is_packed_where_it_would_be_read() {
    let home = folder();
    let collection = whole(home.path());
    let pack = |out: PathBuf, pictures| collection.pack(&out, Packing { pictures, replace: true }, &mut go_on);
    for (out, why) in [
        (collection.pictures().join("x.tar"), "among the pictures"),
        (collection.folder().join("x.tar"), "in the collection"),
        (home.path().to_owned(), "a folder"),
        (home.path().join("no/such/x.tar"), "No such file"),
    ] {
        let error = pack(out, false).expect_err(why).to_string();
        assert!(error.contains(why), "{error}");
    }
    let names =
        || fs::read_dir(home.path()).expect("listed").flatten().map(|entry| entry.file_name()).collect::<Vec<_>>();
    let before = names();
    let mut calls = 0;
    let stop = &mut |_| {
        calls += 1;
        if calls > 40 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let stopped = collection.pack(&home.path().join("x.tar"), Packing { pictures: true, replace: false }, stop);
    assert!(matches!(stopped, Err(IndexError::Cancelled)), "{stopped:?}");
    assert_eq!(names().len(), before.len(), "{:?}", names());
    pack(home.path().join("x.tar"), true).expect("packed");
    let before = names();
    let mut calls = 0;
    let stop = &mut |_| {
        calls += 1;
        if calls > 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let stopped = unpack(&home.path().join("x.tar"), &home.path().join("there"), stop);
    assert!(matches!(stopped, Err(IndexError::Cancelled)), "{stopped:?}");
    assert_eq!(names().len(), before.len(), "{:?}", names());
    // An update elsewhere is waited for by nobody.
    let mut other = Collection::open(collection.folder()).expect("opened");
    let mut is_busy = false;
    other
        .update(&mut |_| {
            is_busy |= matches!(pack(home.path().join("y.tar"), false), Err(IndexError::Busy { .. }));
            ControlFlow::Continue(())
        })
        .expect("read");
    assert!(is_busy);
}

/// An archive of these entries: name, kind, content.
fn archive(entries: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, kind, content) in entries {
        let mut header = tar::Header::new_gnu();
        // Past what the library allows.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        if !kind.is_file() {
            header.set_link_name("/etc/passwd").expect("a name");
        }
        header.set_mode(0o644);
        header.set_cksum();
        builder.append(&header, *content).expect("appended");
    }
    builder.into_inner().expect("an archive")
}

#[test]
fn an_archive_that_is_hostile_damaged_or_another_makes_no_folder() {
    let home = folder();
    let collection = whole(home.path());
    let manifest = fs::read(collection.folder().join("collection.json")).expect("read");
    let out = home.path().join("x.tar");
    let there = home.path().join("there");
    let fault = |bytes: &[u8]| {
        fs::write(&out, bytes).expect("written");
        let error = unpack(&out, &there, &mut go_on).expect_err("refused").to_string();
        let left: Vec<_> =
            fs::read_dir(home.path()).expect("listed").flatten().map(|entry| entry.file_name()).collect();
        assert!(!there.exists() && !left.iter().any(|name| name.to_string_lossy().contains("there")), "{left:?}");
        error
    };
    let first = ("collection.json", tar::EntryType::Regular, &manifest[..]);
    let of = |name: &str, kind| fault(&archive(&[first, (name, kind, b"")]));
    for name in ["../evil", "/tmp/evil", "text/../../evil", "evil.sh", "text//x", "pictures"] {
        assert!(of(name, tar::EntryType::Regular).contains("which no packed collection does"), "{name}");
    }
    for kind in [tar::EntryType::Symlink, tar::EntryType::Link] {
        assert!(of("text/a", kind).contains("it holds a link"));
    }
    assert!(of("text/a", tar::EntryType::Fifo).contains("no file"));
    assert!(of("text/a", tar::EntryType::Directory).contains("no file"));
    let plain = ("text/a", tar::EntryType::Regular, &b"x"[..]);
    assert!(fault(&archive(&[first, plain, plain])).contains("exists"), "twice");
    assert!(fault(&archive(&[plain])).contains("not a packed collection"));
    assert!(fault(b"").contains("not a packed collection"));
    assert!(fault(&[7; 4096]).contains("x.tar"));
    assert!(
        fault(&archive(&[("collection.json", tar::EntryType::Regular, b"{\"version\":9,\"pictures\":\"\"}")]))
            .contains("cut off")
    );
    collection.pack(&out, Packing { pictures: true, replace: true }, &mut go_on).expect("packed");
    let good = fs::read(&out).expect("read");
    // Cut off anywhere, also between two entries.
    for length in (0..good.len() - 2048).step_by(good.len() / 40).chain([512, 1024, good.len() - 2048]) {
        let error = fault(&good[..length]);
        assert!(error.contains("x.tar"), "{length}: {error}");
    }
    fs::write(&out, &good).expect("written");
    unpack(&out, &there, &mut go_on).expect("whole");
}
