//! Which two embeddings are compared, and with how many neighbours.

use super::{failure_ui, progress_ui, source_ui};
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::workspace::{Action, EmbeddingPair, EmbeddingSource, MOST_NEIGHBOURS, Session, Workspace};
use egui::{Color32, DragValue, Sense, Ui, vec2};

/// What was chosen.
#[derive(Default)]
pub struct CompareForm {
    sides: [Option<EmbeddingSource>; 2],
    /// As many neighbours as the graph has, where none is set here.
    k: Option<usize>,
}

impl CompareForm {
    /// Neighbours of an image.
    pub fn k(&self, workspace: &Workspace) -> usize {
        self.k.unwrap_or(workspace.settings().experiment.graph.k).clamp(1, MOST_NEIGHBOURS)
    }
}

/// The colour of A and of B.
pub fn colours(palette: &theme::Palette) -> [Color32; 2] {
    [palette.curves[0], palette.curves[1]]
}

/// A small square of A's or B's colour.
pub fn swatch(ui: &mut Ui, side: usize) {
    let (rect, _) = ui.allocate_exact_size(vec2(10.0, 10.0), Sense::hover());
    let palette = theme::palette(ui.visuals());
    ui.painter().rect_filled(rect, 2, colours(palette)[side]);
}

/// Draws the choice and what stands in the way; `true` where there is something to look at.
pub fn pair_ui(
    ui: &mut Ui,
    form: &mut CompareForm,
    workspace: &Workspace,
    session: &Session,
    actions: &mut Vec<Action>,
) -> bool {
    let comparison = workspace.embedding().comparison();
    let offered = workspace.embedding_sources();
    if form.sides[0].is_none() {
        form.sides[0] = offered.first().cloned();
    }
    if form.sides[1].is_none() {
        form.sides[1] = offered.iter().find(|source| differs(source, session)).cloned();
    }
    sides_ui(ui, form, workspace, session);
    let pair = match &form.sides {
        [Some(a), Some(b)] => EmbeddingPair { a: a.clone(), b: b.clone() },
        _ => {
            let text = "A comparison needs two embeddings of this data set. Compute those of another layer or network \
                        under “Encoder”, or add a file of vectors to the data set.";
            widgets::empty_state(ui, icons::SWAP, "Nothing to compare with yet", text, None);
            return false;
        }
    };
    if comparison.pair() != Some(&pair) {
        actions.push(Action::CompareEmbeddings(Box::new(pair)));
        return false;
    }
    if let Some(at_work) = comparison.progress() {
        if progress_ui(ui, at_work, "Cancel comparing") {
            actions.push(Action::CancelComparison);
        }
        return false;
    }
    if let Some(reason) = comparison.failure() {
        if failure_ui(ui, reason) {
            actions.push(Action::CompareEmbeddings(Box::new(pair)));
        }
        return false;
    }
    comparison.result().is_some()
}

/// Whether a source is not merely what is in use under its own name.
fn differs(source: &EmbeddingSource, session: &Session) -> bool {
    match source {
        EmbeddingSource::InUse => false,
        EmbeddingSource::File(name) => session.data.vector_names != [name.clone()],
        EmbeddingSource::Encoder(_) => true,
    }
}

fn sides_ui(ui: &mut Ui, form: &mut CompareForm, workspace: &Workspace, session: &Session) {
    let mut k = form.k(workspace);
    ui.horizontal(|ui| {
        // What is left beside marks, letters, the exchange and the neighbours.
        let width = ((ui.available_width() - 270.0) / 2.0).clamp(80.0, 320.0);
        for (side, name) in ["A", "B"].into_iter().enumerate() {
            swatch(ui, side);
            ui.label(widgets::strong_text(name));
            let label = format!("Embedding {name}");
            source_ui(ui, &label, (workspace, session), width, &mut form.sides[side]);
            if side == 0 && widgets::icon_button(ui, icons::SWAP, "Exchange A and B").clicked() {
                form.sides.swap(0, 1);
            }
        }
        ui.add_space(GRID);
        ui.label(egui::RichText::new("Neighbours").color(theme::palette(ui.visuals()).weak));
        let field = ui.add(DragValue::new(&mut k).range(1..=MOST_NEIGHBOURS).speed(0.1));
        if field.on_hover_text("Nearest neighbours of each image (k)").accessible_name("Compared neighbours").changed()
        {
            form.k = Some(k);
        }
    });
    ui.add_space(GRID);
}
