//! The labels of two judges, crossed. A cell opens its images.

use super::shown::Shown;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::widgets;
use crate::judge::Table;
use crate::judge::agreement::confusion;
use crate::workspace::MeasuredAgreement;
use egui::{Align2, FontId, Grid, Rect, RichText, Sense, Ui, WidgetInfo, vec2};

/// Width and height of a cell, in points.
const CELL: [f32; 2] = [72.0, 28.0];

/// The positions of the images of a query that judges graded differently.
pub fn conflicts(table: &Table, query: usize) -> Vec<usize> {
    let is_conflict = |grades: &[Option<i32>]| {
        let mut given = grades.iter().flatten();
        given.next().is_some_and(|first| given.any(|other| other != first))
    };
    let units = table.units.iter().enumerate();
    units.filter(|(_, unit)| unit.query == query && is_conflict(&unit.grades)).map(|(index, _)| index).collect()
}

/// Which two judges are compared.
pub struct ConfusionTable {
    pair: [usize; 2],
}

impl Default for ConfusionTable {
    fn default() -> Self {
        Self { pair: [0, 1] }
    }
}

impl ConfusionTable {
    /// Draws it; the images of the cell that was clicked.
    pub fn show(&mut self, ui: &mut Ui, shown: Shown<'_>, measured: &MeasuredAgreement) -> Option<Vec<usize>> {
        let judges = &measured.table.judges;
        if self.pair.iter().any(|&judge| judge >= judges.len()) {
            *self = Self::default();
        }
        widgets::section(ui, "Two judges");
        if judges.len() > 2 {
            ui.horizontal(|ui| {
                for (side, name) in [(0, "Judge of the rows"), (1, "Judge of the columns")] {
                    let other = self.pair[1 - side];
                    widgets::choices(ui, name, &judges[self.pair[side]], |ui| {
                        for (judge, text) in judges.iter().enumerate().filter(|(judge, _)| *judge != other) {
                            ui.selectable_value(&mut self.pair[side], judge, text);
                        }
                    });
                }
            });
        }
        let [a, b] = self.pair;
        let crossed = confusion(&measured.table, a, b);
        let most = crossed.counts.iter().flatten().copied().max().unwrap_or(0);
        let palette = theme::palette(ui.visuals());
        let mut asked = None;
        Grid::new("confusion").spacing(vec2(GRID, GRID)).show(ui, |ui| {
            ui.label(RichText::new(format!("{} ↓   {} →", judges[a], judges[b])).small().color(palette.weak));
            for &grade in &crossed.grades {
                ui.scope(|ui| {
                    ui.set_max_width(CELL[0]);
                    ui.add(egui::Label::new(RichText::new(shown.session.scale.name(grade)).small()).truncate());
                });
            }
            ui.end_row();
            for (row, &grade) in crossed.grades.iter().enumerate() {
                ui.label(RichText::new(shown.session.scale.name(grade)).small());
                for (column, &other) in crossed.grades.iter().enumerate() {
                    let count = crossed.counts[row][column];
                    let [said, against] = [grade, other].map(|grade| shown.session.scale.name(grade).to_lowercase());
                    let name = format!("{}: {said}, {}: {against}: {count} images", judges[a], judges[b]);
                    if cell_ui(ui, count, most, row == column, &name) {
                        asked = Some(crossed.units[row][column].clone());
                    }
                }
                ui.end_row();
            }
        });
        widgets::caption(ui, "A cell opens its images with all labels in sight.");
        asked
    }
}

/// One cell, darker the more images it has; whether it was clicked.
fn cell_ui(ui: &mut Ui, count: usize, most: usize, is_alike: bool, name: &str) -> bool {
    let palette = theme::palette(ui.visuals());
    let sense = if count > 0 { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(CELL[0], CELL[1]), sense);
    let share = count as f32 / most.max(1) as f32;
    let colour = if is_alike { palette.relevant } else { palette.irrelevant };
    let strength = if count == 0 { 0.0 } else { 0.12 + 0.38 * share };
    let painter = ui.painter();
    painter.rect_filled(rect, theme::RADIUS, palette.raised);
    painter.rect_filled(rect, theme::RADIUS, colour.gamma_multiply(strength));
    if response.hovered() || response.has_focus() {
        outline(ui, rect);
    }
    let ink = if count == 0 { palette.weak } else { palette.text };
    let font = FontId::proportional(theme::BODY);
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, widgets::count(count), font, ink);
    response.widget_info(|| WidgetInfo::labeled(egui::accesskit::Role::Button, true, name));
    let is_clicked = response.clicked();
    response.on_hover_text(name);
    is_clicked
}

fn outline(ui: &Ui, rect: Rect) {
    let stroke = egui::Stroke::new(1.5, theme::palette(ui.visuals()).accent);
    ui.painter().rect_stroke(rect, theme::RADIUS, stroke, egui::StrokeKind::Inside);
}

#[test]
fn the_images_on_which_judges_disagree_are_found() {
    let table = Table::of_rows(&[
        vec![Some(1), Some(0), Some(1), None, Some(2)],
        vec![Some(1), Some(1), None, None, Some(2)],
        vec![None, None, Some(2), Some(1), Some(2)],
    ]);
    assert_eq!(conflicts(&table, 0), [1, 2]);
    assert!(conflicts(&table, 1).is_empty());
}
