//! The bars above and below the panels.

use super::commands::{self, NamedCommand};
use super::training_bar::{self, TrainingBar};
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, obstacle, widgets};
use crate::app::panels::Panel;
use crate::app::panels::embeddings::encoders::use_obstacle;
use crate::base::Progress;
use crate::index::EncoderComparison;
use crate::workspace::{Action, DataAction, EmbeddingAction, SearchAction};
use egui::{Align, Frame, Layout, Margin, RichText, Ui};
use std::time::Duration;

/// Draws the top bar: data set, training, help.
pub fn top_bar_ui(ui: &mut Ui, training: &mut TrainingBar, ctx: &mut PanelCtx<'_>) {
    let palette = theme::palette(ui.visuals());
    let frame = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(10, 6));
    egui::Panel::top("top bar").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(RichText::new(icons::GRAPH).size(18.0).color(palette.accent));
            ui.label(RichText::new("Crossrank").font(theme::strong(15.0)));
            ui.add_space(2.0 * GRID);
            data_menu_ui(ui, ctx);
            edit_menu_ui(ui, ctx);
            judge_ui(ui, ctx);
            training.show(ui, ctx);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let theme_icon = if ui.visuals().dark_mode { icons::SUN } else { icons::MOON };
                for (icon, command) in [
                    (icons::HELP, &commands::HELP),
                    (theme_icon, &commands::SWITCH_THEME),
                    (icons::COMMAND, &commands::PALETTE),
                ] {
                    if widgets::icon_button(ui, icon, &command.hint()).clicked() {
                        command.ask(ui.ctx(), ctx);
                    }
                }
                panels_menu_ui(ui, ctx);
                // What the controls on both sides leave; it ends with “…” where that is too little.
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| training_bar::state_ui(ui, ctx));
            });
        });
    });
}

fn judge_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let command = &commands::JUDGE;
    let button = egui::Button::new("Judge");
    if obstacle::add_unless(ui, command.obstacle(ctx.workspace()), button).on_hover_text(command.hint()).clicked() {
        command.ask(ui.ctx(), ctx);
    }
}

/// A command as a menu entry.
fn entry_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>, command: &NamedCommand, name: &str) {
    let button = egui::Button::new(name).shortcut_text(command.shortcut_text());
    if obstacle::add_unless(ui, command.obstacle(ctx.workspace()), button).clicked() {
        command.ask(ui.ctx(), ctx);
        ui.close();
    }
}

fn data_menu_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let name = ctx.session().map_or("Open data set", |session| &session.data.dataset.name);
    ui.menu_button(format!("{}  {name}  {}", icons::OPEN, icons::DOWN), |ui| {
        ui.set_min_width(260.0);
        for command in [
            &commands::OPEN_DATA,
            &commands::OPEN_SAMPLE,
            &commands::NEW_COLLECTION,
            &commands::UPDATE_COLLECTION,
            &commands::RELINK,
            &commands::PACK,
            &commands::ATTACH_TREC,
            &commands::ATTACH_VECTORS,
            &commands::IMPORT_JUDGEMENTS,
            &commands::EXPORT_JUDGEMENTS,
            &commands::PROTOCOL,
        ] {
            entry_ui(ui, ctx, command, &command.name);
        }
        let recent = &ctx.settings().recent;
        if recent.is_empty() {
            return;
        }
        ui.separator();
        widgets::caption(ui, "Recent");
        for path in recent {
            let name =
                path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
            if ui.button(name).on_hover_text(path.display().to_string()).clicked() {
                ctx.act(DataAction::Open(path.clone()));
                ui.close();
            }
        }
    });
}

fn edit_menu_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let history = ctx.workspace().history();
    ui.menu_button("Edit", |ui| {
        ui.set_min_width(220.0);
        for (command, step) in [(&commands::UNDO, history.next_undo()), (&commands::REDO, history.next_redo())] {
            let name =
                step.map_or_else(|| command.name.to_string(), |step| format!("{}: {}", command.name, step.name()));
            entry_ui(ui, ctx, command, &name);
        }
    });
}

