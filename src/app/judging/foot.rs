//! The grades and their keys, and what the judge should know.

use super::keys::{self, Asked};
use super::painted::Painted;
use super::shown::Shown;
use super::{reason, tile};
use crate::app::ctx::PanelCtx;
use crate::app::kit::mark::Mark;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::widgets;
use crate::dataset::Relevance;
use crate::judge::CANT_TELL;
use egui::{Align, Layout, Margin, Response, RichText, Sense, Ui, vec2};

/// Draws the foot; returns its height in points.
pub fn show(ui: &mut Ui, shown: Shown<'_>, painted: &Painted, ctx: &mut PanelCtx<'_>) -> f32 {
    let palette = theme::palette(ui.visuals());
    let frame = egui::Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(12, 6));
    let foot = egui::Panel::bottom("judging foot").frame(frame).show_separator_line(false).show(ui, |ui| {
        reason::show(ui, shown, ctx);
        ui.horizontal_wrapped(|ui| {
            for grade in shown.session.scale.grades() {
                let mark = Mark::of(Some(Relevance(grade.grade)), &shown.session.scale, palette);
                let (sign, _) = ui.allocate_exact_size(vec2(14.0, 14.0), Sense::hover());
                mark.paint_key(ui.painter(), sign.center(), palette);
                if grade_ui(ui, &grade.key, &grade.name).clicked() {
                    judge(Some(grade.grade), shown, painted, ctx);
                }
            }
            if grade_ui(ui, "X", "Can't tell").clicked() {
                judge(Some(CANT_TELL), shown, painted, ctx);
            }
            state_ui(ui, shown, painted);
        });
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0 * GRID;
            for (key, what) in keys::HINTS {
                hint_ui(ui, key, what);
            }
        });
    });
    foot.response.rect.height()
}

fn judge(grade: Option<i32>, shown: Shown<'_>, painted: &Painted, ctx: &mut PanelCtx<'_>) {
    if let Asked::Act(action) = keys::judged(grade, false, shown.queue, painted) {
        ctx.act(action);
    }
}

fn grade_ui(ui: &mut Ui, key: &str, name: &str) -> Response {
    let button = egui::Button::new(name).shortcut_text(RichText::new(key).monospace());
    ui.add(button).accessible_name(name)
}

fn hint_ui(ui: &mut Ui, key: &str, what: &str) {
    let palette = theme::palette(ui.visuals());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GRID;
        ui.label(RichText::new(key).font(theme::strong(theme::SMALL)).color(palette.text));
        ui.label(RichText::new(what).small().color(palette.weak));
    });
}

/// How many images are judged together, and how many of them one does not see.
fn together(shown: Shown<'_>, painted: &Painted) -> String {
    let selected = shown.queue.selected();
    let unseen = selected.iter().filter(|&&position| !painted.was(shown.queue.items()[position])).count();
    let text = format!("{} images are judged together", widgets::count(selected.len()));
    if unseen > 0 { format!("{text}, {} of them off screen", widgets::count(unseen)) } else { text }
}

/// The selection, what was said of the focused image, and the notice.
fn state_ui(ui: &mut Ui, shown: Shown<'_>, painted: &Painted) {
    let palette = theme::palette(ui.visuals());
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if let Some(notice) = shown.judging.notice() {
            let colour = if shown.judging.is_failing() { palette.warning } else { palette.text };
            widgets::one_line(ui, RichText::new(notice).color(colour));
            return;
        }
        let selected = shown.queue.selected().len();
        let text = match (selected, shown.queue.focused()) {
            (2.., _) => together(shown, painted),
            (_, Some(_)) => tile::said(shown, shown.label(shown.queue.focus())),
            (_, None) => "No images".to_owned(),
        };
        widgets::one_line(ui, RichText::new(text).color(palette.weak));
    });
}
