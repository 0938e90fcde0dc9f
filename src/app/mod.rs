//! Pixels: the only room that knows egui.
//!
//! Panels get the [`Workspace`] to read and push [`Action`]s; nothing else changes state. What only concerns looks
//! (camera, filters, which dialog is open) lives in `Parts`.

mod kit;
mod panels;
mod shell;

pub use shell::layout::Panel;
pub use shell::screenshot::{Shot, headless, screenshot, settle};

use crate::workspace::{Action, MessageKind, Order, ThemeChoice, Workspace};
use eframe::Frame;
use egui::{CentralPanel, Context, ThemePreference, Ui};
use kit::thumbnails::Thumbnails;
use kit::{icons, theme, widgets};
use shell::commands::Commands;
use shell::{bar, commands, layout, open};
use std::path::PathBuf;
use std::sync::Arc;

/// What only concerns looks.
struct Parts {
    thumbnails: Thumbnails,
    graph: panels::graph::GraphPanel,
    curves: panels::training::CurvesPanel,
    data: panels::data::DataPanel,
    embedding: panels::embeddings::EmbeddingPanel,
    experiments: panels::experiments::ExperimentsPanel,
    studies: panels::studies::StudiesPanel,
    queries: panels::queries::QueriesPanel,
    ranking: panels::ranking::RankingPanel,
    open: open::OpenDialog,
    save: shell::save::SaveDialog,
    dialogs: shell::dialogs::Dialogs,
}

/// The window.
pub struct App {
    workspace: Workspace,
    parts: Parts,
    tree: egui_tiles::Tree<Panel>,
    /// The other panels, while one has the whole window.
    parked: Option<egui_tiles::Tree<Panel>>,
    actions: Vec<Action>,
    shown: Option<u64>,
    theme: Option<ThemeChoice>,
    alone: bool,
}

impl App {
    /// Opens `path`, or what was open last, or the built-in sample.
    pub fn new(ctx: &Context, mut workspace: Workspace, path: Option<PathBuf>) -> Self {
        theme::install(ctx);
        let waker = ctx.clone();
        workspace.set_wake(Arc::new(move || waker.request_repaint()));
        let last = workspace.settings().recent.first().filter(|path| path.exists()).cloned();
        if let Some(path) = path.or(last).or_else(Workspace::sample) {
            workspace.apply(Action::Open(path));
        }
        let parts = Parts {
            thumbnails: Thumbnails::new(workspace.wake()),
            graph: panels::graph::GraphPanel::default(),
            curves: panels::training::CurvesPanel::default(),
            data: panels::data::DataPanel::default(),
            embedding: panels::embeddings::EmbeddingPanel::default(),
            experiments: panels::experiments::ExperimentsPanel::default(),
            studies: panels::studies::StudiesPanel::default(),
            queries: panels::queries::QueriesPanel::default(),
            ranking: panels::ranking::RankingPanel::default(),
            open: open::OpenDialog::default(),
            save: shell::save::SaveDialog::default(),
            dialogs: shell::dialogs::Dialogs::default(),
        };
        let tree = layout::restore(workspace.settings().panels.as_ref());
        Self { workspace, parts, tree, parked: None, actions: Vec::new(), shown: None, theme: None, alone: false }
    }

    /// The state, to look at.
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// The state, to act on: what scripts and tests use in place of a mouse.
    pub fn workspace_mut(&mut self) -> &mut Workspace {
        &mut self.workspace
    }

    /// Brings a panel to the front.
    pub fn show_panel(&mut self, panel: Panel) {
        if !matches!(panel, Panel::Experiments | Panel::Studies)
            && let Some(tree) = self.parked.take()
        {
            self.tree = tree;
        }
        layout::focus(&mut self.tree, panel);
    }

    /// Gives a panel the whole window, without the bars.
    pub fn show_only(&mut self, panel: Panel) {
        self.alone = true;
        self.tree = layout::single(panel);
    }

    /// Which of the plots over runs is shown, by its name; `false` where there is none of that name.
    pub fn show_runs_as(&mut self, view: &str) -> bool {
        self.parts.experiments.show(view)
    }

    /// Gives the experiments the whole window, or brings the other panels back.
    fn widen(&mut self) {
        match self.parked.take() {
            Some(tree) => self.tree = tree,
            None => {
                let wide = layout::wide();
                self.parked = Some(std::mem::replace(&mut self.tree, wide));
            }
        }
    }

