//! Listing a user's runs again and again, as a window does.

use super::facts::RunFacts;
use super::saved::{SavedRun, found_of_user};
use super::shared::Shared;
use super::stamp::Stamp;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A user's runs, newest first, as [`super::Listing::of_user`] finds them; those that cannot be read are left out. Runs
/// of the list before whose files have not changed are taken from it, and what runs have in common is in memory once.
pub fn relist(runs: &Path, studies: &Path, others: &[PathBuf], before: &[RunFacts]) -> Vec<RunFacts> {
    let before: HashMap<&Path, &RunFacts> = before.iter().map(|run| (run.saved.path.as_path(), run)).collect();
    let mut shared = Shared::default();
    before.values().for_each(|run| run.share(&mut shared));
    let found = found_of_user(runs, studies, others).into_iter();
    let mut listed: Vec<RunFacts> = found
        .filter_map(|path| match before.get(path.as_path()) {
            Some(run) if run.stamp.is_some_and(|stamp| stamp == Stamp::of(&path)) => Some(RunFacts::clone(run)),
            _ => read(&path, &mut shared),
        })
        .collect();
    listed.sort_by_cached_key(|run| run.saved.age());
    listed
}

fn read(path: &Path, shared: &mut Shared) -> Option<RunFacts> {
    let (stamp, now) = (Stamp::of(path), SystemTime::now());
    let saved = SavedRun::read(path).ok()?;
    let stamp = stamp.settled(&saved, now);
    Some(RunFacts { stamp, ..RunFacts::sharing(saved, shared) })
}
