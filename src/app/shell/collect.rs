//! The dialog that makes a collection of a folder of pictures.

use super::system_dialog::SystemDialog;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, obstacle, widgets};
use crate::workspace::{SearchAction, Workspace};
use egui::{Align, Context, Id, Layout, Modal, RichText, TextEdit, Ui};
use std::path::{Path, PathBuf};

/// The dialog's state.
#[derive(Default)]
pub struct CollectDialog {
    shown: bool,
    pictures: String,
    /// The collection's own folder as typed; empty for the one beside the pictures.
    folder: String,
    follow: bool,
    without_vectors: bool,
    system: SystemDialog,
}

const WAITING: &str = "The file dialog is open. If it does not appear, type a path.";

impl CollectDialog {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.shown
    }

    /// Opens it, for the pictures in a folder if one is known.
    pub fn open(&mut self, pictures: Option<&Path>) {
        self.shown = true;
        if let Some(pictures) = pictures {
            self.pictures = pictures.display().to_string();
        }
    }

    /// Draws the dialog.
    pub fn show(&mut self, egui: &Context, ctx: &mut PanelCtx<'_>) {
        if !self.shown {
            return;
        }
        if let Some(path) = self.system.poll() {
            self.pictures = path.display().to_string();
        }
        let mut action = None;
        let modal = Modal::new(Id::unique("collect")).show(egui, |ui| {
            ui.set_width(540.0);
            ui.label(RichText::new("New collection").heading());
            widgets::caption(
                ui,
                "Makes a folder of pictures searchable: by the words in names, captions and the pictures themselves, and \
                 by their looks. Nothing is copied or changed, and nothing goes to the network.",
            );
            ui.add_space(GRID);
            self.fields_ui(ui, ctx);
            ui.add_space(GRID);
            action = self.buttons_ui(ui, ctx.workspace());
        });
        if let Some(action) = action {
            ctx.act(action);
            *self = Self::default();
        } else if modal.should_close() {
            self.shown = false;
        }
    }

    fn fields_ui(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let width = ui.available_width() - 140.0;
        widgets::field(ui, "Pictures", "The folder of the pictures, with all folders in it", |ui| {
            let field =
                TextEdit::singleline(&mut self.pictures).hint_text("/path/to/photos").desired_width(width - 40.0);
            let field = ui.add(field).accessible_name("Folder of the pictures");
            if self.pictures.is_empty() && ui.memory(|memory| memory.focused().is_none()) {
                field.request_focus();
            }
            let why = self.system.is_open().then_some(WAITING);
            if widgets::icon_button_unless(ui, why, icons::OPEN, "Choose the folder of the pictures…").clicked() {
                self.system.ask(ctx.workspace().wake(), |dialog| dialog.pick_folder());
            }
        });
        let beside = self.pictures().map(|pictures| Workspace::collection_beside(&pictures).display().to_string());
        widgets::field(ui, "Collection", "Its own folder: the index, the vectors, queries and judgements", |ui| {
            let hint = beside.unwrap_or_else(|| "beside the pictures".to_owned());
            let field = TextEdit::singleline(&mut self.folder).hint_text(hint).desired_width(width);
            ui.add(field).accessible_name("Folder of the collection");
        });
        let encoder = &ctx.settings().encoder;
        let mut vectors = !self.without_vectors;
        ui.checkbox(&mut vectors, "Compute visual vectors").on_hover_text(format!(
            "By {}, which can be changed under Embeddings. Searching by words can begin before they are ready.",
            encoder.architecture
        ));
        self.without_vectors = !vectors;
        ui.checkbox(&mut self.follow, "Follow links")
            .on_hover_text("Also read files outside the folder that its links lead to. Only for data you trust.");
    }

    /// The folder of the pictures as typed.
    fn pictures(&self) -> Option<PathBuf> {
        let typed = self.pictures.trim();
        (!typed.is_empty()).then(|| PathBuf::from(typed))
    }

    /// The buttons; what is to be done, if anything.
    fn buttons_ui(&self, ui: &mut Ui, workspace: &Workspace) -> Option<SearchAction> {
        let pictures = self.pictures();
        let why = match &pictures {
            _ if workspace.searching().is_collecting() => Some("A collection is being made already."),
            None => Some("Type or choose the folder of the pictures."),
            Some(path) => (!path.is_dir()).then_some("No such folder."),
        };
        let palette = theme::palette(ui.visuals());
        let problem = why.filter(|_| pictures.is_some()).unwrap_or(" ");
        ui.label(RichText::new(problem).small().color(palette.warning));
        let mut action = None;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if obstacle::add_unless(ui, why, egui::Button::new("Create")).clicked()
                && let Some(pictures) = pictures
            {
                let folder = match self.folder.trim() {
                    "" => Workspace::collection_beside(&pictures),
                    typed => PathBuf::from(typed),
                };
                let (follow, vectors) = (self.follow, !self.without_vectors);
                action = Some(SearchAction::Collect { pictures, folder, follow, vectors });
            }
            if ui.button("Cancel").clicked() {
                ui.close();
            }
            if self.system.is_open() {
                widgets::caption(ui, WAITING);
            }
        });
        action
    }
}
