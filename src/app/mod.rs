//! Pixels: the only room that knows egui.
//!
//! Panels get a `PanelCtx`: the [`Workspace`] to read, and an outbox for actions on the workspace and commands to the
//! window. Purely visual state (camera, filters, which dialog is open) stays in this room.

mod command;
mod ctx;
mod filter;
mod judging;
mod kit;
mod panels;
mod presses;
mod shell;

pub use panels::Panel;
pub use panels::experiments::RunsView;
pub use shell::screenshot::{ScreenshotError, Shot, headless, screenshot, settle};

use crate::vision::ThumbnailCache;
use crate::workspace::{
    DataAction, HistoryAction, Message, MessageKind, SelectionAction, SettingsAction, ThemeChoice, Workspace,
};
use command::{Command, Zoom};
use ctx::{Outbox, PanelCtx, Request};
use eframe::Frame;
use egui::{CentralPanel, Context, ThemePreference, Ui, gui_zoom};
use filter::FilterDialog;
use judging::query_dialog::QueryDialog;
use judging::{ExchangeDialog, JudgingScreen, ProtocolDialog};
use kit::theme;
use kit::thumbnails::Thumbnails;
use panels::Panels;
use shell::collect::CollectDialog;
use shell::dialogs::Dialogs;
use shell::export::ExportDialog;
use shell::label::LabelDialog;
use shell::large::LargeView;
use shell::layout::Desk;
use shell::manual::Manual;
use shell::open::{self, OpenDialog, Paste};
use shell::pack::PackDialog;
use shell::relink::RelinkDialog;
use shell::save::SaveDialog;
use shell::search::SearchBar;
use shell::training_bar::TrainingBar;
use shell::{bar, messages, step};
use std::path::PathBuf;
use std::sync::Arc;

/// The window.
pub struct App {
    workspace: Workspace,
    pictures: Thumbnails,
    panels: Panels,
    desk: Desk,
    open: OpenDialog,
    paste: Paste,
    save: SaveDialog,
    label: LabelDialog,
    export: ExportDialog,
    large: LargeView,
    judging: JudgingScreen,
    filter: FilterDialog,
    protocol: ProtocolDialog,
    exchange: ExchangeDialog,
    /// For a folder of pictures without queries.
    first_query: QueryDialog,
    training: TrainingBar,
    search: SearchBar,
    collect: CollectDialog,
    relink: RelinkDialog,
    pack: PackDialog,
    dialogs: Dialogs,
    manual: Manual,
    outbox: Outbox,
    /// Generation of the data set whose pictures are shown.
    shown: Option<u64>,
    theme: Option<ThemeChoice>,
}

impl App {
    /// Opens `path`, else the most recent data set, else the built-in sample.
    pub fn new(ctx: &Context, mut workspace: Workspace, path: Option<PathBuf>) -> Self {
        theme::install(ctx);
        let waker = ctx.clone();
        workspace.set_wake(Arc::new(move || waker.request_repaint()));
        let last = workspace.settings().recent.first().filter(|path| path.exists()).cloned();
        if let Some(path) = path.or(last).or_else(Workspace::sample) {
            workspace.apply(DataAction::Open(path));
        }
        Self {
            pictures: Thumbnails::new(ThumbnailCache::at(workspace.store().thumbnails()), workspace.wake()),
            panels: Panels::default(),
            desk: Desk::restore(workspace.settings().panels.as_ref()),
            open: OpenDialog::default(),
            paste: Paste::default(),
            save: SaveDialog::default(),
            label: LabelDialog::default(),
            export: ExportDialog::default(),
            large: LargeView::default(),
            judging: JudgingScreen::default(),
            filter: FilterDialog::default(),
            protocol: ProtocolDialog::default(),
            exchange: ExchangeDialog::default(),
            first_query: QueryDialog::default(),
            training: TrainingBar::default(),
            search: SearchBar::new(Thumbnails::new(
                ThumbnailCache::at(workspace.store().thumbnails()),
                workspace.wake(),
            )),
            collect: CollectDialog::default(),
            relink: RelinkDialog::default(),
            pack: PackDialog::default(),
            dialogs: Dialogs::default(),
            manual: Manual::default(),
            outbox: Outbox::default(),
            shown: None,
            theme: None,
            workspace,
        }
    }

