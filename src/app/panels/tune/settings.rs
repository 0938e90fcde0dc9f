//! The form for an experiment's settings, generated from the table of settings.

use super::choose::chosen_ui;
use crate::app::kit::{obstacle, widgets};
use crate::eval::STANDARD;
use crate::train::{Choice, Control, Experiment, Section, Setting, Values};
use crate::workspace::Session;
use egui::{DragValue, Slider, SliderClamping, Ui};
use serde_json::{Number, Value};

/// Maximum number of choices shown side by side; more are shown as a list.
const SIDE_BY_SIDE: usize = 3;

/// Draws the rows of a section that apply to the experiment.
pub(super) fn section_ui(ui: &mut Ui, session: Option<&Session>, section: Section, experiment: &mut Experiment) {
    let Ok(mut tree) = serde_json::to_value(&*experiment) else { return };
    let before = tree.clone();
    let settings: Vec<&Setting> = section.settings().iter().filter(|setting| (setting.applies)(experiment)).collect();
    for row in settings.chunk_by(|a, b| a.row == b.row) {
        row_ui(ui, session, row, (&mut tree, experiment));
    }
    if tree != before
        && let Ok(changed) = serde_json::from_value::<Experiment>(tree)
    {
        *experiment = Experiment { choose: experiment.choose.clone(), ..changed };
    }
}

/// The settings of one row; those that each run chooses have no control.
fn row_ui(ui: &mut Ui, session: Option<&Session>, row: &[&Setting], (tree, experiment): (&mut Value, &mut Experiment)) {
    let help: Vec<&str> = row.iter().map(|setting| setting.help).collect();
    widgets::field(ui, row[0].row, &help.join("\n"), |ui| {
        for setting in row {
            if experiment.chooses(setting.path) {
                chosen_ui(ui, setting, experiment);
                continue;
            }
            let Some(value) = setting.value_in(tree) else { continue };
            let (before, after) = setting.words;
            if !before.is_empty() {
                ui.label(before);
            }
            optional_ui(ui, session, setting, value);
            if !after.is_empty() && !matches!(setting.values, Values::Flag) {
                ui.label(after);
            }
        }
    });
    for setting in row.iter().filter(|setting| setting.control == Control::Explained) {
        let (Values::Choice(choices), Some(value)) = (setting.values, setting.value_in(tree)) else { continue };
        if let Some(choice) = choices().into_iter().find(|choice| *value == choice.name) {
            widgets::caption(ui, choice.explanation);
        }
    }
}

/// A control, preceded by a checkbox if its value is optional.
fn optional_ui(ui: &mut Ui, session: Option<&Session>, setting: &Setting, value: &mut Value) {
    let first = match (setting.optional, setting.values) {
        (Some(first), Values::Count(..)) => Value::from(first as u64),
        (Some(first), Values::Number(..) | Values::Above(..) | Values::Below(..)) => Value::from(first),
        _ => return control_ui(ui, session, setting, value),
    };
    let mut is_on = !value.is_null();
    ui.checkbox(&mut is_on, "").accessible_name(setting.row);
    let mut inner = if value.is_null() { first } else { value.clone() };
    let obstacle = (!is_on).then_some("Off: tick the box to set it.");
    obstacle::enabled_unless(ui, obstacle, |ui| control_ui(ui, session, setting, &mut inner));
    *value = if is_on { inner } else { Value::Null };
}

