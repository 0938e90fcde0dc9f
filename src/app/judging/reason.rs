//! Why an image is in the queue, once it is judged; where conflicts are settled, from the start.

use super::shown::Shown;
use crate::app::ctx::PanelCtx;
use crate::app::kit::mark::Mark;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::widgets;
use crate::dataset::{ImageId, Relevance};
use crate::judge::Judgement;
use crate::judge::queues::Reason;
use crate::workspace::Item;
use egui::{Color32, Margin, RichText, ScrollArea, Sense, Ui, vec2};

/// Side of a picture, in points.
const SIDE: f32 = 44.0;

/// Width of what one judge said, in points.
const CARD: f32 = 190.0;

/// Draws the reason for the focused image, if it has one.
pub fn show(ui: &mut Ui, shown: Shown<'_>, ctx: &mut PanelCtx<'_>) {
    let focus = shown.queue.focus();
    let (Some(item), Some(reason)) = (shown.queue.focused(), shown.queue.reason(focus)) else { return };
    if let Reason::Grades(before) = reason {
        labels_ui(ui, shown, item, before);
    } else if let Some((text, images)) = in_words(reason) {
        ui.horizontal_wrapped(|ui| {
            for image in images {
                picture_ui(ui, shown, item, image, ctx);
            }
            ui.label(RichText::new(text).color(theme::palette(ui.visuals()).text));
        });
    }
    if shown.queue.kind().is_again() && shown.queue.is_done(focus) {
        let more = if shown.queue.kind().is_adjudication() { " N gives the reason." } else { "" };
        widgets::caption(ui, format!("Press the grade again to go on, or another to change it.{more}"));
    }
}

/// A reason in words, and the images that it names.
fn in_words(reason: &Reason) -> Option<(&'static str, Vec<&ImageId>)> {
    match reason {
        Reason::Contradicted { by, .. } if by.is_empty() => {
            Some(("The ranking contradicts the label that it had.", Vec::new()))
        }
        Reason::Contradicted { by, .. } => {
            Some(("These neighbours have another label than it had.", by.iter().collect()))
        }
        Reason::Twin { image, .. } => Some(("This nearly equal image has another label than it had.", vec![image])),
        Reason::Doubt(_) => Some(("Near the boundary between relevant and not.", Vec::new())),
        Reason::Grades(_) | Reason::Member | Reason::Pooled { .. } | Reason::Again | Reason::Control => None,
    }
}

/// What every judge said, side by side, with notes and, where somebody settled it, the final grade.
fn labels_ui(ui: &mut Ui, shown: Shown<'_>, item: Item, before: &[(String, i32)]) {
    ScrollArea::horizontal().auto_shrink([false, true]).show(ui, |ui| {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GRID;
            for (judge, label) in shown.judging.labels_of(shown.session, item) {
                let before = before.iter().find(|(known, _)| known == judge).map(|(_, grade)| *grade);
                label_ui(ui, shown, judge, label, before);
            }
        });
    });
}

/// What one judge says, and `before` the list was made.
fn label_ui(ui: &mut Ui, shown: Shown<'_>, judge: &str, label: &Judgement, before: Option<i32>) {
    let palette = theme::palette(ui.visuals());
    let grade = label.grade.unwrap_or_default();
    let settles = label.is_adjudication();
    let name = if settles { format!("{judge}, finally") } else { judge.to_owned() };
    let fill = if settles { palette.selected } else { palette.raised };
    let frame = egui::Frame::new().fill(fill).corner_radius(theme::RADIUS).inner_margin(Margin::symmetric(8, 5));
    let inner = frame.show(ui, |ui| {
        ui.set_width(CARD);
        ui.spacing_mut().item_spacing.y = 1.0;
        ui.vertical(|ui| {
            ui.horizontal(|ui| {
                let mark = Mark::of((grade >= 0).then_some(Relevance(grade)), &shown.session.scale, palette);
                let (sign, _) = ui.allocate_exact_size(vec2(14.0, 14.0), Sense::hover());
                mark.paint_key(ui.painter(), sign.center(), palette);
                widgets::one_line(ui, widgets::strong_text(&name));
            });
            let unsure = if label.unsure { ", unsure" } else { "" };
            ui.label(format!("{}{unsure}", shown.session.scale.name(grade)));
            if let Some(before) = before.filter(|before| *before != grade && !settles) {
                widgets::caption(ui, format!("before: {}", shown.session.scale.name(before).to_lowercase()));
            }
            if let Some(note) = label.note.as_deref().filter(|note| !note.is_empty()) {
                ui.add(egui::Label::new(RichText::new(note).small().color(palette.weak)).wrap());
            }
        });
    });
    let said = format!("{name}: {}", shown.session.scale.name(grade).to_lowercase());
    inner.response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Label, true, &said));
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
