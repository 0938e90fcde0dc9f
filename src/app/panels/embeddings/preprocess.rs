//! Preprocessing of pictures for the network: a one-line summary and a form to change it.

use crate::app::kit::{icons, widgets};
use crate::vision::{Interpolation, Preprocess};
use egui::{DragValue, Ui};

/// Draws the section. `default` comes with the weights, if they are known; `chosen` overrides it.
pub fn preprocess_ui(ui: &mut Ui, editing: &mut bool, default: Option<&Preprocess>, chosen: &mut Option<Preprocess>) {
    widgets::section(ui, "Preprocessing");
    let Some(current) = chosen.as_ref().or(default) else {
        widgets::caption(ui, "Defined by the weights.");
        return;
    };
    let mut edited = current.clone();
    ui.add(egui::Label::new(summary(current)).wrap());
    ui.horizontal(|ui| {
        ui.toggle_value(editing, "Edit").accessible_name("Edit preprocessing");
        match (chosen.is_some(), default) {
            (true, Some(default)) => {
                let text = format!("{}  Reset", icons::RESET);
                let hint = format!("Default of the weights: {}", summary(default));
                let reset = ui.button(text).on_hover_text(hint).accessible_name("Reset preprocessing");
                if reset.clicked() {
                    edited = default.clone();
                }
            }
            (true, None) => {
                widgets::caption(ui, "customised");
            }
            (false, _) => {
                widgets::caption(ui, "default of the weights");
            }
        }
    });
    if *editing {
        edit_ui(ui, &mut edited);
    }
    if edited != *current {
        edited.crop = edited.crop.min(edited.resize);
        *chosen = (default != Some(&edited)).then_some(edited);
    }
}

/// The steps in one line.
fn summary(preprocess: &Preprocess) -> String {
    let Preprocess { resize, crop, mean, std, bgr, interpolation, scale } = preprocess;
    let three = |values: &[f32; 3]| match values {
        [a, b, c] if a == b && b == c => number(*a),
        values => values.map(number).join(" "),
    };
    let (order, range) = (if *bgr { "BGR" } else { "RGB" }, number(255.0 * scale));
    let filter = name(*interpolation).to_lowercase();
    format!(
        "Shorter side {resize} ({filter}), crop {crop}, {order} in 0–{range}, mean {}, deviation {}",
        three(mean),
        three(std)
    )
}

fn number(value: f32) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn name(interpolation: Interpolation) -> &'static str {
    match interpolation {
        Interpolation::Bilinear => "Bilinear",
        Interpolation::Bicubic => "Bicubic",
    }
}

fn edit_ui(ui: &mut Ui, preprocess: &mut Preprocess) {
    widgets::field(ui, "Shorter side", "Pictures are scaled so that their shorter side has this many pixels", |ui| {
        ui.add(DragValue::new(&mut preprocess.resize).range(32..=1024).suffix(" px")).accessible_name("Shorter side");
    });
    widgets::field(ui, "Crop", "Side of the square that is cut from the middle", |ui| {
        ui.add(DragValue::new(&mut preprocess.crop).range(32..=1024).suffix(" px")).accessible_name("Crop");
    });
    widgets::field(ui, "Scaling", "The interpolation filter; both are antialiased", |ui| {
        let choices =
            [Interpolation::Bilinear, Interpolation::Bicubic].map(|choice| (choice, name(choice), name(choice)));
        widgets::segmented(ui, &mut preprocess.interpolation, &choices);
    });
    widgets::field(ui, "Channels", "The network's channel order", |ui| {
        let choices = [(false, "RGB", "Red first"), (true, "BGR", "Blue first")];
        widgets::segmented(ui, &mut preprocess.bgr, &choices);
    });
    let is_unit = preprocess.scale < 0.1;
    let mut unit = is_unit;
    widgets::field(ui, "Values", "The range of pixel values before mean and deviation are applied", |ui| {
        let choices = [(true, "0–1", "Pixel values divided by 255"), (false, "0–255", "Unscaled pixel values")];
        widgets::segmented(ui, &mut unit, &choices);
    });
    if unit != is_unit {
        preprocess.scale = if unit { 1.0 / 255.0 } else { 1.0 };
    }
    three_ui(ui, "Mean", "Subtracted from each channel, in the network's order", &mut preprocess.mean, f32::MIN);
    three_ui(ui, "Deviation", "Divisor of each channel, in the network's order", &mut preprocess.std, 1e-3);
}

fn three_ui(ui: &mut Ui, name: &str, hint: &str, values: &mut [f32; 3], min: f32) {
    widgets::field(ui, name, hint, |ui| {
        for (channel, value) in values.iter_mut().enumerate() {
            let step = if value.abs() > 4.0 { 0.1 } else { 0.001 };
            ui.add(DragValue::new(value).speed(step).range(min..=f32::MAX).max_decimals(4))
                .accessible_name(format!("{name} of channel {}", channel + 1));
        }
    });
}
