//! Where the rankings are likely to end, and how far that can be trusted.

use super::trust;
use crate::app::ctx::PanelCtx;
use crate::app::kit::theme::{self, GRID};
use crate::app::kit::{icons, widgets};
use crate::base::sentence;
use crate::eval::calibration::PRECISIONS;
use crate::workspace::{CutOffSettings, Order, Session, SettingsAction, Workspace};
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Align, Layout, PopupCloseBehavior, RichText, Slider, Ui};

/// Width of what the button opens.
const WIDTH: f32 = 380.0;

/// What the line remembers between frames.
#[derive(Default)]
pub struct CutOffLine {
    /// The ranking that is looked at; by default the best.
    order: Option<Order>,
}

impl CutOffLine {
    /// Draws a line that says where the best ranking ends, and opens everything about it.
    pub fn show(&mut self, ui: &mut Ui, session: &Session, ctx: &mut PanelCtx<'_>) {
        let Some((best, ranking)) = session.best() else { return };
        let workspace = ctx.workspace();
        let settings = workspace.settings().cut_off;
        let palette = theme::palette(ui.visuals());
        let (text, colour) = match workspace.cut_offs().of(best).filter(|_| settings.shown) {
            Some(cut_off) if cut_off.is_sure && cut_off.end > 0 => {
                let [end, all] = [cut_off.end, ranking.order.len()].map(widgets::count);
                (format!("Stop after {end} of {all}"), palette.text)
            }
            Some(cut_off) if cut_off.is_sure => {
                (format!("None is {} likely", widgets::percent(settings.precision)), palette.weak)
            }
            _ if !settings.shown => ("Where to stop".to_owned(), palette.weak),
            _ => ("No sure cut-off yet".to_owned(), palette.weak),
        };
        ui.horizontal(|ui| {
            let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
            let button = egui::Button::new(RichText::new(format!("{text}  {}", icons::DOWN)).small().color(colour));
            let (response, _) = MenuButton::from_button(button).config(config).ui(ui, |ui| {
                ui.set_width(WIDTH);
                ui.with_layout(Layout::top_down(Align::Min), |ui| self.body_ui(ui, session, best, ctx));
            });
            response.on_hover_text("Where relevance is likely to end in the list, by the judgements of other queries");
            if colour == palette.text && ui.available_width() > 90.0 {
                let text = format!("{} relevant", widgets::percent(settings.precision));
                widgets::one_line(ui, RichText::new(text).small().color(palette.weak));
            }
        });
    }

    fn body_ui(&mut self, ui: &mut Ui, session: &Session, best: Order, ctx: &mut PanelCtx<'_>) {
        ui.label(widgets::strong_text("Where to stop"));
        widgets::caption(
            ui,
            "A list can end where the share of relevant images among those kept is likely to fall below this:",
        );
        let mut settings = ctx.settings().cut_off;
        settings_ui(ui, &mut settings);
        if settings != ctx.settings().cut_off {
            ctx.act(SettingsAction::SetCutOff(settings));
        }
        ui.separator();
        let orders: Vec<(Order, &str, &str)> = session
            .orders()
            .into_iter()
            .filter(|order| session.ranking(*order).is_some())
            .map(|order| (order, order.name(), "How far the scores of this ranking can be trusted"))
            .collect();
        let mut order = self.order.filter(|order| orders.iter().any(|(known, ..)| known == order)).unwrap_or(best);
        if widgets::segmented(ui, &mut order, &orders) {
            self.order = Some(order);
        }
        ui.add_space(GRID);
        order_ui(ui, session, order, ctx.workspace());
    }
}

fn settings_ui(ui: &mut Ui, settings: &mut CutOffSettings) {
    let (low, high) = (PRECISIONS[0], PRECISIONS[PRECISIONS.len() - 1]);
    ui.horizontal(|ui| {
        ui.spacing_mut().slider_width = 180.0;
        let slider = Slider::new(&mut settings.precision, low..=high).step_by(0.05);
        let slider = slider.custom_formatter(|value, _| widgets::percent(value)).custom_parser(parse_percent);
        ui.add_enabled(settings.shown, slider).accessible_name("Precision of what is kept");
    });
    ui.checkbox(&mut settings.shown, "Show in rankings")
        .on_hover_text("Pictures after the end are pale; images have their probability in the Image panel");
}

fn order_ui(ui: &mut Ui, session: &Session, order: Order, workspace: &Workspace) {
    let palette = theme::palette(ui.visuals());
    let precision = workspace.settings().cut_off.precision;
    match workspace.cut_offs().calibration(order) {
        None if !workspace.settings().cut_off.shown => {}
        None if workspace.training().is_running() => {
            widgets::caption(ui, "Looked at again once the run has ended.");
        }
        None => {
            widgets::caption(ui, "Looking at the judged queries…");
        }
        Some(Err(why)) => {
            ui.label(RichText::new("No sure cut-off yet").color(palette.warning));
            widgets::caption(ui, format!("{}.", sentence(&why.to_string())));
        }
        Some(Ok(calibration)) => {
            if let Some(cut_off) = workspace.cut_offs().of(order) {
                let end = widgets::count(cut_off.end);
                let text = match (cut_off.is_sure, cut_off.end) {
                    (true, 0) => "Not even the first image is likely enough.".to_owned(),
                    (true, _) => format!("The first {end} are likely to be {} relevant.", widgets::percent(precision)),
                    (false, _) => format!(
                        "No sure cut-off yet: what was promised to be {} relevant was not on queries left out.",
                        widgets::percent(precision)
                    ),
                };
                let colour = if cut_off.is_sure { palette.text } else { palette.warning };
                ui.label(RichText::new(text).color(colour));
            }
            trust::show(ui, calibration, precision);
            if session.is_collection() {
                widgets::caption(ui, "Your judgements of this query count as what they say.");
            }
        }
    }
}

/// The share that a person typed, with or without a sign of per cent.
fn parse_percent(text: &str) -> Option<f64> {
    let number: f64 = text.trim().trim_end_matches('%').trim().parse().ok()?;
    Some(if number > 1.0 { number / 100.0 } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_typed_as_they_are_shown() {
        assert_eq!(widgets::percent(0.85), "85 %");
        assert_eq!(["85 %", "85", ".85"].map(parse_percent), [Some(0.85); 3]);
        assert_eq!(parse_percent("much"), None);
    }
}
