//! The judge's desk, in place of the panels: nothing else is in sight, so that judging is blind.

mod agreement;
mod comparison;
mod confusion;
mod exchange;
mod foot;
mod grid;
mod head;
pub mod keys;
mod measured;
mod moves;
mod note;
mod one;
mod painted;
mod protocol;
mod queries;
pub mod query_dialog;
mod reason;
mod shown;
mod side;
mod tile;

use super::ctx::PanelCtx;
use super::kit::lens::Lens;
use super::kit::{icons, widgets};
use crate::workspace::{Action, Item, JudgingAction, JudgingView, Queue, QueueKind, Session, Workspace};
use agreement::AgreementDialog;
use comparison::ComparisonDialog;
use egui::{Context, Event, Ui};
pub use exchange::ExchangeDialog;
use keys::{Asked, Press};
use note::NoteEditor;
use painted::Painted;
pub use protocol::ProtocolDialog;
use query_dialog::QueryDialog;
use shown::Shown;

/// The desk.
#[derive(Default)]
pub struct JudgingScreen {
    is_open: bool,
    painted: Painted,
    lenses: [Lens; 4],
    note: NoteEditor,
    name: Option<String>,
    agreement: AgreementDialog,
    comparison: ComparisonDialog,
    query: QueryDialog,
    /// The focus of the last frame and how it was shown, to scroll to a new one.
    focused: Option<(Item, JudgingView)>,
    counts: head::Counts,
    /// Height of the foot in the last frame, in points.
    foot: f32,
}

impl JudgingScreen {
    /// Whether it is in place of the panels.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Height of the keys at the bottom, in points; 0 while it is closed.
    pub fn foot(&self) -> f32 {
        if self.is_open { self.foot } else { 0.0 }
    }

    /// Opens or closes it; what to do first.
    pub fn toggle(&mut self, workspace: &Workspace) -> Option<Action> {
        self.is_open = !self.is_open;
        self.painted.clear();
        self.note.close();
        let query = workspace.session()?.query();
        let is_there = workspace.judging().queue().and_then(Queue::focused).is_some_and(|item| item.query == query);
        (self.is_open && !is_there).then(|| JudgingAction::Open(QueueKind::Query(query)).into())
    }

    /// Fits the pictures to their panels.
    pub fn fit(&mut self) {
        self.lenses = Default::default();
    }

    /// The keys pressed in this frame that are for judging, in order; typing in a field never judges.
    pub fn take_presses(&self, egui: &Context) -> Vec<Press> {
        if egui.text_edit_focused() {
            return Vec::new();
        }
        let press = |event: &Event| match *event {
            Event::Key { key, physical_key, pressed: true, repeat, modifiers } => {
                Some(Press { key, physical: physical_key, modifiers, is_repeat: repeat })
            }
            _ => None,
        };
        egui.input(|input| input.events.iter().filter_map(press).collect())
    }

    /// What a key asks for; `None` if it is not for judging.
    pub fn asked(&self, press: Press, workspace: &Workspace) -> Option<Asked> {
        keys::asked(press, workspace, &self.painted)
    }

    /// Starts a note on the focused image.
    pub fn note(&mut self, workspace: &Workspace) {
        let judge = workspace.judge_name();
        let judging = workspace.judging();
        if let (Some(session), Some(queue)) = (workspace.session(), judging.queue())
            && let Some(item) = queue.focused()
        {
            let known = judging.said(session, queue, &judge, item).and_then(|label| label.note.as_deref());
            let title = if queue.kind().is_adjudication() { "Reason" } else { "Note" };
            self.note.open(title, queue.focus(), known.unwrap_or_default());
        }
    }

    /// Asks for a new query.
    pub fn add_query(&mut self) {
        self.query.open(None);
    }

    /// Draws the desk.
    pub fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        self.painted.start();
        let (Some(session), judging) = (ctx.session(), ctx.workspace().judging()) else {
            let text = "Open a data set to judge its images.";
            widgets::empty_state(ui, icons::IMAGE, "Nothing to judge", text, None);
            return;
        };
        let judge = ctx.workspace().judge_name();
        let asked = queries::show(ui, session, judging, &judge, ctx);
        self.take(asked, session, ctx);
        if judging.is_making() {
            ui.centered_and_justified(egui::Ui::spinner);
            return;
        }
        let Some(queue) = judging.queue() else {
            // The data set was opened again.
            if !judging.is_opening() {
                ctx.act(JudgingAction::Open(QueueKind::Query(session.query())));
            }
            return;
        };
        let shown = Shown { session, judging, queue, judge: &judge };
        self.counts.bring_up(shown);
        head::show(ui, shown, &self.counts, &mut self.name, ctx);
        self.foot = foot::show(ui, shown, &self.painted, ctx);
        let focused = queue.focused().map(|item| (item, ctx.settings().judging.view));
        let is_new = focused != self.focused;
        if is_new {
            self.focused = focused;
            self.lenses = Default::default();
        }
        match ctx.settings().judging.view {
            JudgingView::Grid => grid::show(ui, shown, is_new, &mut self.painted, ctx),
            JudgingView::One => one::show(ui, shown, &mut self.lenses[0], &mut self.painted, ctx),
            JudgingView::Side => side::show(ui, shown, &mut self.lenses, &mut self.painted, ctx),
        }
        self.note.show(ui.ctx(), ctx);
        self.query.show(ui.ctx(), &session.data.dataset.queries, ctx);
        head::name_ui(ui.ctx(), &mut self.name, ctx);
        self.agreement.show(ui.ctx(), shown, ctx);
        self.comparison.show(ui.ctx(), ctx);
    }

    fn take(&mut self, asked: Option<queries::Asked>, session: &Session, ctx: &mut PanelCtx<'_>) {
        let judging = ctx.workspace().judging();
        match asked {
            Some(queries::Asked::Agreement) => self.agreement.open(judging, ctx),
            Some(queries::Asked::Comparison) => self.comparison.open(ctx),
            Some(queries::Asked::NewQuery) => self.query.open(None),
            Some(queries::Asked::EditQuery(query)) => self.query.open(session.data.dataset.queries.get(query)),
            None => {}
        }
    }

    /// Whether a field or dialog of the desk takes the keys.
    pub fn is_typing(&self) -> bool {
        let dialogs = [self.agreement.is_open(), self.comparison.is_open(), self.query.is_open()];
        self.note.is_open() || self.name.is_some() || dialogs.into_iter().any(|is_open| is_open)
    }

    /// Drops what belongs to the data set, when another one is opened.
    pub fn reset(&mut self) {
        *self = Self { is_open: self.is_open, ..Self::default() };
    }
}
