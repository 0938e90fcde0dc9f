//! What interrupted work leaves behind, and folders that cannot be written.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use crossrank::base::Lock;
use crossrank::workspace::{Store, Workspace};

use crate::cli::{self, embed::few_pictures};
use crate::workspace::wait;

#[test]
fn half_written_files_of_runs_and_studies_are_removed_at_the_next_start() {
    let home = cli::folder();
    let left = ["runs/one/run.json.999999.part", "studies/s/trials/t/run.json.999999.part"];
    for name in left {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let file = File::create(&path).expect("a file");
        file.set_modified(SystemTime::now() - Duration::from_secs(120)).expect("an older file");
    }
    let mut workspace = Workspace::new(Store::at(home.path()));
    wait(&mut workspace, "the cleaning", |workspace| !workspace.is_busy());
    assert!(left.iter().all(|name| !home.path().join(name).exists()));
    assert!(home.path().join("runs/one").is_dir());
}

/// Makes a file or a folder look unchanged for three minutes.
#[cfg(unix)]
fn age(path: &Path) {
    let then = SystemTime::now() - Duration::from_secs(180);
    File::open(path).and_then(|file| file.set_modified(then)).expect("aged");
}

/// Elsewhere a folder's time cannot be set.
#[cfg(unix)]
#[test]
fn folders_of_runs_that_were_killed_before_they_wrote_anything_are_removed_at_the_next_start() {
    let home = cli::folder();
    let at = |name: &str| home.path().join(name);
    let make = |folder: &str, files: &[(&str, &str)]| {
        fs::create_dir_all(at(folder)).expect("a folder");
        for (name, content) in files {
            fs::write(at(folder).join(name), content).expect("a file");
            age(&at(folder).join(name));
        }
        age(&at(folder));
    };
    let gone = r#"{"host": "elsewhere", "process": 4711}"#;
    make("runs/empty", &[]);
    make("runs/locked", &[("run.lock", gone), ("run.lock.4711-1", gone)]);
    make("runs/begun", &[("run.lock", gone), ("history.jsonl", ""), ("run.json.999999.part", "{")]);
    make("studies/s/trials/t", &[("run.lock", gone)]);
    make("runs/run", &[("run.json", "{}"), ("run.lock", gone)]);
    make("runs/notes", &[("notes.txt", "a person's"), ("run.lock", gone)]);
    make("runs/epochs", &[("history.jsonl", "{}"), ("run.lock", gone)]);
    fs::create_dir_all(at("runs/fresh")).expect("a folder");
    let (_lock, _) = Lock::acquire(&at("runs/held")).expect("a lock");
    age(&at("runs/held"));
    let mut workspace = Workspace::new(Store::at(home.path()));
    wait(&mut workspace, "the cleaning", |workspace| !workspace.is_busy());
    for left in ["runs/empty", "runs/locked", "runs/begun", "studies/s/trials/t"] {
        assert!(!at(left).exists(), "{left}");
    }
    for used in ["run/run.json", "notes/notes.txt", "epochs/history.jsonl", "fresh", "held/run.lock"] {
        assert!(at("runs").join(used).exists(), "{used}");
    }
}

#[test]
fn embed_goes_on_without_a_cache_where_the_home_cannot_be_written() {
    let (place, data) = (cli::folder(), few_pictures());
    let (home, out) = (place.path().join("home"), place.path().join("v.npy"));
    File::create(&home).expect("a file in the place of the folder");
    let embed = || {
        let mut command = cli::program(&home);
        command.arg("embed").arg(data.path()).arg("--json");
        command
    };
    let output = embed().arg("--out").arg(&out).output().expect("the program runs");
    assert_eq!(cli::object(&output)["embedded"], 3);
    let notes = cli::errors(&output);
    assert_eq!(notes.matches("vectors are not cached: ").count(), 1, "{notes}");
    assert!(out.is_file());
    // Without a file there would be nothing left of the work.
    let output = embed().output().expect("the program runs");
    assert!(!output.status.success() && output.stdout.is_empty(), "{}", cli::errors(&output));
}

#[test]
fn a_screenshot_that_cannot_be_written_leaves_no_empty_picture() {
    let place = cli::folder();
    let out = place.path().join("missing/a.png");
    let mut command = cli::program(place.path());
    let output = command.args(["screenshot", &cli::sample()]).arg(&out).output().expect("the program runs");
    assert!(!output.status.success() && cli::errors(&output).trim_end().ends_with("a.png"), "{}", cli::errors(&output));
}
