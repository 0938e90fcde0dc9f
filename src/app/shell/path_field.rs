//! A field for a path, with a button for the system's dialog.

use super::system_dialog::{SystemDialog, WAITING};
use crate::app::kit::{icons, widgets};
use crate::jobs::Wake;
use egui::{Key, TextEdit, Ui};
use std::path::{Path, PathBuf};

/// Width of the button and its gap.
const BUTTON: f32 = 34.0;

/// What a path field asks for.
pub struct PathAsked<'a> {
    /// Its name, for screen readers.
    pub name: &'a str,
    /// What is shown while it is empty.
    pub hint: &'a str,
    /// The button's tooltip.
    pub button: &'a str,
    /// The kind of system dialog.
    pub kind: PathKind,
    /// Whether it takes the cursor while it is empty and nothing else has it.
    pub takes_focus: bool,
}

/// What kind of path is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// A folder that is there.
    Folder,
    /// An archive to write.
    Archive,
}

/// What happened to a path field in a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PathChange {
    /// It was typed in.
    pub is_typed: bool,
    /// The system's dialog gave a path, and has asked whether a file is to be replaced.
    pub is_chosen: bool,
    /// Enter was pressed in it.
    pub is_entered: bool,
}

/// A path that is typed, or chosen in the system's dialog.
#[derive(Default)]
pub struct PathField {
    typed: String,
    system: SystemDialog,
}

impl PathField {
    /// Puts a path into it.
    pub fn set(&mut self, path: &Path) {
        self.typed = path.display().to_string();
    }

    /// The path, if there is one.
    pub fn path(&self) -> Option<PathBuf> {
        let typed = self.typed.trim();
        (!typed.is_empty()).then(|| PathBuf::from(typed))
    }

    /// Draws the field and its button, `width` wide together.
    pub fn ui(&mut self, ui: &mut Ui, width: f32, asked: &PathAsked<'_>, wake: &Wake) -> PathChange {
        let chosen = self.system.poll();
        if let Some(path) = &chosen {
            self.set(path);
        }
        let field = TextEdit::singleline(&mut self.typed).hint_text(asked.hint).desired_width(width - BUTTON);
        let field = ui.add(field).accessible_name(asked.name);
        if asked.takes_focus && self.typed.is_empty() && ui.memory(|memory| memory.focused().is_none()) {
            field.request_focus();
        }
        let why = self.system.is_open().then_some(WAITING);
        if widgets::icon_button_unless(ui, why, icons::OPEN, asked.button).clicked() {
            self.browse(asked.kind, wake.clone());
        }
        PathChange {
            is_typed: field.changed(),
            is_chosen: chosen.is_some(),
            is_entered: field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)),
        }
    }

    /// Says that the system's dialog is open, while it is.
    pub fn waiting_ui(&self, ui: &mut Ui) {
        if self.system.is_open() {
            widgets::caption(ui, WAITING);
        }
    }

    fn browse(&mut self, kind: PathKind, wake: Wake) {
        let typed = PathBuf::from(self.typed.trim());
        self.system.ask(wake, move |dialog| match kind {
            PathKind::Folder => match typed.is_dir() {
                true => dialog.set_directory(typed).pick_folder(),
                false => dialog.pick_folder(),
            },
            PathKind::Archive => {
                let mut dialog = dialog.add_filter("Archives", &["tar"]);
                if let Some(folder) = typed.parent() {
                    dialog = dialog.set_directory(folder);
                }
                if let Some(name) = typed.file_name() {
                    dialog = dialog.set_file_name(name.to_string_lossy());
                }
                dialog.save_file()
            }
        });
    }
}
