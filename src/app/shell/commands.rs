//! The single table behind menus, shortcuts, the command palette and the list of shortcuts.

use super::manual;
use crate::app::command::{Command, OpenAs};
use crate::app::ctx::PanelCtx;
use crate::app::panels::Panel;
use crate::workspace::{
    Action, DataAction, EmbeddingAction, HistoryAction, Order, SelectionAction, SettingsAction, ThemeChoice,
    TrainingAction, Workspace,
};
use egui::{Context, Event, Key, KeyboardShortcut, Modifiers, Popup};
use std::borrow::Cow;

/// A command with a name and a shortcut.
#[derive(Clone)]
pub struct NamedCommand {
    /// Its name on screen.
    pub name: Cow<'static, str>,
    /// Its shortcut. Plain letters work only while nothing has keyboard focus.
    pub shortcut: Option<KeyboardShortcut>,
    /// An alternative shortcut.
    alternative: Option<KeyboardShortcut>,
    is_enabled: fn(&Workspace) -> bool,
    effect: Effect,
}

/// What a command does.
#[derive(Clone)]
enum Effect {
    /// An action that depends on the state; `None` if there is nothing to do.
    Act(fn(&Workspace, &Context) -> Option<Action>),
    /// A change of the window.
    Do(Command),
}

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };

const fn keys(modifiers: Modifiers, key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(modifiers, key))
}

const fn acts(
    name: &'static str,
    shortcut: Option<KeyboardShortcut>,
    is_enabled: fn(&Workspace) -> bool,
    action: fn(&Workspace, &Context) -> Option<Action>,
) -> NamedCommand {
    NamedCommand { name: Cow::Borrowed(name), shortcut, alternative: None, is_enabled, effect: Effect::Act(action) }
}

const fn does(
    name: &'static str,
    shortcut: Option<KeyboardShortcut>,
    is_enabled: fn(&Workspace) -> bool,
    command: Command,
) -> NamedCommand {
    NamedCommand { name: Cow::Borrowed(name), shortcut, alternative: None, is_enabled, effect: Effect::Do(command) }
}

/// Open a data set.
pub static OPEN_DATA: NamedCommand = does("Open data set…", keys(CTRL, Key::O), always, Command::Ask(OpenAs::DataSet));
/// Open the bundled sample.
pub static OPEN_SAMPLE: NamedCommand =
    acts("Open built-in sample", None, always, |_, _| Workspace::sample().map(|path| DataAction::Open(path).into()));
/// Add judgements or a run.
pub static ATTACH_TREC: NamedCommand =
    does("Add TREC judgements or a run…", None, is_data_open, Command::Ask(OpenAs::Trec));
/// Add visual vectors.
pub static ATTACH_VECTORS: NamedCommand =
    does("Add visual vectors…", None, is_data_open, Command::Ask(OpenAs::Vectors));
/// Undo the last change.
pub static UNDO: NamedCommand = acts(
    "Undo",
    keys(CTRL, Key::Z),
    |workspace| workspace.history().next_undo().is_some(),
    |_, _| Some(HistoryAction::Undo.into()),
);
/// Redo what was undone.
pub static REDO: NamedCommand = NamedCommand {
    name: Cow::Borrowed("Redo"),
    shortcut: keys(CTRL_SHIFT, Key::Z),
    alternative: keys(CTRL, Key::Y),
    is_enabled: |workspace| workspace.history().next_redo().is_some(),
    effect: Effect::Act(|_, _| Some(HistoryAction::Redo.into())),
};
/// Start training.
pub static TRAIN: NamedCommand = acts(
    "Start training",
    keys(CTRL, Key::Enter),
    |workspace| !workspace.training().is_running() && workspace.can_train(),
    |_, _| Some(TrainingAction::Start.into()),
);
/// Pause or resume training.
pub static PAUSE: NamedCommand =
    acts("Pause or resume training", keys(NONE, Key::Space), is_training, |workspace, _| {
        Some(TrainingAction::Pause(!workspace.training().is_paused()).into())
    });
/// Stop training.
pub static STOP: NamedCommand =
    acts("Stop training", keys(CTRL, Key::Period), is_training, |_, _| Some(TrainingAction::Stop.into()));
static EMBED: NamedCommand =
    acts("Compute embeddings", keys(CTRL, Key::E), can_embed, |_, _| Some(EmbeddingAction::Compute.into()));
