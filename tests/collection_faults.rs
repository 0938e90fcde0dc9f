//! Collections when something goes wrong: processes that are killed, that get in each other's way, and disks that are full.
//! Real processes of the program; whatever happens to one of them, the next goes on with what was there.

use crate::cli::{errors, folder, object, program};
use crate::collection_vectors::{collected, embed, photos};
use crate::locks::{Running, lines, wait_for};
use crate::skipped;
use crossrank::base::Rng;
use crossrank::dataset::{self, Dataset};
use crossrank::index::{Asked, Collection};
use crossrank::vision::EncoderSpec;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

fn collect(home: &Path, pictures: &Path, own: &Path, more: &[&str]) -> Command {
    let mut command = program(home);
    command.arg("collect").arg(pictures).arg("--out").arg(own).arg("--json").args(more);
    command
}

fn search(home: &Path, own: &Path, words: &str, more: &[&str]) -> Command {
    let mut command = program(home);
    command.arg("search").arg(own).args([words, "--json"]).args(more);
    command
}

fn run(mut command: Command) -> Output {
    command.output().expect("it runs")
}

/// Small pictures with a word each that no other has, from this number on.
fn many(home: &Path, numbers: std::ops::Range<usize>) -> PathBuf {
    let to = home.join("many");
    fs::create_dir_all(&to).expect("a folder");
    for number in numbers {
        // A file that is called a picture is listed by its head; its pixels are not read for words.
        fs::write(to.join(format!("p{number:05}.jpg")), b"\xff\xd8\xff\xd9").expect("written");
        fs::write(to.join(format!("p{number:05}.txt")), format!("thing word{number}")).expect("written");
    }
    to
}

fn count(collected: &Value, name: &str) -> usize {
    collected[name].as_u64().unwrap_or_else(|| panic!("{name}: {collected}")) as usize
}

/// The pictures of a collection, each of which must be there once.
fn paths(own: &Path) -> BTreeSet<String> {
    let collection = Collection::open(own).expect("it opens");
    let all = collection.search("-nothing", usize::MAX).expect("searched").hits;
    let paths: BTreeSet<String> = all.iter().map(|hit| hit.picture.path.clone()).collect();
    assert_eq!((all.len(), collection.count()), (paths.len(), paths.len()), "no picture twice");
    paths
}

#[test]
fn killed_while_words_are_read_it_goes_on_and_no_picture_is_there_twice() {
    const FIRST: usize = 200;
    const ALL: usize = 6000;
    let home = folder();
    let own = home.path().join("own");
    let pictures = many(home.path(), 0..FIRST);
    let first = object(&run(collect(home.path(), &pictures, &own, &["--no-vectors"])));
    assert_eq!((count(&first, "read"), paths(&own).len()), (FIRST, FIRST));
    many(home.path(), FIRST..ALL);
    let mut rng = Rng::new(3);
    let mut killed = 0;
    for _ in 0..8 {
        let mut process = Running::start(&mut collect(home.path(), &pictures, &own, &["--no-vectors"]));
        std::thread::sleep(Duration::from_millis(rng.below(400) as u64));
        if process.0.try_wait().expect("a state").is_none() {
            process.kill();
            killed += 1;
        }
        drop(process);
        let there = paths(&own).len();
        assert!(there >= FIRST, "{there}: what was there before is there");
        let found = object(&run(search(home.path(), &own, "word7", &[])));
        assert_eq!(count(&found, "found"), 1);
    }
    assert!(killed > 0, "every process was too fast to be killed");
    let rest = object(&run(collect(home.path(), &pictures, &own, &["--no-vectors"])));
    assert_eq!(count(&rest, "read") + count(&rest, "unchanged"), ALL, "{rest}");
    assert!(count(&rest, "unchanged") >= FIRST);
    assert_eq!(paths(&own).len(), ALL);
    assert!(!own.join("text/run.lock").exists());
}

