//! Opening things: a system dialog in a thread of its own, and a field to type a path beside it.

use crate::app::kit::theme::GRID;
use crate::app::kit::{icons, theme, widgets};
use crate::dataset::is_vector_file;
use crate::workspace::{Action, Workspace};
use egui::{Context, Id, Modal, RichText};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};

/// What the chosen path is for.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Purpose {
    #[default]
    Open,
    Attach,
    Weights,
    Vectors,
}

/// The dialog's state.
#[derive(Default)]
pub struct OpenDialog {
    shown: bool,
    purpose: Purpose,
    start: Option<PathBuf>,
    typed: String,
    answer: Option<Receiver<Option<PathBuf>>>,
}

/// What dropping or typing a path asks for: a text file holds judgements or a run, some endings are those of visual
/// vectors, anything else is a data set.
pub fn action_for(path: PathBuf) -> Action {
    if path.is_file() && is_vector_file(&path) {
        return Action::AttachVectors(path);
    }
    let is_text = path.is_file()
        && path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| {
            ["txt", "qrels", "run", "trec"].contains(&extension.to_ascii_lowercase().as_str())
        });
    if is_text { Action::AttachTrec(path) } else { Action::Open(path) }
}

impl OpenDialog {
    /// Whether it is shown.
    pub fn is_open(&self) -> bool {
        self.shown
    }

    /// Asks for a data set.
    pub fn open(&mut self, start: Option<PathBuf>) {
        (self.shown, self.purpose, self.start) = (true, Purpose::Open, start);
    }

    /// Asks for TREC judgements or a run.
    pub fn attach(&mut self, start: Option<PathBuf>) {
        (self.shown, self.purpose, self.start) = (true, Purpose::Attach, start);
    }

    /// Asks for an encoder's weights.
    pub fn weights(&mut self) {
        (self.shown, self.purpose, self.start) = (true, Purpose::Weights, None);
    }

    /// Asks for a file of visual vectors.
    pub fn vectors(&mut self, start: Option<PathBuf>) {
        (self.shown, self.purpose, self.start) = (true, Purpose::Vectors, start);
    }

    /// Takes in what the system's dialog answered.
    pub fn poll(&mut self, actions: &mut Vec<Action>) {
        let Some(answer) = &self.answer else { return };
        match answer.try_recv() {
            Ok(Some(path)) => {
                self.answer = None;
                self.choose(path, actions);
            }
            Ok(None) | Err(std::sync::mpsc::TryRecvError::Disconnected) => self.answer = None,
            Err(std::sync::mpsc::TryRecvError::Empty) => {}
        }
    }

    fn choose(&mut self, path: PathBuf, actions: &mut Vec<Action>) {
        self.shown = false;
        self.typed.clear();
        actions.push(match self.purpose {
            Purpose::Open => Action::Open(path),
            Purpose::Attach => Action::AttachTrec(path),
            Purpose::Weights => Action::SetWeights(path),
            Purpose::Vectors => Action::AttachVectors(path),
        });
    }

    /// Draws the dialog.
    pub fn show(&mut self, ctx: &Context, workspace: &Workspace, actions: &mut Vec<Action>) {
        if !self.shown {
            return;
        }
        let (title, hint) = match self.purpose {
            Purpose::Open => ("Open a data set", "/path/to/a/folder"),
            Purpose::Attach => ("Add TREC judgements or a run", "/path/to/qrels.txt"),
            Purpose::Vectors => ("Add a file of visual vectors", "/path/to/vectors.parquet"),
            Purpose::Weights => ("Take the encoder's weights from a file", "/path/to/model.safetensors"),
        };
        let mut chosen = None;
        let modal = Modal::new(Id::unique("open")).show(ctx, |ui| {
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
                let go = ui.add_enabled(path.exists() && !self.typed.trim().is_empty(), egui::Button::new("Open"));
                if (go.clicked() || entered) && path.exists() {
                    chosen = Some(path);
                }
            });
            let palette = theme::palette(ui.visuals());
            let typed = self.typed.trim();
            let told = if !typed.is_empty() && !PathBuf::from(typed).exists() {
                "There is nothing at this path."
            } else {
                " "
            };
            ui.label(RichText::new(told).small().color(palette.warning));
            let waiting = self.answer.is_some();
            ui.horizontal(|ui| {
                let name = if self.purpose == Purpose::Open { "Choose a folder…" } else { "Choose a file…" };
                if ui.add_enabled(!waiting, egui::Button::new(format!("{}  {name}", icons::OPEN))).clicked() {
                    self.ask(ctx);
                }
                if waiting {
                    widgets::caption(ui, "The system's dialog is open. Type a path above where there is none.");
                }
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    if ui.button("Cancel").clicked() {
                        ui.close();
                    }
                });
            });
            if self.purpose == Purpose::Open {
                recent_ui(ui, workspace, &mut chosen, actions);
            }
        });
        if modal.should_close() {
            self.shown = false;
        }
        if let Some(path) = chosen {
            self.choose(path, actions);
        }
    }

    /// Shows the system's dialog without ever stopping the window.
    fn ask(&mut self, ctx: &Context) {
        let (sender, answer) = channel();
        let (purpose, start, ctx) = (self.purpose, self.start.clone(), ctx.clone());
        let spawned = std::thread::Builder::new().name("dialog".to_owned()).spawn(move || {
            let mut dialog = rfd::FileDialog::new();
            if let Some(start) = start {
                dialog = dialog.set_directory(start);
            }
            let path = match purpose {
                Purpose::Open => dialog.pick_folder(),
                Purpose::Attach => dialog.pick_file(),
                Purpose::Vectors => dialog.add_filter("Vectors", &["npy", "npz", "safetensors", "parquet"]).pick_file(),
                Purpose::Weights => dialog.add_filter("safetensors", &["safetensors"]).pick_file(),
            };
            let _ = sender.send(path);
            ctx.request_repaint();
        });
        self.answer = spawned.is_ok().then_some(answer);
    }
}

fn recent_ui(ui: &mut egui::Ui, workspace: &Workspace, chosen: &mut Option<PathBuf>, actions: &mut Vec<Action>) {
    if workspace.settings().recent.is_empty() {
        return;
    }
    ui.separator();
    widgets::caption(ui, "Opened of late");
    for path in &workspace.settings().recent {
        ui.horizontal(|ui| {
            let text = path.display().to_string();
            let width = ui.available_width() - 32.0;
            let button = egui::Button::new(&text).truncate().min_size(egui::vec2(width, theme::ROW));
            if ui.add(button).clicked() {
                *chosen = Some(path.clone());
            }
            if widgets::icon_button(ui, icons::CROSS, &format!("Forget {text}")).clicked() {
                actions.push(Action::ForgetRecent(path.clone()));
            }
        });
    }
}
