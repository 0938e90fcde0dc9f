//! The dialog that makes a collection of a folder of pictures.

use super::path_field::{PathAsked, PathField, PathKind};
use super::tables::{self, Answer, TablesDialog};
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{obstacle, widgets};
use crate::index::Mapping;
use crate::workspace::{SearchAction, WantedTables, Workspace};
use egui::{Align, Context, Id, Layout, Modal, RichText, TextEdit, Ui};
use std::path::{Path, PathBuf};

/// The dialog's state.
#[derive(Default)]
pub struct CollectDialog {
    shown: bool,
    pictures: PathField,
    /// The collection's own folder as typed; empty for the one beside the pictures.
    folder: String,
    follow: bool,
    without_vectors: bool,
    tables: TablesDialog,
    wants_tables: bool,
    /// Of which folder's tables it was said what their columns mean, and what.
    mapping: Option<(PathBuf, Box<Mapping>)>,
}

impl CollectDialog {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.shown || self.tables.is_open()
    }

    /// Opens it, for the pictures in a folder if one is known.
    pub fn open(&mut self, pictures: Option<&Path>) {
        self.shown = true;
        if let Some(pictures) = pictures {
            self.pictures.set(pictures);
        }
    }

    /// Shows what the columns of the open collection's tables mean.
    pub fn open_tables(&mut self) {
        self.wants_tables = true;
    }

    fn look_at_tables(&mut self, ctx: &mut PanelCtx<'_>) {
        let Some(open) = ctx.workspace().searching().open() else { return };
        let collection = &open.collection;
        let wanted = WantedTables {
            pictures: collection.pictures().to_owned(),
            folder: collection.folder().to_owned(),
            follow: collection.manifest().follow,
            mapping: None,
        };
        self.tables.open(wanted, ctx);
    }

    /// Draws the dialog.
    pub fn show(&mut self, egui: &Context, ctx: &mut PanelCtx<'_>) {
        if std::mem::take(&mut self.wants_tables) {
            self.look_at_tables(ctx);
        }
        if !self.shown {
            if let Answer::Chosen(mapping) = self.tables.show(egui, "Read again", ctx) {
                ctx.act(SearchAction::SetColumns(mapping));
            }
            return;
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
        } else if let Answer::Chosen(mapping) = self.tables.show(egui, "Use these", ctx)
            && let Some(pictures) = self.pictures.path()
        {
            self.mapping = Some((pictures, mapping));
        }
    }

    fn fields_ui(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let width = ui.available_width() - 140.0;
        widgets::field(ui, "Pictures", "The folder of the pictures, with all folders in it", |ui| {
            let asked = PathAsked {
                name: "Folder of the pictures",
                hint: "/path/to/photos",
                button: "Choose the folder of the pictures…",
                kind: PathKind::Folder,
                takes_focus: true,
            };
            self.pictures.ui(ui, width, &asked, &ctx.workspace().wake());
        });
        let beside = self.pictures.path().map(|pictures| Workspace::collection_beside(&pictures).display().to_string());
        widgets::field(ui, "Collection", "Its own folder: the index, the vectors, queries and judgements", |ui| {
            let hint = beside.unwrap_or_else(|| "beside the pictures".to_owned());
            let field = TextEdit::singleline(&mut self.folder).hint_text(hint).desired_width(width);
            ui.add(field).accessible_name("Folder of the collection");
        });
        self.tables_ui(ui, ctx);
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

    /// The way to what columns mean.
    fn tables_ui(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let pictures = self.pictures.path();
        widgets::field(ui, "Tables", "Files that speak of many pictures, such as CSV files with captions", |ui| {
            let why = pictures.is_none().then_some("Type or choose the folder of the pictures.");
            if tables::button_ui(ui, why)
                && let Some(pictures) = &pictures
            {
                let mapping = self.chosen_mapping().map(|mapping| *mapping);
                let (pictures, folder, follow) = (pictures.clone(), self.own_folder(pictures), self.follow);
                self.tables.open(WantedTables { pictures, folder, follow, mapping }, ctx);
            }
            let said = if self.chosen_mapping().is_some() { "as you chose" } else { "guessed unless you look" };
            widgets::caption(ui, said);
        });
    }

    /// What columns mean, if that was said of the folder that is typed now.
    fn chosen_mapping(&self) -> Option<Box<Mapping>> {
        let pictures = self.pictures.path()?;
        self.mapping.as_ref().filter(|(of, _)| *of == pictures).map(|(_, mapping)| mapping.clone())
    }

    /// The collection's own folder: as typed, else beside the pictures.
    fn own_folder(&self, pictures: &Path) -> PathBuf {
        match self.folder.trim() {
            "" => Workspace::collection_beside(pictures),
            typed => PathBuf::from(typed),
        }
    }

    /// The buttons; what is to be done, if anything.
    fn buttons_ui(&self, ui: &mut Ui, workspace: &Workspace) -> Option<SearchAction> {
        let pictures = self.pictures.path();
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
                let (folder, mapping) = (self.own_folder(&pictures), self.chosen_mapping());
                let (follow, vectors) = (self.follow, !self.without_vectors);
                action = Some(SearchAction::Collect { pictures, folder, follow, vectors, mapping });
            }
            if ui.button("Cancel").clicked() {
                ui.close();
            }
            self.pictures.waiting_ui(ui);
        });
        action
    }
}
