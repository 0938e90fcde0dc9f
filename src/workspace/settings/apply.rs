//! Changing the settings.

use crate::train::Experiment;
use crate::workspace::{SettingsAction, Workspace};

impl Workspace {
    pub(in crate::workspace) fn apply_settings(&mut self, action: SettingsAction) {
        match action {
            SettingsAction::SetExperiment(experiment) => self.set_experiment(*experiment),
            SettingsAction::SetEncoder(encoder) => self.change(|settings| settings.encoder = *encoder),
            SettingsAction::SetRunTable(table) => self.set_run_table(*table),
            SettingsAction::SetGraphLook(look) => self.change(|settings| settings.look = look),
            SettingsAction::SetTheme(theme) => self.change(|settings| settings.theme = theme),
            SettingsAction::SetQuerySort(sort) => self.change(|settings| settings.query_sort = sort),
            SettingsAction::SetPanels(layout) => self.change(|settings| settings.panels = layout),
        }
    }

    fn set_experiment(&mut self, experiment: Experiment) {
        let graph = experiment.graph;
        self.change(|settings| settings.experiment = experiment);
        if let Some(session) = &mut self.session {
            session.refresh_view(graph);
        }
    }
}
