//! How far the judges agree, as a dialog.

use super::shown::Shown;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::widgets;
use crate::eval::significance::Interval;
use crate::workspace::{JudgingAction, MeasuredAgreement};
use egui::{Context, Grid, Id, Modal, RichText, ScrollArea, Ui, vec2};

/// Draws the dialog; `true` once it is closed.
pub fn show(egui: &Context, shown: Shown<'_>, ctx: &mut PanelCtx<'_>) -> bool {
    let judging = shown.judging;
    let modal = Modal::new(Id::unique("agreement")).show(egui, |ui| {
        // The same size before and after measuring, or the result would have no room.
        let size = vec2(560.0, (ui.ctx().content_rect().height() - 170.0).clamp(160.0, 520.0));
        ui.set_width(size.x);
        ui.label(RichText::new("Agreement of the judges").heading());
        ui.allocate_ui(size, |ui| {
            ui.set_min_size(size);
            if judging.is_measuring() {
                ui.horizontal(|ui| {
                    ui.spinner();
                    ui.label("Measuring, with intervals…");
                });
            } else if let Some(measured) = judging.agreement() {
                ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                    coefficients_ui(ui, measured);
                    judges_ui(ui, measured);
                    grades_ui(ui, shown, measured);
                    ui.add_space(GRID);
                    widgets::caption(ui, format!("Intervals of 95 %: {}.", measured.intervals.method));
                });
            } else {
                ui.label("Agreement needs labels of two judges; the data set's own files count as one.");
            }
        });
        ui.add_space(GRID);
        ui.horizontal(|ui| {
            if judging.is_agreement_stale() && ui.button("Measure again").clicked() {
                ctx.act(JudgingAction::MeasureAgreement);
            }
            if ui.button("Close").clicked() {
                ui.close();
            }
        });
    });
    modal.should_close()
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), widgets::signed)
}

fn range(interval: Option<Interval>) -> String {
    let text = |interval: Interval| format!("{} to {}", widgets::signed(interval.low), widgets::signed(interval.high));
    interval.map_or_else(String::new, text)
}

fn table(ui: &mut Ui, name: &str, head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    let palette = theme::palette(ui.visuals());
    widgets::section(ui, name);
    Grid::new(name).num_columns(head.len()).spacing(egui::vec2(24.0, 3.0)).show(ui, |ui| {
        for title in head {
            ui.label(RichText::new(*title).small().color(palette.weak));
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

fn coefficients_ui(ui: &mut Ui, measured: &MeasuredAgreement) {
    let (one, over) = (&measured.agreement.coefficients, &measured.intervals.over_queries);
    let mut rows: Vec<Vec<String>> = [
        ("Krippendorff's α, nominal", one.krippendorff.nominal, over.krippendorff.nominal),
        ("Krippendorff's α, ordinal", one.krippendorff.ordinal, over.krippendorff.ordinal),
        ("Krippendorff's α, interval", one.krippendorff.interval, over.krippendorff.interval),
        ("Fleiss' κ", one.fleiss, over.fleiss),
        ("Gwet's AC1", one.gwet.ac1, over.gwet.ac1),
        ("Gwet's AC2, quadratic", one.gwet.ac2_quadratic, over.gwet.ac2_quadratic),
        ("Raw agreement", one.raw, over.raw),
    ]
    .into_iter()
    .map(|(name, value, interval)| vec![name.to_owned(), number(value), range(interval)])
    .collect();
    for (pair, interval) in one.cohen.iter().zip(&over.cohen) {
        let [a, b] = [pair.judges.0, pair.judges.1].map(|judge| &measured.judges[judge]);
        let name = format!("Cohen's κ, {a} and {b} ({} images)", widgets::count(pair.images));
        rows.push(vec![name, number(pair.plain), range(interval.plain)]);
    }
    table(ui, "Coefficients", &["", "value", "interval"], rows);
}

fn judges_ui(ui: &mut Ui, measured: &MeasuredAgreement) {
    let rows = measured.agreement.judges.iter().map(|judge| {
        let images = widgets::count(judge.images);
        vec![
            judge.judge.clone(),
            images,
            number(judge.agreement),
            number(judge.mean_grade),
            number(judge.alpha_without),
        ]
    });
    table(ui, "Judges", &["judge", "images", "agreement", "mean grade", "α of the others"], rows);
}

fn grades_ui(ui: &mut Ui, shown: Shown<'_>, measured: &MeasuredAgreement) {
    let rows = measured.agreement.grades.iter().map(|grade| {
        let name = shown.session.scale.name(grade.grade);
        vec![name, widgets::decimal(grade.prevalence), number(grade.agreement)]
    });
    table(ui, "Grades", &["grade", "share of labels", "agreement"], rows);
}
