//! What each side shows.

use crate::app::ctx::PanelCtx;
use crate::app::kit::theme;
use crate::app::kit::widgets;
use crate::workspace::{GraphSide, Near, Order, Session, TwoGraphsAction};
use egui::{RichText, Slider, Ui};

/// A question that two graphs answer.
type Question = (&'static str, &'static str, fn(usize) -> [GraphSide; 2]);

const MODEL: GraphSide = GraphSide { near: Near::Cosine, k: None, order: Order::Model, epoch: None };

const QUESTIONS: [Question; 4] = [
    ("Cosine against learned", "Neighbours by the cosine, and by the run's learned similarity", |_| GraphSide::USUAL),
    ("Original against whitened", "Neighbours by the vectors in use, and as the run sees them", |_| {
        [MODEL, GraphSide { near: Near::Seen, ..MODEL }]
    }),
    ("Two k", "Few neighbours, and many", |k| {
        [GraphSide { k: Some((k / 2).max(1)), ..MODEL }, GraphSide { k: Some(k * 2), ..MODEL }]
    }),
    ("Text against model", "The same edges, ranked by the text and by the model", |_| {
        [GraphSide { order: Order::Text, ..MODEL }, MODEL]
    }),
];

/// The questions, one click each.
pub fn presets_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let (sides, k) = (*ctx.workspace().two_graphs().sides(), ctx.settings().experiment.graph.k);
    let kept = ctx.workspace().epochs().kept();
    ui.horizontal_wrapped(|ui| {
        for (name, hint, asked) in QUESTIONS {
            let asked = asked(k);
            if ui.selectable_label(sides == asked, name).on_hover_text(hint).clicked() {
                ctx.act(TwoGraphsAction::Set(Box::new(asked)));
            }
        }
        if let (Some(first), Some(last)) = (kept.clone().next(), kept.clone().next_back()) {
            let asked = [first, last].map(|epoch| GraphSide { near: sides[1].near, epoch: Some(epoch), ..MODEL });
            let name = "First epoch against last";
            if ui.selectable_label(sides == asked, name).on_hover_text("The run after two of its epochs").clicked() {
                ctx.act(TwoGraphsAction::Set(Box::new(asked)));
            }
        }
    });
}

/// Both sides' settings, while there are no graphs to put them above.
pub fn sides_ui(ui: &mut Ui, session: &Session, ctx: &mut PanelCtx<'_>) {
    (0..2).for_each(|at| side_ui(ui, session, at, ctx));
}

/// One side's settings.
pub fn side_ui(ui: &mut Ui, session: &Session, at: usize, ctx: &mut PanelCtx<'_>) {
    let palette = theme::palette(ui.visuals());
    let mut sides = *ctx.workspace().two_graphs().sides();
    let usual = ctx.settings().experiment.graph.k;
    let side = &mut sides[at];
    ui.push_id(at, |ui| {
        ui.horizontal_wrapped(|ui| {
            let letter = ["A", "B"][at];
            let colour = [palette.curves[1], palette.accent][at];
            ui.label(RichText::new(letter).font(theme::strong(14.0)).color(colour));
            widgets::choices(ui, &format!("Neighbours of graph {letter} by"), side.near.name(), |ui| {
                for near in Near::ALL {
                    ui.selectable_value(&mut side.near, near, near.name());
                }
            });
            let mut k = side.k.unwrap_or(usual);
            let slider = ui.add(Slider::new(&mut k, 1..=50).show_value(false).clamping(egui::SliderClamping::Never));
            let slider = slider.on_hover_text(format!("{k} neighbours"));
            slider.widget_info(|| egui::WidgetInfo::slider(true, k as f64, format!("Neighbours of graph {letter}")));
            ui.label(RichText::new(format!("k {k}")).color(palette.weak));
            if slider.changed() {
                side.k = (k != usual).then_some(k);
            }
            let ranked = side.epoch.map_or_else(|| side.order.name().to_owned(), |epoch| format!("Epoch {epoch}"));
            widgets::choices(ui, &format!("Ranking of graph {letter}"), ranked, |ui| {
                for order in session.orders().into_iter().filter(|order| session.ranking(*order).is_some()) {
                    if ui.selectable_label(side.epoch.is_none() && side.order == order, order.name()).clicked() {
                        (side.order, side.epoch) = (order, None);
                    }
                }
                for epoch in ctx.workspace().epochs().kept() {
                    if ui.selectable_label(side.epoch == Some(epoch), format!("Epoch {epoch}")).clicked() {
                        (side.order, side.epoch) = (Order::Model, Some(epoch));
                    }
                }
            });
        });
    });
    if sides != *ctx.workspace().two_graphs().sides() {
        ctx.act(TwoGraphsAction::Set(Box::new(sides)));
    }
}