#[test]
fn killed_before_the_first_word_the_folder_is_no_obstacle() {
    let home = folder();
    let (own, pictures) = (home.path().join("own"), photos(home.path()));
    fs::create_dir(&own).expect("a folder");
    fs::write(own.join("collection.json.4711.part"), "{\"version\"").expect("written");
    let collected = object(&run(collect(home.path(), &pictures, &own, &["--no-vectors"])));
    assert_eq!(count(&collected, "pictures"), 13);
}

/// The lists of pictures of a collection's vectors.
fn rows(own: &Path) -> Option<PathBuf> {
    let sets = fs::read_dir(own.join("vectors")).ok()?.flatten();
    sets.map(|set| set.path().join("rows-0.jsonl")).find(|list| list.is_file())
}

#[test]
fn killed_while_vectors_are_computed_it_goes_on_and_no_row_is_there_twice() {
    let home = folder();
    let (own, pictures) = (home.path().join("own"), photos(home.path()));
    let all = fs::read_dir(&pictures).expect("photos").flatten();
    let all = all.filter(|entry| entry.path().extension().is_some_and(|ending| ending == "jpg")).count();
    let mut process = Running::start(&mut collect(home.path(), &pictures, &own, &[]));
    wait_for("vector", || rows(&own).is_some_and(|list| lines(&list) > 1));
    process.kill();
    let list = rows(&own).expect("vectors");
    let before = fs::read_to_string(&list).expect("a list").matches('\n').count();
    let again = object(&run(collect(home.path(), &pictures, &own, &[])));
    let vectors = &again["vectors"];
    assert_eq!((count(&again, "unchanged"), count(vectors, "unchanged")), (all, before), "{again}");
    assert_eq!(count(vectors, "embedded"), all - before);
    let text = fs::read_to_string(&list).expect("a list");
    let named: BTreeSet<String> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("whole")[0].as_str().expect("a path").to_owned())
        .collect();
    assert_eq!((named.len(), text.lines().count()), (all, all));
    let found = object(&run(search(home.path(), &own, "bear", &["--by", "prf", "--candidates", "8"])));
    assert_eq!(found["results"].as_array().map(Vec::len), Some(8));
}

/// What a collection's folder is as a data set.
fn kept(own: &Path) -> Dataset {
    let loaded = dataset::open(own).expect("it opens");
    assert_eq!(loaded.warnings, []);
    loaded.dataset
}

fn names(dataset: &Dataset) -> BTreeSet<&str> {
    dataset.queries.iter().map(|query| query.id.as_str()).collect()
}

/// Whether every kept query has all of its candidates, with their words.
fn check_whole(dataset: &Dataset, candidates: usize) {
    for query in &dataset.queries {
        assert_eq!(query.candidates.len(), candidates, "“{}” is torn", query.id);
        for candidate in &query.candidates {
            assert!(dataset.images[candidate.image].file.as_ref().is_some_and(|file| file.is_file()));
        }
    }
}

#[test]
fn killed_while_queries_are_kept_none_that_was_kept_is_lost_or_torn() {
    let home = folder();
    let collection = collected(home.path());
    let own = collection.folder();
    let mut rng = Rng::new(5);
    let (mut ended, mut killed) = (Vec::new(), 0);
    let whole = std::time::Instant::now();
    object(&run(search(home.path(), own, "bear", &["--candidates", "3", "--keep", "first"])));
    let usual = whole.elapsed().as_micros() as usize;
    for round in 0..60 {
        let name = format!("query {round}");
        let mut process =
            Running::start(&mut search(home.path(), own, "bear", &["--candidates", "3", "--keep", &name]));
        std::thread::sleep(Duration::from_micros(rng.below(2 * usual) as u64));
        match process.0.try_wait().expect("a state") {
            Some(status) => {
                assert!(status.success(), "{:?}", process.end());
                ended.push(name);
            }
            None => {
                process.kill();
                killed += 1;
            }
        }
        check_whole(&kept(own), 3);
    }
    let kept = kept(own);
    println!("{} ended, {killed} killed, {} kept", ended.len(), kept.queries.len());
    assert!(killed > 5 && ended.len() > 5, "{killed} killed, {} ended", ended.len());
    assert!(ended.iter().all(|name| names(&kept).contains(name.as_str())));
}