fn panels_menu_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    ui.menu_button(format!("{}  Panels", icons::LAYOUT), |ui| {
        for panel in Panel::ALL {
            entry_ui(ui, ctx, &commands::show(panel), panel.name());
        }
        ui.separator();
        entry_ui(ui, ctx, &commands::RESET_LAYOUT, &commands::RESET_LAYOUT.name);
    });
}

/// Draws the status bar: what is open and what is running.
pub fn status_bar_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let palette = theme::palette(ui.visuals());
    let frame = Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(10, 3));
    egui::Panel::bottom("status bar").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_min_height(20.0);
            status_ui(ui, ctx);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some(session) = ctx.session() {
                    let vectors = session.vectors().map_or("none", |vectors| &vectors.name);
                    let palette = theme::palette(ui.visuals());
                    let text = RichText::new(format!("Visual vectors: {vectors}")).small().color(palette.weak);
                    widgets::one_line(ui, text);
                    suggestion_ui(ui, ctx);
                }
            });
        });
    });
}

/// The encoder that suits the open collection better than the one in use, and the button that goes over to it.
fn suggestion_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let workspace = ctx.workspace();
    let Some(open) = workspace.searching().open() else { return };
    let Some(better) = open.encoders.suggestion() else { return };
    let button = egui::Button::new("Use").small();
    let hint = open.encoders.compared.as_ref().map(EncoderComparison::sentence).unwrap_or_default();
    let used = obstacle::add_unless(ui, use_obstacle(workspace, better), button).on_hover_text(&hint);
    if used.accessible_name(format!("Use {}, which suits better", better.name)).clicked() {
        ctx.act(SearchAction::UseEncoder(Box::new(better.encoder.clone())));
    }
    let palette = theme::palette(ui.visuals());
    let text = RichText::new(format!("{} suits these pictures better", better.name)).small().color(palette.relevant);
    widgets::one_line(ui, text).on_hover_text(hint);
}

/// The running job, else the size of the open data set.
fn status_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    if let Some((path, progress)) = ctx.workspace().loading().progress() {
        ui.spinner();
        widgets::caption(ui, format!("{}: {}", path.display(), progress.stage));
        if ui.small_button("Cancel").clicked() {
            ctx.act(DataAction::CancelLoading);
        }
    } else if let Some((progress, elapsed)) = ctx.workspace().embedding().progress() {
        progress_ui(ui, progress, elapsed, EmbeddingAction::Cancel, ctx);
    } else if let Some((progress, elapsed)) = ctx.workspace().searching().progress() {
        progress_ui(ui, progress, elapsed, SearchAction::CancelCollecting, ctx);
    } else if let Some((progress, elapsed)) = ctx.workspace().searching().packing_progress() {
        progress_ui(ui, progress, elapsed, SearchAction::CancelPacking, ctx);
    } else if let Some(session) = ctx.session() {
        let (queries, summary) = (session.data.dataset.queries.len(), &session.summary);
        let counts = [(queries, "queries"), (summary.images, "images"), (summary.candidates, "candidates")];
        let parts = counts.map(|(count, noun)| format!("{} {noun}", widgets::count(count)));
        widgets::caption(ui, parts.join("  ·  "));
    }
}

/// A job's progress, and the button that cancels it.
fn progress_ui(ui: &mut Ui, progress: &Progress, elapsed: Duration, cancel: impl Into<Action>, ctx: &mut PanelCtx<'_>) {
    ui.add(egui::ProgressBar::new(progress.fraction().unwrap_or(0.0)).desired_width(160.0).desired_height(6.0));
    widgets::caption(ui, widgets::progress_text(progress, elapsed));
    if ui.small_button("Cancel").clicked() {
        ctx.act(cancel);
    }
}
