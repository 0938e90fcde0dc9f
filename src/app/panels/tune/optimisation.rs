//! The part of the Tune panel that says how a network is trained.

use crate::app::kit::widgets;
use crate::train::{Decay, Experiment, Keep, Loss, Method, TrainConfig, Weighting};
use egui::{DragValue, Slider, Ui};
use std::ops::RangeInclusive;

/// Draws the section.
pub(super) fn training_ui(ui: &mut Ui, experiment: &mut Experiment) {
    widgets::folded(ui, "Optimisation", true, |ui| {
        let training = &mut experiment.training;
        loss_ui(ui, training);
        steps_ui(ui, training);
        schedule_ui(ui, training);
        number(ui, "Batch", "Queries per step", &mut training.batch, 1..=256);
        number(ui, "Epochs", "Passes over the train queries, at most", &mut training.epochs, 1..=5000);
        widgets::field(ui, "Seed", "Determines initial weights, dropout and the order of queries", |ui| {
            ui.add(DragValue::new(&mut training.seed)).accessible_name("Seed");
        });
        ending_ui(ui, training);
    });
}

fn number(ui: &mut Ui, name: &str, hint: &str, value: &mut usize, range: RangeInclusive<usize>) {
    widgets::field(ui, name, hint, |ui| {
        ui.add(DragValue::new(value).range(range).speed(0.2)).accessible_name(name);
    });
}

/// A value that may be left out, with what it is where it is switched on.
fn optional<T: Copy>(
    ui: &mut Ui,
    (name, hint, control): (&str, &str, &str),
    value: &mut Option<T>,
    first: T,
    drag: impl FnOnce(&mut T) -> DragValue<'_>,
) {
    widgets::field(ui, name, hint, |ui| {
        let mut on = value.is_some();
        ui.checkbox(&mut on, "").accessible_name(name);
        let mut inner = value.unwrap_or(first);
        ui.add_enabled(on, drag(&mut inner)).accessible_name(control);
        *value = on.then_some(inner);
    });
}

fn loss_ui(ui: &mut Ui, training: &mut TrainConfig) {
    widgets::field(ui, "Loss", "What training minimises", |ui| {
        widgets::choices(ui, "Loss", training.loss.label(), |ui| {
            for loss in Loss::ALL {
                ui.selectable_value(&mut training.loss, loss, loss.label()).on_hover_text(loss.explanation());
            }
        });
    });
    widgets::caption(ui, training.loss.explanation());
    let settings = &mut training.loss_settings;
    if let Some(own) = training.loss.temperature() {
        let hint = "How smooth ranks are: lower is closer to true ranks, higher gives smoother gradients";
        optional(ui, ("Temperature", hint, "Temperature of the loss"), &mut settings.temperature, own, |value| {
            DragValue::new(value).range(0.001..=100.0).speed(0.01)
        });
    }
    if training.loss.truncates() {
        let texts = ("Top ranks", "Only this many ranks count", "Last rank that counts");
        optional(ui, texts, &mut settings.truncation, 20, |value| DragValue::new(value).range(1..=1000).prefix("top "));
    }
    if training.loss == Loss::NeuralNdcg {
        number(
            ui,
            "Sinkhorn",
            "Iterations that make the relaxed ranking doubly stochastic",
            &mut settings.sinkhorn,
            0..=50,
        );
    }
    if training.loss.truncates() || training.loss == Loss::ApproxNdcg {
        widgets::field(ui, "Gain", "What a grade is worth to nDCG; the same where grades are 0 and 1", |ui| {
            let choices = [(false, "grade", "The grade itself, as in trec_eval"), (true, "2^grade − 1", "Exponential")];
            widgets::segmented(ui, &mut settings.exponential_gain, &choices);
        });
    }
    widgets::field(ui, "Mean over", "What a batch's loss is averaged over", |ui| {
        let choices = [
            (
                Weighting::PerPair,
                "pairs",
                "All pairs (or images) of a batch equally: long queries weigh more, as in the paper",
            ),
            (Weighting::PerQuery, "queries", "Every query weighs the same"),
        ];
        widgets::segmented(ui, &mut training.weighting, &choices);
    });
}

