//! Filtering the images of queries.

use super::conditions::{column_has_words, has_words, words};
use super::{Between, Condition, Filter, InColumn, Passing, Ranks, Version};
use crate::workspace::{FilterAction, Item, Session, Workspace};
use std::sync::Arc;

impl Workspace {
    /// Which images are shown.
    pub fn filter(&self) -> &Filter {
        &self.filtering.filter
    }

    /// The current query's images that pass the filter; `None` if all do because there is none.
    pub fn passing(&self) -> Option<&Passing> {
        self.filtering.passing.as_ref()
    }

    pub(in crate::workspace) fn apply_filter(&mut self, action: FilterAction) {
        let filter = match action {
            FilterAction::Set(filter) => *filter,
            FilterAction::Without(condition) => self.filtering.filter.clone().without(condition),
            FilterAction::Clear => Filter::default(),
        };
        if filter != self.filtering.filter {
            self.filtering.filter = filter;
            self.filtering.changes += 1;
            self.filter_images();
            self.filter_queue();
        }
    }

    /// Brings what passes up to date.
    pub(in crate::workspace) fn filter_images(&mut self) {
        let version = self.session.as_ref().map(|session| self.filter_version(session));
        if version == self.filtering.version {
            return;
        }
        let before = self.filtering.version.take();
        let is_other = |part: fn(&Version) -> u64| before.as_ref().map(part) != version.as_ref().map(part);
        if before.is_some() && is_other(|version| version.generation) {
            self.filtering.filter = Filter::default();
        }
        let query = self.session.as_ref().map(Session::query);
        if self.filtering.filter.chosen.as_ref().is_some_and(|chosen| Some(chosen.query) != query) {
            self.filtering.filter = std::mem::take(&mut self.filtering.filter).without(Condition::Chosen);
        }
        self.filtering.passing = self.session.as_ref().filter(|_| !self.filtering.filter.is_empty()).map(|session| {
            let is_shown: Arc<[bool]> = self.passes(session, session.query()).into();
            Passing { count: is_shown.iter().filter(|is_shown| **is_shown).count(), is_shown }
        });
        self.filtering.version = version;
    }

    fn filter_version(&self, session: &Session) -> Version {
        let judges = self.judging.judges().map_or(0, |judges| judges.version());
        let filter = &self.filtering.filter;
        Version {
            generation: session.generation,
            query: session.query(),
            filter: self.filtering.changes,
            labels: (
                session.data.judgements.version_of(session.query()),
                if filter.judge.is_some() { judges } else { 0 },
            ),
            rankings: if filter.ranks.is_some() { session.rankings_version() } else { 0 },
        }
    }

    /// For each image of a query, whether it passes the filter.
    pub(in crate::workspace) fn passes(&self, session: &Session, query: usize) -> Vec<bool> {
        let filter = &self.filtering.filter;
        let data = &session.data;
        let candidates = &data.dataset.queries[query].candidates;
        let mut passes = vec![true; candidates.len()];
        let mut keep = |is_kept: &dyn Fn(usize) -> bool| {
            passes.iter_mut().enumerate().for_each(|(candidate, passes)| *passes = *passes && is_kept(candidate));
        };
        let sought = words(&filter.text);
        if !sought.is_empty() {
            keep(&|candidate| has_words(session.image(query, candidate).1, &sought));
        }
        if let Some(InColumn { column, text }) = &filter.column {
            let sought = words(text);
            keep(&|candidate| column_has_words(session.image(query, candidate).1, column, &sought));
        }
        if !filter.grades.is_empty() {
            keep(&|candidate| {
                filter.grades.contains(&data.judgements.get(query, candidate).map(|relevance| relevance.0))
            });
        }
        if let Some(by) = &filter.judge {
            let is_judged = |candidate| self.judging.label(session, &by.name, Item { query, candidate }).is_some();
            keep(&|candidate| is_judged(candidate) == by.is_judged);
        }
        if let Some(Between { signal, low, high }) = &filter.between {
            let values: Vec<f32> = match data.signals.index(signal) {
                Some(signal) => data.signals.column(query, signal).collect(),
                None => Vec::new(),
            };
            keep(&|candidate| values.get(candidate).is_some_and(|value| (low..=high).contains(&value)));
        }
        if let Some(Ranks { first, last }) = filter.ranks {
            let order = session.best().and_then(|(order, _)| session.order_of(order, query)).unwrap_or_default();
            let mut ranks = vec![usize::MAX; candidates.len()];
            order.into_iter().enumerate().for_each(|(rank, candidate)| ranks[candidate] = rank + 1);
            keep(&|candidate| (first..=last).contains(&ranks[candidate]));
        }
        if let Some(chosen) = &filter.chosen {
            keep(&|candidate| chosen.query == query && chosen.candidates.contains(&candidate));
        }
        passes
    }
}
