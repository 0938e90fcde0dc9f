//! The dialog for a new query, or for another text of one.

use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::GRID;
use crate::app::kit::widgets;
use crate::dataset::{Query, QueryEdit, Split};
use crate::workspace::{DataAction, JudgingAction};
use egui::{Align, Context, Id, Key, Layout, Modal, RichText, TextEdit, Ui};

/// The dialog's state.
#[derive(Default)]
pub struct QueryDialog {
    draft: Option<Draft>,
    /// The number of pictures in a folder whose first query it is.
    first: Option<usize>,
    is_new: bool,
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
        (self.first, self.is_new) = (None, true);
    }

    /// Opens it for the first query of a folder with so many pictures.
    pub fn open_first(&mut self, pictures: usize) {
        self.open(None);
        self.first = Some(pictures);
    }

    /// Draws the dialog. `known` are the ids of the data set's queries.
    pub fn show(&mut self, egui: &Context, known: &[Query], ctx: &mut PanelCtx<'_>) {
        let Some(draft) = &mut self.draft else { return };
        let (mut edit, is_new) = (None, std::mem::take(&mut self.is_new));
        let mut is_collection = false;
        let modal = Modal::new(Id::unique("query")).show(egui, |ui| {
            ui.set_width(440.0);
            head_ui(ui, draft, self.first);
            ui.add_space(GRID);
            let is_entered = fields_ui(ui, draft, is_new);
            ui.add_space(GRID);
            edit = buttons_ui(ui, draft, known, is_entered);
            if self.first.is_some() && ui.link("Make a collection that can be searched instead…").clicked() {
                is_collection = true;
            }
        });
        if is_collection {
            let pictures = ctx.workspace().loading().bare().map(|folder| folder.path.clone());
            self.draft = None;
            ctx.act(DataAction::CancelLoading);
            ctx.command(Command::NewCollection(pictures));
        } else if edit.is_some() || modal.should_close() {
            self.draft = None;
            match (edit.map(Box::new), self.first) {
                (Some(edit), None) => ctx.act(JudgingAction::EditQuery(edit)),
                (Some(edit), Some(_)) => {
                    ctx.act(DataAction::BeginWith(edit));
                    ctx.command(Command::Judge);
                }
                (None, Some(_)) => ctx.act(DataAction::CancelLoading),
                (None, None) => {}
            }
        }
    }
}

fn head_ui(ui: &mut Ui, draft: &Draft, first: Option<usize>) {
    let title = match (&draft.id, first) {
        (Some(_), _) => "Edit query",
        (None, None) => "New query",
        (None, Some(_)) => "First query",
    };
    ui.label(RichText::new(title).heading());
    let text = match first {
        None => "Saved beside the data set's files, which are never changed.".to_owned(),
        Some(pictures) => {
            let pictures = widgets::count(pictures);
            format!(
                "This folder has {pictures} pictures and no query yet. What should they be searched for? More queries can \
                 be added at the judge's desk, which opens next. They are saved beside the pictures, which stay as they are."
            )
        }
    };
    widgets::caption(ui, text);
}

/// Draws the fields; whether Enter was pressed in the text.
fn fields_ui(ui: &mut Ui, draft: &mut Draft, is_new: bool) -> bool {
    let width = ui.available_width() - 100.0;
    let mut is_entered = false;
    widgets::field(ui, "Text", "What is searched for", |ui| {
        let field = TextEdit::singleline(&mut draft.text).hint_text("brown bear").desired_width(width);
        let field = ui.add(field).accessible_name("Text of the query");
        is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if is_new {
            field.request_focus();
        }
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
    is_entered
}

/// Save, cancel and delete; the edit to save, if one was asked for.
fn buttons_ui(ui: &mut Ui, draft: &mut Draft, known: &[Query], is_entered: bool) -> Option<QueryEdit> {
    let mut edit = None;
    let is_empty = draft.text.trim().is_empty();
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let save = ui.add_enabled(!is_empty, egui::Button::new("Save")).clicked();
        if save || is_entered && !is_empty {
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