fn steps_ui(ui: &mut Ui, training: &mut TrainConfig) {
    widgets::field(ui, "Optimiser", "How gradients become steps; the two differ in weight decay only", |ui| {
        let choices = [
            (Method::Adam, "Adam", "Weight decay is an L2 term in the gradient"),
            (Method::AdamW, "AdamW", "Weight decay is applied to the weights directly"),
        ];
        widgets::segmented(ui, &mut training.optimiser, &choices);
    });
    widgets::field(ui, "Learning rate", "Step size of Adam", |ui| {
        let slider = Slider::new(&mut training.learning_rate, 1e-5..=1e-1).logarithmic(true);
        ui.add(slider.custom_formatter(|value, _| format!("{value:.0e}"))).accessible_name("Learning rate");
    });
    widgets::field(ui, "Weight decay", "How strongly weights are pulled towards 0", |ui| {
        ui.add(DragValue::new(&mut training.weight_decay).range(0.0..=1.0).speed(0.0001).max_decimals(5))
            .accessible_name("Weight decay");
    });
    let texts = ("Clip", "Scale gradients down to this norm (over all weights)", "Longest gradient");
    optional(ui, texts, &mut training.clip, 1.0, |value| DragValue::new(value).range(0.001..=1000.0).speed(0.01));
}

fn schedule_ui(ui: &mut Ui, training: &mut TrainConfig) {
    let schedule = &mut training.schedule;
    widgets::field(ui, "Schedule", "How the step size changes over the run", |ui| {
        let choices = [
            (Decay::Constant, "constant", "Constant step size"),
            (Decay::Cosine, "cosine", "Decreases along half a cosine, to its floor at the last epoch"),
            (Decay::Step, "steps", "Decreases by a factor at regular intervals"),
        ];
        widgets::segmented(ui, &mut schedule.decay, &choices);
    });
    match schedule.decay {
        Decay::Constant => {}
        Decay::Cosine => widgets::field(ui, "Floor", "Share of the step size at which the cosine ends", |ui| {
            ui.add(DragValue::new(&mut schedule.floor).range(0.0..=1.0).speed(0.005)).accessible_name("Floor");
        }),
        Decay::Step => widgets::field(ui, "Falls", "When and by how much the step size decreases", |ui| {
            ui.label("×");
            ui.add(DragValue::new(&mut schedule.factor).range(0.01..=1.0).speed(0.005)).accessible_name("Factor");
            ui.label("every");
            ui.add(DragValue::new(&mut schedule.every).range(1..=5000)).accessible_name("Epochs between decreases");
        }),
    }
    number(ui, "Warm-up", "Epochs over which the step size rises from 0", &mut schedule.warm_up, 0..=1000);
}

fn ending_ui(ui: &mut Ui, training: &mut TrainConfig) {
    widgets::field(ui, "Keep best by", "The validation measure that picks the epoch whose weights are used", |ui| {
        widgets::choices(ui, "Keep best by", training.stop_on.label(), |ui| {
            for measure in crate::eval::STANDARD {
                ui.selectable_value(&mut training.stop_on, measure, measure.label());
            }
        });
    });
    let texts = ("Early stopping", "Stop when the measure has not improved for this many epochs", "Patience");
    optional(ui, texts, &mut training.patience, 20, |value| DragValue::new(value).range(1..=1000).suffix(" epochs"));
    let hint = "Then train again on train and validation queries together, for the best number of epochs";
    widgets::field(ui, "Weights of", "Which epoch's weights the run ends with", |ui| {
        let choices = [
            (Keep::Best, "Best", "The best by the validation measure"),
            (Keep::Last, "Last", "The last epoch, without selection"),
        ];
        widgets::segmented(ui, &mut training.keep, &choices);
    });
    widgets::field(ui, "Text loss", "Weight of the same loss on the signals' own score", |ui| {
        ui.add(DragValue::new(&mut training.text_loss).range(0.0..=10.0).speed(0.01).max_decimals(2))
            .accessible_name("Text loss");
    });
    widgets::field(ui, "Retrain", hint, |ui| {
        ui.checkbox(&mut training.retrain, "on train and validation").accessible_name("Retrain");
    });
}
