//! What a named command is: its name, its keys, when it is available, and what it does.

use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::workspace::{Action, Workspace};
use egui::{Context, Key, KeyboardShortcut, Modifiers};
use std::borrow::Cow;

/// A command with a name and a shortcut.
#[derive(Clone)]
pub struct NamedCommand {
    /// Its name on screen.
    pub name: Cow<'static, str>,
    /// Its shortcut. Plain letters work only while nothing has keyboard focus.
    pub shortcut: Option<KeyboardShortcut>,
    /// An alternative shortcut.
    pub alternative: Option<KeyboardShortcut>,
    pub(super) obstacle: Obstacle,
    pub(super) effect: Effect,
}

/// Why a command is not available now, if it is not.
pub type Obstacle = fn(&Workspace) -> Option<&'static str>;

/// What a command does.
#[derive(Clone)]
pub enum Effect {
    /// An action that depends on the state; `None` if there is nothing to do.
    Act(fn(&Workspace, &Context) -> Option<Action>),
    /// A change of the window.
    Do(Command),
}

/// No modifier.
pub const NONE: Modifiers = Modifiers::NONE;
/// Ctrl, or Cmd.
pub const CTRL: Modifiers = Modifiers::COMMAND;
/// Both Ctrl, or Cmd, and Shift.
pub const CTRL_SHIFT: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };

/// A shortcut.
pub const fn keys(modifiers: Modifiers, key: Key) -> Option<KeyboardShortcut> {
    Some(KeyboardShortcut::new(modifiers, key))
}

/// A command that asks for an action.
pub const fn acts(
    name: &'static str,
    shortcut: Option<KeyboardShortcut>,
    obstacle: Obstacle,
    action: fn(&Workspace, &Context) -> Option<Action>,
) -> NamedCommand {
    NamedCommand { name: Cow::Borrowed(name), shortcut, alternative: None, obstacle, effect: Effect::Act(action) }
}

/// A command to the window.
pub const fn does(
    name: &'static str,
    shortcut: Option<KeyboardShortcut>,
    obstacle: Obstacle,
    command: Command,
) -> NamedCommand {
    NamedCommand { name: Cow::Borrowed(name), shortcut, alternative: None, obstacle, effect: Effect::Do(command) }
}

impl NamedCommand {
    /// Why it is not available now, if it is not.
    pub fn obstacle(&self, workspace: &Workspace) -> Option<&'static str> {
        (self.obstacle)(workspace)
    }

    /// Requests it, if it is available.
    pub fn ask(&self, egui: &Context, ctx: &mut PanelCtx<'_>) {
        if self.obstacle(ctx.workspace()).is_some() {
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
        [
            ("CloseBracket", "]"),
            ("OpenBracket", "["),
            ("Period", "."),
            ("Comma", ","),
            ("PageDown", "Page Down"),
            ("PageUp", "Page Up"),
            ("Plus", "+"),
            ("Minus", "-"),
        ]
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
