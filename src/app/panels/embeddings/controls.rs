//! Controls shared by the panel's views: choosing an embedding, and showing a job's progress or failure.

use crate::app::ctx::PanelCtx;
use crate::app::kit::theme;
use crate::app::kit::{icons, widgets};
use crate::base::{Progress, sentence};
use crate::workspace::EmbeddingSource;
use egui::{RichText, Ui};
use std::time::Duration;

/// A drop-down list of the data set's embeddings; `label` is its accessible name.
pub(super) fn source_ui(
    ui: &mut Ui,
    label: &str,
    width: f32,
    chosen: &mut Option<EmbeddingSource>,
    ctx: &mut PanelCtx<'_>,
) {
    let name = |source: &EmbeddingSource| ctx.session().map_or_else(String::new, |session| source.name(session));
    let shown = chosen.as_ref().map_or_else(|| "Choose…".to_owned(), name);
    let size = egui::vec2(width, theme::ROW);
    ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Center), |ui| {
        let list = egui::ComboBox::from_id_salt(label).selected_text(&shown).width(width).truncate();
        let list = list.show_ui(ui, |ui| {
            ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
            for source in ctx.workspace().embedding_sources() {
                if ui.selectable_label(chosen.as_ref() == Some(&source), name(&source)).clicked() {
                    *chosen = Some(source);
                }
            }
        });
        list.response.on_hover_text(shown).accessible_name(label);
    });
}

/// A job's progress and the button that cancels it; `true` once that is clicked.
pub(super) fn progress_ui(ui: &mut Ui, (progress, elapsed): (&Progress, Duration), cancel: &str) -> bool {
    let bar = egui::ProgressBar::new(progress.fraction().unwrap_or(0.0)).desired_height(6.0);
    ui.add(bar);
    ui.horizontal(|ui| {
        let clicked = ui.button("Cancel").accessible_name(cancel).clicked();
        widgets::caption(ui, widgets::progress_text(progress, elapsed));
        clicked
    })
    .inner
}

/// Why a job failed, and a button to try again; `true` once that is clicked.
pub(super) fn failure_ui(ui: &mut Ui, reason: &str) -> bool {
    let palette = theme::palette(ui.visuals());
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(icons::WARNING).color(palette.warning));
        ui.add(egui::Label::new(sentence(reason)).wrap());
    });
    ui.button("Try again").clicked()
}