static NEXT_QUERY: NamedCommand =
    acts("Next query", keys(NONE, Key::PageDown), is_data_open, |_, _| Some(SelectionAction::StepQuery(1).into()));
static PREVIOUS_QUERY: NamedCommand =
    acts("Previous query", keys(NONE, Key::PageUp), is_data_open, |_, _| Some(SelectionAction::StepQuery(-1).into()));
static NEXT_IMAGE: NamedCommand =
    acts("Next image in the ranking", keys(NONE, Key::J), is_data_open, |workspace, _| step_candidate(workspace, 1));
static PREVIOUS_IMAGE: NamedCommand =
    acts("Previous image in the ranking", keys(NONE, Key::K), is_data_open, |workspace, _| {
        step_candidate(workspace, -1)
    });
static CLEAR_SELECTION: NamedCommand =
    acts("Clear selection", keys(NONE, Key::Escape), always, |_, _| Some(SelectionAction::Candidate(None).into()));
static FIT_GRAPH: NamedCommand = does("Fit graph to panel", keys(NONE, Key::F), is_data_open, Command::FitGraph);
static MORE_NEIGHBOURS: NamedCommand =
    acts("More neighbours", keys(NONE, Key::CloseBracket), always, |workspace, _| change_neighbours(workspace, 1));
static FEWER_NEIGHBOURS: NamedCommand =
    acts("Fewer neighbours", keys(NONE, Key::OpenBracket), always, |workspace, _| change_neighbours(workspace, -1));
static TOGGLE_WIDE: NamedCommand =
    does("Maximise or restore Experiments", keys(CTRL, Key::M), always, Command::ToggleWide);
/// Restore the default layout.
pub static RESET_LAYOUT: NamedCommand = does("Reset layout", None, always, Command::ResetLayout);
/// Switch between light and dark.
pub static SWITCH_THEME: NamedCommand = acts("Switch between light and dark", keys(CTRL, Key::T), always, |_, ctx| {
    let theme = if ctx.theme() == egui::Theme::Dark { ThemeChoice::Light } else { ThemeChoice::Dark };
    Some(SettingsAction::SetTheme(theme).into())
});
/// The command palette.
pub static PALETTE: NamedCommand = does("All commands…", keys(CTRL, Key::P), always, Command::TogglePalette);
/// The list of shortcuts.
pub static HELP: NamedCommand = does("Keyboard shortcuts…", keys(CTRL, Key::Slash), always, Command::ToggleHelp);
/// The manual.
pub static MANUAL: NamedCommand = does("Manual…", keys(NONE, Key::F1), always, Command::ToggleManual);

/// All commands, in the order of the palette.
pub fn all() -> Vec<NamedCommand> {
    let first = [
        &OPEN_DATA,
        &OPEN_SAMPLE,
        &ATTACH_TREC,
        &ATTACH_VECTORS,
        &UNDO,
        &REDO,
        &TRAIN,
        &PAUSE,
        &STOP,
        &EMBED,
        &NEXT_QUERY,
        &PREVIOUS_QUERY,
        &NEXT_IMAGE,
        &PREVIOUS_IMAGE,
        &CLEAR_SELECTION,
        &FIT_GRAPH,
        &MORE_NEIGHBOURS,
        &FEWER_NEIGHBOURS,
    ];
    let last = [&TOGGLE_WIDE, &RESET_LAYOUT, &SWITCH_THEME, &PALETTE, &HELP, &MANUAL];
    first.into_iter().cloned().chain(Panel::ALL.map(show)).chain(last.into_iter().cloned()).collect()
}

/// Commands that open the manual at the sections that match `typed`.
pub fn manual(typed: &str) -> impl Iterator<Item = NamedCommand> {
    manual::search(typed).into_iter().map(|section| NamedCommand {
        name: format!("Manual: {}", manual::name(section)).into(),
        shortcut: None,
        alternative: None,
        is_enabled: always,
        effect: Effect::Do(Command::OpenManual(section)),
    })
}

/// The command that brings a panel to the front.
pub fn show(panel: Panel) -> NamedCommand {
    NamedCommand {
        name: format!("Show panel: {}", panel.name()).into(),
        shortcut: panel.key().map(|key| KeyboardShortcut::new(CTRL, key)),
        alternative: None,
        is_enabled: always,
        effect: Effect::Do(Command::Show(panel)),
    }
}

impl NamedCommand {
    /// Whether it is available now.
    pub fn is_enabled(&self, workspace: &Workspace) -> bool {
        (self.is_enabled)(workspace)
    }

