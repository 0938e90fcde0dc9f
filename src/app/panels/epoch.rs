//! Which epoch of the shown run is looked at: the chip that leads back to the run itself, and choosing one along a curve.

use crate::app::ctx::PanelCtx;
use crate::app::kit::icons;
use crate::workspace::{Action, LensAction, Workspace};
use egui::{Button, EventFilter, Key, Modifiers, Response, RichText, Ui};
use egui_plot::PlotTransform;

/// Draws the epoch as a chip that goes back to the run itself; nothing while that is shown.
pub fn chip_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let workspace = ctx.workspace();
    let (Some(epoch), Some(run)) = (workspace.epochs().chosen(), workspace.training().run()) else { return };
    let text = format!("epoch {epoch} of {}", run.history.len());
    let button = Button::new(RichText::new(format!("{text}  {}", icons::CROSS)).small()).selected(true);
    let hint =
        format!("Rankings and measures are those of epoch {epoch}. Click for the run's own, {}.", run.own_epoch());
    if ui.add(button).on_hover_text(hint).accessible_name(format!("Back to the run itself from {text}")).clicked() {
        ctx.act(show(workspace, None));
    }
}

/// The action that shows an epoch of the shown run.
pub fn show(workspace: &Workspace, epoch: Option<usize>) -> Action {
    let run = workspace.training().run().map(|run| run.path.clone()).unwrap_or_default();
    LensAction::ShowEpoch { run, epoch }.into()
}

/// The action that shows the next kept epoch, or the previous one.
pub fn step(workspace: &Workspace, later: bool) -> Option<Action> {
    let next = workspace.epochs().step(workspace.shown_epoch()?, later)?;
    Some(show(workspace, Some(next)))
}

/// Lets a plot over epochs choose one: by a click, by dragging, and by the arrow keys while it has the focus.
pub fn choose(ui: &Ui, plot: &Response, transform: &PlotTransform, ctx: &mut PanelCtx<'_>) {
    let workspace = ctx.workspace();
    let epochs = workspace.epochs();
    if plot.clicked() || plot.drag_started() {
        plot.request_focus();
    }
    let is_pressed = plot.clicked() || plot.dragged_by(egui::PointerButton::Primary);
    if let Some(at) = plot.interact_pointer_pos().filter(|_| is_pressed)
        && let Some(epoch) = epochs.nearest(transform.value_from_position(at).x)
        && workspace.shown_epoch() != Some(epoch)
    {
        ctx.act(show(workspace, Some(epoch)));
    }
    if !plot.has_focus() {
        return;
    }
    // Otherwise these keys would move the focus.
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(plot.id, filter));
    // Every press counts, also of several in one frame.
    let pressed = |key: Key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
    let mut epoch = workspace.shown_epoch();
    for (key, later) in [(Key::ArrowRight, true), (Key::ArrowLeft, false)] {
        for _ in 0..pressed(key) {
            epoch = epoch.and_then(|epoch| epochs.step(epoch, later)).or(epoch);
        }
    }
    if pressed(Key::Home) > 0 {
        epoch = epochs.kept().next();
    }
    if pressed(Key::End) > 0 {
        epoch = epochs.kept().next_back();
    }
    let action = epoch.filter(|_| epoch != workspace.shown_epoch()).map(|epoch| show(workspace, Some(epoch)));
    if let Some(action) = action {
        ctx.act(action);
    }
}
