//! Choosing and comparing runs.

use super::{Pair, PairRequest, Side, pair};
use crate::study::runs::{RunFacts, RunTable, entries, scope, varying};
use crate::workspace::Workspace;
use std::collections::BTreeSet;
use std::path::PathBuf;

impl Workspace {
    pub(in crate::workspace) fn set_run_table(&mut self, table: RunTable) {
        self.change(|settings| settings.run_table = table);
        self.refresh_table();
    }

    pub(in crate::workspace) fn choose_runs(&mut self, paths: Vec<PathBuf>) {
        self.experiments.chosen = paths;
        self.read_runs();
    }

    pub(in crate::workspace) fn compare_runs(&mut self, pair: Option<Pair>) {
        self.experiments.pair = pair;
        // The previous comparison must not be shown as this one.
        (self.experiments.figures, self.experiments.rankings) = (None, [None, None]);
        self.experiments.shown = PairRequest::default();
        self.read_runs();
    }

    /// Receives the list of runs on disk.
    pub(in crate::workspace) fn take_listed(&mut self, runs: Vec<RunFacts>) {
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
