//! What each side shows.

use crate::app::ctx::PanelCtx;
use crate::app::kit::theme;
use crate::app::kit::widgets;
use crate::workspace::{GraphSide, Near, Order, Session, TwoGraphsAction};
use egui::{DragValue, RichText, Ui};

/// A question that two graphs answer.
type Question = (&'static str, &'static str, fn(usize) -> [GraphSide; 2]);

/// Most neighbours of a side.
const MOST: usize = 200;

const MODEL: GraphSide = GraphSide { near: Near::Cosine, k: None, order: Order::Model, epoch: None };

const QUESTIONS: [Question; 4] = [
    ("Text against model", "Neighbours and ranking before the run, and as the run sees them", |_| GraphSide::USUAL),
    ("Cosine against learned", "Neighbours by the cosine, and by the run's learned similarity", |_| {
        [MODEL, GraphSide { near: Near::Learned, ..MODEL }]
    }),
    ("Original against whitened", "Neighbours by the vectors in use, and as the run sees them", |_| {
        [MODEL, GraphSide { near: Near::Seen, ..MODEL }]
    }),
    ("Two k", "Few neighbours, and many", |k| {
        [GraphSide { k: Some((k / 2).max(1)), ..MODEL }, GraphSide { k: Some(k * 2), ..MODEL }]
    }),
];

/// Width from which every question has a button of its own.
const WIDE: f32 = 560.0;

/// The questions, one click each.
pub fn presets_ui(ui: &mut Ui, ctx: &mut PanelCtx<'_>) {
    let sides = *ctx.workspace().two_graphs().sides();
    let mut asked = sides;
    let all = questions(ctx, sides[1].near);
    if ui.available_width() >= WIDE {
        ui.horizontal_wrapped(|ui| choose_ui(ui, &all, &mut asked));
    } else {
        let known = all.iter().find(|(_, _, question)| *question == sides);
        let name = known.map_or("Ask…", |(name, _, _)| name);
        egui::ComboBox::from_id_salt("question")
            .selected_text(name)
            .width(ui.available_width() - 8.0)
            .show_ui(ui, |ui| choose_ui(ui, &all, &mut asked))
            .response
            .accessible_name("What both graphs compare");
    }
    if asked != sides {
        ctx.act(TwoGraphsAction::Set(Box::new(asked)));
    }
}

/// The questions that there are now, each with a hint and both sides.
fn questions(ctx: &PanelCtx<'_>, near: Near) -> Vec<(&'static str, &'static str, [GraphSide; 2])> {
    let k = ctx.settings().experiment.graph.k;
    let mut all: Vec<_> = QUESTIONS.iter().map(|(name, hint, asked)| (*name, *hint, asked(k))).collect();
    let kept = ctx.workspace().epochs().kept();
    if let (Some(first), Some(last)) = (kept.clone().next(), kept.clone().next_back()) {
        let asked = [first, last].map(|epoch| GraphSide { near, epoch: Some(epoch), ..MODEL });
        all.push(("First epoch against last", "The run after two of its epochs", asked));
    }
    all
}

fn choose_ui(ui: &mut Ui, all: &[(&'static str, &'static str, [GraphSide; 2])], asked: &mut [GraphSide; 2]) {
    for (name, hint, question) in all {
        if ui.selectable_label(asked == question, *name).on_hover_text(*hint).clicked() {
            *asked = *question;
        }
    }
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
            let number = ui.add(DragValue::new(&mut k).range(1..=MOST).prefix("k "));
            let number = number.accessible_name(format!("Neighbours of graph {letter}"));
            if number.changed() {
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
