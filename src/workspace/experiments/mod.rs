//! Many runs at once: the table, what plots over them show, and one run against another.

mod apply;
mod pair;
mod reading;

pub use pair::{Pair, Side};
pub use reading::{Readable, Reader, RunDetails};

use super::Ranking;
use crate::study::comparison::PairMeasures;
use crate::study::runs::{Entry, RunFacts, groups};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What the comparison depends on; it is made again if this changes.
#[derive(Clone, Debug, Default, PartialEq)]
struct PairRequest {
    pair: Option<Pair>,
    generation: u64,
    query: usize,
    version: u64,
}

/// The two sides' rankings of the current query; each `None` while it has still to be read.
pub type PairRankings = [Option<Readable<Ranking>>; 2];

/// Many runs at once.
#[derive(Default)]
pub struct Experiments {
    runs: Vec<RunFacts>,
    scope: Vec<usize>,
    entries: Vec<Entry>,
    varying: Vec<String>,
    chosen: Vec<PathBuf>,
    reader: Reader,
    pair: Option<Pair>,
    shown: PairRequest,
    figures: Option<Readable<PairMeasures>>,
    rankings: PairRankings,
}

impl Experiments {
    /// All runs on disk, newest first.
    pub fn runs(&self) -> &[RunFacts] {
        &self.runs
    }

    /// Positions of the runs of the open data set, or of all data sets where the table asks for that.
    pub fn scope(&self) -> &[usize] {
        &self.scope
    }

    /// The rows of the table.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Parameters that differ among the runs in scope, the most interesting first.
    pub fn varying(&self) -> &[String] {
        &self.varying
    }

    /// The runs chosen to be looked at together, in the order they were chosen.
    pub fn chosen(&self) -> &[PathBuf] {
        &self.chosen
    }

    /// Whether all runs of a row are chosen.
    pub fn is_chosen(&self, entry: &Entry) -> bool {
        entry.facts(&self.runs).iter().all(|run| self.chosen.contains(&run.saved.path))
    }

    /// The chosen runs as rows: those of one configuration together where the table groups them.
    pub fn chosen_entries(&self, grouped: bool) -> Vec<Entry> {
        let places: HashMap<&Path, usize> =
            self.runs.iter().enumerate().map(|(at, run)| (run.saved.path.as_path(), at)).collect();
        let runs = self.chosen.iter().filter_map(|path| places.get(path.as_path()).copied());
        if grouped { groups(&self.runs, runs) } else { runs.map(|run| Entry { runs: vec![run] }).collect() }
    }

    /// What a row is called: a run by its name, several by the parameters that tell them from other rows.
    pub fn name(&self, entry: &Entry) -> String {
        entry.label(&self.runs, &self.varying)
    }

    /// A row as a side of a comparison.
    pub fn side(&self, entry: &Entry) -> Side {
        Side::Runs(entry.facts(&self.runs).iter().map(|run| run.saved.path.clone()).collect())
    }

    /// What has been read of the chosen runs.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// A run by its folder.
    pub fn run(&self, path: &Path) -> Option<&RunFacts> {
        self.runs.iter().find(|run| run.saved.path == path)
    }

    /// What is compared.
    pub fn pair(&self) -> Option<&Pair> {
        self.pair.as_ref()
    }

    /// The comparison; `None` while it is being read.
    pub fn figures(&self) -> Option<&Readable<PairMeasures>> {
        self.figures.as_ref()
    }

    /// The two sides' rankings of the current query.
    pub fn rankings(&self) -> &PairRankings {
        &self.rankings
    }

    pub(super) fn retire(&mut self) {
        self.reader.retire();
    }
}
