//! The list of all commands, and the sheet of shortcuts.

use super::bar::shortcut_text;
use super::commands::{Command, Commands};
use crate::app::kit::theme;
use crate::app::kit::widgets;
use crate::workspace::Workspace;
use egui::{Context, Grid, Id, Key, Modal, RichText, ScrollArea};

/// Which dialog is open.
#[derive(Default)]
pub struct Dialogs {
    palette: Option<PaletteState>,
    help: bool,
}

#[derive(Default)]
struct PaletteState {
    typed: String,
    chosen: usize,
}

impl Dialogs {
    /// Whether any is shown.
    pub fn is_open(&self) -> bool {
        self.help || self.palette.is_some()
    }

    /// Opens or closes the list of commands.
    pub fn toggle_palette(&mut self) {
        self.palette = if self.palette.is_some() { None } else { Some(PaletteState::default()) };
    }

    /// Opens or closes the sheet of shortcuts.
    pub fn toggle_help(&mut self) {
        self.help = !self.help;
    }

    /// Draws what is open.
    pub fn show(&mut self, ctx: &Context, workspace: &Workspace, commands: &mut Commands) {
        if self.help {
            self.help = !help_ui(ctx);
        }
        if let Some(state) = &mut self.palette
            && palette_ui(ctx, state, workspace, commands)
        {
            self.palette = None;
        }
    }
}

fn help_ui(ctx: &Context) -> bool {
    let modal = Modal::new(Id::unique("help")).show(ctx, |ui| {
        let palette = theme::palette(ui.visuals());
        ui.set_width(460.0);
        ui.label(RichText::new("Keyboard shortcuts").heading());
        widgets::caption(ui, "Tab walks through all controls; arrow keys move sliders.");
        ScrollArea::vertical().max_height(460.0).auto_shrink([false, true]).show(ui, |ui| {
            Grid::new("shortcuts").num_columns(2).spacing(egui::vec2(24.0, 4.0)).show(ui, |ui| {
                for command in Command::ALL {
                    let Some(_) = command.shortcut() else { continue };
                    ui.label(command.name());
                    ui.label(RichText::new(shortcut_text(command)).monospace().color(palette.weak));
                    ui.end_row();
                }
                for (name, keys) in [
                    ("Move the graph", "Drag"),
                    ("Zoom the graph", "Scroll or pinch"),
                    ("Show all of the graph", "Double click"),
                ] {
                    ui.label(name);
                    ui.label(RichText::new(keys).monospace().color(palette.weak));
                    ui.end_row();
                }
            });
        });
        if ui.button("Close").clicked() {
            ui.close();
        }
    });
    modal.should_close()
}

fn palette_ui(ctx: &Context, state: &mut PaletteState, workspace: &Workspace, commands: &mut Commands) -> bool {
    let needle = state.typed.to_lowercase();
    let fitting: Vec<Command> = Command::ALL
        .into_iter()
        .filter(|command| *command != Command::Palette && command.name().to_lowercase().contains(&needle))
        .collect();
    let (down, up, enter) = ctx.input(|input| {
        (input.key_pressed(Key::ArrowDown), input.key_pressed(Key::ArrowUp), input.key_pressed(Key::Enter))
    });
    let last = fitting.len().saturating_sub(1);
    state.chosen = (state.chosen + usize::from(down)).saturating_sub(usize::from(up)).min(last);
    let mut done = false;
    let modal = Modal::new(Id::unique("palette")).show(ctx, |ui| {
        ui.set_width(420.0);
        let field = ui
            .add(egui::TextEdit::singleline(&mut state.typed).hint_text("Type a command").desired_width(f32::INFINITY))
            .accessible_name("Command");
        field.request_focus();
        if field.changed() {
            state.chosen = 0;
        }
        ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
            ui.set_width(ui.available_width());
            for (index, command) in fitting.iter().enumerate() {
                let button = egui::Button::new(command.name())
                    .selected(index == state.chosen)
                    .frame_when_inactive(index == state.chosen)
                    .right_text(RichText::new(shortcut_text(*command)).small())
                    .min_size(egui::vec2(ui.available_width(), theme::ROW));
                let response = ui.add_enabled(command.is_enabled(workspace), button);
                if (down || up) && index == state.chosen {
                    response.scroll_to_me(None);
                }
                if response.clicked() || (enter && index == state.chosen) {
                    commands.push(*command);
                    done = true;
                }
            }
        });
    });
    done || modal.should_close()
}
