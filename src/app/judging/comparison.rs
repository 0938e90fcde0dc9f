//! How sure the comparison of the open rankings is, given who judged, as a dialog.

use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::widgets;
use crate::eval::significance::Interval;
use crate::judge::comparison::{ByLabels, LabelComparison};
use crate::workspace::JudgingAction;
use egui::{Context, Grid, Id, Modal, RichText, ScrollArea, Ui, vec2};

/// Draws the dialog; `true` once it is closed.
pub fn show(egui: &Context, ctx: &mut PanelCtx<'_>) -> bool {
    let judging = ctx.workspace().judging();
    let modal = Modal::new(Id::unique("comparison")).show(egui, |ui| {
        let content = ui.ctx().content_rect().size();
        let size = vec2((content.x - 80.0).clamp(300.0, 860.0), (content.y - 170.0).clamp(160.0, 520.0));
        ui.set_width(size.x);
        ui.label(RichText::new("Comparison of the rankings").heading());
        widgets::caption(
            ui,
            "Mean average precision by whose labels it is measured: does a ranking win whoever judges?",
        );
        ui.allocate_ui(size, |ui| {
            ui.set_min_size(size);
            if judging.is_comparing() {
                ui.horizontal(|ui| {
                    ui.spinner();
                    ui.label("Measuring, with intervals…");
                });
            } else if let Some(measured) = judging.comparison() {
                ScrollArea::both().auto_shrink([false, false]).show(ui, |ui| tables_ui(ui, &measured.comparison));
            } else {
                ui.label("A comparison needs labels of a judge; the data set's own files count as one.");
            }
        });
        ui.add_space(GRID);
        ui.horizontal(|ui| {
            if ctx.workspace().is_comparison_stale() && ui.button("Measure again").clicked() {
                ctx.act(JudgingAction::MeasureComparison);
            }
            if ui.button("Close").clicked() {
                ui.close();
            }
        });
    });
    modal.should_close()
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
