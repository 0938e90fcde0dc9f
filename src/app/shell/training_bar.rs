//! Training in the top bar: seeds, the buttons that start, queue and stop runs, and the queue.

use super::commands;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, obstacle, widgets};
use crate::base::Progress;
use crate::eval::Measure;
use crate::train::Experiment;
use crate::workspace::{QueuedRun, TrainingAction, TrainingState, seeds_in};
use egui::{Button, PopupCloseBehavior, RichText, TextEdit, Ui, containers::menu::MenuConfig};
use std::time::Duration;

/// What it remembers between frames.
#[derive(Default)]
pub struct TrainingBar {
    /// The seeds to train with, as typed; empty for the one in Tune.
    seeds: String,
}

impl TrainingBar {
    /// Draws the buttons and the queue.
    pub fn show(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        if ctx.workspace().training().is_running() {
            running_ui(ui, ctx);
        }
        self.start_ui(ui, ctx);
        queue_menu_ui(ui, ctx);
    }

    /// The seeds, and the button that trains with them or puts them in the queue.
    fn start_ui(&mut self, ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
        let workspace = ctx.workspace();
        let seeds = seeds_in(&self.seeds);
        let obstacle = workspace.training_obstacle().or(seeds.as_ref().err().map(String::as_str));
        let is_running = workspace.training().is_running();
        let clicked = if is_running {
            let button = obstacle::add_unless(ui, obstacle, Button::new("Queue"));
            button.on_hover_text("Train with the settings in Tune after the runs before it").clicked()
        } else {
            let button = widgets::primary_button(ui, obstacle, icons::PLAY, "Train");
            button.on_hover_text(commands::TRAIN.hint()).clicked()
        };
        let hint = "One run for each of these seeds, one after another: 1-5, 8. Empty: the seed in Tune";
        let field = TextEdit::singleline(&mut self.seeds).hint_text("Seeds").desired_width(58.0);
        let field = ui.add(field).on_hover_text(hint).accessible_name("Seeds to train with");
        if let Err(error) = &seeds {
            let palette = theme::palette(ui.visuals());
            ui.label(RichText::new(icons::WARNING).color(palette.warning)).on_hover_text(error);
        }
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if let (true, None, Ok(seeds)) = (clicked || entered, obstacle, seeds.clone()) {
            match &seeds[..] {
                [] if is_running => ctx.act(TrainingAction::Queue(vec![workspace.settings().experiment.training.seed])),
                [] => ctx.act(TrainingAction::Start),
                _ => ctx.act(TrainingAction::Queue(seeds)),
            }
        }
    }
}

fn running_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let is_paused = ctx.workspace().training().is_paused();
    let (icon, text) = if is_paused { (icons::PLAY, "Resume") } else { (icons::PAUSE, "Pause") };
    for (icon, text, command) in [(icon, text, &commands::PAUSE), (icons::STOP, "Stop", &commands::STOP)] {
        if ui.button(format!("{icon}  {text}")).on_hover_text(command.hint()).clicked() {
            command.ask(ui.ctx(), ctx);
        }
    }
}

/// The progress of training, or why none can start.
pub fn state_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let workspace = ctx.workspace();
    let palette = theme::palette(ui.visuals());
    if let Some((progress, elapsed)) = workspace.training().progress() {
        let width = (ui.available_width() * 0.4).min(120.0);
        ui.add(egui::ProgressBar::new(progress.fraction().unwrap_or(0.0)).desired_width(width).desired_height(6.0));
        let text = widgets::progress_text(progress, elapsed);
        widgets::one_line(ui, RichText::new(text).small().color(palette.weak));
    } else if let Some(obstacle) = workspace.training_obstacle() {
        widgets::one_line(ui, RichText::new(obstacle).small().color(palette.warning));
    }
}

/// The run in training and those that wait for it, where there are any.
fn queue_menu_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let training = ctx.workspace().training();
    let queue = training.queue();
    if queue.is_empty() {
        return;
    }
    let button = Button::new(format!("{} queued {}", queue.len(), icons::DOWN));
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    egui::containers::menu::MenuButton::from_button(button).config(config).ui(ui, |ui| {
        ui.set_min_width(420.0);
        let mut left = None;
        if let Some((progress, elapsed)) = training.progress() {
            left = progress.remaining(elapsed);
            widgets::caption(ui, now_text(training, progress, elapsed));
            ui.add_space(GRID);
        }
        let height = (ui.ctx().content_rect().height() - 160.0).max(120.0);
        egui::ScrollArea::vertical().max_height(height).show(ui, |ui| {
            for (at, run) in queue.iter().enumerate() {
                let estimate = training.run().and_then(|current| run.estimate(&current.history));
                queued_ui(ui, run, (at, queue.len()), estimate, ctx);
                left = left.zip(estimate).map(|(left, estimate)| left + estimate);
            }
        });
        if let Some(left) = left {
            widgets::caption(ui, format!("All done in about {}", widgets::duration(left)));
        }
    });
}

/// `Now: dcmm-prf, k 10, seed 1 · epoch 12 · validation MAP .712 · 3 min left`.
fn now_text(training: &TrainingState, progress: &Progress, elapsed: Duration) -> String {
    let mut parts = Vec::new();
    if let Some(run) = training.run() {
        parts.push(format!("Now: {}", settings_text(&run.record.experiment)));
        if let Some(last) = run.history.last() {
            let map = last.validation.get(Measure::Map).map_or_else(|| "–".to_owned(), widgets::decimal);
            parts.push(format!("epoch {}", last.epoch));
            parts.push(format!("validation MAP {map}"));
        }
    }
    parts.extend(progress.remaining(elapsed).map(|left| format!("{} left", widgets::duration(left))));
    parts.join("  ·  ")
}

fn settings_text(experiment: &Experiment) -> String {
    format!("{}, k {}, seed {}", experiment.model.kind, experiment.graph.k, experiment.training.seed)
}

/// A queued run with the buttons that move and cancel it.
fn queued_ui(
    ui: &mut Ui,
    run: &QueuedRun,
    (at, count): (usize, usize),
    estimate: Option<Duration>,
    ctx: &mut PanelCtx<'_>,
) {
    let time = estimate.map_or_else(String::new, |estimate| format!("  ·  {}", widgets::duration(estimate)));
    let text = format!("{}.  {}{time}", at + 1, settings_text(&run.experiment));
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if widgets::icon_button(ui, icons::CROSS, &format!("Cancel run {} of the queue", at + 1)).clicked() {
                ctx.act(TrainingAction::Unqueue(run.number));
            }
            let last = (at + 1 == count).then_some("It is the last one.");
            let name = format!("Move run {} of the queue down", at + 1);
            if widgets::icon_button_unless(ui, last, icons::BELOW, &name).clicked() {
                ctx.act(TrainingAction::MoveQueued(run.number, 1));
            }
            let first = (at == 0).then_some("It is the next one.");
            let name = format!("Move run {} of the queue up", at + 1);
            if widgets::icon_button_unless(ui, first, icons::UP, &name).clicked() {
                ctx.act(TrainingAction::MoveQueued(run.number, -1));
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| widgets::one_line(ui, text));
        });
    });
}
