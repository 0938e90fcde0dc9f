//! How sure the comparison of the open rankings is, given who judged, as a dialog.

use super::measured::Measured;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::widgets;
use crate::eval::significance::Interval;
use crate::judge::comparison::{ByLabels, LabelComparison};
use crate::workspace::JudgingAction;
use egui::{Context, Grid, RichText, ScrollArea, Ui, vec2};

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
    table(ui, "By labels", found, rows);
    if !found.without.is_empty() {
        let without = found.without.iter().map(|by| {
            let mut row = row(by);
            row[0] = format!("without {}", by.labels);
            row
        });
        table(ui, "Without one judge", found, without.collect());
    }
    if let Some(verdict) = found.verdict() {
        ui.add_space(GRID);
        ui.label(widgets::strong_text(verdict));
    }
    ui.add_space(GRID);
    widgets::caption(ui, format!("{}.", found.method));
}

fn table(ui: &mut Ui, name: &str, found: &LabelComparison, rows: Vec<Vec<String>>) {
    let palette = theme::palette(ui.visuals());
    widgets::section(ui, name);
    let mut heading = vec!["labels".to_owned(), "queries".to_owned()];
    heading.extend(found.rankings.iter().cloned());
    if let [first, second, ..] = &found.rankings[..] {
        heading.extend([format!("{first} − {second}"), "test".to_owned()]);
    }
    Grid::new(name).num_columns(heading.len()).spacing(vec2(20.0, 4.0)).show(ui, |ui| {
        for title in &heading {
            ui.label(RichText::new(title).small().color(palette.weak));
        }
        ui.end_row();
        for row in rows {
            for cell in row {
                ui.label(cell);
            }
            ui.end_row();
        }
    });
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

fn range(interval: Option<Interval>) -> String {
    let text = |interval: Interval| format!("{} to {}", widgets::signed(interval.low), widgets::signed(interval.high));
    interval.map_or_else(String::new, text)
}