    /// Whether anything is still to come without anybody touching the window.
    pub fn is_busy(&self) -> bool {
        self.workspace.is_busy() || self.parts.thumbnails.is_busy()
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

    /// Forgets pictures and camera when another data set is open.
    fn follow_data(&mut self) {
        let open = self.workspace.session().map(|session| session.generation);
        if open != self.shown {
            self.shown = open;
            self.parts.thumbnails.clear();
            self.parts.graph.reset();
            self.parts.embedding.reset();
        }
    }

    fn take_dropped(&mut self, ctx: &Context) {
        let dropped = ctx.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_owned()));
        if let Some(path) = dropped {
            self.actions.push(open::action_for(path));
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _frame: &mut Frame) {
        self.workspace.poll();
        self.follow_theme(ctx);
        self.follow_data();
        self.parts.thumbnails.poll(ctx);
        self.parts.open.poll(&mut self.actions);
        for action in self.actions.drain(..) {
            self.workspace.apply(action);
        }
        // Notices go and settings are written a little later, also when nobody moves the mouse.
        if !self.workspace.messages().is_empty() || self.workspace.is_unsaved() {
            ctx.request_repaint_after(std::time::Duration::from_millis(500));
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut Frame) {
        self.take_dropped(ui.ctx());
        let mut commands = Commands::default();
        // An open dialog has the keyboard to itself.
        if !self.parts.dialogs.is_open() && !self.parts.open.is_open() && !self.parts.save.is_open() {
            commands::take_shortcuts(ui.ctx(), &self.workspace, &mut commands);
        }
        if !self.alone {
            bar::top_bar_ui(ui, &self.workspace, &mut self.actions, &mut commands);
            bar::status_bar_ui(ui, &self.workspace, &mut self.actions);
        }
        let ground = egui::Frame::new().fill(theme::palette(ui.visuals()).ground);
        CentralPanel::default().frame(ground).show(ui, |ui| {
            let mut behavior = layout::Panels {
                workspace: &self.workspace,
                parts: &mut self.parts,
                actions: &mut self.actions,
                edited: false,
            };
            self.tree.ui(&mut behavior, ui);
            if behavior.edited && self.parked.is_none() {
                self.actions.push(Action::SetPanels(layout::save(&self.tree)));
            }
        });
        if let Some(view) = self.parts.studies.goes_to.take() {
            self.show_panel(Panel::Experiments);
            self.parts.experiments.show(view);
        }
        if let Some(plot) = self.parts.experiments.keeps.take().or(self.parts.studies.keeps.take()) {
            self.parts.save.open(plot.chart, plot.name);
        }
        self.parts.save.show(ui.ctx(), &self.workspace, &mut self.actions);
        if std::mem::take(&mut self.parts.experiments.wants_wide) {
            self.widen();
        }
        if std::mem::take(&mut self.parts.data.wants_encoder) {
            self.show_panel(Panel::Embeddings);
            self.parts.embedding.show_encoder();
        }
        if std::mem::take(&mut self.parts.embedding.wants_weights) {
            self.parts.open.weights();
        }
        if std::mem::take(&mut self.parts.data.wants_vectors) {
            self.parts.open.vectors(None);
        }
        self.parts.open.show(ui.ctx(), &self.workspace, &mut self.actions);
        self.parts.dialogs.show(ui.ctx(), &self.workspace, &mut commands);
        messages_ui(ui.ctx(), &self.workspace, &mut self.actions);
        self.carry_out(ui.ctx(), commands);
        self.settle_hover();
        if !self.actions.is_empty() {
            ui.ctx().request_repaint();
        }
    }

    fn save(&mut self, _storage: &mut dyn eframe::Storage) {
        self.workspace.save();
    }
}

impl App {
    fn carry_out(&mut self, ctx: &Context, commands: Commands) {
        for command in commands.0 {
            command.run(self, ctx);
            // What it opened is drawn in the next frame.
            ctx.request_repaint();
        }
    }

    /// Of all the panels said in this frame about what a person points at, the last word counts; silence means nothing.
    fn settle_hover(&mut self) {
        let mut pointed = None;
        self.actions.retain(|action| match action {
            Action::HoverCandidate(candidate) => {
                pointed = *candidate;
                false
            }
            _ => true,
        });
        if self.workspace.session().is_some_and(|session| session.hovered() != pointed) {
            self.actions.push(Action::HoverCandidate(pointed));
        }
    }

    /// Selects the candidate next in the ranking people look at.
    fn step_candidate(&mut self, step: isize) {
        let Some(session) = self.workspace.session() else { return };
        let Some(ranking) = session.best_ranking().or(session.ranking(Order::Initial)) else { return };
        if ranking.order.is_empty() {
            return;
        }
        let last = ranking.order.len() as isize - 1;
        let place = match session.candidate() {
            Some(candidate) => (ranking.place[candidate] as isize + step).clamp(0, last),
            None if step > 0 => 0,
            None => last,
        };
        self.actions.push(Action::SelectCandidate(Some(ranking.order[place as usize])));
    }
}

/// What people should know, in the lower right corner.
fn messages_ui(ctx: &Context, workspace: &Workspace, actions: &mut Vec<Action>) {
    if workspace.messages().is_empty() {
        return;
    }
    let corner = egui::Align2::RIGHT_BOTTOM;
    egui::Area::new(egui::Id::unique("messages")).anchor(corner, egui::vec2(-12.0, -40.0)).show(ctx, |ui| {
        let palette = theme::palette(ui.visuals());
        for (index, message) in workspace.messages().iter().enumerate() {
            egui::Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_max_width(420.0);
                ui.horizontal(|ui| {
                    let (icon, colour) = match message.kind {
                        MessageKind::Notice => (icons::CHECK, palette.relevant),
                        MessageKind::Warning => (icons::WARNING, palette.warning),
                    };
                    ui.label(egui::RichText::new(icon).color(colour).size(16.0));
                    ui.add(egui::Label::new(&message.text).wrap());
                    if widgets::icon_button(ui, icons::CROSS, "Dismiss").clicked() {
                        actions.push(Action::Dismiss(index));
                    }
                });
            });
        }
    });
}
