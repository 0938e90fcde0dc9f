//! One session's state: what is open, selected, running and saved. Knows nothing of pixels.
//!
//! [`Workspace`] is the only owner of state. Panels read it and ask for [`Action`]s; [`Workspace::apply`] carries them out
//! and [`Workspace::poll`] receives what the running jobs report.
//!
//! Each capability has a file with its state, and below it `apply.rs` with the methods of [`Workspace`] that change it.

mod action;
mod answer;
mod apply;
mod attached;
mod busy;
mod cut_off;
mod embedding;
mod epochs;
mod experiments;
mod explaining;
mod failure;
mod filter;
mod found;
mod judging;
mod loading;
mod looks;
mod messages;
mod neighbours;
mod propagation;
mod ranking;
mod runs;
mod saving;
mod searching;
mod session;
mod settings;
mod store;
mod studies;
mod training;
mod trash;
mod two_graphs;
mod undo;
mod until;
mod view;

pub use action::{
    Action, DataAction, EmbeddingAction, ExplainAction, ExportAction, FilterAction, HistoryAction, JudgingAction,
    LensAction, MessageAction, PropagationAction, RunsAction, SearchAction, SelectionAction, SettingsAction,
    StudiesAction, TrainingAction, TwoGraphsAction, Verdict,
};
pub use cut_off::{CutOff, CutOffSettings, CutOffs, MOST_QUERIES, learned_from, scored_query};
pub use embedding::{
    ComparisonState, EmbeddingComparison, EmbeddingMap, EmbeddingPair, EmbeddingSource, EmbeddingState,
    MOST_NEIGHBOURS, MOST_POINTS, MapMethod, MapPoint, MapRequest, MapScope, MapState, QueryComparison,
};
pub use epochs::{Epochs, NoEpochs};
pub use experiments::{Experiments, Pair, PairRankings, Readable, Reader, RunDetails, Side};
pub use explaining::{Compared, ExplainObstacle, ExplainRequest, Explained, Explaining};
pub use filter::{Between, ByJudge, Chosen, Condition, Filter, InColumn, Passing, Ranks};
pub use found::Ranker;
pub use judging::{
    Exported, Item, Judging, MeasuredAgreement, MeasuredComparison, Move, Moves, Pace, Queue, QueueKind,
};
pub use loading::{BareFolder, LoadingState};
pub use looks::{MOST_DRAWN, RankError, Watch};
pub use messages::{Message, MessageKind, Offer};
pub use neighbours::NeighbourLens;
pub use propagation::{MOST_TRACED, Pair as TracedPair, Playhead, Propagation, SPEEDS, Sent, Stage, StageKind, Stages};
pub use ranking::{Order, Ranking};
pub use runs::RunList;
pub use saving::Saving;
pub use searching::{
    AtHand, CollectionEncoder, CollectionEncoders, FoundSoFar, OpenCollection, Searching, SeenTables, Stranger,
    WantedTables,
};
pub use session::{Baselines, Session};
pub use settings::{
    EncoderSettings, GraphLook, JudgingSettings, JudgingView, PanelLayout, QuerySort, Settings, ThemeChoice,
};
pub use store::Store;
pub use studies::{SavedStudy, StudyKind, StudyRequest, StudyResult, StudyRow, StudySize, StudyState};
pub use training::{LiveRun, QueuedRun, TrainingState, seeds_in};
pub use two_graphs::{GraphSide, MOST_TWICE, Moved, Near, Taught, TwoGraphs, TwoViews};
pub use undo::{History, Step};
pub use view::{NODE_RADIUS, QueryView, ViewRequest};

use crate::jobs::Wake;
use filter::Filtering;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use trash::Trash;

/// One session's state.
pub struct Workspace {
    settings: Settings,
    store: Store,
    wake: Wake,
    session: Option<Session>,
    loading: LoadingState,
    embedding: EmbeddingState,
    explaining: Explaining,
    training: TrainingState,
    runs: RunList,
    experiments: Experiments,
    studies: StudyState,
    saving: Saving,
    judging: Judging,
    searching: Searching,
    filtering: Filtering,
    cut_offs: CutOffs,
    propagation: Propagation,
    two_graphs: TwoGraphs,
    epochs: Epochs,
    neighbours: NeighbourLens,
    messages: Vec<Message>,
    history: History,
    trash: Trash,
    unsaved_since: Option<Instant>,
    openings: u64,
}

