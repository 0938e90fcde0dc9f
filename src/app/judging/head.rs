//! What is being judged, how far it is, and how it is shown.

use super::moves;
use super::queries;
use super::shown::Shown;
use crate::app::command::Command;
use crate::app::ctx::PanelCtx;
use crate::app::filter;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::judge::{check_name, now};
use crate::workspace::{JudgingAction, JudgingSettings, JudgingView, Pace, QueueKind, SettingsAction};
use egui::{Align, Context, Id, Layout, Margin, Modal, RichText, TextEdit, Ui};

/// The most height of a text beside the work.
const GUIDELINES: f32 = 96.0;

/// Counts that need a look at every image, renewed when something was judged.
#[derive(Default)]
pub struct Counts {
    /// What they were counted from.
    of: Option<(u64, QueueKind, usize, usize, String)>,
    judged: usize,
    pace: Pace,
}

impl Counts {
    /// Counts again if anything has changed.
    pub fn bring_up(&mut self, shown: Shown<'_>) {
        let version = shown.judging.judges().map_or(0, |judges| judges.version());
        let items = shown.queue.items();
        let (kind, done) = (shown.queue.kind(), shown.queue.done_count());
        let of = Some((version, kind, items.len(), done, shown.judge.to_owned()));
        if self.of == of {
            return;
        }
        self.of = of;
        let is_judged = |position: &usize| match shown.queue.is_again(*position) {
            true => shown.queue.is_done(*position),
            false => shown.label(*position).is_some(),
        };
        self.judged = (0..items.len()).filter(is_judged).count();
        let record = shown.judging.judges().and_then(|judges| judges.record(shown.judge));
        self.pace = record.map(|record| Pace::of(record, now())).unwrap_or_default();
    }

    /// `12 of 100 judged · 3 later · 20 a minute, 4 min left · 57 today`.
    fn text(&self, shown: Shown<'_>) -> String {
        let all = shown.queue.items().len();
        let what = if shown.queue.kind().is_adjudication() { "settled" } else { "judged" };
        let mut parts = vec![format!("{} of {} {what}", widgets::count(self.judged), widgets::count(all))];
        if shown.queue.later() > 0 {
            parts.push(format!("{} later", shown.queue.later()));
        }
        if let Some(rate) = self.pace.per_minute {
            let left = self.pace.left(all - self.judged).filter(|_| self.judged < all);
            let left = left.map_or_else(String::new, |left| format!(", {} left", widgets::duration(left)));
            parts.push(format!("{rate:.0} a minute{left}"));
        }
        if self.pace.today > 0 {
            parts.push(format!("{} today", widgets::count(self.pace.today)));
        }
        parts.join("  ·  ")
    }
}

/// Draws the head.
pub fn show(ui: &mut Ui, shown: Shown<'_>, counts: &Counts, name: &mut Option<String>, ctx: &mut PanelCtx<'_>) {
    let palette = theme::palette(ui.visuals());
    let frame = egui::Frame::new().fill(palette.panel).inner_margin(Margin::symmetric(12, 8));
    egui::Panel::top("judging head").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if widgets::icon_button(ui, icons::CROSS, "Back to the panels (Esc)").clicked() {
                    ctx.command(Command::ToggleJudging);
                }
                controls_ui(ui, shown, name, ctx);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let text = RichText::new(queue_name(shown)).font(theme::strong(15.0));
                    widgets::one_line(ui, text);
                });
            });
        });
        beside_ui(ui, shown, ctx);
        filter::chips_ui(ui, true, ctx);
        ui.add_space(GRID);
        let share = counts.judged as f32 / shown.queue.items().len().max(1) as f32;
        let width = ui.available_width();
        widgets::bar(ui, share, width, palette.accent);
        ui.horizontal(|ui| {
            widgets::caption(ui, counts.text(shown));
            if let new @ 1.. = shown.judging.new_images() {
                let button = egui::Button::new(RichText::new(format!("{} new: refresh", widgets::count(new))).small());
                if ui.add(button).on_hover_text("Take new images into the list; what is judged stays so").clicked() {
                    ctx.act(JudgingAction::Refresh);
                }
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let known = known(shown, ctx);
                let colour = if known.is_some() { palette.warning } else { palette.weak };
                let text = known.unwrap_or_else(|| "Blind".to_owned());
                widgets::one_line(ui, RichText::new(text).small().color(colour));
            });
        });
    });
}

/// What the judge knows beside the pictures; `None` while judging is blind.
fn known(shown: Shown<'_>, ctx: &PanelCtx<'_>) -> Option<String> {
    let filter = ctx.workspace().filter().reveals(shown.judge);
    let text = match () {
        () if shown.judging.is_revealed() => "Ranks and others' labels are shown",
        () if shown.queue.kind().is_adjudication() => "All labels are shown",
        () if shown.judging.is_measured() => "Measures are shown",
        () if !filter.is_empty() => {
            return Some(format!("The filter tells {}, and that is recorded", filter.join(", ")));
        }
        () => return None,
    };
    Some(format!("{text}, and that is recorded"))
}

