//! Choosing and comparing runs.

use super::{Pair, PairRequest, Side, pair};
use crate::dataset::Split;
use crate::eval::Measure;
use crate::study::runs::{RunFacts, RunLabel, RunTable, entries, scope, varying};
use crate::train::RunState;
use crate::workspace::{Session, Workspace};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Workspace {
    pub(in crate::workspace) fn set_run_table(&mut self, table: RunTable) {
        let is_regrouped = table.grouped != self.settings.run_table.grouped;
        self.change(|settings| settings.run_table = table);
        self.refresh_table();
        if is_regrouped {
            self.compare_chosen();
        }
    }

    pub(in crate::workspace) fn choose_runs(&mut self, paths: Vec<PathBuf>) {
        self.experiments.chosen = paths;
        self.compare_chosen();
        self.read_runs();
    }

    /// The rankings of the open data set without any network, the better one first.
    pub fn baseline_sides(&self) -> Vec<Side> {
        let has_text = self.session.as_ref().is_some_and(Session::has_text);
        has_text.then_some(Side::Text).into_iter().chain([Side::Initial]).collect()
    }

    /// Compares the first two chosen rows, or the only one with the text signal. A comparison of chosen rows stays.
    fn compare_chosen(&mut self) {
        let chosen = self.experiments.chosen_entries(self.settings.run_table.grouped);
        let sides: Vec<Side> = chosen.iter().map(|entry| self.experiments.side(entry)).collect();
        let known = self.experiments.pair.as_ref();
        let (a, b) = match &sides[..] {
            [] => return self.compare_runs(None),
            [only] => (only.clone(), self.baseline_sides()[0].clone()),
            [first, second, ..] => match known {
                Some(pair) if [&pair.a, &pair.b].iter().all(|side| sides.contains(side)) => return,
                _ => (first.clone(), second.clone()),
            },
        };
        let is_tested = self.session.as_ref().is_some_and(|session| session.data.splits.contains(&Split::Test));
        let usual = (is_tested.then_some(Split::Test), Measure::Map);
        let (split, measure) = known.map_or(usual, |pair| (pair.split, pair.measure));
        let pair = Some(Pair { a, b, split, measure });
        if self.experiments.pair != pair {
            self.compare_runs(pair);
        }
    }

    /// Takes over a run's new label without reading the folders again.
    pub(in crate::workspace) fn set_listed_label(&mut self, path: &Path, label: &RunLabel) {
        let runs = self.experiments.runs.iter_mut();
        runs.filter(|run| run.saved.path == path).for_each(|run| Arc::make_mut(&mut run.saved).label = label.clone());
        self.refresh_table();
    }

    pub(in crate::workspace) fn compare_runs(&mut self, pair: Option<Pair>) {
        self.experiments.pair = pair;
        // The previous comparison must not be shown as this one.
        (self.experiments.figures, self.experiments.rankings) = (None, [None, None]);
        self.experiments.shown = PairRequest::default();
        self.read_runs();
    }

    /// Receives the list of runs on disk.
    pub(in crate::workspace) fn take_listed(&mut self, mut runs: Vec<RunFacts>) {
        let trained = self.training.run().filter(|_| self.training.is_running()).map(|run| run.path.clone());
        let studied = self.studies.running().map(Path::to_owned);
        for run in runs.iter_mut().filter(|run| run.saved.record.state == RunState::Running) {
            let path = &run.saved.path;
            run.is_live =
                trained.as_ref() == Some(path) || studied.as_ref().is_some_and(|study| path.starts_with(study));
        }
        self.experiments.runs = runs;
        let there: BTreeSet<&PathBuf> = self.experiments.runs.iter().map(|run| &run.saved.path).collect();
        self.experiments.chosen.retain(|path| there.contains(path));
        let gone = |pair: &Pair| pair::paths(Some(pair)).iter().any(|path| !there.contains(path));
        if self.experiments.pair.as_ref().is_some_and(gone) {
            self.experiments.pair = None;
            self.compare_chosen();
        }
        self.refresh_table();
        self.read_runs();
    }

    /// Updates the table after a change of the runs, the data set or the table's settings.
    pub(in crate::workspace) fn refresh_table(&mut self) {
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

    pub(in crate::workspace) fn poll_experiments(&mut self) -> bool {
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
