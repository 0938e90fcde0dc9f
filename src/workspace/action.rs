//! What panels can ask of the workspace.

use super::{
    EmbeddingPair, MapRequest, Message, Pair, PanelLayout, QuerySort, RunTable, Settings, StudyRequest, ThemeChoice,
};
use crate::export::chart::{Chart, Theme};
use crate::graph::GraphRequest;
use crate::train::Experiment;
use std::path::PathBuf;

/// One wish of a person, as a panel understood it.
pub enum Action {
    /// Open a data set, or a saved run's folder.
    Open(PathBuf),
    /// Read TREC qrels or a run file into the open data set.
    AttachTrec(PathBuf),
    /// Add a file of visual vectors to the open data set, and use them.
    AttachVectors(PathBuf),
    /// Take a file of visual vectors off the open data set again, by its source's name.
    DetachVectors(String),
    /// Give up opening.
    CancelLoading,
    /// Take a path off the recent list.
    ForgetRecent(PathBuf),
    /// Show a query.
    SelectQuery(usize),
    /// Show the query so many places on, in the data set's order.
    StepQuery(isize),
    /// Select one candidate of the current query everywhere, or none.
    SelectCandidate(Option<usize>),
    /// Point at one candidate of the current query everywhere, or none.
    HoverCandidate(Option<usize>),
    /// Change signals, graph, model or training.
    SetExperiment(Box<Experiment>),
    /// Back to the preset.
    ResetExperiment,
    /// Use these visual vectors (names of sources; several are concatenated).
    ChooseVectors(Vec<String>),
    /// Compute embeddings of every picture.
    Embed,
    /// Stop computing embeddings; what is done stays in the cache.
    CancelEmbedding,
    /// Change encoder, weights, layer, projection or device.
    SetEncoder(Box<super::EncoderSettings>),
    /// Take the encoder's weights from a file.
    SetWeights(PathBuf),
    /// Hold one embedding of the open data set against another.
    CompareEmbeddings(Box<EmbeddingPair>),
    /// Give up comparing embeddings.
    CancelComparison,
    /// Make the current query's graphs under both embeddings.
    DrawTwoGraphs(GraphRequest),
    /// Draw an embedding as a map.
    DrawMap(Box<MapRequest>),
    /// Give up drawing a map.
    CancelMap,
    /// Begin a training run.
    Train,
    /// Halt or go on.
    PauseTraining(bool),
    /// End the run and keep the best epoch.
    StopTraining,
    /// Go on with a saved run that was interrupted or cut off.
    ResumeRun(PathBuf),
    /// Open a saved run.
    OpenRun(PathBuf),
    /// Delete a saved run.
    DeleteRun(PathBuf),
    /// Filter, sort, group or choose columns of the run table.
    SetRunTable(Box<RunTable>),
    /// Look at these runs together.
    ChooseRuns(Vec<PathBuf>),
    /// Hold one run, or group of seeds, against another.
    CompareRuns(Option<Box<Pair>>),
    /// Begin a study on the open data set.
    StartStudy(Box<StudyRequest>),
    /// Go on with a study that was cut off.
    ResumeStudy(PathBuf),
    /// End the study at work; trials that have ended stay.
    CancelStudy,
    /// Delete a study with its trials.
    DeleteStudy(PathBuf),
    /// Write a plot to a file: SVG, or PNG where the name ends so.
    SaveChart(Box<Chart>, Theme, PathBuf),
    /// Light, dark or as the system.
    SetTheme(ThemeChoice),
    /// Sort the query list.
    SetQuerySort(QuerySort),
    /// Remember how the panels are laid out.
    SetPanels(PanelLayout),
    /// Change how things are shown.
    SetView(fn(&mut Settings)),
    /// Tell people something.
    Tell(Message),
    /// Take a message away.
    Dismiss(usize),
}
