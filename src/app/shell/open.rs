//! The open dialog: a field for a path, and a button for the system's dialog.

use super::system_dialog::SystemDialog;
use crate::app::command::OpenAs;
use crate::app::ctx::{Outbox, PanelCtx};
use crate::app::kit::theme::GRID;
use crate::app::kit::{icons, obstacle, theme, widgets};
use crate::dataset::is_vector_file;
use crate::dataset::walk::is_picture;
use crate::jobs::Wake;
use crate::vision::Pixels;
use crate::workspace::{Action, DataAction, SearchAction, SettingsAction, Stranger, Workspace};
use egui::{ColorImage, Context, Event, Id, Key, Modal, RichText};
use std::path::PathBuf;
use std::sync::Arc;

/// The dialog's state.
#[derive(Default)]
pub struct OpenDialog {
    shown: bool,
    purpose: OpenAs,
    start: Option<PathBuf>,
    typed: String,
    /// Whether the data set's files may lie outside its folder.
    follow: bool,
    system: SystemDialog,
}

/// The action for a dropped path: text files hold judgements or a run, some extensions mean visual vectors, anything
/// else is a data set.
fn action_for(path: PathBuf) -> DataAction {
    if path.is_file() && is_vector_file(&path) {
        return DataAction::AttachVectors(path);
    }
    let is_text = path.is_file()
        && path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| {
            ["txt", "qrels", "run", "trec"].contains(&extension.to_ascii_lowercase().as_str())
        });
    if is_text { DataAction::AttachTrec(path) } else { DataAction::Open(path) }
}

/// Opens a file or folder dropped on the window.
pub fn take_dropped(egui: &Context, ctx: &mut PanelCtx<'_>) {
    if let Some(path) = egui.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_owned())) {
        match ctx.workspace().searching().open().is_some() && path.is_file() && is_picture(&path) {
            true => ctx.act(SearchAction::AskLike(Stranger::File(path))),
            false => ctx.act(action_for(path)),
        }
    }
}

/// What came of the key that pastes, while it is down.
#[derive(Default)]
pub struct Paste {
    /// Whether a press, or what it pasted, was reported.
    is_seen: bool,
}

impl Paste {
    /// Searches by a picture that was pasted outside of a field, if a collection is open.
    pub fn take(&mut self, egui: &Context, ctx: &mut PanelCtx<'_>) {
        let is_typing = egui.text_edit_focused();
        let mut pasted = Vec::new();
        egui.input_mut(|input| {
            input.events.retain(|event| {
                let found = match event {
                    // A field takes no picture.
                    Event::PasteImage(image) => Some(of_image(image)),
                    Event::Paste(text) if !is_typing => Some(Stranger::Text(text.clone())),
                    // A press that would paste is not reported where the toolkit finds neither text nor picture: then
                    // the key is only seen to be let go.
                    Event::Key { key: Key::V | Key::Paste, pressed: false, .. } if !is_typing && !self.is_seen => {
                        Some(Stranger::Clipboard)
                    }
                    _ => None,
                };
                self.is_seen = match event {
                    Event::Paste(_) | Event::PasteImage(_) => true,
                    Event::Key { key: Key::V | Key::Paste, pressed, .. } => *pressed,
                    _ => self.is_seen,
                };
                let is_kept = found.is_none();
                pasted.extend(found);
                is_kept
            });
        });
        if ctx.workspace().searching().open().is_some() {
            pasted.into_iter().for_each(|stranger| ctx.act(SearchAction::AskLike(stranger)));
        }
    }
}

/// A picture from the toolkit; what cannot be one is looked for in the clipboard itself, which says what is wrong.
fn of_image(image: &ColorImage) -> Stranger {
    let [width, height] = image.size;
    let pixels = Pixels::new(width, height, image.as_raw().to_vec());
    pixels.map_or(Stranger::Clipboard, |pixels| Stranger::Pixels(Arc::new(pixels)))
}

const WAITING: &str = "The file dialog is open. If it does not appear, type a path above.";