#[test]
fn processes_that_keep_queries_at_once_keep_them_all() {
    let home = folder();
    let collection = collected(home.path());
    let own = collection.folder();
    let keep = |words: &str, name: &str| {
        Running::start(&mut search(home.path(), own, words, &["--candidates", "3", "--keep", name]))
    };
    for round in 0..4 {
        let different = ["bear", "castle", "windmill", "boat"].map(|words| keep(words, &format!("{words} {round}")));
        let same = ["bear", "castle"].map(|words| keep(words, "the same"));
        for process in different.into_iter().chain(same) {
            let (succeeded, _, message) = process.end();
            assert!(succeeded, "{message}");
        }
        let kept = kept(own);
        assert_eq!(names(&kept).len(), 4 * (round + 1) + 1);
        check_whole(&kept, 3);
        // One of the two, not a mixture.
        let same = kept.queries.iter().find(|query| query.id.as_str() == "the same").expect("kept");
        let words: BTreeSet<String> = same
            .candidates
            .iter()
            .map(|one| kept.images[one.image].description.split(' ').nth(1).unwrap_or_default().to_owned())
            .collect();
        assert!(words.len() == 1 && words.contains(&same.text), "{words:?} for {}", same.text);
    }
}

#[test]
fn a_second_collect_is_refused_and_names_the_first() {
    let home = folder();
    let (own, pictures) = (home.path().join("own"), photos(home.path()));
    let mut first = Running::start(&mut collect(home.path(), &pictures, &own, &[]));
    wait_for("lock on the vectors", || rows(&own).is_some_and(|list| list.with_file_name("run.lock").exists()));
    let second = run(collect(home.path(), &pictures, &own, &[]));
    let message = errors(&second);
    let last = message.lines().last().unwrap_or_default();
    assert_eq!(second.status.code(), Some(1), "{message}");
    assert!(last.contains(&format!("process {} on ", first.id())) && last.contains("updating"), "{message}");
    assert!(object(&run(search(home.path(), &own, "bear", &[])))["found"] == 3, "searches need no lock");
    first.kill();
    // Words as well.
    let (lock, _) = crossrank::base::Lock::acquire(&own.join("text")).expect("it is free");
    let third = run(collect(home.path(), &pictures, &own, &["--no-vectors"]));
    let named = format!("process {} on ", std::process::id());
    assert!(!third.status.success() && errors(&third).contains(&named), "{}", errors(&third));
    drop(lock);
    object(&run(collect(home.path(), &pictures, &own, &["--no-vectors"])));
}

/// A file system of so many megabytes, where this process may make one; unmounted at the end.
struct Disk(PathBuf);

