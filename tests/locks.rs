//! Locks on run folders: within this process, and between processes that train.

mod window;

use crate::cli::{errors, folder, program, sample};
use crossrank::base::{Lock, LockError, lock_owner};
use serde_json::{Value, json};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

/// Puts a lock into a folder: that of this process, with some values changed.
fn forge(folder: &Path, changes: Value) -> PathBuf {
    let path = folder.join("run.lock");
    let (lock, _) = Lock::acquire(folder).expect("it is free");
    let mut owner: Value = serde_json::from_slice(&fs::read(&path).expect("the lock")).expect("JSON");
    drop(lock);
    changes.as_object().expect("an object").iter().for_each(|(name, value)| owner[name] = value.clone());
    fs::write(&path, owner.to_string()).expect("written");
    path
}

/// Makes a lock look as if it had not been renewed for so many seconds.
fn age(path: &Path, seconds: u64) {
    let then = SystemTime::now() - Duration::from_secs(seconds);
    File::options().write(true).open(path).and_then(|file| file.set_modified(then)).expect("aged");
}

#[test]
fn a_folder_is_locked_once_and_free_again_afterwards() {
    let folder = folder();
    let (lock, before) = Lock::acquire(folder.path()).expect("it is free");
    assert!(before.is_none() && lock.check().is_ok());
    let error = Lock::acquire(folder.path()).expect_err("it is taken");
    assert!(matches!(&error, LockError::Held { owner, .. } if owner.process == std::process::id()), "{error}");
    assert_eq!(lock_owner(folder.path()).map(|owner| owner.process), Some(std::process::id()));
    drop(lock);
    assert!(lock_owner(folder.path()).is_none());
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing is left behind");
    Lock::acquire(folder.path()).expect("it is free again");
}

#[test]
fn another_host_s_lock_is_stale_only_after_two_minutes_without_a_sign_of_life() {
    let folder = folder();
    let path = forge(folder.path(), json!({ "host": "elsewhere", "process": 4711 }));
    age(&path, 100);
    let error = Lock::acquire(folder.path()).expect_err("it is fresh").to_string();
    assert!(error.contains("process 4711 on elsewhere"), "{error}");
    age(&path, 130);
    let (lock, before) = Lock::acquire(folder.path()).expect("it is stale");
    assert_eq!(before.map(|owner| owner.host).as_deref(), Some("elsewhere"));
    lock.check().expect("it is ours now");
}

#[test]
fn a_damaged_lock_counts_by_its_age() {
    let folder = folder();
    let path = folder.path().join("run.lock");
    fs::write(&path, "{").expect("written");
    let error = Lock::acquire(folder.path()).expect_err("somebody may be writing it").to_string();
    assert!(error.contains("another process"), "{error}");
    age(&path, 130);
    Lock::acquire(folder.path()).expect("it is stale");
}

/// Elsewhere it only counts as gone after two minutes.
#[cfg(target_os = "linux")]
#[test]
fn a_process_of_this_host_that_is_gone_needs_no_waiting() {
    let folder = folder();
    forge(folder.path(), json!({ "process": 4_194_305 }));
    let (_lock, before) = Lock::acquire(folder.path()).expect("no process has such a number");
    assert_eq!(before.map(|owner| owner.process), Some(4_194_305));
    drop(_lock);
    // The same number now belongs to a process that was started at another time.
    forge(folder.path(), json!({ "started": 1 }));
    Lock::acquire(folder.path()).expect("its process is gone");
}

#[test]
fn whoever_was_taken_over_is_told_and_leaves_the_lock_alone() {
    let folder = folder();
    let (lock, _) = Lock::acquire(folder.path()).expect("it is free");
    let path = folder.path().join("run.lock");
    let mut owner: Value = serde_json::from_slice(&fs::read(&path).expect("the lock")).expect("JSON");
    (owner["host"], owner["process"]) = ("elsewhere".into(), 4711.into());
    fs::write(&path, owner.to_string()).expect("written");
    let error = lock.check().expect_err("somebody else's now").to_string();
    assert!(error.contains("process 4711 on elsewhere has taken over"), "{error}");
    drop(lock);
    assert!(path.exists());
}

