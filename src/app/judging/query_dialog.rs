//! The dialog for a new query, or for another text of one.

use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::GRID;
use crate::app::kit::widgets;
use crate::dataset::{Query, QueryEdit, Split};
use crate::workspace::JudgingAction;
use egui::{Align, Context, Id, Layout, Modal, RichText, TextEdit, Ui};

/// The dialog's state.
#[derive(Default)]
pub struct QueryDialog {
    draft: Option<Draft>,
}

/// A query as it is typed.
struct Draft {
    /// The id of a query that is there.
    id: Option<String>,
    text: String,
    narrative: String,
    split: Option<Split>,
    /// Deleting asks first.
    is_deleting: bool,
}

impl QueryDialog {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.draft.is_some()
    }

    /// Opens it for a query, or for a new one.
    pub fn open(&mut self, query: Option<&Query>) {
        let split = query.and_then(|query| query.split);
        let (text, narrative) = query.map(|query| (query.text.clone(), query.narrative.clone())).unwrap_or_default();
        let id = query.map(|query| query.id.to_string());
        self.draft = Some(Draft { id, text, narrative, split, is_deleting: false });
    }

    /// Draws the dialog. `known` are the ids of the data set's queries.
    pub fn show(&mut self, egui: &Context, known: &[Query], ctx: &mut PanelCtx<'_>) {
        let Some(draft) = &mut self.draft else { return };
        let mut edit = None;
        let modal = Modal::new(Id::unique("query")).show(egui, |ui| {
            ui.set_width(440.0);
            ui.label(RichText::new(if draft.id.is_some() { "Edit query" } else { "New query" }).heading());
            widgets::caption(ui, "Saved beside the data set's files, which are never changed.");
            ui.add_space(GRID);
            fields_ui(ui, draft);
            ui.add_space(GRID);
            edit = buttons_ui(ui, draft, known);
        });
        if let Some(edit) = edit {
            ctx.act(JudgingAction::EditQuery(Box::new(edit)));
            self.draft = None;
        } else if modal.should_close() {
            self.draft = None;
        }
    }
}

fn fields_ui(ui: &mut Ui, draft: &mut Draft) {
    let width = ui.available_width() - 100.0;
    widgets::field(ui, "Text", "What is searched for", |ui| {
        let field = TextEdit::singleline(&mut draft.text).hint_text("brown bear").desired_width(width);
        ui.add(field).accessible_name("Text of the query");
    });
    widgets::field(ui, "Narrative", "What counts as relevant: shown while judging", |ui| {
        let field = TextEdit::multiline(&mut draft.narrative).desired_rows(3).desired_width(width);
        ui.add(field).accessible_name("Narrative of the query");
    });
    widgets::field(ui, "Split", "Which queries training learns from", |ui| {
        let name = draft.split.map_or("by chance", Split::name);
        widgets::choices(ui, "Split of the query", name, |ui| {
            ui.selectable_value(&mut draft.split, None, "by chance");
            for split in Split::ALL {
                ui.selectable_value(&mut draft.split, Some(split), split.name());
            }
        });
    });
}

/// Save, cancel and delete; the edit to save, if one was asked for.
fn buttons_ui(ui: &mut Ui, draft: &mut Draft, known: &[Query]) -> Option<QueryEdit> {
    let mut edit = None;
    let is_empty = draft.text.trim().is_empty();
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if ui.add_enabled(!is_empty, egui::Button::new("Save")).clicked() {
            edit = Some(QueryEdit {
                query: draft.id.clone().unwrap_or_else(|| free_id(draft.text.trim(), known)),
                text: Some(draft.text.trim().to_owned()),
                narrative: Some(draft.narrative.trim().to_owned()),
                split: Some(draft.split),
                ..QueryEdit::default()
            });
        }
        if ui.button("Cancel").clicked() {
            ui.close();
        }
        let Some(id) = draft.id.clone() else { return };
        let delete = if draft.is_deleting { "Really delete" } else { "Delete" };
        if ui.button(delete).on_hover_text("Its judgements stay in the journals").clicked() {
            match draft.is_deleting {
                true => edit = Some(QueryEdit { query: id, deleted: Some(true), ..QueryEdit::default() }),
                false => draft.is_deleting = true,
            }
        }
    });
    edit
}

/// The text as an id that no query has.
fn free_id(text: &str, known: &[Query]) -> String {
    let is_free = |id: &String| known.iter().all(|query| query.id.as_str() != id);
    let numbered = (2..).map(|number| format!("{text} {number}"));
    std::iter::once(text.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}
