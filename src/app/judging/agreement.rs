//! How far the judges agree, as a dialog.

use super::confusion::{self, ConfusionTable};
use super::measured::{Measured, range, table};
use super::shown::Shown;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::widgets;
use crate::judge::agreement::{Consistency, OfQuery};
use crate::workspace::{Judging, JudgingAction, MeasuredAgreement};
use egui::{Context, Grid, RichText, ScrollArea, Ui, vec2};

/// The dialog.
#[derive(Default)]
pub struct AgreementDialog {
    is_open: bool,
    confusion: ConfusionTable,
}

impl AgreementDialog {
    /// Opens it, and measures again if labels have changed.
    pub fn open(&mut self, judging: &Judging, ctx: &mut PanelCtx<'_>) {
        self.is_open = true;
        if judging.agreement().is_none() || judging.is_agreement_stale() {
            ctx.act(JudgingAction::MeasureAgreement);
        }
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Draws it, if it is open.
    pub fn show(&mut self, egui: &Context, shown: Shown<'_>, ctx: &mut PanelCtx<'_>) {
        if self.is_open {
            self.is_open = !show(egui, shown, &mut self.confusion, ctx);
        }
    }
}

/// Draws the dialog; `true` once it is closed.
fn show(egui: &Context, shown: Shown<'_>, confusion: &mut ConfusionTable, ctx: &mut PanelCtx<'_>) -> bool {
    let judging = shown.judging;
    let mut units = None;
    let dialog = Measured {
        title: "Agreement of the judges",
        about: "",
        width: 560.0,
        found: judging.agreement(),
        is_running: judging.is_measuring(),
        is_stale: judging.is_agreement_stale(),
        missing: "Agreement needs labels of two judges; the data set's own files count as one.",
    };
    let asked = dialog.show(egui, |ui, measured| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            coefficients_ui(ui, measured);
            judges_ui(ui, measured);
            grades_ui(ui, shown, measured);
            units = confusion.show(ui, shown, measured);
            units = queries_ui(ui, shown, measured).or(units.take());
            ui.add_space(GRID);
            widgets::caption(ui, format!("Intervals of 95 %: {}.", measured.intervals.method));
        });
    });
    if asked.again {
        ctx.act(JudgingAction::MeasureAgreement);
    }
    let is_asked = units.is_some();
    if let Some(units) = units {
        ctx.act(JudgingAction::Adjudicate(units));
    }
    is_asked || asked.close
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), widgets::signed)
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
        let [a, b] = [pair.judges.0, pair.judges.1].map(|judge| &measured.table.judges[judge]);
        let name = format!("Cohen's κ, {a} and {b} ({} images)", widgets::count(pair.images));
        rows.push(vec![name, number(pair.plain), range(interval.plain)]);
    }
    table(ui, "Coefficients", &["", "value", "interval"], rows);
}

fn judges_ui(ui: &mut Ui, measured: &MeasuredAgreement) {
    let of = |one: &Consistency| match one.images {
        0 => "–".to_owned(),
        images => format!("{} of {}", widgets::count(one.same), widgets::count(images)),
    };
    let checks = measured.consistency.iter().zip(&measured.controls);
    let rows = measured.agreement.judges.iter().zip(checks).map(|(judge, (again, controls))| {
        vec![
            judge.judge.clone(),
            widgets::count(judge.images),
            number(judge.agreement),
            number(judge.mean_grade),
            number(judge.alpha_without),
            of(again),
            of(controls),
        ]
    });
    let head = ["judge", "images", "agreement", "mean grade", "α of the others", "same again", "on controls"];
    table(ui, "Judges", &head, rows);
}

fn grades_ui(ui: &mut Ui, shown: Shown<'_>, measured: &MeasuredAgreement) {
    let rows = measured.agreement.grades.iter().map(|grade| {
        let name = shown.session.scale.name(grade.grade);
        vec![name, widgets::decimal(grade.prevalence), number(grade.agreement)]
    });
    table(ui, "Grades", &["grade", "share of labels", "agreement"], rows);
}

/// The judges on each query, worst first; a click asks for the images on which they disagree.
fn queries_ui(ui: &mut Ui, shown: Shown<'_>, measured: &MeasuredAgreement) -> Option<Vec<usize>> {
    let palette = theme::palette(ui.visuals());
    let mut queries: Vec<_> = measured.agreement.queries.iter().enumerate().filter(|(_, one)| one.images > 0).collect();
    let low = |of: &OfQuery| of.agreement.unwrap_or(f64::INFINITY);
    queries.sort_by(|(_, a), (_, b)| low(a).total_cmp(&low(b)));
    let known = &shown.session.data.dataset.queries;
    let mut asked = None;
    widgets::section(ui, "Queries");
    Grid::new("agreement by query").num_columns(5).spacing(vec2(24.0, 3.0)).show(ui, |ui| {
        for title in ["query", "images", "agreement", "α", ""] {
            ui.label(RichText::new(title).small().color(palette.weak));
        }
        ui.end_row();
        for (index, of) in queries {
            let text = known.iter().find(|query| query.id.as_str() == of.query).map(|query| query.text.as_str());
            ui.scope(|ui| {
                ui.set_max_width(220.0);
                ui.add(egui::Label::new(text.unwrap_or(&of.query)).truncate());
            });
            ui.label(widgets::count(of.images));
            ui.label(number(of.agreement));
            ui.label(number(of.alpha));
            let units = confusion::conflicts(&measured.table, index);
            if !units.is_empty() {
                let name = format!("Settle {}", text.unwrap_or(&of.query));
                let button = egui::Button::new(format!("Settle {}", widgets::count(units.len()))).small();
                if ui.add(button).accessible_name(name).clicked() {
                    asked = Some(units);
                }
            }
            ui.end_row();
        }
    });
    asked
}
