//! Notices and warnings in the lower right corner.

use crate::app::ctx::PanelCtx;
use crate::app::kit::{icons, theme, widgets};
use crate::workspace::{Action, DataAction, MessageAction, MessageKind, Offer, SearchAction};
use egui::Context;

/// Draws the messages, `above` so many points of keys at the bottom of the window.
pub fn messages_ui(egui: &Context, above: f32, ctx: &mut PanelCtx<'_>) {
    let messages = ctx.workspace().messages();
    if messages.is_empty() {
        return;
    }
    let corner = egui::Align2::RIGHT_BOTTOM;
    egui::Area::new(egui::Id::unique("messages")).anchor(corner, egui::vec2(-12.0, -40.0 - above)).show(egui, |ui| {
        let palette = theme::palette(ui.visuals());
        for (index, message) in messages.iter().enumerate() {
            egui::Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_max_width(420.0);
                ui.horizontal(|ui| {
                    let (icon, colour) = match message.kind {
                        MessageKind::Notice => (icons::CHECK, palette.relevant),
                        MessageKind::Warning => (icons::WARNING, palette.warning),
                    };
                    ui.label(egui::RichText::new(icon).color(colour).size(16.0));
                    ui.vertical(|ui| {
                        ui.set_max_width(340.0);
                        ui.add(egui::Label::new(&message.text).wrap());
                        let offer = message.offer.as_ref().map(offered);
                        if let Some((_, action)) = offer.filter(|(name, _)| ui.button(*name).clicked()) {
                            ctx.act(action);
                            ctx.act(MessageAction::Dismiss(index));
                        }
                    });
                    if widgets::icon_button(ui, icons::CROSS, "Dismiss").clicked() {
                        ctx.act(MessageAction::Dismiss(index));
                    }
                });
            });
        }
    });
}

/// The button for what a message offers, and what it does.
fn offered(offer: &Offer) -> (&'static str, Action) {
    match offer {
        Offer::Open(path) => ("Open it", DataAction::Open(path.clone()).into()),
        Offer::RemoveMissing => ("Remove them", SearchAction::RemoveMissing.into()),
    }
}