    /// The state, for reading.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The state, for acting on: scripts and tests use it in place of a mouse.
    pub fn workspace_mut(&mut self) -> &mut Workspace {
        &mut self.workspace
    }

    /// Brings a panel to the front.
    pub fn show_panel(&mut self, panel: Panel) {
        self.desk.show_panel(panel);
    }

    /// Gives a panel the whole window, without the bars.
    pub fn show_only(&mut self, panel: Panel) {
        self.desk.show_only(panel);
    }

    /// Shows one of the views of the Experiments panel.
    pub fn show_runs_as(&mut self, view: RunsView) {
        self.panels.experiments.show_as(view);
    }

    /// Whether work is still going on that will change the window without further input.
    pub fn is_busy(&self) -> bool {
        self.workspace.is_busy() || self.pictures.is_busy() || self.search.is_busy()
    }

    /// Whether the picture that is being judged is shown as sharp as there is room for.
    pub fn is_focus_sharp(&self) -> bool {
        let session = self.workspace.session();
        let item = self.workspace.judging().queue().and_then(crate::workspace::Queue::focused);
        session.zip(item).is_some_and(|(session, item)| {
            let query = session.data.dataset.queries.get(item.query);
            let candidate = query.and_then(|query| query.candidates.get(item.candidate));
            candidate.is_some_and(|candidate| self.pictures.sharp.is_sharp(candidate.image))
        })
    }

    fn follow_theme(&mut self, ctx: &Context) {
        let wanted = self.workspace.settings().theme;
        if self.theme != Some(wanted) {
            self.theme = Some(wanted);
            ctx.set_theme(match wanted {
                ThemeChoice::System => ThemePreference::System,
                ThemeChoice::Dark => ThemePreference::Dark,
                ThemeChoice::Light => ThemePreference::Light,
            });
        }
    }

    /// Drops pictures and cameras when another data set has been opened.
    fn follow_data(&mut self) {
        let open = self.workspace.session().map(|session| session.generation);
        if open != self.shown {
            self.shown = open;
            self.pictures.clear();
            self.panels.reset();
            self.judging.reset();
            self.protocol.close();
        }
    }

    fn carry_out_requests(&mut self, egui: &Context) {
        while let Some(request) = self.outbox.take_first() {
            match request {
                Request::Act(action) => self.workspace.apply(action),
                Request::Command(command) => self.carry_out(command, egui),
            }
        }
    }

    /// Shows the selected image, else the best one, as large as the window, or the panels again.
    fn toggle_large(&mut self) {
        let is_selected = self.workspace.session().is_some_and(|session| session.candidate().is_some());
        if !self.large.is_open()
            && !is_selected
            && let Some(first) = step::step_candidate(&self.workspace, 1)
        {
            self.workspace.apply(first);
        }
        self.large.toggle();
    }

