//! What a folder holds, and what has changed since.

use std::ops::ControlFlow;

use crossrank::dataset::{Reach, WarningKind};
use crossrank::index::{IndexError, Mapping, list, read};

use super::{Folder, Read};

#[test]
fn files_are_sorted_by_what_they_are_for() {
    let folder = Folder::new(&[
        ("a/one.jpg", "x"),
        ("a/one.txt", "a mill"),
        ("a/one.JPG.json", "{}"),
        ("two.PNG", "x"),
        ("two.PNG.xmp", "<x/>"),
        ("three.heic", ""),
        ("four.HEIC", ""),
        ("film.mov", ""),
        ("raw/five.CR2", ""),
        ("six.avif", ""),
        ("old.zip", ""),
        ("table.csv", "image,caption\none.jpg,x\n"),
        ("shard-000.tar", ""),
        ("index.html", ""),
        ("rows.parquet", ""),
        ("rows.jsonl", ""),
        ("readme.md", ""),
        ("notes.txt", "nothing about pictures"),
        (".hidden.jpg", "x"),
    ]);
    let listing = folder.list();
    let paths = |files: &[crossrank::index::Listed]| files.iter().map(|file| file.path.clone()).collect::<Vec<_>>();
    assert_eq!(paths(&listing.pictures), ["a/one.jpg", "two.PNG"]);
    assert_eq!(paths(&listing.sidecars), ["a/one.txt", "two.PNG.xmp"]);
    assert_eq!(paths(&listing.shards), ["shard-000.tar"]);
    let tables: Vec<&str> = listing.tables.iter().map(|table| table.file.path.as_str()).collect();
    assert_eq!(tables, ["index.html", "rows.jsonl", "rows.parquet", "table.csv"]);
    let unread: Vec<(&str, usize)> = listing.unread.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(unread, [("AVIF", 1), ("HEIC", 2), ("archive", 1), ("camera raw", 1), ("video", 1)]);
    assert_eq!(listing.others, 3, "the manual, the notes and the JSON file of no picture");
    assert_eq!(listing.warnings, []);
    assert_eq!(listing.pictures[0].bytes, 1);
    assert!(listing.pictures[0].modified > 1_600_000_000_000_000_000);
}

#[test]
fn a_rescan_reads_what_changed_and_reports_what_is_gone() {
    let folder = Folder::new(&[("a/mill.jpg", "x"), ("b.jpg", "x"), ("c.jpg", "x"), ("c.txt", "a crane")]);
    let first = folder.read();
    assert_eq!(first.paths(), ["a/mill.jpg", "b.jpg", "c.jpg"]);
    let mut known = first.stamps();
    let again = folder.read_after(&known, &Mapping::default());
    assert_eq!((again.paths().len(), again.removed.len(), again.outcome.unchanged), (0, 0, 3));

    folder.write("c.txt", b"two cranes").write("d.jpg", b"x");
    std::fs::rename(folder.path("b.jpg"), folder.path("e.jpg")).expect("renamed");
    let changed = folder.read_after(&known, &Mapping::default());
    assert_eq!(changed.paths(), ["c.jpg", "d.jpg", "e.jpg"]);
    assert_eq!(changed.removed, ["b.jpg"]);
    assert_eq!((changed.outcome.read, changed.outcome.unchanged), (3, 1));
    assert_eq!((changed.outcome.moved, changed.outcome.removed), (1, 0), "b.jpg is now e.jpg");

    known.extend(changed.stamps());
    known.remove("b.jpg");
    std::fs::remove_file(folder.path("c.txt")).expect("removed");
    assert_eq!(folder.read_after(&known, &Mapping::default()).paths(), ["c.jpg"], "its words are gone");
}

