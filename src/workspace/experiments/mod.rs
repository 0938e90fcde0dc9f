//! Many runs at once: the table, what plots over them show, and one run against another.

mod pair;
mod reading;

pub use pair::{Pair, Side};
pub use reading::{Readable, Reader, RunDetails};

use super::{Ranking, Workspace};
use crate::study::comparison::PairFigures;
use crate::study::runs::{Entry, RunFacts, RunTable, entries, groups, scope, varying};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// What decides the comparison shown; two that are equal need no new one.
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
    figures: Option<Readable<PairFigures>>,
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

    /// What came of the comparison; `None` while it is being read.
    pub fn figures(&self) -> Option<&Readable<PairFigures>> {
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

impl Workspace {
    pub(super) fn set_run_table(&mut self, table: RunTable) {
        self.change(|settings| settings.run_table = table);
        self.refresh_table();
    }

    pub(super) fn choose_runs(&mut self, paths: Vec<PathBuf>) {
        self.experiments.chosen = paths;
        self.read_runs();
    }

    pub(super) fn compare_runs(&mut self, pair: Option<Pair>) {
        self.experiments.pair = pair;
        // What was compared before must not pass for what is now.
        (self.experiments.figures, self.experiments.rankings) = (None, [None, None]);
        self.experiments.shown = PairRequest::default();
        self.read_runs();
    }

    /// Takes the runs on disk as they are now.
    pub(super) fn take_listed(&mut self, runs: Vec<RunFacts>) {
        self.experiments.runs = runs;
        let there: BTreeSet<&PathBuf> = self.experiments.runs.iter().map(|run| &run.saved.path).collect();
        self.experiments.chosen.retain(|path| there.contains(path));
        let gone = |pair: &Pair| pair::paths(Some(pair)).iter().any(|path| !there.contains(path));
        if self.experiments.pair.as_ref().is_some_and(gone) {
            self.experiments.pair = None;
        }
        self.refresh_table();
        self.read_runs();
    }

    /// Works the table out anew: after other runs, another data set or other wishes.
    pub(super) fn refresh_table(&mut self) {
        let open = self.session.as_ref().and_then(|session| std::path::absolute(&session.data.dataset.root).ok());
        let (table, state) = (&self.settings.run_table, &mut self.experiments);
        state.scope = scope(&state.runs, table, open.as_deref());
        state.entries = entries(&state.runs, &state.scope, table);
        state.varying = varying(state.scope.iter().map(|&run| &state.runs[run].parameters));
    }

    fn read_runs(&mut self) {
        let wake = self.wake();
        let state = &mut self.experiments;
        let ranked = pair::paths(state.pair.as_ref());
        let shown = state.chosen.iter().cloned().chain(ranked.iter().cloned()).collect();
        let dataset = self.session.as_ref().map(|session| (session.generation, &session.data.dataset));
        state.reader.want(&state.runs, &shown, &ranked, dataset, wake);
    }

    pub(super) fn poll_experiments(&mut self) -> bool {
        let generation = self.session.as_ref().map_or(0, |session| session.generation);
        let mut changed = self.experiments.reader.poll();
        if changed || generation != self.experiments.shown.generation {
            self.read_runs();
        }
        let state = &mut self.experiments;
        let request = PairRequest {
            pair: state.pair.clone(),
            generation,
            query: self.session.as_ref().map_or(0, |session| session.query),
            version: state.reader.version(),
        };
        if request != state.shown {
            let session = self.session.as_ref();
            let compared = request.pair.as_ref().zip(session);
            if (request.version, request.generation) != (state.shown.version, state.shown.generation)
                || request.pair != state.shown.pair
            {
                state.figures = compared.and_then(|(pair, session)| pair::figures(pair, &state.reader, session));
            }
            let ranking = |side: fn(&Pair) -> &Side| {
                compared.and_then(|(pair, session)| pair::ranking(side(pair), pair.split, &state.reader, session))
            };
            state.rankings = [ranking(|pair| &pair.a), ranking(|pair| &pair.b)];
            state.shown = request;
            changed = true;
        }
        changed
    }
}