/// The query's narrative and the guidelines, each behind a button that folds it.
fn beside_ui(ui: &mut Ui, shown: Shown<'_>, ctx: &mut PanelCtx<'_>) {
    let queries = &shown.session.data.dataset.queries;
    let narrative = shown.queue.focused().map_or("", |item| queries[item.query].narrative.as_str());
    let guidelines = shown.judging.protocol().guidelines.as_str();
    let mut settings = ctx.settings().judging.clone();
    ui.horizontal(|ui| {
        fold_ui(ui, "Narrative", narrative, &mut settings.narrative);
        fold_ui(ui, "Guidelines", guidelines, &mut settings.guidelines);
        let mut is_measured = shown.judging.is_measured();
        let hint = "How the measures of the rankings move; judgements made meanwhile are recorded as not blind";
        if fold_ui(ui, "Measures", hint, &mut is_measured) {
            ctx.act(JudgingAction::ShowMeasures(is_measured));
        }
    });
    if shown.judging.is_measured() {
        moves::show(ui, shown.judging.moves());
    }
    let shown = [("narrative", narrative, settings.narrative), ("guidelines", guidelines, settings.guidelines)];
    for (name, text, _) in shown.into_iter().filter(|(_, text, is_open)| *is_open && !text.is_empty()) {
        let colour = theme::palette(ui.visuals()).weak;
        egui::ScrollArea::vertical().id_salt(name).max_height(GUIDELINES).auto_shrink([false, true]).show(ui, |ui| {
            ui.add(egui::Label::new(RichText::new(text).color(colour)).wrap());
        });
    }
    changed(&settings, ctx);
}

/// A button that folds a text, if there is one; whether it was pressed.
fn fold_ui(ui: &mut Ui, name: &str, text: &str, is_open: &mut bool) -> bool {
    if text.is_empty() {
        return false;
    }
    let icon = if *is_open { icons::DOWN } else { icons::FOLDED };
    let (what, button) = (if *is_open { "Hide" } else { "Show" }, egui::Button::new(format!("{icon}  {name}")).small());
    let label = format!("{what} {}", name.to_lowercase());
    let is_pressed = ui.add(button.frame(false)).accessible_name(label).clicked();
    *is_open ^= is_pressed;
    is_pressed
}

fn queue_name(shown: Shown<'_>) -> String {
    match shown.queue.kind() {
        QueueKind::Query(query) => shown.session.data.dataset.queries[query].text.clone(),
        kind => {
            let text = shown.queue.focused().map(|item| shown.session.data.dataset.queries[item.query].text.as_str());
            format!("{}  ({})", text.unwrap_or("Nothing to judge"), queries::title(kind).to_lowercase())
        }
    }
}

/// Judge, view, order, and what is revealed; right to left.
fn controls_ui(ui: &mut Ui, shown: Shown<'_>, name: &mut Option<String>, ctx: &mut PanelCtx<'_>) {
    let mut settings = ctx.settings().judging.clone();
    let judge = egui::Button::new(RichText::new(shown.judge).small()).truncate();
    if ui.add(judge).on_hover_text("Who judges: click to change the name").accessible_name("Judge's name").clicked() {
        *name = Some(shown.judge.to_owned());
    }
    filter::button_ui(ui, ctx);
    let mut reveal = shown.judging.is_revealed();
    if ui
        .checkbox(&mut reveal, "Reveal")
        .on_hover_text("Show ranks and the labels of others (R); it is recorded")
        .changed()
    {
        ctx.act(JudgingAction::Reveal(reveal));
    }
    ui.checkbox(&mut settings.shuffled, "Shuffle")
        .on_hover_text("In a random order, so that what the search thinks does not sway the judgement; more than 200 images in blocks of the best ranked and others");
    ui.checkbox(&mut settings.advance, "Go on")
        .on_hover_text("After a judgement, go on to the next image without one (A)");
    match settings.view {
        JudgingView::Grid => {
            ui.spacing_mut().slider_width = 70.0;
            let slider = egui::Slider::new(&mut settings.columns, 1..=12).show_value(false);
            ui.add(slider).on_hover_text("Columns (+ and −)").accessible_name("Columns");
        }
        JudgingView::Side => {
            ui.spacing_mut().slider_width = 40.0;
            let slider = egui::Slider::new(&mut settings.beside, 2..=4);
            ui.add(slider).on_hover_text("Images beside each other").accessible_name("Images beside each other");
        }
        JudgingView::One => {}
    }
    let choices = [
        (JudgingView::Side, "Beside", "Two to four images beside each other (B)"),
        (JudgingView::One, "One", "One image, as large as there is room (O)"),
        (JudgingView::Grid, "Grid", "Many images (G)"),
    ];
    // From right to left.
    for (view, title, hint) in choices {
        if ui.selectable_label(settings.view == view, title).on_hover_text(hint).clicked() {
            settings.view = view;
        }
    }
    changed(&settings, ctx);
}

fn changed(settings: &JudgingSettings, ctx: &mut PanelCtx<'_>) {
    if *settings != ctx.settings().judging {
        ctx.act(SettingsAction::SetJudging(Box::new(settings.clone())));
    }
}

/// The dialog for the judge's name.
pub fn name_ui(egui: &Context, name: &mut Option<String>, ctx: &mut PanelCtx<'_>) {
    let Some(typed) = name else { return };
    let mut is_done = false;
    let modal = Modal::new(Id::unique("judge name")).show(egui, |ui| {
        ui.set_width(340.0);
        ui.label(RichText::new("Who judges?").heading());
        widgets::caption(ui, "Each judge has a journal of one's own: judgements/NAME.jsonl in the data set's folder.");
        let field = ui.add(TextEdit::singleline(typed).desired_width(f32::INFINITY)).accessible_name("Name");
        field.request_focus();
        let fault = check_name(typed.trim()).err();
        if let Some(fault) = &fault {
            widgets::caption(ui, fault.to_string());
        }
        let entered = ui.input(|input| input.key_pressed(egui::Key::Enter));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let save = ui.add_enabled(fault.is_none(), egui::Button::new("Save"));
            is_done = fault.is_none() && (save.clicked() || entered);
            if ui.button("Cancel").clicked() {
                ui.close();
            }
        });
    });
    if is_done {
        let settings = JudgingSettings { judge: typed.trim().to_owned(), ..ctx.settings().judging.clone() };
        changed(&settings, ctx);
    }
    if is_done || modal.should_close() {
        *name = None;
    }
}
