//! The tooltip of an image: the whole picture and its facts.

use crate::app::kit::theme;
use crate::app::kit::thumbnails::Thumbnails;
use crate::app::kit::widgets;
use crate::workspace::{Order, QueryView, Session};
use egui::{Response, RichText, vec2};

/// Shows the hovered image next to the pointer.
pub fn tooltip(response: &Response, session: &Session, view: &QueryView, pictures: &mut Thumbnails) {
    let Some(candidate) = session.hovered() else { return };
    let query = &session.data.dataset.queries[session.query()];
    let Some(index) = query.candidates.get(candidate).map(|candidate| candidate.image) else { return };
    let image = &session.data.dataset.images[index];
    let picture = pictures.large(index, image.file.as_deref());
    response.show_tooltip_ui(|ui| {
        let palette = theme::palette(ui.visuals());
        ui.set_max_width(280.0);
        let (rect, _) = ui.allocate_exact_size(vec2(264.0, 200.0), egui::Sense::hover());
        widgets::paint_contain(ui.painter(), rect, picture, palette);
        let title = if image.title.is_empty() { image.id.as_str() } else { &image.title };
        ui.label(widgets::strong_text(title));
        let mut facts = vec![widgets::judgement_name(session.relevance(candidate))];
        for order in Order::ALL {
            if let Some(ranking) = session.ranking(order) {
                facts.push(format!("{} {}", short(order), ranking.ranks[candidate] + 1));
            }
        }
        facts.push(format!("{} neighbours", view.graph().neighbours(candidate).count()));
        facts.extend(distance_from_selection(session, view, candidate));
        ui.label(RichText::new(facts.join("  ·  ")).small().color(palette.weak));
    });
}

/// The distance in edges between the selected image and this one.
fn distance_from_selection(session: &Session, view: &QueryView, candidate: usize) -> Option<String> {
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
