//! The command palette and the list of shortcuts.

use super::commands::{self, NamedCommand};
use crate::app::ctx::PanelCtx;
use crate::app::kit::{obstacle, theme, widgets};
use egui::{Align2, Context, Grid, Id, Key, Modal, RichText, ScrollArea, Ui};

/// The open dialogs.
#[derive(Default)]
pub struct Dialogs {
    palette: Option<PaletteState>,
    /// How often the palette has been opened: each time it starts anew, also in what the toolkit remembers of it.
    opened: usize,
    help: bool,
}

#[derive(Default)]
struct PaletteState {
    typed: String,
    chosen: usize,
    number: usize,
}

/// Distance of the palette from the top of the window.
const TOP: f32 = 48.0;

/// Size of the palette's list.
const LIST: egui::Vec2 = egui::vec2(440.0, 360.0);

impl Dialogs {
    /// Whether any is open.
    pub fn is_open(&self) -> bool {
        self.help || self.palette.is_some()
    }

    /// Opens or closes the command palette.
    pub fn toggle_palette(&mut self) {
        self.opened += 1;
        let fresh = PaletteState { number: self.opened, ..PaletteState::default() };
        self.palette = if self.palette.is_some() { None } else { Some(fresh) };
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

/// What the mouse does in the graph.
const MOUSE: [(&str, &str); 4] = [
    ("Pan the graph or a large picture", "Drag"),
    ("Zoom", "Scroll or pinch"),
    ("Fit the graph", "Double-click beside images"),
    ("Show an image at full size", "Double-click"),
];

/// The list of shortcuts; `true` once it is closed.
fn help_ui(egui: &Context) -> bool {
    let modal = Modal::new(Id::unique("help")).show(egui, |ui| {
        let palette = theme::palette(ui.visuals());
        ui.set_width(460.0);
        ui.label(RichText::new("Keyboard shortcuts").heading());
        widgets::caption(ui, "Tab moves between controls; arrow keys move sliders.");
        let height = (ui.ctx().content_rect().height() - 140.0).clamp(120.0, 560.0);
        ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            for (group, commands) in commands::groups() {
                widgets::section(ui, group);
                Grid::new(group).num_columns(2).min_col_width(250.0).spacing(egui::vec2(24.0, 4.0)).show(ui, |ui| {
                    let mut row = |name: &str, keys: &str| {
                        ui.label(name);
                        ui.label(RichText::new(keys).monospace().color(palette.weak));
                        ui.end_row();
                    };
                    for command in commands.iter().filter(|command| command.shortcut.is_some()) {
                        row(&command.name, &command.shortcut_text());
                    }
                    if group == "Graph" {
                        MOUSE.iter().for_each(|(name, keys)| row(name, keys));
                    }
                });
            }
        });
        if ui.button("Close").clicked() {
            ui.close();
        }
    });
    modal.should_close()
}

/// The command palette; `true` once it is closed.
fn palette_ui(egui: &Context, state: &mut PaletteState, ctx: &mut PanelCtx<'_>) -> bool {
    let id = Id::unique(("palette", state.number));
    let area = Modal::default_area(id).anchor(Align2::CENTER_TOP, egui::vec2(0.0, TOP));
    let mut is_done = false;
    let modal = Modal::new(id).area(area).show(egui, |ui| {
        let size = LIST.min(ui.ctx().content_rect().size() - egui::vec2(48.0, TOP + 80.0));
        ui.set_width(size.x);
        let field = egui::TextEdit::singleline(&mut state.typed)
            .hint_text("Search commands and the manual")
            .desired_width(f32::INFINITY);
        let field = ui.add(field).accessible_name("Command");
        field.request_focus();
        if field.changed() {
            state.chosen = 0;
        }
        // The list keeps its height, or a search without matches would leave no room for the next one's.
        ui.allocate_ui(size, |ui| {
            ui.set_min_size(size);
            let area = ScrollArea::vertical().auto_shrink([false, false]);
            let area = if field.changed() { area.vertical_scroll_offset(0.0) } else { area };
            area.show(ui, |ui| is_done = matches_ui(ui, state, ctx));
        });
    });
    is_done || modal.should_close()
}

/// The commands that match what is typed; `true` once one is chosen.
fn matches_ui(ui: &mut Ui, state: &mut PaletteState, ctx: &mut PanelCtx<'_>) -> bool {
    let needle = state.typed.trim().to_lowercase();
    let matches = |command: &NamedCommand| {
        command.name != commands::PALETTE.name && command.name.to_lowercase().contains(&needle)
    };
    let matching: Vec<NamedCommand> = commands::all().filter(matches).chain(commands::manual(&state.typed)).collect();
    if matching.is_empty() {
        ui.add_space(theme::GRID);
        ui.label(RichText::new("No matching command").color(theme::palette(ui.visuals()).weak));
        return false;
    }
    let pressed = |key| ui.input(|input| input.key_pressed(key));
    let (down, up, enter) = (pressed(Key::ArrowDown), pressed(Key::ArrowUp), pressed(Key::Enter));
    let last = matching.len() - 1;
    state.chosen = (state.chosen + usize::from(down)).saturating_sub(usize::from(up)).min(last);
    let mut is_done = false;
    for (index, command) in matching.iter().enumerate() {
        let is_chosen = index == state.chosen;
        let button = egui::Button::new(command.name.as_ref())
            .selected(is_chosen)
            .frame_when_inactive(is_chosen)
            .right_text(RichText::new(command.shortcut_text()).small())
            .truncate()
            .min_size(egui::vec2(ui.available_width(), theme::ROW));
        let obstacle = command.obstacle(ctx.workspace());
        let response = obstacle::add_unless(ui, obstacle, button);
        if (down || up) && is_chosen {
            response.scroll_to_me(None);
        }
        if obstacle.is_none() && (response.clicked() || (enter && is_chosen)) {
            command.ask(ui.ctx(), ctx);
            is_done = true;
        }
    }
    is_done
}
