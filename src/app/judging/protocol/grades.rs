//! The grades of a protocol: names, colours and keys.

use crate::app::ctx::PanelCtx;
use crate::app::kit::mark::{Mark, Shape};
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::widgets;
use crate::judge::{Colour, DESK_KEYS, Grade};
use egui::{Sense, TextEdit, Ui, vec2};

/// The most grades that the dialog adds.
const MOST: usize = 10;

/// Draws the grades; those in use cannot be changed.
pub fn show(ui: &mut Ui, is_in_use: &mut bool, grades: &mut Vec<Grade>, ctx: &PanelCtx<'_>) {
    widgets::section(ui, "Grades");
    ui.checkbox(is_in_use, "Those in use").on_hover_text("Not relevant and relevant, or more if the labels have more");
    ui.add_enabled_ui(!*is_in_use, |ui| {
        for grade in grades.iter_mut() {
            grade_ui(ui, grade);
        }
        ui.horizontal(|ui| {
            if ui.add_enabled(grades.len() < MOST, egui::Button::new("Add grade")).clicked() {
                grades.push(next(grades));
            }
            let last = grades.last().map_or(0, |grade| grade.grade);
            let name = format!("Remove grade {last}");
            if ui.add_enabled(grades.len() > 2, egui::Button::new(name)).clicked() {
                grades.pop();
            }
        });
    });
    let in_use = ctx.session().map(|session| session.summary.judgements.keys().copied().collect::<Vec<_>>());
    let missing: Vec<String> = in_use
        .unwrap_or_default()
        .into_iter()
        .filter(|grade| !*is_in_use && grades.iter().all(|known| known.grade != *grade))
        .map(|grade| grade.to_string())
        .collect();
    if !missing.is_empty() {
        widgets::caption(ui, format!("Labels have other grades, too, which stay as they are: {}.", missing.join(", ")));
    }
}

fn grade_ui(ui: &mut Ui, grade: &mut Grade) {
    let palette = theme::palette(ui.visuals());
    let number = grade.grade;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0 * GRID;
        ui.add_sized(vec2(16.0, theme::ROW), egui::Label::new(number.to_string()));
        let shape = if number > 0 { Shape::Tick } else { Shape::Cross };
        let (sign, _) = ui.allocate_exact_size(vec2(14.0, 14.0), Sense::hover());
        Mark { shape, colour: palette.grade(grade.colour) }.paint_key(ui.painter(), sign.center(), palette);
        let field = TextEdit::singleline(&mut grade.name).char_limit(40).desired_width(200.0);
        ui.add(field).accessible_name(format!("Name of grade {number}"));
        widgets::choices(ui, &format!("Colour of grade {number}"), grade.colour.name(), |ui| {
            for colour in Colour::ALL {
                ui.horizontal(|ui| {
                    let (swatch, _) = ui.allocate_exact_size(vec2(12.0, 12.0), Sense::hover());
                    ui.painter().rect_filled(swatch, 2, palette.grade(colour));
                    ui.selectable_value(&mut grade.colour, colour, colour.name());
                });
            }
        });
        widgets::caption(ui, "Key");
        let field = TextEdit::singleline(&mut grade.key).char_limit(1).desired_width(32.0);
        if ui.add(field).accessible_name(format!("Key of grade {number}")).changed() {
            grade.key.make_ascii_uppercase();
        }
    });
}

/// A further grade with a colour and a key that no other has.
fn next(grades: &[Grade]) -> Grade {
    let number = grades.last().map_or(0, |grade| grade.grade + 1);
    let colours = [Colour::Green, Colour::Sky, Colour::Blue, Colour::Orange, Colour::Purple, Colour::Yellow];
    let free_colour = colours.into_iter().find(|colour| grades.iter().all(|grade| grade.colour != *colour));
    let is_free =
        |key: &String| grades.iter().all(|grade| grade.key != *key) && DESK_KEYS.iter().all(|(taken, _)| taken != key);
    let keys = ('0'..='9').chain('A'..='Z').map(String::from);
    let usual = Grade::new(number, &format!("Grade {number}"));
    let own = Some(usual.key.clone()).filter(|key| key.len() == 1 && is_free(key));
    Grade {
        colour: free_colour.unwrap_or(usual.colour),
        key: own.or_else(|| keys.into_iter().find(is_free)).unwrap_or_default(),
        ..usual
    }
}

#[test]
fn a_further_grade_clashes_with_no_other() {
    let mut grades = vec![Grade::new(0, "No"), Grade { key: "2".into(), ..Grade::new(1, "Yes") }];
    while grades.len() < MOST {
        grades.push(next(&grades));
    }
    assert_eq!((grades[2].key.as_str(), grades[2].colour), ("1", Colour::Sky));
    assert!(crate::judge::Scale::new(grades).is_ok());
}
