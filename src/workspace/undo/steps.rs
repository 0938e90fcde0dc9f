//! Which actions can be undone, by which others, and what such a step is called.

use super::Description;
use crate::study::runs::{ParamValue, Parameters, RunTable, flat, short_name};
use crate::workspace::embedding::COMPUTED;
use crate::workspace::{
    Action, DataAction, JudgingAction, LensAction, RunsAction, Settings, SettingsAction, StudiesAction, ThemeChoice,
    Workspace,
};
use std::path::Path;

impl Settings {
    /// The action that restores what another one will change; `None` if it changes nothing, or only the layout of
    /// the panels and the like, which is not undone.
    fn opposite(&self, action: &SettingsAction) -> Option<SettingsAction> {
        let now = match action {
            SettingsAction::SetExperiment(_) => SettingsAction::SetExperiment(Box::new(self.experiment.clone())),
            SettingsAction::SetWarmStart(_) => SettingsAction::SetWarmStart(self.warm_start),
            SettingsAction::SetEncoder(_) => SettingsAction::SetEncoder(Box::new(self.encoder.clone())),
            SettingsAction::SetRunTable(_) => SettingsAction::SetRunTable(Box::new(self.run_table.clone())),
            SettingsAction::SetGraphLook(_) => SettingsAction::SetGraphLook(self.look),
            SettingsAction::SetTheme(_) => SettingsAction::SetTheme(self.theme),
            SettingsAction::SetQuerySort(_) => SettingsAction::SetQuerySort(self.query_sort),
            SettingsAction::SetFolders(_) => SettingsAction::SetFolders(self.folders.clone()),
            SettingsAction::SetPanels(_) | SettingsAction::SetJudging(_) | SettingsAction::SetCutOff(_) => return None,
        };
        (now != *action).then_some(now)
    }
}

impl Workspace {
    /// The action that reverses another one that is about to be carried out, if it can be undone.
    pub(in crate::workspace) fn opposite(&self, action: &Action) -> Option<Action> {
        match action {
            Action::Settings(action) => self.settings.opposite(action).map(Action::from),
            Action::Data(DataAction::ChooseVectors(names)) => {
                let now = self.loading.pending_vectors().or(Some(&self.session.as_ref()?.data.vector_names))?;
                let is_change = !now.is_empty() && !names.is_empty() && now != names;
                is_change.then(|| DataAction::ChooseVectors(now.to_vec()).into())
            }
            Action::Judging(JudgingAction::SetProtocol(protocol)) if self.protocol_obstacle().is_none() => {
                let now = self.judging.protocol();
                (now != &**protocol).then(|| JudgingAction::SetProtocol(Box::new(now.clone())).into())
            }
            Action::Lens(LensAction::ShowEpoch { run, epoch }) if self.can_show_epoch(run, *epoch) => {
                let now = self.epochs.chosen();
                (now != *epoch).then(|| LensAction::ShowEpoch { run: run.clone(), epoch: now }.into())
            }
            Action::Runs(RunsAction::Delete(path)) => Some(RunsAction::Restore(path.clone()).into()),
            Action::Studies(StudiesAction::Delete(path)) => Some(StudiesAction::Restore(path.clone()).into()),
            Action::Runs(RunsAction::SetLabel { run, .. }) if !self.can_label_run(run) => None,
            Action::Runs(RunsAction::SetLabel { run, label }) => {
                let now = &self.experiments.run(run)?.saved.label;
                let back = RunsAction::SetLabel { run: run.clone(), label: now.clone() };
                (now != label).then(|| back.into())
            }
            _ => None,
        }
    }

    /// Whether an action is possible now: vectors may have left the data set, and a folder the disk.
    pub(in crate::workspace) fn can_apply(&self, action: &Action) -> bool {
        match action {
            Action::Data(DataAction::ChooseVectors(names)) => self.session.as_ref().is_some_and(|session| {
                let sources = &session.data.dataset.vectors;
                names.iter().all(|name| name == COMPUTED || sources.iter().any(|source| source.name == *name))
            }),
            Action::Runs(RunsAction::Restore(path)) | Action::Studies(StudiesAction::Restore(path)) => {
                self.trash.holds(path)
            }
            Action::Runs(RunsAction::Delete(path)) | Action::Studies(StudiesAction::Delete(path)) => {
                path.is_dir() && !self.trash.holds(path)
            }
            Action::Runs(RunsAction::SetLabel { run, .. }) => run.is_dir(),
            Action::Lens(LensAction::ShowEpoch { run, epoch }) => self.can_show_epoch(run, *epoch),
            _ => true,
        }
    }

    /// Adds an action that was carried out, and the one that takes it back, to the history.
    pub(in crate::workspace) fn record(&mut self, back: Action, forth: Action) {
        self.history.record(back, forth, describe);
    }

