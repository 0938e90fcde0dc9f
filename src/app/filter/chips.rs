//! The filter as chips.

use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::judge::Scale;
use crate::workspace::{Condition, Filter, FilterAction, Workspace};
use egui::{RichText, Ui};

/// How many images pass the filter, of how many: of the current query, or of the list at the judge's desk.
pub fn counts(workspace: &Workspace, at_desk: bool) -> Option<[usize; 2]> {
    let passing = workspace.passing()?;
    match at_desk {
        true => workspace.judging().filtered(),
        false => Some([passing.count, passing.is_shown.len()]),
    }
}

/// Draws each condition of the filter as a chip that takes it off, and how many images pass; nothing without a filter.
pub fn chips_ui(ui: &mut Ui, at_desk: bool, ctx: &mut PanelCtx<'_>) {
    let workspace = ctx.workspace();
    let filter = workspace.filter();
    if filter.is_empty() {
        return;
    }
    let Some(scale) = workspace.session().map(|session| &session.scale) else { return };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = GRID;
        for condition in filter.conditions() {
            let text = in_words(filter, condition, scale);
            let button = egui::Button::new(RichText::new(format!("{text}  {}", icons::CROSS)).small()).truncate();
            let name = format!("Clear filter: {text}");
            if ui.add(button).on_hover_text("Show images without this condition").accessible_name(name).clicked() {
                ctx.act(FilterAction::Without(condition));
            }
        }
        if let Some(counts) = counts(workspace, at_desk) {
            let [count, all] = counts.map(widgets::count);
            widgets::caption(ui, format!("{count} of {all} images"));
        }
    });
}

/// Draws the button that opens the dialog.
pub fn button_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let is_on = !ctx.workspace().filter().is_empty();
    let colour = if is_on { theme::palette(ui.visuals()).accent } else { theme::palette(ui.visuals()).text };
    let button = egui::Button::new(RichText::new(icons::FILTER).color(colour));
    if ui.add(button).on_hover_text("Filter images… (Ctrl+Shift+F)").accessible_name("Filter images…").clicked() {
        ctx.command(Command::ToggleFilter);
    }
}

/// A condition in a few words.
pub fn in_words(filter: &Filter, condition: Condition, scale: &Scale) -> String {
    let range = |low: String, high: String| if low == high { low } else { format!("{low} to {high}") };
    match condition {
        Condition::Text => format!("“{}”", filter.text.trim()),
        Condition::Grades => {
            let name = |grade: &Option<i32>| match grade {
                Some(grade) => scale.name(*grade).to_lowercase(),
                None => "not judged".to_owned(),
            };
            filter.grades.iter().map(name).collect::<Vec<_>>().join(" or ")
        }
        Condition::Judge => filter.judge.as_ref().map_or_else(String::new, |by| match by.is_judged {
            true => format!("judged by {}", by.name),
            false => format!("not judged by {}", by.name),
        }),
        Condition::Column => filter
            .column
            .as_ref()
            .map_or_else(String::new, |column| format!("{}: “{}”", column.column, column.text.trim())),
        Condition::Between => filter.between.as_ref().map_or_else(String::new, |between| {
            format!("{} {}", between.signal, range(short(between.low), short(between.high)))
        }),
        Condition::Ranks => filter.ranks.map_or_else(String::new, |ranks| {
            format!("ranks {}", range(ranks.first.to_string(), ranks.last.to_string()))
        }),
        Condition::Chosen => {
            let count = filter.chosen.as_ref().map_or(0, |chosen| chosen.candidates.len());
            format!("{} picked out", widgets::count(count))
        }
    }
}

/// A value with three digits after the point at most.
fn short(value: f32) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::{Between, ByJudge, Chosen, InColumn, Ranks};

    #[test]
    fn every_condition_has_words() {
        let filter = Filter {
            grades: [None, Some(0)].into(),
            judge: Some(ByJudge { name: "ann".to_owned(), is_judged: false }),
            text: " owl ".to_owned(),
            column: Some(InColumn { column: "author".to_owned(), text: "lee".to_owned() }),
            between: Some(Between { signal: "bm25".to_owned(), low: 0.5, high: 12.0 }),
            ranks: Some(Ranks { first: 7, last: 7 }),
            chosen: Some(Chosen { query: 0, candidates: [1, 2].into() }),
        };
        let words: Vec<String> =
            filter.conditions().map(|condition| in_words(&filter, condition, &Scale::default())).collect();
        let expected = [
            "“owl”",
            "not judged or not relevant",
            "not judged by ann",
            "author: “lee”",
            "bm25 0.5 to 12",
            "ranks 7",
            "2 picked out",
        ];
        assert_eq!(words, expected);
        assert_eq!([short(-0.0001), short(1.0), short(0.1234)], ["0", "1", "0.123"]);
    }
}
