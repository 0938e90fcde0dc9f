//! The commands of the propagation player, and of two graphs.

use super::named::{NONE, NamedCommand, acts, keys};
use super::obstacles::no_data;
use crate::workspace::{PropagationAction, TwoGraphsAction, Workspace};
use egui::Key;

/// While the player has something to show.
fn no_stages(workspace: &Workspace) -> Option<&'static str> {
    workspace.propagation().stages().is_none().then_some("The propagation player is closed.")
}

/// Open or close the player.
pub static SHOW: NamedCommand =
    acts("Play how the ranking comes about", keys(NONE, Key::G), no_data, |workspace, _| {
        Some(PropagationAction::Show(!workspace.propagation().is_open()).into())
    });
/// Show two graphs in place of one, or one again.
pub static TWO_GRAPHS: NamedCommand =
    acts("Two graphs of one query side by side", keys(NONE, Key::B), no_data, |workspace, _| {
        Some(TwoGraphsAction::Show(!workspace.two_graphs().is_open()).into())
    });
/// Play or pause. While the player is open, Space belongs to it.
pub static PLAY: NamedCommand =
    acts("Play or pause the propagation", keys(NONE, Key::Space), no_stages, |workspace, _| {
        Some(PropagationAction::Play(!workspace.propagation().playhead().is_playing).into())
    });
/// The next stage.
pub static NEXT: NamedCommand = acts("Next stage of the propagation", keys(NONE, Key::Period), no_stages, |_, _| {
    Some(PropagationAction::Step(1).into())
});
/// The stage before.
pub static PREVIOUS: NamedCommand =
    acts("Previous stage of the propagation", keys(NONE, Key::Comma), no_stages, |_, _| {
        Some(PropagationAction::Step(-1).into())
    });
