//! The bars above and below the panels.

use super::commands::{Command, Commands};
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::workspace::{Action, Workspace};
use egui::{Align, Frame, Layout, Margin, Panel, RichText, Ui};

/// Draws the upper bar: data set, training, help.
pub fn top_bar_ui(ui: &mut Ui, workspace: &Workspace, actions: &mut Vec<Action>, commands: &mut Commands) {
    let palette = theme::palette(ui.visuals());
    let frame = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(10, 6));
    Panel::top("top bar").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(icons::GRAPH).size(18.0).color(palette.accent));
            ui.label(RichText::new("Crossrank").font(theme::strong(15.0)));
            ui.add_space(2.0 * GRID);
            data_menu(ui, workspace, actions, commands);
            training_buttons(ui, workspace, commands);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let theme_icon = if ui.visuals().dark_mode { icons::SUN } else { icons::MOON };
                for (icon, command) in [
                    (icons::HELP, Command::Help),
                    (theme_icon, Command::SwitchTheme),
                    (icons::COMMAND, Command::Palette),
                ] {
                    if widgets::icon_button(ui, icon, &named(command)).clicked() {
                        commands.push(command);
                    }
                }
                panels_menu(ui, commands);
            });
        });
    });
}

/// A command's name with its shortcut.
pub fn named(command: Command) -> String {
    match shortcut_text(command) {
        shortcut if shortcut.is_empty() => command.name(),
        shortcut => format!("{} ({shortcut})", command.name()),
    }
}

fn data_menu(ui: &mut Ui, workspace: &Workspace, actions: &mut Vec<Action>, commands: &mut Commands) {
    let name = workspace.session().map_or("Open a data set", |session| &session.data.dataset.name);
    ui.menu_button(format!("{}  {name}  {}", icons::OPEN, icons::DOWN), |ui| {
        ui.set_min_width(260.0);
        for command in [Command::OpenData, Command::OpenSample, Command::AttachTrec, Command::AttachVectors] {
            if ui.add_enabled(command.is_enabled(workspace), egui::Button::new(command.name())).clicked() {
                commands.push(command);
                ui.close();
            }
        }
        if workspace.settings().recent.is_empty() {
            return;
        }
        ui.separator();
        widgets::caption(ui, "Opened of late");
        for path in &workspace.settings().recent {
            let name =
                path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
            if ui.button(name).on_hover_text(path.display().to_string()).clicked() {
                actions.push(Action::Open(path.clone()));
                ui.close();
            }
        }
    });
}

fn training_buttons(ui: &mut Ui, workspace: &Workspace, commands: &mut Commands) {
    if !workspace.training().is_running() {
        let ready = Command::Train.is_enabled(workspace);
        if widgets::primary_button(ui, ready, icons::PLAY, "Train").on_hover_text(named(Command::Train)).clicked() {
            commands.push(Command::Train);
        }
        return;
    }
    let (icon, text) = if workspace.training().is_paused() { (icons::PLAY, "Resume") } else { (icons::PAUSE, "Pause") };
    if ui.button(format!("{icon}  {text}")).on_hover_text(named(Command::Pause)).clicked() {
        commands.push(Command::Pause);
    }
    if ui.button(format!("{}  Stop", icons::STOP)).on_hover_text(named(Command::Stop)).clicked() {
        commands.push(Command::Stop);
    }
    if let Some((progress, elapsed)) = workspace.training().progress() {
        ui.add(egui::ProgressBar::new(progress.fraction().unwrap_or(0.0)).desired_width(120.0).desired_height(6.0));
        widgets::caption(ui, widgets::progress_text(progress, elapsed));
    }
}

fn panels_menu(ui: &mut Ui, commands: &mut Commands) {
    ui.menu_button(format!("{}  Panels", icons::LAYOUT), |ui| {
        for command in Command::ALL {
            let Command::Show(panel) = command else { continue };
            if ui.add(egui::Button::new(panel.name()).shortcut_text(shortcut_text(command))).clicked() {
                commands.push(command);
                ui.close();
            }
        }
        ui.separator();
        if ui.button(Command::StandardLayout.name()).clicked() {
            commands.push(Command::StandardLayout);
            ui.close();
        }
    });
}

/// A command's shortcut as the keys are labelled.
pub fn shortcut_text(command: Command) -> String {
    let Some(shortcut) = command.shortcut() else { return String::new() };
    let text = shortcut.format(&egui::ModifierNames::NAMES, false);
    [("CloseBracket", "]"), ("OpenBracket", "["), ("Period", "."), ("PageDown", "Page Down"), ("PageUp", "Page Up")]
        .into_iter()
        .fold(text, |text, (name, label)| text.replace(name, label))
}

/// Draws the lower bar: what is open and what is being done.
pub fn status_bar_ui(ui: &mut Ui, workspace: &Workspace, actions: &mut Vec<Action>) {
    let palette = theme::palette(ui.visuals());
    let frame = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(10, 3));
    Panel::bottom("status bar").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_min_height(20.0);
            if let Some((path, progress)) = workspace.loading().progress() {
                ui.spinner();
                widgets::caption(ui, format!("{}: {}", path.display(), progress.stage));
                if ui.small_button("Cancel").clicked() {
                    actions.push(Action::CancelLoading);
                }
            } else if let Some((progress, elapsed)) = workspace.embedding().progress() {
                ui.add(
                    egui::ProgressBar::new(progress.fraction().unwrap_or(0.0)).desired_width(160.0).desired_height(6.0),
                );
                widgets::caption(ui, widgets::progress_text(progress, elapsed));
                if ui.small_button("Cancel").clicked() {
                    actions.push(Action::CancelEmbedding);
                }
            } else if let Some(session) = workspace.session() {
                let summary = &session.summary;
                widgets::caption(
                    ui,
                    format!(
                        "{} queries  ·  {} images  ·  {} candidates",
                        session.data.dataset.queries.len(),
                        summary.images,
                        summary.candidates
                    ),
                );
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some(session) = workspace.session() {
                    let vectors = session.vectors().map_or("none yet", |vectors| &vectors.name);
                    widgets::caption(ui, format!("Visual vectors: {vectors}"));
                }
            });
        });
    });
}
