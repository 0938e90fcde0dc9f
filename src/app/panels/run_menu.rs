//! What can be done with a saved run.

use super::Panel;
use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::kit::obstacle;
use crate::study::runs::SavedRun;
use crate::workspace::{RunsAction, SettingsAction};
use egui::{Button, Ui};

/// Draws the entries of a run's menu.
pub(super) fn run_menu_ui(ui: &mut Ui, run: &SavedRun, ctx: &mut PanelCtx<'_>) {
    let workspace = ctx.workspace();
    let is_training = workspace.training().is_running();
    let is_own = is_training && workspace.training().run().is_some_and(|trained| trained.path == run.path);
    let busy = is_training.then_some("A run is in training.");
    if obstacle::add_unless(ui, busy, Button::new("Open")).clicked() {
        ctx.act(RunsAction::Open(run.path.clone()));
        ui.close();
    }
    let button = ui.button("Use these settings").on_hover_text("Load the run's settings into Tune; Ctrl+Z undoes it");
    if button.clicked() {
        ctx.act(SettingsAction::SetExperiment(Box::new(workspace.settings_of(&run.record))));
        ctx.command(Command::Show(Panel::Tune));
        ui.close();
    }
    ui.separator();
    let listed = (!workspace.can_label_run(&run.path)).then_some("Nothing is changed in folders that are only listed.");
    if obstacle::add_unless(ui, listed, Button::new("Name, note and tags…")).clicked() {
        ctx.command(Command::LabelRun(run.path.clone()));
        ui.close();
    }
    if ui.button("Export…").on_hover_text("Tables, curves, rankings and a manifest for other programs").clicked() {
        ctx.command(Command::ExportRun(run.path.clone()));
        ui.close();
    }
    ui.separator();
    let is_other = (!workspace.can_delete_run(&run.path)).then_some("Trials and runs that are only listed stay.");
    let obstacle = is_own.then_some("This run is in training: stop it first.").or(is_other);
    if obstacle::add_unless(ui, obstacle, Button::new("Delete")).clicked() {
        ctx.act(RunsAction::Delete(run.path.clone()));
        ui.close();
    }
}
