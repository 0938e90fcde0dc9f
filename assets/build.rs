//! Names the commit that a build was made from, for `crossrank --version` and for runs.

use std::path::Path;
use std::process::Command;

/// Digits of the commit that are shown.
const DIGITS: &str = "--short=9";

fn main() {
    println!("cargo:rerun-if-changed=assets/build.rs");
    let version = env!("CARGO_PKG_VERSION");
    // Sources that were unpacked from an archive have no commit.
    let commit = git(&["rev-parse", DIGITS, "HEAD"]);
    println!("cargo:rustc-env=CROSSRANK_COMMIT={}", commit.as_deref().unwrap_or("unknown"));
    let version = match commit {
        Some(commit) => format!("{version} ({commit})"),
        None => version.to_owned(),
    };
    println!("cargo:rustc-env=CROSSRANK_VERSION={version}");
    // A commit or a checkout adds a line to the log; only what is there can be watched.
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"]).filter(|log| Path::new(log).exists());
    if let Some(log) = log {
        println!("cargo:rerun-if-changed={log}");
    }
}

/// What git answers, if it is installed and this is a checkout of the project itself.
fn git(arguments: &[&str]) -> Option<String> {
    let own = Command::new("git").args(["rev-parse", "--show-prefix"]).output().ok()?;
    // Below another project's checkout the prefix is not empty.
    if !own.status.success() || !own.stdout.trim_ascii().is_empty() {
        return None;
    }
    let answer = Command::new("git").args(arguments).output().ok().filter(|answer| answer.status.success())?;
    Some(String::from_utf8(answer.stdout).ok()?.trim().to_owned())
}