impl OpenDialog {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.shown
    }

    /// Asks for a path; the system's dialog starts in the folder `start`.
    pub fn ask(&mut self, purpose: OpenAs, start: Option<PathBuf>) {
        (self.shown, self.purpose, self.start) = (true, purpose, start);
    }

    /// Collects the answer of the system's dialog.
    pub fn poll(&mut self, workspace: &Workspace, outbox: &mut Outbox) {
        if let Some(path) = self.system.poll() {
            for action in self.choose(path, workspace) {
                outbox.act(action);
            }
        }
    }

    /// Closes the dialog and returns the actions for the chosen path.
    fn choose(&mut self, path: PathBuf, workspace: &Workspace) -> Vec<Action> {
        self.close();
        match self.purpose {
            OpenAs::DataSet => {
                let follow = DataAction::FollowLinks(path.clone(), std::mem::take(&mut self.follow));
                vec![follow.into(), DataAction::Open(path).into()]
            }
            OpenAs::Trec => vec![DataAction::AttachTrec(path).into()],
            OpenAs::Vectors => vec![DataAction::AttachVectors(path).into()],
            OpenAs::Folder => {
                let folders = workspace.settings().folders.iter().cloned().chain([path]).collect();
                vec![SettingsAction::SetFolders(folders).into()]
            }
            OpenAs::Weights => {
                let mut encoder = workspace.settings().encoder.clone();
                (encoder.weights, encoder.hub) = (Some(path), None);
                vec![SettingsAction::SetEncoder(Box::new(encoder)).into()]
            }
        }
    }

    fn close(&mut self) {
        self.shown = false;
        self.typed.clear();
    }

    /// Draws the dialog.
    pub fn show(&mut self, egui: &Context, ctx: &mut PanelCtx<'_>) {
        if !self.shown {
            return;
        }
        let (title, hint) = match self.purpose {
            OpenAs::DataSet => ("Open data set", "/path/to/a/folder"),
            OpenAs::Trec => ("Add TREC judgements or a run", "/path/to/qrels.txt"),
            OpenAs::Vectors => ("Add visual vectors", "/path/to/vectors.parquet"),
            OpenAs::Weights => ("Load encoder weights", "/path/to/model.safetensors"),
            OpenAs::Folder => ("Add a folder of runs or studies", "/path/to/a/folder"),
        };
        let (mut chosen, mut again) = (None, None);
        let modal = Modal::new(Id::unique("open")).show(egui, |ui| {
            ui.set_width(520.0);
            ui.label(RichText::new(title).heading());
            ui.add_space(GRID);
            ui.horizontal(|ui| {
                let field = egui::TextEdit::singleline(&mut self.typed)
                    .hint_text(hint)
                    .desired_width(ui.available_width() - 70.0);
                let field = ui.add(field).accessible_name("Path");
                let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
                if !field.has_focus() && self.typed.is_empty() {
                    field.request_focus();
                }
                let path = PathBuf::from(self.typed.trim());
                let obstacle = match self.typed.trim().is_empty() {
                    true => Some("Type a path, or choose one below."),
                    false => (!path.exists()).then_some("No such file or folder."),
                };
                let open = obstacle::add_unless(ui, obstacle, egui::Button::new("Open"));
                if (open.clicked() || entered) && path.exists() {
                    chosen = Some(path);
                }
            });
            let palette = theme::palette(ui.visuals());
            let typed = self.typed.trim();
            let problem =
                if !typed.is_empty() && !PathBuf::from(typed).exists() { "No such file or folder." } else { " " };
            ui.label(RichText::new(problem).small().color(palette.warning));
            let waiting = self.system.is_open();
            ui.horizontal(|ui| {
                let is_folder = matches!(self.purpose, OpenAs::DataSet | OpenAs::Folder);
                let name = if is_folder { "Choose a folder…" } else { "Choose a file…" };
                let obstacle = waiting.then_some(WAITING);
                let button = egui::Button::new(format!("{}  {name}", icons::OPEN));
                if obstacle::add_unless(ui, obstacle, button).clicked() {
                    self.browse(ctx.workspace().wake());
                }
                if waiting {
                    widgets::caption(ui, WAITING);
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if ui.button("Cancel").clicked() {
                        ui.close();
                    }
                });
            });
            if self.purpose == OpenAs::DataSet {
                ui.checkbox(&mut self.follow, "Follow links").on_hover_text(
                    "Also read files outside the folder that its links and paths lead to. Only for data you trust.",
                );
                recent_ui(ui, ctx, &mut again);
            }
        });
        if modal.should_close() {
            self.shown = false;
        }
        if let Some(path) = chosen {
            for action in self.choose(path, ctx.workspace()) {
                ctx.act(action);
            }
        } else if let Some(path) = again {
            // A data set keeps its choice of links.
            self.close();
            ctx.act(DataAction::Open(path));
        }
    }

    /// Shows the system's dialog.
    fn browse(&mut self, wake: Wake) {
        let (purpose, start) = (self.purpose, self.start.clone());
        self.system.ask(wake, move |mut dialog| {
            if let Some(start) = start {
                dialog = dialog.set_directory(start);
            }
            match purpose {
                OpenAs::DataSet | OpenAs::Folder => dialog.pick_folder(),
                OpenAs::Trec => dialog.pick_file(),
                OpenAs::Vectors => dialog.add_filter("Vectors", &["npy", "npz", "safetensors", "parquet"]).pick_file(),
                OpenAs::Weights => dialog.add_filter("safetensors", &["safetensors"]).pick_file(),
            }
        });
    }
}

fn recent_ui(ui: &mut egui::Ui, ctx: &mut PanelCtx<'_>, chosen: &mut Option<PathBuf>) {
    let recent = &ctx.settings().recent;
    if recent.is_empty() {
        return;
    }
    ui.separator();
    widgets::caption(ui, "Recent");
    for path in recent {
        ui.horizontal(|ui| {
            let text = path.display().to_string();
            let width = ui.available_width() - 32.0;
            let button = egui::Button::new(&text).truncate().min_size(egui::vec2(width, theme::ROW));
            if ui.add(button).clicked() {
                *chosen = Some(path.clone());
            }
            if widgets::icon_button(ui, icons::CROSS, &format!("Remove {text} from the list")).clicked() {
                ctx.act(DataAction::ForgetRecent(path.clone()));
            }
        });
    }
}