    /// Requests it, if it is available.
    pub fn ask(&self, egui: &Context, ctx: &mut PanelCtx<'_>) {
        if !self.is_enabled(ctx.workspace()) {
            return;
        }
        match &self.effect {
            Effect::Act(action) => {
                if let Some(action) = action(ctx.workspace(), egui) {
                    ctx.act(action);
                }
            }
            Effect::Do(command) => ctx.command(command.clone()),
        }
    }

    /// Its shortcut by key labels; empty if it has none.
    pub fn shortcut_text(&self) -> String {
        let Some(shortcut) = self.shortcut else { return String::new() };
        let text = shortcut.format(&egui::ModifierNames::NAMES, false);
        [("CloseBracket", "]"), ("OpenBracket", "["), ("Period", "."), ("PageDown", "Page Down"), ("PageUp", "Page Up")]
            .into_iter()
            .fold(text, |text, (name, label)| text.replace(name, label))
    }

    /// Its name and shortcut.
    pub fn hint(&self) -> String {
        match self.shortcut_text() {
            shortcut if shortcut.is_empty() => self.name.to_string(),
            shortcut => format!("{} ({shortcut})", self.name),
        }
    }
}

fn always(_: &Workspace) -> bool {
    true
}

fn is_data_open(workspace: &Workspace) -> bool {
    workspace.session().is_some()
}

fn is_training(workspace: &Workspace) -> bool {
    workspace.training().is_running()
}

fn can_embed(workspace: &Workspace) -> bool {
    !workspace.embedding().is_running() && workspace.session().is_some_and(|session| session.summary.pictures > 0)
}

fn change_neighbours(workspace: &Workspace, step: isize) -> Option<Action> {
    let mut experiment = workspace.settings().experiment.clone();
    experiment.graph.k = experiment.graph.k.saturating_add_signed(step);
    experiment.check().ok()?;
    Some(SettingsAction::SetExperiment(Box::new(experiment)).into())
}

/// Selects the next or previous image in the best ranking.
fn step_candidate(workspace: &Workspace, step: isize) -> Option<Action> {
    let session = workspace.session()?;
    let ranking = session.best_ranking().or(session.ranking(Order::Initial))?;
    let last = ranking.order.len().checked_sub(1)?;
    let rank = match session.candidate() {
        Some(candidate) => ranking.ranks[candidate].saturating_add_signed(step).min(last),
        None if step > 0 => 0,
        None => last,
    };
    Some(SelectionAction::Candidate(Some(ranking.order[rank])).into())
}

/// The commands whose shortcuts were pressed in this frame: one for each press, in order.
pub fn take_pressed(egui: &Context, workspace: &Workspace) -> Vec<NamedCommand> {
    let mut commands: Vec<(KeyboardShortcut, NamedCommand)> = Vec::new();
    for command in all().into_iter().filter(|command| command.is_enabled(workspace)) {
        let shortcuts = command.shortcut.into_iter().chain(command.alternative);
        commands.extend(shortcuts.filter(|shortcut| !is_taken(egui, shortcut)).map(|keys| (keys, command.clone())));
    }
    // Ctrl+Z also matches while Shift is held, so shortcuts with Shift come first.
    commands.sort_by_key(|(shortcut, _)| !shortcut.modifiers.shift);
    let mut pressed = Vec::new();
    egui.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key { key, modifiers, pressed: true, .. } = event else { return true };
            let matches = |(shortcut, _): &&(KeyboardShortcut, NamedCommand)| {
                shortcut.logical_key == *key && modifiers.matches_logically(shortcut.modifiers)
            };
            let found = commands.iter().find(matches);
            pressed.extend(found.map(|(_, command)| command.clone()));
            found.is_none()
        });
    });
    pressed
}

/// Whether the focused widget takes these keys: Space presses a focused button, letters go into a field, Esc closes an
/// open menu, and fields have their own undo.
fn is_taken(egui: &Context, shortcut: &KeyboardShortcut) -> bool {
    let KeyboardShortcut { modifiers, logical_key: key } = *shortcut;
    let is_plain = modifiers == NONE && !matches!(key, Key::F1 | Key::PageDown | Key::PageUp);
    let is_wanted = egui.egui_wants_keyboard_input() || Popup::is_any_open(egui);
    (is_plain && is_wanted) || (matches!(key, Key::Z | Key::Y) && egui.text_edit_focused())
}