    fn carry_out(&mut self, command: Command, egui: &Context) {
        match command {
            Command::Show(panel) => self.desk.show_panel(panel),
            Command::ShowEncoder => {
                self.desk.show_panel(Panel::Embeddings);
                self.panels.embeddings.show_encoder();
            }
            Command::ShowRuns(view) => {
                self.desk.show_panel(Panel::Experiments);
                self.panels.experiments.show_as(view);
            }
            Command::ToggleWide => self.desk.toggle_wide(),
            Command::ResetLayout => {
                let layout = self.desk.reset();
                self.outbox.act(SettingsAction::SetPanels(layout));
            }
            Command::Zoom(Zoom::In) => gui_zoom::zoom_in(egui),
            Command::Zoom(Zoom::Out) => gui_zoom::zoom_out(egui),
            Command::Zoom(Zoom::Reset) => egui.set_zoom_factor(1.0),
            Command::Judge if self.judging.is_open() => {}
            Command::Judge | Command::ToggleJudging => {
                if let Some(action) = self.judging.toggle(&self.workspace) {
                    self.workspace.apply(action);
                }
            }
            Command::EditProtocol => self.protocol.open(&self.workspace),
            Command::ImportJudgements => self.exchange.import(),
            Command::ExportJudgements => self.exchange.export(&self.workspace),
            Command::Fit if self.judging.is_open() => self.judging.fit(),
            Command::Fit if self.large.is_open() => self.large.fit(),
            Command::Fit => self.panels.graph.fit(),
            Command::ToggleFilter => self.filter.toggle(&self.workspace),
            Command::ToggleLarge => self.toggle_large(),
            Command::Back if self.large.is_open() => self.large.toggle(),
            Command::Back => self.workspace.apply(SelectionAction::Candidate(None)),
            Command::Ask(purpose) => {
                let start = self.workspace.session().and_then(|session| session.path.parent());
                self.open.ask(purpose, start.map(std::path::Path::to_owned));
            }
            Command::SaveChart { name, chart } => self.save.open(name, chart),
            Command::LabelRun(run) => self.label.open(run, &self.workspace),
            Command::ExportRun(run) => self.export.open(run, &self.workspace),
            Command::TogglePalette => self.dialogs.toggle_palette(),
            Command::ToggleHelp => self.dialogs.toggle_help(),
            Command::Search => {
                if self.judging.is_open() {
                    self.carry_out(Command::ToggleJudging, egui);
                }
                self.search.focus();
            }
            Command::NewCollection(pictures) => self.collect.open(pictures.as_deref()),
            Command::CollectionTables => self.collect.open_tables(),
            Command::RelinkPictures => self.relink.open(),
            Command::PackCollection => self.pack.open(&self.workspace),
            Command::ToggleManual => self.manual.toggle(),
            Command::OpenManual(section) => self.manual.open_at(section),
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut Frame) {
        self.workspace.poll();
        self.follow_theme(ctx);
        self.follow_data();
        self.pictures.poll(ctx);
        self.open.poll(&self.workspace, &mut self.outbox);
        self.carry_out_requests(ctx);
        if let Some(folder) = self.workspace.loading().bare().filter(|_| !self.first_query.is_open()) {
            self.first_query.open_first(folder.pictures);
        }
        // Notices expire and settings are saved after a delay, even if the mouse never moves.
        let is_notice = |message: &Message| message.kind == MessageKind::Notice;
        let is_waiting = self.workspace.is_unsaved()
            || self.workspace.judging().is_failing()
            || self.workspace.cut_offs().is_waiting();
        if self.workspace.messages().iter().any(is_notice) || is_waiting {
            ctx.request_repaint_after(std::time::Duration::from_millis(500));
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        let egui = ui.ctx().clone();
        self.take_shortcuts(&egui);
        let ctx = &mut PanelCtx::new(&self.workspace, &mut self.pictures, &mut self.outbox);
        open::take_dropped(&egui, ctx);
        let is_dragging = egui.dragged_id().is_some();
        if is_dragging != ctx.workspace().history().is_held() {
            ctx.act(HistoryAction::Hold(is_dragging));
        }
        if !self.desk.is_alone() {
            bar::top_bar_ui(ui, &mut self.training, ctx);
            if !self.judging.is_open() {
                self.search.show(ui, ctx);
            }
            bar::status_bar_ui(ui, ctx);
        }
        let ground = egui::Frame::new().fill(theme::palette(ui.visuals()).ground);
        CentralPanel::default().frame(ground).show(ui, |ui| match () {
            () if self.judging.is_open() => self.judging.show(ui, ctx),
            () if self.large.is_open() => self.large.show(ui, ctx),
            () => self.desk.show(ui, &mut self.panels, ctx),
        });
        self.save.show(&egui, ctx);
        self.label.show(&egui, ctx);
        self.export.show(&egui, ctx);
        self.protocol.show(&egui, ctx);
        self.exchange.show(&egui, ctx);
        self.open.show(&egui, ctx);
        self.filter.show(&egui, self.judging.is_open(), ctx);
        self.first_query.show(&egui, &[], ctx);
        self.collect.show(&egui, ctx);
        self.relink.show(&egui, ctx);
        self.pack.show(&egui, ctx);
        self.dialogs.show(&egui, ctx);
        self.manual.show(&egui);
        messages::messages_ui(&egui, self.judging.foot(), ctx);
        self.pictures.finish_frame();
        self.outbox.settle_hover(self.workspace.session().and_then(|session| session.hovered()));
        if !self.outbox.is_empty() {
            egui.request_repaint();
        }
    }

    fn save(&mut self, _storage: &mut dyn eframe::Storage) {
        self.workspace.save();
    }
}
