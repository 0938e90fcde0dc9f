//! Which shortcuts were pressed.

use super::commands::{self, NamedCommand};
use crate::workspace::Workspace;
use egui::{Context, Event, Key, KeyboardShortcut, Modifiers, Popup};

/// The commands whose shortcuts were pressed in this frame: one for each press, in order.
pub fn take_pressed(egui: &Context, workspace: &Workspace) -> Vec<NamedCommand> {
    let mut commands: Vec<(KeyboardShortcut, NamedCommand)> = Vec::new();
    for command in commands::all().filter(|command| command.obstacle(workspace).is_none()) {
        let shortcuts = command.shortcut.into_iter().chain(command.alternative);
        commands.extend(shortcuts.filter(|shortcut| !is_taken(egui, shortcut)).map(|keys| (keys, command.clone())));
    }
    // Ctrl+Z also matches while Shift is held, so shortcuts with Shift take precedence. Of two available commands with the
    // same keys the later one does: Space plays while the propagation player is open.
    commands.sort_by_key(|(shortcut, _)| shortcut.modifiers.shift);
    let mut pressed = Vec::new();
    egui.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key { key, modifiers, pressed: true, .. } = event else { return true };
            let matches = |(shortcut, _): &&(KeyboardShortcut, NamedCommand)| {
                shortcut.logical_key == *key && modifiers.matches_logically(shortcut.modifiers)
            };
            let found = commands.iter().rfind(matches);
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
    let is_plain = modifiers == Modifiers::NONE && !matches!(key, Key::F1 | Key::PageDown | Key::PageUp);
    let is_wanted = egui.egui_wants_keyboard_input() || Popup::is_any_open(egui);
    (is_plain && is_wanted) || (matches!(key, Key::Z | Key::Y) && egui.text_edit_focused())
}