fn control_ui(ui: &mut Ui, session: Option<&Session>, setting: &Setting, value: &mut Value) {
    match setting.values {
        Values::Flag => {
            let mut is_on = value.as_bool().unwrap_or_default();
            ui.checkbox(&mut is_on, setting.words.1).accessible_name(setting.name);
            *value = is_on.into();
        }
        Values::Count(min, max) => {
            let mut count = value.as_u64().unwrap_or(min);
            match setting.control {
                Control::Slider { .. } => slider_ui(ui, setting, &mut count),
                _ => {
                    let drag = DragValue::new(&mut count).range(min..=max).speed(0.1);
                    ui.add(drag).accessible_name(setting.name);
                }
            }
            *value = count.into();
        }
        Values::Number(min, max) | Values::Above(min, max) | Values::Below(min, max) => {
            number_ui(ui, setting, (min, max), value);
        }
        Values::Choice(choices) => choice_ui(ui, setting, &choices(), value),
        Values::Measure => {
            let name = value.as_str().unwrap_or_default().to_owned();
            let label = STANDARD.into_iter().find(|measure| measure.to_string() == name).map(|measure| measure.label());
            widgets::choices(ui, setting.name, label.unwrap_or(name), |ui| {
                for measure in STANDARD {
                    ui.selectable_value(value, measure.to_string().into(), measure.label());
                }
            });
        }
        Values::Name => name_ui(ui, session, setting, value),
    }
}

/// A slider with its number beside it.
pub(super) fn slider_ui<N: egui::emath::Numeric>(ui: &mut Ui, setting: &Setting, value: &mut N) {
    let Control::Slider { range: (min, max), logarithmic, lowest } = setting.control else { return };
    let slider = Slider::new(value, N::from_f64(min)..=N::from_f64(max))
        .logarithmic(logarithmic)
        .smallest_positive(1.0)
        .clamping(SliderClamping::Edits);
    let slider = match (N::INTEGRAL, logarithmic) {
        (true, _) => slider,
        (false, true) => slider.custom_formatter(|value, _| format!("{value:.0e}")),
        (false, false) => slider.custom_formatter(move |value, _| match lowest {
            Some(lowest) if value <= min => lowest.to_owned(),
            _ => format!("{value:.2}"),
        }),
    };
    ui.add(slider).on_hover_text(setting.help).accessible_name(setting.name);
}

fn number_ui(ui: &mut Ui, setting: &Setting, (min, max): (f64, f64), value: &mut Value) {
    let before = value.as_f64().unwrap_or_default();
    let mut number = before;
    let drag = |number| DragValue::new(number).range(min..=max);
    match setting.control {
        Control::Slider { .. } => slider_ui(ui, setting, &mut number),
        Control::Drag(speed, decimals) => {
            ui.add(drag(&mut number).speed(speed).max_decimals(decimals)).accessible_name(setting.name);
        }
        Control::Plain | Control::Explained => {
            ui.add(drag(&mut number)).accessible_name(setting.name);
        }
    }
    // The ends of a range can be excluded.
    let changed = Number::from_f64(number).map(Value::Number).filter(|changed| setting.allows(changed));
    if number != before
        && let Some(changed) = changed
    {
        *value = changed;
    }
}

fn choice_ui(ui: &mut Ui, setting: &Setting, choices: &[Choice], value: &mut Value) {
    let chosen = choices.iter().position(|choice| *value == choice.name);
    if choices.len() <= SIDE_BY_SIDE {
        let mut at = chosen.unwrap_or_default();
        let shown: Vec<(usize, &str, &str)> =
            choices.iter().enumerate().map(|(at, choice)| (at, choice.label, choice.explanation)).collect();
        if widgets::segmented(ui, &mut at, &shown) {
            *value = choices[at].name.into();
        }
        return;
    }
    let label = chosen.map_or("", |at| choices[at].label);
    widgets::choices(ui, setting.name, label, |ui| {
        for choice in choices {
            let response = ui.selectable_value(value, choice.name.into(), choice.label);
            if !choice.explanation.is_empty() {
                response.on_hover_text(choice.explanation);
            }
        }
    });
}

fn name_ui(ui: &mut Ui, session: Option<&Session>, setting: &Setting, value: &mut Value) {
    let default = "Best text signal";
    let current = value.as_str().unwrap_or(default).to_owned();
    widgets::choices(ui, setting.name, current, |ui| {
        ui.selectable_value(value, Value::Null, default);
        for info in session.map(|session| session.data.signals.infos.as_slice()).unwrap_or_default() {
            ui.selectable_value(value, info.name.as_str().into(), &info.name).on_hover_text(&info.description);
        }
    });
}