impl Disk {
    fn new(at: &Path, megabytes: usize) -> Option<Self> {
        fs::create_dir(at).expect("a folder");
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(at.to_owned()))
    }

    /// Leaves only so many bytes.
    fn fill(&self, left: usize) {
        use std::io::Write;
        let mut file = fs::File::create(self.0.join("ballast")).expect("made");
        let mut written = 0;
        while file.write_all(&[1; 4096]).is_ok() {
            written += 4096;
        }
        file.set_len((written - left.min(written)) as u64).expect("shortened");
    }

    fn empty(&self) {
        fs::remove_file(self.0.join("ballast")).expect("removed");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_disk_that_is_full_is_said_and_what_was_there_still_opens() {
    let home = folder();
    let Some(disk) = Disk::new(&home.path().join("disk"), 24) else {
        return skipped("no file system can be mounted here");
    };
    let own = disk.0.join("own");
    let pictures = photos(home.path());
    fs::write(pictures.join("photo99.txt"), "a bear without a picture").expect("written");
    object(&run(collect(home.path(), &pictures, &own, &[])));
    object(&run(search(home.path(), &own, "bear", &["--keep", "bears"])));
    let refused = |output: Output| {
        let message = errors(&output);
        assert_eq!(output.status.code(), Some(1), "{message}");
        let last = message.lines().last().unwrap_or_default().to_owned();
        assert!(last.contains("No space left on device") && last.contains("disk/own"), "{message}");
    };
    let is_as_before = || {
        let found = object(&run(search(home.path(), &own, "bear", &["--by", "prf", "--candidates", "8"])));
        assert_eq!((count(&found, "found"), found["results"].as_array().map(Vec::len)), (3, Some(8)));
        let kept = kept(&own);
        assert_eq!(names(&kept), BTreeSet::from(["bears"]));
        check_whole(&kept, 13);
    };
    for number in 20..34 {
        let name = format!("photo{number}");
        fs::copy(pictures.join("photo03.jpg"), pictures.join(format!("{name}.jpg"))).expect("copied");
        let words: String = (0..400).map(|word| format!("w{number}x{word} ")).collect();
        fs::write(pictures.join(format!("{name}.txt")), words).expect("written");
    }
    for left in [0, 40_000] {
        disk.fill(left);
        // Words, then a query.
        refused(run(collect(home.path(), &pictures, &own, &["--no-vectors"])));
        is_as_before();
        if left == 0 {
            refused(run(search(home.path(), &own, "boat", &["--keep", "boats"])));
            is_as_before();
        }
        disk.empty();
    }
    let read = object(&run(collect(home.path(), &pictures, &own, &["--no-vectors"])));
    assert_eq!(count(&read, "read") + count(&read, "unchanged"), 27, "{read}");
    // Vectors: there is space for some of them.
    disk.fill(36_000);
    refused(run(collect(home.path(), &pictures, &own, &[])));
    is_as_before();
    disk.empty();
    let done = object(&run(collect(home.path(), &pictures, &own, &[])));
    assert_eq!(count(&done["vectors"], "embedded") + count(&done["vectors"], "unchanged"), 27, "{done}");
    assert!(count(&done["vectors"], "unchanged") > 13, "what was computed before the disk was full stays");
}

#[test]
fn a_picture_deleted_under_the_index_costs_only_itself() {
    let home = folder();
    let collection = collected(home.path());
    embed(&collection);
    let own = collection.folder();
    object(&run(search(home.path(), own, "bear", &["--keep", "bears"])));
    fs::remove_file(collection.pictures().join("photo00.jpg")).expect("removed");
    for by in ["text", "cm", "prf"] {
        let found = object(&run(search(home.path(), own, "bear", &["--by", by])));
        assert_eq!((count(&found, "found"), found["results"].as_array().map(Vec::len)), (3, Some(13)), "{by}");
    }
    let like = object(&run(search(home.path(), own, "", &["--image", "photo00.jpg"])));
    assert_eq!(like["results"][1]["image"], "twin.jpg", "its vector is still there");
    object(&run(search(home.path(), own, "boat", &["--keep", "boats"])));
    let loaded = dataset::open(own).expect("it opens");
    assert_eq!((names(&loaded.dataset).len(), loaded.dataset.queries[0].candidates.len()), (2, 13));
    // Once it is looked for, it is gone.
    let again = object(&run(collect(home.path(), collection.pictures(), own, &[])));
    assert_eq!((count(&again, "removed"), count(&again["vectors"], "removed")), (1, 1), "{again}");
    let collection = Collection::open(own).expect("it opens");
    let set = collection.vectors_of(&EncoderSpec::bundled()).expect("vectors");
    let all = collection.candidates(&Asked { most: 100, ..Asked::words("bear") }, Some(&set)).expect("found");
    assert!(all.list.len() == 12 && all.list.iter().all(|found| found.picture.path != "photo00.jpg"));
}
