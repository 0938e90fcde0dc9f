//! What was loaded, which visual vectors are in use, and what is wrong with the files.

use super::attached;
use crate::app::kit::theme;
use crate::app::kit::{icons, widgets};
use crate::dataset::{Split, Warning, WarningKind};
use crate::workspace::{Action, Session, Workspace};
use egui::{Grid, RichText, ScrollArea, Ui, vec2};
use std::collections::BTreeMap;

/// What the panel remembers between frames.
#[derive(Default)]
pub struct DataPanel {
    kind: Option<WarningKind>,
    /// Set when a person wants to see the encoder.
    pub wants_encoder: bool,
    /// Set when a person wants to add a file of vectors.
    pub wants_vectors: bool,
}

/// Draws the panel.
pub fn data_ui(ui: &mut Ui, panel: &mut DataPanel, workspace: &Workspace, actions: &mut Vec<Action>) {
    let Some(session) = workspace.session() else {
        widgets::empty_state(ui, icons::INFO, "No data", "Open a data set to see what was found in it.", None);
        return;
    };
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        summary_ui(ui, session);
        vectors_ui(ui, workspace, session, actions);
        panel.wants_vectors |= attached::attached_ui(ui, workspace, session, actions);
        panel.wants_encoder |= encoder_ui(ui, workspace, actions);
        problems_ui(ui, panel, session);
    });
}

fn summary_ui(ui: &mut Ui, session: &Session) {
    let palette = theme::palette(ui.visuals());
    let summary = &session.summary;
    ui.label(widgets::strong_text(&session.data.dataset.name));
    widgets::caption(ui, format!("{}  ·  {}", session.data.dataset.format.name(), widgets::short_path(&session.path)));
    let parts: Vec<String> = Split::ALL
        .iter()
        .map(|split| (split, session.data.splits.iter().filter(|known| *known == split).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(split, count)| format!("{count} {}", split.name()))
        .collect();
    let grades: Vec<String> =
        summary.judgements.iter().map(|(grade, count)| format!("{count} of grade {grade}")).collect();
    let rows = [
        ("Queries", format!("{} ({})", session.data.dataset.queries.len(), parts.join(", "))),
        ("Images", format!("{}, {} with a picture", summary.images, summary.pictures)),
        ("Candidates", summary.candidates.to_string()),
        ("Judgements", if grades.is_empty() { "none".to_owned() } else { grades.join(", ") }),
        ("Not judged", summary.unjudged.to_string()),
        ("Signals", session.data.signals.infos.len().to_string()),
    ];
    Grid::new("summary").num_columns(2).spacing(vec2(12.0, 3.0)).show(ui, |ui| {
        for (name, value) in rows {
            ui.label(RichText::new(name).color(palette.weak));
            ui.add(egui::Label::new(value).wrap());
            ui.end_row();
        }
    });
}

fn vectors_ui(ui: &mut Ui, workspace: &Workspace, session: &Session, actions: &mut Vec<Action>) {
    widgets::section(ui, "Visual vectors");
    match session.vectors() {
        Some(vectors) => {
            let text = format!("In use: {}, {} numbers, {} images", vectors.name, vectors.dim, vectors.count());
            ui.add(egui::Label::new(text).wrap())
        }
        None => ui.label("None yet."),
    };
    if session.data.dataset.vectors.is_empty() {
        return;
    }
    widgets::caption(ui, "From the files; several are joined, each normalised first:");
    let mut names = workspace.loading().pending_vectors().unwrap_or(&session.data.vector_names).to_vec();
    names.retain(|name| session.data.dataset.vectors.iter().any(|source| source.name == *name));
    let mut changed = false;
    ui.horizontal_wrapped(|ui| {
        for source in &session.data.dataset.vectors {
            let mut on = names.contains(&source.name);
            let label = source.dim.map_or_else(|| source.name.clone(), |dim| format!("{} ({dim})", source.name));
            if ui.checkbox(&mut on, label).changed() {
                changed = true;
                names.retain(|name| *name != source.name);
                if on {
                    names.push(source.name.clone());
                }
            }
        }
    });
    if changed {
        actions.push(Action::ChooseVectors(names));
    }
}

/// How computing goes, and the way to the encoder; `true` when a person wants to go there.
fn encoder_ui(ui: &mut Ui, workspace: &Workspace, actions: &mut Vec<Action>) -> bool {
    if let Some((progress, elapsed)) = workspace.embedding().progress() {
        ui.add(egui::ProgressBar::new(progress.fraction().unwrap_or(0.0)).desired_height(6.0));
        widgets::caption(ui, widgets::progress_text(progress, elapsed));
        if ui.button("Cancel").clicked() {
            actions.push(Action::CancelEmbedding);
        }
    }
    let text = format!("{}  Encoder and layers…", icons::CPU);
    ui.button(text).on_hover_text("Compute embeddings in the panel “Embeddings”").clicked()
}

fn problems_ui(ui: &mut Ui, panel: &mut DataPanel, session: &Session) {
    widgets::section(ui, "Problems");
    let palette = theme::palette(ui.visuals());
    if session.warnings.is_empty() {
        ui.label(RichText::new(format!("{}  Nothing is wrong with the files.", icons::CHECK)).color(palette.relevant));
        return;
    }
    let mut counts: BTreeMap<WarningKind, usize> = BTreeMap::new();
    for warning in &session.warnings {
        *counts.entry(warning.kind).or_default() += 1;
    }
    ui.horizontal_wrapped(|ui| {
        for (&kind, count) in &counts {
            let chosen = panel.kind == Some(kind);
            if ui.selectable_label(chosen, format!("{} {count}", kind.name())).clicked() {
                panel.kind = if chosen { None } else { Some(kind) };
            }
        }
    });
    let shown: Vec<&Warning> =
        session.warnings.iter().filter(|warning| panel.kind.is_none_or(|kind| kind == warning.kind)).collect();
    const MOST: usize = 200;
    for warning in shown.iter().take(MOST) {
        let place = warning.line.map_or_else(
            || widgets::short_path(&warning.file),
            |line| format!("{}:{line}", widgets::short_path(&warning.file)),
        );
        ui.add(egui::Label::new(RichText::new(format!("{}  {}", icons::WARNING, warning.message)).size(12.0)).wrap());
        ui.add(egui::Label::new(RichText::new(place).small().color(palette.weak)).truncate());
    }
    if shown.len() > MOST {
        widgets::caption(ui, format!("… and {} more; `crossrank info` lists them all", shown.len() - MOST));
    }
}
