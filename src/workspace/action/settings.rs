//! Actions on the settings.

use crate::study::runs::RunTable;
use crate::train::Experiment;
use crate::workspace::{
    CutOffSettings, EncoderSettings, GraphLook, JudgingSettings, PanelLayout, QuerySort, ThemeChoice,
};
use std::path::PathBuf;

/// What persists from one session to the next. Each action carries the new value whole.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingsAction {
    /// Signals, graph, model and training.
    SetExperiment(Box<Experiment>),
    /// Whether training starts from the weights of the open run.
    SetWarmStart(bool),
    /// Encoder, weights, layer, projection and device.
    SetEncoder(Box<EncoderSettings>),
    /// Filter, order, grouping and columns of the run table.
    SetRunTable(Box<RunTable>),
    /// How the graph is drawn.
    SetGraphLook(GraphLook),
    /// Light, dark, or as the system is.
    SetTheme(ThemeChoice),
    /// The query list's order.
    SetQuerySort(QuerySort),
    /// Other folders whose runs and studies are listed.
    SetFolders(Vec<PathBuf>),
    /// Who judges, and how images are laid out for it.
    SetJudging(Box<JudgingSettings>),
    /// Whether and at which precision rankings end.
    SetCutOff(CutOffSettings),
    /// How the panels are laid out.
    SetPanels(PanelLayout),
}
