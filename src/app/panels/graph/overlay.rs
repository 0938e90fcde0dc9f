//! What lies over the graph: its figures, the legend, and the picture under the pointer.

use crate::app::kit::theme::{self, GRID, Palette};
use crate::app::kit::thumbnails::Thumbnails;
use crate::app::kit::widgets;
use crate::dataset::Relevance;
use crate::workspace::{Order, QueryView, Session};
use egui::{Align2, FontId, Painter, Rect, Response, RichText, Ui, pos2, vec2};

/// The graph's figures, in the upper left corner.
pub fn statistics(painter: &Painter, canvas: Rect, view: &QueryView, palette: &Palette) {
    let statistics = view.statistics();
    let mut parts = vec![format!("{} images", statistics.nodes), format!("{} edges", statistics.edges)];
    if statistics.components > 1 {
        parts.push(format!("{} components", statistics.components));
    }
    if let Some(homophily) = statistics.homophily {
        parts.push(format!("homophily {}", widgets::figure(homophily)));
    }
    let font = FontId::proportional(theme::SMALL);
    let galley = painter.layout_no_wrap(parts.join("  ·  "), font, palette.weak);
    let at = canvas.left_top() + vec2(2.0 * GRID, 2.0 * GRID);
    ground(painter, Rect::from_min_size(at, galley.size()), palette);
    painter.galley(at, galley, palette.weak);
}

/// Keeps text legible where pictures lie under it.
fn ground(painter: &Painter, text: Rect, palette: &Palette) {
    painter.rect_filled(text.expand2(vec2(GRID, 2.0)), theme::RADIUS, palette.ground.gamma_multiply(0.8));
}

/// What frames and marks mean, in the lower left corner.
pub fn legend(painter: &Painter, canvas: Rect, palette: &Palette) {
    let font = FontId::proportional(theme::SMALL);
    let y = canvas.bottom() - 4.0 * GRID;
    let mut x = canvas.left() + 4.0 * GRID;
    ground(painter, Rect::from_min_max(pos2(x - 8.0, y - 8.0), pos2(x + 236.0, y + 8.0)), palette);
    for (relevance, name) in
        [(Some(Relevance(1)), "relevant"), (Some(Relevance(0)), "not relevant"), (None, "not judged")]
    {
        if relevance.is_some() {
            widgets::paint_judgement(painter, pos2(x, y), 6.0, relevance, palette);
        } else {
            painter.circle_stroke(pos2(x, y), 5.0, egui::Stroke::new(1.2, palette.unjudged));
        }
        let text = painter.text(pos2(x + 10.0, y), Align2::LEFT_CENTER, name, font.clone(), palette.weak);
        x = text.right() + 4.0 * GRID;
    }
}

/// The picture under the pointer, whole, with what is known of it.
pub fn tooltip(ui: &Ui, response: &Response, session: &Session, view: &QueryView, pictures: &mut Thumbnails) {
    let Some(candidate) = session.hovered().filter(|_| response.hovered() && !response.dragged()) else { return };
    let query = &session.data.dataset.queries[session.query()];
    let Some(known) = query.candidates.get(candidate) else { return };
    let image = &session.data.dataset.images[known.image];
    let picture = pictures.large(known.image, image.file.as_deref());
    let palette = theme::palette(ui.visuals());
    response.show_tooltip_ui(|ui| {
        ui.set_max_width(280.0);
        let (rect, _) = ui.allocate_exact_size(vec2(264.0, 200.0), egui::Sense::hover());
        widgets::paint_contain(ui.painter(), rect, picture, palette);
        let title = if image.title.is_empty() { image.id.as_str() } else { &image.title };
        ui.label(widgets::strong_text(title));
        let mut facts = vec![widgets::judgement_name(session.relevance(candidate))];
        for order in Order::ALL {
            if let Some(ranking) = session.ranking(order) {
                facts.push(format!("{} {}", short(order), ranking.place[candidate] + 1));
            }
        }
        facts.push(format!("{} neighbours", view.graph().neighbours(candidate).count()));
        facts.extend(way_from_selection(session, view, candidate));
        ui.label(RichText::new(facts.join("  ·  ")).small().color(palette.weak));
    });
}

/// How many edges lead from the selected image to this one.
fn way_from_selection(session: &Session, view: &QueryView, candidate: usize) -> Option<String> {
    let selected = session.candidate().filter(|&selected| selected != candidate)?;
    Some(match view.graph().path(selected, candidate)?.steps() {
        1 => "next to the selected image".to_owned(),
        steps => format!("{steps} steps from the selected image"),
    })
}

fn short(order: Order) -> &'static str {
    match order {
        Order::Initial => "initial",
        Order::Text => "text",
        Order::Model => "network",
    }
}
