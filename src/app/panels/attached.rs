//! Adding files of visual vectors, and taking them off again.

use crate::app::kit::{icons, widgets};
use crate::workspace::{Action, Session, Workspace};
use egui::Ui;

/// Draws the files that a person added, and the button that adds one; `true` where it is pressed.
pub fn attached_ui(ui: &mut Ui, workspace: &Workspace, session: &Session, actions: &mut Vec<Action>) -> bool {
    for source in session.data.dataset.vectors.iter().filter(|source| workspace.is_attached(&source.name)) {
        ui.horizontal(|ui| {
            let off = widgets::icon_button(ui, icons::CROSS, &format!("Take {} off the data set", source.name));
            if off.clicked() {
                actions.push(Action::DetachVectors(source.name.clone()));
            }
            let file = source.files.first().map(|file| widgets::short_path(file)).unwrap_or_default();
            widgets::caption(ui, format!("{}: {file}", source.name));
        });
    }
    let hint = "NumPy, safetensors or Parquet, by image id, from any tool";
    ui.button(format!("{}  Add a file of vectors…", icons::OPEN)).on_hover_text(hint).clicked()
}
