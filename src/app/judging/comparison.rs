//! How sure the comparison of the open rankings is, given who judged, as a dialog.

use super::measured::{Measured, range, table};
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::GRID;
use crate::app::kit::widgets;
use crate::judge::comparison::{ByLabels, LabelComparison};
use crate::workspace::JudgingAction;
use egui::{Context, ScrollArea, Ui};

/// The dialog.
#[derive(Default)]
pub struct ComparisonDialog {
    is_open: bool,
}

impl ComparisonDialog {
    /// Opens it, and measures again if labels have changed.
    pub fn open(&mut self, ctx: &mut PanelCtx<'_>) {
        self.is_open = true;
        if ctx.workspace().judging().comparison().is_none() || ctx.workspace().is_comparison_stale() {
            ctx.act(JudgingAction::MeasureComparison);
        }
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Draws it, if it is open.
    pub fn show(&mut self, egui: &Context, ctx: &mut PanelCtx<'_>) {
        if !self.is_open {
            return;
        }
        let judging = ctx.workspace().judging();
        let dialog = Measured {
            title: "Comparison of the rankings",
            about: "Mean average precision by whose labels it is measured: does a ranking win whoever judges?",
            width: 860.0,
            found: judging.comparison(),
            is_running: judging.is_comparing(),
            is_stale: ctx.workspace().is_comparison_stale(),
            missing: "A comparison needs labels of a judge; the data set's own files count as one.",
        };
        let asked = dialog.show(egui, |ui, measured| {
            ScrollArea::both().auto_shrink([false, false]).show(ui, |ui| tables_ui(ui, &measured.comparison));
        });
        if asked.again {
            ctx.act(JudgingAction::MeasureComparison);
        }
        self.is_open = !asked.close;
    }
}

fn tables_ui(ui: &mut Ui, found: &LabelComparison) {
    let mut rows: Vec<Vec<String>> = found.labels.iter().map(row).collect();
    if let Some(over) = &found.over_judges {
        let mut row = vec!["over judges and queries".to_owned(), String::new()];
        row.extend(over.intervals.iter().map(|interval| range(*interval)));
        row.extend([range(over.difference), String::new()]);
        rows.push(row);
    }
    let heading = heading(found);
    let heading: Vec<&str> = heading.iter().map(String::as_str).collect();
    table(ui, "By labels", &heading, rows);
    if !found.without.is_empty() {
        let without = found.without.iter().map(|by| {
            let mut row = row(by);
            row[0] = format!("without {}", by.labels);
            row
        });
        table(ui, "Without one judge", &heading, without);
    }
    if let Some(verdict) = found.verdict() {
        ui.add_space(GRID);
        ui.label(widgets::strong_text(verdict));
    }
    ui.add_space(GRID);
    widgets::caption(ui, format!("{}.", found.method));
}

/// The headings of both tables.
fn heading(found: &LabelComparison) -> Vec<String> {
    let mut heading = vec!["labels".to_owned(), "queries".to_owned()];
    heading.extend(found.rankings.iter().cloned());
    if let [first, second, ..] = &found.rankings[..] {
        heading.extend([format!("{first} − {second}"), "test".to_owned()]);
    }
    heading
}

fn row(by: &ByLabels) -> Vec<String> {
    let mut row = vec![by.labels.clone(), widgets::count(by.queries)];
    for (mean, interval) in by.means.iter().zip(&by.intervals) {
        row.push(format!("{}\n{}", mean.map_or_else(|| "–".to_owned(), widgets::decimal), range(*interval)));
    }
    if let Some(found) = by.difference {
        row.push(format!("{}\n{}", widgets::signed(found.difference), range(found.interval)));
        row.push(found.p.map_or_else(String::new, widgets::probability));
    }
    row
}