#[test]
fn a_reading_is_cancelled_at_any_batch_and_taken_up_again() {
    let folder = Folder::new(&[]);
    for number in 0..1300 {
        folder.write(&format!("{number:04}.jpg"), b"x");
    }
    let listing = folder.list();
    let mut some = Read::default();
    let stopped = read(&listing, &Mapping::default(), &some.stamps(), &mut |batch| {
        let _ = some.batch(batch);
        ControlFlow::Break(())
    });
    assert!(matches!(stopped, Err(IndexError::Cancelled)));
    assert!(!some.pictures.is_empty() && some.pictures.len() < 1000 && some.removed.is_empty());
    let rest = folder.read_after(&some.stamps(), &Mapping::default());
    assert_eq!(rest.pictures.len() + some.pictures.len(), 1300);
    assert_eq!(rest.progress.last().map(|progress| (progress.done, progress.total)), Some((1300, 1300)));
    let stopped = list(folder.root(), Reach::Folder, &mut |_| ControlFlow::Break(()));
    assert!(stopped.is_err_and(|error| error.is_cancelled()));
}

#[test]
fn a_folder_that_cannot_be_read_is_an_error_or_leaves_what_is_known_of_it() {
    let folder = Folder::new(&[("a/mill.jpg", "x"), ("b.jpg", "x")]);
    let error = list(&folder.path("missing"), Reach::Folder, &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(error.to_string().ends_with("/missing"), "{error}");
    let known = folder.read().stamps();
    let mut listing = folder.list();
    listing.pictures.retain(|picture| picture.path != "a/mill.jpg");
    listing.missed = vec!["a".to_owned()];
    let mut found = Read::default();
    found.outcome = read(&listing, &Mapping::default(), &known, &mut |batch| found.batch(batch)).unwrap();
    assert_eq!(found.removed, Vec::<String>::new(), "an unplugged disk is no deletion");
}

#[cfg(unix)]
#[test]
fn odd_names_and_links_that_lead_outside_cost_only_themselves() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let outside = Folder::new(&[("secret.jpg", "x"), ("photos/x.jpg", "x")]);
    let folder =
        Folder::new(&[("a.jpg", "x"), ("new\nline.jpg", "x"), ("ümlaut 東京.jpg", "x"), ("inside/b.jpg", "x")]);
    symlink(outside.path("secret.jpg"), folder.path("link.jpg")).unwrap();
    symlink(outside.path("photos"), folder.path("photos")).unwrap();
    symlink(folder.path("inside"), folder.path("again")).unwrap();
    symlink(folder.path("nowhere"), folder.path("broken.jpg")).unwrap();
    std::fs::write(folder.root().join(OsStr::from_bytes(b"latin\xe9.jpg")), b"x").unwrap();
    let read = folder.read();
    let seen: Vec<&str> = read.paths().into_iter().filter(|path| !path.ends_with("b.jpg")).collect();
    assert_eq!(seen, ["a.jpg", "ümlaut 東京.jpg"]);
    assert_eq!(read.paths().len(), 3, "a folder that two paths lead to is listed once");
    let outside_count = read.warnings.iter().filter(|warning| warning.kind == WarningKind::Outside).count();
    assert_eq!(outside_count, 2, "{:?}", read.warnings);
    let bad: Vec<_> = read.warnings.iter().filter(|warning| warning.kind == WarningKind::BadFile).collect();
    assert_eq!(bad.len(), 3, "{bad:?}");
    let everything = list(folder.root(), Reach::Anywhere, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(everything.pictures.len(), 5);
}

#[test]
fn a_picture_deleted_after_it_was_listed_is_left_out() {
    let folder = Folder::new(&[("a.jpg", "x"), ("b.jpg", "x")]);
    let listing = folder.list();
    std::fs::remove_file(folder.path("a.jpg")).unwrap();
    let mut found = Read::default();
    found.outcome = read(&listing, &Mapping::default(), &found.stamps(), &mut |batch| found.batch(batch)).unwrap();
    assert_eq!((found.paths(), found.outcome.read), (vec!["b.jpg"], 1));
}