impl Workspace {
    /// A session that saves its settings and runs in `store`.
    pub fn new(store: Store) -> Self {
        let (settings, complaint) = store.load_settings();
        let mut messages = Vec::new();
        if let Some(complaint) = complaint {
            messages.push(Message::warning(complaint));
        }
        let mut trash = Trash::new(store.trash());
        trash.clean(vec![store.runs().to_owned(), store.studies()], Arc::new(|| {}));
        Self {
            settings,
            runs: RunList::default(),
            experiments: Experiments::default(),
            studies: StudyState::default(),
            saving: Saving::default(),
            judging: Judging::default(),
            searching: Searching::default(),
            filtering: Filtering::default(),
            cut_offs: CutOffs::default(),
            propagation: Propagation::default(),
            two_graphs: TwoGraphs::default(),
            epochs: Epochs::default(),
            neighbours: NeighbourLens::default(),
            store,
            wake: Arc::new(|| {}),
            session: None,
            loading: LoadingState::default(),
            embedding: EmbeddingState::default(),
            explaining: Explaining::default(),
            training: TrainingState::default(),
            messages,
            history: History::default(),
            trash,
            unsaved_since: None,
            openings: 0,
        }
    }

    /// Replaces the saved theme.
    pub fn with_theme(mut self, theme: ThemeChoice) -> Self {
        self.change(|settings| settings.theme = theme);
        self
    }

    /// Sets the function that jobs call when they have something new.
    pub fn set_wake(&mut self, wake: Wake) {
        self.wake = wake;
    }

    /// The function that jobs call when they have something new.
    pub fn wake(&self) -> Wake {
        self.wake.clone()
    }

    /// What persists.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The folders it saves to.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The open data set.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// The progress of opening a data set.
    pub fn loading(&self) -> &LoadingState {
        &self.loading
    }

    /// The jobs and results of embeddings.
    pub fn embedding(&self) -> &EmbeddingState {
        &self.embedding
    }

    /// The run in training, or the one last trained or opened.
    pub fn training(&self) -> &TrainingState {
        &self.training
    }

    /// The runs on disk.
    pub fn runs(&self) -> &RunList {
        &self.runs
    }

    /// Many runs at once: the table, plots over runs, one run against another.
    pub fn experiments(&self) -> &Experiments {
        &self.experiments
    }

    /// The studies on disk and the running one.
    pub fn studies(&self) -> &StudyState {
        &self.studies
    }

    /// Judging the open data set.
    pub fn judging(&self) -> &Judging {
        &self.judging
    }

    /// Collections, and the one that is open.
    pub fn searching(&self) -> &Searching {
        &self.searching
    }

    /// The propagation player.
    pub fn propagation(&self) -> &Propagation {
        &self.propagation
    }

    /// Two graphs of the current query.
    pub fn two_graphs(&self) -> &TwoGraphs {
        &self.two_graphs
    }

    /// Messages to show, oldest first.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Whether there are unsaved settings.
    pub fn is_unsaved(&self) -> bool {
        self.unsaved_since.is_some()
    }

    /// The picture of an image of the open data set.
    pub fn picture(&self, image: usize) -> Option<&Path> {
        self.session.as_ref()?.data.dataset.images.get(image)?.file.as_deref()
    }

    /// Receives what the jobs have reported since the last call; `true` if anything changed.
    pub fn poll(&mut self) -> bool {
        let mut changed = self.poll_loading();
        changed |= self.session.as_mut().is_some_and(Session::poll);
        changed |= self.poll_embedding();
        changed |= self.poll_explaining();
        changed |= self.poll_search();
        changed |= self.poll_training();
        self.refresh_live_runs();
        changed |= self.poll_runs();
        changed |= self.poll_studies();
        changed |= self.poll_saving();
        changed |= self.poll_judging();
        changed |= self.poll_experiments();
        changed |= self.poll_epochs();
        changed |= self.poll_neighbours();
        changed |= self.poll_cut_offs();
        changed |= self.poll_propagation();
        changed |= self.poll_two_graphs();
        self.filter_images();
        self.trash.poll();
        self.expire_messages();
        if self.unsaved_since.is_some_and(|since| since.elapsed() > Duration::from_millis(300)) {
            self.save();
        }
        changed
    }

    /// Writes the settings now.
    pub fn save(&mut self) {
        self.unsaved_since = None;
        if let Err(error) = self.store.save_settings(&self.settings) {
            self.tell(Message::warning(error.to_string()));
        }
    }

    fn change(&mut self, edit: impl FnOnce(&mut Settings)) {
        edit(&mut self.settings);
        self.unsaved_since.get_or_insert_with(Instant::now);
    }

    /// The sample that comes with the program, if it can be found.
    pub fn sample() -> Option<PathBuf> {
        Some(crate::dataset::demo_sample()).filter(|path| path.is_dir())
    }
}

impl Drop for Workspace {
    /// Closing waits until a training run is written completely, and for nothing else.
    fn drop(&mut self) {
        self.loading.retire();
        self.runs.forget_reading();
        self.experiments.retire();
        self.judging.retire();
        self.studies.retire();
        self.embedding.forget();
        self.searching.retire();
        if self.unsaved_since.is_some() {
            self.save();
        }
    }
}
