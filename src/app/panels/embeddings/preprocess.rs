//! What is done to a picture before the network sees it: in one line, and to be changed.

use crate::app::kit::{icons, widgets};
use crate::vision::{Interpolation, Preprocess};
use egui::{DragValue, Ui};

/// Draws the section. `own` is what the weights want, where that is known; `chosen` what a person wants instead.
pub fn preprocess_ui(ui: &mut Ui, editing: &mut bool, own: Option<&Preprocess>, chosen: &mut Option<Preprocess>) {
    widgets::section(ui, "Preprocessing");
    let Some(now) = chosen.as_ref().or(own) else {
        widgets::caption(ui, "Comes with the weights.");
        return;
    };
    let mut edited = now.clone();
    ui.add(egui::Label::new(line(now)).wrap());
    ui.horizontal(|ui| {
        ui.toggle_value(editing, "Edit").accessible_name("Edit preprocessing");
        match (chosen.is_some(), own) {
            (true, Some(own)) => {
                let text = format!("{}  The weights' own", icons::RESET);
                let hint = format!("Back to: {}", line(own));
                let back = ui.button(text).on_hover_text(hint).accessible_name("The weights' own preprocessing");
                if back.clicked() {
                    edited = own.clone();
                }
            }
            (true, None) => {
                widgets::caption(ui, "changed by hand");
            }
            (false, _) => {
                widgets::caption(ui, "the weights' own");
            }
        }
    });
    if *editing {
        edit_ui(ui, &mut edited);
    }
    if edited != *now {
        edited.crop = edited.crop.min(edited.resize);
        *chosen = (own != Some(&edited)).then_some(edited);
    }
}

/// What is done, in one line.
fn line(preprocess: &Preprocess) -> String {
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
    widgets::field(ui, "Scaling", "The filter that scales; both widen when shrinking", |ui| {
        let choices =
            [Interpolation::Bilinear, Interpolation::Bicubic].map(|choice| (choice, name(choice), name(choice)));
        widgets::segmented(ui, &mut preprocess.interpolation, &choices);
    });
    widgets::field(ui, "Channels", "Which colour the network's first channel is", |ui| {
        let choices = [(false, "RGB", "Red first"), (true, "BGR", "Blue first")];
        widgets::segmented(ui, &mut preprocess.bgr, &choices);
    });
    let unit = preprocess.scale < 0.1;
    let mut in_unit = unit;
    widgets::field(ui, "Values", "The range of a pixel's values before mean and deviation", |ui| {
        let choices = [(true, "0–1", "Pixels over 255"), (false, "0–255", "Pixels as they are")];
        widgets::segmented(ui, &mut in_unit, &choices);
    });
    if in_unit != unit {
        preprocess.scale = if in_unit { 1.0 / 255.0 } else { 1.0 };
    }
    three_ui(ui, "Mean", "Subtracted from each channel, in the network's order", &mut preprocess.mean, f32::MIN);
    three_ui(ui, "Deviation", "Divides each channel, in the network's order", &mut preprocess.std, 1e-3);
}

fn three_ui(ui: &mut Ui, name: &str, hint: &str, values: &mut [f32; 3], least: f32) {
    widgets::field(ui, name, hint, |ui| {
        for (channel, value) in values.iter_mut().enumerate() {
            let step = if value.abs() > 4.0 { 0.1 } else { 0.001 };
            ui.add(DragValue::new(value).speed(step).range(least..=f32::MAX).max_decimals(4))
                .accessible_name(format!("{name} of channel {}", channel + 1));
        }
    });
}