#[test]
fn of_many_at_once_only_one_gets_a_stale_lock() {
    let folder = folder();
    for _ in 0..20 {
        age(&forge(folder.path(), json!({ "host": "elsewhere" })), 130);
        let locks: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| Lock::acquire(folder.path()).ok())).collect();
            threads.into_iter().filter_map(|thread| thread.join().expect("no panic")).collect()
        });
        let owned = locks.iter().filter(|(lock, _)| lock.check().is_ok()).count();
        assert_eq!(owned, 1, "{} believe they have it", locks.len());
    }
}

/// A process that is killed if a test ends early.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs"))
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Kills it without a chance to clean up. It remains as a zombie, as below a shell that is busy.
    pub(crate) fn kill(&mut self) {
        self.0.kill().expect("it was running");
        // The signal is sent; until it has arrived, the process still holds its lock.
        let status = format!("/proc/{}/stat", self.id());
        let is_alive = || fs::read_to_string(&status).is_ok_and(|status| !status.contains(") Z "));
        wait_for("end", || !is_alive());
    }

    /// What it printed on standard output and standard error, once it has ended.
    pub(crate) fn end(mut self) -> (bool, String, String) {
        use std::io::Read;
        let (mut out, mut err) = (String::new(), String::new());
        self.0.stdout.take().expect("piped").read_to_string(&mut out).expect("text");
        self.0.stderr.take().expect("piped").read_to_string(&mut err).expect("text");
        (self.0.wait().expect("it ended").success(), out, err)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn wait_for(what: &str, is_there: impl Fn() -> bool) {
    let patience = Instant::now();
    while !is_there() {
        assert!(patience.elapsed() < Duration::from_secs(120), "no {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub(crate) fn lines(path: &Path) -> usize {
    fs::read_to_string(path).map_or(0, |text| text.lines().count())
}

#[test]
fn a_run_in_training_is_left_alone_until_its_process_is_gone() {
    let home = folder();
    let (run, data) = (home.path().join("run"), sample());
    let train = |options: &[&str]| {
        let mut command = program(home.path());
        command.args(["train", &data, "--preset", "reference", "--hidden", "2", "--conv-size", "2"]).args(options);
        command
    };
    let mut first = Running::start(train(&["--epochs", "100000", "--out"]).arg(&run));
    wait_for("curve", || lines(&run.join("history.jsonl")) > 3);
    let named = format!("process {} on ", first.id());
    let mut resume = program(home.path());
    resume.args(["train", &data, "--resume"]).arg(&run);
    let mut attempts = [train(&["--out"]), train(&["--force", "--out"])];
    attempts.iter_mut().for_each(|attempt| {
        attempt.arg(&run);
    });
    for attempt in attempts.iter_mut().chain([&mut resume]) {
        let output = attempt.output().expect("the program runs");
        let message = errors(&output);
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.contains(&named) && message.trim_end().ends_with(&run.display().to_string()), "{message}");
    }
    first.kill();
    let epochs = (lines(&run.join("history.jsonl")) + 20).to_string();
    let output = resume.args(["--epochs", &epochs]).output().expect("the program runs");
    let message = errors(&output);
    assert!(output.status.success(), "{message}");
    if cfg!(target_os = "linux") {
        assert!(message.contains("taken over from process") && message.contains(&named), "{message}");
    }
    let curve = fs::read_to_string(run.join("history.jsonl")).expect("a curve");
    let numbers: Vec<u64> = curve
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("an epoch")["epoch"].as_u64().expect("a number"))
        .collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    assert!(!run.join("run.lock").exists());
}

#[test]
fn the_window_does_not_delete_a_run_that_another_process_trains() {
    let home = folder();
    let run = home.path().join("runs/a");
    crossrank::train::RunFolder::create(&run, &Default::default()).expect("a run");
    let mut workspace = crate::workspace::open(home.path(), &sample());
    let (lock, _) = Lock::acquire(&run).expect("it is free");
    workspace.apply(crossrank::workspace::RunsAction::Delete(run.clone()));
    assert!(run.join("run.json").exists());
    let message = workspace.messages().last().map(|message| message.text.clone()).unwrap_or_default();
    assert!(message.contains(&format!("in training by process {} on", std::process::id())), "{message}");
    drop(lock);
    workspace.apply(crossrank::workspace::RunsAction::Delete(run.clone()));
    assert!(!run.exists());
}

fn sweep(home: &Path, out: &Path, epochs: &str) -> Command {
    let mut command = program(home);
    let epochs = format!("training.epochs={epochs}");
    let small = ["--set", "model.hidden=4", "--set", "model.conv_size=4", "--set", &epochs];
    command.args(["sweep", &sample(), "--preset", "reference", "--set", "graph.k=3,5,8", "--folds", "2"]).args(small);
    command.args(["--jobs", "1", "--out"]).arg(out);
    command
}

/// The marks of finished trials, with their times.
fn marks(out: &Path) -> Vec<(PathBuf, SystemTime)> {
    let entries = fs::read_dir(out.join("trials")).map(|entries| entries.flatten().collect::<Vec<_>>());
    let marks = entries.unwrap_or_default().into_iter().map(|entry| entry.path().join("trial.json"));
    let mut marks: Vec<_> =
        marks.filter_map(|mark| Some((mark.clone(), mark.metadata().ok()?.modified().ok()?))).collect();
    marks.sort();
    marks
}

#[test]
fn two_sweeps_on_one_folder_share_the_trials_and_both_have_the_whole_table() {
    let home = folder();
    let (shared, alone) = (home.path().join("shared"), home.path().join("alone"));
    let mut both = [(); 2].map(|()| Running::start(&mut sweep(home.path(), &shared, "12")));
    let mut seen: Vec<(PathBuf, SystemTime)> = Vec::new();
    while both.iter_mut().any(|process| process.0.try_wait().expect("a state").is_none()) {
        for mark in marks(&shared) {
            match seen.iter().find(|(path, _)| *path == mark.0) {
                Some(known) => assert_eq!(*known, mark, "a trial was trained twice"),
                None => seen.push(mark),
            }
        }
    }
    let tables = both.map(|process| {
        let (succeeded, table, messages) = process.end();
        assert!(succeeded, "{messages}");
        (table, messages)
    });
    let (succeeded, table, messages) = Running::start(&mut sweep(home.path(), &alone, "12")).end();
    assert!(succeeded, "{messages}");
    let expected = table.replace("alone", "shared");
    assert_eq!([&tables[0].0, &tables[1].0], [&expected; 2]);
    assert!(tables.iter().any(|(_, messages)| messages.contains("running elsewhere, by process ")), "{tables:?}");
    assert_eq!(marks(&shared).len(), 6);
    assert_eq!(fs::read(shared.join("study.json")).ok(), fs::read(alone.join("study.json")).ok());
    for (mark, _) in marks(&shared) {
        assert_eq!(lines(&mark.with_file_name("history.jsonl")), 12, "{}", mark.display());
        assert!(!mark.with_file_name("run.lock").exists());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_trial_of_a_sweep_that_was_killed_is_taken_over_by_the_other() {
    let home = folder();
    let out = home.path().join("out");
    let mut first = Running::start(&mut sweep(home.path(), &out, "150"));
    let killed = first.id();
    wait_for("trial", || lines(&out.join("trials/graph.k=3,fold-1,seed-1/history.jsonl")) > 2);
    let second = Running::start(&mut sweep(home.path(), &out, "150"));
    wait_for("second trial", || lines(&out.join("trials/graph.k=3,fold-2,seed-1/history.jsonl")) > 2);
    first.kill();
    let (succeeded, _, messages) = second.end();
    assert!(succeeded, "{messages}");
    assert!(messages.contains(&format!("taken over from process {killed} on ")), "{messages}");
    assert_eq!(marks(&out).len(), 6);
}
