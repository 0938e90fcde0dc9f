//! The choice of two embeddings to compare, and of the number of neighbours.

use super::controls::{failure_ui, progress_ui, source_ui};
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::workspace::{EmbeddingAction, EmbeddingPair, EmbeddingSource, MOST_NEIGHBOURS, Session};
use egui::{Color32, DragValue, Sense, Ui, vec2};

/// What the form remembers between frames.
#[derive(Default)]
pub struct CompareForm {
    sides: [Option<EmbeddingSource>; 2],
    /// By default, the graph's number of neighbours.
    k: Option<usize>,
}

impl CompareForm {
    /// Number of neighbours of each image.
    pub fn k(&self, ctx: &PanelCtx<'_>) -> usize {
        self.k.unwrap_or(ctx.settings().experiment.graph.k).clamp(1, MOST_NEIGHBOURS)
    }
}

/// The colours of A and B.
pub fn colours(palette: &theme::Palette) -> [Color32; 2] {
    [palette.curves[0], palette.curves[1]]
}

/// A small square in A's or B's colour.
pub fn swatch(ui: &mut Ui, side: usize) {
    let (rect, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
    let palette = theme::palette(ui.visuals());
    ui.painter().rect_filled(rect, 2, colours(palette)[side]);
}

impl CompareForm {
    /// Draws the form, then any progress or failure; `true` once there is a result to show.
    pub fn pair_ui(&mut self, ui: &mut Ui, session: &Session, ctx: &mut PanelCtx<'_>) -> bool {
        let workspace = ctx.workspace();
        let comparison = workspace.embedding().comparison();
        let sources = workspace.embedding_sources();
        if self.sides[0].is_none() {
            self.sides[0] = sources.first().cloned();
        }
        if self.sides[1].is_none() {
            self.sides[1] = sources.iter().find(|source| differs(source, session)).cloned();
        }
        self.sides_ui(ui, ctx);
        let pair = match &self.sides {
            [Some(a), Some(b)] => EmbeddingPair { a: a.clone(), b: b.clone() },
            _ => {
                let text = "A comparison needs two embeddings of this data set. Compute another one in the Encoder \
                            view, with a different layer or network, or add a file of visual vectors.";
                widgets::empty_state(ui, icons::SWAP, "Nothing to compare yet", text, None);
                return false;
            }
        };
        if comparison.pair() != Some(&pair) {
            ctx.act(EmbeddingAction::Compare(Box::new(pair)));
            return false;
        }
        if let Some(progress) = comparison.progress() {
            if progress_ui(ui, progress, "Cancel comparison") {
                ctx.act(EmbeddingAction::CancelComparison);
            }
            return false;
        }
        if let Some(reason) = comparison.failure() {
            if failure_ui(ui, reason) {
                ctx.act(EmbeddingAction::Compare(Box::new(pair)));
            }
            return false;
        }
        comparison.result().is_some()
    }

    fn sides_ui(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let mut k = self.k(ctx);
        ui.horizontal_wrapped(|ui| {
            // What swatches, letters, the swap button and the neighbours leave.
            let width = ((ui.available_width() - 270.0) / 2.0).clamp(120.0, 320.0);
            for (side, name) in ["A", "B"].into_iter().enumerate() {
                swatch(ui, side);
                ui.label(widgets::strong_text(name));
                let label = format!("Embedding {name}");
                source_ui(ui, &label, width, &mut self.sides[side], ctx);
                if side == 0 && widgets::icon_button(ui, icons::SWAP, "Swap A and B").clicked() {
                    self.sides.swap(0, 1);
                }
            }
            ui.add_space(GRID);
            ui.label(egui::RichText::new("Neighbours").color(theme::palette(ui.visuals()).weak));
            let field = ui.add(DragValue::new(&mut k).range(1..=MOST_NEIGHBOURS).speed(0.1));
            if field
                .on_hover_text("Nearest neighbours of each image (k)")
                .accessible_name("Compared neighbours")
                .changed()
            {
                self.k = Some(k);
            }
        });
        ui.add_space(GRID);
    }
}

/// Whether a source differs from the vectors in use.
fn differs(source: &EmbeddingSource, session: &Session) -> bool {
    match source {
        EmbeddingSource::InUse => false,
        EmbeddingSource::File(name) => session.data.vector_names != [name.clone()],
        EmbeddingSource::Encoder(_) | EmbeddingSource::Set { .. } => true,
    }
}
