//! Real processes that judge: killed at random moments, and two at once.

use super::{mark, places, read};
use crossrank::base::Rng;
use crossrank::judge::Record;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::tempdir;

/// Tells a process of this test binary to judge in a folder, under a prefix of images, so many images.
const ENV: &str = "CROSSRANK_TEST_JUDGES";

/// The child's side: judges until it is killed or has done its share, and says so after each append.
#[test]
fn a_process_judges_if_it_is_asked_to() {
    let Ok(asked) = std::env::var(ENV) else { return };
    let [folder, prefix, most] = asked.split('|').collect::<Vec<_>>()[..] else { panic!("{asked}") };
    let mut journal = places(Path::new(folder)).journal("ann").expect("a name");
    let mut record = Record::new("ann");
    for number in 0..most.parse().expect("a number") {
        let marks = (0..1 + number % 3).map(|image| mark("q", &format!("{prefix}-{number}-{image}"), 1)).collect();
        journal.append(&record.judge(marks)).expect("a writable folder");
        println!("\nsaved {prefix}-{number}");
        std::io::stdout().flush().expect("a reader");
    }
}

fn child(folder: &Path, prefix: &str, most: usize) -> Child {
    Command::new(std::env::current_exe().expect("this test"))
        .args(["judge::killed::a_process_judges_if_it_is_asked_to", "--exact", "--nocapture", "--test-threads=1"])
        .env(ENV, format!("{}|{prefix}|{most}", folder.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process")
}

#[test]
fn killed_at_a_hundred_random_moments_nothing_shown_as_saved_is_lost() {
    let folder = tempdir().expect("a folder");
    let mut rng = Rng::new(1);
    let mut shown = Vec::new();
    for round in 0..100 {
        let mut child = child(folder.path(), &format!("r{round}"), 1_000_000);
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
        let saved = |line: &String| line.starts_with("saved ");
        shown.extend(lines.find(saved));
        std::thread::sleep(Duration::from_micros(rng.below(20_000) as u64));
        child.kill().expect("killed");
        child.wait().expect("gone");
        shown.extend(lines.filter(saved));
    }
    let judges = read(folder.path());
    let lost = |line: &&String| {
        let step = line.trim_start_matches("saved ");
        let number: usize = step.rsplit('-').next().and_then(|number| number.parse().ok()).expect("a number");
        (0..1 + number % 3).any(|image| judges.label("ann", "q", &format!("{step}-{image}")).is_none())
    };
    let lost: Vec<&String> = shown.iter().filter(lost).collect();
    println!("{} steps were shown as saved, {} lost", shown.len(), lost.len());
    assert!(shown.len() > 200 && lost.is_empty(), "{} shown, lost {lost:?}", shown.len());
}

#[test]
fn two_processes_with_one_judges_journal_never_spoil_each_other() {
    let folder = tempdir().expect("a folder");
    let mut children = ["a", "b"].map(|prefix| child(folder.path(), prefix, 300));
    let mut judges = read(folder.path());
    // What the one and the other write is seen while they do. Their output fits into the pipes.
    while children.iter_mut().any(|child| child.try_wait().expect("a state").is_none()) {
        judges.look().expect("readable");
    }
    judges.look().expect("readable");
    assert_eq!(judges.count("ann"), 2 * 600);
    assert_eq!(read(folder.path()).count("ann"), 2 * 600);
    assert_eq!(judges.record("ann").map(Record::depth), Some((600, 0)));
}
