//! Changing the settings.

use crate::train::Experiment;
use crate::workspace::{Message, SettingsAction, Workspace};
use std::path::PathBuf;

impl Workspace {
    pub(in crate::workspace) fn apply_settings(&mut self, action: SettingsAction) {
        match action {
            SettingsAction::SetExperiment(experiment) => self.set_experiment(*experiment),
            SettingsAction::SetWarmStart(on) => self.change(|settings| settings.warm_start = on),
            SettingsAction::SetEncoder(encoder) => self.change(|settings| settings.encoder = *encoder),
            SettingsAction::SetRunTable(table) => self.set_run_table(*table),
            SettingsAction::SetGraphLook(look) => self.change(|settings| settings.look = look),
            SettingsAction::SetTheme(theme) => self.change(|settings| settings.theme = theme),
            SettingsAction::SetQuerySort(sort) => self.change(|settings| settings.query_sort = sort),
            SettingsAction::SetFolders(folders) => self.set_folders(folders),
            SettingsAction::SetJudging(judging) => self.set_judging(*judging),
            SettingsAction::SetCutOff(cut_off) => self.change(|settings| settings.cut_off = cut_off),
            SettingsAction::SetPanels(layout) => self.change(|settings| settings.panels = layout),
        }
    }

    /// Lists the runs and studies of these folders, too.
    fn set_folders(&mut self, folders: Vec<PathBuf>) {
        let mut listed: Vec<PathBuf> = Vec::with_capacity(folders.len());
        for folder in folders {
            let folder = std::path::absolute(&folder).unwrap_or(folder);
            if listed.contains(&folder) {
                continue;
            }
            // One that was listed may be out of reach for a while.
            if folder.is_dir() || self.settings.folders.contains(&folder) {
                listed.push(folder);
            } else {
                self.tell(Message::warning(format!("Not a folder: {}", folder.display())));
            }
        }
        self.change(|settings| settings.folders = listed);
        self.refresh_runs();
    }

    fn set_experiment(&mut self, experiment: Experiment) {
        let graph = experiment.graph;
        self.change(|settings| settings.experiment = experiment);
        if let Some(session) = &mut self.session {
            session.refresh_view(graph);
        }
    }
}
