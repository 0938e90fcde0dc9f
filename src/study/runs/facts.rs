//! A run in the form that tables and plots need.

use super::parameter_list::Parameters;
use super::parameters;
use super::saved::SavedRun;
use super::shared::Shared;
use super::stamp::Stamp;
use crate::dataset::Split;
use crate::eval::{Measure, Measures};
use crate::study::trial_folder;
use crate::train::{Comparison, RunRecord, RunSplit, RunState};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;

/// What runs are ranked by: a measure on one split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Objective {
    /// The validation or the test queries.
    pub split: Split,
    /// One of [`crate::eval::STANDARD`].
    pub measure: Measure,
}

impl Default for Objective {
    /// Configurations may be chosen by this, but never by the test queries.
    fn default() -> Self {
        Self { split: Split::Validation, measure: Measure::Map }
    }
}

impl Objective {
    /// For axes and headings: `validation MAP`.
    pub fn name(self) -> String {
        format!("{} {}", self.split.name(), self.measure.label())
    }
}

/// A run in the form that tables and plots need.
#[derive(Clone, Debug)]
pub struct RunFacts {
    /// The run on disk, without what is not shown of many at once and takes most of the memory: the queries of its
    /// split, the values that it tried, and hashes of its data.
    pub saved: Arc<SavedRun>,
    /// Its configuration, flat.
    pub parameters: Parameters,
    /// The study it is a trial of.
    pub study: Option<Arc<str>>,
    /// Its fold in that study, from 1.
    pub fold: Option<usize>,
    /// A short name of its split of the queries, if it recorded it ([`crate::train::RunSplit::short_name`]).
    pub split: Option<Arc<str>>,
    /// Equal for runs that differ only in their seeds, or as trials of one study also in their folds.
    pub configuration: Arc<str>,
    /// Equal for runs whose measures are over the same queries in the same way, and so comparable.
    pub protocol: Arc<str>,
    /// Whether it is in training now, as far as is known.
    pub is_live: bool,
    /// By which it is recognised when runs are listed again.
    pub(super) stamp: Option<Stamp>,
}

impl RunFacts {
    /// From a saved run.
    pub fn of(saved: SavedRun) -> Self {
        Self::sharing(saved, &mut Shared::default())
    }

    /// The same, with one copy of what other runs have too.
    pub(super) fn sharing(mut saved: SavedRun, shared: &mut Shared) -> Self {
        let parameters = parameters::of_run(&saved.record);
        let folder = study_of(&saved.path);
        let study = folder.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let fold = folder.and_then(|_| trial_folder::fold(&saved.path));
        let split = saved.record.split.take().as_ref().map(RunSplit::short_name);
        // A study splits the queries in its own way: its trials belong together, and repeat no run outside it.
        let scope = match folder {
            Some(folder) => folder.display().to_string(),
            None => split.clone().unwrap_or_default() + &labels(&saved.record) + &parent(&saved.record),
        };
        let configuration = parameters::configuration(&saved.record, &parameters, &scope);
        let protocol = protocol(&saved.record, folder, fold, split.as_deref());
        let record = &mut saved.record;
        (record.chosen, record.fingerprint, record.resumptions) = (Vec::new(), None, Vec::new());
        Self {
            saved: Arc::new(saved),
            parameters: parameters.sharing(shared),
            study: study.map(|study| shared.text(&study)),
            fold,
            split: split.map(|split| shared.text(&split)),
            configuration: shared.text(&configuration),
            protocol: shared.text(&protocol),
            is_live: false,
            stamp: None,
        }
    }

    /// Offers what it has to other runs.
    pub(super) fn share(&self, shared: &mut Shared) {
        let own = [Some(&self.configuration), Some(&self.protocol), self.study.as_ref(), self.split.as_ref()];
        own.into_iter().flatten().for_each(|text| shared.offer(text));
        self.parameters.share(shared);
    }

    /// The name that a person gave it, else its folder's.
    pub fn name(&self) -> &str {
        let given = self.saved.label.name.trim();
        if given.is_empty() { &self.saved.record.name } else { given }
    }

    /// A measure of the run's ranking, if it was computed.
    pub fn measure(&self, objective: Objective) -> Option<f64> {
        pick(&self.comparison(objective.split)?.model, objective.measure)
    }

    /// The difference to the text signal alone.
    pub fn gain(&self, objective: Objective) -> Option<f64> {
        let comparison = self.comparison(objective.split)?;
        Some(pick(&comparison.model, objective.measure)? - pick(&comparison.text, objective.measure)?)
    }

    fn comparison(&self, split: Split) -> Option<&Comparison> {
        match split {
            Split::Validation => Some(&self.saved.record.validation),
            Split::Test => Some(&self.saved.record.test),
            _ => None,
        }
    }

    /// Its state in words.
    pub fn state_name(&self) -> &'static str {
        if self.is_live { "training" } else { state_name(self.saved.record.state) }
    }
}

/// See [`RunFacts::protocol`]. Older runs did not record their split: outside of studies it was that of the files.
fn protocol(record: &RunRecord, study: Option<&Path>, fold: Option<usize>, split: Option<&str>) -> String {
    let split = match (split, study) {
        (Some(split), _) => split.to_owned(),
        (None, Some(study)) => format!("{} {fold:?}", study.display()),
        (None, None) => String::new(),
    };
    let base = if record.relevant_others > 0 { record.recall_base.name() } else { "" };
    format!("{}\n{split}\n{base}{}", record.dataset_path.display(), labels(record))
}

/// Whose labels a run was trained on and measured by; nothing for those of the files.
fn labels(record: &RunRecord) -> String {
    let labels = record.labels.as_ref().filter(|labels| !labels.is_files());
    labels.map(|labels| format!("\n{}", labels.label())).unwrap_or_default()
}

/// The run whose weights it started from; nothing for new ones.
fn parent(record: &RunRecord) -> String {
    record.parent.as_ref().map(|parent| format!("\n{}", parent.path.display())).unwrap_or_default()
}

/// The folder of the study of a trial, which lies in its folder `trials`.
fn study_of(path: &Path) -> Option<&Path> {
    path.parent().filter(|parent| parent.file_name().is_some_and(|name| name == "trials"))?.parent()
}

/// The state of a run on disk in words.
pub fn state_name(state: RunState) -> &'static str {
    match state {
        RunState::Running => "interrupted",
        RunState::Finished => "finished",
        RunState::EarlyStopped => "stopped early",
        RunState::Interrupted => "stopped",
    }
}

fn pick(measures: &Measures, measure: Measure) -> Option<f64> {
    measures.get(measure).filter(|value| value.is_finite())
}
