//! Other folders whose runs and studies are listed.

use crate::app::command::{Command, OpenAs};
use crate::app::ctx::PanelCtx;
use crate::app::kit::{icons, widgets};
use crate::workspace::SettingsAction;
use egui::Ui;

/// A button that adds a folder, and the folders that were added, each with a button that removes it from the list.
pub fn folders_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let hint = "Also list the runs and studies in another folder, such as a colleague's or a cluster's. Nothing in it is \
                changed.";
    if ui.button(format!("{}  Add folder…", icons::OPEN)).on_hover_text(hint).accessible_name("Add folder…").clicked()
    {
        ctx.command(Command::Ask(OpenAs::Folder));
    }
    for folder in &ctx.settings().folders {
        let text = folder.display().to_string();
        ui.horizontal(|ui| {
            let name = format!("Remove {text} from the list");
            if widgets::icon_button(ui, icons::CROSS, &name).clicked() {
                let others = ctx.settings().folders.iter().filter(|other| *other != folder).cloned().collect();
                ctx.act(SettingsAction::SetFolders(others));
            }
            widgets::caption(ui, widgets::short_path(folder)).on_hover_text(&text);
        });
    }
}
