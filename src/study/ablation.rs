//! Ablations: a configuration against variants with one part removed or changed.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

use super::aggregate::{PerQuery, some};
use super::facts::{self, Facts};
use super::sweep::failures;
use super::{
    Change, Configuration, Folds, Paired, Runner, StudyError, StudyObserver, Trial, TrialResult, apply, paired,
    parameters, set,
};
use crate::eval::{ByMeasure, STANDARD};
use crate::model::ModelKind;
use crate::signals::Signals;
use crate::train::{Experiment, Preset, Setting};

/// Numbers of neighbours tried besides the configuration's own.
const NEIGHBOURS: [usize; 4] = [5, 10, 20, 50];
/// Numeric options that 0 switches off.
const OFF_AT_ZERO: [&str; 2] = ["dropout", "weight_decay"];
/// Parameters that belong to the protocol, or that have rows of their own.
const NOT_PARTS: [&str; 8] = [
    "features",
    "graph.k",
    "model.conv_layers",
    "training.seed",
    "training.epochs",
    "training.patience",
    "training.stop_on",
    "training.batch",
];

/// What an ablation compares: the full configuration first, then each variant.
///
/// Without each signal; for networks with a graph, without edges, without edges and feedback, with one layer fewer and
/// more, and with other numbers of neighbours; without each option that is on (`true`, a name that could be `none`, dropout, weight decay);
/// and with each other setting that differs from [`Preset::Reference`] reset to it.
///
/// # Errors
/// If a change cannot be made.
pub fn ablations(full: &Experiment, signals: &Signals) -> Result<Vec<Configuration>, StudyError> {
    let mut list = vec![Configuration { name: "full".to_owned(), changes: Vec::new(), experiment: full.clone() }];
    let mut changes = without_signals(full, signals);
    if full.model.kind.uses_graph() {
        changes.extend(graph_changes(full));
    }
    if !full.choose.is_empty() {
        changes.push(("without choosing settings".to_owned(), vec![Change::new("choose", json!([]))]));
    }
    changes.extend(options_off(full));
    changes.extend(as_reference(full));
    for (name, changes) in changes {
        let experiment = apply(full, &changes)?;
        // “Without” and “as in the reference” may coincide.
        if list.iter().all(|other| other.experiment != experiment) {
            list.push(Configuration { name, changes, experiment });
        }
    }
    Ok(list)
}

type Named = (String, Vec<Change>);

fn without_signals(full: &Experiment, signals: &Signals) -> Vec<Named> {
    let all: Vec<String> = match &full.features {
        Some(names) => names.clone(),
        None => signals.infos.iter().map(|info| info.name.clone()).collect(),
    };
    if all.len() < 2 {
        return Vec::new();
    }
    let without = |name: &String| {
        let rest: Vec<&String> = all.iter().filter(|other| *other != name).collect();
        (format!("without signal {name}"), vec![Change::new("features", json!(rest))])
    };
    all.iter().map(without).collect()
}

fn graph_changes(full: &Experiment) -> Vec<Named> {
    let mut changes = vec![("without edges".to_owned(), vec![Change::new("graph.k", 0)])];
    if full.model.kind == ModelKind::DcmmPrf && full.model.feedback {
        let neither = vec![Change::new("graph.k", 0), Change::new("model.feedback", false)];
        changes.push(("without edges and feedback".to_owned(), neither));
    }
    let layers = full.model.conv_layers;
    for layers in [layers.saturating_sub(1), layers + 1].into_iter().filter(|layers| *layers > 0) {
        let name = if layers == 1 { "1 layer".to_owned() } else { format!("{layers} layers") };
        changes.push((name, vec![Change::new("model.conv_layers", layers)]));
    }
    changes.extend(NEIGHBOURS.map(|k| (format!("k = {k}"), vec![Change::new("graph.k", k)])));
    changes
}

/// Every option that is on and can be switched off by itself.
fn options_off(full: &Experiment) -> Vec<Named> {
    let off = |parameter: &Change| {
        let name = parameter.parameter.as_str();
        let value = match &parameter.value {
            Value::Bool(true) => Value::Bool(false),
            Value::String(now) if now != "none" => Value::from("none"),
            Value::Number(now) if OFF_AT_ZERO.contains(&last(name)) && now.as_f64() != Some(0.0) => Value::from(0),
            _ => return None,
        };
        let change = Change::new(name, value);
        // Names without a “none” reject it.
        set(full, &change).ok().filter(|changed| changed != full).map(|_| (format!("without {}", last(name)), change))
    };
    let found = parameters(full).into_iter().filter(|parameter| is_part(full, &parameter.parameter));
    found.filter_map(|parameter| off(&parameter)).map(|(name, change)| (name, vec![change])).collect()
}