    /// As [`Workspace::record`], as a step of its own, however soon it follows another.
    pub(in crate::workspace) fn record_apart(&mut self, back: Action, forth: Action) {
        self.history.record_apart(back, forth, describe);
    }
}

/// Describes a step by the action that takes it back and the one that does it.
fn describe(back: &Action, forth: &Action) -> Description {
    match (back, forth) {
        (Action::Settings(back), Action::Settings(forth)) => settings(back, forth),
        (_, Action::Data(DataAction::ChooseVectors(names))) => of("vectors", format!("vectors {}", names.join(" + "))),
        (_, Action::Judging(JudgingAction::SetProtocol(_))) => of("protocol", "judging protocol".to_owned()),
        (_, Action::Judging(JudgingAction::Redo(name))) => of("judgement", format!("judgement “{name}”")),
        (_, Action::Runs(RunsAction::Delete(path)) | Action::Studies(StudiesAction::Delete(path))) => {
            of("deletion", format!("deletion of {}", name(path)))
        }
        (_, Action::Lens(LensAction::ShowEpoch { epoch: Some(epoch), .. })) => of("epoch", format!("epoch {epoch}")),
        (_, Action::Lens(_)) => of("epoch", "the run's own epoch".to_owned()),
        (_, Action::Runs(RunsAction::SetLabel { run, .. })) => of("label", format!("label of {}", name(run))),
        _ => of("other", "a change".to_owned()),
    }
}

fn of(kind: &str, name: String) -> Description {
    Description { name, kind: vec![kind.to_owned()] }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn settings(back: &SettingsAction, forth: &SettingsAction) -> Description {
    use SettingsAction::{SetEncoder, SetExperiment, SetFolders, SetGraphLook, SetQuerySort, SetRunTable, SetTheme};
    match (back, forth) {
        (SetExperiment(back), SetExperiment(forth)) => changed("", "settings", &flat(back), &flat(forth)),
        (SetEncoder(back), SetEncoder(forth)) => changed("encoder: ", "settings", &flat(back), &flat(forth)),
        (SetRunTable(back), SetRunTable(forth)) => changed("runs: ", "settings", &of_table(back), &of_table(forth)),
        (SetGraphLook(back), SetGraphLook(forth)) => changed("graph: ", "settings", &flat(back), &flat(forth)),
        (_, SettingsAction::SetWarmStart(on)) => {
            of("warm start", if *on { "warm start on" } else { "warm start off" }.to_owned())
        }
        (_, SetTheme(theme)) => of(
            "theme",
            match theme {
                ThemeChoice::System => "the system's theme".to_owned(),
                ThemeChoice::Dark => "dark theme".to_owned(),
                ThemeChoice::Light => "light theme".to_owned(),
            },
        ),
        (SetFolders(back), SetFolders(forth)) => match forth.iter().find(|folder| !back.contains(folder)) {
            Some(folder) => of("folders", format!("folder {}", name(folder))),
            None => of("folders", "removal of a folder".to_owned()),
        },
        (_, SetQuerySort(sort)) => of("query order", format!("queries by {}", sort.name().to_lowercase())),
        _ => of("settings", "settings".to_owned()),
    }
}

/// The table's settings with the filter, which is not saved with the others.
fn of_table(table: &RunTable) -> Parameters {
    flat(table).with([("filter", ParamValue::Text(table.filter.as_str().into()))])
}

/// Names what differs between two lists of settings; `area` tells settings of one name in two lists apart.
fn changed(area: &str, several: &str, back: &Parameters, forth: &Parameters) -> Description {
    let mut kind: Vec<String> = back.names().chain(forth.names()).map(str::to_owned).collect();
    kind.retain(|name| back.get(name) != forth.get(name));
    kind.sort();
    kind.dedup();
    let name = match &kind[..] {
        [name] => setting(name, forth.get(name)),
        // A click on a column's title sets the column and the direction.
        [ascending, sort] if ascending == "ascending" && sort == "sort" => setting(sort, forth.get(sort)),
        names => format!("{} {several}", names.len()),
    };
    let kind = kind.into_iter().map(|name| format!("{area}{name}")).collect();
    Description { name: format!("{area}{name}"), kind }
}

/// `12 neighbours`, `dropout 0.2`, `residual off`.
fn setting(name: &str, value: Option<&ParamValue>) -> String {
    let label = short_name(name).replace('_', " ");
    match (name, value.map(ToString::to_string).as_deref()) {
        ("graph.k", Some("1")) => "1 neighbour".to_owned(),
        ("graph.k", Some(k)) => format!("{k} neighbours"),
        (_, Some("yes")) => format!("{label} on"),
        (_, None | Some("no" | "none" | "")) => format!("{label} off"),
        ("features", _) => "choice of signals".to_owned(),
        ("hidden" | "shown", _) => "choice of columns".to_owned(),
        (_, Some(value)) => format!("{label} {value}"),
    }
}
