//! The command palette and the list of shortcuts.

use super::commands::{self, NamedCommand};
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme;
use crate::app::kit::widgets;
use egui::{Context, Grid, Id, Key, Modal, RichText, ScrollArea};

/// The open dialogs.
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
    /// Whether any is open.
    pub fn is_open(&self) -> bool {
        self.help || self.palette.is_some()
    }

    /// Opens or closes the command palette.
    pub fn toggle_palette(&mut self) {
        self.palette = if self.palette.is_some() { None } else { Some(PaletteState::default()) };
    }

    /// Opens or closes the list of shortcuts.
    pub fn toggle_help(&mut self) {
        self.help = !self.help;
    }

    /// Draws the open dialogs.
    pub fn show(&mut self, egui: &Context, ctx: &mut PanelCtx<'_>) {
        if self.help {
            self.help = !help_ui(egui);
        }
        if let Some(state) = &mut self.palette
            && palette_ui(egui, state, ctx)
        {
            self.palette = None;
        }
    }
}

/// The list of shortcuts; `true` once it is closed.
fn help_ui(egui: &Context) -> bool {
    let modal = Modal::new(Id::unique("help")).show(egui, |ui| {
        let palette = theme::palette(ui.visuals());
        ui.set_width(460.0);
        ui.label(RichText::new("Keyboard shortcuts").heading());
        widgets::caption(ui, "Tab moves between controls; arrow keys move sliders.");
        ScrollArea::vertical().max_height(460.0).auto_shrink([false, true]).show(ui, |ui| {
            Grid::new("shortcuts").num_columns(2).spacing(egui::vec2(24.0, 4.0)).show(ui, |ui| {
                for command in commands::all().into_iter().filter(|command| command.shortcut.is_some()) {
                    ui.label(command.name.as_ref());
                    ui.label(RichText::new(command.shortcut_text()).monospace().color(palette.weak));
                    ui.end_row();
                }
                for (name, keys) in [
                    ("Pan the graph", "Drag"),
                    ("Zoom the graph", "Scroll or pinch"),
                    ("Fit the graph", "Double-click"),
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

/// The command palette; `true` once it is closed.
fn palette_ui(egui: &Context, state: &mut PaletteState, ctx: &mut PanelCtx<'_>) -> bool {
    let needle = state.typed.to_lowercase();
    let matches = |command: &NamedCommand| {
        command.name != commands::PALETTE.name && command.name.to_lowercase().contains(&needle)
    };
    let matching: Vec<NamedCommand> =
        commands::all().into_iter().filter(matches).chain(commands::manual(&state.typed)).collect();
    let (down, up, enter) = egui.input(|input| {
        (input.key_pressed(Key::ArrowDown), input.key_pressed(Key::ArrowUp), input.key_pressed(Key::Enter))
    });
    let last = matching.len().saturating_sub(1);
    state.chosen = (state.chosen + usize::from(down)).saturating_sub(usize::from(up)).min(last);
    let mut done = false;
    let modal = Modal::new(Id::unique("palette")).show(egui, |ui| {
        ui.set_width(420.0);
        let field = ui
            .add(
                egui::TextEdit::singleline(&mut state.typed)
                    .hint_text("Search commands and the manual")
                    .desired_width(f32::INFINITY),
            )
            .accessible_name("Command");
        field.request_focus();
        if field.changed() {
            state.chosen = 0;
        }
        ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
            ui.set_width(ui.available_width());
            for (index, command) in matching.iter().enumerate() {
                let button = egui::Button::new(command.name.as_ref())
                    .selected(index == state.chosen)
                    .frame_when_inactive(index == state.chosen)
                    .right_text(RichText::new(command.shortcut_text()).small())
                    .min_size(egui::vec2(ui.available_width(), theme::ROW));
                let response = ui.add_enabled(command.is_enabled(ctx.workspace()), button);
                if (down || up) && index == state.chosen {
                    response.scroll_to_me(None);
                }
                if response.clicked() || (enter && index == state.chosen) {
                    command.ask(egui, ctx);
                    done = true;
                }
            }
        });
    });
    done || modal.should_close()
}
