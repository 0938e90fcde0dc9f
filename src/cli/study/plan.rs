//! What a study will do, said before it starts.

use super::args::StudyArgs;
use super::common::size;
use crate::cli::output::{note, print, print_json};
use crate::cli::vectors::clock;
use crate::study::{Configuration, Folds, Outlook, Runner, Trial, check_size};
use anyhow::Result;
use serde_json::json;
use std::collections::BTreeSet;

/// Names of configurations to list.
const SHOWN: usize = 12;

/// A study that is about to start.
pub(super) struct Plan<'a> {
    /// `sweep`, `ablation`, …
    pub kind: &'static str,
    /// What is tried, and the singular of what it is called.
    pub configurations: &'a [Configuration],
    pub what: &'static str,
    pub folds: Folds,
    pub seeds: &'a [u64],
    /// For successive halving, the epochs and the configurations of each round.
    pub rounds: Vec<(usize, usize)>,
}

impl Plan<'_> {
    /// Says on standard error what will be trained. With `--dry-run` it is printed instead, and nothing else is to be
    /// done: then the result is `false`.
    ///
    /// # Errors
    /// If the study is too large, or its folder has another study.
    pub fn announce(&self, runner: &Runner, args: &StudyArgs) -> Result<bool> {
        check_size(self.configurations.len(), self.folds.count(), self.seeds.len())?;
        let outlook = runner.outlook(&self.first_trials())?;
        let text = self.text(&outlook, &runner.data().dataset.name);
        match (args.dry_run, args.json) {
            (false, _) => note(text.trim_end()),
            (true, false) => print(&text)?,
            (true, true) => print_json(&self.object(&outlook))?,
        }
        Ok(!args.dry_run)
    }

    fn first_trials(&self) -> Vec<Trial> {
        let mut first = self.configurations.to_vec();
        if let Some((epochs, _)) = self.rounds.first() {
            first.iter_mut().for_each(|tried| tried.set_epochs(*epochs));
        }
        Trial::all(&first, self.folds.count(), self.seeds)
    }

    /// Trials in all rounds.
    fn trials(&self) -> usize {
        let configurations = match &self.rounds[..] {
            [] => self.configurations.len(),
            rounds => rounds.iter().map(|(_, configurations)| configurations).sum(),
        };
        configurations * self.folds.count() * self.seeds.len()
    }

    fn text(&self, outlook: &Outlook, dataset: &str) -> String {
        let size = size(self.what, self.configurations.len(), self.folds, self.seeds);
        let trials = self.trials();
        let plural = if trials == 1 { "" } else { "s" };
        let mut text = format!("{} on {dataset}: {size}, {trials} trial{plural}\n", self.kind);
        if !self.rounds.is_empty() {
            let round = |(epochs, count): &(usize, usize)| format!("{count} with {epochs} epochs");
            text += &format!("rounds: {}\n", self.rounds.iter().map(round).collect::<Vec<_>>().join(", "));
        }
        let names: Vec<&str> = self.configurations.iter().map(|tried| tried.name.as_str()).take(SHOWN).collect();
        let more = self.configurations.len() - names.len();
        let more = if more > 0 { format!(", … and {more} more") } else { String::new() };
        let kinds: BTreeSet<&str> =
            self.configurations.iter().map(|tried| tried.experiment.model.kind.name()).collect();
        text += &format!("{}s: {}{more}\n", self.what, names.join(", "));
        text += &format!(
            "{}; {}; seeds {}; {} in parallel\n",
            kinds.into_iter().collect::<Vec<_>>().join(", "),
            self.folds.describe(),
            listed(self.seeds),
            outlook.jobs
        );
        if outlook.finished > 0 {
            text += &format!("{} of {} trials are finished", outlook.finished, outlook.trials);
            text += &match outlook.seconds.filter(|seconds| *seconds > 0.0) {
                Some(seconds) => format!("; judging by them, the others take about {}\n", clock(seconds)),
                None => "\n".to_owned(),
            };
        }
        text
    }

    fn object(&self, outlook: &Outlook) -> serde_json::Value {
        let names: Vec<&str> = self.configurations.iter().map(|tried| tried.name.as_str()).collect();
        let rounds: Vec<_> =
            self.rounds.iter().map(|(epochs, count)| json!({ "epochs": epochs, "configurations": count })).collect();
        json!({
            "kind": self.kind, "configurations": names, "folds": self.folds, "seeds": self.seeds, "rounds": rounds,
            "trials": self.trials(), "finished": outlook.finished, "jobs": outlook.jobs, "seconds": outlook.seconds,
        })
    }
}

/// `1 to 5` or `1, 4, 7`.
fn listed(seeds: &[u64]) -> String {
    let is_run = seeds.windows(2).all(|pair| pair[1] == pair[0].wrapping_add(1));
    match seeds {
        [first, .., last] if is_run && seeds.len() > 2 => format!("{first} to {last}"),
        _ => seeds.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}
