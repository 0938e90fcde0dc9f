//! Why an image is in the queue, once it is judged.

use super::shown::Shown;
use crate::app::ctx::PanelCtx;
use crate::app::kit::mark::Mark;
use crate::app::kit::theme;
use crate::app::kit::widgets;
use crate::dataset::{ImageId, Relevance};
use crate::judge::queues::Reason;
use crate::workspace::Item;
use egui::{Color32, RichText, Sense, Ui, vec2};

/// Side of a picture, in points.
const SIDE: f32 = 44.0;

/// Draws the reason for the focused image, if it has one.
pub fn show(ui: &mut Ui, shown: Shown<'_>, ctx: &mut PanelCtx<'_>) {
    let focus = shown.queue.focus();
    let Some((text, images)) = shown.queue.reason(focus).and_then(|reason| in_words(shown, reason)) else { return };
    let Some(item) = shown.queue.focused() else { return };
    ui.horizontal_wrapped(|ui| {
        for image in images {
            picture_ui(ui, shown, item, image, ctx);
        }
        ui.label(RichText::new(text).color(theme::palette(ui.visuals()).text));
        if shown.queue.kind().is_again() {
            widgets::caption(ui, "Press the grade again to go on, or another to change it.");
        }
    });
}

/// A reason in words, and the images that it names.
fn in_words<'a>(shown: Shown<'_>, reason: &'a Reason) -> Option<(String, Vec<&'a ImageId>)> {
    let name = |grade: i32| shown.session.scale.name(grade).to_lowercase();
    match reason {
        Reason::Grades(grades) => {
            let said: Vec<String> = grades.iter().map(|(judge, grade)| format!("{judge}: {}", name(*grade))).collect();
            Some((said.join("  ·  "), Vec::new()))
        }
        Reason::Contradicted { by, .. } if by.is_empty() => {
            Some(("The ranking contradicts the label that it had.".to_owned(), Vec::new()))
        }
        Reason::Contradicted { by, .. } => {
            Some(("These neighbours have another label than it had.".to_owned(), by.iter().collect()))
        }
        Reason::Twin { image, .. } => {
            Some(("This nearly equal image has another label than it had.".to_owned(), vec![image]))
        }
        Reason::Doubt(_) => Some(("Near the boundary between relevant and not.".to_owned(), Vec::new())),
        Reason::Member | Reason::Pooled { .. } | Reason::Again => None,
    }
}

fn picture_ui(ui: &mut Ui, shown: Shown<'_>, item: Item, id: &ImageId, ctx: &mut PanelCtx<'_>) {
    let dataset = &shown.session.data.dataset;
    let candidates = &dataset.queries[item.query].candidates;
    let Some(candidate) = candidates.iter().position(|known| dataset.images[known.image].id == *id) else { return };
    let image = candidates[candidate].image;
    let palette = theme::palette(ui.visuals());
    let (rect, response) = ui.allocate_exact_size(vec2(SIDE, SIDE), Sense::hover());
    let picture = ctx.pictures.small(image, dataset.images[image].file.as_deref());
    widgets::paint_cover(ui.painter(), rect, picture, palette, Color32::WHITE);
    let grade: Option<Relevance> = shown.session.data.judgements.get(item.query, candidate);
    Mark::of(grade, &shown.session.scale, palette).paint_frame(ui.painter(), rect.shrink(1.0), 1.0);
    let name = format!("{}: {}", dataset.images[image].name(), shown.session.scale.judged(grade));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Image, true, &name));
    response.on_hover_text(name);
}
