//! What would be otherwise: the rank without some parts, or with another number of neighbours.

use super::shown::{Shown, weak};
use crate::app::ctx::PanelCtx;
use crate::app::kit::{icons, theme, widgets};
use crate::model::Source;
use crate::train::{Changes, NamedPart, Place};
use crate::workspace::ExplainAction;
use egui::{DragValue, RichText, Ui};

/// The most neighbours that can be tried.
const MOST_NEIGHBOURS: usize = 300;
/// Width that the hint at the toggles needs.
const HINT: f32 = 160.0;

/// Draws the number of neighbours, and what the changes made so far come to.
pub(super) fn show(ui: &mut Ui, shown: &Shown<'_>, ctx: &mut PanelCtx<'_>) {
    let changes = &shown.request.changes;
    ui.horizontal_wrapped(|ui| {
        if let Some(own) = shown.found.k {
            let mut k = changes.neighbours.unwrap_or(own);
            ui.label(weak(ui, "Neighbours"));
            let most = MOST_NEIGHBOURS.max(own);
            let value = ui.add(DragValue::new(&mut k).range(1..=most).speed(0.1));
            value.clone().on_hover_text(format!("Rank again with another number of neighbours; the run has {own}"));
            value.widget_info(|| egui::WidgetInfo::drag_value(true, k as f64));
            let neighbours = (k != own).then_some(k);
            if neighbours != changes.neighbours {
                ctx.act(ExplainAction::Change(Box::new(Changes { neighbours, ..changes.clone() })));
            }
        }
        if changes.is_empty() && ui.available_width() > HINT {
            ui.label(weak(ui, format!("{}  ranks again without a part", icons::LEAVE_OUT)));
        } else if !changes.is_empty() && ui.button("As it was").on_hover_text("Undo all changes").clicked() {
            ctx.act(ExplainAction::Change(Box::default()));
        }
    });
    if changes.is_empty() {
        return;
    }
    let palette = theme::palette(ui.visuals());
    let known = shown.found.changed.filter(|_| shown.found.request.changes == *changes);
    let (text, colour) = match &known {
        Some(changed) => {
            let now = &shown.found.place;
            (format!("{}: {}", named(shown, changes), moved(now, changed)), gain(now, changed, palette))
        }
        None => (format!("{}: …", named(shown, changes)), palette.weak),
    };
    ui.add(egui::Label::new(RichText::new(text).color(colour)).wrap());
}

/// Changes in words.
fn named(shown: &Shown<'_>, changes: &Changes) -> String {
    let image = |&candidate: &usize| shown.image(candidate).1.to_owned();
    let mut without: Vec<String> = shown
        .found
        .explanation
        .parts
        .iter()
        .filter(|part| changes.inputs.contains(&part.source))
        .map(|part| part.name.clone())
        .collect();
    without.extend(changes.images.iter().map(image));
    without.extend(changes.edges.iter().map(|candidate| format!("the edge to {}", image(candidate))));
    let mut text = if without.is_empty() { String::new() } else { format!("Without {}", list(&without)) };
    if let Some(k) = changes.neighbours {
        text += &if text.is_empty() { format!("With {k} neighbours") } else { format!(", with {k} neighbours") };
    }
    text
}

fn list(names: &[String]) -> String {
    match names {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        names => names.concat(),
    }
}

/// `rank 3 → 9, AP .812 → .781`.
fn moved(now: &Place, then: &Place) -> String {
    let mut text = match now.rank == then.rank && now.of == then.of {
        true => format!("still rank {}", now.rank),
        false if now.of == then.of => format!("rank {} → {}", now.rank, then.rank),
        false => format!("rank {} → {} of {}", now.rank, then.rank, then.of),
    };
    if let (Some(now), Some(then)) = (now.average_precision, then.average_precision) {
        text += &format!(", AP {} → {}", widgets::decimal(now), widgets::decimal(then));
    }
    text
}

fn gain(now: &Place, then: &Place, palette: &theme::Palette) -> egui::Color32 {
    match then.rank.cmp(&now.rank) {
        std::cmp::Ordering::Less => palette.relevant,
        std::cmp::Ordering::Greater => palette.irrelevant,
        std::cmp::Ordering::Equal => palette.text,
    }
}

/// The toggles of a part's row.
pub(super) fn toggles_ui(ui: &mut Ui, shown: &Shown<'_>, part: &NamedPart, ctx: &mut PanelCtx<'_>) {
    let changes = &shown.request.changes;
    let name = shown.name(part);
    match part.source {
        Source::Bias => {}
        Source::Feature(_) | Source::Component(_) => {
            let hint = format!("Without {name}: as if it were the query's mean");
            toggle(
                ui,
                icons::LEAVE_OUT,
                changes.inputs.contains(&part.source),
                &hint,
                ctx,
                |changes| {
                    flip(&mut changes.inputs, part.source);
                },
                changes,
            );
        }
        Source::Neighbour(image) | Source::Feedback(image) => {
            if image != shown.request.image {
                let hint = format!("Without {name}: as if it were not among the candidates");
                toggle(
                    ui,
                    icons::LEAVE_OUT,
                    changes.images.contains(&image),
                    &hint,
                    ctx,
                    |changes| {
                        flip(&mut changes.images, image);
                    },
                    changes,
                );
            }
            if matches!(part.source, Source::Neighbour(_)) && shown.found.neighbours.contains(&image) {
                let hint = format!("Without the edge to {name}");
                toggle(
                    ui,
                    icons::CUT,
                    changes.edges.contains(&image),
                    &hint,
                    ctx,
                    |changes| {
                        flip(&mut changes.edges, image);
                    },
                    changes,
                );
            }
        }
    }
}

fn flip<T: Ord>(set: &mut std::collections::BTreeSet<T>, value: T) {
    if !set.remove(&value) {
        set.insert(value);
    }
}

fn toggle(
    ui: &mut Ui,
    icon: &str,
    is_on: bool,
    name: &str,
    ctx: &mut PanelCtx<'_>,
    flip: impl FnOnce(&mut Changes),
    changes: &Changes,
) {
    let palette = theme::palette(ui.visuals());
    let colour = if is_on { palette.accent } else { palette.weak };
    let button = egui::Button::selectable(is_on, RichText::new(icon).size(14.0).color(colour));
    if ui.add(button).on_hover_text(name).accessible_name(name).clicked() {
        let mut changes = changes.clone();
        flip(&mut changes);
        ctx.act(ExplainAction::Change(Box::new(changes)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_are_told_in_short() {
        let place = |rank, of, average_precision| Place { rank, of, score: 0.0, average_precision };
        assert_eq!(moved(&place(3, 40, Some(0.8125)), &place(9, 40, Some(0.78))), "rank 3 → 9, AP .812 → .780");
        assert_eq!(moved(&place(3, 40, None), &place(3, 40, None)), "still rank 3");
        assert_eq!(moved(&place(3, 40, None), &place(3, 39, None)), "rank 3 → 3 of 39");
        assert_eq!(list(&["a", "b", "c"].map(str::to_owned)), "a, b and c");
        assert_eq!(list(&["a".to_owned()]), "a");
    }
}