/// Every setting that differs from the reference, reset one at a time.
fn as_reference(full: &Experiment) -> Vec<Named> {
    let (own, theirs) = (parameters(full), parameters(&Preset::Reference.experiment()));
    let back = |change: &Change| {
        let now = own.iter().find(|own| own.parameter == change.parameter)?;
        let differs = now.value != change.value && is_part(full, &change.parameter);
        // What the reference leaves out may be a table here.
        let possible = differs && set(full, change).is_ok();
        possible.then(|| (change.to_string(), vec![change.clone()]))
    };
    theirs.iter().filter_map(back).collect()
}

/// Whether a parameter is a part that can be removed: one that matters to the experiment.
fn is_part(full: &Experiment, path: &str) -> bool {
    !NOT_PARTS.contains(&path) && Setting::find(path).is_none_or(|setting| setting.matters(full))
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// A finished ablation.
#[derive(Clone, Debug, PartialEq)]
pub struct Ablation {
    /// What the measures are based on.
    pub facts: Facts,
    /// The full configuration first.
    pub rows: Vec<AblationRow>,
}

/// One configuration of an ablation.
#[derive(Clone, Debug, PartialEq)]
pub struct AblationRow {
    /// `full`, `without edges`, …
    pub name: String,
    /// Its changes to the full one.
    pub changes: Vec<Change>,
    /// Its measures on the test queries of all folds.
    pub measures: PerQuery,
    /// For each of [`STANDARD`], this configuration against the full one; empty for the full one itself, or if either
    /// has no measures.
    pub against: ByMeasure<Paired>,
    /// The folders of its trials.
    pub folders: Vec<PathBuf>,
    /// Errors, each with the number of trials that failed with it.
    pub failures: BTreeMap<String, usize>,
}

/// Trains every configuration on every fold with every seed, saves `study.json`, and compares each with the first,
/// query by query, each query's values averaged over the seeds.
///
/// # Errors
/// Those of [`Runner::run`].
pub fn ablate(
    runner: &Runner,
    configurations: &[Configuration],
    (folds, seeds): (Folds, &[u64]),
    observer: StudyObserver<'_>,
) -> Result<Ablation, StudyError> {
    runner.check_kind("ablation")?;
    let results = runner.run(&Trial::all(configurations, folds.count(), seeds), observer)?;
    let mut rows: Vec<AblationRow> = Vec::with_capacity(configurations.len());
    for (at, configuration) in configurations.iter().enumerate() {
        let own: Vec<&TrialResult> = results.iter().filter(|result| result.configuration == at).collect();
        let measures = PerQuery::of(&own);
        let against = rows.first().map(|full| against(&full.measures, &measures)).unwrap_or_default();
        rows.push(AblationRow {
            name: configuration.name.clone(),
            changes: configuration.changes.clone(),
            measures,
            against,
            folders: own.iter().map(|result| result.folder.clone()).collect(),
            failures: failures(&own),
        });
    }
    let ablation = Ablation { facts: Facts::new(runner.data(), folds, seeds), rows };
    facts::save(runner.folder(), &ablation.object())?;
    Ok(ablation)
}

/// Each measure of the second against the first; empty if they share no query.
pub(super) fn against(first: &PerQuery, second: &PerQuery) -> ByMeasure<Paired> {
    let pair = |measure| {
        let (first, second) = first.pairs(second, measure);
        (measure, paired(&first, &second))
    };
    let pairs: ByMeasure<Paired> = STANDARD.into_iter().map(pair).collect();
    if pairs.values().any(|pair| pair.queries == 0) { ByMeasure::default() } else { pairs }
}

impl Ablation {
    /// The result as saved in `study.json`.
    pub fn object(&self) -> Value {
        let row = |row: &AblationRow| {
            json!({
                "name": row.name,
                "changes": row.changes,
                "test": some(&row.measures.spreads),
                "against_full": row.against,
                "trials": facts::names(&row.folders),
                "failures": row.failures,
            })
        };
        facts::object("ablation", &self.facts, &json!({ "rows": self.rows.iter().map(row).collect::<Vec<_>>() }))
    }
}
