//! What was loaded, the visual vectors in use, and problems in the files.

use super::PanelView;
use crate::app::command::{Command, OpenAs};
use crate::app::ctx::PanelCtx;
use crate::app::kit::restart::Listed;
use crate::app::kit::theme;
use crate::app::kit::{icons, widgets};
use crate::dataset::{Relevance, Split, Warning, WarningKind};
use crate::workspace::{DataAction, EmbeddingAction, Session, Workspace};
use egui::{RichText, ScrollArea, Ui};
use std::collections::BTreeMap;

/// What the panel remembers between frames.
#[derive(Default)]
pub struct DataPanel {
    kind: Option<WarningKind>,
    /// The data set's generation.
    listed: Listed<u64>,
}

impl PanelView for DataPanel {
    fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let Some(session) = ctx.session() else {
            widgets::empty_state(ui, icons::INFO, "No data", "Open a data set to see what it contains.", None);
            return;
        };
        let area = ScrollArea::vertical().auto_shrink([false, false]);
        self.listed.scrolled(area, session.generation).show(ui, |ui| {
            ui.scope(|ui| summary_ui(ui, session));
            vectors_ui(ui, session, ctx);
            attached_ui(ui, session, ctx);
            encoder_ui(ui, ctx);
            self.problems_ui(ui, session);
        });
    }

    fn badge(&self, workspace: &Workspace) -> Option<String> {
        let count = workspace.session().map_or(0, |session| session.warnings.len());
        (count > 0).then(|| widgets::count(count))
    }
}

fn summary_ui(ui: &mut Ui, session: &Session) {
    let summary = &session.summary;
    widgets::one_line(ui, widgets::strong_text(&session.data.dataset.name));
    widgets::caption(ui, format!("{}  ·  {}", session.data.dataset.format.name(), widgets::short_path(&session.path)));
    let parts: Vec<String> = Split::ALL
        .iter()
        .map(|split| (split, session.splits().iter().filter(|known| *known == split).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(split, count)| format!("{} {}", widgets::count(count), split.name()))
        .collect();
    let of_grade = |(&grade, &count): (&i32, &usize)| {
        format!("{} {}", widgets::count(count), session.scale.judged(Some(Relevance(grade))))
    };
    let grades: Vec<String> = summary.judgements.iter().map(of_grade).collect();
    let mut rows = vec![
        ("Queries", format!("{} ({})", widgets::count(session.data.dataset.queries.len()), parts.join(", "))),
        ("Images", format!("{}, {} with pictures", widgets::count(summary.images), widgets::count(summary.pictures))),
        ("Candidates", widgets::count(summary.candidates)),
        ("Judgements", if grades.is_empty() { "none".to_owned() } else { grades.join(", ") }),
        ("Not judged", widgets::count(summary.unjudged)),
        ("Labels", session.data.judgements.source().label()),
        ("Signals", session.data.signals.infos.len().to_string()),
    ];
    if summary.relevant_others > 0 {
        let base = session.data.judgements.recall_base().label();
        rows.push((
            "Not candidates",
            format!("{} relevant; measures count {base}", widgets::count(summary.relevant_others)),
        ));
    }
    ui.spacing_mut().item_spacing.y = 3.0;
    for (name, value) in rows {
        widgets::fact(ui, name, value);
    }
}

fn vectors_ui(ui: &mut Ui, session: &Session, ctx: &mut PanelCtx<'_>) {
    widgets::section(ui, "Visual vectors");
    match session.vectors() {
        Some(vectors) => {
            let text = format!(
                "In use: {}, {} dimensions, {} images",
                vectors.name,
                widgets::count(vectors.dim),
                widgets::count(vectors.count())
            );
            ui.add(egui::Label::new(text).wrap())
        }
        None => ui.label("None yet."),
    };
    if session.data.dataset.vectors.is_empty() {
        return;
    }
    widgets::caption(ui, "Available in the files; several are normalised and concatenated:");
    let mut names = ctx.workspace().loading().pending_vectors().unwrap_or(&session.data.vector_names).to_vec();
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
        ctx.act(DataAction::ChooseVectors(names));
    }
}

/// Vector files added to the data set, and the button that adds one.
fn attached_ui(ui: &mut Ui, session: &Session, ctx: &mut PanelCtx<'_>) {
    let workspace = ctx.workspace();
    for source in session.data.dataset.vectors.iter().filter(|source| workspace.is_attached(&source.name)) {
        ui.horizontal(|ui| {
            if widgets::icon_button(ui, icons::CROSS, &format!("Remove {} from the data set", source.name)).clicked() {
                ctx.act(DataAction::DetachVectors(source.name.clone()));
            }
            let file = source.files.first().map(|file| widgets::short_path(file)).unwrap_or_default();
            widgets::caption(ui, format!("{}: {file}", source.name));
        });
    }
    let hint = "NumPy, safetensors or Parquet files from any tool, matched by image id";
    if ui.button(format!("{}  Add visual vectors…", icons::OPEN)).on_hover_text(hint).clicked() {
        ctx.command(Command::Ask(OpenAs::Vectors));
    }
}

/// The progress of computing embeddings, and the button that leads to the encoder.
fn encoder_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    if let Some((progress, elapsed)) = ctx.workspace().embedding().progress() {
        ui.add(egui::ProgressBar::new(progress.fraction().unwrap_or(0.0)).desired_height(6.0));
        widgets::caption(ui, widgets::progress_text(progress, elapsed));
        if ui.button("Cancel").clicked() {
            ctx.act(EmbeddingAction::Cancel);
        }
    }
    let text = format!("{}  Encoder and layers…", icons::CPU);
    if ui.button(text).on_hover_text("Compute embeddings in the Embeddings panel").clicked() {
        ctx.command(Command::ShowEncoder);
    }
}

impl DataPanel {
    fn problems_ui(&mut self, ui: &mut Ui, session: &Session) {
        widgets::section(ui, "Problems");
        let palette = theme::palette(ui.visuals());
        if session.warnings.is_empty() {
            ui.label(RichText::new(format!("{}  No problems found", icons::CHECK)).color(palette.relevant));
            return;
        }
        let mut counts: BTreeMap<WarningKind, usize> = BTreeMap::new();
        for warning in &session.warnings {
            *counts.entry(warning.kind).or_default() += 1;
        }
        ui.horizontal_wrapped(|ui| {
            for (&kind, count) in &counts {
                let chosen = self.kind == Some(kind);
                if ui.selectable_label(chosen, format!("{} {count}", kind.name())).clicked() {
                    self.kind = if chosen { None } else { Some(kind) };
                }
            }
        });
        let shown: Vec<&Warning> =
            session.warnings.iter().filter(|warning| self.kind.is_none_or(|kind| kind == warning.kind)).collect();
        const LIMIT: usize = 200;
        for warning in shown.iter().take(LIMIT) {
            let location = warning.line.map_or_else(
                || widgets::short_path(&warning.file),
                |line| format!("{}:{line}", widgets::short_path(&warning.file)),
            );
            ui.add(
                egui::Label::new(RichText::new(format!("{}  {}", icons::WARNING, warning.message)).size(12.0)).wrap(),
            );
            ui.add(egui::Label::new(RichText::new(location).small().color(palette.weak)).truncate());
        }
        if shown.len() > LIMIT {
            widgets::caption(ui, format!("… and {} more; `crossrank info` lists all", shown.len() - LIMIT));
        }
    }
}
