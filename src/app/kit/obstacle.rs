//! Controls that are greyed out, and why.

use super::theme;
use egui::{Response, RichText, Ui, Widget};

/// Adds a widget, greyed out if there is an obstacle, which its tooltip then gives.
pub fn add_unless(ui: &mut Ui, obstacle: Option<&str>, widget: impl Widget) -> Response {
    let response = ui.add_enabled(obstacle.is_none(), widget);
    match obstacle {
        Some(reason) => response.on_disabled_hover_text(reason),
        None => response,
    }
}

/// Like [`add_unless`], for several widgets.
pub fn enabled_unless<R>(ui: &mut Ui, obstacle: Option<&str>, body: impl FnOnce(&mut Ui) -> R) -> R {
    let added = ui.add_enabled_ui(obstacle.is_none(), body);
    if let Some(reason) = obstacle
        && added.response.container_contains_pointer()
    {
        added.response.show_tooltip_text(reason);
    }
    added.inner
}

/// Why something cannot be done, as a line of text.
pub fn obstacle_line(ui: &mut Ui, obstacle: &str) -> Response {
    let palette = theme::palette(ui.visuals());
    ui.add(egui::Label::new(RichText::new(obstacle).small().color(palette.warning)).wrap())
}
